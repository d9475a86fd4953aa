"""Response of the target lesions at one visit from the sum of their diameters.

Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, section 4.3.1.
"""

from dataclasses import dataclass
from decimal import Decimal

from seedbed.patient import PartialDate
from seedbed.protocol import ResponseRules
from seedbed.response.non_target import Judgement
from seedbed.response.sums import TargetDiameters, exact


@dataclass(frozen=True, kw_only=True)
class SumReference:
    """What the sum of a visit is compared with.

    Attributes
    ----------
    baseline, nadir : Decimal
        Sum at baseline and the smallest complete sum of the earlier visits, baseline included, mm.
    nadir_when : PartialDate
        When the smallest sum was measured.
    after_confirmed_cr : bool
        Whether an earlier complete response was confirmed.
    """

    baseline: Decimal
    nadir: Decimal
    nadir_when: PartialDate
    after_confirmed_cr: bool = False


def judge_targets(
    now: TargetDiameters, reference: SumReference, *, rules: ResponseRules, reasons: bool = True
) -> Judgement:
    """Judge the targets at one visit.

    Parameters
    ----------
    now : TargetDiameters
    reference : SumReference
    rules : ResponseRules
        Thresholds; an increase or decrease of exactly the threshold reaches it.
    reasons : bool
        Whether the comparison of the sums is put into words.

    Examples
    --------
    >>> from seedbed.response.profiles import load_profile
    >>> now = TargetDiameters(lesions={"T1": Decimal(12)}, nodes=frozenset(), not_measured=())
    >>> before = SumReference(baseline=Decimal(10), nadir=Decimal(10), nadir_when=PartialDate("2026-01-05"))
    >>> [judge_targets(now, before, rules=load_profile(name)).response for name in ("recist11", "paper")]
    ['SD', 'PD']
    """
    measured = tuple(now.lesions)
    there = now.there(rules.complete.node_short_axis_below_mm)
    if now.complete and not there:
        nodes = f", nodes are below {rules.complete.node_short_axis_below_mm:g} mm" if now.nodes else ""
        return _judged("CR", rules.complete.id, f"all target lesions have gone{nodes}", measured)
    if there and reference.after_confirmed_cr:
        names = ", ".join(there)
        return _judged("PD", rules.progression.id, f"{names} is there after a confirmed CR", there)
    compared = _compared(now, reference) if reasons else ""
    if has_grown(now.total, reference.nadir, rules):
        return _judged("PD", rules.progression.id, compared, measured)
    if not now.complete:
        names = ", ".join(now.not_measured)
        return _judged("NE", rules.not_evaluable.id, f"not measured: {names}", now.not_measured)
    if has_shrunk(now.total, reference.baseline, rules):
        return _judged("PR", rules.partial.id, compared, measured)
    return _judged("SD", rules.stable.id, compared, measured)


def _judged(response: str, rule_id: str, reason: str, by: tuple[str, ...]) -> Judgement:
    return Judgement(response=response, rule_id=rule_id, reason=reason, decided_by=by)  # type: ignore[arg-type]


def has_grown(total: Decimal, nadir: Decimal, rules: ResponseRules) -> bool:
    """Compare exactly with the smallest sum; lesions that were not measured could only add to the total."""
    growth = total - nadir
    relative = growth * 100 >= nadir * exact(rules.progression.increase_pct)
    return growth > 0 and relative and growth >= exact(rules.progression.absolute_increase_mm)


def has_shrunk(total: Decimal, baseline: Decimal, rules: ResponseRules) -> bool:
    """Compare exactly with the sum at baseline."""
    return (baseline - total) * 100 >= baseline * exact(rules.partial.decrease_pct)


def change_pct(now: TargetDiameters, reference: Decimal) -> float | None:
    """Return the change of a complete sum, percent; None without one, or from zero."""
    if not now.complete or reference == 0:
        return None
    return float((now.total - reference) * 100 / reference)


def _compared(now: TargetDiameters, reference: SumReference) -> str:
    """Say how the sum lies to baseline and to the smallest sum."""
    what = "the sum" if now.complete else f"without {', '.join(now.not_measured)} the sum"
    growth = now.total - reference.nadir
    nadir = f" ({_percent(growth, reference.nadir)})" if reference.nadir else ""
    return (
        f"{what} {_mm(now.total)} mm is {_mm(growth, sign=True)} mm{nadir} from the smallest sum of "
        f"{_mm(reference.nadir)} mm ({reference.nadir_when}) and "
        f"{_percent(now.total - reference.baseline, reference.baseline)} from baseline"
    )


def _mm(value: Decimal, *, sign: bool = False) -> str:
    # Decimal(0) has a sign and trailing zeros of its own.
    plain = value.normalize() if value else Decimal(0)
    return f"{plain:+f}" if sign else f"{plain:f}"


def _percent(change: Decimal, reference: Decimal) -> str:
    return f"{change * 100 / reference:+.1f} %"
