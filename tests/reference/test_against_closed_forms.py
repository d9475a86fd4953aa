"""Dose-volume numbers of whole cases against formulas on paper."""

from math import log, pi

import numpy as np
import pytest

from seedbed.dosimetry import load_source, structure_dvh, total_dose
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
        assert dvh.volume_cc_at(dose) == pytest.approx(4 / 3 * pi * radius**3 / 1000, rel=0.03)


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
