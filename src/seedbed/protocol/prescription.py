"""The dose to prescribe, and the activity of the seeds to give it with."""

from dataclasses import dataclass

from seedbed.errors import InputError, UndecidedError, one_of
from seedbed.patient import PatientFacts
from seedbed.protocol.conditions import FactUsed, Verdict, evaluate, unique
from seedbed.protocol.models import PrescriptionRule, Protocol
from seedbed.protocol.rules import load_rules
from seedbed.units import i125_mbq_to_u, mbq_to_mci


@dataclass(frozen=True, kw_only=True)
class Prescription:
    """A prescribed dose, and why.

    Attributes
    ----------
    dose_gy : float
        Prescribed dose.
    rule_id, text, place : str
        The rule that wins.
    facts : tuple of FactUsed
        The facts that were looked at.
    also_matched : tuple of str
        Rules of lower precedence whose conditions hold as well.
    note : str
        Which rules matched besides, and why this one wins; empty where only one matched.
    """

    dose_gy: float
    rule_id: str
    text: str
    place: str
    facts: tuple[FactUsed, ...]
    also_matched: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SeedActivity:
    """The apparent activity of one seed for lesions at one site.

    Attributes
    ----------
    site, rule_id, text, place : str
        The site, and the rule for it.
    low_mbq, high_mbq, default_mbq : float
        Range of the rule, and what is taken from it.
    note : str
        Our reading of the rule.
    """

    site: str
    rule_id: str
    text: str
    place: str
    low_mbq: float
    high_mbq: float
    default_mbq: float
    note: str = ""

    @property
    def default_mci(self) -> float:
        """The default in mCi."""
        return mbq_to_mci(self.default_mbq)

    @property
    def default_u(self) -> float:
        """The default as air-kerma strength of iodine-125, U."""
        return i125_mbq_to_u(self.default_mbq)


def prescribe(facts: PatientFacts, protocol: Protocol | None = None) -> Prescription:
    """Prescribe a dose by the rules of the protocol.

    A fact that is not stated matters only where it could change the dose.

    Parameters
    ----------
    facts : PatientFacts
        What is known of the patient.
    protocol : Protocol, optional
        The shipped one by default (Chen et al. 2025, section 2.3).

    Raises
    ------
    UndecidedError
        A fact that decides the dose is not stated; it is named.

    Examples
    --------
    >>> prescription = prescribe(PatientFacts(had_external_beam=False, cumulative_i131_gbq=30.0))
    >>> prescription.dose_gy, prescription.rule_id
    (100.0, 'RX-100')
    """
    rules = protocol or load_rules()
    ordered = sorted(rules.prescription, key=lambda rule: rule.precedence)
    judged = [(rule, _verdict(rule, facts)) for rule in ordered]
    for number, (rule, verdict) in enumerate(judged):
        if verdict.truth is None:
            raise _undecided(rule, verdict)
        if verdict.truth:
            return _prescription(rules, judged, number)
    raise AssertionError("a checked protocol has a prescription for all others")


def seed_activity(site: str, protocol: Protocol | None = None) -> SeedActivity:
    """Choose the activity of a seed by the site of the lesion.

    Parameters
    ----------
    site : {"surface", "bone", "other"}
        Near the surface of the body, a bone metastasis, or elsewhere inside the body.
    protocol : Protocol, optional
        The shipped one by default (Chen et al. 2025, section 2.3).

    Raises
    ------
    InputError
        The protocol has no activity for that site.

    Examples
    --------
    >>> activity = seed_activity("other")
    >>> activity.default_mbq, activity.default_mci
    (25.9, 0.7)
    """
    rules = protocol or load_rules()
    known = {rule.site: rule for rule in rules.activity}
    rule = next((each for each in rules.activity if each.site == site), None)
    if rule is None:
        raise InputError(f"site '{site}'", one_of(known, site), "say where the lesion lies")
    return SeedActivity(
        site=rule.site,
        rule_id=rule.id,
        text=rule.text,
        place=rule.place,
        low_mbq=rule.low_mbq,
        high_mbq=rule.high_mbq,
        default_mbq=rule.default_mbq,
        note=_readings(rules, rule.id),
    )


def _verdict(rule: PrescriptionRule, facts: PatientFacts) -> Verdict:
    return Verdict(truth=True, facts=()) if rule.when is None else evaluate(rule.when, facts)


def _undecided(rule: PrescriptionRule, verdict: Verdict) -> UndecidedError:
    names = " and ".join(f"'{name}'" for name in verdict.missing)
    return UndecidedError(
        f"nobody has stated {names}, and rule {rule.id} ({rule.dose_gy:g} Gy) depends on it",
        "every fact that can change the dose",
        f"state {names}",
    )


def _prescription(
    rules: Protocol, judged: list[tuple[PrescriptionRule, Verdict]], number: int
) -> Prescription:
    rule = judged[number][0]
    matched_after = [each for each in judged[number + 1 :] if each[0].when is not None and each[1].truth]
    also = [other for other, _ in matched_after]
    # Rules that came first were looked at too: their facts are why they do not hold.
    looked_at = unique(
        fact for _, verdict in (*judged[: number + 1], *matched_after) for fact in verdict.facts
    )
    note = ""
    if also:
        matched = ", ".join(f"{other.id} ({other.dose_gy:g} Gy)" for other in also)
        shared = [each for each in rules.readings(rule.id) if all(other.id in each.about for other in also)]
        reason = f" Our reading {shared[0].id}: {shared[0].text}" if shared else ""
        note = f"{matched} also matched; {rule.id} has precedence.{reason}"
    return Prescription(
        dose_gy=rule.dose_gy,
        rule_id=rule.id,
        text=rule.text,
        place=rule.place,
        facts=looked_at,
        also_matched=tuple(other.id for other in also),
        note=note,
    )


def _readings(rules: Protocol, rule_id: str) -> str:
    return " ".join(f"Our reading {each.id}: {each.text}" for each in rules.readings(rule_id))
