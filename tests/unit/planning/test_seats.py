"""Where seeds lie on a line, by closed form."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from seedbed.geometry import Structure
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.seats import LOOK_MM, seat_offsets, voxels_of, whole_seeds

Make = Callable[..., Structure]
RULES = load_needle_rules()


@pytest.mark.parametrize("chord", [5.0, 8.5, 10.0, 13.5, 20.0, 27.5])
@pytest.mark.parametrize("step", [5.0, 7.5])
def test_a_chord_holds_what_fits_and_shares_the_rest(box: Make, chord: float, step: float) -> None:
    rules = replace(RULES, seat_step_mm=step)
    target = box((-chord / 2, -10, -10), (chord / 2, 10, 10), "T")
    offsets, count = seat_offsets(voxels_of(target), np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]]), rules)
    seats = offsets[0, : count[0]]
    # n seeds need a length of (n - 1) steps and 95 % of a seed.
    assert count[0] == int((chord - 0.95 * 4.5) / step) + 1
    np.testing.assert_allclose(np.diff(seats), -step, atol=LOOK_MM)
    assert seats[0] + seats[-1] == pytest.approx(0.0, abs=1.0)  # as much left over at both ends
    assert np.isnan(offsets[0, count[0] :]).all()


def test_a_seed_does_not_lie_across_a_hollow(box: Make) -> None:
    # Two boxes of 12 mm, 6 mm apart: two seats in each and none between.
    parts = box((-15, -8, -8), (-3, 8, 8), "T"), box((3, -8, -8), (15, 8, 8), "T")
    target = Structure("T", parts[0].contours + parts[1].contours, 1.0)
    offsets, count = seat_offsets(voxels_of(target), np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]]), RULES)
    seats = offsets[0, : count[0]]
    assert ((np.abs(seats) > 3.0) & (np.abs(seats) < 15.0)).all()
    assert (seats > 0).sum() == 2
    assert (seats < 0).sum() >= 1


def test_a_line_beside_the_target_has_no_seat(box: Make) -> None:
    voxels = voxels_of(box((-9, -9, -9), (9, 9, 9), "T"))
    _, count = seat_offsets(voxels, np.array([[0.0, 11.0, 0.0]]), np.array([[1.0, 0.0, 0.0]]), RULES)
    assert count.tolist() == [0]


def test_seats_stay_between_the_ends_asked_for(box: Make) -> None:
    voxels = voxels_of(box((-20, -9, -9), (20, 9, 9), "T"))
    offsets, count = seat_offsets(
        voxels, np.zeros((1, 3)), np.array([[1.0, 0.0, 0.0]]), RULES, ends_mm=np.array([[-12.0, 3.0]])
    )
    seats = offsets[0, : count[0]]
    assert count[0] == 3  # 15 mm hold two steps and a seed
    assert (seats + 2.25 <= 3.0 + 1e-9).all()
    assert (seats - 2.25 >= -12.0 - 0.25).all()


@pytest.mark.parametrize("turn", [0.0, 35.0, 120.0])
def test_turning_the_line_in_a_ball_changes_nothing(ball: Make, turn: float) -> None:
    voxels = voxels_of(ball((0.0, 0.0, 0.0), 16.0))
    along = np.array([[np.cos(np.radians(turn)), np.sin(np.radians(turn)), 0.0]])
    _, count = seat_offsets(voxels, np.zeros((1, 3)), along, RULES)
    assert count.tolist() == [6]  # 32 mm: 5 steps and a seed


def test_whole_seeds_have_both_ends_inside(box: Make) -> None:
    target = box((-10, -10, -10), (10, 10, 10), "T")
    x = np.array([-8.5, -7.8, 0.0, 7.8, 8.5])
    centres = np.stack([x, np.zeros(5), np.zeros(5)], axis=1)
    # 95 % of 2.25 mm: a centre may be 7.86 mm from the middle.
    assert whole_seeds(target, centres, np.array([1.0, 0.0, 0.0]), RULES).tolist() == [
        False, True, True, True, False,
    ]  # fmt: skip
