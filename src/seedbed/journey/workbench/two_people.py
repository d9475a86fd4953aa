"""Work signed by who did it and approved by somebody else: the rule for plans and verifications."""

from collections.abc import Sequence
from dataclasses import dataclass

from seedbed.errors import InputError
from seedbed.journey.workbench.refusals import ForbiddenError, LockedError

APPROVED = "approved"


@dataclass(frozen=True)
class Signable:
    """What is signed.

    Attributes
    ----------
    name : str
        As a sentence calls it: ``"plan"``.
    first : str
        What the first signature says: ``"planned"``.
    do_again : str
        What to do with one that is approved, to change it.
    """

    name: str
    first: str
    do_again: str

    @property
    def meanings(self) -> tuple[str, str]:
        """What the two signatures say."""
        return self.first, APPROVED


def check_signer(
    what: Signable, signed: Sequence[tuple[str, str]], meaning: str, by: str, *, single_user: bool
) -> None:
    """Refuse a signature that may not be given.

    Parameters
    ----------
    what : Signable
    signed : sequence of (meaning, by)
        Signatures that are there.
    meaning : str
        One of ``what.meanings``.
    by : str
    single_user : bool
        Whether this is an installation for one person, who may give both.

    Raises
    ------
    LockedError, ForbiddenError, InputError
        It is approved, the same person would sign both, another signature is first, or this one is there.

    Examples
    --------
    >>> plan = Signable("plan", "planned", "copy it")
    >>> check_signer(plan, [("planned", "A")], "approved", "B", single_user=False)
    """
    if any(each == APPROVED for each, _ in signed):
        raise LockedError(
            f"a signature under a {what.name} that is approved", "one without approval", what.do_again
        )
    first = [who for each, who in signed if each == what.first]
    if meaning == what.first and first:
        raise InputError(f"a {what.name} that {first[0]} signed", "an unsigned version", "let it be approved")
    if meaning == APPROVED and not first:
        raise InputError(
            f"an approval of an unsigned {what.name}",
            "the signature of who made it first",
            f"sign it as {what.first}",
        )
    if meaning == APPROVED and by in first and not single_user:
        raise ForbiddenError(
            f"an approval by {by}, who signed it as {what.first}",
            "another person",
            "ask a colleague to check it",
        )
