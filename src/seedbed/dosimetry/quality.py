"""How good the dose of an implant is for one target, in the figures that physicists compare."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.conformity import (
    conformation_number,
    external_volume_index,
    homogeneity_index,
    matched_peripheral_dose,
    minimum_peripheral_dose,
)
from seedbed.dosimetry.dvh import DoseAt, Dvh
from seedbed.dosimetry.grids import grid_dose
from seedbed.dosimetry.interpolation import interpolate_dose
from seedbed.dosimetry.isodoses import enclosing_grid, isodose_volume_cc
from seedbed.dosimetry.natural_dose import LOWEST_SHARE, natural_dose_ratio, natural_prescription_dose
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import dose_function
from seedbed.errors import DoseError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
MOST_VOXELS, FINEST_MM, COARSEST_MM = 400_000, 0.2, 1.0
"""The grid on which isodoses are counted: as fine as this many voxels allow, 0.2 to 1 mm; local rule."""


@dataclass(frozen=True)
class DoseQuality:
    """Figures of one target under one implant; those that have no meaning for it are None.

    Attributes
    ----------
    isodose_cc : float
        V_ref: all tissue that gets the prescription, within the target and outside.
    conformation_number, external_volume_index : float
        CN (the Chinese literature's CI) and EI.
    homogeneity_index : float or None
        HI; None where nothing of the target gets the prescription.
    minimum_peripheral_gy : float
        Least dose on the surface of the target.
    matched_peripheral_gy : float or None
        Isodose that encloses as much tissue as the target has volume.
    natural_dose_ratio : float or None
        None where the natural histogram has no peak, as of few seeds.
    """

    isodose_cc: float
    conformation_number: float
    external_volume_index: float
    homogeneity_index: float | None
    minimum_peripheral_gy: float
    matched_peripheral_gy: float | None
    natural_dose_ratio: float | None


def dose_quality(
    source: Source, implant: SeedImplant, target: Structure, dvh: Dvh, *, prescription_gy: float
) -> DoseQuality:
    """Judge the dose of an implant to complete decay.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        At least one seed.
    target : Structure
    dvh : Dvh
        Of the target under this implant.
    prescription_gy : float
        Positive.

    Raises
    ------
    DoseError
        No seeds, or a prescription that is not positive.

    Examples
    --------
    >>> from seedbed.dosimetry.dvh import structure_dvh
    >>> from seedbed.dosimetry.sources import load_source
    >>> from seedbed.geometry import PlanarContour
    >>> source, seed = load_source("6711"), SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> square = 6.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (-4.0, 0.0, 4.0)), 4.0)
    >>> found = dose_quality(source, seed, box, structure_dvh(source, seed, box), prescription_gy=35.0)
    >>> 0.7 < found.conformation_number < 1, found.matched_peripheral_gy > found.minimum_peripheral_gy
    (True, True)
    """
    if not implant.count:
        raise DoseError("an implant without seeds", "at least one seed", "choose the plan with its seeds")
    dose_at = dose_function(source, implant)
    lowest_gy = LOWEST_SHARE * prescription_gy
    lower, upper = implant.positions_mm.min(axis=0), implant.positions_mm.max(axis=0)
    grid = enclosing_grid(dose_at, lower, upper, level_gy=lowest_gy, spacing_mm=COARSEST_MM)
    finer = float(np.clip(np.cbrt(np.prod(grid.shape) / MOST_VOXELS), FINEST_MM, COARSEST_MM))
    grid = VoxelGrid.around(grid.lower_mm(), grid.upper_mm(), finer)
    dose = grid_dose(source, implant, grid).dose_gy
    return grid_quality(dose, grid, target, dvh, prescription_gy=prescription_gy, dose_at=dose_at)


def grid_quality(
    dose_gy: FloatArray,
    grid: VoxelGrid,
    target: Structure,
    dvh: Dvh,
    *,
    prescription_gy: float,
    dose_at: DoseAt | None = None,
) -> DoseQuality:
    """Judge a dose on a grid.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
        Holds the whole isodose of the prescription.
    target : Structure
    dvh : Dvh
        Of the target in this dose.
    prescription_gy : float
        Positive.
    dose_at : callable, optional
        Dose (Gy) at points (n, 3), for the surface of the target; trilinear in the grid without it.

    Raises
    ------
    DoseError
        A prescription that is not positive, or whose isodose the grid cuts; a target outside the grid.

    Examples
    --------
    >>> from seedbed.dosimetry.dvh import grid_dvh
    >>> from seedbed.geometry import PlanarContour
    >>> grid = VoxelGrid((-20, -20, -20), (1, 1, 1), (41, 41, 41))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> square = 8.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (-6.0, -2.0, 2.0, 6.0)), 4.0)
    >>> found = grid_quality(dose, grid, box, grid_dvh(dose, grid, box), prescription_gy=1000 / 9.0**2)
    >>> round(found.isodose_cc, 2), round(4 / 3 * np.pi * 0.9**3, 2)
    (3.05, 3.05)
    """
    isodose_cc = isodose_volume_cc(dose_gy, grid, prescription_gy)
    target_cc, covered_cc = dvh.total_cc, dvh.volume_cc_at(prescription_gy)
    isodose_cc = max(isodose_cc, covered_cc)  # a part cannot be larger; the two are counted on other points
    hot_cc = dvh.volume_cc_at(1.5 * prescription_gy)
    three = {"target_cc": target_cc, "covered_cc": covered_cc, "isodose_cc": isodose_cc}
    surface = dose_at or (lambda points_mm: interpolate_dose(dose_gy, grid, points_mm))
    return DoseQuality(
        isodose_cc=isodose_cc,
        conformation_number=conformation_number(**three),
        external_volume_index=external_volume_index(**three),
        homogeneity_index=homogeneity_index(covered_cc=covered_cc, hot_cc=hot_cc) if covered_cc else None,
        minimum_peripheral_gy=minimum_peripheral_dose(target, surface),
        matched_peripheral_gy=_matched(dose_gy, grid, target_cc),
        natural_dose_ratio=_natural_ratio(dose_gy, grid, prescription_gy),
    )


def _matched(dose_gy: FloatArray, grid: VoxelGrid, target_cc: float) -> float | None:
    try:
        return matched_peripheral_dose(dose_gy, grid, target_cc=target_cc)
    except DoseError:  # no whole isodose on the grid is as large as the target
        return None


def _natural_ratio(dose_gy: FloatArray, grid: VoxelGrid, prescription_gy: float) -> float | None:
    try:
        natural = natural_prescription_dose(dose_gy, grid, prescription_gy=prescription_gy)
    except DoseError:  # its histogram has no peak, or the grid cuts it
        return None
    return natural_dose_ratio(natural, prescription_gy)
