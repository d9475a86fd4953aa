"""What a dose does to structures and to goals, in numbers for machines."""

from typing import Any

from seedbed.dosimetry import Dvh
from seedbed.planning import GoalResult
from seedbed.planning.goals.goal import number_text

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


def goal_words(result: GoalResult) -> str:
    """Say a goal and what a plan reaches of it as a sentence.

    Examples
    --------
    >>> from seedbed.planning.goals import Goal
    >>> goal = Goal("target", "V100", "at least", 95.0, True, "user")
    >>> goal_words(GoalResult(goal, 3.034, "%", False, -91.966, "V100"))
    'target V100 at least 95 %: 3.03 %, missed by 91.97 %'
    """
    goal, unit = result.goal, result.unit
    judged = "" if result.judged_on in ("", goal.metric) else f", judged on {result.judged_on}"
    word = "met" if result.met else "missed"
    by, value = (number_text(round(number, 2)) for number in (abs(result.by), result.value))
    limit = number_text(goal.limit)
    asked = f"{goal.structure} {goal.metric} {goal.sense} {limit} {unit}{judged}"
    return f"{asked}: {value} {unit}, {word} by {by} {unit}"


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
