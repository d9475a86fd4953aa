"""Find metal seeds in a CT: bright blobs, hypotheses about each, and the one that fits best.

1. The image is cut at a level that the weakest seed of the expected kind passes on this grid (a seed lying in
   the plane half-way between two slices). A piece that is too large to be a cluster of seeds, or that no
   hypothesis explains, is cut again at the next higher level: that frees a seed that touches bone.
2. Each piece that holds about the metal of one seed is fitted with one. From these lone seeds is learnt how
the
   seeds of this series are seen: metal, length of the marker, blur, starvation (`seedbed.imaging.seed_sight`,
   `seedbed.imaging.seed_kernels`).
3. The metal of a piece says about how many seeds it can hold. Counts near that are fitted; the best posterior
   wins (`seedbed.imaging.seed_hypotheses`).
4. All pieces are fitted again, each with what the seeds about it give, and moves are tried that a downhill
search
   cannot make: mirror images, one seed more or less, one for two (`seedbed.imaging.seed_refining`).
5. Each seed is judged by its metal, shape and company (`seedbed.imaging.seed_likelihood`); what is less
likely a
   seed than not is refused (`seedbed.imaging.seed_judging`).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_found import FoundSeeds
from seedbed.imaging.seed_hypotheses import BONE_HU, ExplainedBlob, Search, explain_blobs
from seedbed.imaging.seed_judging import Judged
from seedbed.imaging.seed_likelihood import hopeful
from seedbed.imaging.seed_model import DEFAULT_LOOK, FloatArray, SeedLook
from seedbed.imaging.seed_refining import refined
from seedbed.imaging.seed_search import about_sight
from seedbed.imaging.seed_sight import learnt_sight
from seedbed.imaging.volume import CtVolume

Progress = Callable[[str, int, int], None]

WELL_EXPLAINED = 0.85
"""Only pieces of which one seed explains so much teach how seeds are seen."""
ENOUGH = 3
"""So many bright pieces teach without the dim ones."""
LESSONS = 2
"""Rounds of learning how seeds are seen."""
SWEEPS = 3
"""Times that all blobs are fitted again, each with what the others give: once as they are, then with
moves."""
STEPS = LESSONS + 1 + SWEEPS
"""Steps of a search, as they are told while it runs."""
MARGIN_MM = 8.0
"""A region is searched with this margin, a seed and its surroundings, and the result is cut to the region."""


def find_seeds(
    ct: CtVolume,
    *,
    region: tuple[FloatArray, FloatArray] | None = None,
    expected_count: int | None = None,
    look: SeedLook = DEFAULT_LOOK,
    progress: Progress | None = None,
) -> FoundSeeds:
    """Find metal seeds in a CT.

    Parameters
    ----------
    ct : CtVolume
        A CT after the implant, slices of 1 to 5 mm.
    region : (lower_mm, upper_mm), optional
        Corners of a box; only seeds with their centre inside are returned.
    expected_count : int, optional
        Number of seeds implanted. It only tips what is doubtful: how many seeds a blob holds when that is
        nearly as good, and candidates between a confidence of 0.3 and 0.8; nothing is invented or dropped
        for it. Seeds of a blob that the image alone would divide otherwise say so in their doubt.
    look : SeedLook
        The kind of seed and scanner expected.
    progress : callable (text, done, total), optional
        Called at each step; what it raises stops the search.

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
        return FoundSeeds.none(look.metal_hu_mm3)
    tell = progress or _quiet
    scan = Search.of(search, look)
    tell("Learning how seeds look", 0, STEPS)
    lone = explain_blobs(scan, most=1)
    for lesson in range(LESSONS):
        scan = _taught(scan, lone)
        tell("Learning how seeds look", 1 + lesson, STEPS)
        lone = refined(scan, lone, moves=False)
    explained = explain_blobs(scan)
    for sweep in range(SWEEPS):
        tell("Fitting seeds together", LESSONS + 1 + sweep, STEPS)
        explained = refined(scan, hopeful(scan, explained), moves=sweep > 0)
    tell("Fitting seeds together", STEPS, STEPS)
    judged = Judged.of(scan, explained, expected_count=expected_count)
    return _inside(judged.found(level_hu=scan.level_hu), region)


def _quiet(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def _taught(scan: Search, lone: list[ExplainedBlob]) -> Search:
    """Learn how seeds are seen, and how well a fit explains one, from the lone ones brighter than bone."""
    clear = [found for found in lone if found.taken.explained >= WELL_EXPLAINED]
    bright = [found for found in clear if found.blob.peak_hu + found.blob.background_hu > BONE_HU]
    teachers = bright if len(bright) >= ENOUGH else clear
    sight = learnt_sight(scan.sight, [about_sight(found.taken.fit, scan.sight) for found in teachers])
    if len(teachers) < ENOUGH:
        return scan.with_sight(sight, lone, usual_misfit=scan.usual_misfit)
    usual = np.median([found.taken.fit.cost / found.voxels.independent for found in teachers])
    return scan.with_sight(sight, lone, usual_misfit=float(usual))


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


def _inside(found: FoundSeeds, region: tuple[FloatArray, FloatArray] | None) -> FoundSeeds:
    if region is None:
        return found
    keep = _within(found.positions_mm, region)
    refused = [each for each in found.refused if _within(each.position_mm[None], region)[0]]
    return replace(
        found,
        positions_mm=found.positions_mm[keep],
        axes=found.axes[keep],
        confidence=found.confidence[keep],
        axis_sd_deg=found.axis_sd_deg[keep],
        position_sd_mm=found.position_sd_mm[keep],
        doubts=tuple(text for text, kept in zip(found.doubts, keep, strict=True) if kept),
        refused=tuple(refused),
    )


def _within(places_mm: FloatArray, region: tuple[FloatArray, FloatArray]) -> NDArray[np.bool_]:
    within: NDArray[np.bool_] = np.all((places_mm >= region[0]) & (places_mm <= region[1]), axis=1)
    return within
