"""What goes beyond the paper: missing values, follow-up, restricted means, hazard ratios, Holm's steps."""

import numpy as np
import pytest
from scipy import stats
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.further_tables import (
    follow_up_table,
    hazard_table,
    holm_table,
    missing_table,
)
from seedbed.cohort.paper_tables import characteristics_table

RULES = analysis_rules()


def test_missing_values_are_counted_by_group() -> None:
    data = analysis_set(["A", "A", "B"], tg_0=[1, None, None], sex=["male"] * 3)
    rows = {row.id: row for row in missing_table(data).rows}
    assert [cell.text for cell in rows["missing.tg_0"].cells] == ["2 (67%)", "1 (50%)", "1 (100%)"]
    assert "missing.sex" not in rows


def followed(first: list[float], second: list[float]):
    count = len(first) + len(second)
    return analysis_set(
        ["A"] * len(first) + ["B"] * len(second), os_months=[*first, *second], os_event=[False] * count
    )


def test_unequal_follow_up_is_told() -> None:
    long, short = list(np.arange(40.0, 60.0)), list(np.arange(10.0, 30.0))
    table = follow_up_table(followed(long, short), RULES)
    assert table.footnotes[0].startswith("Warning: the groups were not followed equally long (p <0.001")
    assert table.rows[1].cells[0].text == "49.5 (40.0 to 59.0)"


def test_equal_follow_up_is_not() -> None:
    months = list(np.arange(10.0, 30.0))
    assert not follow_up_table(followed(months, months), RULES).footnotes[0].startswith("Warning")


def test_medians_apart_that_no_test_tells_are_worded_so() -> None:
    table = follow_up_table(followed([5.0, 10, 30, 31, 32], [1.0, 2, 15, 40, 41]), RULES)
    p = table.rows[0].tests[0].p_value
    assert p > 0.05
    said = f"Warning: median follow-ups differ 2.0-fold; the test cannot tell (p = {p:.3f})."
    assert table.footnotes[0].startswith(said)


def test_the_follow_up_of_one_patient_warns_of_nothing() -> None:
    months = list(np.arange(10.0, 30.0))
    assert not follow_up_table(followed(months, [2.0]), RULES).footnotes[0].startswith("Warning: median")


def test_hazard_ratios_have_their_tests() -> None:
    months = [3.0, 5.0, 8.0, 9.0, 12.0, 2.0, 4.0, 4.5, 7.0, 11.0]
    events = [True] * 4 + [False] + [True] * 4 + [False]
    data = analysis_set(["A"] * 5 + ["B"] * 5, os_months=months, os_event=events)
    tests = {row.id: row.tests[0] for row in hazard_table(data).rows if row.id.startswith("os.B")}
    by_name = {test.test: test for test in tests.values()}
    cox, firth = by_name["Wald test, Cox"], by_name["penalised likelihood ratio test, Firth"]
    assert stats.norm.sf(abs(cox.statistic)) * 2 == pytest.approx(cox.p_value)
    assert stats.chi2.sf(firth.statistic, *firth.df) == pytest.approx(firth.p_value)
    assert (cox.n, cox.events, firth.n, firth.events) == ((5, 5), 8, (5, 5), 8)


def test_two_alike_groups_have_a_hazard_ratio_of_one() -> None:
    months = [3.0, 5.0, 8.0, 9.0, 12.0]
    data = analysis_set(["A"] * 5 + ["B"] * 5, os_months=months * 2, os_event=[True] * 10)
    ratios = [
        row.cells[0].numbers["hazard_ratio"] for row in hazard_table(data).rows if row.id.startswith("os.B")
    ]
    assert ratios
    assert ratios == pytest.approx([1.0] * len(ratios), abs=1e-6)


def test_holm_over_all_p_values_of_a_table() -> None:
    data = analysis_set(
        ["A"] * 6 + ["B"] * 6, sex=["male"] * 6 + ["female"] * 6, bilateral_tumours=[True, False] * 6
    )
    rows = holm_table([characteristics_table(data, RULES)]).rows
    plain = [row.cells[1].numbers["p_value"] for row in rows]
    adjusted = [row.cells[2].numbers["p_holm"] for row in rows]
    assert adjusted[0] == pytest.approx(min(plain) * len(plain))
    assert adjusted[1] == pytest.approx(1.0)
