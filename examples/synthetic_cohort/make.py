"""Make up a register of 52 patients whose tables are those of a paper.

    python examples/synthetic_cohort/make.py [FOLDER]

Nothing in it is a patient. Chen et al. 2025, Front. Endocrinol. 16:1587412, doi 10.3389/fendo.2025.1587412,
compares 14, 25 and 13 patients; the records made here count up to the numbers of its Tables 1 to 3. What the
paper does not print is in `choices.toml` and `courses.csv`. The same seed makes the same records.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from synthetic_care import adverse_event, drug, implantations, outcome
from synthetic_courses import Course, Days, days_of, read_choices, read_courses
from synthetic_images import Images, images
from synthetic_people import Person, people, person_records, screening
from synthetic_tumours import burdens
from synthetic_visits import Values, first_laboratory, laboratory, pains, thyroglobulin, visits

from seedbed.patient.records import KINDS, Baseline, Record, ScreeningFacts
from seedbed.sheets.titles import Language
from seedbed.sheets.workbook_writing import write_template

HERE = Path(__file__).parent
WORKBOOKS: dict[str, Language] = {"register.xlsx": "en", "register_zh.xlsx": "zh"}


def cohort() -> list[Record]:
    """Return the records of all groups, kind by kind in the order of the register."""
    choices = read_choices()
    records = [
        record
        for number, courses in enumerate(read_courses().values())
        for record in group_records(
            courses, choices, rng=np.random.default_rng([choices["study"]["seed"], number])
        )
    ]
    order = list(KINDS)
    return sorted(records, key=lambda record: order.index(record.KIND))


def group_records(
    courses: Sequence[Course], choices: Mapping[str, Any], *, rng: Generator
) -> Iterator[Record]:
    """Return the records of one group."""
    days = {each.patient: days_of(each, closed=choices["study"]["closed"], rng=rng) for each in courses}
    persons = people(courses, choices, rng=rng)
    loads = burdens(courses, ends=choices["ends"], rng=rng)
    tg = thyroglobulin(courses, days, rng=rng)
    by_volume = sorted(courses, key=lambda each: loads[each.patient].volume_cc)
    counts = choices["seeds"].get(courses[0].arm, [0] * len(courses))
    seeds = {each.patient: count for each, count in zip(by_volume, counts, strict=True)}
    for course, person in zip(courses, persons, strict=True):
        seen = images(course, days[course.patient], loads[course.patient], rng)
        yield from patient_records(seen, person, tg, choices, seeds=seeds[course.patient], rng=rng)


def patient_records(
    seen: Images, person: Person, tg: Values, choices: Mapping[str, Any], *, seeds: int, rng: Generator
) -> Iterator[Record]:
    """Return the records of one patient."""
    course, days = seen.course, seen.days
    first = first_laboratory(course, days, tg, choices, rng=rng)
    who = list(person_records(course, days, person, rng=rng))
    baseline = next(each for each in who if isinstance(each, Baseline))
    found = {
        "largest_diameter_mm": seen.largest_mm,
        "tsh_mu_per_l": first["tsh"].value,
        "platelets_1e9_per_l": first["platelets"].value,
    }
    screened = screening(course, days, baseline, found=found, rng=rng)
    yield from (*who, *screened, *seen.records(), *first.values())
    if course.with_seeds:
        facts = next(each for each in screened if isinstance(each, ScreeningFacts))
        yield from implantations(course, days, facts, seeds=seeds, rng=rng)
    yield from _followed(course, days, person, tg, choices, rng=rng)


def _followed(
    course: Course, days: Days, person: Person, tg: Values, choices: Mapping[str, Any], *, rng: Generator
) -> Iterator[Record]:
    """Return what came after the start of treatment."""
    event = adverse_event(course, days, rng=rng)
    taken = drug(course, days, event) if course.with_drug else None
    if taken is not None:
        yield from (taken.course, *taken.doses)
    if event is not None:
        yield event
    yield from visits(course, days, person, drug=taken, event=event, rng=rng)
    yield from laboratory(course, days, tg, choices, event=event, rng=rng)
    yield from pains(course, days)
    yield outcome(course, days)


def main(folder: Path = HERE) -> None:
    """Write the register as workbooks."""
    records = cohort()
    for name, language in WORKBOOKS.items():
        write_template(folder / name, language, records=records)
    print(f"{len(records)} synthetic records in {', '.join(str(folder / name) for name in WORKBOOKS)}")  # noqa: T201


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
