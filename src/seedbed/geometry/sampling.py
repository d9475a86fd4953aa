"""Points of a structure that stand for its volume, and points on its surface."""

import numpy as np

from seedbed.errors import StructureError
from seedbed.geometry.contours import SEPARATE_PARTS, Structure
from seedbed.geometry.scanlines import ELONGATION, FloatArray, edges_of, fill_slabs


def volume_samples(structure: Structure, *, cell_mm3: float) -> tuple[FloatArray, FloatArray]:
    """Sample the inside of a structure evenly by scan lines.

    Where a line enters and leaves the contours is exact, so that the edge is not cut into voxels. The
    samples of each slab are scaled to its exact volume, area times thickness; the sum is
    `Structure.volume_mm3`.

    Parameters
    ----------
    structure : Structure
    cell_mm3 : float
        Volume that one sample stands for, about.

    Returns
    -------
    points_mm : ndarray, shape (k, 3)
    volume_mm3 : ndarray, shape (k,)
        Empty where the contours enclose nothing.

    Raises
    ------
    StructureError
        A cell without a positive volume.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> points, volume = volume_samples(Structure("box", (PlanarContour(0.0, square),), 2.0), cell_mm3=1.0)
    >>> points.shape, round(float(volume.sum()), 9)
    ((204, 3), 200.0)
    """
    if not 0 < cell_mm3 < np.inf:
        raise StructureError(
            f"cells of {cell_mm3} mm3 to sample '{structure.name}'", "a positive volume", "choose 1 mm3, say"
        )
    planes = [edges_of(structure.polygons_at(z)) for z, _, _ in structure.slabs]
    first = np.cumsum([0, *map(len, planes)])
    slabs = np.array([[low, high, structure.regions[z].area] for z, low, high in structure.slabs])
    edges, size = np.concatenate(planes), float(np.cbrt(cell_mm3 / ELONGATION))
    count = fill_slabs(edges, first, slabs, size, np.empty((0, 3)), np.empty(0))
    points, volume = np.empty((count, 3)), np.empty(count)
    fill_slabs(edges, first, slabs, size, points, volume)
    return points, volume


def contour_points(structure: Structure) -> FloatArray:
    """Return the corners of all contours at the lower and the upper face of their slabs, shape (k, 3), mm.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> triangle = np.array([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]])
    >>> contour_points(Structure("t", (PlanarContour(0.0, triangle),), 2.0))[:, 2]
    array([-1., -1., -1.,  1.,  1.,  1.])
    """
    rings = [
        (np.concatenate(structure.polygons_at(z)), face)
        for z, low, high in structure.slabs
        for face in (low, high)
    ]
    return np.concatenate([np.column_stack([ring, np.full(len(ring), face)]) for ring, face in rings])


def surface_points(structure: Structure, *, spacing_mm: float = 0.5) -> FloatArray:
    """Return points on the surface: the walls of the slabs and the end caps, shape (k, 3), mm.

    Parameters
    ----------
    structure : Structure
    spacing_mm : float
        Neighbouring points are no further apart along the outlines and along z, and about so on the caps.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    >>> points = surface_points(Structure("box", (PlanarContour(0.0, square),), 2.0), spacing_mm=1.0)
    >>> points.min(axis=0), points.max(axis=0)
    (array([ 0.,  0., -1.]), array([4., 4., 1.]))
    """
    walls = [
        _wall(
            structure.polygons_at(z),
            np.linspace(low, high, 1 + int(np.ceil((high - low) / spacing_mm))),
            spacing_mm,
        )
        for z, low, high in structure.slabs
    ]
    return np.concatenate([*walls, *_caps(structure, spacing_mm)])


def _wall(polygons: list[FloatArray], heights: FloatArray, spacing_mm: float) -> FloatArray:
    """Points along the outlines of one plane, at each height."""
    edges = edges_of(polygons)
    step = edges[:, 2:] - edges[:, :2]
    parts = np.maximum(1, np.ceil(np.hypot(*step.T) / spacing_mm)).astype(int)
    edge = np.repeat(np.arange(len(edges)), parts)
    along = (np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)) / parts[edge]
    flat = edges[edge, :2] + along[:, None] * step[edge]
    return np.column_stack([np.tile(flat, (len(heights), 1)), np.repeat(heights, len(flat))])


def _caps(structure: Structure, spacing_mm: float) -> list[FloatArray]:
    """Points on the flat ends of each part of the structure."""
    slabs = structure.slabs
    caps = []
    for number, (z, low, high) in enumerate(slabs):
        apart = SEPARATE_PARTS * structure.plane_distance_mm
        begins = number == 0 or z - slabs[number - 1][0] > apart
        ends = number == len(slabs) - 1 or slabs[number + 1][0] - z > apart
        faces = [face for face, free in ((low, begins), (high, ends)) if free]
        if faces:
            flat = Structure("cap", tuple(c for c in structure.contours if c.z_mm == z), spacing_mm)
            points, _ = volume_samples(flat, cell_mm3=spacing_mm**3)
            caps += [np.column_stack([points[:, :2], np.full(len(points), face)]) for face in faces]
    return caps
