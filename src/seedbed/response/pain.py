"""Response of pain: the numerical rating scale (NRS), judged with the analgesic where that is known."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from math import isfinite
from typing import Final, Literal

from pydantic import Field, PositiveFloat

from seedbed.errors import InputError
from seedbed.protocol import Rule
from seedbed.protocol.conditions import RuleModel
from seedbed.response.rule_tables import TableSource, read_rule_table

PainCategory = Literal["complete", "partial", "progression", "indeterminate", "not evaluable"]
NrsCategory = Literal["no pain", "lower", "unchanged", "higher"]
WORST_PAIN: Final = 10.0
HIGHEST_OME_MG: Final = 10_000.0


class PainLimits(Rule):
    """How many points of the scale, and how many percent of the analgesic, make a change."""

    points: PositiveFloat
    analgesic_pct: float = Field(gt=0, le=100)


class PainRules(RuleModel):
    """Categories of the response of pain."""

    source: TableSource
    complete: Rule
    partial: PainLimits
    progression: PainLimits
    indeterminate: Rule
    not_evaluable: Rule


@dataclass(frozen=True, kw_only=True)
class PainScore:
    """Pain at one site on one day.

    Attributes
    ----------
    on : date
        The day.
    nrs : float
        Numerical rating scale, 0 (no pain) to 10, whole or half points.
    ome_mg_per_day : float or None
        Daily oral morphine equivalent, mg; 0 without an opioid, None where it is not known.
    site : str
        The treated site.

    Raises
    ------
    InputError
        A score that is no whole or half number from 0 to 10, or a dose that is negative or no number.

    Examples
    --------
    >>> PainScore(on=date(2026, 3, 2), nrs=11.0)
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: a pain score of 11.0 on 2026-03-02; expected ...
    """

    on: date
    nrs: float
    ome_mg_per_day: float | None = None
    site: str = ""

    def __post_init__(self) -> None:
        if not 0 <= self.nrs <= WORST_PAIN or 2 * self.nrs != int(2 * self.nrs):
            raise InputError(
                f"a pain score of {self.nrs} on {self.on}",
                "a number from 0 to 10, whole or half",
                "correct the score; other scales are not converted",
            )
        dose = self.ome_mg_per_day
        if dose is not None and (not isfinite(dose) or not 0 <= dose <= HIGHEST_OME_MG):
            raise InputError(
                f"an oral morphine equivalent of {dose} mg a day on {self.on}", "0 to 10000 mg", "correct it"
            )


@dataclass(frozen=True, kw_only=True)
class PainResponse:
    """Response of pain between two days.

    Attributes
    ----------
    on : date
        The later day.
    category : {"complete", "partial", "progression", "indeterminate", "not evaluable"}
        By score and analgesic together.
    nrs_before, nrs_now, nrs_change : float
        Scores and their difference, negative where pain is less.
    by_nrs_only : {"no pain", "lower", "unchanged", "higher"}
        By the score alone, as before and after treatment: lower and higher by 2 points or more; no pain
        where some was before.
    ome_change_pct : float or None
        Change of the analgesic; None where it is not known, or was none before.
    rule_ids : tuple of str
        The rule that decided.
    reason : str
        Why, as a phrase.
    """

    on: date
    category: PainCategory
    nrs_before: float
    nrs_now: float
    nrs_change: float
    by_nrs_only: NrsCategory
    ome_change_pct: float | None
    rule_ids: tuple[str, ...]
    reason: str


@cache
def pain_rules() -> PainRules:
    """Return the shipped rules.

    Examples
    --------
    >>> pain_rules().partial.points
    2.0
    """
    return read_rule_table("pain.toml", PainRules)


def pain_response(baseline: PainScore, now: PainScore, *, rules: PainRules | None = None) -> PainResponse:
    """Judge pain at the treated site against that before treatment.

    Parameters
    ----------
    baseline, now : PainScore
        Before treatment, and on a later day, at the same site.
    rules : PainRules, optional
        The shipped ones by default.

    Raises
    ------
    InputError
        Another site, or a day that is not later.

    References
    ----------
    Chow et al. 2012, doi 10.1016/j.ijrobp.2011.02.008.

    Examples
    --------
    >>> before = PainScore(on=date(2026, 3, 2), nrs=6.0, ome_mg_per_day=60.0)
    >>> found = pain_response(before, PainScore(on=date(2026, 5, 2), nrs=3.0, ome_mg_per_day=60.0))
    >>> found.category, found.nrs_change, found.rule_ids
    ('partial', -3.0, ('PAIN-PR',))
    >>> found = pain_response(before, PainScore(on=date(2026, 5, 2), nrs=3.0))
    >>> found.category, found.by_nrs_only
    ('not evaluable', 'lower')
    """
    used = rules or pain_rules()
    if now.on <= baseline.on or now.site != baseline.site:
        raise InputError(
            f"pain at '{now.site}' on {now.on} after pain at '{baseline.site}' on {baseline.on}",
            "the same site on a later day",
            "compare scores of one site, in the order of time",
        )
    category, rule, reason = _judge(baseline, now, used)
    before, after = baseline.ome_mg_per_day, now.ome_mg_per_day
    known = before is not None and after is not None and before > 0
    return PainResponse(
        on=now.on,
        category=category,
        nrs_before=baseline.nrs,
        nrs_now=now.nrs,
        nrs_change=now.nrs - baseline.nrs,
        by_nrs_only=_by_nrs(baseline.nrs, now.nrs, used),
        ome_change_pct=100.0 * ((after or 0.0) / (before or 1.0) - 1.0) if known else None,
        rule_ids=(rule.id,),
        reason=reason,
    )


def _judge(baseline: PainScore, now: PainScore, rules: PainRules) -> tuple[PainCategory, Rule, str]:
    change = now.nrs - baseline.nrs
    before, after = baseline.ome_mg_per_day, now.ome_mg_per_day
    if before is None or after is None:
        when = " and ".join(str(each.on) for each in (baseline, now) if each.ome_mg_per_day is None)
        return "not evaluable", rules.not_evaluable, f"the analgesic is not known on {when}"
    reason = (
        f"pain {baseline.nrs:g} to {now.nrs:g}, oral morphine equivalent {before:g} to {after:g} mg a day"
    )
    if _progressed(change, before, after, rules.progression):
        return "progression", rules.progression, reason
    if baseline.nrs == 0:
        return "not evaluable", rules.not_evaluable, f"no pain before treatment; {reason}"
    if now.nrs == 0 and after <= before:
        return "complete", rules.complete, reason
    less_drug = before > 0 and _reaches(before - after, rules.partial.analgesic_pct, before)
    if (change <= -rules.partial.points and after <= before) or (less_drug and change <= 0):
        return "partial", rules.partial, reason
    return "indeterminate", rules.indeterminate, reason


def _progressed(change: float, before: float, after: float, limits: PainLimits) -> bool:
    more_drug = after > 0 if before == 0 else _reaches(after - before, limits.analgesic_pct, before)
    less_drug = before > 0 and _reaches(before - after, limits.analgesic_pct, before)
    return (change >= limits.points and not less_drug) or (more_drug and 0 <= change < limits.points)


def _reaches(difference: float, percent: float, of: float) -> bool:
    """Tell whether a difference is so many percent; rounding errors of the arithmetic do not count."""
    return 100.0 * difference >= percent * of * (1.0 - 1e-12)


def _by_nrs(before: float, now: float, rules: PainRules) -> NrsCategory:
    if now == 0 < before:
        return "no pain"
    if now - before <= -rules.partial.points:
        return "lower"
    return "higher" if now - before >= rules.progression.points else "unchanged"
