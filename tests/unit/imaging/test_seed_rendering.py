import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, SeedLook, displace_seeds, render_seeds

NO_STREAKS = SeedLook(contrast_hu=500.0, streak_hu=0.0)
GRID = VoxelGrid((-12.0, -12.0, -10.0), (0.8, 0.8, 2.5), (9, 31, 31))
OBLIQUE = np.array([[0.48, 0.6, 0.64]])


def flat(grid=GRID, hu=40.0):
    return CtVolume(grid, np.full(grid.shape, hu, dtype=np.float32))


def rendered(positions, axes, look=NO_STREAKS, ct=None, seed=1):
    rng = np.random.default_rng(seed)
    return render_seeds(ct or flat(), np.array(positions, dtype=float), axes=axes, rng=rng, look=look)


@pytest.mark.parametrize("axis", [[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], OBLIQUE[0]])
@pytest.mark.parametrize("centre", [[0.0, 0, 0], [0.31, -0.17, 1.25]])
def test_the_integral_is_contrast_times_capsule_volume(axis, centre):
    excess = rendered([centre], np.array([axis])).hu - 40.0
    capsule_mm3 = np.pi * 0.4**2 * 4.5
    assert excess.sum() * GRID.voxel_volume_mm3 == pytest.approx(500.0 * capsule_mm3, rel=1e-3)


def test_second_moments_are_those_of_rod_disc_blur_and_voxel():
    excess = (rendered([[0.2, 0.1, 0.4]], np.array([[1.0, 0, 0]])).hu - 40.0).astype(float)
    x = GRID.axis_mm(0)
    weight = excess.sum(axis=(0, 1))
    middle = np.average(x, weights=weight)
    variance = np.average((x - middle) ** 2, weights=weight)
    blur = NO_STREAKS.psf_fwhm_mm**2 / (8 * np.log(2))
    assert middle == pytest.approx(0.2, abs=1e-3)
    # a box adds w^2/12; the rod is 15 pieces of equal weight, which lack (L/15)^2/12 of L^2/12
    rod = 4.5**2 / 12 * (1 - 1 / 15**2)
    assert variance == pytest.approx(rod + blur + 0.8**2 / 12, rel=2e-3)


def test_a_shift_by_whole_voxels_shifts_the_image():
    here = rendered([[0.3, 0.2, 0.6]], OBLIQUE).hu
    there = rendered([[0.3 + 2 * 0.8, 0.2 - 0.8, 0.6 + 2.5]], OBLIQUE).hu
    np.testing.assert_allclose(there[2:, :-2, 3:], here[1:-1, 1:-1, 1:-2], atol=0.05)


def test_swapping_x_and_y_transposes_the_image():
    here = rendered([[0.3, -0.5, 0.6]], OBLIQUE).hu
    swapped = rendered([[-0.5, 0.3, 0.6]], OBLIQUE[:, [1, 0, 2]]).hu
    np.testing.assert_allclose(swapped, here.transpose(0, 2, 1), atol=0.05)


def test_the_sign_of_an_axis_does_not_matter():
    np.testing.assert_allclose(
        rendered([[0, 0, 0]], OBLIQUE).hu, rendered([[0, 0, 0]], -OBLIQUE).hu, atol=0.02
    )


def test_two_seeds_add_up():
    both = rendered([[0, 0, 0], [2.0, 0, 0]], np.repeat(OBLIQUE, 2, axis=0)).hu
    one, other = rendered([[0, 0, 0]], OBLIQUE).hu, rendered([[2.0, 0, 0]], OBLIQUE).hu
    np.testing.assert_allclose(both - 40, one + other - 80, atol=0.02)


