"""The skin under a guide template: a smooth surface out of a mask of voxels."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.errors import NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.guide_frame import Frame
from seedbed.planning.guide_rules import GuideRules
from seedbed.planning.needle_rules import load_needle_rules

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

SKIN_SHARE = 0.5
"""Of a smoothed mask: where a flat face of voxels lies."""
AROUND_MM = 80.0
"""Further from all entries nothing matters to a template; local rule."""
ALONG_STEP_MM = 0.25
HEIGHT_STEP_MM = 0.5


@dataclass(frozen=True)
class Skin:
    """A body near some needles.

    Attributes
    ----------
    grid : VoxelGrid
        The part that is looked at.
    share : ndarray, shape ``grid.shape``
        The smoothed mask, 0 to 1; the skin is where it is a half.
    image : VoxelGrid
        All that the CT shows.
    """

    grid: VoxelGrid
    share: NDArray[np.float32]
    image: VoxelGrid

    def share_at(self, points_mm: FloatArray) -> FloatArray:
        """Return the smoothed mask at points, shape (n, 3) -> (n,); beyond the grid that of its edge."""
        found: FloatArray = ndimage.map_coordinates(
            self.share, self.grid.indices(points_mm).T, order=1, mode="nearest", output=np.float64
        )
        return found


def skin_mask(ct: CtVolume, body: BoolArray) -> BoolArray:
    """Mark what is solid in a body: half-way from air to tissue lies the skin that a template sits on.

    A body that is found by its contrast to room air is wider than the skin by some mm.

    Parameters
    ----------
    ct : CtVolume
    body : ndarray of bool, shape ``ct.grid.shape``

    Examples
    --------
    >>> hu = np.array([[[-900.0, 20.0]]], dtype=np.float32)
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 1), hu.shape), hu)
    >>> skin_mask(ct, np.ones((1, 1, 2), dtype=bool)).tolist()
    [[[False, True]]]
    """
    solid: BoolArray = np.asarray(body, dtype=bool) & (ct.hu > load_needle_rules().solid_hu)
    return solid


def read_skin(body: BoolArray, image: VoxelGrid, near_mm: FloatArray, rules: GuideRules) -> Skin:
    """Smooth the part of a body mask that lies near points.

    Parameters
    ----------
    body : ndarray of bool, shape ``image.shape``
    image : VoxelGrid
    near_mm : ndarray, shape (n, 3)
        The entries.
    rules : GuideRules
    """
    low, high = near_mm.min(axis=0) - AROUND_MM, near_mm.max(axis=0) + AROUND_MM
    ends = np.rint(image.indices(np.stack([low, high]))).astype(int)
    first, last = np.clip(ends, 0, np.array(image.shape) - 1)
    part = np.asarray(body)[tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))]
    x, y, z = np.asarray(image.origin_mm) + first[::-1] * np.asarray(image.spacing_mm)
    nz, ny, nx = part.shape
    grid = VoxelGrid((float(x), float(y), float(z)), image.spacing_mm, (nz, ny, nx))
    sigma = rules.smoothing_mm / np.array(image.spacing_mm[::-1])
    share = ndimage.gaussian_filter(part.astype(np.float32), sigma, mode="nearest")
    return Skin(grid, share, image)


def skin_entry(
    skin: Skin, name: str, entry_mm: FloatArray, push: FloatArray, rules: GuideRules
) -> FloatArray:
    """Return where a needle's line meets the skin near its planned entry, LPS, shape (3,).

    Raises
    ------
    NoPlanError
        The CT shows no skin there.
    """
    reach = rules.entry_tolerance_mm
    steps = np.arange(-reach, reach + ALONG_STEP_MM / 2, ALONG_STEP_MM)  # from outside to inside
    line = entry_mm + steps[:, None] * push
    share = skin.share_at(line)
    solid = share > SKIN_SHARE
    if not skin.image.contains(line).all() or solid[0] or not solid[-1]:
        raise NoPlanError(
            f"the entry of needle '{name}' at {np.round(entry_mm, 1).tolist()} mm is not on the skin "
            "that the CT shows",
            f"skin within {reach:g} mm of it along the needle",
            "scan further, or move the needle's entry to the skin",
        )
    after = int(solid.argmax())
    part = (SKIN_SHARE - share[after - 1]) / (share[after] - share[after - 1])
    place: FloatArray = entry_mm + (steps[after - 1] + part * ALONG_STEP_MM) * push
    return place


def skin_heights(
    skin: Skin, frame: Frame, u: FloatArray, v: FloatArray, *, low: float, high: float
) -> FloatArray:
    """Return the height w of the outermost skin over a raster of u and v, shape (len(u), len(v)), mm.

    Only skin between ``low`` and ``high`` is looked for: ``-inf`` where there is none, ``high`` where the
    body rises further.
    """
    w = np.arange(high, low - HEIGHT_STEP_MM, -HEIGHT_STEP_MM)
    uu, vv, ww = np.meshgrid(u, v, w, indexing="ij")
    points = np.stack([uu.ravel(), vv.ravel(), ww.ravel()], axis=1)
    share = skin.share_at(frame.to_patient(points)).reshape(uu.shape)
    solid = share > SKIN_SHARE
    first = solid.argmax(axis=2)[..., None]
    here = np.take_along_axis(share, first, 2)[..., 0]
    above = np.take_along_axis(share, np.maximum(first - 1, 0), 2)[..., 0]
    back = (here - SKIN_SHARE) / np.where(here > above, here - above, 1.0)
    height = w[first[..., 0]] + np.where(first[..., 0] > 0, back * HEIGHT_STEP_MM, 0.0)
    return np.where(solid.any(axis=2), height, -np.inf)
