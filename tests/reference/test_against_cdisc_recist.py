"""Hand-written RECIST 1.1 cases of CDISC form (pharmaversesdtm, Apache-2.0): TU, TR and RS records.

Only the cases with target lesions are compared; none of them has a non-target lesion, so the recorded
overall response is that of the targets.
"""

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from seedbed.patient import Lesion, LesionMeasurement, visits_from_measurements
from seedbed.response import assess_response

Row = dict[str, str]


def _rows(folder: Path, domain: str) -> list[Row]:
    with (folder / "recist" / f"{domain}_onco_recist.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _reader(row: Row, domain: str) -> str:
    return row[f"{domain}EVALID"] or row[f"{domain}EVAL"]


def _day(text: str) -> date:
    """Read a date; a missing day becomes the first, which keeps the order of these visits."""
    return date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _cases(folder: Path) -> dict[tuple[str, str], tuple[list[Lesion], list[LesionMeasurement]]]:
    lesions: dict[tuple[str, str], list[Lesion]] = defaultdict(list)
    for row in _rows(folder, "tu"):
        if row["TUSTRESC"] == "TARGET":
            node = row["TULOC"] == "LYMPH NODE"
            lesions[row["USUBJID"], _reader(row, "TU")].append(Lesion(row["TULNKID"], is_lymph_node=node))
    diameters: dict[tuple[str, str, str, date], dict[str, float | None]] = defaultdict(dict)
    for row in _rows(folder, "tr"):
        if row["TRGRPID"] == "TARGET":
            key = (row["USUBJID"], _reader(row, "TR"), row["TRLNKID"], _day(row["TRDTC"]))
            diameters[key][row["TRTESTCD"]] = _number(row["TRSTRESC"])
    return {
        case: (
            found,
            [
                LesionMeasurement(
                    lesion=name, on=day, longest_mm=sizes.get("LDIAM"), short_axis_mm=sizes.get("LPERP")
                )
                for (subject, reader, name, day), sizes in diameters.items()
                if (subject, reader) == case
            ],
        )
        for case, found in lesions.items()
    }


def test_target_response_agrees_with_the_recorded_response(reference_data: Path) -> None:
    recorded = {
        (row["USUBJID"], _reader(row, "RS"), _day(row["RSDTC"])): row["RSSTRESC"]
        for row in _rows(reference_data, "rs")
    }
    compared = 0
    for (subject, reader), (lesions, measurements) in _cases(reference_data).items():
        history = assess_response(lesions, visits_from_measurements(measurements))
        for point in history.timepoints:
            assert point.response == recorded[subject, reader, point.on], (subject, reader, point)
            compared += 1
    assert compared == 18  # two cases, three readers, three visits


@pytest.mark.parametrize(
    ("reader", "response"), [("INVESTIGATOR", "PD"), ("RADIOLOGIST 1", "NE"), ("RADIOLOGIST 2", "PD")]
)
def test_what_was_measured_may_suffice_for_progression(
    reference_data: Path, reader: str, response: str
) -> None:
    lesions, measurements = _cases(reference_data)["01-701-1028", reader]
    point = assess_response(lesions, visits_from_measurements(measurements)).timepoints[1]
    assert (point.response, point.sum_mm, point.not_measured) == (response, None, ("T01",))
