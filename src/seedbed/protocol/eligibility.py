"""Who may be treated by the protocol."""

from dataclasses import dataclass
from typing import Final, Literal

from seedbed.errors import InputError, one_of
from seedbed.patient import PatientFacts
from seedbed.protocol.conditions import FactUsed, evaluate, unique
from seedbed.protocol.models import Criterion, Protocol
from seedbed.protocol.rules import load_rules

Status = Literal["met", "not met", "unknown"]
STATUS: Final[dict[bool | None, Status]] = {True: "met", False: "not met", None: "unknown"}


@dataclass(frozen=True, kw_only=True)
class CriterionResult:
    """What became of one criterion, by which rule and which facts.

    Attributes
    ----------
    rule_id, text, place : str
        The rule.
    kind : {"inclusion", "exclusion"}
        An inclusion should be met, an exclusion should not.
    status : {"met", "not met", "unknown"}
        Whether its condition holds.
    facts : tuple of FactUsed
        The facts it looked at.
    missing : tuple of str
        Facts that must be stated to decide it.
    """

    rule_id: str
    kind: Literal["inclusion", "exclusion"]
    text: str
    place: str
    status: Status
    facts: tuple[FactUsed, ...]
    missing: tuple[str, ...]

    @property
    def against(self) -> bool:
        """Whether it forbids the treatment."""
        return self.status == ("not met" if self.kind == "inclusion" else "met")


@dataclass(frozen=True, kw_only=True)
class Screening:
    """The answer of all criteria.

    Attributes
    ----------
    decision : {"eligible", "not eligible", "undecided"}
        Undecided where no criterion forbids the treatment but one is unknown.
    criteria : tuple of CriterionResult
        In the order of the protocol.
    """

    decision: Literal["eligible", "not eligible", "undecided"]
    criteria: tuple[CriterionResult, ...]

    @property
    def eligible(self) -> bool:
        """True only when every inclusion is met, no exclusion is, and none is unknown."""
        return self.decision == "eligible"

    @property
    def against(self) -> tuple[str, ...]:
        """Ids of the criteria that forbid the treatment."""
        return tuple(each.rule_id for each in self.criteria if each.against)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Ids of the criteria that cannot be decided."""
        return tuple(each.rule_id for each in self.criteria if each.status == "unknown")

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that must be stated to decide them."""
        return unique(name for each in self.criteria for name in each.missing)


def screen(facts: PatientFacts, protocol: Protocol | None = None, *, arm: str | None = None) -> Screening:
    """Hold a patient against the criteria of inclusion and exclusion.

    Parameters
    ----------
    facts : PatientFacts
        What is known; a fact that is not stated leaves its criteria unknown.
    protocol : Protocol, optional
        The shipped one by default.
    arm : str, optional
        Only the criteria that hold for this arm; by default all.

    Raises
    ------
    InputError
        The protocol has no such arm.

    Examples
    --------
    >>> screening = screen(PatientFacts(kps=70.0))
    >>> screening.decision, screening.against
    ('not eligible', ('I4',))
    >>> screen(PatientFacts(kps=80.0)).decision
    'undecided'
    """
    rules = protocol or load_rules()
    arms = [each.id for each in rules.arm]
    if arm is not None and arm not in arms:
        raise InputError(f"arm '{arm}'", one_of(arms, arm), "correct the arm")
    criteria = (
        *(_judge(each, "inclusion", facts) for each in rules.inclusion if _holds_for(arm, each)),
        *(_judge(each, "exclusion", facts) for each in rules.exclusion if _holds_for(arm, each)),
    )
    if any(each.against for each in criteria):
        return Screening(decision="not eligible", criteria=criteria)
    unknown = any(each.status == "unknown" for each in criteria)
    return Screening(decision="undecided" if unknown else "eligible", criteria=criteria)


def _holds_for(arm: str | None, criterion: Criterion) -> bool:
    return arm is None or criterion.arms is None or arm in criterion.arms


def _judge(
    criterion: Criterion, kind: Literal["inclusion", "exclusion"], facts: PatientFacts
) -> CriterionResult:
    verdict = evaluate(criterion.when, facts)
    return CriterionResult(
        rule_id=criterion.id,
        kind=kind,
        text=criterion.text,
        place=criterion.place,
        status=STATUS[verdict.truth],
        facts=verdict.facts,
        missing=verdict.missing,
    )
