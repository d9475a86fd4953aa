"""Contours on planes between drawn ones, by the distance from their outlines."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from shapely import LinearRing
from skimage.measure import find_contours

from seedbed.errors import StructureError
from seedbed.geometry.contours import PlanarContour, Structure
from seedbed.geometry.grid import VoxelGrid
from seedbed.geometry.masks import structure_mask

FloatArray = NDArray[np.float64]
PIXEL_MM, MARGIN_MM = 0.5, 2.0
MOST_PIXELS = 4_000_000
CORNERS_LEAST, SAME_PLANE_MM = 4, 1e-3
FINENESS_MM = 0.2
"""Outlines are thinned to this; local rule."""


def between_planes(structure: Structure, z_mm: Sequence[float]) -> tuple[PlanarContour, ...]:
    """Return contours on planes that have none and lie between two that have.

    Shape-based interpolation: the signed distance from the outline, positive inside, is interpolated between
    the two neighbouring planes, and the new outline lies where it is zero.

    Parameters
    ----------
    structure : Structure
    z_mm : sequence of float
        Planes that are wanted; those with a contour, and those above or below all contours, give none.

    Raises
    ------
    StructureError
        A structure too large to be interpolated.

    Notes
    -----
    S. P. Raya and J. K. Udupa, IEEE Trans. Med. Imaging 9 (1990) 32-42, doi 10.1109/42.52980.

    Examples
    --------
    >>> angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    >>> ring = np.column_stack([np.cos(angle), np.sin(angle)])
    >>> cone = Structure("cone", (PlanarContour(0.0, 6 * ring), PlanarContour(10.0, 12 * ring)), 10.0)
    >>> (middle,) = between_planes(cone, [0.0, 5.0, 20.0])
    >>> middle.z_mm, [round(float(r)) for r in np.hypot(*middle.points_mm.T)[:3]]
    (5.0, [9, 9, 9])
    """
    drawn = sorted({float(contour.z_mm) for contour in structure.contours})
    inside = [float(z) for z in z_mm if drawn[0] < z < drawn[-1]]
    wanted = [z for z in inside if np.abs(np.subtract(drawn, z)).min() > SAME_PLANE_MM]
    kept: dict[float, FloatArray] = {}
    found: list[PlanarContour] = []
    for z in wanted:
        above = int(np.searchsorted(drawn, z))
        low, high = drawn[above - 1], drawn[above]
        for plane in (low, high):
            if plane not in kept:
                kept[plane] = _distance_mm(structure, plane)
        share = (z - low) / (high - low)
        distance = (1 - share) * kept[low] + share * kept[high]
        found += [PlanarContour(z, ring) for ring in _rings(distance, _grid(structure))]
    return tuple(found)


def _grid(structure: Structure) -> VoxelGrid:
    """Pixels over the structure; coarser where it is large."""
    lower, upper = structure.bounds_mm
    size = upper[:2] - lower[:2] + 2 * MARGIN_MM
    pixel = max(PIXEL_MM, float(np.sqrt(size[0] * size[1] / MOST_PIXELS)))
    shape = (np.ceil(size / pixel) + 1).astype(int)
    if not np.isfinite(size).all() or shape.min() < 1:
        raise StructureError(f"structure '{structure.name}'", "contours of finite size", "draw it again")
    x, y = (lower[:2] - MARGIN_MM).tolist()
    return VoxelGrid((x, y, 0.0), (pixel, pixel, 1.0), (1, int(shape[1]), int(shape[0])))


def _distance_mm(structure: Structure, z: float) -> FloatArray:
    """Signed distance from the outline at pixel centres, positive inside."""
    grid = _grid(structure)
    flat = Structure(
        structure.name,
        tuple(PlanarContour(0.0, each.points_mm) for each in structure.contours if each.z_mm == z),
        1.0,
    )
    inside = structure_mask(flat, grid)[0]
    pixel = grid.spacing_mm[0]
    in_pixels = distance_transform_edt(inside) - distance_transform_edt(~inside)
    return np.asarray((in_pixels - np.where(inside, 0.5, -0.5)) * pixel, dtype=np.float64)


def _rings(distance: FloatArray, grid: VoxelGrid) -> list[FloatArray]:
    """Return closed outlines at zero, mm, thinned."""
    rings = []
    for curve in find_contours(distance, 0.0):  # type: ignore[no-untyped-call]
        points = np.asarray(grid.origin_mm[:2]) + curve[:, ::-1] * grid.spacing_mm[0]
        if len(points) <= CORNERS_LEAST:
            continue
        thinned = np.asarray(LinearRing(points).simplify(FINENESS_MM / 2).coords)[:-1]
        if len(thinned) >= CORNERS_LEAST:
            rings.append(thinned)
    return rings
