"""Seats beside seeds that are there: distances by dense points on capsules and shafts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from seedbed.dosimetry import load_source
from seedbed.errors import NoPlanError
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.occupied import free_seats, unoccupied
from seedbed.planning.tracks import NeedleSet, Track

SOURCE, RULES = load_source("6711"), load_needle_rules()
LENGTH, WIDTH = SOURCE.capsule_length_mm, SOURCE.capsule_diameter_mm
UP = np.array([0.0, 0.0, 1.0])


def track(x: float = 0.0, seats: int = 4, name: str = "N1") -> Track:
    """A needle from above with seats at 0, 5, ... mm."""
    needle = Needle(name, (x, 0.0, 60.0), (x, 0.0, -2.25))
    return Track(needle, np.array([[x, 0.0, 5.0 * n] for n in range(seats)]), True)


def needle_set(*tracks: Track) -> NeedleSet:
    return NeedleSet("parallel", 0.0, -90.0, -UP, tracks, sum(len(each.seats_mm) for each in tracks))


def seeds_at(*places: tuple[float, float, float], axis: np.ndarray | None = UP) -> SeedImplant:
    axes = None if axis is None else np.tile(axis, (len(places), 1))
    return SeedImplant("6711", np.array(places), axes, np.ones(len(places)))


def line(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.linspace(one, other, int(np.linalg.norm(other - one) / 0.02) + 2)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(cKDTree(other).query(one)[0].min())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_seat_is_free_when_neither_capsule_nor_shaft_touches_a_seed(seed: int) -> None:
    rng = np.random.default_rng(seed)
    offered = track()
    turn = Rotation.random(rng=rng).as_matrix()[0] if seed % 2 else UP
    lies = seeds_at(tuple(rng.uniform([-3.5, -3.5, -8.0], [3.5, 3.5, 24.0])), axis=turn)
    half = (LENGTH - WIDTH) / 2
    core = line(lies.positions_mm[0] - half * turn, lies.positions_mm[0] + half * turn)
    for seat, free in zip(offered.seats_mm, free_seats(offered, lies, SOURCE, RULES), strict=True):
        seeds = apart(line(seat - half * UP, seat + half * UP), core) - WIDTH
        shaft = apart(line(seat + LENGTH / 2 * UP, np.array([0, 0, 60.0])), core)
        room = min(seeds, shaft - (WIDTH + RULES.needle_diameter_mm) / 2)
        if abs(room) > 0.02:
            assert free == (room > 0)


def test_seeds_may_touch_end_to_end_on_one_needle() -> None:
    below = seeds_at((0.0, 0.0, 5.0 - LENGTH))
    assert free_seats(track(), below, SOURCE, RULES).tolist() == [False, True, True, True]


def test_a_seed_in_the_way_closes_all_that_lies_deeper() -> None:
    above = seeds_at((0.0, 0.5, 11.0))
    assert free_seats(track(), above, SOURCE, RULES).tolist() == [False, False, False, False]
    assert free_seats(track(seats=5), above, SOURCE, RULES)[4]


def test_a_seed_that_may_point_anywhere_keeps_more_room() -> None:
    beside = [seeds_at((2.0, 0.0, 5.0), axis=axis) for axis in (UP, None)]
    known, unknown = (free_seats(track(), each, SOURCE, RULES) for each in beside)
    assert known.all()
    assert not unknown.all()
    assert free_seats(track(), seeds_at((4.0, 0.0, 5.0), axis=None), SOURCE, RULES).all()


def test_a_needle_ends_at_its_deepest_free_seat_but_one_that_lies_there_keeps_its_tip() -> None:
    below = seeds_at((0.0, 0.0, 0.0))
    (new,) = unoccupied([needle_set(track())], below, SOURCE, RULES)
    (kept,) = unoccupied([needle_set(track())], below, SOURCE, RULES, kept=["N1"])
    assert new.tracks[0].needle.tip_mm == (0.0, 0.0, 2.75)
    assert kept.tracks[0].needle == track().needle
    np.testing.assert_array_equal(new.tracks[0].seats_mm, kept.tracks[0].seats_mm)
    assert len(new.tracks[0].seats_mm) == 3


def test_needles_and_sets_without_a_seat_are_left_out() -> None:
    full, free = track(name="full", seats=1), track(8.0, name="free")
    below = seeds_at((0.0, 0.0, 0.0))
    left = unoccupied([needle_set(full), needle_set(full, free)], below, SOURCE, RULES)
    assert [[each.needle.name for each in found.tracks] for found in left] == [["free"]]


def test_without_seeds_nothing_changes() -> None:
    (same,) = unoccupied([needle_set(track())], None, SOURCE, RULES)
    np.testing.assert_array_equal(same.tracks[0].seats_mm, track().seats_mm)


def test_where_no_seat_is_left_that_is_said() -> None:
    with pytest.raises(
        NoPlanError, match="no needle has room for a seed beside the 1 seeds in the patient; exp"
    ):
        unoccupied([needle_set(track(seats=1))], seeds_at((0.0, 0.0, 0.0)), SOURCE, RULES)
