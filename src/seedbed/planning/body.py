"""What of a CT is the patient, what is bone, and what stands outside."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.geometry import VoxelGrid
from seedbed.geometry.compiling import compiled
from seedbed.planning.needle_rules import NeedleRules

BoolArray = NDArray[np.bool_]
IN_PLANE = np.zeros((3, 3, 3), dtype=bool)
IN_PLANE[1] = ndimage.generate_binary_structure(2, 1)


def find_body(hu: NDArray[np.float32], outside_hu: float) -> BoolArray:
    """Mark the patient: the largest thing denser than room air, without table and tubes, holes filled.

    Room air within a plane that touches no edge of the image counts as inside; lung is told from room air by
    its HU.

    Parameters
    ----------
    hu : ndarray, shape (nz, ny, nx)
        Averaged over a few millimetres, so that noise does not matter.
    outside_hu : float

    Examples
    --------
    >>> hu = np.full((1, 5, 5), -1000.0, dtype=np.float32)
    >>> hu[0, 1:4, 1:4] = 0.0
    >>> hu[0, 2, 2] = -1000.0
    >>> int(find_body(hu, -940.0).sum())
    9
    """
    labels, _ = ndimage.label(hu >= outside_hu)
    sizes = np.bincount(labels.ravel())
    if len(sizes) < 2:
        return np.zeros(hu.shape, dtype=bool)
    sizes[0] = 0
    return _filled(labels == sizes.argmax())


def _filled(mask: BoolArray) -> BoolArray:
    """Fill the holes of each plane."""
    holes, count = ndimage.label(~mask, structure=IN_PLANE)
    open_to_edge = np.zeros(count + 1, dtype=bool)
    for edge in (holes[:, 0], holes[:, -1], holes[:, :, 0], holes[:, :, -1]):
        open_to_edge[np.unique(edge)] = True
    open_to_edge[0] = False
    filled: BoolArray = ~open_to_edge[holes]
    return filled


def beneath_skin(body: BoolArray, grid: VoxelGrid, depth_mm: float) -> BoolArray:
    """Mark what of the body lies deeper than the skin; the image's edge is no skin.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1, 1, 9))
    >>> body = np.array([[[0, 1, 1, 1, 1, 1, 1, 1, 1]]], dtype=bool)
    >>> beneath_skin(body, grid, 2.0)[0, 0].astype(int)
    array([0, 0, 0, 1, 1, 1, 1, 1, 1])
    """
    deep = body.astype(np.uint8)
    for axis in range(3):
        width = round(depth_mm / grid.spacing_mm[2 - axis])
        deep = ndimage.minimum_filter1d(deep, 2 * width + 1, axis=axis, mode="constant", cval=1)
    found: BoolArray = deep > 0
    return found


def find_solid_outside(hu: NDArray[np.float32], body: BoolArray, rules: NeedleRules) -> BoolArray:
    """Mark couch, tubes and limbs apart from the body: solid, and not the body's own blurred edge."""
    outside = ~ndimage.binary_dilation(body)
    solid: BoolArray = outside & (hu > rules.solid_hu)
    return solid


def find_bone(dense: NDArray[np.uint16], least_voxels: float) -> BoolArray:
    """Mark blocks that hold bone, leaving out specks.

    Parameters
    ----------
    dense : ndarray of int, shape (nz, ny, nx)
        Dense CT voxels of each block.
    least_voxels : float
        Joined blocks with fewer dense voxels together are a speck; corners join, too.

    Examples
    --------
    >>> find_bone(np.array([[[3, 2, 0, 4]]], dtype=np.uint16), 5.0)
    array([[[ True,  True, False, False]]])
    """
    bone = dense > 0
    _drop_specks(dense, bone, least_voxels)
    return bone


@compiled
def _drop_specks(dense: NDArray[np.uint16], bone: BoolArray, least: float) -> None:
    """Clear the joined blocks that hold too few dense voxels."""
    nz, ny, nx = dense.shape
    seen = np.zeros(dense.shape, dtype=np.bool_)
    stack = np.empty((bone.sum(), 3), dtype=np.int32)
    for z in range(nz):
        for y in range(ny):
            for x in range(nx):
                if bone[z, y, x] and not seen[z, y, x]:
                    count, total = 1, 0
                    stack[0, 0], stack[0, 1], stack[0, 2] = z, y, x
                    seen[z, y, x] = True
                    place = 0
                    while place < count:
                        a, b, c = stack[place]
                        place += 1
                        total += dense[a, b, c]
                        for i in range(max(0, a - 1), min(nz, a + 2)):
                            for j in range(max(0, b - 1), min(ny, b + 2)):
                                for k in range(max(0, c - 1), min(nx, c + 2)):
                                    if bone[i, j, k] and not seen[i, j, k]:
                                        seen[i, j, k] = True
                                        stack[count, 0], stack[count, 1], stack[count, 2] = i, j, k
                                        count += 1
                    if total < least:
                        for place in range(count):
                            bone[stack[place, 0], stack[place, 1], stack[place, 2]] = False
