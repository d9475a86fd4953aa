"""Paint seeds out of a CT: what a needle meets is judged on tissue, not on metal and its blur."""

import numpy as np

from seedbed.imaging.seed_model import DEFAULT_LOOK, FloatArray, Patch, SeedLook, patch_around
from seedbed.imaging.volume import CtVolume

BLUR_MM = 2.5
"""Blooming and dark rims reach about so far from the capsule: two in-plane FWHM; local rule."""
SHELL_MM = 4.0
"""Thickness of the surroundings whose median takes the place of the metal; local rule."""


def without_seeds(
    ct: CtVolume, positions_mm: FloatArray, *, axes: FloatArray, look: SeedLook = DEFAULT_LOOK
) -> CtVolume:
    """Return a CT in which seeds and their blur are painted over with the median of their surroundings.

    Parameters
    ----------
    ct : CtVolume
        It is not changed.
    positions_mm : ndarray, shape (n, 3)
        Seed centres, LPS mm.
    axes : ndarray, shape (n, 3)
        Unit vectors; a zero vector where the axis is not known: all that the seed may touch is painted.
    look : SeedLook
        Length and diameter of the capsule.

    Examples
    --------
    >>> from seedbed.geometry import VoxelGrid
    >>> grid = VoxelGrid((-12, -12, -12), (1, 1, 2), (13, 25, 25))
    >>> hu = np.full(grid.shape, 40.0, dtype=np.float32)
    >>> hu[6, 11:14, 11:14] = 3071
    >>> painted = without_seeds(CtVolume(grid, hu), np.zeros((1, 3)), axes=np.array([[0.0, 0.0, 1.0]]))
    >>> float(painted.hu.max()), float(hu.max())
    (40.0, 3071.0)
    """
    hu = ct.hu.copy()
    radius = look.diameter_mm / 2 + BLUR_MM
    metal = np.zeros(hu.shape, dtype=bool)
    near = [_around(ct, centre, axis, look, radius) for centre, axis in zip(positions_mm, axes, strict=True)]
    for patch, away in filter(None, near):
        metal[patch] |= away <= radius
    for patch, away in filter(None, near):
        shell = (away <= radius + SHELL_MM) & ~metal[patch]
        if shell.any():
            hu[patch][away <= radius] = np.median(ct.hu[patch][shell])
    return CtVolume(ct.grid, hu)


def _around(
    ct: CtVolume, centre: FloatArray, axis: FloatArray, look: SeedLook, radius: float
) -> tuple[Patch, FloatArray] | None:
    """Voxels about a seed, and their distance to its middle line; to its centre where no axis is known."""
    known = bool(np.any(axis))
    half = look.length_mm / 2
    reach = radius + SHELL_MM + half + max(ct.grid.spacing_mm)
    patch = patch_around(ct.grid, centre, np.full(3, reach))
    if patch is None:
        return None
    z, y, x = (ct.grid.axis_mm(n)[window] for n, window in zip((2, 1, 0), patch, strict=True))
    away = np.stack(np.broadcast_arrays(
        x[None, None, :] - centre[0], y[None, :, None] - centre[1], z[:, None, None] - centre[2]
    ), axis=-1)  # fmt: skip
    if not known:
        return patch, np.maximum(np.linalg.norm(away, axis=-1) - half, 0.0)
    along = np.clip(away @ axis, -half, half)
    distance: FloatArray = np.linalg.norm(away - along[..., None] * axis, axis=-1)
    return patch, distance
