"""The commands ``seedbed grade`` and ``seedbed ctcae``, from the command line to what is printed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from seedbed.cli.app import app, run
from seedbed.errors import InputError, TableError, UndecidedError


def command(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def as_json(*arguments: str) -> Any:
    return json.loads(command(*arguments, "--json"))


def graded(term: str, value: str, unit: str, *more: str) -> Any:
    return as_json("grade", "--term", term, "--value", value, "--unit", unit, *more)


@pytest.mark.parametrize(
    ("term", "value", "unit", "more", "grade"),
    [
        ("Anemia", "99.9", "g/L", ["--low", "115"], 2),
        ("Anemia", "100", "g/L", ["--low", "115"], 1),
        ("血红蛋白", "79.9", "g/L", ["--low", "115"], 3),
        ("Platelet count decreased", "75", "K/uL", ["--low", "125"], 1),
        ("platelets", "74,9", "10^9/L", ["--low", "125"], 2),
        ("ALT", "120.0", "U/L", ["--high", "40", "--baseline", "30"], 1),
        ("Alanine aminotransferase increased", "240", "U/L", ["--high", "40", "--baseline", "80"], 1),
        ("Hypokalemia", "2.5", "mmol/L", ["--low", "3.5", "--high", "5.3"], 3),
        ("high blood pressure", "150/95", "mmHg", [], 2),
        ("Hypertension", "118 / 100", "", [], 3),
        ("proteinuria", "3.5", "g/24h", [], 3),
        ("Hypoalbuminemia", "２９", "g/L", ["--low", "35"], 2),
    ],
)
def test_a_value_is_graded(term: str, value: str, unit: str, more: list[str], grade: int) -> None:
    assert graded(term, value, unit, *more)["grade"] == grade


def test_the_answer_for_machines_names_everything() -> None:
    found = graded("Creatinine increased", "130", "umol/L", "--high", "110", "--baseline", "60")
    assert found["term"] == "Creatinine increased"
    assert found["limits"] == {"ULN": "110 umol/L", "baseline": "60 umol/L"}
    assert found["rule"] == "CTCAE5/Creatinine increased/2"
    assert found["source"].startswith("CTCAE v5.0")
    assert found["caveats"]


def test_the_answer_for_people_holds_the_grade_the_numbers_and_the_notes() -> None:
    said = command("grade", "--term", "Hypokalemia", "--value", "3.2", "--unit", "mmol/L", "--low", "3.5")
    assert said.startswith("Grade 1: Hypokalemia")
    assert "3.0 mmol/L to below LLN" in said
    assert "with symptoms" in said


@pytest.mark.parametrize(
    ("arguments", "kind", "says"),
    [
        (["Anemia", "105", "g/L"], UndecidedError, "lower limit of normal"),
        (["Anemia", "ten", "g/L"], InputError, "a number"),
        (["Neutrophil count decreased", "1,500", "/mm3"], InputError, "without commas"),
        (["Anemia", "nan", "g/L"], InputError, "a number"),
        (["Anemia", "105", "stone"], InputError, "unit"),
        (["Anemia", "120/80", "mmHg"], InputError, "one number"),
        (["Hypophosphatemia", "0.5", "mmol/L"], InputError, "5.0 has none"),
        (["Hypertension", "150", "mmHg"], UndecidedError, "150/95"),
    ],
)
def test_what_cannot_be_graded_is_a_sentence(arguments: list[str], kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        graded(*arguments)


def test_a_sentence_leaves_with_two_and_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(["grade", "--term", "Anemia", "--value", "105", "--unit", "g/L"])
    assert left.value.code == 2
    assert "expected the lower limit of normal" in capsys.readouterr().err


def test_terms_are_found() -> None:
    found = as_json("ctcae", "search", "骨髓抑制")["terms"]
    assert [row["term"] for row in found][1:3] == ["White blood cell decreased", "Neutrophil count decreased"]
    assert found[0]["grades"] == [1, 2, 3, 4, 5]
    assert "Pneumonitis" in command("ctcae", "search", "radiation", "pneumonitis")
    assert "No term" in command("ctcae", "search", "xyzzy")


@pytest.fixture
def copy(reference_data: Path) -> str:
    return str(reference_data / "ctcae" / "ctcae_v5.csv")


def test_an_own_copy_is_kept_and_shown(copy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "own"
    kept = as_json("ctcae", "import", copy, "--folder", str(folder))
    assert (kept["terms"], kept["lacking"], kept["unknown"], kept["other_grades"]) == (837, [], [], [])
    assert Path(kept["path"]).parent == folder.resolve()
    monkeypatch.setenv("SEEDBED_CTCAE", str(folder))
    shown = as_json("ctcae", "show", "hypokalaemia")
    assert shown["sentences"][0] == "<LLN - 3.0 mmol/L"
    assert "Grade 3: <3.0 - 2.5 mmol/L" in command("ctcae", "show", "Hypokalemia")


def test_without_a_copy_the_facts_are_shown(tmp_path: Path) -> None:
    said = command("ctcae", "show", "hypokalaemia", "--folder", str(tmp_path))
    assert "Grades: 1, 2, 3, 4, 5" in said
    assert "2.5 to below 3.0 mmol/L" in said
    assert "seedbed ctcae import FILE" in said


def test_half_a_copy_is_refused_and_keeps_nothing(tmp_path: Path) -> None:
    file = tmp_path / "half.csv"
    file.write_text("term,grade1,grade2,grade3,grade4,grade5\nAnemia,a,b,c,d,e\n", encoding="utf-8")
    with pytest.raises(TableError, match="lacks 836 of the 837 terms"):
        command("ctcae", "import", str(file), "--folder", str(tmp_path / "own"))
    assert not (tmp_path / "own").exists()


def test_a_damaged_copy_is_told(tmp_path: Path) -> None:
    (tmp_path / "ctcae_v5.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="import the file again"):
        command("ctcae", "show", "Anemia", "--folder", str(tmp_path))
