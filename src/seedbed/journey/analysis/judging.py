"""Response of patients by their images: every set of images, and what they make together."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.journey.records.tumours import Image, tumour_case
from seedbed.patient import Lesion, PartialDate, Visit
from seedbed.patient.records import LesionRecord, partial
from seedbed.response import ellipsoid_volume_cc, load_profile
from seedbed.response.best import best_response, first_response, progressed
from seedbed.response.confirmation import surely_apart
from seedbed.response.course import JudgedCourse, judge_course
from seedbed.sheets.cdisc_tumour import TumourCase

CLASSES = ("CR", "PR", "SD", "PD")
NONE = -1
"""Place of what there is not."""
IMAGE_FIELDS = ("patient_id", "lesion", "on", "reader", *Image._fields[2:])
LESION_FIELDS = (
    *("patient_id", "lesion", "role", "organ", "is_lymph_node", "previously_irradiated", "location"),
    "seen_on",
)
Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some patients, as the register has them, and how they are judged; plain, so that a process can get it.

    Attributes
    ----------
    rows : tuple of int
        Row of each patient in the analysis set.
    patients : tuple of str
    starts : tuple of PartialDate
        First day of treatment of each.
    on : date
        Nothing later is looked at.
    lesions, images : sequence of tuple
        Rows of `LESION_FIELDS` and `IMAGE_FIELDS`; images of later days are left out.
    profile : {"recist11", "paper"}
    reader : str or None
        Whose reading counts where a patient has several.
    stays : bool
        Whether progression counts at every later visit.
    """

    rows: tuple[int, ...]
    patients: tuple[str, ...]
    starts: tuple[PartialDate, ...]
    on: date
    lesions: Sequence[Row]
    images: Sequence[Row]
    profile: str
    reader: str | None
    stays: bool


@dataclass(frozen=True, kw_only=True)
class JudgedImages:
    """Sets of images of many patients, judged; lists in parallel, in the order of time for each patient.

    Attributes
    ----------
    rows, days : list of int
        Row of the patient, and ordinal of the first day (of a date that is known in part, the first that it
        can be), of each set of images.
    exact : list of bool
        Whether that date is known to the day.
    responses : list of str
        As they count; empty at baseline and where nothing was judged.
    sums_mm, volumes_cc : list of float or None
        Of all targets; None where one was not measured.
    sources : list of tuple of str
        Names of the records.
    patients : list of PatientImages
    problems : list of (int, str)
        Row of a patient, and what could not be judged.
    """

    rows: list[int] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    sums_mm: list[float | None] = field(default_factory=list)
    volumes_cc: list[float | None] = field(default_factory=list)
    sources: list[tuple[str, ...]] = field(default_factory=list)
    patients: list["PatientImages"] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: "JudgedImages") -> None:
        """Append those of other patients."""
        before = len(self.rows)
        for name, values in vars(self).items():
            if name != "patients":
                values.extend(getattr(other, name))
        self.patients.extend(each.moved(before) for each in other.patients)


@dataclass(frozen=True, slots=True)
class PatientImages:
    """Where the images of one patient stand, and what they make together; places are those of the lists.

    Attributes
    ----------
    row : int
        Row in the analysis set.
    first, count : int
        Place of baseline, and how many sets of images there are.
    best : str
        Best response, confirmed where the rules ask for that.
    best_at : int
        The first set of images that showed it; -1 where none did.
    responded_at : int
        The first that showed complete or partial response; -1 without one.
    progressed_at : int
        The first after that with progression; -1 without one.
    assessed_at : int
        The last that could be evaluated; -1 without one.
    confirmed_at : int
        The first that confirmed the response of `responded_at`; -1 where the criteria ask for none.
    """

    row: int
    first: int
    count: int
    best: str = "NE"
    best_at: int = NONE
    responded_at: int = NONE
    progressed_at: int = NONE
    assessed_at: int = NONE
    confirmed_at: int = NONE

    def moved(self, by: int) -> "PatientImages":
        """Return the same, for longer lists."""
        ends = (self.progressed_at, self.assessed_at, self.confirmed_at)
        places = (self.best_at, self.responded_at, *ends)
        moved = (at if at == NONE else at + by for at in places)
        return PatientImages(self.row, self.first + by, self.count, self.best, *moved)


def judge_batch(batch: Batch) -> JudgedImages:
    """Judge some patients by all their images up to the day of the analysis.

    Raises
    ------
    InputError
        A patient whose images were measured by several readers, and nobody said whose count.
    """
    found = JudgedImages()
    lesions, images = _lesions(batch), _images(batch)
    for row, patient, start in zip(batch.rows, batch.patients, batch.starts, strict=True):
        if patient in images:
            reader = _reader(patient, images[patient], batch.reader)
            case = tumour_case(patient, reader, images[patient], lesions.get(patient, ()), start)
            _judge(case, row, start, batch=batch, found=found)
    return found


def _lesions(batch: Batch) -> dict[str, list[LesionRecord]]:
    """Return the lesions of each patient that were seen by the day of the analysis."""
    found: dict[str, list[LesionRecord]] = defaultdict(list)
    for row in sorted(batch.lesions, key=itemgetter(0, 1)):
        record = LesionRecord.from_plain(
            dict(zip(LESION_FIELDS, row, strict=True)), where="a row of the register"
        )
        if record.seen_on is None or record.seen_on.earliest <= batch.on:
            found[record.patient_id].append(record)
    return found


