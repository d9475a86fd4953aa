"""The least-squares search for the poses of seeds: Levenberg-Marquardt on the voxels about them.

Unknown are, for each seed, its centre, two leanings of its axis and the logarithm of its metal; for all seeds
together how they are seen (`seedbed.imaging.seed_sight`), as small deviations from what is expected; and the
background. A voxel that the image holds at its ceiling says only that the model must reach it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_kernels import NUMBERS_OF_SIGHT, rod_images, rod_slopes
from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.seed_sight import BACKGROUND_SPREAD_HU, SeedSight

PER_SEED = 6
"""Three of the centre, two of the axis, one of the metal."""
STEP = 1e-3
"""Step of the differences: a micrometre, a thousandth of a radian and of a logarithm."""
LARGEST_STEPS = np.array([1.5, 1.5, 1.5, 0.6, 0.6, 0.7])
"""Most that one step may move a centre (mm), turn an axis and change the logarithm of the metal."""
LEAST_GAIN = 0.02
"""A search ends when a step betters twice the log posterior by less than this."""
OFF_THE_MIDDLE = 0.35
"""Spread of a centre about the middle of its slice, in slices: about that of any place in it. It holds a
seed that shows in one slice only, whose height nothing else tells, at its mean."""
TRIES = 5
"""Dampings tried before a search gives up."""


@dataclass(frozen=True)
class Voxels:
    """Voxels to be explained.

    Attributes
    ----------
    index : ndarray of int64, shape (n, 3)
        x, y, z.
    frame : ndarray, shape (6,)
        Centre of voxel 0 and distance between voxels, x, y, z, mm.
    excess_hu : ndarray, shape (n,)
        Above the background.
    weight : ndarray, shape (n,)
        One over the error, 1/HU.
    ceiling_hu : float
        Where the image is cut, above the background; infinite when it is not.
    others_hu : ndarray, shape (n,)
        What seeds give that are not being searched.
    independent : float
        Number of voxels that tell something of their own; the blur makes neighbours tell the same.
    """

    index: NDArray[np.int64]
    frame: FloatArray
    excess_hu: FloatArray
    weight: FloatArray
    ceiling_hu: float
    others_hu: FloatArray
    independent: float

    @property
    def held(self) -> NDArray[np.bool_]:
        """Voxels at the ceiling."""
        held: NDArray[np.bool_] = self.excess_hu >= self.ceiling_hu
        return held


@dataclass(frozen=True)
class Fit:
    """So many seeds, as they explain the voxels best.

    Attributes
    ----------
    poses : ndarray, shape (seeds, 7)
        Centre, mm; unit vector; logarithm of the metal over that of one seed.
    shared : ndarray, shape (6,)
        Deviations of the five numbers of the sight, and the background, HU.
    cost : float
        Twice the negative log posterior, but for a constant.
    information : ndarray
        Half the matrix of second derivatives of the cost: six rows a seed, then ``shared``.
    """

    poses: FloatArray
    shared: FloatArray
    cost: float
    information: FloatArray

    @property
    def count(self) -> int:
        """Number of seeds."""
        return len(self.poses)

    @property
    def mass_ratio(self) -> FloatArray:
        """Metal of each seed over that of one."""
        return np.exp(self.poses[:, 6])


def seed_images(voxels: Voxels, poses: FloatArray, *, sight: SeedSight, shared: FloatArray) -> FloatArray:
    """Return what each seed gives to each voxel, shape (seeds, n), HU."""
    out = np.empty((len(poses), len(voxels.index)))
    changed = np.empty((len(poses), 6 + NUMBERS_OF_SIGHT))
    changed[:, :6], changed[:, 6:] = poses[:, :6], sight.moved(shared)
    for number in range(len(poses)):
        rod_images(voxels.index, voxels.frame, changed[number : number + 1], out[number : number + 1])
    out *= sight.metal_hu_mm3 * np.exp(poses[:, 6])[:, None]
    return out


def sideways(axes: FloatArray) -> FloatArray:
    """Return two unit vectors across each axis, shape (n, 3) -> (n, 2, 3).

    Examples
    --------
    >>> across = sideways(np.array([[0.0, 0.6, 0.8]]))[0]
    >>> np.allclose(across @ across.T, np.eye(2)), np.allclose(across @ [0.0, 0.6, 0.8], 0)
    (True, True)
    """
    out = np.empty((len(axes), 2, 3))
    one, other = out[:, 0], out[:, 1]
    least = np.argmin(np.abs(axes), axis=1)
    along = axes[np.arange(len(axes)), least]
    one[:] = -along[:, None] * axes
    one[np.arange(len(axes)), least] += 1.0
    one /= np.sqrt(1 - along**2)[:, None]
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        other[:, a] = axes[:, b] * one[:, c] - axes[:, c] * one[:, b]
    return out


def moved(poses: FloatArray, steps: FloatArray) -> FloatArray:
    """Return poses moved by steps, shape (n, 6); the axes stay unit vectors."""
    out = poses.copy()
    out[:, :3] += steps[:, :3]
    out[:, 3:6] += (steps[:, 3:5, None] * sideways(poses[:, 3:6])).sum(axis=1)
    out[:, 3:6] /= np.sqrt((out[:, 3:6] ** 2).sum(axis=1, keepdims=True))
    out[:, 6] += steps[:, 5]
    return out


def search(
    voxels: Voxels,
    poses: FloatArray,
    *,
    sight: SeedSight,
    rounds: int,
    shared: FloatArray | None = None,
    still: bool = False,
) -> Fit:
    """Move seeds and sight to where they explain the voxels best.

    Parameters
    ----------
    voxels : Voxels
        What is to be explained.
    poses : ndarray, shape (seeds, 7)
        Where the search starts.
    sight : SeedSight
        How a seed is expected to be seen.
    rounds : int
        Most steps.
    shared : ndarray, shape (6,), optional
        Deviations of the sight and background to start with.
    still : bool
        Leave the sight as it is: quicker, for a first look. The information is then left out.
    """
    shared = np.zeros(NUMBERS_OF_SIGHT + 1) if shared is None else shared
    spreads = _spreads(voxels, sight, len(poses))
    residual, cost = _residual(voxels, poses, sight, shared, spreads)
    damping, gain = 1e-2, np.inf
    for _ in range(rounds):
        if gain < LEAST_GAIN:
            break
        matrix, downhill = _normal_equations(voxels, poses, sight, shared, residual, spreads, still)
        for _ in range(TRIES):
            step = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix) + 1e-9), downhill)
            own = np.asarray(step[: -NUMBERS_OF_SIGHT - 1], dtype=np.float64).reshape(-1, PER_SEED)
            step /= max(1.0, float((np.abs(own) / LARGEST_STEPS).max()))
            new_poses, new_shared = moved(poses, own), shared + step[-NUMBERS_OF_SIGHT - 1 :]
            new_residual, new_cost = _residual(voxels, new_poses, sight, new_shared, spreads)
            if new_cost < cost:
                break
            damping *= 6
        else:
            break
        gain, poses, shared, cost, residual = cost - new_cost, new_poses, new_shared, new_cost, new_residual
        damping = max(0.3 * damping, 1e-6)
    if still:
        return Fit(poses, shared, cost, np.empty((0, 0)))
    matrix, _ = _normal_equations(voxels, poses, sight, shared, residual, spreads, still)
    return Fit(poses, shared, cost, matrix)


def _spreads(voxels: Voxels, sight: SeedSight, seeds: int) -> FloatArray:
    """Return the standard deviation of each unknown before the voxels were seen."""
    spreads = np.full(PER_SEED * seeds + NUMBERS_OF_SIGHT + 1, np.inf)
    own = spreads[: PER_SEED * seeds].reshape(-1, PER_SEED)
    own[:, 2] = OFF_THE_MIDDLE * voxels.frame[5]
    own[:, 5] = sight.spreads[0]
    spreads[PER_SEED * seeds : -1] = sight.spreads[1:]
    spreads[-1] = BACKGROUND_SPREAD_HU
    return spreads


def _unknowns(voxels: Voxels, poses: FloatArray, shared: FloatArray) -> FloatArray:
    """Return the unknowns less what is believed of them: zero where nothing is."""
    out = np.zeros(PER_SEED * len(poses) + NUMBERS_OF_SIGHT + 1)
    own = out[: PER_SEED * len(poses)].reshape(-1, PER_SEED)
    place = (poses[:, 2] - voxels.frame[2]) / voxels.frame[5]
    own[:, 2] = (place - np.round(place)) * voxels.frame[5]  # off the middle of the slice
    own[:, 5] = poses[:, 6]
    out[PER_SEED * len(poses) :] = shared
    return out


def _residual(
    voxels: Voxels, poses: FloatArray, sight: SeedSight, shared: FloatArray, spreads: FloatArray
) -> tuple[FloatArray, float]:
    """Return the misfit of each voxel in units of its error, and the cost."""
    model = seed_images(voxels, poses, sight=sight, shared=shared).sum(axis=0) + voxels.others_hu + shared[-1]
    misfit = (model - voxels.excess_hu) * voxels.weight
    misfit[voxels.held & (model >= voxels.ceiling_hu)] = 0.0
    believed = _unknowns(voxels, poses, shared) / spreads
    return misfit, float(misfit @ misfit + believed @ believed)


def _normal_equations(
    voxels: Voxels,
    poses: FloatArray,
    sight: SeedSight,
    shared: FloatArray,
    residual: FloatArray,
    spreads: FloatArray,
    still: bool,
) -> tuple[FloatArray, FloatArray]:
    """Return the information matrix and the downhill gradient, both with what is believed beforehand."""
    slopes = np.zeros((PER_SEED * len(poses) + NUMBERS_OF_SIGHT + 1, len(voxels.index)))
    out = np.empty((1 + 5 + (0 if still else NUMBERS_OF_SIGHT), len(voxels.index)))
    numbers = sight.moved(shared)
    for number, (pose, across) in enumerate(zip(poses, sideways(poses[:, 3:6]), strict=True)):
        seen = np.concatenate([pose[:6], numbers])
        rod_slopes(voxels.index, voxels.frame, seen, across, STEP, out)
        out *= sight.metal_hu_mm3 * np.exp(pose[6])
        slopes[PER_SEED * number : PER_SEED * number + 5] = out[1:6]
        slopes[PER_SEED * number + 5] = out[0]
        if not still:
            slopes[-NUMBERS_OF_SIGHT - 1 : -1] += out[6:]
    slopes[-1] = 1.0
    slopes *= np.where(residual == 0.0, 0.0, voxels.weight)
    matrix = slopes @ slopes.T
    matrix[np.diag_indices_from(matrix)] += 1 / spreads**2
    return matrix, -slopes @ residual - _unknowns(voxels, poses, shared) / spreads**2


def about_sight(fit: Fit, sight: SeedSight) -> tuple[FloatArray, FloatArray]:
    """Return what a lone seed says of how seeds are seen: six deviations, and the information about them.

    Its pose and the background are integrated out (Schur complement); the belief beforehand is taken off.
    """
    kept, gone = [5, 6, 7, 8, 9, 10], [0, 1, 2, 3, 4, 11]
    about = fit.information[np.ix_(kept, kept)]
    between = fit.information[np.ix_(kept, gone)]
    rest = fit.information[np.ix_(gone, gone)] + 1e-6 * np.eye(len(gone))
    left = about - between @ np.linalg.solve(rest, between.T) - np.diag(1 / sight.spreads**2)
    return np.concatenate([[fit.poses[0, 6]], fit.shared[:-1]]), left
