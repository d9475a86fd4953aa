"""Masks as structures: outlines on each plane of a grid that enclose as much as the mask.

Outlines of a mask run along the edges of its voxels: they enclose its volume to the last voxel, and the mask
of them is the mask they came from. A curve half-way between voxel centres (marching squares) would cut
corners and lose half a pixel for each outline: half of a single voxel.

Outlines of covered shares, or smooth ones, follow the line where half is covered, and are then moved outwards
or inwards by the same distance everywhere until each plane encloses exactly what its voxels cover.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from shapely.geometry.base import BaseGeometry
from skimage.measure import find_contours

from seedbed.errors import StructureError
from seedbed.geometry.contours import PlanarContour, Structure, plane_region, region_polygons
from seedbed.geometry.grid import FloatArray, VoxelGrid

BoolArray = NDArray[np.bool_]
HALF = 0.5
JOINED_STEPS = 1.5
"""Planes of a mask further apart than this many steps of its grid have an empty one between them."""
LEAST_VOXELS = 0.01
"""A plane that covers less than this share of one voxel gets no outline."""
FIRST_REACH_MM = 0.1
"""Outlines are moved by this much or less, or by more where that is not enough; it costs time only."""
SAME_MM = 1e-6
CORNERS_LEAST = 3


def structure_of_mask(
    name: str, mask: BoolArray, grid: VoxelGrid, *, kind: str = "", smooth: bool = False
) -> Structure:
    """Return the structure of a mask, with the volume of its voxels.

    Voxels of one plane that meet only at a corner are apart. Planes between which the mask is empty are not
    joined, not even over a single one; in an RTSTRUCT that cannot be said, and a reader may bridge it.

    Parameters
    ----------
    name : str
    mask : ndarray of bool, shape ``grid.shape``
    grid : VoxelGrid
    kind : str
        What it is, in DICOM's words, as in `Structure`.
    smooth : bool
        Round the corners of the voxels; each plane keeps its area, but outlines may leave or take
        single voxels.

    Raises
    ------
    StructureError
        Another shape than that of the grid, or no voxel.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 3.0), (2, 3, 3))
    >>> mask = np.zeros(grid.shape, dtype=bool)
    >>> mask[0, 1, 1:] = True
    >>> made = structure_of_mask("GTV", mask, grid)
    >>> made.volume_mm3, made.contours[0].points_mm.tolist()
    (24.0, [[1.0, 3.0], [1.0, 1.0], [5.0, 1.0], [5.0, 3.0]])
    """
    if smooth:
        return structure_of_coverage(name, mask, grid, kind=kind)
    return _structure(name, mask, grid, kind, _along_edges)


def structure_of_coverage(
    name: str, share: NDArray[np.floating[Any]] | BoolArray, grid: VoxelGrid, *, kind: str = ""
) -> Structure:
    """Return the structure of covered shares, as of `Structure.coverage`; each plane encloses its share.

    Parameters
    ----------
    name : str
    share : ndarray, shape ``grid.shape``
        From 0 to 1.
    grid : VoxelGrid
    kind : str
        As in `Structure`.

    Raises
    ------
    StructureError
        Another shape than that of the grid, numbers that are no shares, or nothing covered.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (1, 5, 5))
    >>> share = np.zeros(grid.shape)
    >>> share[0, 1:4, 1:4] = [[0.2, 0.5, 0.2], [0.5, 1.0, 0.5], [0.2, 0.5, 0.2]]
    >>> round(structure_of_coverage("node", share, grid).volume_mm3, 6)
    11.4
    """
    least, most = float(share.min()), float(share.max())
    if not (least >= 0 and most <= 1):
        raise StructureError(
            f"the shares of '{name}' run from {least:g} to {most:g}",
            "shares of each voxel from 0 to 1",
            "divide them by their largest possible value",
        )
    return _structure(name, share, grid, kind, _around_half)


def _structure(
    name: str,
    share: NDArray[np.floating[Any]] | BoolArray,
    grid: VoxelGrid,
    kind: str,
    outlines: Callable[[FloatArray, VoxelGrid], list[FloatArray]],
) -> Structure:
    if share.shape != grid.shape:
        raise StructureError(
            f"the mask of '{name}' has the shape {share.shape}",
            f"that of its grid, {grid.shape}",
            "check both",
        )
    z, step = grid.axis_mm(2), grid.spacing_mm[2]
    contours = [
        PlanarContour(float(z[plane]), polygon)
        for plane in np.flatnonzero(share.any(axis=(1, 2)))
        for polygon in outlines(share[plane].astype(float), grid)
    ]
    if not contours:
        raise StructureError(f"the mask of '{name}' is empty", "at least one voxel", "leave it out")
    return Structure(name, tuple(contours), step, kind, joined_mm=JOINED_STEPS * step)


def _along_edges(flat: FloatArray, grid: VoxelGrid) -> list[FloatArray]:
    """Outlines along pixel edges: through the middle of each square of four pixels that the curve passes."""
    curves = _curves(flat, HALF)
    corners = [np.floor((curve[:-1] + curve[1:]) / 2) + 0.5 for curve in curves]
    return [_in_mm(_without_straight(ring), grid) for ring in corners]


def _without_straight(ring: FloatArray) -> FloatArray:
    """Leave out the points of a closed ring that stand twice or between two others on a line."""
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    turns = ((ring - np.roll(ring, 1, axis=0)) != (np.roll(ring, -1, axis=0) - ring)).any(axis=1)
    kept: FloatArray = ring[turns]
    return kept


def _around_half(flat: FloatArray, grid: VoxelGrid) -> list[FloatArray]:
    """Outlines where half of the most covered pixel is covered, moved to enclose the covered area."""
    pixel_mm2 = grid.spacing_mm[0] * grid.spacing_mm[1]
    area = float(flat.sum()) * pixel_mm2
    if area < LEAST_VOXELS * pixel_mm2:
        return []
    region = plane_region([_in_mm(curve[:-1], grid) for curve in _curves(flat, HALF * float(flat.max()))])
    return region_polygons(_with_area(region, area))


def _with_area(region: BaseGeometry, area: float) -> BaseGeometry:
    """Move the outlines of a region by one distance so that it has an area, mm2."""

    def missing(distance: float) -> float:
        return float(_moved(region, distance).area) - area

    reach = FIRST_REACH_MM
    while missing(-reach) > 0 or missing(reach) < 0:
        reach *= 4
    return _moved(region, float(brentq(missing, -reach, reach, xtol=SAME_MM)))


def _moved(region: BaseGeometry, distance_mm: float) -> BaseGeometry:
    return region.buffer(distance_mm, quad_segs=2)


def _curves(flat: FloatArray, level: float) -> list[FloatArray]:
    """Return the closed curves at a level, in pixels (row, column); beyond the image all is empty."""
    rows, columns = (np.flatnonzero(flat.any(axis=axis)) for axis in (1, 0))
    part = np.pad(flat[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1)
    first = np.array([rows[0], columns[0]]) - 1.0
    curves = find_contours(part, level)  # type: ignore[no-untyped-call]
    return [curve + first for curve in curves if len(curve) > CORNERS_LEAST]


def _in_mm(ring: FloatArray, grid: VoxelGrid) -> FloatArray:
    points: FloatArray = np.asarray(grid.origin_mm[:2]) + ring[:, ::-1] * np.asarray(grid.spacing_mm[:2])
    return points
