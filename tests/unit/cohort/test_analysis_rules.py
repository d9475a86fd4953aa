"""The rules of an analysis: read, switched, refused."""

from importlib.resources import files
from pathlib import Path

import pytest

from seedbed.cohort.analysis_rules import analysis_rules, read_analysis_rules
from seedbed.errors import InputError

SHIPPED = (files("seedbed.cohort") / "analysis_rules.toml").read_text(encoding="utf-8")


def changed(folder: Path, old: str, new: str) -> Path:
    assert SHIPPED.count(old) == 1
    path = folder / "rules.toml"
    path.write_text(SHIPPED.replace(old, new), encoding="utf-8")
    return path


def test_what_section_2_5_says() -> None:
    rules = analysis_rules()
    assert rules.level.alpha == 0.05
    assert rules.nominal.expected_below == 5
    assert rules.source.doi == "10.3389/fendo.2025.1587412"
    assert len({rule.id for rule in rules.every}) == len(rules.every) == 16
    assert all(rule.text and rule.place for rule in rules.every)


def test_a_copy_can_be_changed(tmp_path: Path) -> None:
    rules = read_analysis_rules(changed(tmp_path, '"Shapiro-Wilk"', '"never normal"'))
    assert rules.normality.decides == "never normal"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"Shapiro-Wilk"', '"by eye"', "normality.decides"),
        ("expected_below = 5.0", "expected_below = -1.0", "nominal.expected_below"),
        ("fewest = 3", "fewest = 3\nmost = 4", "normality.most"),
        ('name = "nrs_0"', 'name = "nrs_6"', "'nrs_6' is not one of"),
        ('name = "nrs_0"\nscale = "number"', 'name = "nrs_0"\nscale = "classes"', "'nrs_0' is a number"),
        ('one_if = ["male"]', 'one_if = ["men"]', "'men' is no class of 'sex': male, female"),
        ('place = "section 2.5, statistical analysis"', "", "does not say its place"),
    ],
)
def test_a_slip_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_analysis_rules(changed(tmp_path, old, new))


def test_another_level() -> None:
    assert analysis_rules().at_level(None) is analysis_rules()
    assert analysis_rules().at_level(0.01).level.alpha == 0.01
    for alpha in (0.0, 1.0, 5.0):
        with pytest.raises(InputError, match="a level of"):
            analysis_rules().at_level(alpha)
