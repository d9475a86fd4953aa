"""Hand-written RECIST 1.1 cases of CDISC form (pharmaversesdtm, Apache-2.0): TU, TR and RS records.

Two cases have target lesions only, two have none; three readers each. Every recorded response is compared.
"""

import csv
import json
from pathlib import Path

import pytest

from seedbed.cli.app import app
from seedbed.response import assess_response
from seedbed.sheets.cdisc_tumour import TumourCase, read_tumour_files

RECORDED = 27
"""RS records of the files: four subjects, three readers, one to three visits."""
FIELDS = {
    "OVRLRESP": "response",
    "TRGRESP": "target_response",
    "NTRGRESP": "non_target_response",
}


def _files(folder: Path) -> tuple[Path, Path]:
    return folder / "recist" / "tu_onco_recist.csv", folder / "recist" / "tr_onco_recist.csv"


def _recorded(folder: Path) -> list[dict[str, str]]:
    with (folder / "recist" / "rs_onco_recist.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def cases(reference_data: Path) -> dict[tuple[str, str], TumourCase]:
    return {(each.subject, each.reader): each for each in read_tumour_files(*_files(reference_data))}


def test_every_recorded_response_is_found(
    reference_data: Path, cases: dict[tuple[str, str], TumourCase]
) -> None:
    histories = {key: assess_response(case.lesions, case.visits) for key, case in cases.items()}
    rows = _recorded(reference_data)
    for row in rows:
        history = histories[row["USUBJID"], row["RSEVALID"] or row["RSEVAL"]]
        (point,) = [each for each in history.timepoints if each.label == row["VISIT"]]
        found = getattr(point, FIELDS[row["RSTESTCD"]])
        assert (found, str(point.when)) == (row["RSSTRESC"], row["RSDTC"]), (row, point.reason)
    judged = sum(len(history.timepoints) for history in histories.values())
    assert len(rows) == judged == RECORDED


def test_accepted_visits_are_those_that_the_responses_flag(
    reference_data: Path, cases: dict[tuple[str, str], TumourCase]
) -> None:
    for row in _recorded(reference_data):
        case = cases[row["USUBJID"], row["RSEVALID"] or row["RSEVAL"]]
        assert ((row["VISIT"], float(row["VISITNUM"])) in case.accepted) == (row["RSACPTFL"] == "Y"), row


def test_no_row_is_refused_and_repeated_rows_are_named(cases: dict[tuple[str, str], TumourCase]) -> None:
    assert all(case.faults == () for case in cases.values())
    assert any("repeat earlier ones" in note for note in cases["01-701-1034", "INVESTIGATOR"].notes)


@pytest.mark.parametrize(
    ("reader", "response"), [("INVESTIGATOR", "PD"), ("RADIOLOGIST 1", "NE"), ("RADIOLOGIST 2", "PD")]
)
def test_what_was_measured_may_suffice_for_progression(
    cases: dict[tuple[str, str], TumourCase], reader: str, response: str
) -> None:
    case = cases["01-701-1028", reader]
    point = assess_response(case.lesions, case.visits).timepoints[1]
    assert (point.response, point.sum_mm, point.not_measured) == (response, None, ("T01",))


def test_the_command_prints_what_is_recorded(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tu, tr = _files(reference_data)
    app(
        ["recist", "--tu", str(tu), "--tr", str(tr), "--profile", "recist11", "--json"], standalone_mode=False
    )
    found = json.loads(capsys.readouterr().out)
    printed = {
        (subject["subject"], subject["reader"], visit["visit"]): visit["overall_response"]
        for subject in found["subjects"]
        for visit in subject["visits"]
    }
    recorded = {
        (row["USUBJID"], row["RSEVALID"] or row["RSEVAL"], row["VISIT"]): row["RSSTRESC"]
        for row in _recorded(reference_data)
    }
    assert printed == recorded
    assert found["not_judged"] == []
