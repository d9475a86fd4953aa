"""How well an isodose fits a target, from three volumes; and the two peripheral doses, which differ.

V_T is the volume of the target, V_T,ref the part of it that gets at least the reference dose (usually the
prescription), V_ref all tissue that gets it (`isodose_volume_cc`), within the target and outside.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.dvh import DoseAt
from seedbed.dosimetry.interpolation import check_dose
from seedbed.dosimetry.isodoses import isodose_volumes_cc, lowest_closed_gy
from seedbed.errors import DoseError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.sampling import surface_points

FloatArray = NDArray[np.float64]
ROUNDING = 0.01
"""V_T,ref and V_ref are counted in different ways; by 1 % the part may exceed the whole; local rule."""
STEPS, ROUNDS = 65, 4


def conformation_number(*, target_cc: float, covered_cc: float, isodose_cc: float) -> float:
    """CN = (V_T,ref / V_T) (V_T,ref / V_ref); the Chinese literature calls it the conformity index, CI.

    1 where the isodose is the target's surface; it falls with cold target and with hot tissue around alike.

    Parameters
    ----------
    target_cc, covered_cc, isodose_cc : float
        V_T, V_T,ref, V_ref.

    Raises
    ------
    DoseError
        Volumes that cannot belong together.

    References
    ----------
    van't Riet et al. 1997, Int J Radiat Oncol Biol Phys 37:731, doi 10.1016/S0360-3016(96)00601-3.

    Examples
    --------
    >>> round(conformation_number(target_cc=10.0, covered_cc=9.0, isodose_cc=12.0), 3)
    0.675
    """
    _check_volumes(target_cc, covered_cc, isodose_cc)
    return (covered_cc / target_cc) * (covered_cc / isodose_cc) if covered_cc > 0 else 0.0


def external_volume_index(*, target_cc: float, covered_cc: float, isodose_cc: float) -> float:
    """EI = (V_ref - V_T,ref) / V_T: tissue outside the target at the reference dose, per target volume.

    Parameters and errors as for `conformation_number`.

    Examples
    --------
    >>> external_volume_index(target_cc=10.0, covered_cc=9.0, isodose_cc=12.0)
    0.3
    """
    _check_volumes(target_cc, covered_cc, isodose_cc)
    return max(isodose_cc - covered_cc, 0.0) / target_cc


def homogeneity_index(*, covered_cc: float, hot_cc: float) -> float:
    """HI = (V_T,ref - V_T,1.5ref) / V_T,ref: share of the covered target below 1.5 reference doses.

    Parameters
    ----------
    covered_cc, hot_cc : float
        Volume of the target that gets at least the reference dose, and at least 1.5 times as much.

    Raises
    ------
    DoseError
        No covered volume, or more hot than covered volume.

    Examples
    --------
    >>> homogeneity_index(covered_cc=8.0, hot_cc=6.0)
    0.25
    """
    if not (0 < covered_cc < np.inf and 0 <= hot_cc <= covered_cc):
        raise DoseError(
            f"{covered_cc} cc of the target at the reference dose and {hot_cc} cc at 1.5 times as much",
            "a covered volume, and a hot part of it",
            "check the reference dose",
        )
    return (covered_cc - hot_cc) / covered_cc


def minimum_peripheral_dose(target: Structure, dose_at: DoseAt, *, spacing_mm: float = 0.5) -> float:
    """Least dose on the surface of a target, Gy.

    Parameters
    ----------
    target : Structure
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).
    spacing_mm : float
        Distance of the points on the surface; corners of the contours are always among them.

    Raises
    ------
    DoseError
        A dose that is no number somewhere on the surface.

    Notes
    -----
    Not the *matched* peripheral dose, see `matched_peripheral_dose`. The surface is that of the slabs, end
    caps included.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square),), 5.0)
    >>> minimum_peripheral_dose(box, lambda points_mm: 30 + points_mm[:, 0])
    30.0
    """
    least = float(np.min(dose_at(surface_points(target, spacing_mm=spacing_mm))))
    if np.isnan(least):
        raise DoseError(
            f"a dose that is no number on the surface of '{target.name}'",
            "a dose on all of it",
            "calculate the dose on a larger grid, or at the points themselves",
        )
    return least


def matched_peripheral_dose(dose_gy: FloatArray, grid: VoxelGrid, *, target_cc: float) -> float:
    """Dose whose isodose encloses as much tissue as the target has volume, Gy, wherever that tissue lies.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
    target_cc : float

    Raises
    ------
    DoseError
        A grid that does not hold that isodose; a volume that is not positive.

    References
    ----------
    Anderson 1976, Spacing nomograph for interstitial implants of 125I seeds, Med Phys 3:48.

    Notes
    -----
    Not the *minimum* peripheral dose, see `minimum_peripheral_dose`.

    Examples
    --------
    >>> grid = VoxelGrid((-20, -20, -20), (1, 1, 1), (41, 41, 41))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> round(matched_peripheral_dose(dose, grid, target_cc=4 / 3 * np.pi), 1)
    10.0
    """
    dose = check_dose(dose_gy, grid)
    if not 0 < target_cc < np.inf:
        raise DoseError(f"a target of {target_cc} cc", "a positive volume", "check the target")
    low, high = np.nextafter(lowest_closed_gy(dose), np.inf), float(dose.max())
    if not (low < high and isodose_volumes_cc(dose, grid, np.array([low]))[0] >= target_cc):
        raise DoseError(
            f"a dose grid on which no whole isodose encloses {target_cc:g} cc",
            "a grid that holds the isodose as large as the target",
            "calculate the dose on a larger grid",
        )
    for _ in range(ROUNDS):
        levels = np.geomspace(low, high, STEPS)
        inside = int(np.count_nonzero(isodose_volumes_cc(dose, grid, levels) >= target_cc))
        low, high = levels[max(inside - 1, 0)], levels[min(inside, STEPS - 1)]
    return float((low + high) / 2)


def _check_volumes(target_cc: float, covered_cc: float, isodose_cc: float) -> None:
    fits = covered_cc <= target_cc * (1 + ROUNDING) and covered_cc <= isodose_cc * (1 + ROUNDING)
    if not (0 < target_cc < np.inf and covered_cc >= 0 and 0 <= isodose_cc < np.inf and fits):
        raise DoseError(
            f"a target of {target_cc} cc with {covered_cc} cc within an isodose of {isodose_cc} cc",
            "a covered part no larger than the target and the isodose",
            "take all three volumes from the same dose",
        )
