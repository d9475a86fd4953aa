"""Why directions are refused, and what is said where none is left."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at, box_at
from tests.unit.planning.needle_phantoms import BONE_HU, distance_to_origin, water_ball

from seedbed.errors import NoPlanError
from seedbed.imaging import CtVolume
from seedbed.planning.anatomy import read_anatomy
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.needles import (
    DirectionReport,
    Obstacle,
    direction_reports,
    fan_sets,
    load_needle_rules,
    parallel_sets,
)

RULES = load_needle_rules()
TARGET = ball_at((0.0, 0.0, 0.0), 9.0)


def in_shell(open_where: object = None) -> CtVolume:
    """A ball of water with a shell of bone from 24 to 30 mm; open where a function of x, y, z says so."""
    ct = water_ball()
    r = distance_to_origin(ct.grid)
    bone = (r > 24.0) & (r < 30.0)
    if callable(open_where):
        bone &= ~open_where(*ct.grid.points_mm().T).reshape(ct.grid.shape)
    ct.hu[bone] = BONE_HU
    return ct


def reports(
    ct: CtVolume, obstacles: list[Obstacle] | None = None, rules: NeedleRules = RULES
) -> tuple[DirectionReport, ...]:
    return direction_reports(read_anatomy(ct, TARGET, obstacles or [], rules), TARGET, rules)


def refused(ct: CtVolume, rules: NeedleRules = RULES, obstacles: list[Obstacle] | None = None) -> str:
    anatomy = read_anatomy(ct, TARGET, obstacles or [], rules)
    with pytest.raises(NoPlanError) as one:
        parallel_sets(anatomy, TARGET, rules, keep=3, spacing_mm=5.0)
    with pytest.raises(NoPlanError) as other:
        fan_sets(anatomy, TARGET, rules, keep=3)
    assert str(one.value) == str(other.value)
    return str(one.value)


def test_shares_of_a_direction_make_the_whole() -> None:
    organ = Obstacle("Organ", box_at((16, -30, -40), (24, 4, 40), "Organ"), 2.0)
    found = reports(water_ball(), [organ])
    assert len(found) == 24 * 5
    for report in found:
        assert report.reachable_pct + sum(report.blocked_pct.values()) == pytest.approx(100.0)
        assert set(report.blocked_pct) <= {"Organ"}
    by_azimuth = {report.azimuth_deg: report for report in found if report.tilt_deg == 0.0}
    assert by_azimuth[0.0].reachable_pct == 100.0  # pushed towards +x: the organ lies beyond the target
    assert by_azimuth[180.0].blocked_pct["Organ"] > 50.0


def test_a_target_wrapped_by_bone_is_refused_by_name() -> None:
    text = refused(in_shell())
    assert "no straight needle reaches 'GTV'" in text
    assert "bone (100 %)" in text
    assert "wider rules for tilt, depth, margins and bore do not help" in text


def test_a_window_in_the_bone_is_found_and_nothing_else() -> None:
    def window(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return (x > 0) & (np.hypot(y, z) < 20.0)

    anatomy = read_anatomy(in_shell(window), TARGET, [], RULES)
    made = parallel_sets(anatomy, TARGET, RULES, keep=1000, spacing_mm=5.0)
    assert made[0].azimuth_deg in (165.0, 180.0, 195.0)  # from +x
    for found in made:
        for track in found.tracks:
            way = np.linspace(track.needle.tip_mm, track.needle.entry_mm, 200)
            through = way[(np.linalg.norm(way, axis=1) > 24.0) & (np.linalg.norm(way, axis=1) < 30.0)]
            assert (through[:, 0] > 0).all()
            assert (np.hypot(through[:, 1], through[:, 2]) < 20.0 - RULES.bone_margin_mm + 1.8).all()


def test_a_way_that_only_a_steeper_needle_has_is_told() -> None:
    def window(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        return (z > 14.0) & (x < 0) & (np.abs(y) < 16.0)

    text = refused(in_shell(window), replace(RULES, most_tilt_deg=15.0))
    assert "bone" in text
    assert "allow a tilt of 60 degrees" in text
    assert "from azimuth 0 " in text  # pushed towards +x and down: from the head side at -x
    assert "tilt -" in text


def test_a_target_too_deep_says_so_and_what_depth_would_do() -> None:
    text = refused(water_ball(), replace(RULES, most_depth_mm=40.0, needle_length_mm=60.0))
    assert "too deep (100 %)" in text
    assert "allow a depth of 250 mm: then 100 % could be reached" in text


def test_margins_that_shut_the_way_are_told() -> None:
    # Plates of bone 12 mm above and below the target's middle leave no room for margins of 14 mm.
    plates = [
        Obstacle("Upper", box_at((-70, -70, 12), (70, 70, 20), "Upper"), 14.0),
        Obstacle("Lower", box_at((-70, -70, -20), (70, 70, -12), "Lower"), 14.0),
    ]
    text = refused(water_ball(), replace(RULES, organ_margin_mm=14.0), plates)
    assert "Upper" in text
    assert "Lower" in text
    assert "halve the margins" in text


def test_a_narrow_bore_is_told() -> None:
    text = refused(water_ball(), replace(RULES, bore_radius_mm=100.0))
    assert "gantry (100 %)" in text
    assert "use a bore of 450 mm radius" in text


def test_solid_things_all_round_are_told() -> None:
    ct = water_ball()
    ct.hu[(np.abs(ct.grid.points_mm()).max(axis=1) > 70.0).reshape(ct.grid.shape)] = 500.0
    text = refused(ct)
    assert "something solid outside the skin (100 %)" in text
    assert "ask for no free room outside the skin" in text
