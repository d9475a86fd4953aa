import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, FoundSeeds, SeedLook, add_noise, find_seeds, render_seeds


def tissue(spacing=(0.8, 0.8, 2.5), size_mm=(44.0, 44.0, 40.0), noise=12.0, seed=1):
    shape = tuple(round(length / step) for length, step in zip(size_mm[::-1], spacing[::-1], strict=True))
    origin = tuple(-step * (count - 1) / 2 for step, count in zip(spacing, shape[::-1], strict=True))
    grid = VoxelGrid(origin, spacing, shape)
    plain = CtVolume(grid, np.full(grid.shape, 60.0, dtype=np.float32))
    return add_noise(plain, np.random.default_rng(seed), sd_hu=noise)


def lattice(rng):
    """12 seeds, 10 mm apart, each a little off its place, with any axis."""
    places = np.array([(x, y, z) for x in (-10.0, 0, 10.0) for y in (-5.0, 5.0) for z in (-8.0, 8.0)])
    axes = rng.normal(size=places.shape)
    return places + rng.normal(0, 1.0, places.shape), axes / np.linalg.norm(axes, axis=1, keepdims=True)


def with_seeds(ct, positions, axes, seed=1, look=None):
    return render_seeds(ct, positions, axes=axes, rng=np.random.default_rng(seed), look=look or SeedLook())


def distances(found, truth):
    gap = np.linalg.norm(found.positions_mm[:, None] - truth, axis=2)
    rows, columns = linear_sum_assignment(gap)
    return gap[rows, columns], rows, columns


@pytest.mark.parametrize("spacing", [(0.7, 0.7, 1.0), (0.8, 0.8, 2.5), (0.98, 0.98, 3.27)])
def test_a_lattice_is_found_as_it_was_put_in(spacing):
    truth, axes = lattice(np.random.default_rng(3))
    found = find_seeds(with_seeds(tissue(spacing), truth, axes))
    away, rows, columns = distances(found, truth)
    assert found.count == len(truth)
    assert away.max() < 1.5
    turned = np.degrees(np.arccos(np.abs((found.axes[rows] * axes[columns]).sum(axis=1)).clip(0, 1)))
    assert np.median(turned) < 6
    assert (turned < 2 * found.axis_sd_deg[rows]).mean() > 0.8
    assert turned[found.axis_sd_deg[rows] < 6].max() < 15
    assert found.certain.all()


def test_seeds_are_found_on_five_millimetre_slices_within_half_a_slice():
    truth, axes = lattice(np.random.default_rng(3))
    found = find_seeds(with_seeds(tissue((0.9, 0.9, 5.0)), truth, axes))
    away, *_ = distances(found, truth)
    assert found.count == len(truth)
    assert away.max() < 2.5


@pytest.mark.parametrize(("gap", "axis"), [((2.6, 0, 0), (0, 1.0, 0)), ((0, 4.7, 0), (0, 1.0, 0))])
def test_a_touching_pair_is_split(gap, axis):
    truth = np.array([(0.3, -1.0, 0.5), np.add((0.3, -1.0, 0.5), gap)])
    found = find_seeds(with_seeds(tissue(), truth, np.tile(axis, (2, 1))))
    away, *_ = distances(found, truth)
    assert found.count == 2
    assert away.max() < 1.5


def test_the_metal_of_a_seed_is_learnt_from_the_image():
    truth, axes = lattice(np.random.default_rng(3))
    look = SeedLook(contrast_hu=18000.0, ceiling_hu=1e5)
    found = find_seeds(with_seeds(tissue(), truth, axes, look=look))
    assert found.count == len(truth)
    prior = SeedLook().metal_hu_mm3
    assert abs(found.seed_metal_hu_mm3 - look.metal_hu_mm3) < 0.4 * abs(prior - look.metal_hu_mm3)


def test_moving_image_and_seeds_together_moves_the_answer():
    truth, axes = lattice(np.random.default_rng(3))
    here = with_seeds(tissue(), truth, axes)
    grid, shift = here.grid, np.array([100.0, -40.0, 250.0])
    there = CtVolume(VoxelGrid(tuple(np.add(grid.origin_mm, shift)), grid.spacing_mm, grid.shape), here.hu)
    np.testing.assert_allclose(
        find_seeds(there).positions_mm, find_seeds(here).positions_mm + shift, atol=1e-3
    )


def test_mirroring_the_image_mirrors_the_answer():
    truth, axes = lattice(np.random.default_rng(3))
    here = with_seeds(tissue(), truth, axes)
    mirrored = find_seeds(CtVolume(here.grid, here.hu[:, :, ::-1].copy()))
    away, *_ = distances(mirrored, find_seeds(here).positions_mm * [-1, 1, 1])
    assert away.max() < 0.2


