"""Outlines of a structure in a cut, and of its shadow: rings of shape (n, 2), mm across and down."""

import numpy as np
from shapely import LineString, box, unary_union
from shapely.geometry.base import BaseGeometry

from seedbed.geometry import Structure
from seedbed.geometry.contours import region_polygons
from seedbed.report.cuts import AXIAL, Cut, FloatArray


def outlines_in(structure: Structure, cut: Cut, *, through_mm: FloatArray) -> list[FloatArray]:
    """Return the outlines of a structure in a cut; none where the cut misses it.

    Across the planes a structure is a staircase of slabs, as it is measured.

    Parameters
    ----------
    structure : Structure
    cut : Cut
    through_mm : ndarray, shape (3,)

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> from seedbed.report.cuts import SAGITTAL
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> cube = Structure("cube", (PlanarContour(0.0, square), PlanarContour(5.0, square)), 5.0)
    >>> (ring,) = outlines_in(cube, SAGITTAL, through_mm=np.array([5.0, 5.0, 0.0]))
    >>> ring.min(axis=0).tolist(), ring.max(axis=0).tolist()
    ([0.0, -7.5], [10.0, 2.5])
    """
    through = np.asarray(through_mm, dtype=float)
    if cut.normal == AXIAL.normal:
        slabs = [z for z, bottom, top in structure.slabs if bottom <= through[2] < top]
        return [ring for z in slabs for ring in region_polygons(structure.regions[z])]
    parts = [
        box(low, -top, high, -bottom)
        for z, bottom, top in structure.slabs
        for low, high in _stretches(structure.regions[z], cut.normal, float(through[cut.normal]))
    ]
    return region_polygons(unary_union(parts))


def shadow_of(structure: Structure, cut: Cut) -> list[FloatArray]:
    """Return the outlines of what a structure hides along the line of sight.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> cube = Structure("cube", (PlanarContour(0.0, square), PlanarContour(5.0, square + 4)), 5.0)
    >>> (ring,) = shadow_of(cube, AXIAL)
    >>> ring.max(axis=0).tolist()
    [14.0, 14.0]
    """
    if cut.normal == AXIAL.normal:
        return region_polygons(unary_union([region.buffer(0) for region in structure.regions.values()]))
    along = 1 - cut.normal
    parts = []
    for z, bottom, top in structure.slabs:
        for part in getattr(structure.regions[z], "geoms", [structure.regions[z]]):
            if not part.is_empty:
                bounds = part.bounds
                parts.append(box(bounds[along], -top, bounds[along + 2], -bottom))
    return region_polygons(unary_union(parts))


def _stretches(region: BaseGeometry, normal: int, place: float) -> list[tuple[float, float]]:
    """Where a line through a region, at ``place`` along x (0) or y (1), lies inside."""
    if region.is_empty:
        return []
    low, high = min(region.bounds) - 1, max(region.bounds) + 1
    line = LineString([(place, low), (place, high)] if normal == 0 else [(low, place), (high, place)])
    along = 1 - normal
    inside = region.intersection(line)
    parts = [part.bounds for part in getattr(inside, "geoms", [inside]) if part.length > 0]
    return [(part[along], part[along + 2]) for part in parts]
