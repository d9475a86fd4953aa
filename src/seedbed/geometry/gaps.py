"""Planes on which a structure has no contours: left out by mistake, or between parts that are apart."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from seedbed.geometry.contours import SEPARATE_PARTS, Structure

EQUAL_SHARE = 0.1
"""Gaps that differ by at most a tenth of the plane distance are equal (local rule)."""


class Gap(NamedTuple):
    """Two neighbouring planes of a structure, mm, too far apart to be joined."""

    lower_mm: float
    upper_mm: float

    @property
    def width_mm(self) -> float:
        """Distance of the two planes."""
        return self.upper_mm - self.lower_mm


def missing_planes(structure: Structure) -> tuple[Gap, ...]:
    """Return the gaps over which a structure is not joined: wider than `SEPARATE_PARTS` plane distances.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> planes = tuple(PlanarContour(z, square) for z in (0.0, 2.0, 30.0))
    >>> [(gap.lower_mm, gap.upper_mm) for gap in missing_planes(Structure("nodes", planes, 2.0))]
    [(2.0, 30.0)]
    """
    planes = np.unique([contour.z_mm for contour in structure.contours]).tolist()
    widest = structure.widest_step_mm
    return tuple(Gap(lower, upper) for lower, upper in pairwise(planes) if upper - lower > widest)


def gap_warning(structure: Structure) -> str | None:
    """Say in words that planes of a structure are missing, or that it has parts; None where it has no gap.

    Two equal gaps or more are what a structure drawn on every third slice leaves: its volume is then too
    small. Other gaps may lie between parts that are apart, such as two nodes, and a structure that came of a
    mask (`Structure.joined_mm`) has only such.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> planes = tuple(PlanarContour(z, square) for z in (0.0, 2.0, 30.0))
    >>> print(gap_warning(Structure("nodes", planes, 2.0)))
    'nodes' was taken as 2 separate parts: it has no contours between z 2.0 and 30.0 mm.
    """
    gaps = missing_planes(structure)
    if not gaps:
        return None
    between = f"between z {gaps[0].lower_mm:.1f} and {gaps[-1].upper_mm:.1f} mm"
    if structure.joined_mm is not None or not _some_equal(gaps, structure.plane_distance_mm):
        parts = f"'{structure.name}' was taken as {len(gaps) + 1} separate parts"
        return f"{parts}: it has {_none_drawn(gaps, between)}."
    widest = max(gap.width_mm for gap in gaps)
    return (
        f"Contours of '{structure.name}' seem to be missing: {between} it has {len(gaps)} gaps wider than "
        f"{SEPARATE_PARTS:g} plane distances of {structure.plane_distance_mm:g} mm, up to {widest:.1f} mm, "
        "which were not filled; its volume and its numbers may be wrong."
    )


def _some_equal(gaps: tuple[Gap, ...], plane_distance_mm: float) -> bool:
    widths = np.sort([gap.width_mm for gap in gaps])
    return bool((np.diff(widths) <= EQUAL_SHARE * plane_distance_mm).any())


def _none_drawn(gaps: tuple[Gap, ...], between: str) -> str:
    return f"no contours {between}" if len(gaps) == 1 else f"{len(gaps)} gaps without contours {between}"
