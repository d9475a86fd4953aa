"""Capsules: the distance of segments by brute force, contact by closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.dosimetry import load_source
from seedbed.errors import NoPlanError
from seedbed.implant import SeedImplant
from seedbed.planning.capsules import refuse_overlap, segment_distance_mm

SOURCE = load_source("6711")
LENGTH, WIDTH = SOURCE.capsule_length_mm, SOURCE.capsule_diameter_mm
X, Y, Z = np.eye(3)


def pair(place: np.ndarray, axis: np.ndarray, first: np.ndarray = Z) -> SeedImplant:
    return SeedImplant("6711", np.array([np.zeros(3), place]), np.array([first, axis]), np.ones(2))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_distance_of_segments_is_the_least_of_all_pairs_of_points(seed: int, parallel: bool) -> None:
    rng = np.random.default_rng(seed)
    middles, halves = rng.normal(scale=3, size=(2, 3)), rng.normal(scale=2, size=(2, 3))
    if parallel:
        halves[1] = -0.7 * halves[0]
    ticks = np.linspace(-1, 1, 401)
    a = middles[0] + ticks[:, None] * halves[0]
    b = middles[1] + ticks[:, None] * halves[1]
    brute = np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=-1)).min()
    found = float(segment_distance_mm(middles[0], halves[0], middles[1], halves[1]))
    step = np.linalg.norm(halves, axis=1).sum() / 400
    assert brute - step <= found <= brute + 1e-9


@pytest.mark.parametrize(
    ("place", "axis"),
    [
        (LENGTH * Z, Z),  # end to end
        (WIDTH * X, Z),  # side by side
        (WIDTH * X, Y),  # crossing in the middle
        (WIDTH * Y + 1.0 * X, X),
        ((LENGTH / 2 + WIDTH / 2) * Z, X),  # one across the end of the other
    ],
)
def test_capsules_may_touch_and_not_more(place: np.ndarray, axis: np.ndarray) -> None:
    refuse_overlap(SOURCE, pair(place, axis), [1])
    with pytest.raises(NoPlanError, match=r"seed 1 overlaps seed 0: their axes come within 0\.7 mm"):
        refuse_overlap(SOURCE, pair(place * (1 - 0.1 / np.linalg.norm(place)), axis), [1])


def test_seeds_of_unknown_direction_overlap_by_their_centres_only() -> None:
    loose = SeedImplant("6711", np.array([np.zeros(3), 1.0 * Z]), None, np.ones(2))
    refuse_overlap(SOURCE, loose, [0])
    with pytest.raises(NoPlanError, match="overlaps"):
        refuse_overlap(SOURCE, loose.with_seed_at(1, 0.5 * Z), [0])


def test_only_changed_seeds_are_compared() -> None:
    twice = pair(1.0 * Z, Z)
    refuse_overlap(SOURCE, twice, [])
    with pytest.raises(NoPlanError, match="overlaps"):
        refuse_overlap(SOURCE, twice, [0, 1])
