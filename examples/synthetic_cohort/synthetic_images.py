"""Lesions of the made-up patients, and what their images showed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from numpy.random import Generator
from synthetic_courses import Course, Days
from synthetic_tumours import Burden, Change, Size, changes, first_sizes, size_after

from seedbed.patient import PartialDate
from seedbed.patient.records import LesionRecord, Measurement, Progression, Record

READER = "reader 1"
SITES = {
    "lymph node only": (("lymph node", "neck, level IV"),),
    "lung only": (("lung", "right lower lobe"), ("lung", "left upper lobe")),
    "bone only": (("bone", "ilium, part of soft tissue"), ("bone", "rib, part of soft tissue")),
    "lung and bone": (("bone", "sternum, part of soft tissue"), ("lung", "left lower lobe")),
}
LEFT_OF_NODE = Size(13.0, 9.0, 12.0)
"""A node that answered completely is of normal size, not gone."""


@dataclass(frozen=True)
class Images:
    """What the images of one patient showed.

    Attributes
    ----------
    first : tuple of Size
        Targets at baseline.
    changes : Mapping of int to Change
        By month.
    """

    course: Course
    days: Days
    first: tuple[Size, ...]
    changes: dict[int, Change]

    @property
    def is_node(self) -> bool:
        """Whether the target is a lymph node."""
        return self.course.metastasis == "lymph node only"

    @property
    def largest_mm(self) -> float:
        """Largest diameter at baseline."""
        return max(max(each.longest, each.craniocaudal) for each in self.first)

    def records(self) -> Iterator[Record]:
        """Return lesions, measurements and the progression that was seen."""
        yield from self._lesions()
        for month in (0, *self.changes):
            yield from self._measured(month, PartialDate.of(self.days.visits[month]))
        if self.course.progression is not None:
            month, where = self.course.progression
            evidence = "CT: a new lesion of the liver" if where == "distant" else "CT: growth of the targets"
            yield Progression(
                patient_id=self.course.patient,
                on=PartialDate.of(self.days.visits[month]),
                where=where,
                evidence=evidence,
            )

    def _lesions(self) -> Iterator[LesionRecord]:
        patient = self.course.patient
        for number, _ in enumerate(self.first):
            organ, location = SITES[self.course.metastasis][number]
            yield LesionRecord(
                patient_id=patient,
                lesion=f"T{number + 1}",
                role="target",
                organ=organ,
                is_lymph_node=self.is_node,
                previously_irradiated=False,
                implanted=self.course.with_seeds and number == 0,
                location=location,
            )
        if self._has_more:
            yield LesionRecord(
                patient_id=patient,
                lesion="NT1",
                role="non-target",
                organ="lung",
                is_lymph_node=False,
                location="further nodules on both sides",
            )
        if self._new_from is not None:
            yield LesionRecord(
                patient_id=patient,
                lesion="N1",
                role="new",
                organ="liver",
                is_lymph_node=False,
                location="right lobe",
                seen_on=PartialDate.of(self.days.visits[self._new_from]),
            )

    @property
    def _has_more(self) -> bool:
        return self.course.metastasis == "lung and bone"

    @property
    def _new_from(self) -> int | None:
        """Month at which a new lesion was seen."""
        progression = self.course.progression
        return progression[0] if progression and progression[1] == "distant" else None

    def _measured(self, month: int, on: PartialDate) -> Iterator[Measurement]:
        patient = self.course.patient
        change = self.changes.get(month, Change(1.0, 1.0))
        gone = change.counted == 0
        for number, first in enumerate(self.first):
            lesion = f"T{number + 1}"
            size = LEFT_OF_NODE if gone else size_after(first, change, is_node=self.is_node)
            if gone and not self.is_node:
                yield _measurement(patient, lesion, on, state="absent")
            else:
                yield _measurement(patient, lesion, on, size=first if month == 0 else size)
        if self._has_more:
            yield _measurement(patient, "NT1", on, state="absent" if gone else "present")
        if self._new_from is not None and month >= self._new_from:
            new = round(11.0 + 0.7 * (month - self._new_from), 1)
            yield _measurement(patient, "N1", on, size=Size(new, round(0.9 * new, 1), round(0.95 * new, 1)))


def _measurement(
    patient: str, lesion: str, on: PartialDate, *, size: Size | None = None, state: str = "measured"
) -> Measurement:
    sizes: tuple[float | None, ...] = (None, None, None)
    if size is not None:
        sizes = size.longest, size.across, size.craniocaudal
    longest, across, deep = sizes
    return Measurement(
        patient_id=patient,
        lesion=lesion,
        on=on,
        reader=READER,
        longest_mm=longest,
        short_axis_mm=across,
        ap_mm=across,
        cc_mm=deep,
        transverse_mm=longest,
        state=state,
        method="CT",
        slice_mm=5.0,
    )


def images(course: Course, days: Days, burden: Burden, rng: Generator) -> Images:
    """Take images at every visit that the plan wants assessed."""
    first = tuple(first_sizes(course, burden, rng))
    is_node = course.metastasis == "lymph node only"
    sum_mm = sum(each.across if is_node else each.longest for each in first)
    left = changes(course, burden, sum_mm=sum_mm, months=_months(course, days), rng=rng)
    return Images(course, days, first, left)


def _months(course: Course, days: Days) -> Sequence[int]:
    """Months of visits with images; at month 12 only where the plan has a response."""
    return [month for month in days.visits if month and (month != 12 or 12 in course.responses)]
