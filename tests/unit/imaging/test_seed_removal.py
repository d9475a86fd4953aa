"""Seeds painted out of a CT: what is left is tissue, and nothing else changed."""

import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, render_seeds
from seedbed.imaging.seed_removal import BLUR_MM, without_seeds

GRID = VoxelGrid((-20, -20, -20), (0.8, 0.8, 2.0), (21, 51, 51))
POSITIONS = np.array([[-6.0, 0.0, 1.0], [5.0, 4.0, -3.0]])
AXES = np.array([[0.6, 0.0, 0.8], [0.0, 1.0, 0.0]])


def seen(background: float) -> CtVolume:
    tissue = CtVolume(GRID, np.full(GRID.shape, background, dtype=np.float32))
    return render_seeds(tissue, POSITIONS, axes=AXES, rng=np.random.default_rng(3))


@pytest.mark.parametrize("background", [40.0, -800.0])
def test_the_tissue_comes_back_and_no_bone_is_left(background):
    before = seen(background)
    painted = without_seeds(before, POSITIONS, axes=AXES)
    assert before.hu.max() > 1500
    away = np.linalg.norm(GRID.points_mm()[:, None] - POSITIONS, axis=2).min(axis=1).reshape(GRID.shape)
    assert np.abs(painted.hu[away < 2.0] - background).max() < 60  # streaks stay, metal does not


def test_nothing_changes_far_from_seeds_and_the_given_ct_stays():
    before = seen(40.0)
    copy = before.hu.copy()
    painted = without_seeds(before, POSITIONS, axes=AXES)
    away = np.linalg.norm(GRID.points_mm()[:, None] - POSITIONS, axis=2).min(axis=1).reshape(GRID.shape)
    far = away > 2.25 + 0.4 + BLUR_MM
    np.testing.assert_array_equal(painted.hu[far], before.hu[far])
    np.testing.assert_array_equal(before.hu, copy)


def test_an_unknown_axis_paints_all_that_the_seed_may_touch():
    before = seen(40.0)
    known = without_seeds(before, POSITIONS, axes=AXES).hu != before.hu
    unknown = without_seeds(before, POSITIONS, axes=np.zeros((2, 3))).hu != before.hu
    assert unknown[known].all()
    assert unknown.sum() > known.sum()


def test_a_seed_outside_the_image_or_none_changes_nothing():
    before = seen(40.0)
    outside = np.array([[400.0, 0, 0]])
    painted = without_seeds(before, outside, axes=np.array([[0.0, 0.0, 1.0]]))
    np.testing.assert_array_equal(painted.hu, before.hu)
    none = without_seeds(before, np.empty((0, 3)), axes=np.empty((0, 3)))
    np.testing.assert_array_equal(none.hu, before.hu)
