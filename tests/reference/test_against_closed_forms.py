"""Dose-volume numbers of whole cases against formulas on paper."""

from math import log, pi

import numpy as np
import pytest

from seedbed.dosimetry import load_source, structure_dvh, total_dose
from seedbed.dosimetry.dvh import Dvh, grid_dvh, sampled_dvh
from seedbed.dosimetry.samples import DoseSamples, contour_samples, mask_samples
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.implant import SeedImplant

SOURCE = load_source("6711")


def ball(radius: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0), step: float = 0.5) -> Structure:
    angle = 2 * pi * np.arange(240) / 240
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + step / 2, radius, step)
    contours = [
        PlanarContour(float(centre[2] + z), np.array(centre[:2]) + np.sqrt(radius**2 - z**2) * circle)
        for z in planes
    ]
    return Structure("ball", tuple(contours), step)


def test_a_ball_has_the_volume_of_archimedes() -> None:
    assert ball(15.0).volume_mm3 == pytest.approx(4 / 3 * pi * 15.0**3, rel=2e-3)


def test_the_dose_about_an_unoriented_seed_turns_radius_into_volume() -> None:
    # The dose falls with distance alone: V(D(r)) is the ball of radius r.
    implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    dvh = structure_dvh(SOURCE, implant, ball(15.0))
    for radius in (5.0, 8.0, 12.0):
        dose = total_dose(SOURCE, np.zeros((1, 3)), None, np.ones(1), np.array([[0.0, radius, 0.0]]))[0]
        assert dvh.volume_cc_at(dose) == pytest.approx(4 / 3 * pi * radius**3 / 1000, rel=0.005)


def test_energy_is_shared_not_made_by_turning_a_seed() -> None:
    # Averaged over all directions of the seed, the 2D dose is the 1D dose: phi_an says so to about 1 %.
    points = np.array([[20.0, 0.0, 0.0]])
    nodes, weights = np.polynomial.legendre.leggauss(64)
    mean = 0.0
    for cosine, weight in zip(nodes, weights, strict=True):
        axis = np.array([[cosine, np.sqrt(1 - cosine**2), 0.0]])
        mean += weight / 2 * total_dose(SOURCE, np.zeros((1, 3)), axis, np.ones(1), points)[0]
    assert mean == pytest.approx(total_dose(SOURCE, np.zeros((1, 3)), None, np.ones(1), points)[0], rel=0.01)


def test_dose_to_complete_decay_is_rate_times_mean_life() -> None:
    hours = 59.40 * 24 / log(2)
    assert SOURCE.mean_life_hours == pytest.approx(hours, rel=1e-12)
    assert hours / 24 == pytest.approx(85.70, abs=0.005)  # days


def test_a_cylinder_covers_its_volume_on_any_grid() -> None:
    angle = 2 * pi * np.arange(360) / 360
    circle = 12.0 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    cylinder = Structure("c", tuple(PlanarContour(float(z), circle) for z in np.arange(0, 30, 3.0)), 3.0)
    expected = pi * 144 * 30
    for step in (0.9, 2.0, 3.1):
        grid = VoxelGrid.around(*cylinder.bounds_mm, step)
        covered = cylinder.coverage(grid).sum() * grid.voxel_volume_mm3
        assert covered == pytest.approx(expected, rel=0.005)


SHIFT = np.array([3.7, -11.3, 0.4])
LARGEST_ERROR = 0.005


def radius_of(volume_cc: float) -> float:
    return float(np.cbrt(3000 * volume_cc / (4 * pi)))


def sphere(radius: float, hole: float = 0.0) -> Structure:
    """A sphere, with a hole about its centre, in 80 planes: the slabs then err by 0.01 % of the volume."""
    angle = 2 * pi * np.arange(720) / 720
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    step = radius / 40
    planes = np.arange(-radius + step / 2, radius, step)
    contours = [
        PlanarContour(float(SHIFT[2] + z), SHIFT[:2] + np.sqrt(edge**2 - z**2) * circle)
        for z in planes
        for edge in (radius, hole)
        if abs(z) < edge
    ]
    return Structure("sphere", tuple(contours), step)


