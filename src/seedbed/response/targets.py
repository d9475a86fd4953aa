"""Response of the target lesions at one visit from the sum of their diameters.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 4.3.1.
"""

from decimal import Decimal
from typing import Final, Literal, NamedTuple

from seedbed.patient import PartialDate
from seedbed.protocol import ResponseRules
from seedbed.response.confirmation import Response
from seedbed.response.non_target import Judgement
from seedbed.response.sums import NM_PER_MM, TargetDiameters, millionths

TargetFinding = Literal["gone", "back", "grown", "not measured", "shrunk", "steady"]
RESPONSES: Final[dict[TargetFinding, Response]] = {
    "gone": "CR",
    "back": "PD",
    "grown": "PD",
    "not measured": "NE",
    "shrunk": "PR",
    "steady": "SD",
}
HUNDRED: Final = 100 * NM_PER_MM
"""A hundred percent in millionths of a percent."""


class TargetLimits(NamedTuple):
    """The thresholds of the rules in whole numbers: diameters in nm, percentages in millionths."""

    node_below: int
    increase: int
    absolute_increase: int
    decrease: int

    @classmethod
    def of(cls, rules: ResponseRules) -> "TargetLimits":
        """Take them from the rules."""
        return cls(
            millionths(rules.complete.node_short_axis_below_mm),
            millionths(rules.progression.increase_pct),
            millionths(rules.progression.absolute_increase_mm),
            millionths(rules.partial.decrease_pct),
        )


class SumReference(NamedTuple):
    """What the sum of a visit is compared with.

    Attributes
    ----------
    baseline, nadir : int
        Sum at baseline and the smallest complete sum of the earlier visits, baseline included, nm.
    nadir_when : PartialDate
        When the smallest sum was measured.
    after_confirmed_cr : bool
        Whether an earlier complete response was confirmed.
    """

    baseline: int
    nadir: int
    nadir_when: PartialDate
    after_confirmed_cr: bool = False


def judge_targets(now: TargetDiameters, reference: SumReference, limits: TargetLimits) -> TargetFinding:
    """Judge the targets at one visit; `RESPONSES` has the response.

    Parameters
    ----------
    now : TargetDiameters
    reference : SumReference
    limits : TargetLimits
        An increase or decrease of exactly the threshold reaches it.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> now = TargetDiameters({"T1": 12_000_000}, nodes=frozenset(), not_measured=(), total=12_000_000)
    >>> before = SumReference(10_000_000, 10_000_000, PartialDate("2026-01-05"))
    >>> [judge_targets(now, before, TargetLimits.of(load_profile(name))) for name in ("recist11", "paper")]
    ['steady', 'grown']
    """
    complete = not now.not_measured
    if reference.after_confirmed_cr or now.nodes or not now.total:
        there = now.there(limits.node_below)
        if complete and not there:
            return "gone"
        if there and reference.after_confirmed_cr:
            return "back"
    if has_grown(now.total, reference.nadir, limits):
        return "grown"
    if not complete:
        return "not measured"
    return "shrunk" if has_shrunk(now.total, reference.baseline, limits) else "steady"


def has_grown(total: int, nadir: int, limits: TargetLimits) -> bool:
    """Compare exactly with the smallest sum; lesions that were not measured could only add to the total."""
    growth = total - nadir
    return growth > 0 and growth * HUNDRED >= nadir * limits.increase and growth >= limits.absolute_increase


def has_shrunk(total: int, baseline: int, limits: TargetLimits) -> bool:
    """Compare exactly with the sum at baseline."""
    return (baseline - total) * HUNDRED >= baseline * limits.decrease


def change_pct(now: TargetDiameters, reference: int) -> float | None:
    """Return the change of a complete sum, percent; None without one, or from zero."""
    if not now.complete or reference == 0:
        return None
    return (now.total - reference) * 100 / reference


def told_targets(
    finding: TargetFinding, now: TargetDiameters, reference: SumReference, *, rules: ResponseRules
) -> Judgement:
    """Say why the targets were judged so, and which of them decided.

    Parameters
    ----------
    finding : TargetFinding
        Of `judge_targets` for the same visit.
    now : TargetDiameters
    reference : SumReference
    rules : ResponseRules
    """
    by = tuple(now.lesions)
    rule: str
    if finding == "gone":
        below = f", nodes are below {rules.complete.node_short_axis_below_mm:g} mm" if now.nodes else ""
        rule, reason = rules.complete.id, f"all target lesions have gone{below}"
    elif finding == "back":
        by = now.there(millionths(rules.complete.node_short_axis_below_mm))
        rule, reason = rules.progression.id, f"{', '.join(by)} is there after a confirmed CR"
    elif finding == "not measured":
        by = now.not_measured
        rule, reason = rules.not_evaluable.id, f"not measured: {', '.join(by)}"
    else:
        deciding = {"grown": rules.progression, "shrunk": rules.partial, "steady": rules.stable}
        rule, reason = deciding[finding].id, _compared(now, reference)
    return Judgement(response=RESPONSES[finding], rule_id=rule, reason=reason, decided_by=by)


def _compared(now: TargetDiameters, reference: SumReference) -> str:
    """Say how the sum lies to baseline and to the smallest sum."""
    what = "the sum" if now.complete else f"without {', '.join(now.not_measured)} the sum"
    growth = now.total - reference.nadir
    nadir = f" ({_percent(growth, reference.nadir)})" if reference.nadir else ""
    return (
        f"{what} {in_mm(now.total)} mm is {in_mm(growth, sign=True)} mm{nadir} from the smallest sum of "
        f"{in_mm(reference.nadir)} mm ({reference.nadir_when}) and "
        f"{_percent(now.total - reference.baseline, reference.baseline)} from baseline"
    )


def in_mm(size: int, *, sign: bool = False) -> str:
    """Write nanometres as millimetres, with the digits that there are.

    Examples
    --------
    >>> in_mm(12_300_000), in_mm(-500, sign=True), in_mm(100_000_000)
    ('12.3', '-0.0005', '100')
    """
    # Decimal(0) has a sign and trailing zeros of its own.
    plain = Decimal(size).scaleb(-6).normalize() if size else Decimal(0)
    return f"{plain:+f}" if sign else f"{plain:f}"


def _percent(change: int, reference: int) -> str:
    return f"{Decimal(change) * 100 / reference:+.1f} %"
