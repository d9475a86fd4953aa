"""Suggestions on adverse events; what they ask for is typed from the labels they name."""

from pathlib import Path

import pytest

from seedbed.errors import RulesError
from seedbed.protocol.safety import load_safety, suggestions


@pytest.mark.parametrize(
    ("term", "grade", "rule", "action"),
    [
        ("Epistaxis", 2, "SAFE-BLEED-2", "interrupt, then reduce"),
        ("Tracheal hemorrhage", 4, "SAFE-BLEED-3", "stop"),
        ("Hypertension", 3, "SAFE-HYPERTENSION-3", "interrupt, then reduce"),
        ("Hypertension", 4, "SAFE-HYPERTENSION-4", "stop"),
        ("Gastric perforation", 2, "SAFE-PERFORATION", "stop"),
        ("Tracheal fistula", 4, "SAFE-FISTULA-4", "stop"),
        ("Myocardial infarction", 3, "SAFE-ARTERIAL", "stop"),
        ("Heart failure", 3, "SAFE-HEART-3", "interrupt, then reduce"),
        ("Electrocardiogram QT corrected interval prolonged", 3, "SAFE-QTC", "interrupt"),
        ("Alanine aminotransferase increased", 3, "SAFE-LIVER", "interrupt, then reduce"),
    ],
)
def test_what_the_labels_ask_for(term: str, grade: int, rule: str, action: str) -> None:
    assert (rule, action) in [(each.id, each.action) for each in suggestions(term, grade)]


@pytest.mark.parametrize(("term", "grade"), [("Epistaxis", 1), ("Nausea", 3), ("Hypertension", 1)])
def test_often_nothing_is_suggested(term: str, grade: int) -> None:
    assert suggestions(term, grade) == ()


def test_around_an_operation_the_drug_is_left_out() -> None:
    surgery = load_safety().surgery
    assert (surgery.days_before, surgery.days_after) == (10, 14)  # Nexavar, US label: 10 days and 2 weeks


def test_every_rule_has_a_source_and_says_whether_it_was_read() -> None:
    rules = load_safety()
    assert all(rule.source and rule.place for rule in rules.rule)
    assert {rule.checked for rule in rules.rule} == {"read", "from memory"}


def edited(tmp_path: Path, old: str, new: str) -> Path:
    shipped = Path(__file__).parents[3] / "src" / "seedbed" / "protocol" / "data" / "anlotinib_safety.toml"
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "own.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_a_clinic_edits_the_file(tmp_path: Path) -> None:
    own = load_safety(edited(tmp_path, "days_before = 10", "days_before = 14"))
    assert own.surgery.days_before == 14


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('action = "stop"', 'action = "order"', "action"),
        ('id = "SAFE-BLEED-3"', 'id = "SAFE-BLEED-2"', "twice"),
        ("days_before = 10", "days_befor = 10", "surgery"),
        ("grades = [2]", "grades = [5]", "grades"),
        ("[source]", "[sauce]", "source"),
    ],
)
def test_a_faulty_file_is_refused_in_a_sentence(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(RulesError, match=says):
        load_safety(edited(tmp_path, old, new))