def sphere_mask(radius: float, step: float) -> DoseSamples:
    """The share of each voxel within the sphere, by 12 x 12 x 12 points."""
    grid = VoxelGrid.around(SHIFT - radius - step, SHIFT + radius + step, step)
    part = ((np.arange(12) + 0.5) / 12 - 0.5) * step
    fine = np.stack(np.meshgrid(part, part, part), axis=-1).reshape(-1, 3)
    share = [(((p + fine - SHIFT) ** 2).sum(axis=1) <= radius**2).mean() for p in grid.points_mm()]
    return mask_samples(np.reshape(share, grid.shape), grid, name="sphere")


def point_source(points: np.ndarray) -> np.ndarray:
    return 1000 / np.maximum(((points - SHIFT) ** 2).sum(axis=1), 1e-6)


def check_sphere(dvh: Dvh, volume: float, *, hole: float = 0.0) -> None:
    """The hottest part of a (hollow) sphere about a point source is the (hollow) sphere of that volume."""
    assert dvh.total_cc == pytest.approx(volume - hole, rel=LARGEST_ERROR)
    for pct in (95, 90, 50, 20, 10):
        expected = 1000 / radius_of(hole + (volume - hole) * pct / 100) ** 2
        assert dvh.dose_to_pct(pct) == pytest.approx(expected, rel=LARGEST_ERROR), pct
    for cc in (0.1, 2.0):
        if cc < (volume - hole) / 3:
            few = cc < volume / 500  # some hundred samples, all of them where the dose is steepest
            expected = 1000 / radius_of(hole + cc) ** 2
            assert dvh.dose_to_cc(cc) == pytest.approx(expected, rel=0.05 if few else 0.01), cc
    for share in (0.9, 0.5, 0.2):
        dose = 1000 / radius_of(hole + (volume - hole) * share) ** 2
        assert dvh.volume_pct(dose) == pytest.approx(100 * share, rel=LARGEST_ERROR), share


@pytest.mark.parametrize("volume", [0.1, 1.0, 10.0, 100.0])
def test_a_sphere_about_a_point_source_from_contours(volume: float) -> None:
    check_sphere(sampled_dvh(contour_samples(sphere(radius_of(volume))), point_source), volume)


@pytest.mark.parametrize(("volume", "step"), [(0.1, 1.0), (1.0, 1.0), (10.0, 2.0)])
def test_a_sphere_about_a_point_source_from_a_mask(volume: float, step: float) -> None:
    check_sphere(sampled_dvh(sphere_mask(radius_of(volume), step), point_source), volume)


@pytest.mark.parametrize("volume", [0.1, 1.0, 10.0])
def test_a_hollow_sphere_about_a_point_source(volume: float) -> None:
    shape = sphere(radius_of(volume), radius_of(volume / 3))
    check_sphere(sampled_dvh(contour_samples(shape), point_source), volume, hole=volume / 3)


@pytest.mark.parametrize("volume", [0.1, 1.0, 10.0])
def test_a_sphere_about_a_6711_seed_without_orientation(volume: float) -> None:
    def dose_at(points: np.ndarray) -> np.ndarray:
        return total_dose(SOURCE, SHIFT[None], None, np.ones(1), points)

    dvh = sampled_dvh(contour_samples(sphere(radius_of(volume))), dose_at)
    for pct in (95, 90, 50, 20):
        place = SHIFT + np.array([radius_of(volume * pct / 100), 0, 0])
        assert dvh.dose_to_pct(pct) == pytest.approx(float(dose_at(place[None])[0]), rel=LARGEST_ERROR), pct


