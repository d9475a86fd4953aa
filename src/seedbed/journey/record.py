"""All that one patient's journey decided and measured."""

from dataclasses import dataclass

from seedbed.journey.case import Case
from seedbed.journey.clinic import Decisions, FollowUp
from seedbed.journey.implanting import PlannedDose, VerifiedDose
from seedbed.protocol import Protocol


@dataclass(frozen=True)
class JourneyRecord:
    """One patient from screening to response, ready to be reported.

    Attributes
    ----------
    case : Case
    protocol : Protocol
    decisions : Decisions
    planned : PlannedDose
    verified : VerifiedDose
    follow_up : FollowUp
    random_seed : int
        Of the digital patient and the synthetic implantation.
    """

    case: Case
    protocol: Protocol
    decisions: Decisions
    planned: PlannedDose
    verified: VerifiedDose
    follow_up: FollowUp
    random_seed: int
