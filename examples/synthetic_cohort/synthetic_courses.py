"""What becomes of each made-up patient: the plan of courses.csv, and the days that it is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from numpy.random import Generator

from seedbed.protocol import visits_due
from seedbed.tables import read_table, read_toml

HERE = Path(__file__).parent
GROUPS = ("A", "B", "C")
SATURDAY = 5


@dataclass(frozen=True)
class Course:
    """One row of courses.csv.

    Attributes
    ----------
    patient, arm, metastasis : str
    months : int
        Completed months from the start of treatment to the last day known.
    last : str
        Month of that day, such as 2023-01; empty where the study's closing ends it.
    responses : Mapping
        Month 6 and 12; a month that is not assessed lacks.
    progression : tuple of (int, str), or None
        Month of the visit that showed it, and where.
    death, death_class : str
    missed : tuple of int
        Months of visits that were missed.
    pain : tuple of float, or None
        Before treatment and at 6 months; None where it was not recorded.
    event : tuple of (str, int), or None
        CTCAE term and grade of the worst adverse event.
    reduced : tuple of int
        Cycles of the drug whose dose was not tolerated.
    """

    patient: str
    arm: str
    metastasis: str
    months: int
    last: str
    responses: Mapping[int, str]
    progression: tuple[int, str] | None
    death: str
    death_class: str
    missed: tuple[int, ...]
    pain: tuple[float, float] | None
    event: tuple[str, int] | None
    reduced: tuple[int, ...]

    @property
    def with_drug(self) -> bool:
        """Whether the patient takes the drug."""
        return self.arm in ("A", "C")

    @property
    def with_seeds(self) -> bool:
        """Whether the patient gets seeds."""
        return self.arm in ("B", "C")

    @property
    def has_bone(self) -> bool:
        """Whether there are metastases of bone."""
        return "bone" in self.metastasis


@dataclass(frozen=True)
class Days:
    """The days of one patient.

    Attributes
    ----------
    start, last : date
        Start of treatment; last day known: of death, of the last contact.
    visits : Mapping
        Day of the visit of each month; 0 is baseline.
    """

    start: date
    last: date
    visits: Mapping[int, date]


def read_choices() -> dict[str, Any]:
    """Read what the paper leaves open."""
    return read_toml(HERE / "choices.toml")


def read_courses() -> dict[str, list[Course]]:
    """Read the plan, by group."""
    courses = [_course(row) for row in read_table(HERE / "courses.csv").rows]
    return {group: [each for each in courses if each.arm == group] for group in GROUPS}


def _course(row: dict[str, str]) -> Course:
    progression = row["progression"].split(" ", 1)
    responses = {6: row["response_6"], 12: row["response_12"]}
    return Course(
        patient=f"SYN-{row['patient']}",
        arm=row["patient"][0],
        metastasis=row["metastasis"],
        months=int(row["months"]),
        last=row["last"],
        responses={month: response for month, response in responses.items() if response},
        progression=(int(progression[0]), progression[1]) if row["progression"] else None,
        death=row["death"],
        death_class=row["death_class"],
        missed=_numbers(row["missed"]),
        pain=(float(row["pain_before"]), float(row["pain_6"])) if row["pain_6"] else None,
        event=(row["event"], int(row["grade"])) if row["event"] else None,
        reduced=_numbers(row["reduced"]),
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(each) for each in text.split(";") if each)


def days_of(course: Course, *, closed: date, rng: Generator) -> Days:
    """Give a course its days: treatment on a weekday, visits when due or some days later."""
    last = _last(course, closed, rng)
    start = last - relativedelta(months=course.months)
    while True:
        start = last - relativedelta(months=course.months) - timedelta(days=int(rng.integers(12, 26)))
        if start.weekday() < SATURDAY and _months(start, last) == course.months:
            break
    visits = {0: _weekday(start - timedelta(days=int(rng.integers(3, 8))))}
    for due in visits_due(start, until=last, with_drug=course.with_drug):
        gone = course.death and due.on > last - timedelta(days=21)
        if due.month not in course.missed and not gone:
            visits[due.month] = min(_seen_on(due.on, due.month, rng), last)
    return Days(start=start, last=last, visits=visits)


def _last(course: Course, closed: date, rng: Generator) -> date:
    if not course.last:
        return _weekday(closed - timedelta(days=int(rng.integers(0, 10))))
    return date.fromisoformat(f"{course.last}-{int(rng.integers(5, 28)):02d}")


def _months(first: date, last: date) -> int:
    apart = relativedelta(last, first)
    return 12 * apart.years + apart.months


def _seen_on(due: date, month: int, rng: Generator) -> date:
    """Return the day of a visit: one in eight of the first two visits comes too late."""
    late = month in (2, 4) and rng.random() < 1 / 8
    on = due + timedelta(days=int(rng.integers(16, 24) if late else rng.integers(0, 9)))
    return on + timedelta(days=max(0, 7 - on.weekday()) if on.weekday() >= SATURDAY else 0)


def _weekday(on: date) -> date:
    return on - timedelta(days=max(0, on.weekday() - SATURDAY + 1))
