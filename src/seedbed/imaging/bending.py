"""The smooth bending that remains between two CTs after a rigid motion, by SimpleITK: cubic B-splines."""

import numpy as np
import SimpleITK

from seedbed.errors import ImageError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.imaging.deformation import Deformation
from seedbed.imaging.matching_sight import WINDOW_HU, BoolArray, Sight, seen_at
from seedbed.imaging.rigid_matching import Pair, image_of, prepared_method, window_of
from seedbed.imaging.volume import CtVolume

KNOT_MM = 25.0
"""Distance of the control points: what bends on a smaller scale is not followed (local rule)."""
INJECTIVE = 2.48
"""A cubic B-spline in three dimensions does not fold while no coefficient exceeds the distance of the control
points divided by this: Choi and Lee, Graphical Models 62 (2000) 411, doi 10.1006/gmod.2000.0531."""
FIELD_MM = 4.0
"""Step of the grid on which the shifts are kept: straight lines between them err by less than 0.1 mm."""
MOST_STEPS = 25
POINTS = 8_000
"""Points at which the measure is taken (local rule): ten for each control point around a target of 4 cm. With
twice as many a bulge of 5 mm was found 0.1 mm better in three times the time."""


def match_bending(pair: Pair, mask: BoolArray, *, rigid: RigidTransform, random_seed: int) -> Deformation:
    """Return how the points of one CT shift before the rigid motion, so that both CTs agree better.

    Parameters
    ----------
    pair : Pair
    mask : ndarray of bool, shape ``pair.fixed.grid.shape``
        The part that must agree; the shifts are known in its box.
    rigid : RigidTransform
        From points of the fixed CT to those of the moving one.
    random_seed : int

    Returns
    -------
    Deformation
        No component of a control point exceeds 10 mm, the most that cannot fold.
    """
    window = window_of(mask)
    laid = _laid_on(_cropped(pair.fixed, window), pair.moving, rigid)
    image = image_of(laid.fixed.ct.hu, laid.fixed.grid)
    size = np.array(image.GetSize()) * image.GetSpacing()
    pieces = np.maximum(1, np.floor(size / KNOT_MM)).astype(int)
    spline = SimpleITK.BSplineTransformInitializer(image, pieces.tolist(), order=3)
    most = float((size / pieces).min()) / INJECTIVE
    method = prepared_method(laid, mask[window], points=POINTS, random_seed=random_seed)
    method.SetInitialTransform(spline, inPlace=True)
    method.SetOptimizerAsLBFGSB(
        gradientConvergenceTolerance=1e-6, numberOfIterations=MOST_STEPS, lowerBound=-most, upperBound=most
    )
    try:
        method.Execute(image, image_of(laid.moving.ct.hu, laid.moving.grid))
    except RuntimeError as error:
        raise ImageError(
            "the bending between both CTs was not found, since they hardly overlap",
            "two CTs of the same patient that show the target",
            "look at the rigid registration first",
        ) from error
    return _field(spline, image)


def _cropped(sight: Sight, window: tuple[slice, ...]) -> Sight:
    first = np.array([part.start for part in window[::-1]]) * sight.grid.spacing_mm
    x, y, z = (float(value) for value in first + sight.grid.origin_mm)
    hu = sight.ct.hu[window]
    nz, ny, nx = hu.shape
    ct = CtVolume(VoxelGrid((x, y, z), sight.grid.spacing_mm, (nz, ny, nx)), hu)
    return Sight(ct, sight.body[window], sight.clear[window])


def _laid_on(fixed: Sight, moving: Sight, rigid: RigidTransform) -> Pair:
    """Return the moving CT moved onto the grid of the fixed one: only the spline is then sought."""
    places = rigid.apply(fixed.grid.points_mm())
    hu = moving.ct.sample(places).clip(*WINDOW_HU).astype(np.float32).reshape(fixed.grid.shape)
    clear = seen_at(moving, places).reshape(fixed.grid.shape)
    return Pair(fixed, Sight(CtVolume(fixed.grid, hu), clear, clear))


def _field(spline: "SimpleITK.BSplineTransform", image: "SimpleITK.Image") -> Deformation:
    """Take the shifts on a grid from the first voxel to the last, within which the spline is defined."""
    first, spacing = np.array(image.GetOrigin()), np.array(image.GetSpacing())
    length = (np.array(image.GetSize()) - 1) * spacing
    counts = np.maximum(2, np.ceil(length / FIELD_MM).astype(int) + 1)
    steps = length / (counts - 1)
    found = SimpleITK.TransformToDisplacementField(
        spline, SimpleITK.sitkVectorFloat64, counts.tolist(), first.tolist(), steps.tolist()
    )
    x, y, z = (float(value) for value in first)
    a, b, c = (float(value) for value in steps)
    nx, ny, nz = (int(value) for value in counts)
    return Deformation(VoxelGrid((x, y, z), (a, b, c), (nz, ny, nx)), SimpleITK.GetArrayFromImage(found))
