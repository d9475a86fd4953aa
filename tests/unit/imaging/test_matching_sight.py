import numpy as np
import pytest

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.imaging.matching_sight import coarser, matched_part, see

GRID = VoxelGrid((-59.0, -59.0, -20.0), (2.0, 2.0, 2.5), (17, 60, 60))


def scan(extra=None):
    """A cylinder of 40 mm radius in air, fat outside and muscle inside, on a table."""
    hu = np.full(GRID.shape, -1000.0, dtype=np.float32)
    away = np.hypot(GRID.axis_mm(0), GRID.axis_mm(1)[:, None])
    hu[:, away < 40], hu[:, away < 25] = -100.0, 50.0
    hu[:, 52:54] = 200.0
    if extra is not None:
        extra(hu)
    return CtVolume(GRID, hu)


def seen(ct, step_mm=2.0, slice_mm=2.5):
    return see(ct, step_mm=step_mm, slice_mm=slice_mm, which="planning")


def test_the_body_is_the_cylinder_without_the_table():
    body = seen(scan()).body
    assert body.sum() * GRID.voxel_volume_mm3 == pytest.approx(np.pi * 40**2 * 17 * 2.5, rel=0.1)
    assert not body[:, 52:].any()


def test_metal_and_its_surroundings_are_not_clear():
    def metal(hu):
        hu[8, 30, 30] = 3000.0

    clear = seen(scan(metal)).clear
    assert not clear[8, 28:33, 30].any()
    assert clear[8, 30, 26]
    assert clear[4, 30, 30]
    assert seen(scan()).clear.all()


def test_the_filled_corners_of_a_round_field_of_view_are_not_clear():
    y, x = np.ogrid[-1:1:60j, -1:1:60j]
    outside = np.hypot(x, y) > 1

    def noisy_air(hu):
        hu += np.random.default_rng(1).normal(0, 20, hu.shape).astype(np.float32)

    def filled(hu):
        noisy_air(hu)
        hu[:, outside] = -2000.0

    assert not seen(scan(filled)).clear[:, outside].any()
    assert seen(scan(noisy_air)).clear.all()


def test_larger_voxels_keep_the_mean_and_the_place():
    sight = seen(scan())
    larger = coarser(sight, 6.0)
    assert larger.grid.spacing_mm == (6.0, 6.0, 5.0)
    np.testing.assert_allclose(larger.grid.lower_mm(), sight.grid.lower_mm())
    assert larger.ct.hu[0, 10, 10] == pytest.approx(sight.ct.hu[:2, 30:33, 30:33].mean(), rel=1e-5)


def test_thin_slices_are_blurred_to_look_thick():
    step = np.full(GRID.shape, -100.0, dtype=np.float32)
    step[9:] = 100.0
    ct = scan(lambda hu: np.copyto(hu, step))
    thin, thick = (
        np.diff(seen(ct, slice_mm=slice_mm).ct.hu[:, 30, 30].astype(float)) for slice_mm in (2.5, 5.0)
    )
    where = np.arange(16.0)

    def variance(weight):
        return np.average((where - np.average(where, weights=weight)) ** 2, weights=weight) * 2.5**2

    softened = (0.6 * 5.0) ** 2 - (0.6 * 2.5) ** 2
    assert variance(thick) - variance(thin) == pytest.approx((5.0**2 - 2.5**2) / 12 + softened, rel=0.1)


def test_only_the_body_its_rim_and_the_box_guide():
    sight = seen(scan())
    part = matched_part(sight, (np.array([0.0, -60, -60]), np.array([60.0, 60, 60])))
    x = GRID.axis_mm(0)
    assert not part[:, :, x < 0].any()
    assert part[8, 30, x > 0].sum() == pytest.approx((40 + 8) / 2, abs=2)


@pytest.mark.parametrize(
    ("ct", "said"),
    [
        (CtVolume(VoxelGrid((0, 0, 0), (1, 1, 1), (1, 60, 60)), np.zeros((1, 60, 60), np.float32)), "three"),
        (CtVolume(GRID, np.full(GRID.shape, -1000.0, np.float32)), "0 cc of body"),
        (CtVolume(GRID, np.full(GRID.shape, 40.0, np.float32)), "spread of 0 HU"),
    ],
)
def test_one_slice_air_and_a_flat_image_are_refused(ct, said):
    with pytest.raises(ImageError, match=f"planning CT.*{said}|{said}.*planning CT"):
        seen(ct)
