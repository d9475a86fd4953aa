"""Strengths that one permanent seed can have."""

from seedbed.errors import DoseError
from seedbed.units import MBQ_PER_MCI

WEAKEST_U, STRONGEST_U = 0.05, 8.0
"""Air-kerma strengths of one permanent seed lie between these, U (local rule). Common iodine-125 seeds of 0.3
to 1 mCi have 0.4 to 1.3 U; the same seeds in MBq, 11 to 37, taken for mCi would have 14 to 47 U."""
UNIT_HINT = f"check the unit: {0.7 * MBQ_PER_MCI:g} MBq is 0.7 mCi"


def check_strength(strength_u: float, what: str, *, u_per_mci: float) -> None:
    """Refuse a strength that no permanent seed has.

    Parameters
    ----------
    strength_u : float
        Air-kerma strength of one seed, U.
    what : str
        What it is the strength of, for the sentence.
    u_per_mci : float
        U of 1 mCi apparent activity, for the sentence.

    Raises
    ------
    DoseError
        It is not a number from ``WEAKEST_U`` to ``STRONGEST_U``.

    Examples
    --------
    >>> check_strength(0.889, "a seed", u_per_mci=1.270)
    """
    if not WEAKEST_U <= strength_u <= STRONGEST_U:
        low, high = WEAKEST_U / u_per_mci, STRONGEST_U / u_per_mci
        raise DoseError(
            f"{what} has {strength_u:g} U ({strength_u / u_per_mci:g} mCi)",
            f"{WEAKEST_U:g} to {STRONGEST_U:g} U ({low:.2g} to {high:.2g} mCi) for one permanent seed",
            UNIT_HINT,
        )
