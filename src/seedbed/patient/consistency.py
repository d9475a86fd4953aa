"""What cannot be true of the records of one patient taken together, and what is to be asked about.

The limits of what is asked about are local rules.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from seedbed.patient.doubts import Finding
from seedbed.patient.likeness import alike_names, alike_patients, same_events
from seedbed.patient.odd_doses import odd_doses
from seedbed.patient.odd_sizes import JUMP, odd_sizes
from seedbed.patient.odd_values import odd_values
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import (
    AdverseEvent,
    Baseline,
    Contact,
    Death,
    Decision,
    DrugCourse,
    DrugDose,
    Implantation,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    Patient,
    PetUptake,
    Progression,
    Record,
    ScreeningFacts,
    VisitRecord,
)

__all__ = ["JUMP", "Finding", "alike_patients", "inconsistencies", "same_events"]

BMI_KG_M2 = (11.0, 80.0)
"""Body mass indices outside are asked about."""
IN_LIFE: dict[type[Record], tuple[str, ...]] = {
    Patient: ("born", "consent_on"),
    LesionRecord: ("seen_on",),
    ScreeningFacts: ("on",),
    VisitRecord: ("on",),
    LaboratoryValue: ("on",),
    Measurement: ("on",),
    PetUptake: ("on",),
    Pain: ("on",),
    Contact: ("on",),
    Progression: ("on",),
    Implantation: ("on", "verified_on"),
    DrugCourse: ("start", "end"),
    DrugDose: ("since",),
    AdverseEvent: ("start",),
    Baseline: ("on",),
    Death: ("on",),
}
"""Dates of the life of a patient: not before birth, not after death, not in the future."""
AFTER_BIRTH: dict[type[Record], tuple[str, ...]] = {Decision: ("on",)}
"""Dates that may be after death: a death is judged, too."""
FROM_TO = {
    DrugCourse: ("start", "end", "ends on {}, before it begins on {}"),
    DrugDose: ("since", "until", "ends on {}, before it begins on {}"),
    AdverseEvent: ("start", "end", "ends on {}, before it begins on {}"),
    Implantation: ("on", "verified_on", "was verified on {}, before it was done on {}"),
}


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
    return [
        *_days(records, born, died, today),
        *(*_intervals(records), *_ends(records, today), *odd_sizes(records), *odd_values(records)),
        *(*odd_doses(records), *_deaths(records, died), *_bodies(records), *_no_lesion(records)),
        *alike_names(records),
    ]


def _days(
    records: Iterable[Record], born: PartialDate | None, died: PartialDate | None, today: date
) -> Iterator[Finding]:
    first = born.earliest if born else date.min
    alive = min(died.latest, today) if died else today
    for each in records:
        last = today if type(each) in AFTER_BIRTH else alive
        for name in IN_LIFE.get(type(each)) or AFTER_BIRTH.get(type(each), ()):
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
        if type(each) not in FROM_TO:
            continue
        first, last, words = FROM_TO[type(each)]
        start, end = getattr(each, first), getattr(each, last)
        if end is not None and end.surely_before(start):
            yield Finding("wrong", each, last, f"{each.name} {words.format(end, start)}")


def _ends(records: Iterable[Record], today: date) -> Iterator[Finding]:
    """Find adverse events that end in the future; where only the month is known it may be past."""
    for each in records:
        end = each.end if isinstance(each, AdverseEvent) else None
        if end is None or end.latest <= today:
            continue
        if end.earliest > today:
            why = f"{each.name} ends on {end}, in the future; today is {today}"
            yield Finding("wrong", each, "end", why)
        else:
            yield Finding("ask", each, "end", f"{each.name} ends on {end}: has it ended by {today}?")


def _no_lesion(records: Sequence[Record]) -> Iterator[Finding]:
    known = {each.lesion for each in records if isinstance(each, LesionRecord)}
    for each in records:
        if isinstance(each, Implantation) and each.lesion and each.lesion not in known:
            why = f"{each.name} names the lesion '{each.lesion}', which is not among the lesions"
            yield Finding("ask", each, "lesion", why)


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
