"""The rules of a guide template are complete and have a meaning, or they are refused."""

import pytest

from seedbed.errors import RulesError, TableError
from seedbed.planning.guide_rules import GuideRules, load_guide_rules, read_guide_rules

RULES = load_guide_rules()


def write_rules(path, text: str):
    path.write_text('[source]\nsource = "local"\nplace = "here"\n' + text)
    return path


def test_the_rules_say_the_numbers_of_the_chapter() -> None:
    assert (RULES.hole_clearance_mm, RULES.skin_gap_mm, RULES.margin_mm) == (0.2, 0.5, 8.0)
    assert RULES.least_wall_mm == 1.5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no rule 'hole_clearance_mm'"),
        ('[[rule]]\nid = "thicknes_mm"\nvalue = 1\n', "did you mean 'thickness_mm'"),
        ('[[rule]]\nid = "grid_mm"\nvalue = 1\n' * 2, "'grid_mm' twice"),
    ],
)
def test_wrong_rules_are_refused(tmp_path, text: str, message: str) -> None:
    with pytest.raises(RulesError, match=message):
        read_guide_rules(write_rules(tmp_path / "g.toml", text))


def test_rules_without_a_source_are_refused(tmp_path) -> None:
    (tmp_path / "g.toml").write_text("[source]\n")
    with pytest.raises(TableError, match="source"):
        read_guide_rules(tmp_path / "g.toml")


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf"), True, "1"])
def test_numbers_without_meaning_are_refused(value: object) -> None:
    with pytest.raises(RulesError, match="grid_mm"):
        GuideRules(**{**vars(RULES), "grid_mm": value})


def test_a_notch_that_reaches_a_hole_is_refused() -> None:
    with pytest.raises(RulesError, match="notch"):
        GuideRules(**{**vars(RULES), "notch_radius_mm": 7.0})