def test_a_seed_of_full_contrast_blooms_and_is_cut_at_the_ceiling():
    fine = flat(VoxelGrid((-6.0, -6.0, -10.0), (0.4, 0.4, 2.5), (9, 31, 31)))
    seen = rendered([[0, 0, 0]], np.array([[1.0, 0, 0]]), SeedLook(streak_hu=0.0), fine).hu
    assert seen.max() == 3071.0
    bright = seen[4] > 300.0  # what is white at the usual window
    assert 5.5 <= bright.any(axis=0).sum() * 0.4 <= 6.5
    assert 2.4 <= bright.any(axis=1).sum() * 0.4 <= 3.2


def test_streaks_are_dark_off_the_ends_and_add_no_metal():
    plain = rendered([[0, 0, 0]], np.array([[1.0, 0, 0]]), SeedLook(streak_hu=0.0, ceiling_hu=1e6)).hu
    streaky = rendered([[0, 0, 0]], np.array([[1.0, 0, 0]]), SeedLook(ceiling_hu=1e6)).hu
    change = (streaky - plain)[4]
    x, y = np.meshgrid(GRID.axis_mm(0), GRID.axis_mm(1))
    beyond = (np.abs(x) > 3) & (np.abs(x) < 7) & (np.abs(y) < 0.5)
    beside = (np.abs(y) > 3) & (np.abs(y) < 7) & (np.abs(x) < 0.5)
    assert change[beyond].mean() < 0 < change[beside].mean()
    metal = (plain - 40).sum()
    assert abs((streaky - plain).sum()) < 0.02 * metal


def test_the_given_ct_is_left_alone_and_a_seed_outside_is_not_seen():
    ct = flat()
    same = rendered([[100.0, 0, 0]], OBLIQUE, ct=ct)
    np.testing.assert_array_equal(same.hu, ct.hu)
    rendered([[0.0, 0, 0]], OBLIQUE, ct=ct)
    assert (ct.hu == 40.0).all()


def test_no_seeds_change_nothing():
    np.testing.assert_array_equal(rendered(np.empty((0, 3)), np.empty((0, 3))).hu, flat().hu)


def test_the_same_generator_state_gives_the_same_image():
    look = SeedLook()
    first, second = (rendered([[0, 0, 0]], OBLIQUE, look, seed=3).hu for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize(
    ("positions", "axes"),
    [([[0, 0, 0]], np.empty((0, 3))), ([[0, 0, np.nan]], OBLIQUE), ([[0, 0, 0]], 2 * OBLIQUE)],
)
def test_seeds_without_meaning_are_refused(positions, axes):
    with pytest.raises(InputError):
        rendered(positions, axes)


def test_a_look_without_size_is_refused():
    with pytest.raises(InputError, match="positive"):
        SeedLook(psf_fwhm_mm=0.0)


def test_displacements_have_the_spread_asked_for():
    rng = np.random.default_rng(5)
    axes = np.tile([0.0, 0.0, 1.0], (6000, 1))
    moved, tilted = displace_seeds(np.zeros((6000, 3)), axes, rng=rng, sd_mm=1.5, tilt_sd_deg=4.0)
    np.testing.assert_allclose(moved.std(axis=0), 1.5, rtol=0.05)
    np.testing.assert_allclose(np.linalg.norm(tilted, axis=1), 1.0, atol=1e-12)
    lean = np.degrees(np.arctan2(tilted[:, 0], tilted[:, 2]))
    assert lean.std() == pytest.approx(4.0, rel=0.05)


def test_seeds_of_one_needle_move_together():
    rng = np.random.default_rng(5)
    needles = np.repeat(np.arange(2000), 2)
    axes = np.tile([1.0, 0.0, 0.0], (4000, 1))
    moved, _ = displace_seeds(
        np.zeros((4000, 3)), axes, rng=rng, sd_mm=0.0, needle_index=needles, needle_sd_mm=2.0
    )
    pairs = moved.reshape(2000, 2, 3)
    np.testing.assert_array_equal(pairs[:, 0], pairs[:, 1])
    np.testing.assert_allclose(pairs[:, 0].std(axis=0), 2.0, rtol=0.06)
