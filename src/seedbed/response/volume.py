"""Volume of a lesion from its three diameters, and how much of it is gone."""

import math

from seedbed.errors import InputError
from seedbed.units import CC_PER_MM3


def ellipsoid_volume_cc(ap_mm: float, cc_mm: float, transverse_mm: float) -> float:
    """Volume of a lesion as an ellipsoid, ``pi a b c / 6``, in cm3.

    Parameters
    ----------
    ap_mm, cc_mm, transverse_mm : float
        Largest anteroposterior, craniocaudal and transverse diameters, mm, zero or more.

    Returns
    -------
    float
        Volume, cm3.

    Raises
    ------
    InputError
        A diameter that is negative or no finite number.

    References
    ----------
    Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4, follow-up.

    Examples
    --------
    >>> round(ellipsoid_volume_cc(10.0, 20.0, 30.0), 4)
    3.1416
    """
    if not (0 <= ap_mm < math.inf and 0 <= cc_mm < math.inf and 0 <= transverse_mm < math.inf):
        for name, value in (("ap_mm", ap_mm), ("cc_mm", cc_mm), ("transverse_mm", transverse_mm)):
            _check(name, value, "mm")
    return math.pi * ap_mm * cc_mm * transverse_mm / 6 * CC_PER_MM3


def volume_reduction_pct(original_cc: float, current_cc: float) -> float:
    """Volume reduction rate (VRR), percent of the original volume; negative where the lesion grew.

    Parameters
    ----------
    original_cc : float
        Volume at baseline, above zero; any unit, the same for both.
    current_cc : float
        Volume now, zero or more.

    Raises
    ------
    InputError
        A volume that is negative or no finite number, or an original volume of zero.

    References
    ----------
    Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4, follow-up.

    Examples
    --------
    >>> volume_reduction_pct(8.0, 2.0)
    75.0
    """
    _check("original_cc", original_cc, "cm3")
    _check("current_cc", current_cc, "cm3")
    if original_cc == 0:
        raise InputError(
            "an original volume of 0 cm3", "a volume above zero", "measure the lesion at baseline"
        )
    return (original_cc - current_cc) / original_cc * 100.0


def _check(name: str, value: float, unit: str) -> None:
    if not math.isfinite(value) or value < 0:
        raise InputError(
            f"'{name}' is {value} {unit}", "a finite number, zero or more", "correct the measurement"
        )
