"""The command ``seedbed recist`` as a user types it; all records are synthetic."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.sheets.cdisc_files import lesion, result, write

from seedbed.cli.app import app
from seedbed.errors import InputError

Capture = pytest.CaptureFixture[str]


def typed(tu: Path, tr: Path, *more: str) -> None:
    app(["recist", "--tu", str(tu), "--tr", str(tr), *more], standalone_mode=False)


def as_json(capsys: Capture, *arguments: Any) -> dict[str, Any]:
    typed(*arguments, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def small_growth(folder: Path) -> tuple[Path, Path]:
    """Two targets of 10 mm that grow by 2 and 1 mm, 15 %, then to 24 mm: 20 %, but less than 5 mm."""
    tu = [lesion("T01"), lesion("T02"), lesion("NT01", "NON-TARGET")]
    tr = [
        *(result(name, 1, "10") for name in ("T01", "T02")),
        *(result("T01", 2, "12"), result("T02", 2, "11")),
        *(result("T01", 3, "12"), result("T02", 3, "12")),
        *(result("NT01", visit, "PRESENT", test="TUMSTATE") for visit in (1, 2, 3)),
    ]
    return write(folder, tu, tr)


def test_json_holds_every_visit_with_its_reason(tmp_path: Path, capsys: Capture) -> None:
    found = as_json(capsys, *small_growth(tmp_path))
    (subject,) = found["subjects"]
    assert (found["profile"], subject["baseline_sum_mm"]) == ("recist11", 20.0)
    second = subject["visits"][1]
    assert {
        key: second[key]
        for key in ("visit", "on", "target_sum_mm", "nadir_mm", "target_response", "non_target_response")
    } == {
        "visit": "V3",
        "on": "2024-04-22",
        "target_sum_mm": 24.0,
        "nadir_mm": 20.0,
        "target_response": "SD",
        "non_target_response": "NON-CR/NON-PD",
    }
    assert second["change_from_nadir_pct"] == pytest.approx(20.0)
    assert "RECIST-SD" in second["rule_ids"]
    assert (subject["best_response"], subject["best_confirmed_response"]) == ("SD", "SD")


def test_the_paper_calls_twenty_percent_progression(tmp_path: Path, capsys: Capture) -> None:
    (subject,) = as_json(capsys, *small_growth(tmp_path), "--profile", "paper")["subjects"]
    assert [visit["overall_response"] for visit in subject["visits"]] == ["SD", "PD"]
    assert subject["progressed_on"] == "2024-04-22"
    assert all(visit["non_target_response"] is None for visit in subject["visits"])


def test_compare_names_the_visit_and_why(tmp_path: Path, capsys: Capture) -> None:
    found = as_json(capsys, *small_growth(tmp_path), "--compare")
    visit, progressed = found["differences"]
    assert (visit["visit"], visit["recist11"], visit["paper"]) == ("V3", "SD", "PD")
    assert "+4 mm (+20.0 %)" in visit["why"]
    assert (progressed["what"], progressed["recist11"]) == ("date of progression", "none")
    typed(*small_growth(tmp_path), "--compare")
    assert "recist11 SD, paper PD" in capsys.readouterr().out


def test_the_table_shows_sums_and_reasons(tmp_path: Path, capsys: Capture) -> None:
    typed(*small_growth(tmp_path))
    printed = capsys.readouterr().out
    assert "01, INVESTIGATOR: RECIST 1.1" in printed
    assert "Best SD, confirmed SD" in printed
    assert "the sum 24 mm is +4 mm (+20.0 %) from the smallest sum of 20 mm" in printed


def test_subject_and_reader_choose(tmp_path: Path, capsys: Capture) -> None:
    tu = [lesion("T01", subject=subject, reader=reader) for subject in "12" for reader in ("R1", "R2")]
    tr = [
        result("T01", 1, "20", subject=subject, reader=reader) for subject in "12" for reader in ("R1", "R2")
    ]
    files = write(tmp_path, tu, tr)
    assert len(as_json(capsys, *files)["subjects"]) == 4
    (one,) = as_json(capsys, *files, "--subject", "2", "--reader", "R1")["subjects"]
    assert (one["subject"], one["reader"]) == ("2", "R1")
    with pytest.raises(InputError, match="there is no subject '3'"):
        typed(*files, "--subject", "3")
    with pytest.raises(InputError, match="the profile 'recist'"):
        typed(*files, "--profile", "recist")


def test_faults_are_told_after_what_could_be_judged(tmp_path: Path, capsys: Capture) -> None:
    tu = [lesion("T01", subject="1"), lesion("T01", subject="2"), lesion("T01", subject="3")]
    tr = [result("T01", visit, "20", subject="1") for visit in (1, 2)]
    tr += [result("T01", 1, "20", subject="2"), result("T01", 2, "-20", subject="2")]
    tr += [result("T01", 2, "20", subject="3"), result("T01", 1, "", subject="3")]
    files = write(tmp_path, tu, tr)
    with pytest.raises(InputError, match="rows or subjects could not be used"):
        typed(*files, "--json")
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert [each["visits"][0]["overall_response"] for each in found["subjects"]] == ["SD", "NE"]
    assert "row 5 of 'tr.csv'" in found["subjects"][1]["faults"][0]
    (missing,) = found["not_judged"]
    assert (missing["subject"], "has no diameter of T01" in missing["reason"]) == ("3", True)
    assert "row 5 of 'tr.csv'" in printed.err


def test_a_sum_in_the_file_that_is_another_is_named(tmp_path: Path, capsys: Capture) -> None:
    tr = [result("T01", 1, "20"), result("T01", 2, "20"), result("", 2, "29", test="SUMDIAM")]
    (subject,) = as_json(capsys, *write(tmp_path, [lesion("T01")], tr))["subjects"]
    assert "V2: the file states a sum of 29 mm, the diameters make 20 mm" in subject["notes"]


def test_records_are_written_and_read_back(tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "out"
    first = as_json(capsys, *small_growth(tmp_path), "--out", str(out))
    again = as_json(capsys, out / "tu.csv", out / "tr.csv")
    assert again["subjects"] == first["subjects"]
    assert "OVRLRESP" in (out / "rs.csv").read_text(encoding="utf-8")


def test_there_is_no_traceback_for_a_missing_file(tmp_path: Path) -> None:
    tu, _ = small_growth(tmp_path)
    with pytest.raises(InputError, match="there is no file"):
        typed(tu, tmp_path / "none.csv")
