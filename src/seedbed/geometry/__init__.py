"""Voxel grids and contours in patient space (DICOM LPS, mm)."""

from seedbed.geometry.contours import PlanarContour, Structure
from seedbed.geometry.crossing import check_contours
from seedbed.geometry.grid import OrientedGrid, VoxelGrid
from seedbed.geometry.measure import Diameters, measure_diameters

__all__ = [
    "Diameters",
    "OrientedGrid",
    "PlanarContour",
    "Structure",
    "VoxelGrid",
    "check_contours",
    "measure_diameters",
]
