"""Which way a template lies, and what its holes are called."""

import numpy as np
import pytest

from seedbed.errors import NoPlanError
from seedbed.implant import Needle
from seedbed.planning.guide_frame import frame_of, lattice_names, spread_deg
from seedbed.planning.guide_rules import load_guide_rules

RULES = load_guide_rules()


def test_needles_from_two_sides_are_refused() -> None:
    needles = [
        Needle("left", (0.0, 0.0, 0.0), (-40.0, 0.0, 0.0)),
        Needle("right", (-60.0, 0.0, 20.0), (-20.0, 0.0, 20.0)),
    ]
    with pytest.raises(NoPlanError, match="one guide template"):
        frame_of(needles, RULES)


def test_needles_along_the_body_have_the_notch_in_front() -> None:
    frame = frame_of([Needle("N1", (0, 0, 40), (0, 0, 0))], RULES)
    assert frame.up == "front"
    np.testing.assert_allclose(frame.axes[1], [0, -1, 0], atol=1e-12)


def test_lattice_names_run_past_z() -> None:
    places = np.array([[0.0, 0.0], [25 * 5.0, 0.0], [26 * 5.0, 10.0], [27 * 5.0, 5.0]])
    assert lattice_names(places, step_mm=5.0, tolerance_mm=0.1) == ("A1", "Z1", "AA3", "AB2")


def test_the_spread_of_a_fan_is_its_half_angle() -> None:
    across, along = np.sin(np.radians(15)), np.cos(np.radians(15))
    fan = [Needle("", (0, 0, 0), (-along, side * across, 0)) for side in (-1, 1)]
    assert spread_deg(fan) == pytest.approx(15.0)
