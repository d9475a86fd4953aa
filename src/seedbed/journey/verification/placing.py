"""Found seeds against the plan: pairs, drift, needles, seeds missing, extra or migrated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging import CtVolume
from seedbed.journey.verification.asking import Asked
from seedbed.verification import (
    CloudScale,
    DriftedMatch,
    Migrated,
    NeedleDisplacement,
    UnpairedSeed,
    by_needle,
    extra_seeds,
    match_with_drift,
    migrated_seeds,
    missing_seeds,
    seed_cloud_scale,
)

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Placement:
    """Where the seeds lie against the plan.

    Attributes
    ----------
    drifted : DriftedMatch
    needles : tuple of NeedleDisplacement
    missing, extra : tuple of UnpairedSeed
    cloud : CloudScale or None
        Edema by the seeds alone.
    """

    drifted: DriftedMatch
    needles: tuple[NeedleDisplacement, ...]
    missing: tuple[UnpairedSeed, ...]
    extra: tuple[UnpairedSeed, ...]
    cloud: CloudScale | None


def place(asked: Asked, found_mm: FloatArray) -> tuple[Placement | None, tuple[Migrated, ...]]:
    """Match found seeds to the plan where there is one, and look for migrated seeds in any case."""
    target = None if asked.contours is None else asked.contours.target
    ct = asked.ct.volume
    if asked.plan is None:
        return None, migrated_seeds(found_mm, target=target, tissue_at=lambda at: hu_at(ct, at))
    plan = asked.plan.here
    drifted = match_with_drift(plan, found_mm)
    carried = drifted.drift.apply(plan.positions_mm)
    migrated = migrated_seeds(found_mm, target=target, planned_mm=carried, tissue_at=lambda at: hu_at(ct, at))
    gone = {seed.found for seed in migrated}
    placement = Placement(
        drifted,
        by_needle(plan, drifted.match, drift=drifted.drift),
        missing_seeds(
            plan.positions_mm, drifted.match, drift=drifted.drift, in_image=ct.grid.contains, migrated=gone
        ),
        extra_seeds(found_mm, drifted.match, migrated=gone),
        seed_cloud_scale(plan, found_mm, drifted.match),
    )
    return placement, migrated


def hu_at(ct: CtVolume, points_mm: FloatArray) -> FloatArray:
    """Hounsfield units at points, shape (n, 3) -> (n,); NaN outside the image, where nobody looked.

    Examples
    --------
    >>> from seedbed.geometry import VoxelGrid
    >>> ct = CtVolume(VoxelGrid((0, 0, 0), (1, 1, 5), (2, 4, 4)), np.full((2, 4, 4), 40.0, dtype=np.float32))
    >>> hu_at(ct, np.array([[1.0, 1.0, 1.0], [90.0, 0.0, 0.0]])).tolist()
    [40.0, nan]
    """
    return np.where(ct.grid.contains(points_mm), ct.sample(points_mm), np.nan)
