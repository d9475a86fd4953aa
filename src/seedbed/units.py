"""Units are converted once, where a value enters. Inside: mm, Gy, U, days, MBq.

The unit U of air-kerma strength is 1 uGy m2/h = 1 cGy cm2/h (AAPM TG-43U1, Rivard et al. 2004,
doi 10.1118/1.1646040, section II.A).
"""

from typing import Final

MBQ_PER_MCI: Final = 37.0
"""Exact by definition of the curie."""

U_PER_MCI_I125: Final = 1.270
"""Air-kerma strength of 1 mCi apparent activity of iodine-125 (AAPM TG-43U1, Table IX footnote; TG-40)."""

HOURS_PER_DAY: Final = 24.0
CGY_PER_GY: Final = 100.0
MM_PER_CM: Final = 10.0
CC_PER_MM3: Final = 1e-3


def mbq_to_mci(activity_mbq: float) -> float:
    """Convert an activity from MBq to mCi.

    Examples
    --------
    >>> mbq_to_mci(25.9)
    0.7
    """
    return activity_mbq / MBQ_PER_MCI


def mci_to_mbq(activity_mci: float) -> float:
    """Convert an activity from mCi to MBq.

    Examples
    --------
    >>> mci_to_mbq(0.5)
    18.5
    """
    return activity_mci * MBQ_PER_MCI


def i125_mbq_to_u(apparent_activity_mbq: float) -> float:
    """Convert an apparent activity of iodine-125 to air-kerma strength in U.

    Examples
    --------
    >>> round(i125_mbq_to_u(37.0), 3)
    1.27
    """
    return mbq_to_mci(apparent_activity_mbq) * U_PER_MCI_I125
