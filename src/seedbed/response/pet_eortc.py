"""Metabolic response on FDG PET by the recommendations of the EORTC of 1999."""

from dataclasses import replace

from seedbed.errors import InputError
from seedbed.protocol.conditions import DECIMALS_COMPARED
from seedbed.response.metabolic_response import Decision, MetabolicResponse
from seedbed.response.pet_comparability import pet_comparability
from seedbed.response.pet_rules import EortcRules, PetRules, pet_rules
from seedbed.response.pet_scans import PetLesion, PetScan, check_lesion_names, check_order


def assess_eortc(
    baseline: PetScan, later: PetScan, *, cycles: int, rules: PetRules | None = None
) -> MetabolicResponse:
    """Judge metabolic response by the EORTC criteria of 1999.

    The sum of the maximum SUV by body surface area over the lesions of baseline is compared.

    Parameters
    ----------
    baseline, later : PetScan
        Two scans of one patient, with ``suv_bsa_max`` of every lesion.
    cycles : int
        Cycles of treatment given before the later scan, at least 1; the limit of partial response depends
        on it. An implant without a drug counts as one.
    rules : PetRules, optional
        The shipped ones by default.

    Raises
    ------
    InputError
        No cycle, scans out of order, a baseline without lesions, or a lesion without baseline that nobody
        calls new.

    References
    ----------
    Young et al. 1999, doi 10.1016/S0959-8049(99)00229-4.

    Examples
    --------
    >>> from datetime import date
    >>> first = PetScan(on=date(2026, 1, 5), lesions=(PetLesion(name="T1", suv_bsa_max=2.0),))
    >>> second = PetScan(on=date(2026, 4, 5), lesions=(PetLesion(name="T1", suv_bsa_max=1.6),))
    >>> assess_eortc(first, second, cycles=1).response, assess_eortc(first, second, cycles=3).response
    ('PMR', 'SMD')
    """
    used = rules or pet_rules()
    if cycles < 1:
        raise InputError(f"{cycles} cycles of treatment", "at least one", "say how many were given")
    check_order(baseline, later)
    check_lesion_names(baseline, later)
    # The limits of these are those of PERCIST: here they ask for caution.
    caveats = tuple(
        replace(caveat, forbids=False)
        for caveat in pet_comparability(baseline, later, rules=used.comparable)
        if caveat.rule_id != used.comparable.background.id
    )
    values = _sum(baseline, baseline), _sum(baseline, later)
    decision = _decide(baseline, later, values=values, cycles=cycles, rules=used.eortc)
    names = ", ".join(lesion.name for lesion in baseline.lesions)
    change = None if values[0] is None or values[1] is None else values[1] - values[0]
    return MetabolicResponse(
        on=later.on,
        criteria="EORTC 1999",
        response=decision.response,
        decided_by=decision.rule.id,
        measurement=decision.measurement,
        lesions=None if change is None else (names, names),
        baseline_value=values[0],
        value=values[1],
        change=change,
        change_pct=None if change is None or not values[0] else 100.0 * change / values[0],
        caveats=caveats,
        rule_ids=(decision.rule.id, *dict.fromkeys(caveat.rule_id for caveat in caveats)),
    )


def _decide(
    baseline: PetScan,
    later: PetScan,
    *,
    values: tuple[float | None, float | None],
    cycles: int,
    rules: EortcRules,
) -> Decision:
    if later.new_lesions:
        names = ", ".join(f"'{name}'" for name in later.new_lesions)
        return Decision(response="PMD", rule=rules.new_lesion, measurement=f"new: {names}")
    grown = _grown(baseline, later, rules.extent.change_pct)
    if grown:
        return Decision(response="PMD", rule=rules.extent, measurement=grown)
    present = [later.lesion(lesion.name) for lesion in baseline.lesions]
    if all(lesion is not None and lesion.resolved for lesion in present):
        text = "no uptake is to be told from its surroundings"
        return Decision(response="CMR", rule=rules.complete, measurement=text)
    first, second = values
    if not first or second is None:
        text = f"SUV of {_lacking(baseline, later)} was not measured"
        return Decision(response="NE", rule=rules.not_evaluable, measurement=text)
    change = round(100.0 * (second - first) / first, DECIMALS_COMPARED)
    text = f"sum of SUV {first:g} to {second:g} ({change:+.1f} %)"
    if change > rules.progression.change_pct:
        return Decision(response="PMD", rule=rules.progression, measurement=text)
    once, more = -rules.partial.one_cycle_pct, -rules.partial.more_cycles_pct
    if (cycles == 1 and change <= once) or (cycles > 1 and change < more):
        text += f", after {cycles} cycle{'s' if cycles > 1 else ''}"
        return Decision(response="PMR", rule=rules.partial, measurement=text)
    return Decision(response="SMD", rule=rules.stable, measurement=text)


def _sum(baseline: PetScan, scan: PetScan) -> float | None:
    """Sum over the lesions of baseline; None where one was not measured."""
    values = [_suv(scan.lesion(lesion.name)) for lesion in baseline.lesions]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _suv(lesion: PetLesion | None) -> float | None:
    return None if lesion is None else lesion.suv_bsa_max


def _lacking(baseline: PetScan, later: PetScan) -> str:
    return ", ".join(
        f"'{lesion.name}' on {scan.on}"
        for scan in (baseline, later)
        for lesion in baseline.lesions
        if not _suv(scan.lesion(lesion.name)) and (scan is baseline or _suv(scan.lesion(lesion.name)) is None)
    )


def _grown(baseline: PetScan, later: PetScan, limit_pct: float) -> str:
    for lesion in baseline.lesions:
        now = later.lesion(lesion.name)
        before_mm, now_mm = lesion.extent_mm, None if now is None else now.extent_mm
        if before_mm and now_mm is not None:
            percent = round(100.0 * (now_mm - before_mm) / before_mm, DECIMALS_COMPARED)
            if percent > limit_pct:
                return f"extent of '{lesion.name}' {before_mm:g} to {now_mm:g} mm ({percent:+.1f} %)"
    return ""
