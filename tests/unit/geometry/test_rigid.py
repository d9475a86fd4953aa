"""Rigid motions: group laws, and the best motion between known places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform, best_rigid

angles = st.floats(-170, 170)
shifts = st.floats(-300, 300)
motions = st.tuples(angles, angles, angles, shifts, shifts, shifts)


def motion(numbers: tuple[float, ...]) -> RigidTransform:
    return RigidTransform(
        Rotation.from_euler("xyz", numbers[:3], degrees=True).as_matrix(), np.array(numbers[3:])
    )


POINTS = np.random.default_rng(4).normal(0, 20, (12, 3))


@given(motions, motions)
def test_a_motion_after_another_is_both_one_after_the_other(one, other):
    first, second = motion(one), motion(other)
    both = second.after(first).apply(POINTS)
    np.testing.assert_allclose(both, second.apply(first.apply(POINTS)), atol=1e-9)


@given(motions)
def test_there_and_back_is_nowhere_and_distances_stay(numbers):
    there = motion(numbers)
    np.testing.assert_allclose(there.inverse().apply(there.apply(POINTS)), POINTS, atol=1e-9)
    gaps = np.linalg.norm(np.diff(there.apply(POINTS), axis=0), axis=1)
    np.testing.assert_allclose(gaps, np.linalg.norm(np.diff(POINTS, axis=0), axis=1), atol=1e-9)


@given(motions)
def test_the_best_motion_between_moved_points_is_the_motion(numbers):
    true = motion(numbers)
    found = best_rigid(POINTS, true.apply(POINTS))
    np.testing.assert_allclose(found.rotation, true.rotation, atol=1e-7)
    np.testing.assert_allclose(found.shift_mm, true.shift_mm, atol=1e-5)


def test_a_mirrored_set_is_turned_never_mirrored():
    found = best_rigid(POINTS, POINTS * [-1, 1, 1])
    assert np.linalg.det(found.rotation) == pytest.approx(1.0)


def test_the_angle_and_the_shift_of_a_point_are_those_of_the_motion():
    turn = RigidTransform(Rotation.from_rotvec([0, 0, 30], degrees=True).as_matrix(), np.array([1.0, 0, 0]))
    assert turn.angle_deg == pytest.approx(30.0)
    np.testing.assert_allclose(turn.turn_deg, [0, 0, 30], atol=1e-9)
    np.testing.assert_allclose(turn.shift_at_mm(np.zeros(3)), [1, 0, 0])
    np.testing.assert_allclose(turn.turn(np.array([[0.0, 0, 1]])), [[0, 0, 1]], atol=1e-12)


@pytest.mark.parametrize(
    "rotation", [np.eye(2), np.diag([1.0, 1, -1]), 2 * np.eye(3), np.full((3, 3), np.nan)]
)
def test_what_is_no_rotation_is_refused(rotation):
    with pytest.raises(InputError, match="expected a rotation"):
        RigidTransform(rotation, np.zeros(3))


@pytest.mark.parametrize(
    ("points", "expected"),
    [(np.zeros((2, 3)), "three pairs"), (np.outer(np.arange(5.0), [1, 2, 3]), "span a plane")],
)
def test_too_few_points_or_points_on_a_line_are_refused(points, expected):
    with pytest.raises(InputError, match=expected):
        best_rigid(points, points)
