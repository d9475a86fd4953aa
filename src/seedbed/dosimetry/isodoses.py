"""How much tissue an isodose encloses, and a grid that surely holds it."""

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.dvh import DoseAt
from seedbed.dosimetry.interpolation import check_dose
from seedbed.errors import DoseError
from seedbed.geometry import VoxelGrid
from seedbed.geometry.compiling import compiled
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]
PARTS_PER_EDGE = 6
"""A cell that the isodose cuts is looked at in 6 x 6 x 6 points."""
GROWTH_MM, FARTHEST_MM = 10.0, 300.0
"""A grid grows by steps of 10 mm; an isodose 300 mm away means another unit or another strength; local
rule."""


def isodose_volume_cc(dose_gy: FloatArray, grid: VoxelGrid, level_gy: float) -> float:
    """Volume of all tissue that gets at least a dose, V_ref.

    Between the voxel centres the square root of the dose is interpolated (trilinear): about a point source
    it falls as 1/r, whose interpolation errors cancel over the sphere, while those of the dose itself add up.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
    level_gy : float
        Positive.

    Returns
    -------
    float
        cc; 0 where no voxel centre gets the dose.

    Raises
    ------
    DoseError
        An isodose that touches the outermost voxels, so that its volume would be cut; a dose or level
        without meaning.

    Examples
    --------
    >>> grid = VoxelGrid((-20, -20, -20), (1, 1, 1), (41, 41, 41))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> round(isodose_volume_cc(dose, grid, 10.0), 2), round(4 / 3 * np.pi, 2)
    (4.19, 4.19)
    """
    return float(isodose_volumes_cc(dose_gy, grid, np.array([level_gy]))[0])


def isodose_volumes_cc(dose_gy: FloatArray, grid: VoxelGrid, levels_gy: FloatArray) -> FloatArray:
    """Volumes of several isodoses at once, cc; doses (k,) that rise, otherwise as `isodose_volume_cc`.

    Examples
    --------
    >>> grid = VoxelGrid((-20, -20, -20), (1, 1, 1), (41, 41, 41))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> isodose_volumes_cc(dose, grid, np.array([5.0, 20.0])).round(1)
    array([11.8,  1.5])
    """
    dose, levels = check_dose(dose_gy, grid), np.asarray(levels_gy, dtype=float)
    if not (np.isfinite(levels).all() and (levels > 0).all() and (np.diff(levels) >= 0).all()):
        raise DoseError(
            f"isodoses of {levels.tolist()} Gy", "finite positive doses that rise", "correct them"
        )
    closed = lowest_closed_gy(dose)
    if levels[0] <= closed:
        raise DoseError(
            f"the isodose of {levels[0]:g} Gy touches the border of the dose grid, with up to {closed:g} Gy",
            "a grid that holds the whole isodose, or its volume would be cut",
            "calculate the dose on a larger grid",
        )
    counts: FloatArray = _cells_above(np.sqrt(dose), np.sqrt(levels))
    volumes: FloatArray = counts * (grid.voxel_volume_mm3 * CC_PER_MM3)
    return volumes


def lowest_closed_gy(dose_gy: FloatArray) -> float:
    """Highest dose among the outermost voxels: isodoses above it lie wholly within the grid.

    Examples
    --------
    >>> dose = np.zeros((3, 3, 3)); dose[1, 1, 1], dose[0, 1, 1] = 9.0, 2.0
    >>> lowest_closed_gy(dose)
    2.0
    """
    faces = [np.take(dose_gy, [0, -1], axis=axis).max() for axis in range(3)]
    return float(max(faces))


