"""Masks and outlines against closed forms: cylinders, tubes, balls, tori and shells of known volume.

Radii from 5 to 40 mm anywhere on grids as CTs have them. Outlines have 720 corners, so that their own area is
within 0.002 % of the circle's.
"""

from collections.abc import Iterable
from math import asin, pi, sqrt

import numpy as np
import pytest

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask
from seedbed.geometry.outlines import structure_of_coverage, structure_of_mask

TURN = 2 * pi * np.arange(720) / 720
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)], axis=1)
RADII = (5.0, 10.0, 20.0, 40.0)
CENTRES = ((0.07, 0.12), (0.31, -0.17), (-0.23, 0.44))
Rings = Iterable[tuple[float, list[float]]]


def grid_of(step: float, depth: float, reach: float = 46.0) -> VoxelGrid:
    count, planes = 2 * int(reach / step) + 1, 2 * int(reach / depth) + 1
    corner = (-step * (count // 2), -step * (count // 2), -depth * (planes // 2))
    return VoxelGrid(corner, (step, step, depth), (planes, count, count))


def of_rings(rings: Rings, centre: tuple[float, float], distance: float) -> Structure:
    contours = [
        PlanarContour(float(z), np.array(centre) + radius * CIRCLE) for z, radii in rings for radius in radii
    ]
    return Structure("made", tuple(contours), distance)


def planes_of(grid: VoxelGrid, half: float) -> np.ndarray:
    z = grid.axis_mm(2)
    return z[np.abs(z) < half]


def ball(radius: float, grid: VoxelGrid, centre: tuple[float, float] = (0.0, 0.0)) -> Structure:
    """Circles of the area that the ball has on average within each slice."""
    half = grid.spacing_mm[2] / 2
    rings = []
    for z in grid.axis_mm(2):
        low, high = np.clip([z - half, z + half], -radius, radius)
        area = pi * (radius**2 * (high - low) - (high**3 - low**3) / 3) / (2 * half)
        if area > 0:
            rings.append((float(z), [sqrt(area / pi)]))
    return of_rings(rings, centre, grid.spacing_mm[2])


def cut_of_disc(radius: float, low: float, high: float) -> float:
    """Area of the part of a disc between two parallel lines."""

    def below(x: float) -> float:
        return x * sqrt(radius**2 - x**2) + radius**2 * asin(x / radius)

    return below(min(high, radius)) - below(max(low, -radius))


def centroid_mm(weights: np.ndarray, grid: VoxelGrid) -> np.ndarray:
    return np.asarray(weights.ravel() @ grid.points_mm() / weights.sum())


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("centre", CENTRES)
def test_shares_of_a_cylinder_have_its_volume_and_centroid(
    radius: float, centre: tuple[float, float]
) -> None:
    grid = grid_of(1.0, 2.5)
    shape = of_rings([(z, [radius]) for z in planes_of(grid, 11.0)], centre, 2.5)
    share = shape.coverage(grid)
    true = pi * radius**2 * 2.5 * len(planes_of(grid, 11.0))
    assert share.sum() * grid.voxel_volume_mm3 == pytest.approx(true, rel=1e-3)
    np.testing.assert_allclose(centroid_mm(share, grid), [*centre, 0.0], atol=0.01)
    again = structure_of_coverage("again", share, grid)
    assert again.volume_mm3 == pytest.approx(true, rel=1e-3)


def test_masks_by_centres_have_no_bias_over_places() -> None:
    grid = grid_of(1.0, 2.5, reach=16.0)
    rng = np.random.default_rng(3)
    for radius in (5.0, 12.0):
        found = [
            structure_mask(of_rings([(0.0, [radius])], tuple(place), 2.5), grid).sum()
            for place in rng.uniform(-0.5, 0.5, (400, 2))
        ]
        # the standard error of 400 places is about r^(1/2) / 20
        assert abs(np.mean(found) - pi * radius**2) < 4 * sqrt(radius) / 20


@pytest.mark.parametrize("radius", RADII)
def test_a_tube_is_the_difference_of_two_cylinders(radius: float) -> None:
    grid = grid_of(0.977, 3.0)
    inner = radius / 2
    planes = planes_of(grid, 11.0)
    shape = of_rings([(z, [radius, inner]) for z in planes], (0.2, 0.1), 3.0)
    true = pi * (radius**2 - inner**2) * 3.0 * len(planes)
    share = shape.coverage(grid)
    assert share.sum() * grid.voxel_volume_mm3 == pytest.approx(true, rel=2e-3)
    assert structure_of_coverage("again", share, grid).volume_mm3 == pytest.approx(true, rel=2e-3)


@pytest.mark.parametrize("radius", [6.2, 10.0, 20.0])  # 6.2 mm is a ball of 1 cc
@pytest.mark.parametrize(("step", "depth"), [(0.7, 2.5), (0.977, 3.27), (1.5, 3.0), (2.0, 2.0)])
def test_a_ball_keeps_its_volume_through_shares_on_any_ct(radius: float, step: float, depth: float) -> None:
    grid = grid_of(step, depth, reach=24.0)
    again = structure_of_coverage("ball", ball(radius, grid, (0.3, -0.2)).coverage(grid), grid)
    assert again.volume_mm3 == pytest.approx(4 / 3 * pi * radius**3, rel=0.01)
    np.testing.assert_allclose(centroid_mm(again.coverage(grid), grid), [0.3, -0.2, 0.0], atol=0.03 * step)


# A mask by centres scatters: at 1 cc by 0.3 % (standard deviation) for voxels of 0.7 x 0.7 x 2 mm,
# 0.5 % for 1 x 1 x 2.5 mm, 1.3 % for 1.5 x 1.5 x 3 mm. It is worst where a ball lies symmetrically on
# the grid, since all planes then err alike.
@pytest.mark.parametrize(
    ("step", "depth", "radius"), [(0.5, 1.0, 6.2), (0.7, 2.0, 6.2), (0.977, 2.5, 10.0), (1.5, 3.0, 15.0)]
)
def test_a_ball_keeps_its_volume_through_a_mask_where_voxels_are_small_enough(
    step: float, depth: float, radius: float
) -> None:
    grid = grid_of(step, depth, reach=18.0)
    for place in np.random.default_rng(2).uniform(-0.4, 0.4, (10, 2)) * step:
        shape = ball(radius, grid, tuple(place))
        mask = structure_mask(shape, grid)
        again = structure_of_mask("ball", mask, grid)
        assert again.volume_mm3 == pytest.approx(4 / 3 * pi * radius**3, rel=0.01)
    smooth = structure_of_mask("ball", mask, grid, smooth=True)
    assert smooth.volume_mm3 == pytest.approx(again.volume_mm3, rel=1e-6)


def test_a_torus_and_a_thin_shell_keep_their_volume_through_shares() -> None:
    grid = grid_of(1.0, 1.0, reach=24.0)
    far, near = 14.0, 5.0
    z = planes_of(grid, near + 0.5)
    reach = [cut_of_disc(near, k - 0.5, k + 0.5) / 2 for k in z]
    torus = of_rings([(k, [far + r, far - r]) for k, r in zip(z, reach, strict=True)], (0.0, 0.0), 1.0)
    planes = planes_of(grid, 15.0)
    shell = of_rings([(k, [sqrt(16.0**2 - k**2), sqrt(15.2**2 - k**2)]) for k in planes], (0.1, 0.2), 1.0)
    assert torus.volume_mm3 == pytest.approx(2 * pi**2 * far * near**2, rel=2e-3)
    assert shell.volume_mm3 == pytest.approx(pi * (16.0**2 - 15.2**2) * len(planes), rel=1e-3)
    for shape in (torus, shell):
        again = structure_of_coverage("again", shape.coverage(grid), grid)
        assert again.volume_mm3 == pytest.approx(shape.volume_mm3, rel=2e-3)
