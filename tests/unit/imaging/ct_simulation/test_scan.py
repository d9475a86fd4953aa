import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.ct_simulation.phantom import Part, Phantom, Substance, cylinder, ellipsoid
from seedbed.imaging.ct_simulation.scan import simulate_ct
from seedbed.imaging.ct_simulation.scanner import Scanner
from seedbed.imaging.ct_simulation.seed_build import SILVER_ROD, STEEL

WATER = Substance("water", 1.0)
CLEAN = Scanner(slice_mm=2.5, pixel_mm=1.0, noisy=False, views=360)


def jar(radius=40.0, substance=WATER):
    return cylinder((0, 0, 0), axis=(0, 0, 1), radius_mm=radius, length_mm=1200, substance=substance)


def scanned(parts, *, scanner=CLEAN, half=45.0, centre=(0.0, 0.0, 0.0), slices=1, **more):
    count = 2 * int(half / scanner.pixel_mm) + 1
    step = (scanner.pixel_mm, scanner.pixel_mm, scanner.slice_mm)
    origin = [
        middle - s * (n - 1) / 2 for middle, s, n in zip(centre, step, (count, count, slices), strict=True)
    ]
    grid = VoxelGrid(tuple(origin), step, (slices, count, count))
    return simulate_ct(Phantom(tuple(parts)), grid, scanner=scanner, rng=np.random.default_rng(5), **more)


def far_of(ct):
    return np.hypot(ct.grid.axis_mm(0)[None, :], ct.grid.axis_mm(1)[:, None])


def test_water_reads_zero_and_air_minus_a_thousand():
    ct = scanned([jar()])
    assert np.abs(ct.hu[0][far_of(ct) < 32]).max() <= 2  # nearer to the edge the kernel rings
    assert np.abs(ct.hu[0][far_of(ct) > 46] + 1000).max() <= 6


@pytest.mark.parametrize("density", [0.26, 0.91, 1.05, 1.18])
def test_water_of_another_density_reads_in_proportion(density):
    pit = Part(
        "cylinder",
        (8.0, 4.0, 0),
        ((12.0, 0, 0), (0, 9.0, 0), (0, 0, 600.0)),
        Substance("water", density),
        WATER,
    )
    ct = scanned([jar(), pit])
    assert ct.sample(np.array([[8.0, 4.0, 0.0]]))[0] == pytest.approx(1000 * (density - 1), abs=4)


def test_noise_falls_with_the_root_of_the_dose():
    low, high = (
        scanned([jar()], scanner=Scanner(slice_mm=2.5, pixel_mm=1.0, mas=mas, views=360), half=20.0).hu.std()
        for mas in (50.0, 200.0)
    )
    assert low / high == pytest.approx(2.0, rel=0.1)


def test_a_bead_is_where_it_was_put_to_a_tenth_of_a_millimetre():
    truth = np.array([12.3, -7.6, 1.7])
    bead = ellipsoid(tuple(truth), half_mm=(0.8, 0.8, 0.8), substance=Substance("bone", 1.5), host=WATER)
    scanner = Scanner(slice_mm=1.0, pixel_mm=0.5, noisy=False)
    ct = scanned([jar(), bead], scanner=scanner, half=6.0, centre=(12.0, -8.0, 2.0), slices=9)
    weight = np.where(ct.hu > 0.1 * ct.hu.max(), ct.hu, 0).ravel()
    assert (weight @ ct.grid.points_mm()) / weight.sum() == pytest.approx(truth, abs=0.1)


def test_left_back_and_head_are_where_lps_has_them():
    beads = [
        ellipsoid(place, half_mm=(2, 2, 2), substance=Substance("bone", 1.8), host=WATER)
        for place in ((25.0, 0.0, 0.0), (0.0, 30.0, 10.0))
    ]
    ct = scanned([jar(), *beads], slices=9)
    at = ct.sample(np.array([[25.0, 0, 0], [-25, 0, 0], [0, 30, 10], [0, -30, 10], [0, 30, -10]]))
    assert (at > 400).tolist() == [True, False, True, False, False]


