"""Who a patient becomes, and which options of the profile are used."""

import random
import re
from dataclasses import dataclass, field

from seedbed.errors import InputError

CODE = re.compile(r"SB-[2-9A-HJ-NP-Z]{6}")
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without 0, 1, I and O, which are misread (local rule)."""
FEWEST_DAYS, MOST_DAYS = 30, 3650
"""All dates of a patient go back by at least a month and at most ten years (local rule)."""
SECRET_BYTES = 32


@dataclass(frozen=True)
class Pseudonym:
    """Who one patient becomes.

    Attributes
    ----------
    code : str
        Stands for name and ID, such as ``"SB-7F3K2Q"``.
    date_shift_days : int
        Days that are added to every date; below zero, towards the past.
    secret : bytes
        Key from which new UIDs follow, 32 bytes. Without it no UID can be traced back.

    Raises
    ------
    InputError
        Another form of code, a shift of no day, a secret of another length.
    """

    code: str
    date_shift_days: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code) or self.date_shift_days == 0 or len(self.secret) != SECRET_BYTES:
            raise InputError(
                f"the pseudonym '{self.code}' with a shift of {self.date_shift_days} days and a secret of "
                f"{len(self.secret)} bytes cannot be used",
                f"'SB-' and six letters or digits, a shift, {SECRET_BYTES} bytes",
                "make it with new_pseudonym",
            )


@dataclass(frozen=True)
class Options:
    """Options of the profile (PS3.15, E.3).

    Attributes
    ----------
    keep_structure_names : bool
        Clean Descriptors: names of structures stay where all their words are of a list of organs and targets.
    keep_characteristics : bool
        Retain Patient Characteristics: sex, age, size, weight and the like stay.
    """

    keep_structure_names: bool = True
    keep_characteristics: bool = False


def new_pseudonym(rng: random.Random, taken: frozenset[str] = frozenset()) -> Pseudonym:
    """Draw a pseudonym with a code that is not taken.

    Parameters
    ----------
    rng : random.Random
        ``secrets.SystemRandom()`` for patients.
    taken : frozenset of str
        Codes of other patients.

    Examples
    --------
    >>> pseudonym = new_pseudonym(random.Random(1))
    >>> pseudonym.code, -3650 <= pseudonym.date_shift_days <= -30
    ('SB-6VSAHG', True)
    """
    while (code := "SB-" + "".join(rng.choices(LETTERS, k=6))) in taken:
        pass
    return Pseudonym(code, -rng.randint(FEWEST_DAYS, MOST_DAYS), rng.randbytes(SECRET_BYTES))
