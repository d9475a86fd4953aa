"""Voxel grids and contours in patient space (DICOM LPS, mm)."""

from seedbed.geometry.contours import PlanarContour, Structure
from seedbed.geometry.grid import VoxelGrid

__all__ = ["PlanarContour", "Structure", "VoxelGrid"]
