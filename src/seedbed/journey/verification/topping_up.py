"""Further seeds for what an implant left cold: asked of the planner, on tissue without metal."""

from seedbed.errors import NoPlanError
from seedbed.imaging.seed_removal import without_seeds
from seedbed.implant import SeedImplant, radionuclide
from seedbed.implant.strengths import check_strength
from seedbed.journey.dose_numbers import goal_words
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.carried import Contours
from seedbed.planning import PlanRequest, default_goals
from seedbed.planning.goals import TARGET, PlanGoals, with_goals
from seedbed.planning.top_up import TopUp, top_up
from seedbed.verification.seed_list import SeedTable

STEP = "Planning a top-up"
NOT_ASKED = "A top-up was not asked for."


def stock_u(asked: Asked, implanted_u: float) -> tuple[float, ...]:
    """Return the strengths in stock, U, ascending; that of the seeds implanted where none was stated.

    Raises
    ------
    DoseError
        A strength that no permanent seed has.
    """
    u_per_mci = radionuclide(asked.source.radionuclide).u_per_mci
    question = asked.question
    stated = [*question.stock_u, *(mci * u_per_mci for mci in question.stock_mci)]
    for strength in stated:
        check_strength(strength, "a seed in stock", u_per_mci=u_per_mci)
    return tuple(sorted(set(stated or [implanted_u])))


def top_up_goals(asked: Asked, contours: Contours, rx_gy: float, strengths_u: tuple[float, ...]) -> PlanGoals:
    """Return the goals by which an implant is judged and topped up.

    Raises
    ------
    SeedbedError
        A goal that cannot be read, or of a structure that is not there.
    """
    names = [organ.name for organ in contours.organs]
    goals = default_goals(rx_gy, strengths_u=strengths_u, organs=names, site=asked.question.site)
    return with_goals(goals, asked.question.goals, organs=[TARGET, *names])


def plan_top_up(
    asked: Asked, seeds: SeedTable, given: SeedImplant, goals: PlanGoals, *, progress: Progress
) -> tuple[TopUp | None, list[str]]:
    """Plan the fewest further seeds; where none can be planned say why.

    Parameters
    ----------
    asked : Asked
        With contours.
    seeds : SeedTable
        All seeds, painted out of the CT.
    given : SeedImplant
        The same, with their strengths at implantation.
    goals : PlanGoals
    progress : callable

    Returns
    -------
    (TopUp or None, list of str)
    """
    contours = asked.contours
    if contours is None or not asked.question.top_up:
        return None, [NOT_ASKED] if contours is not None else []
    progress(STEP, 0, 1)
    tissue = without_seeds(asked.ct.volume, seeds.positions_mm, axes=seeds.axes)
    request = PlanRequest(
        tissue, contours.target, contours.organs, asked.source, goals,
        mode="fan" if asked.question.mode == "fan" else "parallel", given=given,
        random_seed=asked.question.random_seed, bound_seconds=0.0, alternatives=False,
    )  # fmt: skip
    try:
        found = top_up(request, tell=lambda _text, done, total: progress(STEP, done, total))
    except NoPlanError as error:
        return None, [f"No top-up could be planned: {error}"]
    return found, _said(found)


def _said(found: TopUp) -> list[str]:
    """Say what a top-up leaves open, and which limit of an organ it breaks that was kept without it."""
    if found.planned is None:
        return ["Every hard goal that asks for dose is met: no further seed is needed."]
    lacking = [
        each for each in found.after if each.goal.sense == "at least" and not each.met and each.goal.hard
    ]
    notes = [f"With the top-up a hard goal is still missed: {goal_words(each)}." for each in lacking]
    kept_before = {str(each.goal) for each in found.before if each.met}
    broken = [
        e for e in found.after if e.goal.sense == "at most" and not e.met and str(e.goal) in kept_before
    ]
    for each in broken:
        what = "an aim" if each.goal.structure == TARGET else "the limit of an organ"
        notes.append(
            f"The top-up breaks {what} that the implant kept: {goal_words(each)}. Weigh it before use."
        )
    return notes