def test_a_slab_through_half_a_slice_shows_half_its_contrast():
    slab = Part(
        "box", (0, 0, 6.3), ((12.0, 0, 0), (0, 12.0, 0), (0, 0, 6.25)), Substance("water", 1.2), WATER
    )
    ct = scanned([jar(), slab], slices=5)
    at = ct.hu[:, 45, 45]
    assert at[2] == pytest.approx(100, abs=20)  # half a step of the planes in which large parts are traced
    assert at[[0, 4]] == pytest.approx([0, 200], abs=5)


def test_breathing_smears_a_bead_about_its_mean_place():
    bead = ellipsoid((0, 0, 0), half_mm=(1, 1, 1), substance=Substance("bone", 1.8), host=WATER)
    scanner = Scanner(slice_mm=2.5, pixel_mm=0.5, noisy=False, views=360)
    still = scanned([jar(), bead], scanner=scanner, half=8.0)
    moving = scanned([jar(), bead], scanner=scanner, half=8.0, motion_mm=((0, 2.0, 0), (0, -2.0, 0)))
    assert moving.hu.max() < 0.75 * still.hu.max()
    rows = np.maximum(moving.hu[0] - 50, 0).sum(axis=1)
    assert (rows @ moving.grid.axis_mm(1)) / rows.sum() == pytest.approx(0.0, abs=0.05)
    assert moving.sample(np.array([[0.0, 2.0, 0.0]]))[0] > 3 * still.sample(np.array([[0.0, 2.0, 0.0]]))[0]


def test_seeds_bloom_to_the_ceiling_and_throw_a_dark_band_between_them():
    seeds = [
        part
        for x in (-8.0, 8.0)
        for part in SILVER_ROD.parts((x, 0.0, 0.0), axis=(1.0, 0.0, 0.0), host=WATER)
    ]
    ct = scanned([jar(), *seeds], scanner=Scanner(slice_mm=2.5, pixel_mm=0.5, noisy=False), half=25.0)
    assert ct.hu.max() == 3071
    assert (ct.hu[0] > 1500).sum() * 0.25 > 1.2 * 2 * 4.5 * 0.8  # mm2: wider than the capsules
    assert ct.sample(np.array([[0.0, 0.0, 0.0]]))[0] < -30


def test_a_body_wider_than_the_field_has_a_bright_rim_and_nothing_beyond():
    ct = scanned([jar()], scanner=Scanner(slice_mm=2.5, pixel_mm=1.0, noisy=False, views=360, field_mm=60.0))
    far = far_of(ct)
    assert ct.hu[0][(far > 28.5) & (far < 29.5)].min() > ct.hu[0][far < 5].mean() + 100
    assert (ct.hu[0][far > 31] == -1024).all()


def test_a_thick_piece_of_steel_starves_the_rays_but_keeps_the_image_within_12_bits():
    block = ellipsoid((5.0, 0, 0), half_mm=(8, 6, 6), substance=STEEL, host=WATER)
    ct = scanned([jar(), block], scanner=Scanner(slice_mm=2.5, pixel_mm=1.0, views=360))
    assert ct.hu.max() == 3071
    assert ct.hu.min() >= -1024
    assert (ct.hu == np.rint(ct.hu)).all()
    assert ct.hu[0, :, 5:15].std() > 20  # streaks far from it


def test_threads_and_the_part_of_the_body_shown_do_not_change_a_voxel():
    scanner = Scanner(slice_mm=2.5, pixel_mm=1.0, views=360)
    one, two = (scanned([jar()], scanner=scanner, half=20.0, slices=3, workers=n) for n in (1, 2))
    assert (one.hu == two.hu).all()


def test_a_grid_of_another_pixel_is_refused():
    grid = VoxelGrid((0, 0, 0), (0.5, 0.5, 2.5), (1, 4, 4))
    with pytest.raises(InputError, match="the scanner's"):
        simulate_ct(Phantom((jar(),)), grid, scanner=CLEAN, rng=np.random.default_rng(1))


def test_nothing_in_the_scanner_is_refused():
    with pytest.raises(InputError, match="without parts"):
        scanned([])


def test_a_single_pixel_is_refused():
    grid = VoxelGrid((0, 0, 0), (1.0, 1.0, 2.5), (1, 1, 4))
    with pytest.raises(InputError, match="2 by 2"):
        simulate_ct(Phantom((jar(),)), grid, scanner=CLEAN, rng=np.random.default_rng(1))
