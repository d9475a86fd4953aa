"""How a scanner blurs one metal capsule: the forward model that rendering and finding share.

A seed is a cylinder of uniform contrast. The scanner convolves it with a Gaussian in the image plane
and with a slice profile along z, and every voxel averages over its own box. A point blurred that way
is a product of three differences of error functions, so the capsule, written as a few dozen points, is
summed without any fine grid and its integral is kept exactly.

The contrast is an *effective* one. The silver marker of a 6711-like seed reaches 150 000 to 290 000 HU
at 60 to 80 keV (mass attenuation of silver from NIST XCOM, 5.77 and 2.65 cm2/g), but a ray through it
is almost starved, the logarithm of the detector signal saturates, and an image shows a fraction of it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid

FloatArray = NDArray[np.float64]
Patch = tuple[slice, slice, slice]

FWHM_PER_SIGMA = 2.0 * np.sqrt(2.0 * np.log(2.0))
REACH_SIGMAS = 4.5  # beyond this a Gaussian holds less than 1e-5 of its integral


@dataclass(frozen=True)
class SeedLook:
    """A seed and the scanner that sees it.

    Attributes
    ----------
    length_mm, diameter_mm : float
        Outer size of the capsule (4.5 x 0.8 mm for the 6711 and its kin).
    contrast_hu : float
        Effective contrast of the capsule against tissue, HU; times its volume this is the metal amount
        in HU mm3 that an image without a ceiling would hold.
    psf_fwhm_mm : float
        In-plane blur, full width at half maximum (1.0 to 1.3 mm for body kernels), without the voxel.
    slice_blur_mm : float
        FWHM along z of what the slice profile adds to the box of one slice.
    streak_hu : float
        Size of the dark and bright streaks at 3 mm from a seed that lies in the plane; zero for none.
    ceiling_hu : float
        Largest number that the image can hold (3071 HU with 12 bits).

    Examples
    --------
    >>> round(SeedLook(contrast_hu=1000.0).metal_hu_mm3)
    2262
    """

    length_mm: float = 4.5
    diameter_mm: float = 0.8
    contrast_hu: float = 24000.0
    psf_fwhm_mm: float = 1.2
    slice_blur_mm: float = 0.8
    streak_hu: float = 140.0
    ceiling_hu: float = 3071.0

    def __post_init__(self) -> None:
        sizes = (self.length_mm, self.diameter_mm, self.psf_fwhm_mm, self.slice_blur_mm)
        if min(sizes) <= 0 or not np.isfinite([*sizes, self.contrast_hu, self.streak_hu]).all():
            raise InputError(
                f"a seed of {self.length_mm} x {self.diameter_mm} mm, blurred by {self.psf_fwhm_mm} mm",
                "finite numbers, with positive sizes and blurs",
                "check the seed and the scanner",
            )

    @property
    def metal_hu_mm3(self) -> float:
        """Contrast times capsule volume, HU mm3."""
        return self.contrast_hu * np.pi / 4 * self.diameter_mm**2 * self.length_mm

    @property
    def sigma_mm(self) -> FloatArray:
        """Gaussian blur along x, y, z without the voxel box, shape (3,)."""
        plane, along = self.psf_fwhm_mm / FWHM_PER_SIGMA, self.slice_blur_mm / FWHM_PER_SIGMA
        return np.array([plane, plane, along])


DEFAULT_LOOK = SeedLook()
"""A 6711-like seed on a 120 kVp scanner. Metal and blur are those that fit 14 lone seeds of an independent
simulation (XCIST/CatSim): 53 500 HU mm3 over 2.26 mm3 of capsule, 1.18 mm, 0.84 mm along z."""


def capsule_points(look: SeedLook, axis: FloatArray, *, along: int = 15, around: int = 6) -> FloatArray:
    """Write a capsule centred at the origin as points of equal weight, shape (along * around, 3), mm.

    The points lie on a ring of radius R / sqrt(2), which has the second moment of the full disc of
    radius R; along the axis they are midpoints of equal pieces.
    """
    sideways = np.linalg.svd(np.asarray(axis, dtype=float)[None, :])[2][1:]
    angle = 2 * np.pi * np.arange(around) / around
    ring = (
        look.diameter_mm
        / np.sqrt(8.0)
        * (np.outer(np.cos(angle), sideways[0]) + np.outer(np.sin(angle), sideways[1]))
    )
    piece = ((np.arange(along) + 0.5) / along - 0.5) * look.length_mm
    points: FloatArray = (piece[:, None, None] * axis + ring).reshape(-1, 3)
    return points


def patch_around(grid: VoxelGrid, centre_mm: FloatArray, reach_mm: FloatArray) -> Patch | None:
    """Return the index box of the voxels within a reach of a point; None when the grid has none there."""
    first = np.ceil(grid.indices(np.atleast_2d(centre_mm - reach_mm))[0]).astype(int)
    last = np.floor(grid.indices(np.atleast_2d(centre_mm + reach_mm))[0]).astype(int) + 1
    first, last = np.maximum(first, 0), np.minimum(last, grid.shape)
    if (first >= last).any():
        return None
    return slice(first[0], last[0]), slice(first[1], last[1]), slice(first[2], last[2])


def blurred_capsule(
    grid: VoxelGrid, centre_mm: FloatArray, *, axis: FloatArray, look: SeedLook
) -> tuple[Patch, FloatArray] | None:
    """Render one capsule of the given look: an index box and the HU to add there.

    Returns
    -------
    (patch, hu) or None
        None when the capsule is wholly outside the grid. The sum of ``hu`` times the voxel volume is
        `SeedLook.metal_hu_mm3` when the patch is not cut by the border.
    """
    reach = look.length_mm / 2 * np.abs(axis) + look.diameter_mm / 2
    reach = reach + REACH_SIGMAS * look.sigma_mm + np.asarray(grid.spacing_mm)
    patch = patch_around(grid, centre_mm, reach)
    if patch is None:
        return None
    points = centre_mm + capsule_points(look, axis)
    return patch, look.metal_hu_mm3 * point_density(grid, patch, points, sigma_mm=look.sigma_mm)


def point_density(
    grid: VoxelGrid, patch: Patch, points_mm: FloatArray, *, sigma_mm: FloatArray
) -> FloatArray:
    """Average density, 1/mm3, of equal points blurred by a Gaussian, over each voxel of a patch.

    One point contributes the product over the three axes of [erf(b) - erf(a)] / (2 w) with a, b the
    distances of the voxel faces in units of sqrt(2) sigma and w the voxel width.
    """
    parts = []
    for axis, window in zip((2, 1, 0), patch, strict=True):
        width = grid.spacing_mm[axis]
        faces = grid.origin_mm[axis] + width * (np.arange(window.start, window.stop + 1) - 0.5)
        steps = erf((faces - points_mm[:, axis, None]) / (np.sqrt(2.0) * sigma_mm[axis]))
        parts.append(np.diff(steps, axis=1) / (2 * width))
    plane = parts[1][:, :, None] * parts[2][:, None, :]
    density: FloatArray = np.tensordot(parts[0], plane, axes=(0, 0)) / len(points_mm)
    return density