def test_turning_the_image_by_a_right_angle_turns_the_answer():
    truth, axes = lattice(np.random.default_rng(3))
    here = with_seeds(tissue(), truth, axes)
    turned = find_seeds(CtVolume(here.grid, np.rot90(here.hu, 1, axes=(1, 2)).copy()))
    found = find_seeds(here)  # (x, y) goes to (y, -x)
    away, rows, columns = distances(turned, found.positions_mm[:, [1, 0, 2]] * [1, -1, 1])
    assert away.max() < 0.1
    there = found.axes[columns][:, [1, 0, 2]] * [1, -1, 1]
    assert np.abs((turned.axes[rows] * there).sum(axis=1)).min() > np.cos(np.radians(3))


def test_shifting_the_voxels_by_half_a_voxel_shifts_nothing():
    truth, axes = lattice(np.random.default_rng(3))
    ct = tissue()
    half = VoxelGrid(tuple(np.add(ct.grid.origin_mm, (0.4, 0.4, 0.0))), ct.grid.spacing_mm, ct.grid.shape)
    moved = find_seeds(with_seeds(CtVolume(half, ct.hu), truth, axes))
    away, *_ = distances(moved, truth)
    assert moved.count == len(truth)
    assert away.max() < 0.3


def test_the_sharpness_of_the_kernel_and_the_brightness_of_the_metal_are_learnt():
    truth, axes = lattice(np.random.default_rng(5))
    look = SeedLook(contrast_hu=13000.0, psf_fwhm_mm=1.9, slice_blur_mm=1.6)
    found = find_seeds(with_seeds(tissue((0.6, 0.6, 3.0)), truth, axes, look=look))
    away, *_ = distances(found, truth)
    assert found.count == len(truth)
    assert away.max() < 1.0


def test_seeds_in_lung_are_found():
    truth, axes = lattice(np.random.default_rng(3))
    lung = CtVolume(tissue().grid, tissue(noise=30.0).hu - 860.0)
    found = find_seeds(with_seeds(lung, truth, axes))
    away, *_ = distances(found, truth)
    assert found.count == len(truth)
    assert away.max() < 0.5


def test_a_seed_cut_by_the_last_slice_is_found_and_doubtful():
    truth, axes = np.array([[0.0, 0, 19.5], [0, 8.0, 0], [8.0, 0, 0]]), np.array([[0, 0, 1.0]] * 3)
    found = find_seeds(with_seeds(tissue(), truth, axes))
    assert found.count == 3
    assert found.doubts[-1] == "cut by the edge of the image"


def test_a_needle_is_refused_and_told():
    truth, axes = lattice(np.random.default_rng(3))
    ct = with_seeds(tissue((0.8, 0.8, 2.5), size_mm=(70.0, 44.0, 40.0)), truth, axes)
    z, y, x = np.meshgrid(*(ct.grid.axis_mm(axis) for axis in (2, 1, 0)), indexing="ij")
    hu = ct.hu.copy()
    hu += (
        2600 * np.exp(-(((y - 14) / 0.9) ** 2) - ((z - 1 - 0.1 * x) / 1.3) ** 2) * (np.abs(x) < 28)
    ).astype("f4")
    found = find_seeds(CtVolume(ct.grid, np.minimum(hu, 3071)))
    away, *_ = distances(found, truth)
    assert found.count == len(truth)
    assert away.max() < 1.0
    assert any("needle" in each.why for each in found.refused)


@pytest.mark.parametrize("slice_mm", [1.25, 2.5, 5.0])
def test_clipped_edges_hold_no_seeds(slice_mm):
    """Bright spots and a rim at the sides of the image and about the scanned circle."""
    ct = tissue((0.8, 0.8, slice_mm), noise=20.0)
    hu = ct.hu.copy()
    rng = np.random.default_rng(8)
    for _ in range(30):
        k, i = rng.integers(hu.shape[0]), rng.integers(4, hu.shape[1] - 4)
        hu[k, i : i + 4, :2] = hu[k, -2:, i : i + 4] = 3071
    y, x = np.meshgrid(ct.grid.axis_mm(1), ct.grid.axis_mm(0), indexing="ij")
    rim = np.hypot(x, y)
    hu[:, rim > 17] = -1024
    ring = (rim > 15.8) & (rim <= 17)
    hu[:, ring & (np.arctan2(y, x) % 0.7 < 0.3)] = 3071
    assert find_seeds(CtVolume(ct.grid, hu)).count == 0


