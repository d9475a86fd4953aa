"""Voxel grids and contours in patient space (DICOM LPS, mm)."""

from seedbed.geometry.contours import PlanarContour, Structure
from seedbed.geometry.crossing import check_contours
from seedbed.geometry.diameters import AxialDiameters, axial_diameters
from seedbed.geometry.grid import OrientedGrid, VoxelGrid
from seedbed.geometry.measure import Diameters, measure_diameters
from seedbed.geometry.rigid import RigidTransform, best_rigid

__all__ = [
    "AxialDiameters",
    "Diameters",
    "OrientedGrid",
    "PlanarContour",
    "RigidTransform",
    "Structure",
    "VoxelGrid",
    "axial_diameters",
    "best_rigid",
    "check_contours",
    "measure_diameters",
]
