"""Marks lie at the differences, the largest on top; what cannot be had is told."""

import pytest
from matplotlib.text import Text
from tests.unit.report.cohort_figures.figure_reading import clashes

from seedbed.cohort.tables import Cell, Row, Table
from seedbed.report.cohort_figures.balance_figure import BalanceRow, _draw, balance_figure, balance_rows

ROWS = [
    BalanceRow("Age, years", 0.3, 0.02),
    BalanceRow("A long label that has to be broken into lines as it is wider than the room is", 0.55, 0.12),
    BalanceRow("KPS", 0.2, None),
    BalanceRow("Sex", None, None),
]


def test_marks_and_order() -> None:
    axes = _draw([ROWS[1], ROWS[0], ROWS[2]], 183.0).axes[0]
    marks = {each.get_label(): each for each in axes.lines if each.get_label().endswith("weighting")}
    assert list(marks["before weighting"].get_xdata()) == [0.55, 0.3, 0.2]
    assert list(marks["after weighting"].get_xdata()) == [0.12, 0.02]
    assert axes.get_xlim()[0] == 0


def test_the_caption_counts() -> None:
    found = balance_figure(ROWS)
    assert found is not None
    assert "After weighting 1 of 2 covariates lie above it." in found.caption
    assert "Not drawn: 1 covariate." in found.caption
    assert balance_figure([ROWS[3]]) is None


def test_rows_of_a_table() -> None:
    cells = (Cell("0.30", {"before": 0.3, "after": 0.02}), Cell("yes"))
    table = Table(id="balance", title="", columns=("", "Before", "After"), rows=(Row("age", "Age", cells),))
    assert balance_rows(table) == (BalanceRow("Age", 0.3, 0.02, in_model=True),)


def test_covariates_of_the_model_are_bold_and_their_failure_is_told() -> None:
    rows = [BalanceRow("Age", 0.5, 0.28, in_model=True), BalanceRow("KPS", 0.2, 0.3)]
    weights = {text.get_text(): text.get_weight() for text in _draw(rows, 183.0).findobj(Text)}
    assert (weights["Age"], weights["KPS"]) == ("bold", "normal")
    found = balance_figure(rows)
    assert found is not None
    assert "Bold: covariates of the model" in found.caption
    assert "Of the model's own 1 these are 1: the weights did not make the groups alike." in found.caption
    alike = balance_figure([BalanceRow("Age", 0.5, 0.02, in_model=True)])
    assert alike is not None
    assert "did not make" not in alike.caption


@pytest.mark.parametrize("width", [89.0, 183.0])
def test_nothing_overlaps(width: float) -> None:
    assert clashes(_draw(ROWS[:3], width)) == []
