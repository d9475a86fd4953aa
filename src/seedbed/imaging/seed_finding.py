"""Find metal seeds in a CT: bright blobs, hypotheses about each, and the one that fits best.

1. The image is cut at a level that the weakest seed of the expected kind passes on this grid (a seed lying in
   the plane half-way between two slices). A piece that is too large to be a cluster of seeds, or that no
   hypothesis explains, is cut again at the next higher level: that frees a seed that touches bone.
2. Each piece is measured against its own surroundings. Bone shows little *excess* there, calcifications too
   little metal.
3. The metal amount says about how many seeds a piece can hold. These counts, and their neighbours, are fitted
   with the blurred-capsule model; the best posterior wins (`seedbed.imaging.seed_hypotheses`,
   `seedbed.imaging.seed_fitting`).
4. Metal and blur of one seed are learnt from the pieces that hold one, and all is done once more with them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_fitting import MASS_SPREAD, Hypothesis, learnt_look
from seedbed.imaging.seed_hypotheses import ExplainedBlob, explain_blobs, first_level_hu
from seedbed.imaging.seed_model import DEFAULT_LOOK, FloatArray, SeedLook
from seedbed.imaging.volume import CtVolume

CERTAIN = 0.5
"""Confidence from which a seed is called certain."""
NEARLY_AS_GOOD = 9.0
"""Largest score, twice a log posterior ratio, that knowing the count can outweigh: odds of 1 to 90."""
MARGIN_MM = 8.0
"""A region is searched with this margin, a seed and its surroundings, and the result is cut to the region."""


@dataclass(frozen=True)
class FoundSeeds:
    """Seeds found in a CT.

    Attributes
    ----------
    positions_mm : ndarray, shape (n, 3)
        Centres, LPS mm.
    axes : ndarray, shape (n, 3)
        Unit vectors along the seeds; the sign has no meaning.
    confidence : ndarray, shape (n,)
        0 to 1: how well a capsule with the metal of one seed explains the voxels. No probability.
    seed_metal_hu_mm3 : float
        Metal of one seed, learnt from the data.
    level_hu : float
        Lowest level at which the image was cut.
    """

    positions_mm: FloatArray
    axes: FloatArray
    confidence: FloatArray
    seed_metal_hu_mm3: float
    level_hu: float

    @property
    def count(self) -> int:
        """Number of seeds."""
        return len(self.positions_mm)

    @property
    def certain(self) -> NDArray[np.bool_]:
        """Seeds of good confidence, shape (n,)."""
        return self.confidence >= CERTAIN


def find_seeds(
    ct: CtVolume,
    *,
    region: tuple[FloatArray, FloatArray] | None = None,
    expected_count: int | None = None,
    look: SeedLook = DEFAULT_LOOK,
) -> FoundSeeds:
    """Find metal seeds in a CT.

    Parameters
    ----------
    ct : CtVolume
        A CT after the implant, slices of 1 to 5 mm.
    region : (lower_mm, upper_mm), optional
        Corners of a box; only seeds with their centre inside are returned.
    expected_count : int, optional
        Number of seeds implanted. It only tips the choice of how many seeds a blob holds when that is
        nearly as good; no seed is invented or dropped for it.
    look : SeedLook
        The kind of seed and scanner expected.

    Returns
    -------
    FoundSeeds
        Empty when there is none; sorted from feet to head.

    Raises
    ------
    InputError
        A region whose corners are not in order, or a negative expected count.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import VoxelGrid
    >>> from seedbed.imaging import CtVolume, find_seeds, render_seeds
    >>> grid = VoxelGrid((-10, -10, -10), (0.8, 0.8, 2.5), (9, 26, 26))
    >>> water = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    >>> rng = np.random.default_rng(1)
    >>> ct = render_seeds(water, np.array([[1.0, 2, 0]]), axes=np.array([[0.6, 0.8, 0]]), rng=rng)
    >>> found = find_seeds(ct)
    >>> found.count, bool(np.abs(found.positions_mm - [1, 2, 0]).max() < 0.5)
    (1, True)
    """
    _check_request(region, expected_count)
    search = _cropped(ct, region)
    if search is None:
        return _gathered([], look, 0.0)
    first = explain_blobs(search, look)
    learnt = learnt_look(look, [found.taken for found in first if found.taken.count == 1])
    second = explain_blobs(search, learnt)
    if expected_count is not None:
        second = _tipped(second, expected_count)
    return _inside(_gathered(second, learnt, first_level_hu(search.grid, learnt)), region)


def _check_request(region: tuple[FloatArray, FloatArray] | None, expected_count: int | None) -> None:
    if region is not None and not np.all(np.asarray(region[0]) < np.asarray(region[1])):
        raise InputError(
            f"a region from {region[0]} to {region[1]} mm",
            "lower below upper along x, y and z",
            "order the corners",
        )
    if expected_count is not None and expected_count < 0:
        raise InputError(
            f"{expected_count} expected seeds", "zero or more", "give the number implanted, or None"
        )


def _cropped(ct: CtVolume, region: tuple[FloatArray, FloatArray] | None) -> CtVolume | None:
    if region is None:
        return ct
    corners = ct.grid.indices(
        np.array([np.asarray(region[0]) - MARGIN_MM, np.asarray(region[1]) + MARGIN_MM])
    )
    first = np.maximum(np.floor(corners[0]), 0).astype(int)
    last = np.minimum(np.ceil(corners[1]) + 1, ct.grid.shape).astype(int)
    if (first >= last).any():
        return None
    origin = np.asarray(ct.grid.origin_mm) + first[::-1] * np.asarray(ct.grid.spacing_mm)
    x, y, z = (float(value) for value in origin)
    voxels = ct.hu[first[0] : last[0], first[1] : last[1], first[2] : last[2]]
    return CtVolume(VoxelGrid((x, y, z), ct.grid.spacing_mm, voxels.shape), voxels)


def _tipped(explained: list[ExplainedBlob], expected_count: int) -> list[ExplainedBlob]:
    """Move single blobs to the next best hypothesis while that brings the total to the expected count."""
    chosen = list(explained)
    while (missing := expected_count - sum(found.taken.count for found in chosen)) != 0:
        step = 1 if missing > 0 else -1
        offers = [offer for number in range(len(chosen)) if (offer := _offer(chosen[number], number, step))]
        if not offers:
            return chosen
        _, number, other = min(offers)
        chosen[number] = ExplainedBlob(chosen[number].blob, chosen[number].hypotheses, other)
    return chosen


def _offer(found: ExplainedBlob, number: int, step: int) -> tuple[float, int, int] | None:
    for other, hypothesis in enumerate(found.hypotheses):
        price = hypothesis.score - found.taken.score
        if hypothesis.count == found.taken.count + step and price <= NEARLY_AS_GOOD:
            return price, number, other
    return None


def _gathered(explained: list[ExplainedBlob], look: SeedLook, level: float) -> FoundSeeds:
    if not explained:
        nothing = np.empty((0, 3))
        return FoundSeeds(nothing, nothing.copy(), np.empty(0), look.metal_hu_mm3, level)
    positions = np.concatenate([found.taken.centres_mm for found in explained])
    axes = np.concatenate([found.taken.axes for found in explained])
    confidence = np.concatenate([_confidence(found.taken) for found in explained])
    order = np.argsort(positions[:, 2], kind="stable")
    return FoundSeeds(positions[order], axes[order], confidence[order], look.metal_hu_mm3, level)


def _confidence(found: Hypothesis) -> FloatArray:
    """Share explained, times how usual the metal amount is."""
    usual: FloatArray = np.exp(-0.5 * (np.log(found.mass_ratio) / (1.5 * MASS_SPREAD)) ** 2)
    return min(max(found.explained, 0.0), 1.0) * usual


def _inside(found: FoundSeeds, region: tuple[FloatArray, FloatArray] | None) -> FoundSeeds:
    if region is None:
        return found
    keep = ((found.positions_mm >= region[0]) & (found.positions_mm <= region[1])).all(axis=1)
    return FoundSeeds(
        found.positions_mm[keep],
        found.axes[keep],
        found.confidence[keep],
        found.seed_metal_hu_mm3,
        found.level_hu,
    )
