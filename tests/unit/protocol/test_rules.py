from importlib.resources import files
from pathlib import Path

import pytest

from seedbed.errors import InputError, RulesError
from seedbed.protocol import load_rules

SHIPPED = (files("seedbed.protocol") / "data" / "rair_dtc_chen_2025.toml").read_text(encoding="utf-8")
KPS = 'when = { fact = "kps", op = ">=", value = 80 }'


def broken(folder: Path, right: str, wrong: str) -> Path:
    assert SHIPPED.count(right) >= 1, right
    file = folder / "own.toml"
    file.write_text(SHIPPED.replace(right, wrong, 1), encoding="utf-8")
    return file


def test_a_copy_of_the_shipped_file_reads_the_same(tmp_path: Path) -> None:
    assert load_rules(broken(tmp_path, "title", "title")) == load_rules()


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("dose_gy = 100.0", "dose_gyy = 100.0", ["'prescription[1].dose_gyy'", "(did you mean 'dose_gy'?)"]),
        ("dose_gy = 100.0", 'dose_gy = "100"', ["'prescription[1].dose_gy' = '100'", "expected a number"]),
        ("dose_gy = 100.0", "dose_gy = true", ["'prescription[1].dose_gy' = true", "expected a number"]),
        ("dose_gy = 100.0", "dose_gy = nan", ["expected a finite number"]),
        ("dose_gy = 100.0", "dose_gy = -100.0", ["expected a value that is greater than 0"]),
        ("dose_gy = 100.0", "", ["rule RX-100", "lacks 'prescription[1].dose_gy'"]),
        ("precedence = 2", "precedence = 1", ["precedence 1 to RX-80 and RX-100"]),
        ("precedence = 3", "precedence = 1", ["precedence 1 to RX-80 and RX-120"]),
        ('id = "E2"', 'id = "E1"', ["the id 'E1' to 2 rules"]),
        ('id = "R2"', 'id = "E1"', ["the id 'E1' to 2 rules"]),
        ('fact = "kps"', 'fact = "kpss"', ["'inclusion[3].when.fact' is 'kpss'", "(did you mean 'kps'?)"]),
        (KPS, KPS.replace(">=", "=>"), ["'inclusion[3].when.op' = '=>'", "one of 'is', '>', '>='"]),
        (KPS, KPS.replace(">=", "is"), ["'inclusion[3].when.op' is 'is'", "for the number 'kps'"]),
        (KPS, KPS.replace("80", "true"), ["'inclusion[3].when.value' is true", "a number for 'kps'"]),
        (KPS, KPS.replace("80", '"80"'), ["'inclusion[3].when.value' = '80'", "a number, or true or false"]),
        (KPS, KPS.replace("value", "vaule"), ["'inclusion[3].when.vaule'", "(did you mean 'value'?)"]),
        (KPS, KPS.replace(" }", ', before = "treatment_date" }'), ["'inclusion[3].when.before'"]),
        (KPS, "when = 80", ["'inclusion[3].when' = 80", "expected a table"]),
        (KPS, "when = { }", ["exactly one of 'fact', 'all', 'any', 'not'"]),
        (KPS, "when = { all = [] }", ["'inclusion[3].when.all' is empty"]),
        (KPS, KPS.replace("fact", "not = { all = [] }, fact"), ["has 'fact' and 'not'"]),
        (KPS, 'when = { not = { fact = "kpss" } }', ["'inclusion[3].when.not.fact' is 'kpss'"]),
        (KPS, 'arms = ["D"]\n' + KPS, ["criterion I4 names 'D'"]),
        ('unit = "GBq"', 'unit = "Bq"', ["'prescription[1].when.any[1].unit' is 'Bq'", "expected 'GBq'"]),
        (
            'before = "treatment_date"',
            'before = "kps"',
            ["'prescription[0].when.all[1]'", "'treatment_date'"],
        ),
        ("value = 6, ", "value = 6.5, ", ["whole months"]),
        ('site = "bone"', 'site = "bones"', ["'activity[1].site' = 'bones'", "(did you mean 'bone'?)"]),
        ('site = "bone"', 'site = "other"', ["rules for the site 'other': 2"]),
        ("default_mbq = 25.9", "default_mbq = 2.59", ["rule ACT-OTHER", "a default inside its range"]),
        ("[drug.stop]", "[drug.stopp]", ["'drug.stopp'", "(did you mean 'stop'?)"]),
        ("steps_mg = [12.0, 10.0, 8.0]", "steps_mg = [12.0, 8.0, 10.0]", ["steps that fall"]),
        ("dose_mg = 12.0", "dose_mg = 10.0", ["starts at 10.0 mg"]),
        ("days_on = 14", "days_on = 22", ["22 days of drug in a cycle of 21 days"]),
        ('["progression", ', '["progression", "grade 3", ', ["'grade 3' 2 consequences"]),
        ("months = [2, 4, 6]", "months = [2, 6, 4]", ["months that rise"]),
        ("months = [2, 4, 6]", "months = 2", ["'visits.months' = 2", "expected an array"]),
        ("months = [2, 4, 6]", "months = [2.5]", ["'visits.months[0]' = 2.5", "expected a whole number"]),
        ('about = ["RX-80", ', 'about = ["RX-81", ', ["reading R1 names 'RX-81'", "(did you mean 'RX-80'?)"]),
        ("drug_only = true", "drug_only = 1", ["'visits.item[0].drug_only' = 1", "expected true or false"]),
        ("[source]", "[sourc]", ["does not say its source and place"]),
        ("edition =", "editon =", ["'source.editon'", "(did you mean 'edition'?)"]),
        ("title =", "title", ["is not valid TOML"]),
        ('id = "RX-120"', f'{KPS}\nid = "RX-120"', ["no prescription at all", "exactly one prescription"]),
    ],
)
def test_one_fault_is_said_in_one_sentence(tmp_path: Path, right: str, wrong: str, said: list[str]) -> None:
    with pytest.raises(RulesError) as refused:
        load_rules(broken(tmp_path, right, wrong))
    sentence = str(refused.value)
    for part in said:
        assert part in sentence
    assert "own.toml" in sentence
    assert "\n" not in sentence
    assert "pydantic" not in sentence
    assert "Input should" not in sentence


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        load_rules(tmp_path / "none.toml")


def test_every_rule_says_where_it_stands() -> None:
    protocol = load_rules()
    for rule in protocol.rules:
        assert "section" in protocol.cite(rule.id)
        assert "10." in protocol.cite(rule.id)


def test_an_unknown_rule_is_answered_with_the_likely_one() -> None:
    with pytest.raises(RulesError, match=r"did you mean 'RX-80'\?"):
        load_rules().rule("RX-8")


def test_rules_cannot_be_changed_in_passing() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_rules().prescription[0].dose_gy = 90.0  # type: ignore[misc]
