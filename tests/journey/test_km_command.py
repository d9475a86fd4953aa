"""The commands ``seedbed km`` and ``seedbed fisher`` as a user types them; all patients are synthetic."""

import json
from pathlib import Path
from typing import Any

import pytest

from seedbed.cli.app import app
from seedbed.errors import SeedbedError

Capture = pytest.CaptureFixture[str]

# remission of leukaemia patients, Freireich et al. 1963: weeks, relapse
DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
ROWS = [
    *((time, int(place < 9), "6-MP") for place, time in enumerate(DRUG)),
    *((time, 1, "placebo") for time in PLACEBO),
]


def written(folder: Path, rows: Any, header: str = "weeks,relapse,arm") -> Path:
    file = folder / "made.csv"
    file.write_text("\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n", encoding="utf-8")
    return file


def typed(*arguments: object) -> None:
    app([str(each) for each in arguments], standalone_mode=False)


def km_as_json(capsys: Capture, file: Path, *more: object) -> dict[str, Any]:
    typed("km", file, "--time", "weeks", "--event", "relapse", "--group", "arm", *more, "--json")
    found: dict[str, Any] = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    return found


def test_json_holds_what_the_textbooks_print(tmp_path: Path, capsys: Capture) -> None:
    found = km_as_json(capsys, written(tmp_path, ROWS), "--horizon", 20)
    drug, placebo = found["groups"]
    assert (drug["group"], drug["patients"], drug["events"], drug["censored"]) == ("6-MP", 21, 9, 12)
    assert drug["median"]["time"] == 23
    assert drug["median"]["log_log"] == [13, None]
    assert round(drug["mean"]["mean"], 3) == 23.287
    assert round(placebo["mean"]["standard_error"], 3) == 1.377
    assert round(found["log_rank"]["statistic"], 2) == 16.79
    assert [row["share"] for row in drug["quantiles"]] == [0.25, 0.5, 0.75]
    first = drug["steps"][0]
    assert (first["time"], first["at_risk"], first["events"], first["censored"]) == (6, 21, 3, 1)
    assert first["survival"] == pytest.approx(18 / 21)
    assert first["log_log"][0] < first["survival"] < first["log_log"][1]
    (compared,) = found["restricted_mean_comparisons"]
    assert compared["difference"] == pytest.approx(
        drug["restricted_mean"]["mean"] - placebo["restricted_mean"]["mean"]
    )
    assert compared["difference_p_value"] < 0.001


def test_the_table_says_not_reached_and_what_is_left_out(tmp_path: Path, capsys: Capture) -> None:
    rows = [(3, 1, "A"), (5, 0, "A"), (6, 0, "A"), (7, 0, "A"), (2, 1, "B"), ("", 1, "B"), (4, 1, "")]
    typed("km", written(tmp_path, rows), "--time", "weeks", "--event", "relapse", "--group", "arm")
    said = capsys.readouterr().out
    assert "not reached" in said
    assert "Left out: row 7 (no 'weeks'), 8 (no 'arm')" in said
    assert "Log-rank: chi-squared" in said
    assert "nan" not in said.lower()


def test_three_groups_are_compared_pair_by_pair(tmp_path: Path, capsys: Capture) -> None:
    rows = [*ROWS, *((time + 1, 1, "none") for time in PLACEBO)]
    found = km_as_json(capsys, written(tmp_path, rows))
    assert found["log_rank"]["df"] == 2
    assert [(pair["first"], pair["second"]) for pair in found["pairs"]] == [
        ("6-MP", "none"),
        ("6-MP", "placebo"),
        ("none", "placebo"),
    ]
    assert all(pair["holm_p_value"] >= pair["p_value"] for pair in found["pairs"])


def test_another_coding_of_the_event_is_named(tmp_path: Path, capsys: Capture) -> None:
    file = written(tmp_path, [(time, event + 1, arm) for time, event, arm in ROWS])
    with pytest.raises(SeedbedError, match="--event relapse=2"):
        km_as_json(capsys, file)
    typed("km", file, "--time", "weeks", "--event", "relapse=2", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["events"], found["event_codes"]) == (30, {"1": 12, "2": 30})
    assert found["groups"][0]["group"] == "all"
    assert found["log_rank"] is None