def test_thick_planes_have_an_error_of_their_own_that_no_sampling_mends() -> None:
    # 0.1 cc in five planes of 1 mm: corners of the slabs stick out of the sphere and get less dose.
    radius, angle = radius_of(0.1), 2 * pi * np.arange(360) / 360
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = [PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle) for z in (-2, -1, 0, 1, 2)]
    slabs = Structure("slabs", tuple(planes), 1.0)
    stacked = sum(pi * (radius**2 - z**2) for z in (-2, -1, 0, 1, 2)) / 1000
    dvh = sampled_dvh(contour_samples(slabs), lambda p: 1000 / np.maximum((p**2).sum(axis=1), 1e-6))
    assert dvh.total_cc == pytest.approx(stacked, rel=1e-3)
    corner = radius**2 - 2.0**2 + 2.5**2
    assert dvh.min_gy == pytest.approx(1000 / corner, rel=1e-6)
    assert dvh.dose_to_pct(50) == pytest.approx(1000 / radius_of(stacked / 2) ** 2, rel=0.01)


@pytest.mark.parametrize("turn_deg", [0.0, 0.5, 17.0, 45.0])
@pytest.mark.parametrize("side", [4.6416, 10.0, 60.0])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_cube_in_a_linear_gradient(side: float, turn_deg: float, axis: int) -> None:
    turn = np.radians(turn_deg)
    rotate = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    square = side / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) @ rotate[:2, :2].T + SHIFT[:2]
    heights = SHIFT[2] + side * ((np.arange(7) + 0.5) / 7 - 0.5)
    shape = Structure("cube", tuple(PlanarContour(float(z), square) for z in heights), side / 7)
    along = rotate @ np.eye(3)[axis]
    dvh = sampled_dvh(contour_samples(shape), lambda p: 150 + 100 * ((p - SHIFT) @ along) / side)
    for pct in (1, 5, 10, 50, 90, 95, 99):
        assert dvh.dose_to_pct(pct) == pytest.approx(200 - pct, abs=0.1)
        assert dvh.volume_pct(200.0 - pct) == pytest.approx(pct, abs=0.1)
    assert (dvh.min_gy, dvh.max_gy) == (pytest.approx(100.0), pytest.approx(200.0))
    assert dvh.mean_gy == pytest.approx(150.0, abs=0.01)
    assert dvh.total_cc == pytest.approx(side**3 / 1000)


@pytest.mark.parametrize("grid_mm", [0.7, 1.0, 2.5])
def test_a_cube_on_a_grid_with_a_linear_dose(grid_mm: float) -> None:
    square = np.array([[-2.3, -2.3], [2.3, -2.3], [2.3, 2.3], [-2.3, 2.3]])
    shape = Structure("cube", tuple(PlanarContour(float(z), square) for z in (-1.15, 1.15)), 2.3)
    grid = VoxelGrid.around(np.full(3, -6.0), np.full(3, 6.1), grid_mm)
    dvh = grid_dvh((100 + grid.points_mm() @ [10.0, 0, 0]).reshape(grid.shape), grid, shape)
    for pct in (5, 50, 90):
        assert dvh.dose_to_pct(pct) == pytest.approx(123 - 46 * pct / 100, rel=LARGEST_ERROR)


def test_two_contours_on_a_plane_are_two_balls() -> None:
    angle = 2 * pi * np.arange(360) / 360
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    discs = [PlanarContour(0.0, 2 * circle + [x, 0]) for x in (-10, 10)]
    pair = Structure("pair", tuple(discs), 8 / pi)  # 2 x 32 mm3
    dvh = sampled_dvh(contour_samples(pair), lambda p: np.where(p[:, 0] > 0, 120.0, 80.0))
    assert dvh.total_cc == pytest.approx(0.064, rel=1e-3)
    assert dvh.volume_pct(100.0) == pytest.approx(50.0, abs=0.2)
    assert (dvh.dose_to_pct(49), dvh.dose_to_pct(51)) == (120.0, 80.0)
