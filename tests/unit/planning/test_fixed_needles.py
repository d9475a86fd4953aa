"""Needles as drawn: unchanged, and what is said of them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at, box_at
from tests.unit.planning.needle_phantoms import BONE_HU, water_ball

from seedbed.errors import NoPlanError
from seedbed.implant import Needle
from seedbed.planning.anatomy import Anatomy, read_anatomy
from seedbed.planning.needles import fixed_set, load_needle_rules
from seedbed.planning.obstacles import Obstacle

RULES = load_needle_rules()
TARGET = ball_at((0.0, 0.0, 0.0), 12.0)
SLAB = Obstacle("Slab", box_at((-70, -70, -60), (70, 70, -8), "Slab"), 3.0)


@pytest.fixture(scope="module")
def anatomy() -> Anatomy:
    ct = water_ball()
    ct.hu[:, -2:, :] = 500.0  # a couch from y = 70 mm on
    return read_anatomy(ct, TARGET, [SLAB], RULES)


def needle(x: float = 0.0, z: float = 0.0, tip: float = 12.0, name: str = "A") -> Needle:
    """From the front (-y) to a depth beyond the middle."""
    return Needle(name, (x, -60.0, z), (x, tip, z))


def test_needles_stay_exactly_as_they_are(anatomy: Anatomy) -> None:
    drawn = [needle(0.0, 0.0, 11.3, "B"), Needle("A", (8.0, -58.0, 3.0), (5.0, 4.0, 1.5))]
    made = fixed_set(anatomy, TARGET, drawn, RULES)
    assert [track.needle for track in made.tracks] == drawn
    assert made.mode == "fixed"
    assert made.warnings == ()
    np.testing.assert_allclose(np.linalg.norm(made.direction), 1.0)


def test_seeds_are_offered_at_the_step_up_to_the_tip(anatomy: Anatomy) -> None:
    # From the surface at -12 to the tip at 3: 15 mm hold three seeds at 5 mm.
    made = fixed_set(anatomy, TARGET, [needle(tip=3.0)], RULES)
    seats = made.tracks[0].seats_mm
    assert len(seats) == 3
    np.testing.assert_allclose(np.diff(seats[:, 1]), -5.0)
    assert seats[0, 1] + 2.25 <= 3.0 + 1e-9
    assert TARGET.contains(seats).all()


def test_a_needle_near_an_organ_is_told_with_its_distance(anatomy: Anatomy) -> None:
    (text,) = fixed_set(anatomy, TARGET, [needle(z=-6.0)], RULES).warnings
    assert text.startswith("Needle 'A' comes within ")
    assert "of Slab, nearer than its margin of 3 mm" in text
    told = float(text.split("within ")[1].split(" mm")[0])
    assert 0.0 <= told <= 2.0  # 8 - 6, never told too large


def test_a_needle_through_an_organ_is_told(anatomy: Anatomy) -> None:
    drawn = [needle(), Needle("Low", (10.0, -55.0, -20.0), (10.0, 0.0, 4.0))]
    (text,) = fixed_set(anatomy, TARGET, drawn, RULES).warnings
    assert text == "Needle 'Low' goes through Slab, nearer than its margin of 3 mm."


def test_every_broken_rule_is_told(anatomy: Anatomy) -> None:
    steep = Needle("Steep", (0.0, -24.0, 50.0), (0.0, 0.0, 0.0))
    rules = replace(RULES, most_depth_mm=50.0, bore_radius_mm=60.0)
    text = " ".join(fixed_set(anatomy, TARGET, [steep, needle(15.0, name="Beside")], rules).warnings)
    assert "'Steep' is tilted by 64 degrees, more than the 30" in text  # atan(50 / 24)
    assert "'Steep' is 55 mm deep, more than the 50 mm" in text
    # The hub lies 200 mm from the tip: 200 cos(64.36) = 86.5 mm from the axis.
    assert "'Steep' has its hub 27 mm outside the gantry's bore of 60 mm radius" in text
    assert "'Beside' has no room for a seed in 'GTV'" in text


def test_a_couch_behind_the_entry_is_told(anatomy: Anatomy) -> None:
    back = Needle("Back", (0.0, 60.0, 0.0), (0.0, -10.0, 0.0))
    (text,) = fixed_set(anatomy, TARGET, [back], RULES).warnings
    gap = float(text.split("solid ")[1].split(" mm")[0])
    assert "'Back' meets something solid" in text
    assert gap == pytest.approx(10.0, abs=3.0)


def test_needles_too_near_to_each_other_are_told(anatomy: Anatomy) -> None:
    drawn = [needle(0.0, name="A"), needle(3.0, name="B"), needle(9.0, name="C")]
    (text,) = fixed_set(anatomy, TARGET, drawn, RULES).warnings
    assert text.startswith("Needles 'A' and 'B' are too near to each other")


def test_bone_outside_the_usual_reach_is_seen() -> None:
    # A needle of 75 degrees: the region of needles up to 30 degrees and 20 mm depth does not hold it.
    ct = water_ball()
    z, x = ct.grid.axis_mm(2)[:, None, None], ct.grid.axis_mm(0)[None, None, :]
    y = ct.grid.axis_mm(1)[None, :, None]
    ct.hu[(z > 40) & (z < 48) & (np.abs(x) < 12) & (np.abs(y) < 30)] = BONE_HU
    rules = replace(RULES, most_depth_mm=20.0)
    anatomy = read_anatomy(ct, TARGET, [], rules)
    steep = Needle("Steep", (0.0, -14.0, 55.0), (0.0, 0.0, 0.0))
    assert any("goes through bone" in text for text in fixed_set(anatomy, TARGET, [steep], rules).warnings)


@pytest.mark.parametrize(
    "drawn", [[], [Needle("A", (0, 0, 0), (0, 0, 0))], [Needle("A", (0, 0, float("nan")), (0, 0, 0))]]
)
def test_what_is_no_needle_is_refused(anatomy: Anatomy, drawn: list[Needle]) -> None:
    with pytest.raises(NoPlanError):
        fixed_set(anatomy, TARGET, drawn, RULES)