def _images(batch: Batch) -> dict[str, dict[str, list[Image]]]:
    """Return the images of each patient by reader."""
    found: dict[str, dict[str, list[Image]]] = {}
    for patient, lesion, on, reader, *seen in sorted(batch.images, key=itemgetter(0, 1, 2, 3)):
        image = Image(lesion, partial(on), *seen)
        found.setdefault(patient, {}).setdefault(reader, []).append(image)
    return found


def _reader(patient: str, images: Mapping[str, object], wanted: str | None) -> str:
    if wanted in images:
        return str(wanted)
    if len(images) > 1:
        readers = [reader or "(not stated)" for reader in sorted(images)]
        raise InputError(
            f"the images of {patient} were measured by {len(readers)} readers",
            one_of(readers),
            "say whose count (--reader)",
        )
    return next(iter(images))


def _judge(case: TumourCase, row: int, start: PartialDate, *, batch: Batch, found: JudgedImages) -> None:
    course, problem = _course(case, start, batch.profile)
    if problem:
        found.problems.append((row, f"No response, {problem}"))
    found.problems.extend((row, told) for told in _of_lesions(case))
    first, count = len(found.rows), len(case.visits)
    targets = [lesion for lesion in case.lesions if lesion.is_target]
    new = frozenset([lesion.name for lesion in case.lesions if lesion.role == "new"])
    found.rows.extend([row] * count)
    for visit in case.visits:
        found.days.append(visit.on.toordinal())
        found.exact.append(visit.when.day is not None)
        found.volumes_cc.append(_volume(targets, visit))
        found.sources.append(_sources(case, visit, new))
    if course is None:
        found.responses.extend([""] * count)
        found.sums_mm.extend([None] * count)
        found.patients.append(PatientImages(row, first, count))
        return
    found.responses.extend(_responses(course, stays=batch.stays))
    found.sums_mm.extend([course.baseline_sum_mm, *[point.sum_mm for point in course.points]])
    found.patients.append(_together(course, PatientImages(row, first, count)))


def _of_lesions(case: TumourCase) -> Iterator[str]:
    for note in case.notes:
        if note.startswith("Lesion "):
            yield re.sub(r"^Lesion .+? (?=has|is)", "A lesion ", note).rstrip(".")


def _course(case: TumourCase, start: PartialDate, profile: str) -> tuple[JudgedCourse | None, str]:
    """Return the response at each visit after the first, or why there is none."""
    if case.visits and case.visits[0].on > start.latest:
        return None, "no image before treatment, so that nothing can be compared with it"
    try:
        return judge_course(case.lesions, case.visits, load_profile(profile)), ""
    except InputError as error:
        return None, str(error).rstrip(".")


def _responses(course: JudgedCourse, *, stays: bool) -> Iterator[str]:
    yield ""
    for point in course.points:
        progression = stays and point.after_progression and point.response in CLASSES
        yield "PD" if progression else point.response


def _together(course: JudgedCourse, images: PatientImages) -> PatientImages:
    """Add the best response and what became of it; points are counted from the visit after baseline."""
    points, rules = course.points, course.rules
    best = best_response(points, course.visits[0].when, rules=rules, confirmed=True)
    responded = first_response(points, rules=rules, confirmed=True)
    evaluable = (at for at in reversed(range(len(points))) if points[at].response != "NE")
    places = (
        best.at,
        responded,
        None if responded is None else progressed(points, responded),
        next(evaluable, None),
        None if responded is None else _confirmed_at(course, responded),
    )
    found = (NONE if at is None else images.first + 1 + at for at in places)
    return PatientImages(images.row, images.first, images.count, best.response, *found)


def _confirmed_at(course: JudgedCourse, responded: int) -> int | None:
    """Return the visit that confirmed a response: the first that is late enough and could be evaluated."""
    points, rule = course.points, course.rules.confirmation
    if points[responded].response not in rule.responses:
        return None
    since = points[responded].when
    late = (
        at
        for at in range(responded + 1, len(points))
        if points[at].response != "NE" and surely_apart(since, points[at].when, weeks=rule.weeks)
    )
    return next(late, None)


def _sources(case: TumourCase, visit: Visit, new: Collection[str]) -> tuple[str, ...]:
    """Name the records of a set of images; the day of most is that of the visit, whose text there is."""
    reader = f", {case.reader}" if case.reader else ""
    day, exact = visit.when.text, visit.when.day
    found = []
    for each in visit.measurements:
        if each.state == "present" and each.lesion in new:  # seen, by its own record, and not measured
            found.append(f"lesion {case.subject}, {each.lesion}")
        else:
            on = each.on if exact and each.on != exact else day
            found.append(f"measurement {case.subject}, {each.lesion}, {on}{reader}")
    return tuple(found)


def _volume(targets: Sequence[Lesion], visit: Visit) -> float | None:
    """Add up the volumes of all targets, cm3; None where one was not measured or there is none."""
    total = 0.0
    for target in targets:
        measured = visit.measurement(target.name)
        three = None if measured is None else measured.three_diameters_mm
        if three is None and (measured is None or measured.state != "absent"):
            return None
        total += 0.0 if three is None else ellipsoid_volume_cc(*three)
    return total if targets else None
