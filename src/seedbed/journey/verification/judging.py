"""The dose that was given: as planned, as given, how sure it is, where it is cold, what to add."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import DoseSamples, Dvh, dose_function, parse_metric
from seedbed.imaging.seed_found import CERTAIN, COUNTED, RefusedBlob
from seedbed.implant import SeedImplant, radionuclide
from seedbed.implant.strengths import check_strength
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.carried import Contours
from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.placing import Placement
from seedbed.journey.verification.topping_up import plan_top_up, stock_u, top_up_goals
from seedbed.planning.goals import TARGET, GoalResult, PlanGoals
from seedbed.planning.plan import judged, samples_of_record
from seedbed.planning.top_up import TopUp
from seedbed.protocol import seed_activity
from seedbed.verification import (
    ColdReport,
    LocalisationSpread,
    PlaneNumbers,
    VolumeChange,
    cold_report,
    given_implant,
    localisation_spread,
    volume_change,
)
from seedbed.verification.seed_list import UNKNOWN_AXIS_SD_DEG

FloatArray = NDArray[np.float64]
DoseAt = Callable[[FloatArray], FloatArray]
STEP = "Judging the dose that was given"
TRIALS = "Trying seeds within their errors"
PLANNED_HERE = (
    "The planned dose was calculated on the contours of the CT after implantation, since there are none of "
    "the planning CT."
)
NOTHING_GIVEN = (
    "No seed was found, so that no dose was judged: check that this is the CT after implantation, not that "
    "of the planning."
)
CANDIDATE = 0.3
"""Metal that was not counted, with a confidence from here on, is there or not by chance in the trials."""


@dataclass(frozen=True)
class Given:
    """The seeds as an implant.

    Attributes
    ----------
    implant : SeedImplant
        Found seeds, with orientation where it is sure.
    strength_u : float
        Usual strength of a seed at implantation.
    """

    implant: SeedImplant
    strength_u: float


@dataclass(frozen=True)
class JudgedDose:
    """What was given to a target.

    Attributes
    ----------
    goals : PlanGoals
    planned : Mapping of str to Dvh
        The target as ``"target"``, organs by name; empty without a plan.
    given : Mapping of str to Dvh
    results : tuple of GoalResult
        Of the goals, as given.
    spread : LocalisationSpread
    cold : ColdReport
    change : VolumeChange or None
        Of a target drawn, or deformably carried over, on both CTs.
    top_up : TopUp or None
    dose_at : callable
        Dose given, Gy, at points.
    no_top_up : str
        Why there is no top-up.
    """

    goals: PlanGoals
    planned: Mapping[str, Dvh]
    given: Mapping[str, Dvh]
    results: tuple[GoalResult, ...]
    spread: LocalisationSpread
    cold: ColdReport
    change: VolumeChange | None
    top_up: TopUp | None
    dose_at: DoseAt
    no_top_up: str = ""

    def interval(self, metric: str) -> tuple[float, float, float]:
        """Return D90 or V100 of the target as seen, and the least and the highest that it may be."""
        record = parse_metric(metric).of(self.given[TARGET], self.goals.prescription_gy)
        return self.spread.interval(self.spread.target, metric, record=record)


def give_strengths(asked: Asked, found: Finding, placement: Placement | None) -> tuple[Given, list[str]]:
    """Give each found seed its strength at implantation and its orientation where that is sure.

    Raises
    ------
    DoseError
        A strength that no permanent seed has.
    """
    usual, notes = _usual_strength(asked)
    seeds = found.seeds
    strengths = np.full(seeds.count, usual)
    if asked.plan is not None and placement is not None and asked.question.strength_u is None:
        planned = asked.plan.here.strengths_u
        if asked.question.activity_mci is None and np.ptp(planned) > 0:
            match = placement.drifted.match
            strengths[match.found] = planned[match.planned]
            notes.append(
                "The plan has seeds of several strengths: each found seed has that of its planned one, a "
                f"seed without one the median, {usual:.3g} U."
            )
    implant = given_implant(asked.source, seeds.positions_mm, seeds.axes, seeds.axis_sd_deg, strengths)
    unsure = int((~implant.axis_known).sum())
    if unsure:
        notes.append(
            f"The direction of {unsure} of {implant.count} seeds is not sure: their dose is that of the "
            "one-dimensional formula."
        )
    return Given(implant, usual), notes


def _usual_strength(asked: Asked) -> tuple[float, list[str]]:
    """Return the strength of a seed at implantation, by the user, the plan or the protocol."""
    question = asked.question
    u_per_mci = radionuclide(asked.source.radionuclide).u_per_mci
    if question.strength_u is not None or question.activity_mci is not None:
        stated = question.strength_u if question.strength_u is not None else question.activity_mci * u_per_mci  # type: ignore[operator]
        check_strength(stated, "each seed", u_per_mci=u_per_mci)
        return float(stated), []
    if asked.plan is not None:
        return float(np.median(asked.plan.here.strengths_u)), []
    rule = seed_activity(question.site)
    note = (
        f"No strength was stated: seeds of {rule.default_mci:.2f} mCi were taken, by rule {rule.rule_id} of "
        f"the protocol for site '{question.site}'."
    )
    return rule.default_mci * u_per_mci, [note]


def judge(
    asked: Asked, found: Finding, given: Given, *, plane_numbers: PlaneNumbers, progress: Progress
) -> tuple[JudgedDose | None, list[str]]:
    """Judge the dose of found seeds to the target and the organs; None without a target.

    Returns
    -------
    (JudgedDose or None, list of str)
        And what is to be said of it.
    """
    contours, rx = asked.contours, asked.rx_gy
    if contours is None or rx is None:
        return None, []
    if not given.implant.count:
        return None, [NOTHING_GIVEN]
    progress(STEP, 0, 3)
    goals = top_up_goals(asked, contours, rx, stock_u(asked, given.strength_u))
    samples = samples_of_record(contours.target, contours.organs)
    dvhs, results = judged(goals, asked.source, given.implant, samples)
    progress(STEP, 1, 3)
    planned, notes = _planned(asked, contours, samples, goals)
    progress(STEP, 2, 3)
    dose_at = dose_function(asked.source, given.implant)
    cold = cold_report(contours.target, dose_at, rx, plane_numbers=plane_numbers)
    progress(STEP, 3, 3)
    spread = _spread(asked, contours, found, given, rx, progress)
    extra, said = plan_top_up(asked, found.seeds, given.implant, goals, progress=progress)
    change = _change(asked, contours)
    why = said[0] if extra is None or extra.planned is None else ""
    judgement = JudgedDose(goals, planned, dvhs, results, spread, cold, change, extra, dose_at, why)
    return judgement, [*notes, *said]


def _planned(
    asked: Asked, contours: Contours, samples: Sequence[DoseSamples], goals: PlanGoals
) -> tuple[Mapping[str, Dvh], list[str]]:
    """Return the histograms of the plan, on the contours of the planning CT where there are any."""
    plan = asked.plan
    if plan is None:
        return {}, []
    if contours.before is not None and plan.moved:
        before = samples_of_record(contours.before.target, contours.organs_before)
        known = {TARGET, *(organ.name for organ in contours.organs)}
        plain = PlanGoals(goals.prescription_gy, (), goals.strengths_u)
        dvhs, _ = judged(plain, asked.source, plan.file.implant, before)
        return {name: dvh for name, dvh in dvhs.items() if name in known}, []
    elsewhere = plan.moved or contours.how == "drawn"
    return judged(goals, asked.source, plan.here, samples)[0], [PLANNED_HERE] if elsewhere else []


def _spread(
    asked: Asked, contours: Contours, found: Finding, given: Given, rx_gy: float, progress: Progress
) -> LocalisationSpread:
    """Let each seed lie within its error, doubtful ones be there or not, and contours be off by the match.

    Where more count than were implanted, the interval also holds that of all: the number may be wrong.
    """
    seeds, there = found.seeds, _presence(found, asked.question.count)
    maybe, presence = _candidates(found, asked.question.count)
    implant = given.implant
    for each in maybe:
        implant = implant.with_seed(each.position_mm, None, given.strength_u)
    extra = np.full(len(maybe), seeds.position_sd_mm.max(initial=1.0))
    carried = asked.registration if contours.carried else None
    common = carried.quality.inverse_consistency_mm if carried is not None else 0.0
    spread = partial(
        localisation_spread, asked.source, implant, contours.target, contours.organs,
        prescription_gy=rx_gy,
        position_sd_mm=np.concatenate([seeds.position_sd_mm, extra]),
        axis_sd_deg=np.concatenate([seeds.axis_sd_deg, np.full(len(maybe), UNKNOWN_AXIS_SD_DEG)]),
        common_sd_mm=common,
        random_seed=asked.question.random_seed,
        progress=lambda done, total: progress(TRIALS, done, total),
    )  # fmt: skip
    tried = spread(presence=np.concatenate([there, presence]))
    alone = np.concatenate([_by_search(found), presence])
    return tried if (alone[: seeds.count] == there).all() else replace(tried, also=spread(presence=alone))


def _presence(found: Finding, count: int | None) -> FloatArray:
    """Return how likely each seed that counts is there, 0 to 1, in the trials.

    One in doubt is there as likely as the search says; from a good confidence on always. Where more count
    than were implanted and nobody said why, those in doubt that nobody settled share the excess: together as
    many are expected to be there as were implanted, but none less likely than not, since it counts.
    """
    seeds, unsettled, likely = found.seeds, found.doubtful, _by_search(found)
    decided = found.decided
    excess = 0 if count is None else seeds.count - count
    if decided is None or decided.explained or excess <= 0 or not unsettled:
        return likely
    share = max(len(unsettled) - excess, 0) / likely[unsettled].sum()
    scaled = np.maximum(likely[unsettled] * min(1.0, share), COUNTED)
    likely[unsettled] = np.minimum(likely[unsettled], scaled)
    return likely


def _by_search(found: Finding) -> FloatArray:
    """Return how likely each seed is there by its confidence; from a good one on it is."""
    sure = found.seeds.confidence >= CERTAIN
    return np.where(sure, 1.0, found.seeds.confidence)


def _candidates(found: Finding, count: int | None) -> tuple[list[RefusedBlob], FloatArray]:
    """Return metal that was not counted but may be one of the seeds that lack, and how likely each is there.

    Together they are expected to be no more than the seeds that lack; where none lacks, or nobody said how
    many there are, or a person settled the list, there are none. What a person settled by itself is not there
    or counted already, and stays with a likelihood of 0, so that the others are tried with the same numbers.
    """
    listed = found.edits is not None and found.decided is None
    lacking = 0 if count is None or listed else count - found.seeds.count
    every = enumerate(found.raw.refused) if lacking > 0 else ()
    maybe = {at: each for at, each in every if each.confidence >= CANDIDATE}
    likely = np.array([each.confidence if at in found.unsettled else 0.0 for at, each in maybe.items()])
    return list(maybe.values()), likely * min(1.0, lacking / likely.sum()) if likely.any() else likely


def _change(asked: Asked, contours: Contours) -> VolumeChange | None:
    """Compare the target on both CTs where the second is no rigid copy of the first."""
    registration = asked.registration
    if contours.before is None or registration is None:
        return None
    if contours.carried and registration.deformation is None:
        return None
    return volume_change(
        replace(registration, deformation=None).carry(contours.before.target), contours.target
    )
