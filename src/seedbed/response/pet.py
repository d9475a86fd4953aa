"""Metabolic response on FDG PET by PERCIST 1.0."""

from collections import Counter
from dataclasses import dataclass

from seedbed.protocol.conditions import DECIMALS_COMPARED
from seedbed.response.metabolic_response import Decision, MetabolicResponse
from seedbed.response.pet_comparability import PetCaveat, pet_comparability
from seedbed.response.pet_rules import MeasurableRule, PercistRules, PetRules, SulChange, SumRule, pet_rules
from seedbed.response.pet_scans import Background, PetLesion, PetScan, check_lesion_names, check_order


@dataclass(frozen=True, kw_only=True)
class _Pair:
    """The two scans, and the hottest lesion of each; None where no SULpeak was measured."""

    baseline: PetScan
    later: PetScan
    first: PetLesion | None
    second: PetLesion | None
    tlg_change_pct: float | None

    @property
    def change(self) -> float | None:
        return None if self.first is None or self.second is None else _sul(self.second) - _sul(self.first)

    @property
    def change_pct(self) -> float | None:
        if self.first is None or self.change is None or _sul(self.first) == 0:
            return None
        return 100.0 * self.change / _sul(self.first)

    def __str__(self) -> str:
        if self.first is None or self.second is None:
            return "SULpeak was not measured"
        percent = "" if self.change_pct is None else f" ({self.change_pct:+.1f} %)"
        return (
            f"SULpeak of the hottest lesion {_sul(self.first):g} ('{self.first.name}') to "
            f"{_sul(self.second):g} ('{self.second.name}'){percent}"
        )


def assess_percist(baseline: PetScan, later: PetScan, *, rules: PetRules | None = None) -> MetabolicResponse:
    """Judge metabolic response by PERCIST 1.0.

    The hottest lesion of each scan is compared, which need not be the same. New lesions and unequivocal
    progression of non-targets are progression whatever else; SULpeak is judged only where scans compare.

    Parameters
    ----------
    baseline, later : PetScan
        Two scans of one patient. Every lesion of the first is expected in the second; a lesion that is only
        in the second is called ``new``, or refused.
    rules : PetRules, optional
        The shipped ones by default.

    Raises
    ------
    InputError
        Scans out of order, a baseline without lesions, or a lesion without baseline that nobody calls new.

    References
    ----------
    Wahl et al. 2009, doi 10.2967/jnumed.108.057307; O et al. 2016, doi 10.1148/radiol.2016142043.

    Examples
    --------
    >>> from datetime import date
    >>> liver = Background(region="liver", sul_mean=1.6, sul_sd=0.2)
    >>> shared = dict(background=liver, uptake_minutes=60.0, injected_mbq=300.0, scanner="A")
    >>> first = PetScan(on=date(2026, 1, 5), lesions=(PetLesion(name="T1", sul_peak=8.0),), **shared)
    >>> second = PetScan(on=date(2026, 4, 5), lesions=(PetLesion(name="T1", sul_peak=5.0),), **shared)
    >>> found = assess_percist(first, second)
    >>> found.response, found.decided_by, found.change_pct
    ('PMR', 'PERCIST-PMR', -37.5)
    """
    used = rules or pet_rules()
    check_order(baseline, later)
    check_lesion_names(baseline, later)
    caveats = pet_comparability(baseline, later, rules=used.comparable)
    first, second = (summed_lesions(scan, used.percist.summed) for scan in (baseline, later))
    pair = _Pair(
        baseline=baseline,
        later=later,
        first=_hottest(baseline),
        second=_hottest(later),
        tlg_change_pct=_change_of_sums([each.tlg for each in first], [each.tlg for each in second]),
    )
    decision = _decide(pair, caveats, used.percist)
    return MetabolicResponse(
        on=later.on,
        criteria="PERCIST 1.0",
        response=decision.response,
        decided_by=decision.rule.id,
        measurement=decision.measurement,
        lesions=None if pair.first is None or pair.second is None else (pair.first.name, pair.second.name),
        baseline_value=None if pair.first is None else pair.first.sul_peak,
        value=None if pair.second is None else pair.second.sul_peak,
        change=pair.change,
        change_pct=pair.change_pct,
        caveats=caveats,
        rule_ids=(decision.rule.id, *dict.fromkeys(caveat.rule_id for caveat in caveats)),
        summed_change_pct=_change_of_sums([_sul(each) for each in first], [_sul(each) for each in second]),
        tlg_change_pct=pair.tlg_change_pct,
    )


def measurable_from(background: Background, rule: MeasurableRule) -> float:
    """Return the SULpeak from which a lesion is measurable at baseline.

    Examples
    --------
    >>> liver = Background(region="liver", sul_mean=1.6, sul_sd=0.2)
    >>> round(measurable_from(liver, pet_rules().percist.measurable), 2)
    2.8
    """
    factor = rule.liver_factor if background.region == "liver" else rule.blood_pool_factor
    return factor * background.sul_mean + rule.standard_deviations * background.sul_sd


def summed_lesions(scan: PetScan, rule: SumRule) -> tuple[PetLesion, ...]:
    """Return the hottest lesions that are summed: up to five, no more than two in an organ that is named.

    Examples
    --------
    >>> from datetime import date
    >>> lesions = tuple(PetLesion(name=f"T{n}", organ="lung", sul_peak=float(n)) for n in range(1, 4))
    >>> [each.name for each in summed_lesions(PetScan(on=date(2026, 1, 5), lesions=lesions),
    ...                                       pet_rules().percist.summed)]
    ['T3', 'T2']
    """
    found: list[PetLesion] = []
    organs: Counter[str] = Counter()
    for lesion in sorted(_measured(scan), key=_sul, reverse=True):
        if len(found) < rule.lesions and (not lesion.organ or organs[lesion.organ] < rule.per_organ):
            found.append(lesion)
            organs[lesion.organ] += 1
    return tuple(found)


