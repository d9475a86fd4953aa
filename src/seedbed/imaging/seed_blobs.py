"""Bright blobs of a CT: parts of it above a level, and what they hold above their surroundings.

Bone, calcifications, contrast medium and metal are all bright. This file says nothing about which is
which; it only cuts the bright part of an image into pieces, level by level, and measures them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, distance_transform_edt, find_objects, label, uniform_filter

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_model import FloatArray, Patch

EVERY_NEIGHBOUR = np.ones((3, 3, 3), dtype=int)

HALO_MM = 1.6
"""Blurred metal below the level: about one in-plane FWHM (1.2 mm) and a voxel around the blob belong to
it."""
DEEP_MM = 1.4
"""As far above and below, and at least one slice, the slice profile spills."""
PADDING_HU = -1020.0
"""Nothing in a body is as dark; outside the scanned circle images hold -1024 HU or less."""
PADDED_SHARE = 0.3
"""A piece with so much padding about it lies at the edge of the circle."""
AIRY_HU = -350.0
"""Lung and air are below, soft tissue and fat above."""
SOLID_SHARE = 0.3
"""Where less of the surroundings is solid, metal lies in lung or air."""
LUNG_HU, LUNG_MM, EVERY = (-950.0, AIRY_HU), 16.0, 4
"""Lung lies between these; a box so wide that is mostly lung; pixels looked at, one in so many each way."""
LUNG_STEP_HU, LEAST_LUNG_LEVEL_HU = 500.0, 200.0
"""Seeds in lung stand on less than those in tissue; what is below this has no metal in it."""
AIR_STEP_HU = 300.0
"""Voxels darker than the background by this are another tissue, or a dark streak: they explain nothing."""
BELOW_MEDIAN = 0.842
"""A normal variable is below its median by this many standard deviations in a fifth of all cases."""
SHELL_MM = 3.6
"""The surroundings are taken from the halo to here: past the neighbouring slice of a 3 mm series."""


@dataclass(frozen=True)
class Blob:
    """A connected bright part, cut out with its surroundings.

    Attributes
    ----------
    patch : tuple of slice
        Where it lies in the image.
    core : ndarray of bool
        Voxels of the blob above the level, over the patch.
    near : ndarray of bool
        The blob and its halo: the voxels that a fit explains.
    excess_hu : ndarray
        HU above the surroundings, over the patch.
    background_hu : float
        Median of the surroundings.
    bright_rest_hu : float
        Eightieth percentile of the surroundings, as excess: small around metal in tissue, large in bone.
    noise_hu : float
        Standard deviation of the surroundings, from their lower half.
    aside : bool
        Whether it touches a side of the image, or what is padded about the scanned circle.
    """

    patch: Patch
    core: NDArray[np.bool_]
    near: NDArray[np.bool_]
    excess_hu: FloatArray
    background_hu: float
    bright_rest_hu: float
    noise_hu: float
    aside: bool

    def like(self, other: "Blob") -> bool:
        """Whether it is the same piece."""
        return self.patch == other.patch and bool(np.array_equal(self.core, other.core))

    def metal_hu_mm3(self, grid: VoxelGrid) -> float:
        """Integral of the excess over the blob and its halo."""
        return float(self.excess_hu[self.near].sum() * grid.voxel_volume_mm3)

    @property
    def peak_hu(self) -> float:
        """Largest excess."""
        return float(self.excess_hu[self.core].max())

    def points_and_weights(self, grid: VoxelGrid) -> tuple[FloatArray, FloatArray]:
        """Voxel centres of the blob and its halo, mm, and their excess where it is positive."""
        where = np.argwhere(self.near) + [window.start for window in self.patch]
        points = np.asarray(grid.origin_mm) + where[:, ::-1] * np.asarray(grid.spacing_mm)
        return points, np.maximum(self.excess_hu[self.near], 0.0)


def levels_hu(hu: NDArray[np.float32], grid: VoxelGrid, level_hu: float) -> NDArray[np.float32]:
    """Return the level at which each voxel is cut: lower in lung, where a seed stands on less.

    Parameters
    ----------
    hu : ndarray
        The whole image.
    grid : VoxelGrid
        Its grid.
    level_hu : float
        The level in soft tissue.

    Examples
    --------
    >>> lung = np.full((5, 40, 40), -800.0, dtype=np.float32)
    >>> grid = VoxelGrid((0, 0, 0), (1.0, 1.0, 5.0), lung.shape)
    >>> float(levels_hu(lung, grid, 400.0)[2, 20, 20]), float(levels_hu(0 * lung, grid, 400.0)[2, 20, 20])
    (200.0, 400.0)
    """
    few = hu[:, ::EVERY, ::EVERY]
    steps = np.array([1, EVERY, EVERY]) * grid.spacing_mm[::-1]
    size = np.maximum(1, np.round(LUNG_MM / steps)).astype(int)
    airy = ((few > LUNG_HU[0]) & (few < LUNG_HU[1])).astype(np.float32)
    lung = uniform_filter(airy, tuple(size), mode="nearest") > 0.5
    low = min(level_hu, max(level_hu - LUNG_STEP_HU, LEAST_LUNG_LEVEL_HU))
    levels = np.where(lung, low, level_hu).astype(np.float32)
    full: NDArray[np.float32] = levels.repeat(EVERY, axis=1).repeat(EVERY, axis=2)
    return full[:, : hu.shape[1], : hu.shape[2]]


def pieces_above(
    hu: NDArray[np.float32],
    level_hu: float | NDArray[np.float32],
    *,
    inside: NDArray[np.bool_] | None = None,
    patch: Patch | None = None,
) -> Iterator[tuple[Patch, NDArray[np.bool_]]]:
    """Cut what is above a level into connected pieces (26 neighbours).

    Parameters
    ----------
    hu : ndarray
        The whole image.
    level_hu : float or ndarray
        Lower limit, one or of each voxel of ``patch``.
    inside : ndarray of bool, optional
        Only voxels of this mask count; it covers ``patch``.
    patch : tuple of slice, optional
        Only this part of the image.

    Yields
    ------
    (patch, mask)
        Index box in the whole image, and the piece over it.
    """
    window = patch or tuple(slice(0, count) for count in hu.shape)
    bright = hu[window] > level_hu
    if inside is not None:
        bright &= inside
    numbered, _ = label(bright, structure=EVERY_NEIGHBOUR)
    for number, box in enumerate(find_objects(numbered), start=1):
        place = tuple(
            slice(part.start + whole.start, part.stop + whole.start)
            for part, whole in zip(box, window, strict=True)
        )
        yield (place[0], place[1], place[2]), numbered[box] == number


def measure_blob(
    hu: NDArray[np.float32], grid: VoxelGrid, *, patch: Patch, core: NDArray[np.bool_], level_hu: float
) -> Blob:
    """Cut a piece out with its surroundings and measure it against them.

    The halo leaves out voxels that are closer to another bright piece of the same level.
    """
    wide, place = _widened(patch, hu.shape, grid)
    mask = np.zeros([window.stop - window.start for window in wide], dtype=bool)
    mask[place] = core
    values = hu[wide].astype(float)
    others = (values > level_hu) & ~mask
    spacing = grid.spacing_mm[::-1]
    away = distance_transform_edt(~mask, sampling=spacing)
    near = _halo(mask, spacing)
    if others.any():
        near &= away < distance_transform_edt(~others, sampling=spacing)
    shell = (away <= max(SHELL_MM, 1.01 * spacing[0])) & ~near & ~others
    rest = values[shell] if shell.any() else values.ravel()
    rest = _without_air(rest)
    low, background, bright = (float(value) for value in np.percentile(rest, [20, 50, 80]))
    near &= values > background - AIR_STEP_HU
    return Blob(
        patch=wide,
        core=mask,
        near=near | mask,
        excess_hu=values - background,
        background_hu=background,
        bright_rest_hu=bright - background,
        noise_hu=(background - low) / BELOW_MEDIAN,
        aside=_beside_nothing(hu, wide, mask),
    )


def _beside_nothing(hu: NDArray[np.float32], wide: Patch, mask: NDArray[np.bool_]) -> bool:
    """Whether a piece lies within a voxel of a side of the image, or of padding."""
    _, rows, columns = np.nonzero(mask)
    rows, columns = rows + wide[1].start, columns + wide[2].start
    if min(rows.min(), columns.min()) < 2 or rows.max() > hu.shape[1] - 3 or columns.max() > hu.shape[2] - 3:
        return True
    about = binary_dilation(mask, structure=np.ones((1, 5, 5), dtype=bool)) & ~mask
    return bool((hu[wide][about] <= PADDING_HU).mean() > PADDED_SHARE)


def _without_air(rest: FloatArray) -> FloatArray:
    """Leave out air beside tissue: it says nothing of the background of metal in tissue."""
    solid = rest > AIRY_HU
    return rest[solid] if solid.mean() > SOLID_SHARE else rest


def _halo(mask: NDArray[np.bool_], spacing: tuple[float, float, float]) -> NDArray[np.bool_]:
    """Voxels that blurred metal reaches: so far in the plane, and so far (or one slice) up and down."""
    deep = max(1, int(np.ceil(DEEP_MM / spacing[0])))
    tall = binary_dilation(mask, structure=np.ones((3, 1, 1), dtype=bool), iterations=deep)
    flat = np.stack([distance_transform_edt(~plane, sampling=spacing[1:]) for plane in tall])
    near: NDArray[np.bool_] = flat <= max(HALO_MM, 1.01 * spacing[1])
    near &= tall.any(axis=(1, 2))[:, None, None]
    return near


def _widened(patch: Patch, shape: tuple[int, ...], grid: VoxelGrid) -> tuple[Patch, Patch]:
    wide, place = [], []
    for window, count, step in zip(patch, shape, grid.spacing_mm[::-1], strict=True):
        margin = int(np.ceil(SHELL_MM / step)) + 1
        start, stop = max(window.start - margin, 0), min(window.stop + margin, count)
        wide.append(slice(start, stop))
        place.append(slice(window.start - start, window.stop - start))
    return (wide[0], wide[1], wide[2]), (place[0], place[1], place[2])
