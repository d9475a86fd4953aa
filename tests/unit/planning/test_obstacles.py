"""Which margin a name brings."""

from collections.abc import Callable

import pytest

from seedbed.errors import RulesError
from seedbed.geometry import Structure
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.obstacles import Obstacle, margin_of, obstacles_of

MARGINS = {
    "SpinalCord": 5.0,
    "spinal cord PRV": 5.0,
    "Brainstem": 5.0,
    "脊髓": 5.0,
    "Carotid_L": 3.0,
    "A_Carotid_R": 3.0,
    "Jugular_L": 3.0,
    "Vena cava": 3.0,
    "颈动脉": 3.0,
    "Brachial plexus": 3.0,
    "Trachea": 2.0,
    "Oesophagus": 2.0,
    "Vocal cord": 2.0,
    "Thyroid": 2.0,
}


@pytest.mark.parametrize(("name", "margin"), MARGINS.items(), ids=MARGINS.keys())
def test_margins_follow_roles(name: str, margin: float) -> None:
    assert margin_of(name, load_needle_rules()) == margin


def test_every_needle_passes_the_skin(ball: Callable[..., Structure]) -> None:
    organs = [ball((0.0, 0.0, 0.0), 5.0, name) for name in ("Skin", "Trachea")]
    assert [obstacle.name for obstacle in obstacles_of(organs, load_needle_rules())] == ["Trachea"]


@pytest.mark.parametrize("margin", [-1.0, float("nan"), float("inf")])
def test_a_margin_without_meaning_is_refused(margin: float, ball: Callable[..., Structure]) -> None:
    with pytest.raises(RulesError, match="Cord"):
        Obstacle("Cord", ball((0.0, 0.0, 0.0), 5.0), margin)
