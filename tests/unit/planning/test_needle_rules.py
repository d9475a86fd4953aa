"""The rules of needles, and what makes a file of them unusable."""

from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from seedbed.errors import RulesError, TableError
from seedbed.planning.needle_rules import load_needle_rules, read_needle_rules

TEXT = (files("seedbed.planning") / "needle_rules.toml").read_text(encoding="utf-8")


def changed(tmp_path: Path, old: str, new: str) -> Path:
    assert old in TEXT
    path = tmp_path / "rules.toml"
    path.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_numbers() -> None:
    # Typed again: template holes and seed steps of 5 mm; an 18G needle is 0.050 inch thick.
    rules = load_needle_rules()
    assert (rules.hole_mm, rules.seat_step_mm, rules.target_spacing_mm) == (5.0, 5.0, 5.0)
    assert rules.needle_diameter_mm == pytest.approx(0.050 * 25.4)
    assert (rules.bone_margin_mm, rules.airway_margin_mm, rules.vessel_margin_mm) == (2.0, 2.0, 3.0)
    assert (rules.cord_margin_mm, rules.organ_margin_mm, rules.most_tilt_deg) == (5.0, 2.0, 30.0)


def test_directions_are_even_and_tilts_start_in_the_axial_plane() -> None:
    rules = replace(load_needle_rules(), azimuth_step_deg=90.0, most_tilt_deg=20.0)
    assert rules.azimuths_deg.tolist() == [0.0, 90.0, 180.0, 270.0]
    assert rules.tilts_deg.tolist() == [0.0, 15.0, -15.0]
    assert replace(rules, most_tilt_deg=0.0).tilts_deg.tolist() == [0.0]


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('id = "hole_mm"', 'id = "holes_mm"', "did you mean 'hole_mm'"),
        ('id = "hole_mm"', 'id = "crossing_mm"', "stands twice"),
        ("value = 30.0", "value = -30.0", "most_tilt_deg"),
        ("value = 30.0", "value = 90.0", "under 90"),
        ("value = 30.0", "value = nan", "most_tilt_deg"),
        ("value = 30.0", 'value = "30"', "most_tilt_deg"),
        ("value = 1.27", "value = 0.0", "needle_diameter_mm"),
        ("value = 1.27", "value = true", "needle_diameter_mm"),
    ],
)
def test_a_rule_without_meaning_is_refused(tmp_path: Path, old: str, new: str, match: str) -> None:
    with pytest.raises(RulesError, match=match):
        read_needle_rules(changed(tmp_path, old, new))


def test_a_missing_rule_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(TEXT[: TEXT.index('[[rule]]\nid = "body_voxel_mm"')], encoding="utf-8")
    with pytest.raises(RulesError, match="body_voxel_mm"):
        read_needle_rules(path)


def test_a_rule_without_a_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="source"):
        read_needle_rules(changed(tmp_path, 'source = "local rule"\nplace = "planning, needles"', ""))
