"""Outlines of a structure in a plane that is oblique to its contours."""

import numpy as np
import shapely
from numpy.typing import NDArray
from skimage.measure import find_contours

from seedbed.geometry import PlanarContour, RigidTransform, Structure
from seedbed.geometry.grid import FloatArray

STEP_MM, EDGE_MM = 0.5, 4.0
"""Steps at which an outline is looked for, and how far beyond the structure; local rule."""

CORNERS_AND_END = 4
"""Points of the smallest ring: three corners, and the first again."""
SAME_MM = 1e-3
"""A plane this near to a contour, and not turned against it, shows that contour as it is."""


def section_through(structure: Structure, rigid: RigidTransform, z_mm: float) -> Structure | None:
    """Cut a structure of one CT by an axial plane of another.

    Between two contours the outline follows their signed distances, weighted by height, so that a tilted cut
    has no steps; beyond the first and last contour it is theirs, up to the end of their slabs.

    Parameters
    ----------
    structure : Structure
    rigid : RigidTransform
        From points of the other CT to those of the CT on which it was drawn, LPS mm.
    z_mm : float
        Plane of the other CT.

    Returns
    -------
    Structure or None
        One plane of contours on the other CT; None where the plane misses the structure.

    References
    ----------
    Raya and Udupa, IEEE Trans Med Imaging 9 (1990) 32, doi 10.1109/42.52980: shape-based interpolation.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (0.0, 3.0, 6.0)), 3.0)
    >>> cut = section_through(box, RigidTransform(np.eye(3), np.array([5.0, 0.0, 0.0])), 2.0)
    >>> cut.bounds_mm[0][:2].round(1).tolist(), section_through(box, RigidTransform.none(), 20.0)
    ([-5.0, 0.0], None)
    """
    drawn = _as_drawn(structure, rigid, z_mm)
    if drawn:
        return Structure(structure.name, drawn, structure.plane_distance_mm)
    x, y = _axes(structure, rigid)
    flat = np.stack([each.ravel() for each in np.meshgrid(x, y)], axis=1)
    points = rigid.apply(np.column_stack([flat, np.full(len(flat), z_mm)]))
    depth = _depth(structure, points).reshape(len(y), len(x))
    rings = [
        np.column_stack([x[0] + STEP_MM * ring[:-1, 1], y[0] + STEP_MM * ring[:-1, 0]])
        for ring in find_contours(depth, 0.0)  # type: ignore[no-untyped-call]
        if len(ring) >= CORNERS_AND_END
    ]
    contours = tuple(PlanarContour(z_mm, ring) for ring in rings)
    found = Structure(structure.name, contours, structure.plane_distance_mm) if contours else None
    return found if found is not None and found.volume_mm3 > 0 else None


def corners_of(structure: Structure, rigid: RigidTransform) -> FloatArray:
    """Return where the corners of the box about a structure come to, shape (8, 3), mm."""
    lower, upper = structure.bounds_mm
    box = np.array(
        [[x, y, z] for x in (lower[0], upper[0]) for y in (lower[1], upper[1]) for z in (lower[2], upper[2])]
    )
    return rigid.apply(box)


def _as_drawn(structure: Structure, rigid: RigidTransform, z_mm: float) -> tuple[PlanarContour, ...]:
    """Return the contours that lie in the plane as they were drawn; none where it is turned against them."""
    if not np.array_equal(rigid.rotation, np.eye(3)):
        return ()
    shift = rigid.shift_mm
    here = [one for one in structure.contours if abs(one.z_mm - shift[2] - z_mm) <= SAME_MM]
    return tuple(PlanarContour(z_mm, one.points_mm - shift[:2]) for one in here)


def _axes(structure: Structure, rigid: RigidTransform) -> tuple[FloatArray, FloatArray]:
    corners = corners_of(structure, rigid.inverse())[:, :2]
    low, high = corners.min(axis=0) - EDGE_MM, corners.max(axis=0) + EDGE_MM
    counts = np.ceil((high - low) / STEP_MM).astype(int) + 1
    x, y = (start + STEP_MM * np.arange(count) for start, count in zip(low, counts, strict=True))
    return x, y


def _depth(structure: Structure, points: FloatArray) -> FloatArray:
    """How deep points lie within the outline at their height, mm; negative outside."""
    depth = np.full(len(points), -EDGE_MM)
    slabs = structure.slabs
    for number, (z, bottom, top) in enumerate(slabs):
        here = (points[:, 2] >= bottom) & (points[:, 2] < top)
        if not here.any():
            continue
        own = _signed(structure, z, points[here])
        heights = points[here, 2]
        for other in (number - 1, number + 1):
            if 0 <= other < len(slabs) and abs(slabs[other][0] - z) <= structure.widest_step_mm:
                neighbour = slabs[other][0]
                weight = np.clip((heights - z) / (neighbour - z), 0, 1)
                towards = weight > 0
                there = _signed(structure, neighbour, points[here][towards])
                own[towards] += weight[towards] * (there - own[towards])
        depth[here] = own
    return depth


def _signed(structure: Structure, z_mm: float, points: FloatArray) -> NDArray[np.float64]:
    region = structure.regions[z_mm]
    if region.is_empty:
        return np.full(len(points), -EDGE_MM)
    places = shapely.points(points[:, :2])
    shapely.prepare(region)
    away = shapely.distance(region.boundary, places)
    found: NDArray[np.float64] = np.where(shapely.contains(region, places), away, -away)
    return found
