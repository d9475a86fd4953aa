"""Thyroglobulin (Tg): its change from baseline as bounds, with all that makes two samples incomparable."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from seedbed.errors import InputError
from seedbed.protocol.conditions import DECIMALS_COMPARED
from seedbed.response.marker_rules import CaveatRule, MarkerRules, marker_rules
from seedbed.response.marker_samples import MarkerValue, TgSample, TshState, antibody_lacking, tsh_state

TgCategory = Literal["decreased", "stable", "increased", "undecided", "not comparable"]


@dataclass(frozen=True, kw_only=True)
class MarkerCaveat:
    """Something to know about a comparison.

    Attributes
    ----------
    rule_id : str
        The rule.
    forbids : bool
        Whether it makes the samples incomparable; otherwise it asks for caution.
    text : str
        What was found, as a sentence.
    """

    rule_id: str
    forbids: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class TgResponse:
    """Tg of one sample against that of baseline.

    Attributes
    ----------
    on : date
        Day of the later sample.
    unit : str
        Unit of both values.
    baseline, now : MarkerValue
        As measured, with bounds where they lie beyond the range of the assay.
    change_low_pct : float or None
        Change from baseline, percent, at least; None without a lower bound (a baseline of zero).
    change_high_pct : float or None
        At most; None without an upper bound (a baseline below detection, a value above the range).
    category : {"decreased", "stable", "increased", "undecided", "not comparable"}
        By the local rule; the change is told in any case.
    caveats : tuple of MarkerCaveat
        All that was found.
    rule_ids : tuple of str
        The rule that decided, and those of the caveats.
    reason : str
        Why, as a phrase.
    """

    on: date
    unit: str
    baseline: MarkerValue
    now: MarkerValue
    change_low_pct: float | None
    change_high_pct: float | None
    category: TgCategory
    caveats: tuple[MarkerCaveat, ...]
    rule_ids: tuple[str, ...]
    reason: str


def tg_response(baseline: TgSample, now: TgSample, *, rules: MarkerRules | None = None) -> TgResponse:
    """Compare Tg with that of baseline.

    Parameters
    ----------
    baseline, now : TgSample
        Two samples of one patient, the second on a later day.
    rules : MarkerRules, optional
        The shipped ones by default: a local rule of 50 %, as no consensus exists.

    Raises
    ------
    InputError
        A day that is not later, or another unit.

    Examples
    --------
    >>> first = TgSample(on=date(2026, 3, 2), tg=MarkerValue.of("120"), tg_assay="A", tgab_positive=False,
    ...                  tsh_mu_per_l=MarkerValue.of("0.05"))
    >>> later = TgSample(on=date(2026, 5, 2), tg=MarkerValue.of("<0.04"), tg_assay="A", tgab_positive=False,
    ...                  tsh_mu_per_l=MarkerValue.of("<0.01"))
    >>> found = tg_response(first, later)
    >>> found.category, found.change_low_pct, round(found.change_high_pct, 2), found.rule_ids
    ('decreased', -100.0, -99.97, ('TG-DECREASED', 'TG-CENSORED'))
    """
    used = rules or marker_rules()
    if now.on <= baseline.on or now.unit != baseline.unit:
        raise InputError(
            f"Tg in {now.unit} on {now.on} after Tg in {baseline.unit} on {baseline.on}",
            "the same unit on a later day",
            "convert to one unit and compare in the order of time",
        )
    caveats = tuple(_caveats(baseline, now, used))
    low, high = change_bounds(baseline.tg, now.tg)
    category, rule_id = _category(low, high, used)
    against = [caveat.text for caveat in caveats if caveat.forbids]
    if against:
        category, rule_id = "not comparable", used.not_comparable.id
    return TgResponse(
        on=now.on,
        unit=now.unit,
        baseline=baseline.tg,
        now=now.tg,
        change_low_pct=low,
        change_high_pct=high,
        category=category,
        caveats=caveats,
        rule_ids=(rule_id, *dict.fromkeys(caveat.rule_id for caveat in caveats)),
        reason="; ".join(against) or f"Tg {baseline.tg} to {now.tg} {now.unit}",
    )


def change_bounds(before: MarkerValue, now: MarkerValue) -> tuple[float | None, float | None]:
    """Return the least and the greatest change, percent, that the bounds of two values allow; None if none.

    Examples
    --------
    >>> change_bounds(MarkerValue.of("10"), MarkerValue.of("5"))
    (-50.0, -50.0)
    >>> change_bounds(MarkerValue.of("<0.5"), MarkerValue.of("2"))
    (300.0, None)
    """
    low = None
    if before.high is None:
        low = -100.0
    elif before.high > 0:
        low = _percent(before.high, now.low)
    high = None
    if now.high is not None and before.low > 0:
        high = _percent(before.low, now.high)
    return low, high


def _percent(before: float, now: float) -> float:
    """Change in percent, without the rounding error of the arithmetic: 0.04 to 0.06 is 50 %."""
    return round(100.0 * (now - before) / before, DECIMALS_COMPARED)


def _category(low: float | None, high: float | None, rules: MarkerRules) -> tuple[TgCategory, str]:
    fallen, risen = -rules.decreased.change_pct, rules.increased.change_pct
    if high is not None and high <= fallen:
        return "decreased", rules.decreased.id
    if low is not None and low >= risen:
        return "increased", rules.increased.id
    if low is not None and high is not None and low > fallen and high < risen:
        return "stable", rules.stable.id
    return "undecided", rules.undecided.id


def _caveats(baseline: TgSample, now: TgSample, rules: MarkerRules) -> Iterator[MarkerCaveat]:
    both = (baseline, now)
    yield from _antibodies(baseline, now, rules)
    states = [tsh_state(sample, rules.tsh_differs) for sample in both]
    if None not in states and states[0] != states[1]:
        text = f"TSH was {states[0]} on {baseline.on} and {states[1]} on {now.on}"
        yield _caveat(rules.tsh_differs, text)
    if baseline.tg_assay and now.tg_assay and baseline.tg_assay != now.tg_assay:
        text = (
            f"Tg was measured by '{baseline.tg_assay}' on {baseline.on} and by '{now.tg_assay}' on {now.on}"
        )
        yield _caveat(rules.assay_changed, text)
    for sample, state in zip(both, states, strict=True):
        lacking = _lacking(sample, state)
        if lacking:
            yield _caveat(rules.not_stated, f"not stated for the sample of {sample.on}: {', '.join(lacking)}")
        if sample.tgab is not None and (unknown := antibody_lacking(sample)):
            yield _caveat(rules.not_stated, f"{unknown} on {sample.on}; whether it is positive is not known")
        if sample.tg.censored:
            yield _caveat(rules.censored, f"Tg of {sample.on} is known only as {sample.tg} {sample.unit}")


def _antibodies(baseline: TgSample, now: TgSample, rules: MarkerRules) -> Iterator[MarkerCaveat]:
    for sample in (baseline, now):
        if sample.antibody_positive:
            yield _caveat(rules.antibody_positive, f"TgAb was positive on {sample.on}")
    if baseline.tgab is None or now.tgab is None:
        return
    low, high = change_bounds(baseline.tgab, now.tgab)
    limit = rules.antibody_changed.change_pct
    if (low is not None and low > limit) or (high is not None and high < -limit):
        text = f"TgAb changed from {baseline.tgab} on {baseline.on} to {now.tgab} on {now.on}"
        yield _caveat(rules.antibody_changed, text)


def _lacking(sample: TgSample, state: TshState | None) -> list[str]:
    known = {
        "assay of Tg": bool(sample.tg_assay),
        "TSH": state is not None,
        "TgAb": sample.tgab is not None or sample.antibody_positive is not None,
    }
    return [name for name, is_known in known.items() if not is_known]


def _caveat(rule: CaveatRule, text: str) -> MarkerCaveat:
    return MarkerCaveat(rule_id=rule.id, forbids=rule.forbids, text=text)