def enclosing_grid(
    dose_at: DoseAt, lower_mm: FloatArray, upper_mm: FloatArray, *, level_gy: float, spacing_mm: float = 1.0
) -> VoxelGrid:
    """Grow a box until it holds an isodose.

    Parameters
    ----------
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).
    lower_mm, upper_mm : ndarray, shape (3,)
        A box that holds all seeds.
    level_gy : float
        Positive; outside the seeds the dose falls with distance.
    spacing_mm : float

    Returns
    -------
    VoxelGrid
        On its outermost voxels the dose is below the level.

    Raises
    ------
    DoseError
        A level that is not positive, or an isodose farther than `FARTHEST_MM` from the box.

    Examples
    --------
    >>> grid = enclosing_grid(lambda p: 1000 / (p**2).sum(axis=1), np.zeros(3), np.zeros(3), level_gy=2.0)
    >>> grid.shape, grid.lower_mm()[0]
    ((61, 61, 61), np.float64(-30.5))
    """
    if not 0 < level_gy < np.inf:
        raise DoseError(f"an isodose of {level_gy} Gy", "a positive dose", "state the prescription")
    margin = np.full((2, 3), GROWTH_MM)
    box = np.array([lower_mm, upper_mm], dtype=float)
    while True:
        grid = VoxelGrid.around(box[0] - margin[0], box[1] + margin[1], spacing_mm)
        reached = _reached_faces(dose_at, grid, level_gy)
        if not reached.any():
            return grid
        margin[reached] += GROWTH_MM
        if margin.max() > FARTHEST_MM:
            raise DoseError(
                f"the isodose of {level_gy:g} Gy reaches more than {FARTHEST_MM:g} mm beyond the seeds",
                "an isodose near them",
                "check the strengths and the dose",
            )


def _reached_faces(dose_at: DoseAt, grid: VoxelGrid, level_gy: float) -> NDArray[np.bool_]:
    """Whether the dose reaches a level on the outermost voxels, lower and upper along x, y, z: (2, 3)."""
    reached = np.zeros((2, 3), dtype=bool)
    axes = [grid.axis_mm(axis) for axis in range(3)]
    for axis in range(3):
        for end in (0, 1):
            plane = [axes[axis][[-end]] if other == axis else axes[other] for other in range(3)]
            face = np.stack(np.meshgrid(*plane, indexing="ij"), axis=-1).reshape(-1, 3)
            reached[end, axis] = bool((dose_at(face) >= level_gy).any())
    return reached


@compiled
def _spread(corner: FloatArray, levels: FloatArray, count: FloatArray) -> None:
    """Share one cell among the levels by points within it, trilinear between its corners."""
    n = PARTS_PER_EDGE
    for i in range(n):
        u = (i + 0.5) / n
        for j in range(n):
            v = (j + 0.5) / n
            side = (corner[0] * (1 - u) + corner[1] * u) * (1 - v) + (corner[2] * (1 - u) + corner[3] * u) * v
            far = (corner[4] * (1 - u) + corner[5] * u) * (1 - v) + (corner[6] * (1 - u) + corner[7] * u) * v
            for k in range(n):
                w = (k + 0.5) / n
                count[np.searchsorted(levels, side * (1 - w) + far * w, side="right")] += 1.0 / n**3


@compiled
def _cells_above(root: FloatArray, levels: FloatArray) -> FloatArray:
    """Count the cells between centres, in parts, at or above each of the rising levels."""
    nz, ny, nx = root.shape
    count = np.zeros(len(levels) + 1)
    corner = np.empty(8)
    for z in range(nz - 1):
        for y in range(ny - 1):
            for x in range(nx - 1):
                least, most = np.inf, -np.inf
                for c in range(8):
                    value = root[z + c // 4, y + c // 2 % 2, x + c % 2]
                    corner[c] = value
                    least, most = min(least, value), max(most, value)
                if most < levels[0]:
                    continue
                below = np.searchsorted(levels, least, side="right")
                if below == np.searchsorted(levels, most, side="right"):
                    count[below] += 1.0
                else:
                    _spread(corner, levels, count)
    return np.cumsum(count[::-1])[::-1][1:]
