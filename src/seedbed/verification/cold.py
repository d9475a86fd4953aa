"""Cold regions: connected parts of the target that get less than a dose.

Parts that touch only along an edge or at a corner count as two, so that a thin cold rind falls into places.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.errors import DoseError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.units import CC_PER_MM3
from seedbed.verification.place import DIRECTIONS, describe_place, place_steps

__all__ = [
    "DIRECTIONS", "ColdRegion", "ColdReport", "cold_regions", "cold_report", "describe_place", "place_steps",
]  # fmt: skip

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DoseAt = Callable[[FloatArray], FloatArray]
PlaneNumber = Callable[[float], int]

GRID_MM, REPORT_GRID_MM = 2.0, 1.0
LEAST_CC = 0.05
"""Smaller regions are below what contours and seed positions can tell; local rule."""
DEEP_SHARE = 0.9
WHOLE_VOXEL = 1 - 1e-9


@dataclass(frozen=True)
class ColdRegion:
    """A connected part of the target under a dose.

    Attributes
    ----------
    below_gy : float
    volume_cc : float
    share_pct : float
        Percent of the target.
    least_gy, mean_gy : float
        Lowest and mean dose in it.
    centre_mm, coldest_mm : ndarray, shape (3,)
        Centre of the region, and the point with the lowest dose.
    offset_mm : ndarray, shape (3,)
        From the centre of the target to the coldest point; `place_steps` names its directions.
    lower_z_mm, upper_z_mm : float
        Axial planes between which it lies.
    touches_surface : bool
        Whether it reaches the surface of the target, to a voxel of the grid.
    slices : (int, int) or None
        Least and greatest number of the slices that it lies in; None where nobody gave numbers.
    place : str
        Where the coldest point lies from the centre of the target, in words.
    """

    below_gy: float
    volume_cc: float
    share_pct: float
    least_gy: float
    mean_gy: float
    centre_mm: FloatArray
    coldest_mm: FloatArray
    offset_mm: FloatArray
    lower_z_mm: float
    upper_z_mm: float
    touches_surface: bool
    slices: tuple[int, int] | None
    place: str

    @property
    def where(self) -> str:
        """Place and slices in words, such as "8 mm posterior of the centre, slices 41-46"."""
        if self.slices is None:
            return self.place
        first, last = self.slices
        return f"{self.place}, " + (f"slice {first}" if first == last else f"slices {first}-{last}")

    @property
    def reach(self) -> str:
        """Whether it reaches the surface of the target, in words."""
        return "touches the surface of the target" if self.touches_surface else "inside the target"


@dataclass(frozen=True)
class ColdReport:
    """Cold regions of a target at the prescription and at 90 % of it.

    Attributes
    ----------
    prescription_gy, target_cc : float
    under_100, under_90 : tuple of ColdRegion
        Largest first.
    within : tuple of int
        For each region under 90 %, the place in ``under_100`` of the one that it lies in.
    cold_cc : (float, float)
        All that is under 100 % and under 90 %, parts smaller than `LEAST_CC` included.
    """

    prescription_gy: float
    target_cc: float
    under_100: tuple[ColdRegion, ...]
    under_90: tuple[ColdRegion, ...]
    within: tuple[int, ...]
    cold_cc: tuple[float, float]


def cold_regions(
    target: Structure, dose_at: DoseAt, *, below_gy: float, plane_numbers: PlaneNumber | None = None
) -> list[ColdRegion]:
    """Find the cold regions of a target on a grid of 2 mm, largest first.

    Parameters
    ----------
    target : Structure
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).
    below_gy : float
        Usually the prescription dose.
    plane_numbers : callable, optional
        Height z (mm) to the number of its slice; see `seedbed.verification.plane_numbers.PlaneNumbers`.

    Returns
    -------
    list of ColdRegion
        Those of at least `LEAST_CC`.

    Raises
    ------
    DoseError
        A dose that is no number somewhere in the target, or a level that is none.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
    >>> box = Structure("box", (PlanarContour(0.0, square), PlanarContour(2.0, square)), 2.0)
    >>> (region,) = cold_regions(box, lambda points: 100.0 + 5.0 * points[:, 0], below_gy=121.0)
    >>> region.place, region.touches_surface
    ('9 mm right and 10 mm anterior and 1 mm inferior of the centre', True)
    """
    return [region for region, _ in _found(_field(target, dose_at, GRID_MM), below_gy, plane_numbers)[0]]


def cold_report(
    target: Structure,
    dose_at: DoseAt,
    prescription_gy: float,
    *,
    plane_numbers: PlaneNumber | None = None,
    grid_mm: float = REPORT_GRID_MM,
) -> ColdReport:
    """Find the regions under 100 % and under 90 % of the prescription, and which lies in which.

    Parameters
    ----------
    target : Structure
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).
    prescription_gy : float
        Positive.
    plane_numbers : callable, optional
        Height z (mm) to the number of its slice; see `seedbed.verification.plane_numbers.PlaneNumbers`.
    grid_mm : float
        Edge of the voxels. A volume is counted in voxels whose middle is cold: the error is half an edge on
        all of its border where that lies along the voxels, and far less elsewhere.

    Raises
    ------
    DoseError
        A prescription that is not positive; a dose that is no number somewhere in the target.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> from seedbed.verification.plane_numbers import PlaneNumbers
    >>> square = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (0.0, 2.0, 4.0, 6.0)), 2.0)
    >>> planes = PlaneNumbers(np.array([0.0, 2.0, 4.0, 6.0]), (41, 42, 43, 44))
    >>> report = cold_report(box, lambda points: 5.0 * points[:, 0], 47.5, plane_numbers=planes)
    >>> round(report.under_100[0].share_pct, 1), report.within, report.under_90[0].where.split(", ")[1]
    (47.5, (0,), 'slices 41-44')
    """
    field = _field(target, dose_at, grid_mm)
    warm, warm_labels, warm_cc = _found(field, prescription_gy, plane_numbers)
    deep, _, deep_cc = _found(field, DEEP_SHARE * prescription_gy, plane_numbers)
    number_of = {int(warm_labels[members[0]]): number for number, (_, members) in enumerate(warm)}
    return ColdReport(
        prescription_gy=prescription_gy,
        target_cc=float(field.volume_cc.sum()),
        under_100=tuple(region for region, _ in warm),
        under_90=tuple(region for region, _ in deep),
        within=tuple(number_of[int(warm_labels[members[0]])] for _, members in deep),
        cold_cc=(warm_cc, deep_cc),
    )


@dataclass(frozen=True)
class _Field:
    """Dose at the voxels of a target: their place in the flattened grid, a point and the volume in each."""

    shape: tuple[int, int, int]
    index: IntArray
    points_mm: FloatArray
    volume_cc: FloatArray
    dose_gy: FloatArray
    on_surface: NDArray[np.bool_]

    @property
    def middle_mm(self) -> FloatArray:
        return _centroid(self.points_mm, self.volume_cc)


def _field(target: Structure, dose_at: DoseAt, grid_mm: float) -> _Field:
    grid = VoxelGrid.around(*target.bounds_mm, grid_mm)
    index, points, share = target.samples(grid)
    dose = np.asarray(dose_at(points), dtype=float)
    if not np.isfinite(dose).all():
        raise DoseError(
            f"no dose at {np.count_nonzero(~np.isfinite(dose))} of {len(dose)} places in '{target.name}'",
            "a dose in all of the target",
            "calculate it on a larger grid",
        )
    inside = np.zeros(grid.shape, dtype=bool)
    inside.ravel()[index] = True
    deep = ndimage.binary_erosion(inside).ravel()[index] & (share >= WHOLE_VOXEL)
    return _Field(grid.shape, index, points, share * grid.voxel_volume_mm3 * CC_PER_MM3, dose, ~deep)


def _found(
    field: _Field, below_gy: float, plane_numbers: PlaneNumber | None
) -> tuple[list[tuple[ColdRegion, IntArray]], IntArray, float]:
    """Regions with their voxels, largest first; the label of each voxel; all that is cold, cc."""
    if not 0 < below_gy < np.inf:
        raise DoseError(f"cold regions under {below_gy} Gy", "a positive dose", "state the prescription")
    cold = np.zeros(field.shape, dtype=bool)
    cold.ravel()[field.index] = field.dose_gy < below_gy
    labels, _ = ndimage.label(cold)
    label_of = labels.ravel()[field.index].astype(np.int64)
    volume = np.bincount(label_of, weights=field.volume_cc)
    large = [
        int(number) for number in np.argsort(-volume, kind="stable") if number and volume[number] >= LEAST_CC
    ]
    members = [np.flatnonzero(label_of == number) for number in large]
    regions = [(_region(field, those, below_gy, plane_numbers), those) for those in members]
    return regions, label_of, float(volume[1:].sum())


def _region(
    field: _Field, members: IntArray, below_gy: float, plane_numbers: PlaneNumber | None
) -> ColdRegion:
    points, volume, dose = field.points_mm[members], field.volume_cc[members], field.dose_gy[members]
    coldest, middle = points[int(dose.argmin())], field.middle_mm
    return ColdRegion(
        below_gy=below_gy,
        volume_cc=float(volume.sum()),
        share_pct=float(100.0 * volume.sum() / field.volume_cc.sum()),
        least_gy=float(dose.min()),
        mean_gy=float((dose * volume).sum() / volume.sum()),
        centre_mm=_centroid(points, volume),
        coldest_mm=coldest,
        offset_mm=coldest - middle,
        lower_z_mm=float(points[:, 2].min()),
        upper_z_mm=float(points[:, 2].max()),
        touches_surface=bool(field.on_surface[members].any()),
        slices=None if plane_numbers is None else _slices(points[:, 2], plane_numbers),
        place=describe_place(coldest - middle),
    )


def _slices(z_mm: FloatArray, plane_numbers: PlaneNumber) -> tuple[int, int]:
    numbers = [plane_numbers(float(z)) for z in np.unique(z_mm)]
    return min(numbers), max(numbers)


def _centroid(points: FloatArray, share: FloatArray) -> FloatArray:
    weighted: FloatArray = (points * share[:, None]).sum(axis=0) / share.sum()
    return weighted
