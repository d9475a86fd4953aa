"""What a dose does to structures and to goals, in numbers for machines."""

from typing import Any

from seedbed.dosimetry import Dvh
from seedbed.planning import GoalResult

LARGE_CC, SMALL_CC = 2.0, 0.1


def dvh_numbers(dvh: Dvh, prescription_gy: float) -> dict[str, float]:
    """Metrics of a target."""
    return {
        "volume_cc": dvh.total_cc,
        "d90_gy": dvh.dose_to_pct(90),
        "d95_gy": dvh.dose_to_pct(95),
        "d100_gy": dvh.min_gy,
        "v90_pct": dvh.volume_pct(0.9 * prescription_gy),
        "v100_pct": dvh.volume_pct(prescription_gy),
        "v150_pct": dvh.volume_pct(1.5 * prescription_gy),
        "v200_pct": dvh.volume_pct(2.0 * prescription_gy),
    }


def organ_numbers(dvhs: tuple[Dvh, ...]) -> dict[str, dict[str, float]]:
    """D2cc, D0.1cc and maximum of each organ; where it is smaller than that volume, its least dose."""
    return {
        dvh.name: {
            "volume_cc": dvh.total_cc,
            "d2cc_gy": dvh.dose_to_cc(2.0),
            "d0.1cc_gy": dvh.dose_to_cc(0.1),
            "max_gy": float(dvh.dose_gy[0]),
        }
        for dvh in dvhs
    }


def goal_numbers(result: GoalResult) -> dict[str, Any]:
    """Write a goal and what a plan reaches of it for JSON."""
    return {
        "structure": result.goal.structure,
        "metric": result.goal.metric,
        "sense": result.goal.sense,
        "limit": result.goal.limit,
        "hard": result.goal.hard,
        "source": result.goal.source,
        "value": result.value,
        "unit": result.unit,
        "met": result.met,
        "by": result.by,
    }


def structure_numbers(dvh: Dvh, prescription_gy: float) -> dict[str, float | None]:
    """All metrics of a structure; None where it is smaller than the volume a metric speaks of."""
    return {
        **dvh_numbers(dvh, prescription_gy),
        "d90_pct": 100.0 * dvh.dose_to_pct(90) / prescription_gy,
        "d2cc_gy": dvh.dose_to_cc(2.0) if dvh.total_cc >= LARGE_CC else None,
        "d0.1cc_gy": dvh.dose_to_cc(0.1) if dvh.total_cc >= SMALL_CC else None,
        "mean_gy": dvh.mean_gy,
        "max_gy": dvh.max_gy,
    }
