"""The command ``seedbed audit`` as a user types it."""

import json
from pathlib import Path

import pytest
from tests.journey.refusals import refusal

from seedbed.cli.app import app

PAPER = Path(__file__).parents[2] / "examples" / "founding-paper.toml"
Capture = pytest.CaptureFixture[str]


def typed(*arguments: str) -> None:
    app(["audit", *arguments], standalone_mode=False)


def test_json_for_machines(capsys: Capture) -> None:
    typed(str(PAPER), "--json")
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["paper", "findings", "fine", "no_power", "counts"]
    assert found["paper"]["doi"] == "10.3389/fendo.2025.1587412"
    for one in found["findings"]:
        assert list(one) == ["class", "where", "text", "arithmetic", "certainty", "settle"]
        assert all(one[key] for key in one)
        assert one["where"]["place"]
    order = [one["certainty"] for one in found["findings"]]
    assert order == sorted(order, key=["certain", "likely", "possible"].index)
    counts = found["counts"]
    assert counts["findings"] == len(found["findings"]) == sum(counts["by_certainty"].values())
    assert (counts["fine"], counts["no_power"]) == (len(found["fine"]), len(found["no_power"]))


def test_a_table_for_people(capsys: Capture) -> None:
    typed(str(PAPER))
    said = capsys.readouterr().out
    assert "3 of 14 is 21.43 %, printed 22 %" in said
    assert "Cannot be told:" in said
    assert "7 of 14 is 50.00 %" not in said
    typed(str(PAPER), "--all")
    assert "7 of 14 is 50.00 %" in capsys.readouterr().out


def test_findings_are_results(tmp_path: Path, capsys: Capture) -> None:
    """A study without a single line is audited as well."""
    empty = tmp_path / "paper.toml"
    empty.write_text('[source]\nsource = "a"\nplace = "b"\n[[group]]\nid = "A"\nn = "5"\n', encoding="utf-8")
    typed(str(empty))
    assert "0 findings" in capsys.readouterr().out


def test_a_bad_file_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    text = PAPER.read_text(encoding="utf-8").replace('A = "7 (50%)"', 'A = "7 (50"', 1)
    bad = tmp_path / "paper.toml"
    bad.write_text(text, encoding="utf-8")
    line = text.splitlines().index("rows = [") + 1
    said = refusal(["audit", str(bad)], capsys)
    assert f"(variable 1, rows, line {line}) holds the cell '7 (50'" in said
    assert "there is no file" in refusal(["audit", str(tmp_path / "none.toml")], capsys)
