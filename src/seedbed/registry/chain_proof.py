"""What a check of a chain of hashes found: the changes of the records, or the access trail."""

from dataclasses import dataclass, field

from seedbed.registry.ledger import FIRST

MOST_FAULTS = 20
"""Faults that are named; the rest is counted."""


@dataclass(kw_only=True)
class ChainProof:
    """What a check found.

    Attributes
    ----------
    number, head : int, str
        Number and hash of the latest link: who writes it down elsewhere can later tell whether anything was
        cut off at the end.
    faults : list of str
        Sentences; empty where the chain is sound.
    more_faults : int
        How many were not named.

    Examples
    --------
    >>> proof = ChainProof()
    >>> proof.fault("The hash of entry 3 does not fit what it holds.")
    >>> proof.sound
    False
    """

    number: int = 0
    head: str = FIRST
    faults: list[str] = field(default_factory=list)
    more_faults: int = 0

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def fault(self, sentence: str) -> None:
        """Note a fault."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)
        else:
            self.more_faults += 1

    def expect(self, head: str | None, *, found: bool) -> None:
        """Note a fault where a hash that was written down before is not in the chain."""
        if head is not None and not found:
            self.fault(f"The hash {head} that was written down before is not in the chain.")
