from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.imaging import SeedLook
from seedbed.imaging.seed_search import Voxels, about_sight, moved, search, seed_images, sideways
from seedbed.imaging.seed_sight import SeedSight, learnt_sight

SIGHT = SeedSight.expected(SeedLook())
INDEX = np.array([(x, y, z) for x in range(18) for y in range(18) for z in range(7)], dtype=np.int64)
FRAME = np.array([-7.0, -7.0, -7.5, 0.8, 0.8, 2.5])
TRUE = np.array([[0.3, -0.4, 0.7, 0.48, 0.6, 0.64, 0.1]])
angle = st.floats(-1.0, 1.0)


def seen(poses, ceiling=np.inf, sight=SIGHT):
    blank = np.zeros(len(INDEX))
    voxels = Voxels(INDEX, FRAME, blank, blank + 1 / 50, ceiling, blank, 200.0)
    image = seed_images(voxels, poses, sight=sight, shared=np.zeros(6)).sum(axis=0)
    return replace(voxels, excess_hu=np.minimum(image, ceiling))


def off(fit, truth):
    place = np.linalg.norm(fit.poses[:, :3] - truth[:, :3], axis=1)
    cosine = np.abs((fit.poses[:, 3:6] * truth[:, 3:6]).sum(axis=1)).clip(0, 1)
    return place.max(), np.degrees(np.arccos(cosine)).max()


@pytest.mark.parametrize("ceiling", [np.inf, 3000.0])
def test_a_seed_is_found_where_it_was_put(ceiling):
    start = np.array([[0.9, 0.1, 0.2, 1.0, 0.0, 0.0, 0.0]])
    place, turned = off(search(seen(TRUE, ceiling), start, sight=SIGHT, rounds=40), TRUE)
    assert place < 0.05
    assert turned < 2.0


def test_two_seeds_that_touch_are_found_together():
    beside = TRUE.copy()
    beside[0, :3] += 1.2 * sideways(TRUE[:, 3:6])[0, 0]
    truth = np.vstack([TRUE, beside])
    start = truth.copy()
    start[:, :3] += [[0.3, 0.1, -0.4], [-0.2, 0.2, 0.3]]
    place, turned = off(search(seen(truth), start, sight=SIGHT, rounds=60), truth)
    assert place < 0.1
    assert turned < 5.0


def test_what_other_seeds_give_is_not_explained_again():
    other = np.array([[3.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
    voxels = seen(np.vstack([TRUE, other]))
    images = seed_images(voxels, other, sight=SIGHT, shared=np.zeros(6))
    fit = search(replace(voxels, others_hu=images[0]), TRUE, sight=SIGHT, rounds=20)
    assert off(fit, TRUE)[0] < 0.02


def test_a_still_sight_is_left_as_it_is():
    fit = search(seen(TRUE), TRUE, sight=SIGHT, rounds=3, still=True)
    np.testing.assert_array_equal(fit.shared[:5], 0.0)


@settings(max_examples=50, deadline=None)
@given(x=angle, y=angle, z=angle)
def test_two_directions_lie_across_every_axis(x, y, z):
    axis = np.array([[x, y, z + 1.5]])
    axis /= np.linalg.norm(axis)
    frame = np.vstack([axis, sideways(axis)[0]])
    np.testing.assert_allclose(frame @ frame.T, np.eye(3), atol=1e-12)


def test_a_moved_axis_stays_a_unit_vector():
    out = moved(TRUE, np.array([[0.1, 0.2, 0.3, 0.4, -0.5, 0.2]]))
    assert np.linalg.norm(out[0, 3:6]) == pytest.approx(1.0)
    np.testing.assert_allclose(out[0, :3], TRUE[0, :3] + [0.1, 0.2, 0.3])


def test_seeds_teach_their_metal_and_length():
    real = replace(SIGHT, metal_hu_mm3=80000.0, numbers=SIGHT.numbers * [0.85, 1, 1, 1, 1])
    rng = np.random.default_rng(4)
    lone = []
    for _ in range(8):
        axis = rng.normal(size=3)
        truth = np.array([[*rng.uniform(-0.5, 0.5, 3), *axis / np.linalg.norm(axis), 0.0]])
        fit = search(seen(truth, 3000.0, real), truth, sight=SIGHT, rounds=30)
        lone.append(about_sight(fit, SIGHT))
    learnt = learnt_sight(SIGHT, lone)
    assert learnt.metal_hu_mm3 == pytest.approx(80000.0, rel=0.1)
    assert learnt.numbers[0] == pytest.approx(real.numbers[0], rel=0.06)
    assert (learnt.spreads < SIGHT.spreads).all()


def test_no_seed_teaches_nothing():
    same = learnt_sight(SIGHT, [])
    assert same.metal_hu_mm3 == SIGHT.metal_hu_mm3
    np.testing.assert_allclose(same.numbers, SIGHT.numbers)