def test_no_event_one_patient_and_times_of_zero_have_true_answers(tmp_path: Path, capsys: Capture) -> None:
    found = km_as_json(capsys, written(tmp_path, [(0, 0, "A"), (0, 0, "A"), (5, 0, "B")]), "--horizon", 3)
    one, two = found["groups"]
    assert (one["mean"], one["median"]["time"], two["median"]["time"]) == (None, None, None)
    assert (two["restricted_mean"]["mean"], two["restricted_mean"]["standard_error"]) == (3, None)
    assert "at risk when an event came" in found["no_log_rank"]
    assert found["restricted_mean_comparisons"][0]["reason"]
    typed("km", tmp_path / "made.csv", "--time", "weeks", "--event", "relapse", "--group", "arm")
    assert "No log-rank test" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(3, 1, "A"), (-2, 0, "A")], "'weeks' in row 3 of 'made.csv' is '-2'"),
        ([(3, 1, "A"), ("six", 0, "A")], "'weeks' in row 3 of 'made.csv' is 'six'"),
        ([("nan", 1, "A")], "is 'nan'"),
        ([("", 1, "A")], "no row with weeks and relapse and arm"),
        ([(3, "dead", "A")], "--event relapse=dead"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(tmp_path: Path, capsys: Capture, rows: Any, said: str) -> None:
    with pytest.raises(SeedbedError) as caught:
        km_as_json(capsys, written(tmp_path, rows))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "more",
    [["--level", "95"], ["--horizon", "0"], ["--horizon", "nan"]],
)
def test_numbers_that_mean_nothing_are_refused(tmp_path: Path, capsys: Capture, more: list[str]) -> None:
    with pytest.raises(SeedbedError):
        km_as_json(capsys, written(tmp_path, ROWS), *more)


def test_columns_and_files_that_lack_are_named(tmp_path: Path) -> None:
    file = written(tmp_path, ROWS)
    with pytest.raises(SeedbedError, match="months"):
        typed("km", file, "--time", "months", "--event", "relapse")
    with pytest.raises(SeedbedError, match="named twice"):
        typed("km", file, "--time", "weeks", "--event", "weeks")
    with pytest.raises(SeedbedError, match=r"no 'relapse' in 'made\.csv' is '7'"):
        typed("km", file, "--time", "weeks", "--event", "relapse=7")
    with pytest.raises(SeedbedError, match="there is no file"):
        typed("km", tmp_path / "other.csv", "--time", "weeks", "--event", "relapse")


def test_fisher_of_the_tea_is_exact(capsys: Capture) -> None:
    # Fisher (1935): 34 of 70
    typed("fisher", "3,1;1,3", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["method"], found["tables"], found["p_low"]) == ("exact", 5, None)
    assert found["p_value"] == pytest.approx(34 / 70)
    typed("fisher", "3,1; 1,3")
    assert "Fisher's exact test: p = 0.4857" in capsys.readouterr().out


def test_a_table_that_is_too_large_is_estimated_and_says_so(capsys: Capture) -> None:
    table = "30,45,40,35;50,60,45,45;40,30,35,45"
    typed("fisher", table, "--seed", "4", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["method"], found["seed"]) == ("monte-carlo", 4)
    assert found["p_low"] < found["p_value"] < found["p_high"]
    typed("fisher", table, "--seed", "4")
    said = capsys.readouterr().out
    assert "Monte Carlo estimate" in said
    assert "not exact" in said


@pytest.mark.parametrize("table", ["", "3,1;1", "3,x;1,2", "3.5,1;1,2", "0,3;0,4", "1,-2;3,4"])
def test_what_is_no_table_is_refused(table: str) -> None:
    with pytest.raises(SeedbedError):
        typed("fisher", table)


@pytest.mark.parametrize(
    ("table", "said"),
    [("-1,2;3,4", "the count in row 1, column 1 is -1"), ("--jsn", "the option '--jsn'")],
)
def test_a_table_that_begins_with_a_hyphen_is_told_from_an_option(table: str, said: str) -> None:
    with pytest.raises(SeedbedError, match=said):
        typed("fisher", table)
