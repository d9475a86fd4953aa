"""Contours that cross themselves or each other, and so do not say what is inside."""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from shapely import LinearRing, Polygon, make_valid, polygonize, unary_union
from shapely.geometry.base import BaseGeometry

from seedbed.errors import StructureError
from seedbed.geometry.contours import Structure

FloatArray = NDArray[np.float64]
TOLERATED_SHARE, TOLERATED_MM2 = 0.01, 0.5
"""A doubtful part of at most 1 % of the contour, or of 0.5 mm2, is tolerated; local rule."""


def check_contours(structure: Structure) -> None:
    """Refuse contours that cross themselves or another contour of their plane.

    Allowed are a contour inside another (a hole), contours that touch, keyholes (an outline that runs to a
    hole and back along the same line), outlines given twice, and crossings too small to matter
    (`TOLERATED_SHARE`, `TOLERATED_MM2`).

    Parameters
    ----------
    structure : Structure

    Raises
    ------
    StructureError
        Names the structure and the plane.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> bow_tie = np.array([[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0]])
    >>> check_contours(Structure("GTV", (PlanarContour(5.0, bow_tie),), 2.0))
    Traceback (most recent call last):
    seedbed.errors.StructureError: a contour of 'GTV' at z = 5.0 mm crosses itself and leaves 16.0 mm2 in
    doubt; ...
    """
    for z, _, _ in structure.slabs:
        polygons = structure.polygons_at(z)
        for polygon in polygons:
            doubt = self_crossing_mm2(polygon)
            if _matters(doubt, abs(_signed_area(polygon)) + doubt):
                raise _refusal(structure.name, z, "a contour", "crosses itself", doubt)
        _check_pairs(structure.name, z, polygons)


def self_crossing_mm2(polygon: FloatArray) -> float:
    """Area of the parts of a polygon, shape (n, 2), that it winds around twice or the other way round, mm2.

    Zero for a polygon that does not cross itself, also where it touches itself or is a keyhole.
    """
    if Polygon(polygon).is_valid:
        return 0.0
    faces = polygonize([unary_union(LinearRing(polygon))]).geoms
    turns = [
        (_winding(polygon, np.array(face.representative_point().coords[0])), face.area) for face in faces
    ]
    doubts = [sum(area for turn, area in turns if turn not in (0, sense)) for sense in (-1, 1)]
    return float(min(doubts))


def _check_pairs(name: str, z: float, polygons: list[FloatArray]) -> None:
    regions: list[BaseGeometry] = [make_valid(Polygon(p)) for p in polygons]
    for one, other in combinations(regions, 2):
        shared = one.intersection(other).area
        doubt = min(shared, one.area - shared, other.area - shared)
        if _matters(doubt, min(one.area, other.area)):
            raise _refusal(name, z, "two contours", "cross each other", doubt)


def _matters(doubt_mm2: float, area_mm2: float) -> bool:
    return doubt_mm2 > max(TOLERATED_MM2, TOLERATED_SHARE * area_mm2)


def _refusal(name: str, z: float, who: str, what: str, doubt_mm2: float) -> StructureError:
    leaves = "leaves" if who == "a contour" else "leave"
    return StructureError(
        f"{who} of '{name}' at z = {z:.1f} mm {what} and {leaves} {doubt_mm2:.1f} mm2 in doubt",
        "contours that say what is inside",
        "draw that plane again",
    )


def _signed_area(polygon: FloatArray) -> float:
    x, y = polygon.T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y) / 2)


def _winding(polygon: FloatArray, point: FloatArray) -> int:
    """How often a polygon turns around a point: upward crossings to its right less downward ones."""
    (x1, y1), (x2, y2) = (polygon - point).T, (np.roll(polygon, -1, axis=0) - point).T
    side = np.sign(x1 * y2 - x2 * y1)
    up, down = (y1 <= 0) & (y2 > 0) & (side > 0), (y1 > 0) & (y2 <= 0) & (side < 0)
    return int(up.sum() - down.sum())
