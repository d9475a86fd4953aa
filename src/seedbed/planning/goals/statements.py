"""Goals as statements on one falling curve, the volume at a dose, and which two of them exclude each other.

"V at dose d is at least v" and "the least dose to the hottest v is at least d" say the same, so that every
goal "at least" is kept in the second form. D100 is the least dose, the dose to the hottest 0 % the highest.
"""

from dataclasses import dataclass
from typing import Literal

from seedbed.planning.goals.goal import ALL_OF_IT, Goal
from seedbed.planning.goals.judging import judged_metric

MARGIN = 1e-6
"""Limits nearer to each other than this share (or this much, under 1) do not contradict. Local rule."""
SAME = 1e-9
"""Doses nearer to each other than this share are one dose, however each was calculated. Local rule."""
NAMED_SHARES = {"max": 0.0, "min": ALL_OF_IT}


@dataclass(frozen=True)
class Statement:
    """What a goal says of a dose and a volume.

    Attributes
    ----------
    goal : Goal
        Where it comes from.
    about : "dose", "mean" or "volume"
        The least dose to the hottest ``volume`` is bounded by ``dose_gy``; the mean dose is; or, for "at
        most" alone, the volume at ``dose_gy`` is bounded by ``volume``.
    dose_gy, volume : float
    unit : "%" or "cc"
        Of ``volume``.
    """

    goal: Goal
    about: Literal["dose", "mean", "volume"]
    dose_gy: float
    volume: float
    unit: Literal["%", "cc"] = "%"

    @property
    def is_lower(self) -> bool:
        """Whether it asks for more, not for less."""
        return self.goal.sense == "at least"

    @property
    def may_fall_short(self) -> bool:
        """Whether the structure may be smaller than the volume that is spoken of, and the goal still met."""
        return self.unit == "cc" and self.goal.reading.letter == "D"


def statement_of(goal: Goal, prescription_gy: float, total_cc: float | None = None) -> Statement | None:
    """Return what a goal says; None where it says nothing, as "at least 0 %".

    Parameters
    ----------
    goal : Goal
    prescription_gy : float
    total_cc : float, optional
        Volume of the structure; with it cc become percent.

    Examples
    --------
    >>> found = statement_of(Goal("target", "V100", "at least", 95.0, True, "user"), 120.0)
    >>> found.about, found.dose_gy, found.volume
    ('dose', 120.0, 95.0)
    """
    metric = goal.reading if total_cc is None else judged_metric(goal, total_cc)
    if metric.letter == "V":
        dose = float(metric.what) * (prescription_gy / 100 if metric.what_unit == "%" else 1.0)
        if goal.sense == "at least" and goal.limit == 0:
            return None
        about: Literal["dose", "volume"] = "dose" if goal.sense == "at least" else "volume"
        return _in_percent(Statement(goal, about, dose, goal.limit, _unit(metric.unit)), total_cc)
    dose = goal.limit * (prescription_gy / 100 if metric.unit == "%" else 1.0)
    if metric.what == "mean":
        return Statement(goal, "mean", dose, 0.0)
    if isinstance(metric.what, str):
        return Statement(goal, "dose", dose, NAMED_SHARES[metric.what])
    return _in_percent(Statement(goal, "dose", dose, metric.what, _unit(metric.what_unit)), total_cc)


def exclude_each_other(lower: Statement, upper: Statement) -> bool:
    """Whether no dose at all can make both true.

    Parameters
    ----------
    lower, upper : Statement
        One "at least" and one "at most" on the same structure.

    Examples
    --------
    >>> v100 = statement_of(Goal("target", "V100", "at least", 95.0, True, "user"), 100.0)
    >>> d90 = statement_of(Goal("target", "D90", "at most", 90.0, False, "user"), 100.0)
    >>> exclude_each_other(v100, d90)  # 95 % get 100 Gy, so that 90 % do
    True
    """
    if upper.about == "volume":
        return _too_much_volume(lower, upper)
    if upper.about == "mean" and lower.about == "dose":  # Markov: mean >= dose x share that gets it
        return lower.unit == "%" and _above(lower.dose_gy * lower.volume / ALL_OF_IT, upper.dose_gy)
    return _above(lower.dose_gy, upper.dose_gy) and _never_hotter(lower, upper)


def _never_hotter(lower: Statement, upper: Statement) -> bool:
    """Whether the dose that ``lower`` speaks of never exceeds the one that ``upper`` speaks of."""
    highest = upper.about == "dose" and upper.volume == 0
    if lower.about == "mean" or upper.about == "mean":
        return highest or lower.about == upper.about
    least = lower.unit == "%" and lower.volume >= ALL_OF_IT
    return highest or least or (lower.unit == upper.unit and lower.volume >= upper.volume * (1 - SAME))


def _too_much_volume(lower: Statement, upper: Statement) -> bool:
    """Whether ``lower`` gives the dose of ``upper`` to more volume than that allows."""
    if lower.about == "mean" or lower.volume == 0:  # some point is as hot as that
        return upper.volume == 0 and _above(lower.dose_gy, upper.dose_gy)
    if upper.volume > 0 and (lower.unit != upper.unit or lower.may_fall_short):
        return False
    return lower.dose_gy >= upper.dose_gy * (1 - SAME) and _above(lower.volume, upper.volume)


def _above(first: float, second: float) -> bool:
    return first - second > MARGIN * max(1.0, first, second)


def _unit(unit: str) -> Literal["%", "cc"]:
    return "cc" if unit == "cc" else "%"


def _in_percent(statement: Statement, total_cc: float | None) -> Statement:
    """Count cc as a share of the structure; more than all of it is all of it for a dose."""
    if statement.unit == "%" or total_cc is None:
        return statement
    share = ALL_OF_IT * statement.volume / total_cc
    if statement.goal.reading.letter == "D":
        share = min(share, ALL_OF_IT)
    return Statement(statement.goal, statement.about, statement.dose_gy, share)
