"""Seeds in a CT that an independent simulator made (XCIST/CatSim: polychromatic, noisy, calcified)."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest
from scipy.optimize import linear_sum_assignment

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, SeedLook, find_seeds
from seedbed.imaging.seed_model import blurred_capsule

GATE_MM = 2.0


@pytest.fixture(scope="module")
def catsim_ct(reference_data: Path):
    """Read the series in the plainest way; identity orientation is checked."""
    files = (reference_data / "seed_ct" / "neckA_2.5mm").iterdir()
    slices = sorted((pydicom.dcmread(file) for file in files), key=lambda s: s.ImagePositionPatient[2])
    assert all(list(s.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0] for s in slices)
    z = [float(s.ImagePositionPatient[2]) for s in slices]
    x, y = (float(value) for value in slices[0].ImagePositionPatient[:2])
    rows, columns = (float(value) for value in slices[0].PixelSpacing)
    hu = np.stack([s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices])
    return CtVolume(VoxelGrid((x, y, z[0]), (columns, rows, z[1] - z[0]), hu.shape), hu.astype(np.float32))


@pytest.fixture(scope="module")
def truth(reference_data: Path):
    seeds = json.loads((reference_data / "seed_ct" / "neckA_truth_LPS.json").read_text())
    axes = np.array([seed["dir_LPS"] for seed in seeds])
    return np.array([seed["center_LPS"] for seed in seeds]), axes / np.linalg.norm(axes, axis=1)[:, None]


def matched(found, positions):
    gap = np.linalg.norm(found.positions_mm[:, None] - positions, axis=2)
    rows, columns = linear_sum_assignment(np.minimum(gap, 10 * GATE_MM))
    good = gap[rows, columns] <= GATE_MM
    return rows[good], columns[good], gap[rows, columns][good]


def turned_deg(found, rows, axes):
    return np.degrees(np.arccos(np.abs((found.axes[rows] * axes).sum(axis=1)).clip(0, 1)))


def test_seeds_are_found_without_being_told_how_many(catsim_ct, truth):
    positions, axes = truth
    found = find_seeds(catsim_ct)
    rows, columns, away = matched(found, positions)
    assert len(rows) >= 0.99 * len(positions)
    assert found.count - len(rows) < 0.01 * len(positions)
    assert away.mean() <= 0.2
    assert away.max() < 0.5
    turned = turned_deg(found, rows, axes[columns])
    assert np.median(turned) < 6
    assert turned.max() < 20
    assert (turned < 2 * found.axis_sd_deg[rows]).mean() > 0.9


def test_the_axes_of_isolated_seeds_are_right_within_ten_degrees(catsim_ct, truth):
    positions, axes = truth
    found = find_seeds(catsim_ct)
    rows, columns, _ = matched(found, positions)
    apart = np.linalg.norm(positions[:, None] - positions, axis=2) + 99 * np.eye(len(positions))
    lone = apart.min(axis=1)[columns] > 8.0
    assert lone.sum() >= 4
    assert turned_deg(found, rows, axes[columns])[lone].max() < 10


def test_knowing_the_count_does_not_hurt(catsim_ct, truth):
    found = find_seeds(catsim_ct, expected_count=24)
    rows, *_ = matched(found, truth[0])
    assert len(rows) == found.count == 24


def test_a_region_without_seeds_is_empty_though_it_holds_bone(catsim_ct):
    # the vertebra, a ring of bone; no seed of the truth is nearer than 20 mm
    assert find_seeds(catsim_ct, region=(np.array([-20.0, 30.0, -14]), np.array([20.0, 70.0, 14]))).count == 0


def test_rendered_seeds_hold_the_metal_that_the_simulation_shows(catsim_ct, truth):
    """Both cut at 3071 HU, integrated within 5 mm of seeds that have no neighbour within 8 mm."""
    positions, axes = truth
    look = SeedLook(streak_hu=0.0)
    points = catsim_ct.grid.points_mm().reshape(*catsim_ct.grid.shape, 3)
    ratios = []
    for number, centre in enumerate(positions):
        if np.sort(np.linalg.norm(positions - centre, axis=1))[1] < 7.9:
            continue
        patch, model = blurred_capsule(catsim_ct.grid, centre, axis=axes[number], look=look)
        near = np.linalg.norm(points[patch] - centre, axis=-1) < 5
        seen = np.minimum(catsim_ct.hu[patch], 3071) - 40
        ratios.append(seen[near].sum() / np.minimum(model, 3031)[near].sum())
    assert len(ratios) >= 6
    assert 0.85 < np.median(ratios) < 1.15
    assert min(ratios) > 0.7
    assert max(ratios) < 1.4
