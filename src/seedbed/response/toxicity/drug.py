"""From adverse events to the next dose: by the rules of the protocol, with what labels suggest beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seedbed.errors import InputError, UndecidedError
from seedbed.protocol import DoseDecision, Protocol, next_dose
from seedbed.protocol.safety import SafetyRule, SafetyRules, suggestions
from seedbed.response.toxicity.terms import one_term

DEATH: Final = 5


@dataclass(frozen=True, kw_only=True)
class AdverseEvent:
    """An adverse event.

    Attributes
    ----------
    term : str
        A term of CTCAE v5.0 or a synonym; kept as published.
    grade : int
        One of the grades that the term has.
    related : bool or None
        Whether it comes from the drug; None where nobody has said so.

    Raises
    ------
    InputError
        An unknown term, or a grade that the term does not have.

    Examples
    --------
    >>> AdverseEvent(term="hand-foot syndrome", grade=2, related=True).term
    'Palmar-plantar erythrodysesthesia syndrome'
    """

    term: str
    grade: int
    related: bool | None = None

    def __post_init__(self) -> None:
        known = one_term(self.term)
        known.check_grade(self.grade)
        object.__setattr__(self, "term", known.name)


@dataclass(frozen=True, kw_only=True)
class DrugAction:
    """What follows from the adverse events since the last dose.

    Attributes
    ----------
    decision : DoseDecision
        By the rules of the protocol.
    worst : AdverseEvent or None
        The worst event that comes from the drug.
    suggestions : tuple of SafetyRule
        What labels and consensus papers ask for at any of the related events; for the doctor to weigh.
    """

    decision: DoseDecision
    worst: AdverseEvent | None
    suggestions: tuple[SafetyRule, ...]


def drug_action(
    events: Sequence[AdverseEvent],
    current_mg: float,
    *,
    protocol: Protocol | None = None,
    safety: SafetyRules | None = None,
) -> DrugAction:
    """Decide the next dose from the worst adverse event that comes from the drug.

    Parameters
    ----------
    events : sequence of AdverseEvent
        Since the last decision; none is "tolerated".
    current_mg : float
        Daily dose so far.
    protocol, safety : optional
        The shipped rules by default.

    Raises
    ------
    InputError
        An event of grade 5, or a dose that the protocol does not know.
    UndecidedError
        Nobody has said whether an event comes from the drug, and it is worse than all that do.

    Examples
    --------
    >>> found = drug_action([AdverseEvent(term="Hypertension", grade=3, related=True)], 12.0)
    >>> found.decision.dose_mg, [rule.action for rule in found.suggestions][:1]
    (10.0, ['interrupt, then reduce'])
    """
    worst = worst_related(events)
    if worst is not None and worst.grade == DEATH:
        raise InputError(
            f"'{worst.term}' of grade 5, which is death", "a grade from 1 to 4", "close the course"
        )
    event = f"grade {worst.grade}" if worst else "tolerated"
    told = (
        rule for each in events if each.related for rule in suggestions(each.term, each.grade, rules=safety)
    )
    return DrugAction(
        decision=next_dose(current_mg, event, protocol=protocol),
        worst=worst,
        suggestions=tuple(dict.fromkeys(told)),
    )


def worst_related(events: Sequence[AdverseEvent]) -> AdverseEvent | None:
    """Return the worst event that comes from the drug, the first of equals; None where there is none.

    Raises
    ------
    UndecidedError
        An event of which nobody has said whether it comes from the drug is worse.

    Examples
    --------
    >>> worst_related([AdverseEvent(term="Fatigue", grade=2, related=False)]) is None
    True
    """
    related = max((each for each in events if each.related), key=lambda each: each.grade, default=None)
    for each in events:
        if each.related is None and each.grade > (related.grade if related else 0):
            raise UndecidedError(
                f"'{each.term}' of grade {each.grade}",
                "whether it comes from the drug: yes or no",
                "state 'related' of this event",
            )
    return related
