"""Where the dose of a DVH is calculated: samples of a structure, from its contours or from a mask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.errors import StructureError
from seedbed.geometry import Structure, VoxelGrid, check_contours
from seedbed.geometry.compiling import compiled
from seedbed.geometry.sampling import contour_points, volume_samples
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SAMPLES_PER_STRUCTURE = 150_000
"""A structure has at least about so many samples, however small it is; local rule."""
LARGEST_CELL_MM3 = 0.5
"""A sample stands for no more than this, until a structure has `MOST_SAMPLES`; local rule."""
MOST_SAMPLES = 400_000
"""Larger structures than 200 cc get larger cells, so that the outline of the body stays affordable; local
rule."""
MOST_SURFACE_POINTS = 20_000
FINEST_PARTS, LEAST_PARTS_OF_CUT_VOXELS = 10, 4
"""A voxel of a mask is cut into at most 10 parts along each edge; one that is partly inside, into at least
4."""
WHOLE_VOXEL, ROUNDING = 1 - 1e-9, 1e-9
SHIFTS = 1.2207440846057596 ** -np.array([1.0, 2.0, 3.0])
"""Places within the parts of voxels follow this recurrence, as in `geometry.scanlines`."""


@dataclass(frozen=True)
class DoseSamples:
    """Points that stand for the volume of one structure.

    Attributes
    ----------
    name : str
    points_mm : ndarray, shape (k, 3)
    volume_cc : ndarray, shape (k,)
        Volume that each stands for. Points on the surface stand for none: they are there for the least and
        the highest dose.
    """

    name: str
    points_mm: FloatArray
    volume_cc: FloatArray


def structure_samples(
    structure: Structure, *, count: int = SAMPLES_PER_STRUCTURE
) -> tuple[FloatArray, FloatArray]:
    """Sample the inside of a structure evenly.

    The spacing follows from the volume of the structure alone, so that its DVH does not depend on any dose
    grid, and the volumes add up to that of the contours exactly.

    Parameters
    ----------
    structure : Structure
    count : int
        Aim for at least this number of samples; see `MOST_SAMPLES` and `LARGEST_CELL_MM3`, which hold where
        at least `SAMPLES_PER_STRUCTURE` are asked for.

    Returns
    -------
    points_mm : ndarray, shape (k, 3)
    volume_cc : ndarray, shape (k,)

    Raises
    ------
    StructureError
        Contours that cross, so that nobody can say what is inside.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> points, volume = structure_samples(Structure("box", (PlanarContour(0.0, square),), 5.0))
    >>> len(points) > 150_000, round(float(volume.sum()), 9)
    (True, 0.5)
    """
    check_contours(structure)
    whole = structure.volume_mm3
    if not whole > 0:
        return np.empty((0, 3)), np.empty(0)
    wanted = float(count)
    if count >= SAMPLES_PER_STRUCTURE:
        wanted = max(count, min(whole / LARGEST_CELL_MM3, MOST_SAMPLES))
    points, volume = volume_samples(structure, cell_mm3=whole / wanted)
    return points, volume * CC_PER_MM3


def contour_samples(structure: Structure, *, count: int = SAMPLES_PER_STRUCTURE) -> DoseSamples:
    """Sample a structure for a DVH, inside and at the corners of its contours, as `structure_samples`.

    The least dose of a structure lies on its surface, where no sample of a volume does. Of more than
    `MOST_SURFACE_POINTS` corners every second, third, ... is taken.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> samples = contour_samples(Structure("box", (PlanarContour(0.0, square),), 5.0))
    >>> samples.points_mm[-1], samples.volume_cc[-1]
    (array([ 0. , 10. ,  2.5]), np.float64(0.0))
    """
    points, volume = structure_samples(structure, count=count)
    corners = contour_points(structure)
    corners = corners[:: -(-len(corners) // MOST_SURFACE_POINTS)]
    return DoseSamples(
        structure.name, np.vstack([points, corners]), np.concatenate([volume, np.zeros(len(corners))])
    )


def mask_samples(share: FloatArray, grid: VoxelGrid, *, name: str = "mask") -> DoseSamples:
    """Sample a structure that is given as the share of each voxel inside it.

    Voxels are cut into parts until there are about `SAMPLES_PER_STRUCTURE`. Of a voxel that is partly inside,
    as many parts are taken as its share says, on the side of the fuller neighbours: those where the shares,
    interpolated between the centres of the voxels, are highest. Local rule.

    Parameters
    ----------
    share : ndarray, shape ``grid.shape``
        From 0 to 1; a mask of whole voxels holds 0 and 1 only.
    grid : VoxelGrid
    name : str

    Raises
    ------
    StructureError
        Another shape than the grid, NaN, a share outside 0 to 1, or nothing inside.

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 1), (1, 1, 2))
    >>> samples = mask_samples(np.array([[[1.0, 0.25]]]), grid)
    >>> round(float(samples.volume_cc.sum()) * 1000, 9)
    1.25
    """
    share = _check_share(share, grid, name)
    box = ndimage.find_objects((share > 0).astype(np.int8))[0]
    wide = np.pad(share, 1)[tuple(slice(s.start, s.stop + 2) for s in box)]
    inside = wide[1:-1, 1:-1, 1:-1]
    voxels = np.argwhere(inside > 0)
    whole = int(np.clip(np.ceil(np.cbrt(SAMPLES_PER_STRUCTURE / share.sum())), 1, FINEST_PARTS))
    cut = max(whole, LEAST_PARTS_OF_CUT_VOXELS)
    filled = inside[tuple(voxels.T)]
    rows = np.where(filled < WHOLE_VOXEL, np.maximum(1, np.ceil(filled * cut**3 - ROUNDING)), whole**3)
    number, place, volume = _parts(wide, voxels, whole, cut, int(rows.sum()))
    corner = (voxels[number] + [s.start for s in box])[:, ::-1]
    points_mm = grid.lower_mm() + (corner + place) * np.asarray(grid.spacing_mm)
    return DoseSamples(name, points_mm, volume * grid.voxel_volume_mm3 * CC_PER_MM3)


def _check_share(share: FloatArray, grid: VoxelGrid, name: str) -> FloatArray:
    share = np.asarray(share, dtype=float)
    if share.shape != grid.shape:
        came = f"the mask '{name}' of shape {share.shape}"
        raise StructureError(came, f"the shape {grid.shape} of its grid", "give the grid of the mask")
    if not (np.isfinite(share).all() and share.min() >= 0 and share.max() <= 1):
        came = f"the mask '{name}' with shares from {share.min():g} to {share.max():g}"
        raise StructureError(came, "shares from 0 (outside) to 1 (inside)", "scale the mask")
    if not share.any():
        raise StructureError(f"the mask '{name}' is empty", "a voxel inside", "draw it or choose another")
    return share


@compiled
def _fullness(wide: FloatArray, voxel: IntArray, x: float, y: float, z: float) -> float:
    """Share at a place (0 to 1 along each axis) in a voxel, by trilinear interpolation between centres."""
    k, j, i = voxel[0] + (z >= 0.5), voxel[1] + (y >= 0.5), voxel[2] + (x >= 0.5)
    u, v, w = (x + 0.5) % 1.0, (y + 0.5) % 1.0, (z + 0.5) % 1.0
    near = (wide[k, j, i] * (1 - u) + wide[k, j, i + 1] * u) * (1 - v) + (
        wide[k, j + 1, i] * (1 - u) + wide[k, j + 1, i + 1] * u
    ) * v
    far = (wide[k + 1, j, i] * (1 - u) + wide[k + 1, j, i + 1] * u) * (1 - v) + (
        wide[k + 1, j + 1, i] * (1 - u) + wide[k + 1, j + 1, i + 1] * u
    ) * v
    fullness: float = near * (1 - w) + far * w
    return fullness


@compiled
def _cut(wide: FloatArray, voxel: IntArray, k: int, seen: int, place: FloatArray, depth: FloatArray) -> None:
    """Write the ``k^3`` parts of a voxel, and how far outside each lies, by the shares about it."""
    for c in range(k**3):
        place[c, 0] = (c % k + (0.5 + (seen + c) * SHIFTS[0]) % 1.0) / k
        place[c, 1] = (c // k % k + (0.5 + (seen + c) * SHIFTS[1]) % 1.0) / k
        place[c, 2] = (c // (k * k) + (0.5 + (seen + c) * SHIFTS[2]) % 1.0) / k
        depth[c] = -_fullness(wide, voxel, place[c, 0], place[c, 1], place[c, 2])


@compiled
def _parts(
    wide: FloatArray, voxels: IntArray, whole_parts: int, cut_parts: int, rows: int
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Cut voxels into parts: number of its voxel, place within it (x, y, z) and share of it, for each part.

    ``wide`` has one layer of voxels more on every side than ``voxels``, shape (n, 3), counts from.
    """
    most = max(whole_parts, cut_parts) ** 3
    place, depth = np.empty((most, 3)), np.empty(most)
    number, points, volume = np.empty(rows, np.int64), np.empty((rows, 3)), np.empty(rows)
    row = seen = 0
    for v in range(len(voxels)):
        left = wide[voxels[v, 0] + 1, voxels[v, 1] + 1, voxels[v, 2] + 1]
        k = whole_parts if left >= WHOLE_VOXEL else cut_parts
        _cut(wide, voxels[v], k, seen, place, depth)
        order = np.argsort(depth[: k**3]) if left < WHOLE_VOXEL else np.arange(k**3)
        for c in order[: max(1, int(np.ceil(left * k**3 - ROUNDING)))]:
            number[row], points[row], volume[row] = v, place[c], min(left, 1.0 / k**3)
            left -= volume[row]
            row += 1
        seen += k**3
    return number, points, volume
