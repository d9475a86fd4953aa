"""What a needle may pass: the body, and the distance to everything that it must not touch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

BONE_HU = 300.0
"""Denser than contrast-filled vessels (up to about 250 HU) and soft tissue; local rule."""
AIRWAY_HU = -500.0
"""Lung and airway are below, fat and muscle above; local rule."""
OUTSIDE_HU = -940.0
"""Room air after smoothing; lung parenchyma stays above; local rule."""
COUCH_HU = -500.0
"""Foam and cloth are below, the shell of a couch and a limb above; local rule."""
LONGEST_PATH_MM = 180.0
"""18G puncture needles are made up to 200 mm long."""
TISSUE_HU = -500.0
"""Half-way from room air to soft tissue: the skin."""
VOXEL_MM, MOST_VOXELS = 1.0, 3e7
MARGIN_Z_MM = 10.0
HIDDEN_IN_VOXEL = 1.1
"""Half a voxel's diagonal, 0.87, and the error of linear interpolation of a distance, in voxels."""
SMOOTHING_MM = 2.0
SKIN_DEPTH_MM = 5.0
"""Low numbers this close to the room air are partial volume of the skin, not airway."""
LEAST_BONE_CC = 0.05
"""Smaller dense specks are calcification or noise."""


@dataclass(frozen=True)
class Anatomy:
    """What decides where a needle may go, on an even grid about the target.

    Attributes
    ----------
    grid : VoxelGrid
        Cubic voxels of about `VOXEL_MM`; all that a needle could pass, no further.
    body : ndarray of bool, shape ``grid.shape``
        Inside the patient.
    tissue : ndarray of bool, shape ``grid.shape``
        Denser than air, by the CT as it is: where the body begins for a needle.
    clearance_mm : ndarray, shape ``grid.shape``
        Distance, never too large, to the nearest forbidden thing: bone, airway or lung, a named organ.
    couch : ndarray of bool, shape ``grid.shape``
        Solid things outside the body.
    """

    grid: VoxelGrid
    body: BoolArray
    tissue: BoolArray
    clearance_mm: NDArray[np.float32]
    couch: BoolArray

    def marked(self, mask: BoolArray, points_mm: FloatArray) -> BoolArray:
        """Whether the nearest voxels of points are marked, shape (n, 3) -> (n,); not outside the grid."""
        index = np.rint(self.grid.indices(points_mm)).astype(int)
        inside = ((index >= 0) & (index < np.array(self.grid.shape))).all(axis=1)
        found = np.zeros(len(points_mm), dtype=bool)
        found[inside] = mask[tuple(index[inside].T)]
        return found

    def clearance_at(self, points_mm: FloatArray) -> FloatArray:
        """Clearance at points, mm, shape (n, 3) -> (n,); infinite outside the grid."""
        found: FloatArray = ndimage.map_coordinates(
            self.clearance_mm, self.grid.indices(points_mm).T, order=1, cval=np.inf, output=np.float64
        )
        return np.where(self.grid.contains(points_mm), found, np.inf)


def read_anatomy(ct: CtVolume, target: Structure, organs: Sequence[Structure]) -> Anatomy:
    """Find the body and what is forbidden in it: bone by HU, airway and lung by HU, and named organs.

    Dense voxels of the target itself (calcification, tumour bone) do not count as bone.

    Parameters
    ----------
    ct : CtVolume
    target : Structure
    organs : sequence of Structure
    """
    grid = _even_grid(ct.grid, target)
    hu = _resampled(ct.hu, ct.grid, grid)
    body = _resampled(find_body(ct).astype(np.float32), ct.grid, grid, order=0) > 0
    bone = _resampled(find_bone(ct).astype(np.float32), ct.grid, grid, order=0) > 0
    forbidden = bone & (target.coverage(grid) < 0.5)
    skin_deep = ndimage.binary_erosion(
        body, iterations=round(SKIN_DEPTH_MM / grid.spacing_mm[0]), border_value=1
    )
    forbidden |= skin_deep & (hu < AIRWAY_HU)
    for organ in organs:
        forbidden |= organ.coverage(grid) > 0
    couch = ~ndimage.binary_dilation(body, iterations=3) & (hu > COUCH_HU)
    return Anatomy(grid, body, hu > TISSUE_HU, _clearance(forbidden, grid), couch)


def _even_grid(ct: VoxelGrid, target: Structure) -> VoxelGrid:
    """Cubic voxels over the planes of the target and all that lies within reach in them."""
    lower, upper = target.bounds_mm
    margin = np.array([LONGEST_PATH_MM, LONGEST_PATH_MM, MARGIN_Z_MM])
    low = np.maximum(lower - margin, ct.lower_mm())
    high = np.minimum(upper + margin, ct.upper_mm())
    size = np.maximum(high - low, 1.0)
    spacing = max(VOXEL_MM, float(np.cbrt(np.prod(size) / MOST_VOXELS)))
    shape = np.maximum(np.floor(size / spacing).astype(int), 1)
    origin = low + (size - (shape - 1) * spacing) / 2
    x, y, z = (float(value) for value in origin)
    return VoxelGrid((x, y, z), (spacing, spacing, spacing), (int(shape[2]), int(shape[1]), int(shape[0])))


def _resampled(
    array: NDArray[np.float32], old: VoxelGrid, new: VoxelGrid, *, order: int = 1
) -> NDArray[np.float32]:
    """Values of one grid's array on another grid: linear, or those of the nearest voxel (order 0)."""
    scale = np.divide(new.spacing_mm, old.spacing_mm)[::-1]
    offset = np.divide(np.subtract(new.origin_mm, old.origin_mm), old.spacing_mm)[::-1]
    found: NDArray[np.float32] = ndimage.affine_transform(
        array, scale, offset, output_shape=new.shape, order=order, mode="nearest", output=np.float32
    )
    return found


def _clearance(forbidden: BoolArray, grid: VoxelGrid) -> NDArray[np.float32]:
    """Distance to the nearest forbidden voxel, less what a voxel and the interpolation can hide."""
    if not forbidden.any():
        return np.full(grid.shape, np.inf, dtype=np.float32)
    distance = ndimage.distance_transform_edt(~forbidden, sampling=grid.spacing_mm[::-1])
    hidden = HIDDEN_IN_VOXEL * grid.spacing_mm[0]
    return np.asarray(distance - hidden, dtype=np.float32)


def find_body(ct: CtVolume) -> BoolArray:
    """Mark the patient: all that is not room air joined to the image's edge, without table and tubes.

    Room air within the image that touches no edge counts as inside; lung is told from room air by its HU.
    """
    sigma = SMOOTHING_MM / np.array(ct.grid.spacing_mm[::-1])
    air = ndimage.gaussian_filter(ct.hu, sigma, mode="nearest") < OUTSIDE_HU
    labels, _ = ndimage.label(~air)
    sizes = np.bincount(labels.ravel())
    if len(sizes) < 2:
        return np.zeros(ct.grid.shape, dtype=bool)
    sizes[0] = 0
    body: BoolArray = labels == sizes.argmax()
    return np.stack([ndimage.binary_fill_holes(plane) for plane in body])


def find_bone(ct: CtVolume) -> BoolArray:
    """Mark bone by HU, leaving out specks."""
    dense = ct.hu > BONE_HU
    labels, _ = ndimage.label(dense, structure=np.ones((3, 3, 3)))
    sizes = np.bincount(labels.ravel()) * ct.grid.voxel_volume_mm3 / 1000.0
    large = sizes >= LEAST_BONE_CC
    large[0] = False
    bone: BoolArray = large[labels]
    return bone
