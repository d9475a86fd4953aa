"""Explain a bright blob by a number of blurred capsules: hypotheses and their fit.

One hypothesis is a number of capsules. It starts from a cut of the blob into that many clusters, with
centres and axes from weighted moments, and ends in a least-squares fit of the blurred-capsule model of
`seedbed.imaging.seed_model` to the voxels. Where the image is cut at its ceiling, the model is cut too.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_blobs import Blob
from seedbed.imaging.seed_model import FloatArray, SeedLook, point_density
from seedbed.imaging.seed_starts import starting_poses

ALONG = 11
"""Points along a capsule in a fit: 0.4 mm apart, finer than any blur."""
PRIOR_SEEDS = 3.0
"""Weight, in seeds, of the metal and blur expected when those of the data are learnt."""
MOST_STARTS = 2
"""Starts searched to the end; a single capsule, whose starts differ in the axis only, needs one."""
MASS_SPREAD = 0.35
"""Spread of the natural logarithm of the metal seen of one seed: pose, clipping and beam hardening change it
by a third in independent simulations."""
BLUR_SPREAD = 0.20
"""Spread of the logarithm of the in-plane blur: body kernels lie between 1.0 and 1.5 mm around 1.2 mm."""
LEAN_SPREAD = 1.0
"""Spread of the tangent of the angle to the starting axis: hardly a belief, it only keeps the search tame."""
PRICE_OF_A_CAPSULE = 6.0
"""Twice the log of the prior odds, e to the 3, against one more capsule than needed."""
CENTRE_SPREAD_MM = 1.5
"""Spread of a centre about the cluster it came from: half the bloomed width of a seed."""
STEP = 1e-3
"""Step of the numerical derivatives: a micrometre, a thousandth in direction and in the logarithms."""
MODEL_ERROR = 0.09
"""Share of the peak that the model gets wrong at one voxel (kernel shape, streaks): the misfit left by single
seeds in an independent simulation (XCIST/CatSim)."""


@dataclass(frozen=True)
class Hypothesis:
    """So many capsules, as they fit best.

    Attributes
    ----------
    centres_mm, axes : ndarray, shape (n, 3)
        Capsules.
    mass_ratio : ndarray, shape (n,)
        Metal of each capsule over that expected of one seed.
    blur_ratio : float
        In-plane blur over that expected.
    explained : float
        Share of the blob's sum of squares that the capsules explain; at most 1.
    score : float
        Twice the negative log posterior, but for a constant; smaller is better.
    """

    centres_mm: FloatArray
    axes: FloatArray
    mass_ratio: FloatArray
    blur_ratio: float
    explained: float
    score: float

    @property
    def count(self) -> int:
        """Number of capsules."""
        return len(self.centres_mm)


def fit_capsules(
    blob: Blob, grid: VoxelGrid, count: int, *, look: SeedLook, ceiling_hu: float, evaluations: int = 12
) -> Hypothesis:
    """Fit a number of capsules to a blob, from several starts; return the best.

    Parameters
    ----------
    blob : Blob
        What is to be explained.
    grid : VoxelGrid
        The image's grid.
    count : int
        Number of capsules.
    look : SeedLook
        Seed and scanner expected; metal and blur may move about it.
    ceiling_hu : float
        Where the image is cut, HU; infinite when it is not.
    evaluations : int
        Steps of the least-squares search from each start.
    """
    problem = _Problem.of(blob, grid, look=look, ceiling_hu=ceiling_hu - blob.background_hu)
    starts = sorted(starting_poses(blob, grid, count, look=look), key=lambda start: problem.cost_of(*start))
    fits = [problem.fit(*start, evaluations=evaluations) for start in starts[: min(count, MOST_STARTS)]]
    return min(fits, key=lambda found: found.score)


@dataclass(frozen=True)
class _Problem:
    """The voxels to explain and what one capsule puts there."""

    blob: Blob
    grid: VoxelGrid
    look: SeedLook
    ceiling_hu: float
    data: FloatArray
    error_hu: float
    voxels_alike: float

    @classmethod
    def of(cls, blob: Blob, grid: VoxelGrid, *, look: SeedLook, ceiling_hu: float) -> "_Problem":
        data = np.minimum(blob.excess_hu[blob.near], ceiling_hu)
        blur = np.hypot(look.sigma_mm, np.asarray(grid.spacing_mm) / np.sqrt(12.0))
        alike = float(np.prod(np.maximum(np.sqrt(4 * np.pi) * blur / grid.spacing_mm, 1.0)))
        return cls(blob, grid, look, ceiling_hu, data, max(60.0, MODEL_ERROR * float(data.max())), alike)

    def capsule(self, pose: "_Pose", row: FloatArray, widen: float) -> FloatArray:
        """HU of one capsule over the voxels to explain, moved from its pose by a row of parameters."""
        sigma = self.look.sigma_mm * np.exp([widen, widen, 0.0])
        sigma = np.hypot(sigma, self.look.diameter_mm / 4)  # the disc of the capsule, as its second moment
        piece = ((np.arange(ALONG) + 0.5) / ALONG - 0.5) * self.look.length_mm
        points = pose.centre + row[:3] + piece[:, None] * pose.turned(row[3:5])
        density = point_density(self.grid, self.blob.patch, points, sigma_mm=sigma)
        return float(np.exp(row[5])) * self.look.metal_hu_mm3 * density[self.blob.near]

    def misfit(self, parts: list[FloatArray]) -> FloatArray:
        """Model less data, in units of the error of an independent voxel, shape (voxels,)."""
        error: FloatArray = (np.minimum(np.sum(parts, axis=0), self.ceiling_hu) - self.data) / self.unit_hu
        return error

    @property
    def unit_hu(self) -> float:
        return float(self.error_hu * np.sqrt(self.voxels_alike))

    def cost_of(self, centres: FloatArray, axes: FloatArray) -> float:
        parts = [self.capsule(_Pose.of(*pose), np.zeros(6), 0.0) for pose in zip(centres, axes, strict=True)]
        return float((self.misfit(parts) ** 2).sum())

    def fit(self, centres: FloatArray, axes: FloatArray, *, evaluations: int) -> Hypothesis:
        poses = [_Pose.of(*pose) for pose in zip(centres, axes, strict=True)]
        search = _Search(self, poses)
        found = least_squares(
            search.residuals, np.zeros(search.size), jac=search.jacobian, method="lm", max_nfev=evaluations
        )
        return search.hypothesis(found.x)


@dataclass(frozen=True)
class _Pose:
    """Where a search starts for one capsule, with two directions across its axis."""

    centre: FloatArray
    axis: FloatArray
    across: FloatArray

    @classmethod
    def of(cls, centre: FloatArray, axis: FloatArray) -> "_Pose":
        return cls(centre, axis, np.linalg.svd(axis[None, :])[2][1:])

    def turned(self, lean: FloatArray) -> FloatArray:
        axis = self.axis + lean @ self.across
        unit: FloatArray = axis / np.linalg.norm(axis)
        return unit


@dataclass(frozen=True)
class _Search:
    """Least squares over six numbers a capsule (shift, lean, log of metal) and one log of blur for all."""

    problem: _Problem
    poses: list[_Pose]

    @property
    def size(self) -> int:
        return 6 * len(self.poses) + 1

    @property
    def beliefs(self) -> FloatArray:
        """Prior standard deviation of each parameter; leaning by one is 45 degrees."""
        one = [CENTRE_SPREAD_MM] * 3 + [LEAN_SPREAD] * 2 + [MASS_SPREAD]
        return np.array(one * len(self.poses) + [BLUR_SPREAD])

    def parts(self, p: FloatArray) -> list[FloatArray]:
        rows = p[:-1].reshape(-1, 6)
        return [self.problem.capsule(pose, row, p[-1]) for pose, row in zip(self.poses, rows, strict=True)]

    def residuals(self, p: FloatArray) -> FloatArray:
        return np.concatenate([self.problem.misfit(self.parts(p)), p / self.beliefs])

    def jacobian(self, p: FloatArray) -> FloatArray:
        """Differences, one capsule at a time; a voxel at the ceiling does not move."""
        parts = self.parts(p)
        free = (np.sum(parts, axis=0) < self.problem.ceiling_hu) / self.problem.unit_hu / STEP
        columns = []
        for number, (pose, row) in enumerate(zip(self.poses, p[:-1].reshape(-1, 6), strict=True)):
            for step in STEP * np.eye(6):
                columns.append((self.problem.capsule(pose, row + step, p[-1]) - parts[number]) * free)
        blurred = p + STEP * (np.arange(self.size) == self.size - 1)
        columns.append((np.sum(self.parts(blurred), axis=0) - np.sum(parts, axis=0)) * free)
        return np.vstack([np.stack(columns, axis=1), np.diag(1 / self.beliefs)])

    def hypothesis(self, p: FloatArray) -> Hypothesis:
        rows = p[:-1].reshape(-1, 6)
        misfit = self.problem.misfit(self.parts(p)) * self.problem.unit_hu
        explained = 1 - float((misfit**2).sum() / max((self.problem.data**2).sum(), 1e-9))
        return Hypothesis(
            centres_mm=np.array([pose.centre for pose in self.poses]) + rows[:, :3],
            axes=np.array([pose.turned(row[3:5]) for pose, row in zip(self.poses, rows, strict=True)]),
            mass_ratio=np.exp(rows[:, 5]),
            blur_ratio=float(np.exp(p[-1])),
            explained=explained,
            score=float((self.residuals(p) ** 2).sum()) + PRICE_OF_A_CAPSULE * len(rows),
        )


def smallest_gap_mm(found: Hypothesis, look: SeedLook) -> float:
    """Return the smallest distance between the axes of two capsules, mm; infinite for one capsule."""
    piece = np.linspace(-0.5, 0.5, 2 * ALONG) * look.length_mm
    lines = found.centres_mm[:, None] + piece[:, None] * found.axes[:, None]
    gaps = [
        float(np.linalg.norm(lines[one][:, None] - lines[other], axis=2).min())
        for one in range(found.count)
        for other in range(one)
    ]
    return min(gaps, default=float("inf"))


def learnt_look(look: SeedLook, singles: list[Hypothesis]) -> SeedLook:
    """Move the expected metal and blur to what pieces with one capsule show.

    The mean logarithm of the ratios is taken with `PRIOR_SEEDS` seeds at a ratio of one, so that a bone
    taken for a seed teaches little.
    """
    weight = len(singles) + PRIOR_SEEDS
    metal = np.exp(sum(np.log(found.mass_ratio[0]) for found in singles) / weight)
    blur = np.exp(sum(np.log(found.blur_ratio) for found in singles) / weight)
    return replace(
        look, contrast_hu=look.contrast_hu * float(metal), psf_fwhm_mm=look.psf_fwhm_mm * float(blur)
    )
