"""What a fit says of each seed: where it lies, how well that is known, and how like a seed it looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_fitting import Hypothesis, smallest_gap_mm
from seedbed.imaging.seed_hypotheses import ExplainedBlob, Search
from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.seed_search import PER_SEED, Voxels, seed_images

NEAR_PEAK = 0.15
"""Voxels where a seed gives this share of its most are its own."""
WELL_KNOWN, MISFITS = 0.8, (0.15, 8.0)
"""True errors over those of the fit, where the cost is one for each independent voxel; they grow with its
root, which is taken within limits. From simulated scans of an independent program (XCIST/CatSim)."""
LEAST_ERRORS = (1.0, 0.04)
"""Errors of axis, degrees, and place, mm, that no fit is without: the model is not quite that of the
scanner."""
TURNED_AT_MOST_DEG = 57.0
"""Root mean square angle between an axis and one drawn at random: nothing is known."""
TOLD = [0, 1, 3, 4]
"""Length, blur in the plane, starvation and overshoot: along z a blob tells little of its blur."""
TOUCHING_MM = 1.4
"""Axes nearer than this belong to seeds that touch, within what a CT shows."""
BESIDE_MM = 3.0
"""Centres of touching seeds nearer than this: beside each other; end to end they are 4.5 mm apart."""


@dataclass(frozen=True)
class Candidate:
    """One fitted seed and what is said of it.

    Attributes
    ----------
    pose : ndarray, shape (7,)
        Centre, unit vector, logarithm of metal.
    shape : float
        Share of the squares of its own voxels that the seeds explain.
    peak_hu : float
        Brightest voxel of its own.
    axis_sd_deg, position_sd_mm : float
        Standard errors.
    gap_mm : float
        To the axis of the nearest other seed of its blob.
    edge : str
        How the edge of the image cuts it; empty when it does not.
    background_hu : float
        Its surroundings.
    misfit : float
        Cost of the fit of its blob for each independent voxel.
    own_misfit : float
        The same of its own voxels only.
    odd_sight : float
        How far length, blur in the plane, starvation and overshoot of its blob are from the usual, in
        standard deviations.
    together : int
        Number of seeds in its blob.
    touches : int
        Number of seeds of its blob that it touches.
    beside : int
        Number of those that lie beside it, as the legs of a clip do, rather than end to end.
    """

    pose: FloatArray
    shape: float
    peak_hu: float
    axis_sd_deg: float
    position_sd_mm: float
    gap_mm: float
    edge: str
    background_hu: float
    misfit: float
    own_misfit: float
    odd_sight: float
    together: int
    touches: int
    beside: int


def candidates(scan: Search, blob: ExplainedBlob) -> list[Candidate]:
    """Describe each seed of a blob."""
    taken, voxels = blob.taken, blob.voxels
    images = seed_images(voxels, taken.fit.poses, sight=scan.sight, shared=taken.fit.shared)
    left = _left(voxels, taken, images)
    gaps = [_gaps_mm(scan, taken.fit.poses, number) for number in range(taken.count)]
    misfit = taken.fit.cost / voxels.independent
    errors = _errors(taken, misfit)
    odd = float(np.linalg.norm((taken.fit.shared[:5] / scan.sight.spreads[1:])[TOLD]))
    return [
        Candidate(
            pose=pose,
            shape=_shape(voxels, left, own),
            peak_hu=float(voxels.excess_hu[_own(own)].max() + blob.blob.background_hu),
            axis_sd_deg=float(errors[number, 0]),
            position_sd_mm=float(errors[number, 1]),
            gap_mm=min(gaps[number], default=np.inf),
            edge=_edge(scan, blob, pose),
            background_hu=blob.blob.background_hu,
            misfit=misfit,
            own_misfit=_own_misfit(voxels, left, own),
            odd_sight=odd,
            together=taken.count,
            touches=sum(gap < TOUCHING_MM for gap in gaps[number]),
            beside=_beside(taken.fit.poses, gaps[number], number),
        )
        for number, (pose, own) in enumerate(zip(taken.fit.poses, images, strict=True))
    ]


def _left(voxels: Voxels, taken: Hypothesis, images: FloatArray) -> FloatArray:
    model = images.sum(axis=0) + voxels.others_hu + taken.fit.shared[-1]
    left: FloatArray = np.minimum(model, voxels.ceiling_hu) - np.minimum(voxels.excess_hu, voxels.ceiling_hu)
    return left


def _own(image: FloatArray) -> NDArray[np.bool_]:
    own: NDArray[np.bool_] = image >= NEAR_PEAK * image.max()
    return own


def _shape(voxels: Voxels, left: FloatArray, image: FloatArray) -> float:
    own = _own(image)
    return 1 - float((left[own] ** 2).sum() / max((voxels.excess_hu[own] ** 2).sum(), 1e-9))


def _own_misfit(voxels: Voxels, left: FloatArray, image: FloatArray) -> float:
    own = _own(image)
    independent = own.sum() * voxels.independent / len(voxels.index)
    return float(((left[own] * voxels.weight[own]) ** 2).sum() / independent)


def _errors(taken: Hypothesis, misfit: float) -> FloatArray:
    """Return the standard errors of axis, degrees, and place, mm, shape (n, 2)."""
    about = np.linalg.inv(taken.fit.information)
    scale = WELL_KNOWN * np.sqrt(np.clip(misfit, *MISFITS))
    out = np.empty((taken.count, 2))
    for number in range(taken.count):
        variance = np.diag(about)[PER_SEED * number : PER_SEED * (number + 1)]
        out[number] = np.degrees(np.sqrt(variance[3:5].sum())), np.sqrt(variance[:3].mean())
    out[:] = np.sqrt((scale * out) ** 2 + taken.mirror**2 + np.square(LEAST_ERRORS))
    out[:, 0] = np.minimum(out[:, 0], TURNED_AT_MOST_DEG)
    return out


def _gaps_mm(scan: Search, poses: FloatArray, number: int) -> list[float]:
    """Return the distances of the axis of a seed from those of the others of its blob."""
    others = np.delete(poses, number, axis=0)
    return [smallest_gap_mm(np.stack([poses[number], one]), scan.look) for one in others]


def _beside(poses: FloatArray, gaps: list[float], number: int) -> int:
    away = np.linalg.norm(np.delete(poses, number, axis=0)[:, :3] - poses[number, :3], axis=1)
    return int(((np.array(gaps) < TOUCHING_MM) & (away < BESIDE_MM)).sum())


def _edge(scan: Search, blob: ExplainedBlob, pose: FloatArray) -> str:
    if blob.blob.aside:
        return "side"
    half = abs(pose[5]) * scan.sight.numbers[0] / 2
    low, high = scan.grid.lower_mm()[2], scan.grid.upper_mm()[2]
    return "end" if pose[2] - half < low or pose[2] + half > high else ""
