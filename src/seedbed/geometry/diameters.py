"""Axial diameters of a lesion: the longest, and the longest across it, with their end points."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist
from shapely import MultiPoint, Polygon

from seedbed.errors import StructureError
from seedbed.geometry.contours import Structure
from seedbed.geometry.grid import FloatArray

SAME_PLACE = 1e-9
"""Corners this close along the long axis, relative to it, lie on one line across."""


@dataclass(frozen=True)
class AxialDiameters:
    """The longest diameter of a structure in any axial plane, and the longest at right angles to it there.

    Attributes
    ----------
    z_mm : float
        Plane.
    long_mm, short_mm : ndarray, shape (2, 2)
        End points, columns x and y.
    """

    z_mm: float
    long_mm: FloatArray
    short_mm: FloatArray

    @property
    def longest_mm(self) -> float:
        """Longest diameter."""
        return _length(self.long_mm)

    @property
    def short_axis_mm(self) -> float:
        """Longest diameter at right angles to it in the same plane."""
        return _length(self.short_mm)


def axial_diameters(structure: Structure) -> AxialDiameters:
    """Measure a structure as RECIST 1.1 has it: in the axial plane with the longest diameter.

    End points lie on the outline; the line between them may cross a notch or a hole. Each outline is measured
    alone: parts that lie apart on one plane are not measured together. The short axis is the longest
    distance of two points of the same outline on a line at right angles to the long axis, as a caliper is
    laid, and not the breadth of the outline as a whole.

    Parameters
    ----------
    structure : Structure

    Raises
    ------
    StructureError
        No outline has an area.

    References
    ----------
    Eisenhauer et al. 2009, doi 10.1016/j.ejca.2008.10.026, sections 3.1 and 4.2.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> box = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 30.0], [0.0, 30.0]])
    >>> found = axial_diameters(Structure("box", (PlanarContour(5.0, box),), 5.0))
    >>> found.z_mm, round(found.longest_mm, 9), round(found.short_axis_mm, 9)
    (5.0, 50.0, 37.5)
    """
    measured = [
        (z_mm, ring, _longest(ring))
        for z_mm, region in structure.regions.items()
        for part in getattr(region, "geoms", [region])
        if isinstance(part, Polygon) and part.area > 0
        for ring in [np.asarray(part.exterior.coords, dtype=float)]
    ]
    if not measured:
        raise StructureError(
            f"structure '{structure.name}' has no outline with an area", "a closed outline", "draw it again"
        )
    z_mm, ring, long_mm = max(measured, key=lambda found: _length(found[2]))
    return AxialDiameters(z_mm, long_mm, _across(ring, long_mm))


def _length(ends_mm: FloatArray) -> float:
    return float(np.linalg.norm(ends_mm[1] - ends_mm[0]))


def _longest(ring: FloatArray) -> FloatArray:
    """Return the two corners furthest apart; they are corners of the convex hull."""
    hull = MultiPoint(ring).convex_hull
    assert isinstance(hull, Polygon)  # noqa: S101 - the ring has an area
    corners = np.asarray(hull.exterior.coords, dtype=float)
    distance = cdist(corners, corners)
    ends = np.unravel_index(int(distance.argmax()), distance.shape)
    return corners[list(ends)]


def _across(ring: FloatArray, long_mm: FloatArray) -> FloatArray:
    """Return the ends of the longest line at right angles to the long axis.

    Between two neighbouring corners its length is linear in the place along the axis, so that the longest
    lies at a corner.
    """
    along = (long_mm[1] - long_mm[0]) / _length(long_mm)
    turn = np.array([along, [-along[1], along[0]]])
    turned = ring @ turn.T
    near = SAME_PLACE * _length(long_mm)
    lines = [(place, *_extent(turned, place, near)) for place in turned[:-1, 0]]
    place, bottom, top = max(lines, key=lambda line: line[2] - line[1])
    ends: FloatArray = np.array([[place, bottom], [place, top]]) @ turn
    return ends


def _extent(ring: FloatArray, place: float, near: float) -> tuple[float, float]:
    """Return the lowest and highest point of an outline on a line; corners near it count as on it."""
    (t1, u1), (t2, u2) = ring[:-1].T, ring[1:].T
    crossed = (np.minimum(t1, t2) < place) & (place < np.maximum(t1, t2))
    share = (place - t1[crossed]) / (t2[crossed] - t1[crossed])
    across = u1[crossed] + share * (u2[crossed] - u1[crossed])
    heights = np.concatenate([across, u1[np.abs(t1 - place) <= near]])
    return float(heights.min()), float(heights.max())
