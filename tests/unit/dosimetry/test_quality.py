"""Figures of one target under one implant: against closed forms, and of few seeds too."""

from math import pi

import numpy as np
import pytest

from seedbed.dosimetry import dose_quality, grid_dvh, load_source, structure_dvh, total_dose
from seedbed.dosimetry.quality import grid_quality
from seedbed.errors import DoseError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.implant import SeedImplant

SOURCE = load_source("6711")


def ball(radius: float, step: float = 0.25) -> Structure:
    angle = 2 * pi * np.arange(240) / 240
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + step / 2, radius, step)
    contours = tuple(PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle) for z in planes)
    return Structure("ball", contours, step)


def test_a_ball_about_one_seed_without_direction_fits_its_isodose() -> None:
    # The isodose through the surface of the ball is the ball: CN = 1, EI = 0, both peripheral doses its dose.
    seed, target = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1)), ball(8.0)
    at_surface = float(total_dose(SOURCE, np.zeros((1, 3)), None, np.ones(1), np.array([[8.0, 0.0, 0.0]]))[0])
    dvh = structure_dvh(SOURCE, seed, target)
    found = dose_quality(SOURCE, seed, target, dvh, prescription_gy=at_surface)
    assert found.isodose_cc == pytest.approx(4 / 3 * pi * 0.8**3, rel=0.005)
    assert found.conformation_number == pytest.approx(1, abs=0.02)
    assert found.external_volume_index == pytest.approx(0, abs=0.02)
    assert found.matched_peripheral_gy == pytest.approx(at_surface, rel=0.01)
    assert found.minimum_peripheral_gy == pytest.approx(at_surface, rel=0.05)  # corners of slabs lie outside


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("strength", [0.2, 0.4])
@pytest.mark.parametrize("prescription", [120.0, 150.0])
def test_few_seeds_in_a_large_target_are_judged_too(count: int, strength: float, prescription: float) -> None:
    rng = np.random.default_rng(count)
    seeds = SeedImplant("6711", rng.uniform(-6, 6, (count, 3)), None, np.full(count, strength))
    square = 12.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    cube = Structure("cube", tuple(PlanarContour(z, square) for z in np.arange(-10.5, 12, 3.0)), 3.0)
    dvh = structure_dvh(SOURCE, seeds, cube)
    found = dose_quality(SOURCE, seeds, cube, dvh, prescription_gy=prescription)
    # All of these small isodoses lies inside the target; of 0.01 cc the DVH has some 150 samples.
    assert found.isodose_cc == pytest.approx(dvh.volume_cc_at(prescription), rel=0.1)
    assert found.external_volume_index == pytest.approx(0, abs=1e-3)
    assert found.conformation_number == pytest.approx(dvh.volume_pct(prescription) / 100, rel=0.1)


def test_an_implant_without_seeds_is_refused() -> None:
    nothing = SeedImplant("6711", np.zeros((0, 3)), None, np.zeros(0))
    one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    dvh = structure_dvh(SOURCE, one, ball(5.0))
    with pytest.raises(DoseError, match="without seeds"):
        dose_quality(SOURCE, nothing, ball(5.0), dvh, prescription_gy=100.0)


def test_a_grid_that_cuts_the_isodose_is_refused() -> None:
    grid = VoxelGrid((-6.0, -6.0, -6.0), (1.0, 1.0, 1.0), (13, 13, 13))
    dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    target = ball(4.0)
    with pytest.raises(DoseError, match="border"):
        grid_quality(dose, grid, target, grid_dvh(dose, grid, target), prescription_gy=1.0)
