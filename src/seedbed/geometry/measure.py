"""Diameters of a structure as a radiologist measures them."""

from dataclasses import dataclass

from seedbed.geometry.contours import Structure
from seedbed.geometry.diameters import axial_diameters


@dataclass(frozen=True)
class Diameters:
    """Diameters of one structure, mm.

    Attributes
    ----------
    longest_mm : float
        Longest diameter in any axial plane (RECIST 1.1).
    short_axis_mm : float
        Longest diameter at right angles to it in that plane.
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

    Raises
    ------
    StructureError
        No outline has an area.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import PlanarContour
    >>> box = np.array([[0.0, 0.0], [30.0, 0.0], [30.0, 10.0], [0.0, 10.0]])
    >>> found = measure_diameters(Structure("box", (PlanarContour(0.0, box), PlanarContour(5.0, box)), 5.0))
    >>> found.transverse_mm, found.ap_mm, found.cc_mm
    (30.0, 10.0, 10.0)
    """
    lower, upper = structure.bounds_mm
    transverse, ap, cc = (float(value) for value in upper - lower)
    axes = axial_diameters(structure)
    return Diameters(axes.longest_mm, axes.short_axis_mm, ap, cc, transverse)
