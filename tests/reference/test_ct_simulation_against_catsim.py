"""A simulated CT beside one that an independent simulator made (XCIST/CatSim, 120 kVp) of the same seeds."""

import json
from pathlib import Path

import numpy as np
import pydicom
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.imaging.ct_simulation import Part, Phantom, Scanner, Substance, simulate_ct
from seedbed.imaging.ct_simulation.phantom import NOTHING
from seedbed.imaging.ct_simulation.seed_build import SILVER_ROD, direction

TISSUE, BONE = Substance("water", 1.04), Substance("bone", 1.9)
TISSUE_HU = 40.0
LONE_MM = 7.9


def tube(centre, half, substance, host):
    axes = ((half[0], 0.0, 0.0), (0.0, half[1], 0.0), (0.0, 0.0, 600.0))
    return Part("cylinder", (*centre, 0.0), axes, substance, host)


NECK = (  # sizes read off the image
    tube((0.0, 0.0), (67.0, 58.0), TISSUE, NOTHING),
    tube((0.0, -21.0), (9.5, 9.5), NOTHING, TISSUE),
    tube((0.0, 24.0), (20.5, 15.6), BONE, TISSUE),
    tube((0.0, 24.0), (14.0, 10.5), TISSUE, BONE),
)


@pytest.fixture(scope="module")
def theirs(reference_data: Path):
    files = (reference_data / "seed_ct" / "neckA_2.5mm").iterdir()
    slices = sorted((pydicom.dcmread(file) for file in files), key=lambda s: s.ImagePositionPatient[2])
    x, y, z = (float(value) for value in slices[0].ImagePositionPatient)
    step = float(slices[0].PixelSpacing[0])
    apart = float(slices[1].ImagePositionPatient[2]) - z
    hu = np.stack([s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices])
    return CtVolume(VoxelGrid((x, y, z), (step, step, apart), hu.shape), hu.astype(np.float32))


@pytest.fixture(scope="module")
def truth(reference_data: Path):
    seeds = json.loads((reference_data / "seed_ct" / "neckA_truth_LPS.json").read_text())
    places = np.array([seed["center_LPS"] for seed in seeds])
    axes = np.array([direction(np.array(seed["dir_LPS"])) for seed in seeds])
    gap = np.linalg.norm(places[:, None] - places, axis=2) + 1e3 * np.eye(len(places))
    return places, axes, np.flatnonzero(gap.min(axis=1) > LONE_MM)


@pytest.fixture(scope="module")
def ours(theirs, truth):
    places, axes, _ = truth
    metal = [
        part
        for place, axis in zip(places, axes, strict=True)
        for part in SILVER_ROD.parts(tuple(place.tolist()), axis=tuple(axis), host=TISSUE)
    ]
    scanner = Scanner(slice_mm=2.5, pixel_mm=theirs.grid.spacing_mm[0])
    rng = np.random.default_rng(0)
    return simulate_ct(Phantom((*NECK, *metal)), theirs.grid, scanner=scanner, rng=rng)


def metal_of(ct, place):
    """HU mm3 above tissue within 5 mm."""
    near = np.linalg.norm(ct.grid.points_mm() - place, axis=1).reshape(ct.grid.shape) < 5
    return float((ct.hu[near] - TISSUE_HU).sum() * ct.grid.voxel_volume_mm3)


def width_of(ct, place, axis):
    """Width at half height across a seed, mm, in its slice."""
    side = np.array([-axis[1], axis[0], 0.0]) / np.hypot(axis[0], axis[1])
    z = ct.grid.axis_mm(2)[np.abs(ct.grid.axis_mm(2) - place[2]).argmin()]
    steps = np.linspace(-2.5, 2.5, 501)
    profile = ct.sample(np.array([place[0], place[1], z]) + steps[:, None] * side) - TISSUE_HU
    return float((profile > profile.max() / 2).sum() * 0.01)


def streaks_of(ct, place, places):
    """Standard deviation 4 to 6 mm from a seed in its slice, away from others, HU."""
    level = np.abs(ct.grid.axis_mm(2) - place[2]).argmin()
    points = np.stack(np.meshgrid(ct.grid.axis_mm(0), ct.grid.axis_mm(1)), axis=-1)
    away = np.linalg.norm(points - place[:2], axis=-1)
    others = np.linalg.norm(points[:, :, None] - places[:, :2], axis=-1).min(axis=-1)
    return float(ct.hu[level][(away > 4) & (away < 6) & (others > 3.5)].std())


def test_lone_seeds_hold_as_much_metal(ours, theirs, truth):
    places, _, lone = truth
    ratio = [metal_of(ours, places[n]) / metal_of(theirs, places[n]) for n in lone]
    assert len(ratio) >= 6
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)


def test_lone_seeds_are_as_wide(ours, theirs, truth):
    places, axes, lone = truth
    widths = np.array([[width_of(ct, places[n], axes[n]) for n in lone] for ct in (ours, theirs)])
    assert np.median(widths[0] - widths[1]) == pytest.approx(0.0, abs=0.15)


def test_lone_seeds_throw_streaks_of_the_same_size(ours, theirs, truth):
    places, _, lone = truth
    size = np.median([[streaks_of(ct, places[n], places) for n in lone] for ct in (ours, theirs)], axis=1)
    assert size[0] / size[1] == pytest.approx(1.0, abs=0.25)


def test_lone_seeds_reach_the_ceiling(ours, theirs, truth):
    places, _, lone = truth
    for ct in (ours, theirs):
        points = ct.grid.points_mm()
        peaks = [ct.hu.ravel()[np.linalg.norm(points - places[n], axis=1) < 3].max() for n in lone]
        assert np.median(peaks) == 3071
        assert min(peaks) > 2500


def test_voxels_about_the_seeds_go_together(ours, theirs, truth):
    near = np.zeros(theirs.grid.shape, dtype=bool).ravel()
    for place in truth[0]:
        near |= np.linalg.norm(theirs.grid.points_mm() - place, axis=1) < 5
    assert np.corrcoef(ours.hu.ravel()[near], theirs.hu.ravel()[near])[0, 1] > 0.95