def _decide(pair: _Pair, caveats: tuple[PetCaveat, ...], rules: PercistRules) -> Decision:
    if pair.later.new_lesions:
        names = ", ".join(f"'{name}'" for name in pair.later.new_lesions)
        return Decision(response="PMD", rule=rules.new_lesion, measurement=f"new: {names}")
    if pair.later.non_target_progression:
        return Decision(response="PMD", rule=rules.non_target, measurement="lesions that are not targets")
    against = [caveat.text for caveat in caveats if caveat.forbids] or _not_measurable(pair, rules.measurable)
    if against:
        return Decision(response="NE", rule=rules.not_evaluable, measurement="; ".join(against))
    if pair.second is not None and _rises(_sul(pair.first), _sul(pair.second), rules.progression):
        return Decision(response="PMD", rule=rules.progression, measurement=str(pair))
    tlg = pair.tlg_change_pct
    falls = pair.change is None or pair.change < 0
    if tlg is not None and not falls and _reaches(tlg, rules.glycolysis.change_pct):
        return Decision(
            response="PMD", rule=rules.glycolysis, measurement=f"total lesion glycolysis {tlg:+.1f} %; {pair}"
        )
    return _decide_without_progression(pair, rules)


def _decide_without_progression(pair: _Pair, rules: PercistRules) -> Decision:
    missing = _not_measured(pair)
    if missing:
        text = f"not measured on {pair.later.on}: {', '.join(missing)}"
        return Decision(response="NE", rule=rules.not_evaluable, measurement=text)
    if all(_gone(lesion, pair.later.background) for lesion in pair.later.lesions):
        return Decision(response="CMR", rule=rules.complete, measurement=f"no lesion is left; {pair}")
    if not _falls(_sul(pair.first), _sul(pair.second), rules.partial):
        return Decision(response="SMD", rule=rules.stable, measurement=str(pair))
    risen = _risen(pair, rules.progression)
    if risen:
        text = f"{pair}; no partial response, because {', '.join(risen)} rose by the limits of progression"
        return Decision(response="SMD", rule=rules.stable, measurement=text)
    return Decision(response="PMR", rule=rules.partial, measurement=str(pair))


def _not_measurable(pair: _Pair, rule: MeasurableRule) -> list[str]:
    lacking = [str(scan.on) for scan in (pair.baseline, pair.later) if scan.background is None]
    if lacking or pair.baseline.background is None:
        return [f"the background was not measured on {' and '.join(lacking)}"]
    if pair.first is None:
        return [f"no SULpeak was measured on {pair.baseline.on}"]
    limit = measurable_from(pair.baseline.background, rule)
    if _reaches(_sul(pair.first), limit):
        return []
    text = f"SULpeak of the hottest lesion at baseline, {_sul(pair.first):g} ('{pair.first.name}')"
    return [f"{text}, is below {limit:.4g}, from which a lesion is measurable ({rule.id})"]


def _not_measured(pair: _Pair) -> list[str]:
    """Name the lesions of baseline of which the later scan tells nothing."""
    found = []
    for lesion in pair.baseline.lesions:
        now = pair.later.lesion(lesion.name)
        if now is None or (now.sul_peak is None and not now.resolved):
            found.append(f"'{lesion.name}'")
    return found


def _gone(lesion: PetLesion, background: Background | None) -> bool:
    if not lesion.resolved or background is None:
        return False
    return lesion.sul_peak is None or lesion.sul_peak < background.sul_mean


def _risen(pair: _Pair, limits: SulChange) -> list[str]:
    found = []
    for lesion in _measured(pair.baseline):
        now = pair.later.lesion(lesion.name)
        if now is not None and now.sul_peak is not None and _rises(_sul(lesion), now.sul_peak, limits):
            found.append(f"'{lesion.name}'")
    return found


def _rises(before: float, now: float, limits: SulChange) -> bool:
    return _reaches(now - before, limits.change_sul) and _reaches(
        100.0 * (now - before), limits.change_pct * before
    )


def _falls(before: float, now: float, limits: SulChange) -> bool:
    return _reaches(before - now, limits.change_sul) and _reaches(
        100.0 * (before - now), limits.change_pct * before
    )


def _reaches(value: float, limit: float) -> bool:
    """Tell whether a limit is reached; rounding errors of the arithmetic do not count."""
    return round(value - limit, DECIMALS_COMPARED) >= 0


def _measured(scan: PetScan) -> list[PetLesion]:
    return [lesion for lesion in scan.lesions if lesion.sul_peak is not None]


def _hottest(scan: PetScan) -> PetLesion | None:
    return max(_measured(scan), key=_sul, default=None)


def _sul(lesion: PetLesion | None) -> float:
    if lesion is None or lesion.sul_peak is None:
        raise AssertionError("only lesions with a SULpeak are compared")
    return lesion.sul_peak


def _change_of_sums(before: list[float | None], now: list[float | None]) -> float | None:
    first = [value for value in before if value is not None]
    second = [value for value in now if value is not None]
    if len(first) < len(before) or len(second) < len(now) or sum(first) == 0 or not second:
        return None
    return 100.0 * (sum(second) / sum(first) - 1.0)
