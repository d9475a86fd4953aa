"""Characteristics before treatment, and what was implanted, as columns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from seedbed.cohort.frame import NO_SOURCE, Column, age_counted, make_column
from seedbed.cohort.variables import variable
from seedbed.errors import InputError
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.journey.counted_notes import noted
from seedbed.patient.records import Baseline, Implantation, Patient, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES

FROM_BASELINE = (
    *("kps", "ecog", "pathology", "surgery", "bilateral_tumours", "extrathyroidal_extension"),
    *("metastasis", "mutation"),
)


def people_columns(clinic: ClinicRegister, members: Members) -> dict[str, Column]:
    """Return sex and age, and what the record of the baseline says."""
    people: dict[str, Any] = {
        row[0]: row for row in plain_rows(clinic, Patient, ("patient_id", "sex", "born"))
    }
    first: dict[str, Any] = {
        row[0]: row[1:]
        for row in plain_rows(clinic, Baseline, ("patient_id", "height_cm", "weight_kg", *FROM_BASELINE))
    }
    lacking = (None,) * (2 + len(FROM_BASELINE))
    rows = [first.get(name, lacking) for name in members.ids]
    from_record = [(f"baseline {name}",) if name in first else NO_SOURCE for name in members.ids]
    columns = {
        "sex": make_column("sex", [people[name][1] for name in members.ids], sources=_of_patients(members)),
        "age_years": _age(people, members),
        "bmi_kg_m2": make_column("bmi_kg_m2", [_bmi(*row[:2]) for row in rows], sources=from_record),
    }
    for at, name in enumerate(FROM_BASELINE, start=2):
        columns[name] = make_column(name, [row[at] for row in rows], sources=from_record)
    return columns


def _of_patients(members: Members) -> list[tuple[str, ...]]:
    return [(f"patient {name}",) for name in members.ids]


def _bmi(height_cm: float | None, weight_kg: float | None) -> float | None:
    return None if height_cm is None or weight_kg is None else weight_kg / (height_cm / 100) ** 2


def _age(people: dict[str, Any], members: Members) -> Column:
    rule = members.rules.age.partial
    ages: list[int | None] = []
    left_open = 0
    for name, start in zip(members.ids, members.starts, strict=True):
        born = people[name][2]
        age, is_open = (None, False) if born is None else _counted(name, born, start.earliest, rule)
        ages.append(age)
        left_open += is_open
    done = "taken at the middle of the possible days" if rule == "middle" else "left out"
    notes = noted(
        left_open,
        f"age that a partial date of birth leaves open is {done}",
        f"ages that a partial date of birth leaves open are {done}",
    )
    return make_column("age_years", ages, sources=_of_patients(members), notes=notes)


def _counted(name: str, born: str, on: date, rule: str) -> tuple[int | None, bool]:
    try:
        return age_counted(partial(born), on, partial=rule)
    except InputError as error:
        raise InputError(f"{name}: {error.came}", error.expected, error.do) from None


def implant_columns(clinic: ClinicRegister, members: Members) -> dict[str, Column]:
    """Return seeds in all, the prescription of the first session, and the lowest D90 that was verified.

    Patients without an implant have no value of these.
    """
    names = (
        "patient_id",
        "on",
        "implant",
        "session",
        "lesion",
        "seeds_implanted",
        "prescription_gy",
        "d90_gy",
    )
    until = TABLES[Implantation.KIND].c.on <= members.on.isoformat()
    sessions: dict[str, list[Any]] = defaultdict(list)
    for row in plain_rows(clinic, Implantation, names, until):
        sessions[row[0]].append(row)
    mine = [sorted(sessions.get(name, []), key=lambda row: row[1]) for name in members.ids]
    sources = [_sources(rows) for rows in mine]
    unknown = sum(any(row[5] is None for row in rows) for rows in mine)
    none = sum(not rows for rows in mine)
    without = noted(
        none, "patient without an implant has no value", "patients without an implant have no value"
    )
    lacks = noted(
        unknown,
        "patient with a session whose seeds are not stated has no value",
        "patients with a session whose seeds are not stated have no value",
    )
    prescribed = [next((row[6] for row in rows if row[6] is not None), None) for rows in mine]
    d90 = [min((row[7] for row in rows if row[7] is not None), default=None) for rows in mine]
    return {
        "seeds": make_column(
            "seeds", [_sum(rows) for rows in mine], sources=sources, notes=[*without, *lacks]
        ),
        "prescription_gy": _prescription(prescribed, sources, without),
        "d90_gy": make_column("d90_gy", d90, sources=sources, notes=without),
    }


def _sources(rows: Sequence[Any]) -> tuple[str, ...]:
    return tuple(
        f"implantation {row[0]}, {row[2]}, {row[3]}{f', {row[4]}' if row[4] else ''}" for row in rows
    )


def _sum(rows: Sequence[Any]) -> int | None:
    seeds = [row[5] for row in rows]
    return sum(seeds) if seeds and None not in seeds else None


def _prescription(
    doses: Sequence[float | None], sources: Sequence[tuple[str, ...]], notes: Sequence[str]
) -> Column:
    """Make classes of the doses that were prescribed; those of the protocol are there in any case."""
    shipped = variable("prescription_gy")
    every = {float(each) for each in shipped.classes} | {each for each in doses if each is not None}
    known = replace(shipped, classes=tuple(f"{each:g}" for each in sorted(every)))
    named = [None if each is None else f"{each:g}" for each in doses]
    return make_column(known, named, sources=sources, notes=notes)
