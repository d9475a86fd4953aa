"""Refine the seeds of all blobs together.

Each blob is fitted again with what the seeds about it give, and moves are tried that a downhill search
cannot make. A seed between two slices has a mirror image about the middle of its slice that explains the
brightest voxels as well; two seeds may be one or three. Each move is searched a few steps; the best is kept
when the posterior says so.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from seedbed.imaging.seed_fitting import Hypothesis, explained_share, finished
from seedbed.imaging.seed_hypotheses import (
    LEAST_METAL,
    MOST_METAL,
    PRICE_OF_A_SEED,
    ExplainedBlob,
    Search,
    price,
)
from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.seed_search import Fit, Voxels, search, seed_images, sideways

NEIGHBOURS_MM = 6.0
"""Seeds this near to a voxel in the plane, or within a seed and a slice of it along z, are felt there."""
MERGED_MM = 5.0
"""Two seeds further apart than one is long are not taken for one."""
THICK_MM = 1.8
"""Slices at least this thick leave a seed and its mirror image alike."""
UNFELT_HU = 20.0
"""Neighbours that change a blob by less do not make it worth another look."""
FEW_ROUNDS = 4
"""Steps that show whether a move is worth more."""
MOST_MOVES = 4
"""Moves made on one blob."""
WORTH = 1.0
"""A move must better twice the log posterior by this."""
BEST_MOVES = 3
"""Moves searched to the end."""
PROMISING = 25.0
"""A move that is behind by more than this after few steps is given up."""


def refined(scan: Search, blobs: list[ExplainedBlob], *, moves: bool) -> list[ExplainedBlob]:
    """Fit every blob again, in the presence of the seeds of the others; with moves, change counts too."""
    found = list(blobs)
    for number, blob in enumerate(found):
        others = [other.taken.fit.poses for place, other in enumerate(found) if place != number]
        voxels = with_others(scan, blob.voxels, np.concatenate([np.empty((0, 7)), *others]))
        if blob.settled and np.abs(voxels.others_hu - blob.voxels.others_hu).max() < UNFELT_HU:
            continue
        found[number] = _refined_blob(scan, blob, voxels, moves=moves)
    return found


def _refined_blob(scan: Search, blob: ExplainedBlob, voxels: Voxels, *, moves: bool) -> ExplainedBlob:
    fit = finished(voxels, blob.taken.fit, sight=scan.sight)
    ended: list[Fit] = []
    if moves:
        fit, ended = _moved_on(scan, voxels, fit)
    taken = _hypothesis(scan, voxels, fit, ended)
    rest = [_hypothesis(scan, voxels, each, []) for each in _best_of_other_counts(scan, voxels, fit, ended)]
    return replace(blob, voxels=voxels, hypotheses=(taken, *rest), best=0, settled=moves)


def _hypothesis(scan: Search, voxels: Voxels, fit: Fit, others: list[Fit]) -> Hypothesis:
    mirror = _mirror_spread(scan, voxels, fit, [each for each in others if each.count == fit.count])
    return Hypothesis(fit, explained_share(voxels, fit, sight=scan.sight), mirror)


def _best_of_other_counts(scan: Search, voxels: Voxels, fit: Fit, ended: list[Fit]) -> list[Fit]:
    """Return the best of one seed less and of one more."""
    ranked = sorted(ended, key=lambda each: price(scan, voxels, each))
    both = [[each for each in ranked if each.count == count] for count in (fit.count - 1, fit.count + 1)]
    return [each[0] for each in both if each]


def with_others(scan: Search, voxels: Voxels, poses: FloatArray) -> Voxels:
    """Return the voxels with what other seeds give to them."""
    steps = voxels.frame[3:]
    low = voxels.frame[:3] + voxels.index.min(axis=0) * steps
    high = voxels.frame[:3] + voxels.index.max(axis=0) * steps
    margin = np.array([NEIGHBOURS_MM, NEIGHBOURS_MM, scan.look.length_mm / 2 + steps[2]])
    near = ((poses[:, :3] > low - margin) & (poses[:, :3] < high + margin)).all(axis=1)
    images = seed_images(voxels, poses[near], sight=scan.sight, shared=np.zeros(6))
    return replace(voxels, others_hu=images.sum(axis=0))


def _moved_on(scan: Search, voxels: Voxels, fit: Fit) -> tuple[Fit, list[Fit]]:
    """Make the best move while one is worth it; return the moves that were not worth it, too."""
    ended: list[Fit] = []
    for _ in range(MOST_MOVES):
        ended = [each for each in _promising(scan, voxels, fit) if _like_seeds(each)]
        best = min(ended, key=lambda each: price(scan, voxels, each), default=fit)
        if price(scan, voxels, best) > price(scan, voxels, fit) - WORTH:
            break
        fit = best
    return fit, ended


def _promising(scan: Search, voxels: Voxels, fit: Fit) -> list[Fit]:
    """Search every move a few steps, and the best few to the end."""
    tried = [
        search(voxels, poses, sight=scan.sight, rounds=FEW_ROUNDS, shared=fit.shared, still=True)
        for poses in _moves(scan, voxels, fit)
    ]
    now = price(scan, voxels, fit)
    good = [each for each in tried if price(scan, voxels, each) < now + PROMISING]
    good.sort(key=lambda each: price(scan, voxels, each))
    return [finished(voxels, each, sight=scan.sight) for each in good[:BEST_MOVES]]


def _mirror_spread(scan: Search, voxels: Voxels, fit: Fit, others: list[Fit]) -> FloatArray:
    """Return what other fits of as many seeds add to the errors of axis, degrees, and place, mm."""
    square, total = np.zeros((fit.count, 2)), 1.0
    for other in others:
        weight = float(np.exp(-0.5 * max(0.0, price(scan, voxels, other) - price(scan, voxels, fit))))
        cosine = np.abs((fit.poses[:, 3:6] * other.poses[:, 3:6]).sum(axis=1)).clip(0, 1)
        away = np.linalg.norm(fit.poses[:, :3] - other.poses[:, :3], axis=1) / np.sqrt(3)
        square += weight * np.column_stack([np.degrees(np.arccos(cosine)), away]) ** 2
        total += weight
    return np.sqrt(square / total)


def _like_seeds(fit: Fit) -> bool:
    return bool(((fit.mass_ratio >= LEAST_METAL) & (fit.mass_ratio <= MOST_METAL)).all())


def _moves(scan: Search, voxels: Voxels, fit: Fit) -> Iterator[FloatArray]:
    """Yield poses from which another search may start."""
    if voxels.frame[5] >= THICK_MM:
        for number in range(fit.count):
            yield from _mirrored(voxels, fit.poses, number)
    if fit.count > 1:
        for number in range(fit.count):
            yield np.delete(fit.poses, number, axis=0)
        yield from _merged(fit.poses)
    if fit.cost > PRICE_OF_A_SEED:
        for number in range(fit.count):
            yield from _split(scan, fit.poses, number)
        yield from _with_one_more(scan, voxels, fit)


def _mirrored(voxels: Voxels, poses: FloatArray, number: int) -> Iterator[FloatArray]:
    """Mirror the place, the axis, or both of a seed about the middle of its slice."""
    step, first = voxels.frame[5], voxels.frame[2]
    middle = first + step * np.round((poses[number, 2] - first) / step)
    for place, axis in ((True, True), (True, False), (False, True)):
        other = poses.copy()
        if place:
            other[number, 2] = 2 * middle - poses[number, 2]
        if axis:
            other[number, 5] *= -1
        yield other


def _split(scan: Search, poses: FloatArray, number: int) -> Iterator[FloatArray]:
    """Put two seeds for one: end to end, and side by side in two directions."""
    one = poses[number]
    ways = [scan.look.length_mm / 2 * one[3:6], *(scan.look.diameter_mm * sideways(one[None, 3:6])[0])]
    for way in ways:
        two = np.stack([one, one])
        two[0, :3] += way
        two[1, :3] -= way
        two[:, 6] = 0.0
        yield np.vstack([np.delete(poses, number, axis=0), two])


def _merged(poses: FloatArray) -> Iterator[FloatArray]:
    """Put one seed for two near ones: half-way, along either of them or the line between."""
    for one in range(len(poses)):
        for other in range(one):
            between = poses[one, :3] - poses[other, :3]
            apart = float(np.linalg.norm(between))
            if not 0 < apart <= MERGED_MM:
                continue
            for axis in (poses[one, 3:6], poses[other, 3:6], between / apart):
                place = (poses[one, :3] + poses[other, :3]) / 2
                yield np.vstack(
                    [np.delete(poses, [one, other], axis=0), np.concatenate([place, axis, [0.0]])]
                )


def _with_one_more(scan: Search, voxels: Voxels, fit: Fit) -> Iterator[FloatArray]:
    """Add a seed where most is left unexplained, along x, y and z."""
    model = seed_images(voxels, fit.poses, sight=scan.sight, shared=fit.shared).sum(axis=0)
    left = (voxels.excess_hu - np.minimum(model + voxels.others_hu, voxels.ceiling_hu)) * voxels.weight
    place = voxels.frame[:3] + voxels.index[np.argmax(left)] * voxels.frame[3:]
    for axis in np.eye(3):
        yield np.vstack([fit.poses, np.concatenate([place, axis, [0.0]])])
