"""Needles too near to each other, by closed form."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.implant import Needle
from seedbed.planning.capsules import segment_distance_mm
from seedbed.planning.needles import Track, conflicts, load_needle_rules

RULES = load_needle_rules()
Point = tuple[float, float, float]


def track(entry: Point, tip: Point, seats: int = 2) -> Track:
    needle = Needle("N", entry, tip)
    depth = RULES.seed_half_mm + RULES.seat_step_mm * np.arange(seats)
    return Track(needle, np.array(tip) - depth[:, None] * needle.direction, True)


def pair(first: Track, second: Track) -> bool:
    found = conflicts([first, second], RULES)
    assert found[0, 1] == found[1, 0]
    assert not found.diagonal().any()
    return bool(found[0, 1])


@pytest.mark.parametrize(("gap", "near"), [(5.0, False), (4.99, True), (10.0, False), (0.0, True)])
def test_parallel_needles_keep_the_distance_of_holes(gap: float, near: bool) -> None:
    assert pair(track((0, 0, 0), (0, 60, 0)), track((gap, 0, 0), (gap, 60, 0))) is near


def test_a_lattice_of_tilted_needles_has_no_conflict() -> None:
    along = np.array([np.cos(0.3) * np.cos(0.5), np.sin(0.3) * np.cos(0.5), np.sin(0.5)])
    across = np.array([-np.sin(0.3), np.cos(0.3), 0.0])
    up = np.cross(along, across)
    feet = [5.0 * (i * across + j * up) for i in range(5) for j in range(5)]
    tracks = [track(tuple(foot - 80 * along), tuple(foot + 3 * along)) for foot in feet]
    assert not conflicts(tracks, RULES).any()


@pytest.mark.parametrize(("gap", "near"), [(4.9, True), (5.1, False)])
def test_entries_keep_their_distance_at_the_skin(gap: float, near: bool) -> None:
    # Apart by 40 mm in the target, which is 100 mm deep.
    assert pair(track((0, 0, 0), (-20, 100, 0)), track((gap, 0, 0), (20 + gap, 100, 0))) is near


@pytest.mark.parametrize(("height", "near"), [(1.9, True), (2.1, False)])
def test_needles_do_not_cross_on_their_way(height: float, near: bool) -> None:
    # They cross at half depth at a distance of the height; entries and seats are 40 mm apart.
    one, other = track((-20, 0, 0), (20, 100, 0)), track((20, 0, height), (-20, 100, height))
    assert pair(one, other) is near


@pytest.mark.parametrize(("gap", "near"), [(4.9, True), (5.1, False)])
def test_within_the_target_only_the_part_with_seeds_counts(gap: float, near: bool) -> None:
    # The second needle ends beside the first one's outermost seed end, which lies 9.5 mm above its tip.
    first = track((0, 0, 0), (0, 100, 0))
    second = track((40, 90.5, 0), (gap, 90.5, 0), seats=1)
    assert pair(first, second) is near


def test_no_needles_have_no_conflicts() -> None:
    assert conflicts([], RULES).shape == (0, 0)


def test_a_needle_without_seats_counts_with_its_tip() -> None:
    bare = replace(track((3, 0, 0), (3, 60, 0)), seats_mm=np.empty((0, 3)))
    assert pair(track((0, 0, 0), (0, 60, 0)), bare)


NUMBER = st.integers(-20, 20).map(float)


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.tuples(NUMBER, NUMBER, NUMBER)] * 4))
def test_segment_distances_are_least_over_all_points(points: tuple[Point, ...]) -> None:
    a, b, c, d = (np.array(point) for point in points)
    share = np.linspace(0, 1, 101)[:, None]
    first, second = a + share * (b - a), c + share * (d - c)
    gaps = np.linalg.norm(first[:, None] - second[None], axis=2)

    def distance(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> float:
        return float(segment_distance_mm((a + b) / 2, (b - a) / 2, (c + d) / 2, (d - c) / 2))

    found = distance(a, b, c, d)
    step = (np.linalg.norm(b - a) + np.linalg.norm(d - c)) / 200
    assert found <= gaps.min() + 1e-9
    assert found >= gaps.min() - step - 1e-9
    assert distance(d, c, a, b) == pytest.approx(found, abs=1e-9)
