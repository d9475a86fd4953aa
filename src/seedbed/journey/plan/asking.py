"""From what a user asks to what the planner is asked: files read, names found, units converted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path
from typing import cast

from seedbed.dicom import PlanReading, read_plan_file
from seedbed.dosimetry import Source, load_source
from seedbed.errors import InputError
from seedbed.geometry.gaps import gap_warning
from seedbed.implant import SeedImplant, radionuclide
from seedbed.implant.strengths import check_strength
from seedbed.journey.contoured_ct import ContouredCt, read_contoured_ct
from seedbed.journey.plan.drawn_needles import read_needles
from seedbed.journey.plan.question import PlanQuestion
from seedbed.journey.single_file import sha256
from seedbed.journey.structure_roles import chosen_organs, input_hashes
from seedbed.journey.written_plan import Purpose
from seedbed.planning import PlanGoals, PlanRequest, default_goals
from seedbed.planning.goals import TARGET, organ_goals, organ_role, with_goals
from seedbed.planning.request import Mode
from seedbed.protocol import seed_activity
from seedbed.units import MBQ_PER_MCI

SOURCE = "6711"
SAME_STRENGTH = 1e-3
"""Strengths that differ by less than this share are the same."""


@dataclass(frozen=True)
class Asked:
    """What the planner is asked, and what goes beside it.

    Attributes
    ----------
    question : PlanQuestion
    request : PlanRequest
    read : ContouredCt
    purpose : Purpose
        For the DICOM files; the structure set is known when it is written.
    u_per_mci : float
    notes : tuple of str
        Sentences on everything that was assumed.
    inputs : Mapping of str to str
        What was read, with its SHA-256.
    """

    question: PlanQuestion
    request: PlanRequest
    read: ContouredCt
    purpose: Purpose
    u_per_mci: float
    notes: tuple[str, ...]
    inputs: Mapping[str, str]


def ask(question: PlanQuestion) -> Asked:
    """Read all files and put the request together.

    Raises
    ------
    SeedbedError
        Any input that cannot be used.
    """
    source, given, notes = _seeds_there(question)
    needles = read_needles(question)
    strengths, said = strengths_in_stock(question, source)
    read = read_contoured_ct(
        question.ct_folder, question.structures_file,
        target_name=question.target, sphere=question.sphere,
        series=question.series, correct_tilt=question.correct_tilt,
    )  # fmt: skip
    _check_frame(question, given[1], read.ct.identity.frame_uid)
    organs, ignored = chosen_organs(read.others, question.organs, target=read.whole.name)
    goals = _goals(question, strengths, [organ.name for organ in organs])
    request = PlanRequest(
        read.ct.volume, read.target, organs, source, goals, cast(Mode, question.mode), needles, given[0],
        random_seed=question.random_seed, bound_seconds=question.bound_seconds,
        alternatives=question.alternatives,
    )  # fmt: skip
    purpose = _purpose(question, read)
    gaps = [text for each in (read.whole, *organs) if (text := gap_warning(each)) is not None]
    assumed = [*_day_assumed(question, purpose), *said, *not_known(goals, [organ.name for organ in organs])]
    return Asked(
        question, request, read, purpose, radionuclide(source.radionuclide).u_per_mci,
        (*notes, *assumed, *read.notes, *ignored, *gaps), _inputs(question),
    )  # fmt: skip


def strengths_in_stock(question: PlanQuestion, source: Source) -> tuple[tuple[float, ...], list[str]]:
    """Return the strengths in stock, U, ascending, and what is to be said of them.

    Raises
    ------
    DoseError
        A strength that no permanent seed has.
    """
    u_per_mci = radionuclide(source.radionuclide).u_per_mci
    rule = seed_activity(question.site)
    stated = [*question.strengths_u, *(mci * u_per_mci for mci in question.activities_mci)]
    notes = []
    if not stated:
        stated = [rule.default_mci * u_per_mci]
        notes.append(
            f"No strength in stock was stated: seeds of {rule.default_mci:.2f} mCi were taken, by rule "
            f"{rule.rule_id} of the protocol for site '{question.site}'."
        )
    for strength in stated:
        check_strength(strength, "a seed in stock", u_per_mci=u_per_mci)
    known: list[float] = []
    for strength in sorted(stated):
        if not known or strength > known[-1] * (1 + SAME_STRENGTH):
            known.append(float(strength))
    low, high = rule.low_mbq / MBQ_PER_MCI, rule.high_mbq / MBQ_PER_MCI
    beyond = [
        u / u_per_mci for u in known if not low - SAME_STRENGTH <= u / u_per_mci <= high + SAME_STRENGTH
    ]
    if beyond:
        notes.append(
            f"{', '.join(f'{mci:.2f}' for mci in beyond)} mCi a seed lie outside the {low:.2f} to "
            f"{high:.2f} mCi of rule {rule.rule_id} for site '{question.site}'."
        )
    return tuple(known), notes


def _seeds_there(question: PlanQuestion) -> tuple[Source, tuple[SeedImplant | None, str], list[str]]:
    """Return the seed model, the seeds that lie there already with their frame, and sentences on them."""
    source = None if question.source is None else load_source(question.source)
    if question.given_file is None:
        return source or load_source(SOURCE), (None, ""), []
    reading = PlanReading(permanent=False, axes_from_needles=question.axes_from_needles)
    plan = read_plan_file(question.given_file, source, reading)
    if plan.implant.axes is None:
        raise InputError(
            f"the seeds of '{question.given_file.name}' have no directions",
            "directions, as the new seeds have",
            "let them be taken from straight needles with --axes-from-needles",
        )
    note = (
        f"{plan.implant.count} seeds of '{question.given_file.name}' lie there already; they count with all "
        "the dose that they give from their implantation to complete decay."
    )
    return plan.source, (_renamed(plan.implant, plan.source), plan.identity.frame_uid), [note, *plan.notes]


def _renamed(implant: SeedImplant, source: Source) -> SeedImplant:
    """Without needles: those of seeds that lie there are out of the patient."""
    return replace(implant, source=source.name, needles=(), needle_index=implant.needle_index * 0 - 1)


def _check_frame(question: PlanQuestion, frame_uid: str, of_ct: str) -> None:
    if question.given_file is not None and frame_uid != of_ct:
        raise InputError(
            f"'{question.given_file.name}' has the frame of reference {frame_uid or '(none)'}",
            f"that of the CT, {of_ct or '(none)'}",
            "give the seeds as they lie on this CT, or register the two first",
        )


def _goals(question: PlanQuestion, strengths_u: tuple[float, ...], organs: list[str]) -> PlanGoals:
    goals = default_goals(question.rx_gy, strengths_u=strengths_u, organs=organs, site=question.site)
    goals = with_goals(goals, question.goals, organs=[TARGET, *organs])
    return goals if question.needle_cost is None else replace(goals, needle_cost=question.needle_cost)


def not_known(goals: PlanGoals, organs: list[str]) -> list[str]:
    """Say which organs got the general goal since no role fits their names, and nobody stated another.

    Examples
    --------
    >>> goals = default_goals(120.0, strengths_u=[0.889], organs=["Trachea", "Trachea by Dr Li"])
    >>> for note in not_known(goals, ["Trachea", "Trachea by Dr Li"]):
    ...     print(note.partition(";")[0])
    Not known as organs by their names, so that only the general goal holds: Trachea by Dr Li
    """
    general = {name: organ_goals(name) for name in organs if organ_role(name) is None}
    asked = {name: tuple(goal for goal in goals.goals if goal.structure == name) for name in general}
    strange = [name for name in general if asked[name] == general[name]]
    said = "Not known as organs by their names, so that only the general goal holds"
    do = "name them as in docs/goals.md, or state goals (--goal)"
    return [f"{said}: {', '.join(strange)}; {do}."] if strange else []


def _day_assumed(question: PlanQuestion, purpose: Purpose) -> list[str]:
    """Say to which day strengths refer where nobody stated the day of implantation."""
    if question.implant_on is not None:
        return []
    day = purpose.implanted.date().isoformat()
    of_what = "the CT's study" if purpose.identity.study_date else "the CT, whose study has no date"
    said = f"The day of implantation was not stated: strengths are dated to {of_what}, {day}"
    return [f"{said}; state it where it is another (--implant-date)."]


def _purpose(question: PlanQuestion, read: ContouredCt) -> Purpose:
    made, day = read.ct.identity.made, question.implant_on
    implanted = made if day is None else datetime.combine(day, time(made.hour, made.minute, made.second))
    return Purpose(read.ct.identity, question.rx_gy, read.target.name, "", implanted)


def _inputs(question: PlanQuestion) -> dict[str, str]:
    """SHA-256 of what was read."""
    found = input_hashes(question.ct_folder, question.structures_file)
    found |= {path.name: sha256(path) for path in question.files[1:]}
    if question.source is not None and question.source.endswith(".toml"):
        found[Path(question.source).name] = sha256(Path(question.source))
    return found
