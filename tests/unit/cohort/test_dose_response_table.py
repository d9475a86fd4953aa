"""Dose on the CT after the implant against what followed."""

import pytest
from scipy import stats
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.dose_response_table import dose_response_table

D90 = [90.0, 100.0, 110.0, 120.0, 130.0, None]
VRR = [10.0, 30.0, 20.0, 60.0, 50.0, 99.0]


def test_without_a_verified_dose_there_is_no_table() -> None:
    assert dose_response_table(analysis_set(["A", "B"], vrr_6=[1.0, 2.0])) is None


def test_rank_correlation_of_those_with_both() -> None:
    table = dose_response_table(analysis_set(["A"] * 6, d90_gy=D90, vrr_6=VRR))
    assert table is not None
    rows = {row.id: row for row in table.rows}
    expected = stats.spearmanr(D90[:5], VRR[:5])
    assert rows["vrr_6"].cells[1].numbers["rho"] == pytest.approx(expected.statistic)
    assert rows["vrr_6"].cells[0].text == "5"
    assert rows["vrr_12"].cells[1].text == "not estimable: fewer than 4 patients with both"
    assert rows["lpfs"].cells[1].text.startswith("not estimable")
