"""Needles in the body: others keep their distance, and all may be used as far as their seeds have room."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at
from tests.unit.planning.needle_phantoms import water_ball

from seedbed.dosimetry import load_source
from seedbed.errors import NoPlanError
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.anatomy import read_anatomy
from seedbed.planning.capsules import segment_distance_mm
from seedbed.planning.goals import default_goals
from seedbed.planning.kept_needles import clear_of_kept, exclusions, with_seats_apart
from seedbed.planning.needles import fan_sets, fixed_set, load_needle_rules
from seedbed.planning.offering import offered
from seedbed.planning.request import PlanRequest
from seedbed.planning.tracks import NeedleSet

SOURCE, RULES, TARGET = load_source("6711"), load_needle_rules(), ball_at((0.0, 0.0, 0.0), 8.0)
CT = water_ball(40.0, 2.5)
CROSSING = (
    Needle("A", (-6.0, -38.0, 0.0), (5.0, 6.0, 0.0)),
    Needle("B", (6.0, -38.0, 0.0), (-5.0, 6.0, 0.0)),
)
REQUEST = PlanRequest(CT, TARGET, (), SOURCE, default_goals(100.0, strengths_u=(0.7,)))


@pytest.fixture(scope="module")
def found() -> NeedleSet:
    return fan_sets(read_anatomy(CT, TARGET, [], RULES), TARGET, RULES, keep=1)[0]


@pytest.fixture(scope="module")
def kept() -> NeedleSet:
    return fixed_set(read_anatomy(CT, TARGET, [], RULES), TARGET, CROSSING, RULES)


def needle_distance(one: Needle, other: Needle) -> float:
    ends = [np.array([each.entry_mm, each.tip_mm]) for each in (one, other)]
    middle, half = [e.mean(axis=0) for e in ends], [(e[1] - e[0]) / 2 for e in ends]
    return float(segment_distance_mm(middle[0], half[0], middle[1], half[1]))


def test_needles_keep_clear_of_those_that_lie_in_the_body(found: NeedleSet, kept: NeedleSet) -> None:
    left = clear_of_kept(found, kept, RULES)
    assert 0 < len(left.tracks) < len(found.tracks)
    for track in left.tracks:
        for lying in kept.tracks:
            assert needle_distance(track.needle, lying.needle) >= RULES.crossing_mm - 1e-3
    gone = [track for track in found.tracks if track.needle not in {each.needle for each in left.tracks}]
    nearest = [min(needle_distance(each.needle, lying.needle) for lying in kept.tracks) for each in gone]
    assert max(nearest) < RULES.skin_spacing_mm


def test_a_needle_that_lies_there_counts_without_a_seat_too(found: NeedleSet, kept: NeedleSet) -> None:
    bare = replace(kept, tracks=tuple(replace(each, seats_mm=np.empty((0, 3))) for each in kept.tracks))
    for track in clear_of_kept(found, bare, RULES).tracks:
        assert all(needle_distance(track.needle, each) >= RULES.crossing_mm - 1e-3 for each in CROSSING)


def test_seats_of_needles_that_nearly_touch_do_not_overlap() -> None:
    near = (Needle("A", (0.0, -38.0, 0.0), (0.0, 6.5, 0.0)), Needle("B", (9.0, -38.0, 0.0), (-1.0, 6.5, 0.0)))
    kept = fixed_set(read_anatomy(CT, TARGET, [], RULES), TARGET, near, RULES)
    left = with_seats_apart(kept, SOURCE)
    assert left.seats < kept.seats
    np.testing.assert_array_equal(left.tracks[0].seats_mm, kept.tracks[0].seats_mm)
    half = (SOURCE.capsule_length_mm - SOURCE.capsule_diameter_mm) / 2
    for one, other in combinations(left.tracks, 2):
        distance = segment_distance_mm(
            one.seats_mm[:, None],
            half * one.needle.direction,
            other.seats_mm[None],
            half * other.needle.direction,
        )
        assert distance.min() >= SOURCE.capsule_diameter_mm - 1e-6


def test_needles_that_lie_there_never_exclude_each_other(kept: NeedleSet, found: NeedleSet) -> None:
    both = replace(kept, tracks=(*kept.tracks, *found.tracks))
    there = np.arange(len(both.tracks)) < 2
    clash = exclusions(both, there, RULES)
    assert not clash[:2, :2].any()
    assert clash[:2, 2:].any()
    np.testing.assert_array_equal(clash, clash.T)


def test_an_offer_holds_the_needles_that_lie_there_first(kept: NeedleSet, found: NeedleSet) -> None:
    (offer,) = offered([found], kept, replace(REQUEST, needles=CROSSING))
    names = [track.needle.name for track in offer.tracks]
    assert [track.needle for track in offer.tracks[:2]] == list(CROSSING)
    assert len(set(names)) == len(names)
    assert offer.mode == found.mode
    assert offer.warnings == kept.warnings
    (alone,) = offered([], kept, replace(REQUEST, needles=CROSSING, mode="fixed"))
    assert [track.needle for track in alone.tracks] == list(CROSSING)


def test_an_offer_leaves_out_seats_that_are_taken(kept: NeedleSet) -> None:
    first = kept.tracks[0]
    lies = SeedImplant("6711", first.seats_mm[:1], first.needle.direction[None], np.ones(1))
    (offer,) = offered([], kept, replace(REQUEST, needles=CROSSING, given=lies))
    places = np.concatenate([track.seats_mm for track in offer.tracks])
    assert np.linalg.norm(places - lies.positions_mm, axis=1).min() >= SOURCE.capsule_diameter_mm
    every = np.concatenate([track.seats_mm for track in kept.tracks])
    full = SeedImplant("6711", every, None, np.ones(len(every)))
    with pytest.raises(NoPlanError, match="no needle has room for a seed beside"):
        offered([], kept, replace(REQUEST, needles=CROSSING, given=full))
