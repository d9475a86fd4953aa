"""Contours as exports leave them: noise along z and doubled outlines are taken away."""

import numpy as np

from seedbed.dicom.files import FloatArray
from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure

FLAT_MM = 0.05
SAME_PLANE_MM = 0.1
SAME_PLANE_SHARE = 0.25
"""Contours are of one plane when closer than 0.1 mm and than a quarter of the slice distance."""
SAME_POINT_DECIMALS = 3
LEFT_OUT = 2.5
"""Planes further apart than this many slice distances say nothing about the usual plane distance."""


def planar_contour(coordinates: FloatArray, name: str, file: str) -> PlanarContour:
    """Make a contour of the numbers x, y, z, x, ... of a file.

    Raises
    ------
    StructureError
        Numbers that are no points, or points that do not lie in an axial plane.
    """
    if coordinates.size % 3 or not np.isfinite(coordinates).all():
        raise StructureError(
            f"a contour of '{name}' in '{file}' has a ContourData of {coordinates.size} values",
            "three finite numbers for each point",
            "export it again",
        )
    points = coordinates.reshape(-1, 3)
    if np.ptp(points[:, 2]) > FLAT_MM:
        raise StructureError(
            f"a contour of '{name}' in '{file}' has a ContourData that spans "
            f"{np.ptp(points[:, 2]):.2f} mm from foot to head",
            "contours that lie in axial planes",
            "draw the structure on axial slices",
        )
    return PlanarContour(float(points[:, 2].mean()), points[:, :2])


def structure_of(name: str, contours: list[PlanarContour], slice_mm: float) -> Structure:
    """Join contours to a structure: noise along z within a slice taken away, each outline counted once.

    Parameters
    ----------
    name : str
    contours : list of PlanarContour
        At least one.
    slice_mm : float
        Slice distance of the CT.
    """
    z = np.array([contour.z_mm for contour in contours])
    planes = one_plane_each(z, min(SAME_PLANE_MM, SAME_PLANE_SHARE * slice_mm))
    flat = [PlanarContour(float(p), c.points_mm) for p, c in zip(planes, contours, strict=True)]
    return Structure(name, tuple(without_doubles(flat)), usual_distance(planes, slice_mm))


def one_plane_each(z_mm: FloatArray, tolerance_mm: float) -> FloatArray:
    """Return the plane of each contour: the mean of those that lie within the tolerance of the lowest.

    Examples
    --------
    >>> one_plane_each(np.array([2.5, 0.0, 0.02]), 0.1)
    array([2.5 , 0.01, 0.01])
    """
    planes = np.empty(len(z_mm))
    left = np.ones(len(z_mm), dtype=bool)
    while left.any():
        here = left & (z_mm <= z_mm[left].min() + tolerance_mm)
        planes[here] = z_mm[here].mean()
        left &= ~here
    return planes


def without_doubles(contours: list[PlanarContour]) -> list[PlanarContour]:
    """Leave out contours with the same points as an earlier one of their plane.

    Some exports hold an outline twice, from another start or the other way round; by the even-odd rule the
    two would cancel.
    """
    once: dict[tuple[float, frozenset[tuple[float, ...]]], PlanarContour] = {}
    for contour in contours:
        points = map(tuple, (contour.points_mm.round(SAME_POINT_DECIMALS) + 0.0).tolist())
        once.setdefault((contour.z_mm, frozenset(points)), contour)
    return list(once.values())


def usual_distance(planes_mm: FloatArray, slice_mm: float) -> float:
    """Median distance between neighbouring planes; the slice distance where no two are neighbours.

    Examples
    --------
    >>> usual_distance(np.array([0.0, 5.0, 10.0, 60.0]), 2.5)
    5.0
    >>> usual_distance(np.array([0.0, 60.0]), 2.5)
    2.5
    """
    gaps = np.diff(np.unique(planes_mm))
    near = gaps[gaps <= LEFT_OUT * slice_mm]
    return float(np.median(near)) if near.size else slice_mm
