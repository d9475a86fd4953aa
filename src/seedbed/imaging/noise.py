"""Noise of a CT scanner: correlated in the image plane, independent from slice to slice.

Filtered back-projection leaves little noise at the lowest frequencies (its power spectrum rises with
frequency before the kernel cuts it; Riederer, Pelc and Chesler, Phys Med Biol 23 (1978) 446). A narrow
Gaussian less a share of a wide one has that band-pass shape.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.volume import CtVolume

WIDE = 2.5  # width of the Gaussian taken off, in widths of the one kept
LOW_SHARE = 0.8  # share of it: one would remove the zero frequency wholly, which real kernels do not
FLOOR_HU = -1024.0  # the least that a 12 bit image holds


def noise_field(
    grid: VoxelGrid, rng: np.random.Generator, *, sd_hu: float, fwhm_mm: float = 1.3
) -> NDArray[np.float32]:
    """Draw scanner noise over a grid.

    Parameters
    ----------
    grid : VoxelGrid
        Where.
    rng : numpy.random.Generator
        Source of randomness.
    sd_hu : float
        Standard deviation of one voxel, HU (not negative).
    fwhm_mm : float
        In-plane width of the noise grain.

    Returns
    -------
    ndarray of float32, shape ``grid.shape``

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 2), (4, 64, 64))
    >>> noise = noise_field(grid, np.random.default_rng(1), sd_hu=10.0)
    >>> bool(abs(noise.std() - 10) < 1)
    True
    """
    if not (np.isfinite(sd_hu) and sd_hu >= 0 and fwhm_mm > 0):
        raise InputError(
            f"noise of {sd_hu} HU with a grain of {fwhm_mm} mm",
            "a standard deviation of zero or more and a positive grain",
            "correct the two numbers",
        )
    sigma = fwhm_mm / 2.3548 / np.array(grid.spacing_mm[1::-1])
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    field: NDArray[np.float32] = _band(white, sigma) * np.float32(sd_hu / _gain(sigma))
    return field


def add_noise(ct: CtVolume, rng: np.random.Generator, *, sd_hu: float, fwhm_mm: float = 1.3) -> CtVolume:
    """Return a CT with scanner noise added, not below -1024 HU.

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 2), (2, 8, 8))
    >>> air = CtVolume(grid, np.full(grid.shape, -1000, dtype=np.float32))
    >>> bool((add_noise(air, np.random.default_rng(1), sd_hu=50.0).hu >= -1024).all())
    True
    """
    noisy = ct.hu + noise_field(ct.grid, rng, sd_hu=sd_hu, fwhm_mm=fwhm_mm)
    return CtVolume(ct.grid, np.maximum(noisy, np.float32(FLOOR_HU)))


def _band(values: NDArray[np.float32], sigma: NDArray[np.float64]) -> NDArray[np.float32]:
    narrow = gaussian_filter(values, (0, *sigma), mode="wrap", truncate=3.0)
    wide = gaussian_filter(narrow, (0, *(sigma * np.sqrt(WIDE**2 - 1))), mode="wrap", truncate=3.0)
    band: NDArray[np.float32] = narrow - np.float32(LOW_SHARE) * wide
    return band


def _gain(sigma: NDArray[np.float64]) -> float:
    """Return the standard deviation that filtered unit white noise has: the norm of the kernel."""
    size = 2 * int(np.ceil(4 * WIDE * sigma.max())) + 9
    impulse = np.zeros((1, size, size), dtype=np.float32)
    impulse[0, size // 2, size // 2] = 1
    return float(np.linalg.norm(_band(impulse, sigma)))
