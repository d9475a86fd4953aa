"""Cells as papers print them."""

import pytest

from seedbed.cohort.auditing.cell_texts import read_cell
from seedbed.errors import TableError


@pytest.mark.parametrize(
    ("kind", "text", "numbers", "size"),
    [
        ("counts", "7 (50%)", {"count": "7", "percent": "50"}, None),
        ("counts", "9 (64.28 %)", {"count": "9", "percent": "64.28"}, None),
        ("counts", "7 [50]", {"count": "7", "percent": "50"}, None),
        ("counts", "7", {"count": "7"}, None),
        ("counts", "3/14 (21%)", {"count": "3", "percent": "21"}, 14),
        ("counts", "21% (3/14)", {"count": "3", "percent": "21"}, 14),
        ("counts", "7\u00a0（50％）", {"count": "7", "percent": "50"}, None),
        ("counts", "21%", {"percent": "21"}, None),
        ("counts", "64·3% (9)", {"count": "9", "percent": "64.3"}, None),
        ("mean_sd", "52.79 ± 17.27", {"mean": "52.79", "sd": "17.27"}, None),
        ("mean_sd", "52.79+/-17.27", {"mean": "52.79", "sd": "17.27"}, None),
        ("mean_sd", "−1.5 (0.3)", {"mean": "-1.5", "sd": "0.3"}, None),
        ("mean_sd", "52.79", {"mean": "52.79"}, None),
        ("quartiles", "90 (85,90)", {"median": "90", "p25": "85", "p75": "90"}, None),
        ("quartiles", "40 (15–77.5)", {"median": "40", "p25": "15", "p75": "77.5"}, None),
        ("quartiles", "-2 (-5 to -1)", {"median": "-2", "p25": "-5", "p75": "-1"}, None),
        ("quartiles", "-2 [-5; 1.0]", {"median": "-2", "p25": "-5", "p75": "1.0"}, None),
        ("quartiles", "1.00 (0.00, 1.00)", {"median": "1.00", "p25": "0.00", "p75": "1.00"}, None),
    ],
)
def test_forms(kind, text, numbers, size):
    found = read_cell(kind, text)
    assert (dict(found.numbers), found.size) == (numbers, size)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("counts", "7.5 (50%)"),
        ("counts", "-7"),
        ("counts", "7 of 14"),
        ("counts", "2,795"),
        ("mean_sd", "52.79 ± -1"),
        ("mean_sd", "52,79 ± 1"),
        ("quartiles", "90 (85)"),
        ("quartiles", "90 ± 5"),
        ("quartiles", ""),
    ],
)
def test_other_forms_are_refused_with_an_example(kind, text):
    with pytest.raises(TableError, match="such as"):
        read_cell(kind, text)
