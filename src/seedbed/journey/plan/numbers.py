"""A plan in numbers for machines: what ``plan.json`` holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from math import floor, isfinite
from typing import Any

from seedbed.dosimetry import dose_quality
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_numbers, structure_numbers
from seedbed.journey.plan.asking import Asked
from seedbed.journey.quality import quality_numbers
from seedbed.planning import Plan, Planned
from seedbed.planning.bound import Bound
from seedbed.planning.needle_table import needle_table
from seedbed.planning.needles import DirectionReport
from seedbed.planning.robustness import RobustReport, percentiles
from seedbed.report import NOTICE

LIBRARIES = ("numpy", "scipy", "numba")


@dataclass(frozen=True)
class Judged:
    """What is known of the chosen plan beside the plan itself.

    Attributes
    ----------
    directions : tuple of DirectionReport
    robust : RobustReport or None
    low_d90_gy : tuple of float
        5th percentile of D90 of each further plan; empty where it was not asked for.
    """

    directions: tuple[DirectionReport, ...]
    robust: RobustReport | None
    low_d90_gy: tuple[float, ...]


def plan_document(asked: Asked, planned: Planned, judged: Judged, notes: Sequence[str]) -> dict[str, Any]:
    """Write all of it ready for JSON: no number that is not finite."""
    ask = asked.request
    others = [
        {**plan_numbers(each, asked), "d90_p5_gy": low}
        for each, low in zip(planned.others, judged.low_d90_gy or [None] * len(planned.others), strict=True)
    ]
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        "target": {"name": ask.target.name, "volume_cc": ask.target.volume_mm3 / 1000},
        "organs": [organ.name for organ in ask.organs],
        "prescription_gy": ask.goals.prescription_gy,
        "site": asked.question.site,
        "source": {"name": ask.source.name, "title": ask.source.title, "reference": ask.source.reference},
        "strengths_on": asked.purpose.implanted.date().isoformat(),
        "implant_day_stated": asked.question.implant_on is not None,
        "strengths_in_stock": [{"u": u, "mci": u / asked.u_per_mci} for u in ask.goals.strengths_u],
        "costs": {"seed": ask.goals.seed_cost, "needle": ask.goals.needle_cost},
        "seeds_there_already": 0 if ask.given is None else ask.given.count,
        **plan_numbers(planned.plan, asked),
        "bound": None if planned.plan.bound is None else bound_numbers(planned.plan, planned.plan.bound),
        "gap_pct": _finite(planned.plan.gap_pct),
        "alternatives": others,
        "robustness": None if judged.robust is None else robust_numbers(judged.robust),
        "directions": [direction_numbers(each) for each in judged.directions],
        "overlaps_cc": planned.overlaps_cc,
        "stopped": planned.stopped,
        "notes": list(notes),
        "random_seed": ask.random_seed,
        "versions": {name: version(name) for name in LIBRARIES},
        "inputs_sha256": dict(asked.inputs),
    }


def plan_numbers(plan: Plan, asked: Asked) -> dict[str, Any]:
    """Write one plan: seeds, needles, metrics and goals."""
    whole = with_given(plan, asked)
    quality = dose_quality(
        asked.request.source, whole, asked.request.target, plan.target_dvh,
        prescription_gy=plan.goals.prescription_gy,
    )  # fmt: skip
    metrics = {n: structure_numbers(d, plan.goals.prescription_gy) for n, d in plan.dvhs.items()}
    return {
        "name": plan.name,
        "mode": plan.needles.mode,
        "azimuth_deg": plan.needles.azimuth_deg,
        "tilt_deg": plan.needles.tilt_deg,
        "skin_seen": plan.skin_seen,
        "seed_count": plan.implant.count,
        "needle_count": len(plan.implant.needles),
        "total_strength_u": float(plan.implant.strengths_u.sum()),
        "total_activity_mci": float(plan.implant.strengths_u.sum()) / asked.u_per_mci,
        "cost": plan.cost,
        "seconds": plan.seconds,
        "mean_shortfall_pct": plan.shortfall_pct,
        "hard_goals_met": not plan.missed,
        "goals": [{"goal": str(r.goal), **goal_numbers(r), "judged_on": r.judged_on} for r in plan.results],
        "metrics": metrics,
        "conformity": quality_numbers(quality),
        "seeds": seed_numbers(plan.implant, asked.u_per_mci),
        "needles": needle_numbers(plan, asked.request.source.capsule_length_mm),
    }


def with_given(plan: Plan, asked: Asked) -> SeedImplant:
    """Return the seeds of a plan and those that lie there already."""
    given = asked.request.given
    return plan.implant if given is None else plan.implant.joined(given)


def seed_numbers(implant: SeedImplant, u_per_mci: float) -> list[dict[str, Any]]:
    """Write seeds, numbered from 1."""
    return [
        {
            "number": n + 1,
            "position_mm": implant.positions_mm[n].tolist(),
            "axis": implant.directions[n].tolist() if implant.axis_known[n] else None,
            "strength_u": float(implant.strengths_u[n]),
            "strength_mci": float(implant.strengths_u[n]) / u_per_mci,
            "needle": implant.needles[int(implant.needle_index[n])].name,
        }
        for n in range(implant.count)
    ]


def needle_numbers(plan: Plan, seed_length_mm: float) -> list[dict[str, Any]]:
    """Write needles; seeds by their numbers, from the tip outwards."""
    return [
        {
            "name": row.name,
            "entry_mm": list(row.entry_mm),
            "tip_mm": list(row.tip_mm),
            "depth_mm": row.depth_mm,
            "azimuth_deg": row.azimuth_deg,
            "tilt_deg": row.tilt_deg,
            "pushed": row.words,
            "skin_seen": row.skin_seen,
            "seeds": list(row.seeds),
            "seed_depths_mm": list(row.seed_depths_mm),
            "spacings_mm": list(row.spacings_mm),
            "loading": row.loading_text,
            "warnings": [str(warning) for warning in row.warnings],
        }
        for row in needle_table(
            plan.implant, seed_length_mm=seed_length_mm, skin_unseen=plan.skin_unseen
        ).rows
    ]


def bound_numbers(plan: Plan, bound: Bound) -> dict[str, Any]:
    """Write the bound and what it holds for."""
    return {
        "cost": bound.cost,
        "linear": bound.linear,
        "proven_best": bound.proven_best,
        "shortfall_pct": bound.shortfall_pct,
        "groups": bound.groups,
        "samples": bound.samples,
        "nodes": bound.nodes,
        "seconds": bound.seconds,
        "holds_for": bound_words(plan, bound),
    }


def bound_words(plan: Plan, bound: Bound) -> str:
    """Say what a bound says, and for which plans it holds."""
    best = " This plan cannot be undercut." if bound.proven_best else ""
    lacks = floor(1000 * bound.shortfall_pct) / 1000
    return (
        f"Of all plans that use only the {plan.needles.seats} seed positions on these "
        f"{len(plan.needles.tracks)} needles, and whose dose lacks no more than {lacks:g} % "
        f"of the prescription in the mean over {bound.samples} samples of the target, none costs less than "
        f"{bound.cost:.4g}, whatever its other goals.{best} Other needles were not looked at."
    )


def robust_numbers(report: RobustReport) -> dict[str, Any]:
    """Write what is left of a plan when needles miss."""
    found = report.found
    return {
        "errors": {key: value for key, value in vars(found.errors).items() if key != "sources"},
        "errors_from": list(found.errors.sources),
        "breathing": None if found.breathing is None else found.breathing.name,
        "trials": found.trials,
        "random_seed": found.random_seed,
        "d90_gy": _spread(report.d90_gy),
        "v100_pct": _spread(report.v100_pct),
        "goals": [
            {
                "goal": str(each.goal),
                "chance_pct": each.chance_pct,
                "unit": each.spread.unit,
                **_spread(percentiles(each.spread)),
            }
            for each in report.goals
        ],
    }


def direction_numbers(report: DirectionReport) -> dict[str, Any]:
    """Write one direction: the share that can be reached, and what blocks the rest."""
    return {
        "azimuth_deg": report.azimuth_deg,
        "tilt_deg": report.tilt_deg,
        "reachable_pct": report.reachable_pct,
        "blocked_pct": dict(report.blocked_pct),
    }


def _spread(values: tuple[float, float, float]) -> dict[str, float]:
    return dict(zip(("p5", "p50", "p95"), values, strict=True))


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
