from dataclasses import replace

import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, RegistrationQuality
from seedbed.imaging.matching_sight import Sight, pearson, points_in, seen_at
from seedbed.imaging.registration_quality import likeness

STILL = np.zeros(3)
FINE = RegistrationQuality(0.3, 0.95, 0.2, 0.9, 0.9, 0.3, STILL, STILL)
GRID = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (12, 12, 12))


def sight(hu):
    everything = np.ones(GRID.shape, dtype=bool)
    return Sight(CtVolume(GRID, hu.astype(np.float32)), everything, everything.copy())


def test_a_good_one_says_so_and_nothing_else():
    assert (FINE.grade, FINE.usable, FINE.words) == ("good", True, "good")


@pytest.mark.parametrize(
    ("worse", "says"),
    [
        ({"correlation_after": 0.7}, "correlation of soft tissue is 0.70"),
        ({"bone_overlap_after": 0.5}, "overlap of bone is 0.50"),
        ({"shared_part": 0.5}, "part seen in both scans is 0.50"),
        ({"inverse_consistency_mm": 2.0}, "2.0, at most 1.5"),
        ({"turn_deg": np.array([0.0, 0.0, 30.0])}, "turn, degrees is 30.0"),
    ],
)
def test_each_number_can_ask_for_a_closer_look(worse, says):
    quality = replace(FINE, **worse)
    assert quality.grade == "look closely"
    assert quality.usable
    assert says in quality.words


@pytest.mark.parametrize(
    "worse",
    [
        {"correlation_after": 0.4},
        {"correlation_after": None},
        {"bone_overlap_after": 0.1},
        {"shared_part": 0.1},
        {"inverse_consistency_mm": 12.0},
        {"turn_deg": np.array([60.0, 0.0, 0.0])},
    ],
)
def test_each_number_alone_can_forbid_the_use(worse):
    quality = replace(FINE, **worse)
    assert not quality.usable
    assert quality.words.startswith("not usable: ")


def test_no_bone_is_no_fault():
    assert replace(FINE, bone_overlap_after=None).grade == "good"


def test_a_ct_is_like_itself_and_unlike_noise():
    rng = np.random.default_rng(1)
    hu = rng.normal(100.0, 150.0, GRID.shape)
    one, points = sight(hu), GRID.points_mm()
    same = likeness(hu.ravel(), one, points)
    assert (same.correlation, same.bone_overlap, same.shared_part) == pytest.approx((1.0, 1.0, 1.0), abs=1e-6)
    assert abs(likeness(rng.permutation(hu.ravel()), one, points).correlation) < 0.1


def test_points_elsewhere_share_nothing_and_are_not_compared():
    one = sight(np.random.default_rng(1).normal(0.0, 100.0, GRID.shape))
    assert likeness(np.zeros(10), one, np.full((10, 3), 500.0)) == (None, None, 0.0)


def test_pearson_is_that_of_numpy_and_zero_for_a_constant():
    one, other = np.random.default_rng(2).normal(size=(2, 100))
    assert pearson(one, other) == pytest.approx(np.corrcoef(one, other)[0, 1])
    assert pearson(one, np.ones(100)) == 0.0


def test_beyond_the_outer_voxel_centres_nothing_is_seen():
    one = sight(np.zeros(GRID.shape))
    assert seen_at(one, np.array([[0.0, 0, 0], [-0.5, 0, 0], [22.0, 22, 22], [22.5, 22, 22]])).tolist() == [
        True, False, True, False,
    ]  # fmt: skip
    assert len(points_in(one, one.body)) == 12**3
