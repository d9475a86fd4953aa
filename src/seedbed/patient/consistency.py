"""What cannot be true of the records of one patient taken together, and what is to be asked about.

The limits of what is asked about are local rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import (
    AdverseEvent,
    Baseline,
    Contact,
    Death,
    DrugCourse,
    DrugDose,
    Implantation,
    LaboratoryValue,
    Measurement,
    Pain,
    Patient,
    PetUptake,
    Progression,
    Record,
    VisitRecord,
)
from seedbed.patient.records.findings import DIAMETERS

JUMP = 6.0
"""Times by which a diameter changes from one image to the next, or differs from the others of one image, that
is asked about: centimetres typed as millimetres are ten times, and lesions grow and shrink beside."""
BMI_KG_M2 = (11.0, 80.0)
"""Body mass indices outside are asked about."""
DAYS: dict[type[Record], tuple[str, ...]] = {
    VisitRecord: ("on",),
    LaboratoryValue: ("on",),
    Measurement: ("on",),
    PetUptake: ("on",),
    Pain: ("on",),
    Contact: ("on",),
    Progression: ("on",),
    Implantation: ("on",),
    DrugCourse: ("start", "end"),
    DrugDose: ("since",),
    AdverseEvent: ("start",),
    Baseline: ("on",),
    Death: ("on",),
}
"""Dates on which a patient was seen: after birth, before death, not in the future."""
FROM_TO = {DrugCourse: ("start", "end"), DrugDose: ("since", "until"), AdverseEvent: ("start", "end")}


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, or is to be asked about.

    Attributes
    ----------
    severity : {"wrong", "ask"}
        What is wrong cannot be true; what is asked about can, and is kept when somebody says so.
    record : Record
    field : str
    sentence : str
    """

    severity: Literal["wrong", "ask"]
    record: Record
    field: str
    sentence: str


def inconsistencies(records: Sequence[Record], *, today: date) -> list[Finding]:
    """Find what does not fit together in the records of one patient.

    Parameters
    ----------
    records : sequence of Record
        All of one patient, in any order.
    today : date
        Nothing was found later than this.

    Examples
    --------
    >>> born = Patient(patient_id="S-01", born=PartialDate("1961-05"))
    >>> early = VisitRecord(patient_id="S-01", on=PartialDate("1960"))
    >>> [each.sentence for each in inconsistencies([born, early], today=date(2026, 1, 1))]
    ['visit S-01, 1960 is before the birth of the patient, 1961-05']
    """
    born = next((each.born for each in records if isinstance(each, Patient)), None)
    died = next((each.on for each in records if isinstance(each, Death)), None)
    found = [*_days(records, born, died, today), *_intervals(records), *_sizes(records)]
    return [*found, *_jumps(records), *_deaths(records, died), *_bodies(records)]


def _days(
    records: Iterable[Record], born: PartialDate | None, died: PartialDate | None, today: date
) -> Iterator[Finding]:
    first = born.earliest if born else date.min
    last = min(died.latest, today) if died else today
    for each in records:
        for name in DAYS.get(type(each), ()):
            on: PartialDate | None = getattr(each, name)
            if on is None or (first <= on.latest and on.earliest <= last):
                continue
            if on.latest < first:
                why = f"is before the birth of the patient, {born}"
            elif on.earliest > today:
                why = f"is in the future; today is {today}"
            else:
                why = f"is after the death of the patient, {died}"
            which = "" if name in ("on", "start", "since") else f"'{name}' of "
            yield Finding("wrong", each, name, f"{which}{each.name} {why}")


def _intervals(records: Iterable[Record]) -> Iterator[Finding]:
    for each in records:
        names = FROM_TO.get(type(each))
        if names is None:
            continue
        start, end = (getattr(each, name) for name in names)
        if end is not None and end.surely_before(start):
            yield Finding("wrong", each, names[1], f"{each.name} ends on {end}, before it begins on {start}")


def _sizes(records: Iterable[Record]) -> Iterator[Finding]:
    for each in records:
        if not isinstance(each, Measurement):
            continue
        longest, short = each.longest_mm, each.short_axis_mm
        if longest is not None and short is not None and short > longest:
            yield Finding(
                "wrong",
                each,
                "short_axis_mm",
                f"{each.name} has a short axis of {short:g} mm, above the longest diameter of {longest:g} mm",
            )
        sizes = {name: value for name in DIAMETERS if (value := getattr(each, name)) is not None}
        if each.state == "absent" and any(sizes.values()):
            name = next(name for name, value in sizes.items() if value)
            yield Finding("wrong", each, name, f"{each.name} is absent, and has a diameter")
        least = min(sizes, key=sizes.__getitem__, default="")
        if least and 0 < sizes[least] * JUMP <= max(sizes.values()):
            yield Finding(
                "ask",
                each,
                least,
                f"{each.name} has a diameter of {sizes[least]:g} mm beside {max(sizes.values()):g} mm: "
                "centimetres typed as millimetres?",
            )


def _jumps(records: Iterable[Record]) -> Iterator[Finding]:
    measured = [each for each in records if isinstance(each, Measurement)]
    series: dict[tuple[str, str], list[Measurement]] = {}
    for each in sorted(measured, key=lambda each: each.on):
        series.setdefault((each.lesion, each.reader), []).append(each)
    for one in series.values():
        for name in DIAMETERS:
            yield from _jumps_of([(each, getattr(each, name)) for each in one], name)


def _jumps_of(sizes: Iterable[tuple[Measurement, float | None]], name: str) -> Iterator[Finding]:
    seen = [(each, value) for each, value in sizes if value and each.state != "too small"]
    for (before, old), (each, new) in pairwise(seen):
        if max(old, new) < JUMP * min(old, new):
            continue
        yield Finding(
            "ask",
            each,
            name,
            f"{each.name} has {new:g} mm after {old:g} mm on {before.on}: centimetres typed as millimetres?",
        )


def _deaths(records: Iterable[Record], died: PartialDate | None) -> Iterator[Finding]:
    for each in records:
        if isinstance(each, AdverseEvent) and each.grade == 5 and died is None:
            yield Finding("ask", each, "grade", f"{each.name} has grade 5, death, and no death is recorded")


def _bodies(records: Iterable[Record]) -> Iterator[Finding]:
    low, high = BMI_KG_M2
    for each in records:
        bmi = each.bmi_kg_m2 if isinstance(each, Baseline) else None
        if bmi is not None and not low <= bmi <= high:
            yield Finding("ask", each, "height_cm", f"{each.name} has a body mass index of {bmi:.1f} kg/m2")
