"""The turn and shift that lay one CT on another, from coarse to fine, by SimpleITK.

First positions are compared by the correlation of Hounsfield units; the climb from there is on Mattes mutual
information. On slices of 3 mm correlation was drawn towards half a slice, where interpolation smooths noise,
by up to 1 mm, and mutual information by 0.1 mm. Random numbers choose the points at which it is taken; one
thread adds them up, so that the same seed gives the same motion to the bit.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import SimpleITK
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial.transform import Rotation
from skimage.registration import phase_cross_correlation

from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.geometry.grid import FloatArray
from seedbed.imaging.matching_sight import (
    WINDOW_HU,
    BoolArray,
    Box,
    Sight,
    coarser,
    matched_part,
    pearson,
    points_in,
    seen_at,
)
from seedbed.imaging.volume import CtVolume

COARSE_MM, MIDDLE_MM = 8.0, 4.0
"""Voxels of the first two looks; the third has those of the sight itself."""
FIRST_TURNS_DEG = 12.0
"""First positions are also tried turned by this about x, y and z, both ways (local rule): a turn up to twice
as large lies then in reach."""
KEPT_STARTS = 3
LEAST_SHARED = 0.3
"""A position must keep this share of the smaller of the two bodies in both images (local rule)."""
POINTS = 40_000
"""Points at which the measure is taken in one look (local rule)."""
LEAST_VOXELS = 100
"""Fewer voxels fix no motion."""
MOST_STEPS = 150
BINS = 40
"""Bins of the joint histogram along each axis: 25 HU wide in the window (local rule). With half as many, half
of a bulge was followed."""
LEAST_STEP_MM = 0.01


class Pair(NamedTuple):
    """Two CTs: from the points of the fixed one a motion leads to those of the moving one."""

    fixed: Sight
    moving: Sight

    def coarser(self, step_mm: float) -> "Pair":
        """Return both on larger voxels."""
        return Pair(coarser(self.fixed, step_mm), coarser(self.moving, step_mm))


def match_rigidly(pair: Pair, *, box_mm: Box | None, random_seed: int) -> RigidTransform:
    """Return the motion from points of one CT to those of the other.

    Parameters
    ----------
    pair : Pair
    box_mm : pair of ndarray, shape (3,), optional
        Corners of the box of the fixed CT that must fit, after all of it has been brought near.
    random_seed : int

    Returns
    -------
    RigidTransform
        The best found, which need not be a good one.
    """
    middle = pair.coarser(MIDDLE_MM)
    found = _brought_near(pair.coarser(COARSE_MM), random_seed=random_seed)
    found = _refined(middle, matched_part(middle.fixed, None), found, random_seed=random_seed)
    if box_mm is not None:
        found = _refined(middle, matched_part(middle.fixed, box_mm), found, random_seed=random_seed)
    return _refined(pair, matched_part(pair.fixed, box_mm), found, random_seed=random_seed)


def _brought_near(pair: Pair, *, random_seed: int) -> RigidTransform:
    """Try many positions, climb from the best of them, and return the best of all."""
    mask = matched_part(pair.fixed, None)
    starts = _best(pair, mask, _starts(pair))[:KEPT_STARTS]
    climbed = [_refined(pair, mask, start, random_seed=random_seed) for start in starts]
    return _best(pair, mask, [*climbed, *starts])[0]


def _starts(pair: Pair) -> list[RigidTransform]:
    """As the scanner says, middle on middle, and where all shifts of some turns agree best."""
    middles = [points_in(sight, sight.body).mean(axis=0) for sight in pair]
    boxes = [(sight.grid.lower_mm() + sight.grid.upper_mm()) / 2 for sight in pair]
    shifts = [RigidTransform(np.eye(3), there - here) for here, there in (middles, boxes)]
    turns = FIRST_TURNS_DEG * np.concatenate([np.zeros((1, 3)), np.eye(3), -np.eye(3)])
    matrices = Rotation.from_rotvec(turns, degrees=True).as_matrix()
    return [RigidTransform.none(), *shifts, *(_best_shift(pair, matrix) for matrix in matrices)]


def _best_shift(pair: Pair, turn: FloatArray) -> RigidTransform:
    """Try all shifts of a turned image at once by masked correlation in Fourier space.

    Padfield, IEEE Trans Image Process 21 (2012) 2706, doi 10.1109/TIP.2011.2181402.
    """
    here, there = (
        VoxelGrid.around(sight.grid.lower_mm(), sight.grid.upper_mm(), COARSE_MM) for sight in pair
    )
    middle = (pair.moving.grid.lower_mm() + pair.moving.grid.upper_mm()) / 2
    about = RigidTransform(turn, middle - turn @ middle)
    fixed_hu, fixed_seen = _on_cubes(pair.fixed, here, RigidTransform.none())
    moving_hu, moving_seen = _on_cubes(pair.moving, there, about)
    steps = phase_cross_correlation(  # type: ignore[no-untyped-call]
        fixed_hu, moving_hu, reference_mask=fixed_seen, moving_mask=moving_seen, overlap_ratio=LEAST_SHARED
    )[0]
    shift = np.asarray(there.origin_mm) - here.origin_mm - COARSE_MM * np.asarray(steps)[::-1]
    return about.after(RigidTransform(np.eye(3), shift))


def _on_cubes(sight: Sight, grid: VoxelGrid, motion: RigidTransform) -> tuple[FloatArray, BoolArray]:
    """Hounsfield units of the body alone at the moved places of a grid, and which are seen."""
    places = motion.apply(grid.points_mm())
    alone = CtVolume(sight.grid, np.where(sight.body, sight.ct.hu, np.float32(WINDOW_HU[0])))
    hu = alone.sample(places).clip(*WINDOW_HU)
    return hu.reshape(grid.shape), seen_at(sight, places).reshape(grid.shape)


def agreement(hu: FloatArray, moving: Sight, moved_mm: FloatArray, *, enough: float) -> float:
    """Pearson correlation of Hounsfield units with those at moved points; -1 where too few are seen."""
    seen = seen_at(moving, moved_mm)
    if seen.sum() < max(enough, 3):
        return -1.0
    return pearson(hu[seen], moving.ct.sample(moved_mm[seen]))


def _best(pair: Pair, mask: BoolArray, motions: Iterable[RigidTransform]) -> list[RigidTransform]:
    """Motions in the order of their agreement, the best first."""
    fixed, moving = pair
    tried, thin = list(motions), slice(None, None, 1 + int(mask.sum()) // POINTS)
    points, hu = points_in(fixed, mask)[thin], fixed.ct.hu[mask][thin].astype(float)
    body = int(moving.body.sum()) * moving.grid.voxel_volume_mm3 / fixed.grid.voxel_volume_mm3
    enough = LEAST_SHARED * min(1.0, body / max(int(mask.sum()), 1)) * len(points)
    scores = [_agreement(hu, moving, motion.apply(points), enough=enough) for motion in tried]
    return [tried[k] for k in np.argsort(-np.array(scores), kind="stable")]


def _agreement(hu: FloatArray, moving: Sight, moved_mm: FloatArray, *, enough: float) -> float:
    """Correlation of Hounsfield units with those at moved points; -1 where too few are seen."""
    seen = seen_at(moving, moved_mm)
    if seen.sum() < max(enough, 3):
        return -1.0
    return pearson(hu[seen], moving.ct.sample(moved_mm[seen]))


def _refined(pair: Pair, mask: BoolArray, start: RigidTransform, *, random_seed: int) -> RigidTransform:
    """Climb from a start to the best agreement nearby; stay there where too little is seen."""
    if mask.sum() < LEAST_VOXELS:
        return start
    points, window = points_in(pair.fixed, mask), window_of(mask)
    middle = points.mean(axis=0)
    lever = float(np.sqrt(((points - middle) ** 2).sum(axis=1).mean()))
    motion = itk_motion(start, middle)
    method = prepared_method(pair, mask, points=POINTS, random_seed=random_seed)
    method.SetOptimizerAsRegularStepGradientDescent(
        learningRate=max(pair.fixed.grid.spacing_mm) / 2,
        minStep=LEAST_STEP_MM,
        numberOfIterations=MOST_STEPS,
        relaxationFactor=0.6,
        gradientMagnitudeTolerance=1e-9,
    )
    method.SetOptimizerScales([lever**2] * 3 + [1.0] * 3)
    method.SetInitialTransform(motion, inPlace=True)
    images = (
        image_of(pair.fixed.ct.hu, pair.fixed.grid, window),
        image_of(pair.moving.ct.hu, pair.moving.grid),
    )
    try:
        method.Execute(*images)
    except RuntimeError:  # no point of one lies in the other
        return start
    return _motion_of(motion)


def prepared_method(
    pair: Pair, mask: BoolArray, *, points: int, random_seed: int
) -> "SimpleITK.ImageRegistrationMethod":
    """Set what rigid and deformable matching share: measure, masks, sampling, one thread."""
    method = SimpleITK.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(BINS)
    method.SetMetricFixedMask(image_of(mask.astype(np.uint8), pair.fixed.grid))
    method.SetMetricMovingMask(image_of(pair.moving.clear.astype(np.uint8), pair.moving.grid))
    share = points / int(mask.sum())
    if share < 1.0:
        method.SetMetricSamplingStrategy(method.RANDOM)
        method.SetMetricSamplingPercentage(share, random_seed % (2**31) + 1)
    method.SetInterpolator(SimpleITK.sitkLinear)
    method.SetNumberOfThreads(1)
    method.SetNumberOfWorkUnits(1)
    return method


def window_of(mask: BoolArray) -> tuple[slice, ...]:
    """Return the smallest box of voxels that holds a mask."""
    window: tuple[slice, ...] = ndimage.find_objects(mask.astype(np.uint8))[0]
    return window


def image_of(
    values: NDArray[np.generic], grid: VoxelGrid, window: tuple[slice, ...] | None = None
) -> "SimpleITK.Image":
    """Return an image of SimpleITK, or a box of it."""
    window = window or (slice(0, None),) * 3
    image = SimpleITK.GetImageFromArray(np.ascontiguousarray(values[window]))
    first = np.array([part.start for part in window[::-1]])
    image.SetOrigin((np.asarray(grid.origin_mm) + first * grid.spacing_mm).tolist())
    image.SetSpacing(grid.spacing_mm)
    return image


def itk_motion(motion: RigidTransform, middle_mm: FloatArray) -> "SimpleITK.Euler3DTransform":
    """Return a motion as SimpleITK's turn about a middle and shift."""
    found = SimpleITK.Euler3DTransform()
    found.SetCenter(middle_mm.tolist())
    found.SetMatrix(motion.rotation.ravel().tolist(), 1e-6)
    found.SetTranslation(motion.shift_at_mm(middle_mm).tolist())
    return found


def _motion_of(found: "SimpleITK.Euler3DTransform") -> RigidTransform:
    turn = np.array(found.GetMatrix()).reshape(3, 3)
    middle = np.array(found.GetCenter())
    return RigidTransform(turn, middle + np.array(found.GetTranslation()) - turn @ middle)
