"""What a free-hand fan must keep."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at, box_at
from tests.unit.planning.needle_phantoms import gap_to_boxes, points_along, water_ball

from seedbed.planning.anatomy import read_anatomy
from seedbed.planning.fan import cone
from seedbed.planning.needles import NeedleSet, fan_sets, load_needle_rules
from seedbed.planning.obstacles import Obstacle

RULES = load_needle_rules()
TARGET = ball_at((4.0, -3.0, 2.0), 15.0)
LOWER, UPPER = np.array([20.0, -30.0, -40.0]), np.array([34.0, 10.0, 40.0])


@pytest.fixture(scope="module")
def fans() -> list[NeedleSet]:
    organ = Obstacle("Organ", box_at(tuple(LOWER), tuple(UPPER), "Organ"), 3.0)
    anatomy = read_anatomy(water_ball(), TARGET, [organ], RULES)
    return fan_sets(anatomy, TARGET, RULES, keep=4, most_tracks=120)


def test_needles_differ_from_the_main_direction_by_no_more_than_the_cone(fans: list[NeedleSet]) -> None:
    for made in fans:
        assert made.mode == "fan"
        along = np.array([track.needle.direction for track in made.tracks])
        angle = np.degrees(np.arccos(np.clip(along @ made.direction, -1, 1)))
        assert angle.max() <= RULES.fan_half_angle_deg + 1e-3
        assert angle.max() > 15.0  # a fan, not a bundle
        assert (np.abs(np.degrees(np.arcsin(along[:, 2]))) <= RULES.most_tilt_deg + 1e-3).all()


def test_there_are_no_more_tracks_than_asked_for(fans: list[NeedleSet]) -> None:
    assert all(0 < len(made.tracks) <= 120 for made in fans)
    assert all(len({track.needle.name for track in made.tracks}) == len(made.tracks) for made in fans)


def test_main_directions_are_apart_and_the_best_comes_first(fans: list[NeedleSet]) -> None:
    mains = np.array([made.direction for made in fans])
    angles = np.degrees(np.arccos(np.clip(mains @ mains.T, -1, 1)))[~np.eye(len(mains), dtype=bool)]
    assert angles.min() > RULES.fan_half_angle_deg - 1e-6
    assert fans[0].reachable >= max(made.reachable for made in fans) - 0.1  # ranked in steps of 10 %


def test_each_part_of_the_target_has_several_needles_to_choose_from(fans: list[NeedleSet]) -> None:
    points = TARGET.bounds_mm[0] + np.random.default_rng(1).uniform(size=(3000, 3)) * 30.0
    inner = points[np.linalg.norm(points - (4.0, -3.0, 2.0), axis=1) < 12.0]
    tracks = fans[0].tracks
    seats = np.concatenate([track.seats_mm for track in tracks])
    owner = np.repeat(np.arange(len(tracks)), [len(track.seats_mm) for track in tracks])
    for point in inner[:200]:
        near = np.linalg.norm(seats - point, axis=1) < 6.0
        assert len(set(owner[near])) >= 5


def test_seeds_lie_whole_in_the_target(fans: list[NeedleSet]) -> None:
    for track in fans[0].tracks:
        for side in (-0.475, 0.0, 0.475):
            assert TARGET.contains(track.seats_mm + side * 4.5 * track.needle.direction).all()


def test_no_needle_comes_nearer_to_an_organ_than_its_margin(fans: list[NeedleSet]) -> None:
    points = points_along([track for made in fans for track in made.tracks])
    assert gap_to_boxes(points, (LOWER + UPPER)[None] / 2, (UPPER - LOWER) / 2).min() >= 3.0 - 1e-4


def test_the_cone_keeps_to_the_largest_tilt() -> None:
    rules = replace(RULES, most_tilt_deg=10.0)
    directions = cone(np.array([0.0, 1.0, 0.0]), rules)
    assert (np.abs(directions[:, 2]) <= np.sin(np.radians(10.0)) + 1e-9).all()
    assert directions[0].tolist() == [0.0, 1.0, 0.0]
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1.0)


def test_the_same_case_gives_the_same_fan(fans: list[NeedleSet]) -> None:
    organ = Obstacle("Organ", box_at(tuple(LOWER), tuple(UPPER), "Organ"), 3.0)
    anatomy = read_anatomy(water_ball(), TARGET, [organ], RULES)
    again = fan_sets(anatomy, TARGET, RULES, keep=1, most_tracks=120)[0]
    assert [track.needle for track in again.tracks] == [track.needle for track in fans[0].tracks]
