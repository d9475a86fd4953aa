"""Structures as masks: which voxel centres of a grid lie inside.

The centre decides, since that is without bias: a shape that may lie anywhere on the grid has its volume on
average, and neighbours that share an outline share no voxel and leave none out. A threshold at half of the
covered share would lose what is thinner than half a voxel. Where a volume counts, the shares of
`Structure.coverage` are more exact.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled
from seedbed.geometry.contours import Structure
from seedbed.geometry.coverage import window_of
from seedbed.geometry.grid import VoxelGrid
from seedbed.geometry.scanlines import FloatArray, crossings, edges_of

BoolArray = NDArray[np.bool_]


def structure_mask(structure: Structure, grid: VoxelGrid) -> BoolArray:
    """Whether the centre of each voxel lies inside a structure.

    Contours of one plane are joined by the even-odd rule. A centre on the outline itself counts on the lower
    side, along x, y and z, and does not on the upper.

    Parameters
    ----------
    structure : Structure
    grid : VoxelGrid
        Any grid; parts of the structure outside it are not counted.

    Returns
    -------
    ndarray of bool, shape ``grid.shape``

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]])
    >>> box = Structure("box", (PlanarContour(1.0, square),), 1.0)
    >>> structure_mask(box, VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (3, 4, 4)))[1].astype(int)
    array([[0, 0, 0, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]])
    """
    mask = np.zeros(grid.shape, dtype=bool)
    z = grid.axis_mm(2)
    for plane, bottom, top in structure.slabs:
        first, last = np.searchsorted(z, [bottom, top])
        if last > first:
            polygons = structure.polygons_at(plane)
            rows, columns, part = window_of(polygons, grid)
            flat = np.zeros(part.shape[1:], dtype=np.bool_)
            fill_centres(edges_of(polygons), part.axis_mm(0), part.axis_mm(1), flat)
            mask[first:last, rows, columns] = flat
    return mask


@compiled
def fill_centres(edges: FloatArray, x: FloatArray, y: FloatArray, inside: BoolArray) -> None:
    """Mark the points of a plane inside polygons by the even-odd rule.

    Parameters
    ----------
    edges : ndarray, shape (m, 4)
    x : ndarray, shape (nx,); y : ndarray, shape (ny,)
        Rising.
    inside : ndarray of bool, shape (ny, nx)
        All False; filled in place.
    """
    found = np.empty(edges.shape[0])
    for row in range(len(y)):
        count = crossings(edges, y[row], found)
        for k in range(0, count, 2):
            for column in range(np.searchsorted(x, found[k]), np.searchsorted(x, found[k + 1])):
                inside[row, column] = True
