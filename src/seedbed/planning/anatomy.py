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
SMOOTHING_MM = 2.0
SKIN_DEPTH_MM = 5.0
"""Low numbers this close to the room air are partial volume of the skin, not airway."""
LEAST_BONE_CC = 0.05
"""Smaller dense specks are calcification or noise."""


@dataclass(frozen=True)
class Anatomy:
    """Distances on the CT grid that decide where a needle may go.

    Attributes
    ----------
    grid : VoxelGrid
    body : ndarray of bool, shape ``grid.shape``
        Inside the patient.
    clearance_mm : ndarray, shape ``grid.shape``
        Distance to the nearest forbidden voxel: bone, airway or lung, a named organ; 0 inside one.
    couch : ndarray of bool, shape ``grid.shape``
        Solid things outside the body.
    """

    grid: VoxelGrid
    body: BoolArray
    clearance_mm: FloatArray
    couch: BoolArray

    def sample(self, array: NDArray[np.generic], points_mm: FloatArray, outside: float) -> FloatArray:
        """Values of an array of this grid at the nearest voxel of points, shape (n, 3) -> (n,)."""
        index = np.rint(self.grid.indices(points_mm)).astype(int)
        inside = ((index >= 0) & (index < np.array(self.grid.shape))).all(axis=1)
        values = np.full(len(points_mm), outside)
        values[inside] = array[tuple(index[inside].T)]
        return values


def read_anatomy(ct: CtVolume, target: Structure, organs: Sequence[Structure]) -> Anatomy:
    """Find the body and what is forbidden in it: bone by HU, airway and lung by HU, and named organs.

    Dense voxels of the target itself (calcification, tumour bone) do not count as bone.
    """
    body = find_body(ct)
    forbidden = find_bone(ct) & (target.coverage(ct.grid) < 0.5)
    depth = ndimage.distance_transform_edt(body, sampling=ct.grid.spacing_mm[::-1])
    forbidden |= body & (ct.hu < AIRWAY_HU) & (depth > SKIN_DEPTH_MM)
    for organ in organs:
        forbidden |= organ.coverage(ct.grid) >= 0.5
    couch = ~ndimage.binary_dilation(body, iterations=2) & (ct.hu > COUCH_HU)
    return Anatomy(ct.grid, body, _distance_to(forbidden, ct.grid), couch)


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


def _distance_to(mask: BoolArray, grid: VoxelGrid) -> FloatArray:
    if not mask.any():
        return np.full(grid.shape, np.inf)
    distance: FloatArray = ndimage.distance_transform_edt(~mask, sampling=grid.spacing_mm[::-1])
    return distance
