"""What was done for the made-up patients: seeds, the drug, and what became of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from numpy.random import Generator
from synthetic_courses import Course, Days

from seedbed.patient import PartialDate
from seedbed.patient.records import (
    AdverseEvent,
    Contact,
    Death,
    DrugCourse,
    DrugDose,
    Implantation,
    Record,
    ScreeningFacts,
)
from seedbed.protocol import drug_start, load_rules, next_dose, prescribe, seed_activity

SITE = {"lymph node only": "surface", "lung only": "other", "bone only": "bone", "lung and bone": "bone"}
MOST_IN_ONE = 120
"""Seeds of one implant; more are parted among several, six weeks apart."""
ONE_DAY = timedelta(days=1)
SEVERE = 3
HAND_FOOT = "Palmar-plantar erythrodysesthesia syndrome"
BY_DRUG = (HAND_FOOT, "Diarrhea", "Hypocalcemia")
BY_SEEDS = ("Pneumonitis",)
LASTS = {"Pneumonitis": (40, 70), "Diarrhea": (9, 15), "Hypocalcemia": (10, 15), HAND_FOOT: (230, 300)}
"""Days from which to which an event lasts; others 45 to 75."""


def implantations(
    course: Course, days: Days, facts: ScreeningFacts, *, seeds: int, rng: Generator
) -> Iterator[Implantation]:
    """Put the seeds in on the day that treatment starts, more on the same day where the CT shows a gap."""
    activity = seed_activity(SITE[course.metastasis])
    dose_gy = prescribe(facts.facts).dose_gy
    implants = -(-seeds // MOST_IN_ONE)
    for number in range(implants):
        on = PartialDate.of(days.start + timedelta(days=42 * number))
        here = seeds // implants + (number < seeds % implants)
        top_up = here // 8 if rng.random() < 1 / 4 else 0
        for session, count in enumerate(filter(None, (here - top_up, top_up)), start=1):
            yield Implantation(
                patient_id=course.patient,
                implant=str(number + 1),
                session=session,
                lesion="T1",
                on=on,
                intent="top-up" if session > 1 else "repeat" if number else "implant",
                prescription_gy=dose_gy,
                seeds_planned=count,
                seeds_implanted=count,
                needles=max(1, round(count / 5)),
                source_model="6711",
                activity_mbq=activity.default_mbq,
                strength_u=round(activity.default_u, 3),
                verified_on=on,
                d90_gy=round(dose_gy * float(rng.uniform(1.0, 1.2)), 1),
                v100_pct=round(float(rng.uniform(90.5, 97.5)), 1),
                complications="none",
            )


def adverse_event(course: Course, days: Days, *, rng: Generator) -> AdverseEvent | None:
    """Return the worst adverse event of a patient; the start of some is known to the month only."""
    if course.event is None:
        return None
    term, grade = course.event
    after = (60, 95) if term in BY_SEEDS else (24, 34)
    start = days.start + timedelta(days=int(rng.integers(*after)))
    end = start + timedelta(days=int(rng.integers(*LASTS.get(term, (45, 75)))))
    to_the_day = term not in (*BY_SEEDS, HAND_FOOT) or rng.random() < 0.7
    return AdverseEvent(
        patient_id=course.patient,
        term=term,
        start=PartialDate.of(start if to_the_day else start.isoformat()[:7]),
        grade=grade,
        end=PartialDate.of(end),
        attribution=_attribution(course, term),
        action=_action(course, grade),
        serious=grade >= SEVERE,
        note="synthetic",
    )


def _attribution(course: Course, term: str) -> str:
    if course.arm == "C":
        return "drug" if term in BY_DRUG else "seeds" if term in BY_SEEDS else "drug and seeds"
    return "drug" if course.with_drug else "seeds"


def _action(course: Course, grade: int) -> str:
    if not course.with_drug:
        return "not applicable"
    return "dose reduced" if grade >= SEVERE or course.reduced else "none"


@dataclass(frozen=True)
class Drug:
    """The drug of one patient: doses as they were, and the last day."""

    course: DrugCourse
    doses: tuple[DrugDose, ...]

    def use_on(self, day: date) -> str:
        """Say what a visit records."""
        if self.course.end is not None and self.course.end.earliest < day:
            return "stopped"
        last = [dose for dose in self.doses if dose.since.earliest <= day][-1:]
        return "interrupted" if last and not last[0].dose_mg else "going on"


def drug(course: Course, days: Days, event: AdverseEvent | None) -> Drug:
    """Give the drug by the rules: 12 mg, less after grade 3 or where not tolerated, until progression."""
    rules = load_rules().drug
    start = drug_start(days.start) if course.with_seeds else days.start
    changes: list[tuple[date, float, str, str]] = [(start, rules.schedule.dose_mg, "planned", "")]
    cycle_one = start
    if event is not None and event.grade >= SEVERE:
        changes += _after_severe(event, rules.schedule.dose_mg)
        done = (event.start.earliest - start).days // rules.schedule.cycle_days + 1
        cycle_one = changes[-1][0] - timedelta(days=done * rules.schedule.cycle_days)
    for cycle in course.reduced:
        lower = next_dose(changes[-1][1], "not tolerated").dose_mg or 0.0
        first = cycle_one + timedelta(days=(cycle - 1) * rules.schedule.cycle_days)
        lasts = event is not None and event.end is not None and first <= event.end.latest
        changes.append((first, lower, "not tolerated", event.term if event and lasts else ""))
    end, why = _end(course, days)
    untils = [*(later[0] - ONE_DAY for later in changes[1:]), end]
    return Drug(
        DrugCourse(
            patient_id=course.patient,
            course="1",
            drug=rules.name,
            start=PartialDate.of(start),
            end=_day(end),
            stop_reason=why,
        ),
        tuple(
            DrugDose(
                patient_id=course.patient,
                course="1",
                since=PartialDate.of(since),
                until=_day(until),
                dose_mg=dose_mg,
                reason=reason,
                note=note,
            )
            for (since, dose_mg, reason, note), until in zip(changes, untils, strict=True)
        ),
    )


def _after_severe(event: AdverseEvent, dose_mg: float) -> list[tuple[date, float, str, str]]:
    """Interrupt while an event of grade 3 lasts, then go on with the next lower dose."""
    note = f"{event.term}, grade {event.grade}"
    again = event.end.latest + ONE_DAY if event.end else event.start.latest
    lower = next_dose(dose_mg, f"grade {event.grade}").dose_mg or 0.0
    return [(event.start.earliest, 0.0, "adverse event", note), (again, lower, "adverse event", note)]


def _end(course: Course, days: Days) -> tuple[date | None, str | None]:
    if course.progression is not None:
        return days.visits[course.progression[0]] - ONE_DAY, "progression"
    return (days.last - ONE_DAY, "death") if course.death else (None, None)


def _day(on: date | None) -> PartialDate | None:
    return None if on is None else PartialDate.of(on)


def outcome(course: Course, days: Days) -> Record:
    """Return the death, or the last day on which the patient was known to be alive."""
    on = PartialDate.of(days.last)
    if course.death:
        return Death(patient_id=course.patient, on=on, cause=course.death, cause_class=course.death_class)
    return Contact(patient_id=course.patient, on=on, how="telephone")
