"""A structure carried to another CT: its volume moved, and cut again by the planes of that CT."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.geometry.grid import FloatArray
from seedbed.geometry.outlines import structure_of_coverage

Move = Callable[[FloatArray], FloatArray]

FINEST_MM = 0.25
"""The surface is looked for at steps of this size, or larger where a structure is large."""
POINTS = 1_000_000
"""Points that look for it, about (local rule): the volume is then kept to some tenths of a percent."""


def shifted(structure: Structure, shift_mm: FloatArray) -> Structure:
    """Return a structure with every contour shifted, exactly.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> moved = shifted(Structure("box", (PlanarContour(0.0, square),), 2.0), np.array([1.0, 2.0, 3.0]))
    >>> moved.contours[0].z_mm, moved.contours[0].points_mm[0].tolist()
    (3.0, [1.0, 2.0])
    """
    contours = tuple(
        PlanarContour(contour.z_mm + float(shift_mm[2]), contour.points_mm + shift_mm[:2])
        for contour in structure.contours
    )
    return replace(structure, contours=contours)


def cut_again(structure: Structure, grid: VoxelGrid, *, there: Move, back: Move) -> Structure:
    """Return a moved structure as contours on the planes of a grid.

    Each plane encloses the mean section of its slab, so that the volume is kept also where planes lie far
    apart. Planes go on beyond the grid where the structure does.

    Parameters
    ----------
    structure : Structure
    grid : VoxelGrid
        Its planes along z are used.
    there, back : function
        Points, shape (n, 3) -> (n, 3), mm: from the place of the structure to that on the grid, and back.

    Raises
    ------
    StructureError
        The moved structure lies outside the grid.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (1.0, 3.0, 5.0)), 2.0)
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 3.0), (10, 30, 30))
    >>> up = np.array([0.0, 0.0, 6.0])
    >>> moved = cut_again(box, grid, there=lambda points: points + up, back=lambda points: points - up)
    >>> [contour.z_mm for contour in moved.contours], round(moved.volume_mm3 / box.volume_mm3, 2)
    ([6.0, 9.0, 12.0], 1.0)
    """
    fine, parts = _fine_grid(structure, grid, there)
    share = np.stack([_section(structure, fine, k, parts=parts, back=back) for k in range(fine.shape[0])])
    return structure_of_coverage(structure.name, share, fine, kind=structure.kind)


def _fine_grid(structure: Structure, grid: VoxelGrid, there: Move) -> tuple[VoxelGrid, int]:
    """Return a grid around the moved structure, and in how many parts each of its planes is seen."""
    moved = there(surface_points(structure))
    lower, upper = moved.min(axis=0), moved.max(axis=0)
    if (lower > grid.upper_mm()).any() or (upper < grid.lower_mm()).any():
        raise StructureError(
            f"'{structure.name}' would lie at {lower.round(0).tolist()} to {upper.round(0).tolist()} mm",
            f"a place from {grid.lower_mm().round(0).tolist()} to {grid.upper_mm().round(0).tolist()} mm",
            "use a CT that shows it, or leave it out",
        )
    thick = grid.spacing_mm[2]
    step = max(FINEST_MM, float((np.prod(upper - lower + thick) / POINTS) ** (1 / 3)))
    first, last = (round(float(value - grid.origin_mm[2]) / thick) for value in (lower[2], upper[2]))
    nx, ny = (int(np.ceil(size / step)) + 3 for size in (upper - lower)[:2])
    corner = (float(lower[0]) - step / 2, float(lower[1]) - step / 2, grid.origin_mm[2] + thick * first)
    return VoxelGrid(corner, (step, step, thick), (last - first + 1, ny, nx)), int(np.ceil(thick / step))


def surface_points(structure: Structure) -> FloatArray:
    """Return the corners of all contours at both faces of their slabs, shape (n, 3), mm."""
    faces = {plane: (lower, upper) for plane, lower, upper in structure.slabs}
    return np.concatenate(
        [
            np.column_stack([contour.points_mm, np.full(len(contour.points_mm), z)])
            for contour in structure.contours
            for z in faces[contour.z_mm]
        ]
    )


def _section(structure: Structure, grid: VoxelGrid, plane: int, *, parts: int, back: Move) -> FloatArray:
    """Share of each pixel of a plane inside, over the thickness of its slab."""
    points = VoxelGrid(grid.origin_mm, grid.spacing_mm, (1, *grid.shape[1:])).points_mm()
    inside = np.zeros(len(points))
    for part in range(parts):
        points[:, 2] = grid.axis_mm(2)[plane] + ((part + 0.5) / parts - 0.5) * grid.spacing_mm[2]
        inside += structure.contains(back(points))
    share: FloatArray = (inside / parts).reshape(grid.shape[1:])
    return share
