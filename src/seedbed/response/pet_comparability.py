"""Whether two PET scans can be compared: each thing that differs is named."""

from collections.abc import Iterator
from dataclasses import dataclass

from seedbed.protocol.conditions import DECIMALS_COMPARED
from seedbed.response.pet_rules import ComparableRule, ComparableRules, pet_rules
from seedbed.response.pet_scans import PetScan


@dataclass(frozen=True, kw_only=True)
class PetCaveat:
    """Something that two scans do not share.

    Attributes
    ----------
    rule_id : str
        The rule.
    forbids : bool
        Whether they cannot be compared; otherwise it asks for caution.
    text : str
        What was found, as a sentence.
    """

    rule_id: str
    forbids: bool
    text: str


def pet_comparability(
    baseline: PetScan, later: PetScan, *, rules: ComparableRules | None = None
) -> tuple[PetCaveat, ...]:
    """Name what makes two scans incomparable, or asks for caution.

    Parameters
    ----------
    baseline, later : PetScan
        Two scans of one patient.
    rules : ComparableRules, optional
        The shipped ones by default (Wahl et al. 2009, doi 10.2967/jnumed.108.057307, normalization of
        uptake).

    Examples
    --------
    >>> from datetime import date
    >>> from seedbed.response.pet_scans import Background, PetLesion
    >>> first = PetScan(on=date(2026, 1, 5), lesions=(PetLesion(name="T1"),), uptake_minutes=60.0,
    ...                 background=Background(region="liver", sul_mean=1.6, sul_sd=0.2),
    ...                 injected_mbq=300.0, scanner="A")
    >>> second = PetScan(on=date(2026, 4, 5), lesions=(PetLesion(name="T1"),), uptake_minutes=80.0,
    ...                  background=Background(region="liver", sul_mean=1.6, sul_sd=0.2),
    ...                  injected_mbq=310.0, scanner="A")
    >>> [(caveat.rule_id, caveat.forbids) for caveat in pet_comparability(first, second)]
    [('PET-UPTAKE-DIFFERENCE', True), ('PET-UPTAKE-TIME', False)]
    """
    used = rules or pet_rules().comparable
    return (
        *_background(baseline, later, used),
        *_uptake(baseline, later, used),
        *_acquisition(baseline, later, used),
        *_not_stated(baseline, later, used),
    )


def _background(baseline: PetScan, later: PetScan, rules: ComparableRules) -> Iterator[PetCaveat]:
    first, second = baseline.background, later.background
    if first is None or second is None:
        return
    if first.region != second.region:
        text = f"the background is the {first.region} on {baseline.on} and the {second.region} on {later.on}"
        yield _caveat(rules.background, text)
        return
    off = abs(second.sul_mean - first.sul_mean)
    if _beyond(off, rules.background.change_sul) or _beyond(
        100.0 * off / first.sul_mean, rules.background.change_pct
    ):
        text = (
            f"mean SUL of the {first.region} is {first.sul_mean:g} on {baseline.on} and {second.sul_mean:g} "
            f"on {later.on}: not within {rules.background.change_pct:g} % and {rules.background.change_sul:g}"
        )
        yield _caveat(rules.background, text)


def _uptake(baseline: PetScan, later: PetScan, rules: ComparableRules) -> Iterator[PetCaveat]:
    first, second = baseline.uptake_minutes, later.uptake_minutes
    if (
        first is not None
        and second is not None
        and _beyond(abs(first - second), rules.uptake_difference.minutes)
    ):
        text = f"the scans were {first:g} and {second:g} minutes after injection"
        yield _caveat(
            rules.uptake_difference, f"{text}: not within {rules.uptake_difference.minutes:g} minutes"
        )
    window = rules.uptake_window
    for scan in (baseline, later):
        minutes = scan.uptake_minutes
        if minutes is not None and not window.from_minutes <= minutes <= window.to_minutes:
            text = f"the scan of {scan.on} was {minutes:g} minutes after injection"
            yield _caveat(window, f"{text}, not {window.from_minutes:g} to {window.to_minutes:g}")


def _acquisition(baseline: PetScan, later: PetScan, rules: ComparableRules) -> Iterator[PetCaveat]:
    first, second = baseline.injected_mbq, later.injected_mbq
    if first and second and _beyond(100.0 * abs(second - first) / first, rules.dose.change_pct):
        text = f"{first:g} and {second:g} MBq were injected: not within {rules.dose.change_pct:g} %"
        yield _caveat(rules.dose, text)
    if baseline.scanner and later.scanner and baseline.scanner != later.scanner:
        yield _caveat(rules.scanner, f"the scanners are '{baseline.scanner}' and '{later.scanner}'")


def _not_stated(baseline: PetScan, later: PetScan, rules: ComparableRules) -> Iterator[PetCaveat]:
    for scan in (baseline, later):
        stated = {
            "background": scan.background,
            "uptake time": scan.uptake_minutes,
            "injected activity": scan.injected_mbq,
            "scanner": scan.scanner,
        }
        lacking = [name for name, value in stated.items() if not value]
        if lacking:
            yield _caveat(rules.not_stated, f"not stated for the scan of {scan.on}: {', '.join(lacking)}")


def _beyond(value: float, limit: float) -> bool:
    return round(value, DECIMALS_COMPARED) > limit


def _caveat(rule: ComparableRule, text: str) -> PetCaveat:
    return PetCaveat(rule_id=rule.id, forbids=rule.forbids, text=text)
