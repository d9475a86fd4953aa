"""Diameters of a structure as a radiologist measures them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist
from shapely import MultiPoint, Polygon

from seedbed.geometry.contours import Structure

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Diameters:
    """Diameters of one structure, mm.

    Attributes
    ----------
    longest_mm : float
        Longest diameter in any axial plane (RECIST 1.1).
    short_axis_mm : float
        Width of that plane's outline across the longest diameter.
    ap_mm, cc_mm, transverse_mm : float
        Extent from front to back, foot to head and side to side.
    """

    longest_mm: float
    short_axis_mm: float
    ap_mm: float
    cc_mm: float
    transverse_mm: float


def measure_diameters(structure: Structure) -> Diameters:
    """Measure a structure from its contours.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> box = np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 10.0], [0.0, 10.0]])
    >>> found = measure_diameters(Structure("box", (PlanarContour(0.0, box), PlanarContour(5.0, box)), 5.0))
    >>> found.transverse_mm, found.ap_mm, found.cc_mm
    (30.0, 10.0, 10.0)
    """
    lower, upper = structure.bounds_mm
    transverse, ap, cc = (float(value) for value in upper - lower)
    longest, short = max(_plane_axes(contour.points_mm) for contour in structure.contours)
    return Diameters(longest, short, ap, cc, transverse)


def _plane_axes(points_mm: FloatArray) -> tuple[float, float]:
    """Longest diameter of one outline and the width across it."""
    hull = MultiPoint(points_mm).convex_hull
    corners = np.array(hull.exterior.coords if isinstance(hull, Polygon) else hull.coords, dtype=float)
    distance = cdist(corners, corners)
    first, second = np.unravel_index(int(distance.argmax()), distance.shape)
    along = (corners[second] - corners[first]) / distance[first, second]
    across = corners @ np.array([-along[1], along[0]])
    return float(distance[first, second]), float(np.ptp(across))
