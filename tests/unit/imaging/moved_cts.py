"""CTs of a digital patient scanned again after a known motion; SimpleITK resamples, not Seedbed."""

from collections.abc import Callable

import numpy as np
import SimpleITK
from scipy.spatial.transform import Rotation

from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.imaging import CtVolume, add_noise, render_seeds


def turn_and_shift(centre_mm, turn_deg, shift_mm) -> RigidTransform:
    """Turn about a point, then shift."""
    turn = Rotation.from_rotvec(turn_deg, degrees=True).as_matrix()
    centre = np.asarray(centre_mm, dtype=float)
    return RigidTransform(turn, centre + np.asarray(shift_mm, dtype=float) - turn @ centre)


def image_of(ct: CtVolume) -> "SimpleITK.Image":
    image = SimpleITK.GetImageFromArray(ct.hu)
    image.SetOrigin(ct.grid.origin_mm)
    image.SetSpacing(ct.grid.spacing_mm)
    return image


def affine_of(motion: RigidTransform) -> "SimpleITK.AffineTransform":
    affine = SimpleITK.AffineTransform(3)
    affine.SetMatrix(motion.rotation.ravel().tolist())
    affine.SetTranslation(motion.shift_mm.tolist())
    return affine


def scanned_again(
    ct: CtVolume, way_back: "SimpleITK.Transform", grid: VoxelGrid, *, sd_hu: float = 15.0, seed: int = 5
) -> CtVolume:
    """Scan what ``way_back`` leads to, slices as thick as they are far apart, with new noise."""
    parts = max(1, round(grid.spacing_mm[2] / 1.25))
    hu = np.zeros(grid.shape)
    for part in (np.arange(parts) + 0.5) / parts - 0.5:
        origin = (*grid.origin_mm[:2], grid.origin_mm[2] + part * grid.spacing_mm[2])
        seen = SimpleITK.Resample(
            image_of(ct), grid.shape[::-1], way_back, SimpleITK.sitkLinear, origin, grid.spacing_mm,
            np.eye(3).ravel().tolist(), -1000.0,
        )  # fmt: skip
        hu += SimpleITK.GetArrayFromImage(seen) / parts
    return add_noise(CtVolume(grid, hu.astype(np.float32)), np.random.default_rng(seed), sd_hu=sd_hu)


def moved_ct(ct: CtVolume, motion: RigidTransform, grid: VoxelGrid, **noise) -> CtVolume:
    return scanned_again(ct, affine_of(motion.inverse()), grid, **noise)


def with_seeds(ct: CtVolume, move: Callable, low_mm, high_mm, *, count: int = 30) -> CtVolume:
    """Seeds anywhere in a box of the planning CT, where it came to."""
    rng = np.random.default_rng(8)
    places = low_mm + (high_mm - low_mm) * rng.random((count, 3))
    axes = rng.normal(size=(count, 3))
    return render_seeds(ct, move(places), axes=axes / np.linalg.norm(axes, axis=1)[:, None], rng=rng)


def points_in_box(low_mm, high_mm, count: int = 300):
    return low_mm + (high_mm - low_mm) * np.random.default_rng(2).random((count, 3))


def middle_planes(ct: CtVolume, first: int, last: int) -> CtVolume:
    grid = ct.grid
    origin = (*grid.origin_mm[:2], float(grid.axis_mm(2)[first]))
    return CtVolume(VoxelGrid(origin, grid.spacing_mm, (last - first, *grid.shape[1:])), ct.hu[first:last])
