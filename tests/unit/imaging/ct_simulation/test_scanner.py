import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.scanner import KERNELS, Scanner


@pytest.mark.parametrize("slice_mm", [1.0, 2.5, 5.0])
def test_the_slice_profile_is_even_and_as_wide_as_the_slice(slice_mm):
    height, weight = Scanner(slice_mm=slice_mm, slice_blur_mm=0.5).sub_slices()
    assert weight.sum() == pytest.approx(1.0)
    assert (weight * height).sum() == pytest.approx(0.0, abs=1e-12)
    fine = np.linspace(height[0], height[-1], 2001)
    profile = np.interp(fine, height, weight)
    width = (profile > profile.max() / 2).sum() * (fine[1] - fine[0])
    assert width == pytest.approx(slice_mm, abs=0.1)


def test_sub_slices_are_no_further_apart_than_half_the_core_of_a_seed():
    for slice_mm in (0.5, 1.0, 3.0, 5.0):
        assert np.diff(Scanner(slice_mm=slice_mm).sub_slices()[0]).max() <= 0.25 + 1e-9


def test_detector_and_focal_spot_blur_by_the_sum_of_their_variances():
    scanner = Scanner()
    weight = scanner.blur()
    step = scanner.channel_mm / scanner.fine
    place = step * (np.arange(len(weight)) - len(weight) // 2)
    assert weight.sum() == pytest.approx(1.0)
    wanted = (scanner.aperture_mm**2 + scanner.focal_spot_mm**2) / 12
    assert (weight * place**2).sum() == pytest.approx(wanted, rel=0.25)  # in steps of a sixth of a mm


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_kernel_keeps_the_mean_and_ends_at_its_cut_off(kernel):
    response = Scanner(kernel=kernel).response(np.array([0.0, KERNELS[kernel][0], 3.0]))
    assert response == pytest.approx([1.0, 0.0, 0.0], abs=1e-12)


def test_quanta_follow_dose_and_slice():
    assert Scanner(mas=400).quanta == pytest.approx(2 * Scanner(mas=200).quanta)
    assert Scanner(slice_mm=5.0).quanta == pytest.approx(2 * Scanner(slice_mm=2.5).quanta)
    assert Scanner(views=360).quanta == pytest.approx(2 * Scanner(views=720).quanta)


def test_views_cover_half_a_turn_once():
    turns = Scanner(views=360).turns()
    assert np.diff(turns) == pytest.approx(np.pi / 360)
    assert turns[-1] + np.pi / 360 == pytest.approx(np.pi)


@pytest.mark.parametrize(
    "wrong",
    [
        {"slice_mm": 0.0},
        {"pixel_mm": np.nan},
        {"mas": -5.0},
        {"kernel": "standrad"},
        {"views": 3},
        {"slice_blur_mm": 9.0},
        {"field_mm": 5.0},
    ],
)
def test_a_scanner_outside_its_range_is_refused(wrong):
    with pytest.raises(InputError, match=str(next(iter(wrong)))):
        Scanner(**wrong)
