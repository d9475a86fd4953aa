import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, add_noise

GRID = VoxelGrid((0.0, 0.0, 0.0), (0.8, 0.8, 2.5), (12, 96, 96))


def noisy(seed=1, sd_hu=12.0, hu=0.0):
    ct = CtVolume(GRID, np.full(GRID.shape, hu, dtype=np.float32))
    return add_noise(ct, np.random.default_rng(seed), sd_hu=sd_hu).hu


@pytest.mark.parametrize("sd_hu", [3.0, 12.0, 40.0])
def test_noise_has_the_standard_deviation_asked_for(sd_hu):
    assert noisy(sd_hu=sd_hu).std() == pytest.approx(sd_hu, rel=0.03)


def test_no_noise_changes_nothing():
    assert (noisy(sd_hu=0.0, hu=40.0) == 40.0).all()


def test_noise_is_correlated_in_the_plane_and_not_between_slices():
    hu = noisy()
    beside = np.corrcoef(hu[:, :, 1:].ravel(), hu[:, :, :-1].ravel())[0, 1]
    above = np.corrcoef(hu[1:].ravel(), hu[:-1].ravel())[0, 1]
    assert beside > 0.3
    assert abs(above) < 0.02


def test_noise_depends_on_the_generator_alone():
    np.testing.assert_array_equal(noisy(seed=4), noisy(seed=4))
    assert not np.array_equal(noisy(seed=4), noisy(seed=5))


def test_air_is_cut_at_the_floor_of_twelve_bits():
    assert noisy(sd_hu=80.0, hu=-1000.0).min() == -1024.0


@pytest.mark.parametrize("sd_hu", [-1.0, np.nan])
def test_noise_without_meaning_is_refused(sd_hu):
    with pytest.raises(InputError, match="zero or more"):
        noisy(sd_hu=sd_hu)