def test_a_filled_tooth_is_no_cluster_of_seeds():
    ct = tissue(size_mm=(60.0, 44.0, 40.0))
    z, y, x = np.meshgrid(*(ct.grid.axis_mm(axis) for axis in (2, 1, 0)), indexing="ij")
    hu = ct.hu.copy()
    hu[np.sqrt((x / 5) ** 2 + (y / 5) ** 2 + (z / 8) ** 2) < 1] = 2200
    hu[np.sqrt((x / 2.5) ** 2 + (y / 2) ** 2 + ((z - 4) / 3) ** 2) < 1] = 3071
    assert find_seeds(CtVolume(ct.grid, hu)).count == 0


def test_progress_is_told_and_can_stop_the_search():
    told = []
    find_seeds(tissue(), progress=lambda *step: told.append(step[1:]))
    assert told[-1][0] == told[-1][1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)

    def stop(text, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_seeds(tissue(), progress=stop)


def test_every_seed_has_its_errors_and_its_doubt():
    truth, axes = lattice(np.random.default_rng(3))
    found = find_seeds(with_seeds(tissue(), truth, axes))
    assert found.axis_sd_deg.shape == found.position_sd_mm.shape == found.confidence.shape == (12,)
    assert len(found.doubts) == 12
    assert (found.confidence >= 0.5).all()
    np.testing.assert_array_equal(found.doubtful, found.confidence < 0.8)
    np.testing.assert_allclose(np.linalg.norm(found.axes, axis=1), 1.0)


def test_a_region_cuts_the_answer():
    truth, axes = lattice(np.random.default_rng(3))
    ct = with_seeds(tissue(), truth, axes)
    region = (np.array([-4.0, -12.0, -15.0]), np.array([4.0, 12.0, 15.0]))
    inside = ((truth >= region[0]) & (truth <= region[1])).all(axis=1)
    found = find_seeds(ct, region=region)
    away, *_ = distances(found, truth[inside])
    assert found.count == inside.sum()
    assert away.max() < 1.5


@pytest.mark.parametrize("expected", [0, 5, 12, 40])
def test_an_expected_count_is_never_forced(expected):
    truth, axes = lattice(np.random.default_rng(3))
    assert find_seeds(with_seeds(tissue(), truth, axes), expected_count=expected).count == 12


def test_noise_holds_no_seeds():
    found = find_seeds(tissue(noise=60.0))
    assert isinstance(found, FoundSeeds)
    assert found.count == 0
    assert found.positions_mm.shape == found.axes.shape == (0, 3)


def bone_only(seed=2):
    """A cortical shell about a cancellous core, a rib and crests; textured; no metal."""
    ct = tissue(seed=seed)
    z, y, x = np.meshgrid(*(ct.grid.axis_mm(axis) for axis in (2, 1, 0)), indexing="ij")
    hu = ct.hu.copy()
    ring = np.hypot(x / 11, (y + 4) / 8)
    hu[ring < 1] += 850
    hu[ring < 0.85] -= 600
    rib = np.hypot(y - 14 - 0.3 * x, z - 2) < 3.5
    hu[rib] += 1000
    crest = (np.abs(x - 14) < 1.2) & (np.abs(y) < 9) & (np.abs(z) < 12)
    hu[crest] += 1100
    return CtVolume(ct.grid, hu)


def test_bone_holds_no_seeds():
    assert find_seeds(bone_only()).count == 0


def test_a_seed_beside_bone_is_found_and_bone_is_not():
    truth, axes = np.array([[0.0, 9.0, -8.0], [-15.0, -12.0, 8.0]]), np.array([[1.0, 0, 0], [0, 0.6, 0.8]])
    found = find_seeds(with_seeds(bone_only(), truth, axes))
    away, *_ = distances(found, truth)
    assert found.count == 2
    assert away.max() < 1.5


def test_a_calcification_holds_too_little_metal():
    ct = tissue()
    hu = ct.hu.copy()
    hu[8, 20:22, 20:22] += 1800  # 6 mm3, a fifth of the metal of a seed
    assert find_seeds(CtVolume(ct.grid, hu)).count == 0


def test_a_region_outside_the_image_is_empty():
    assert find_seeds(tissue(), region=(np.full(3, 500.0), np.full(3, 600.0))).count == 0


def test_the_answer_is_the_same_each_time():
    truth, axes = lattice(np.random.default_rng(3))
    ct = with_seeds(tissue(), truth, axes)
    np.testing.assert_array_equal(find_seeds(ct).positions_mm, find_seeds(ct).positions_mm)


def test_requests_without_meaning_are_refused():
    with pytest.raises(InputError, match="order the corners"):
        find_seeds(tissue(), region=(np.zeros(3), -np.ones(3)))
    with pytest.raises(InputError, match="zero or more"):
        find_seeds(tissue(), expected_count=-1)
