"""Incidence by hand: steps of Aalen and Johansen, not one less Kaplan-Meier."""

from numpy.testing import assert_allclose
from tests.unit.cohort.analysis_sets import analysis_set
from tests.unit.report.cohort_figures.figure_reading import clashes, texts

from seedbed.cohort.competing_table import CauseTimes, competing_table
from seedbed.report.cohort_figures.incidence_figure import _chart, incidence_figure
from seedbed.report.cohort_figures.step_chart import draw_steps

TWO = analysis_set(
    ["A"] * 4 + ["B"] * 2,
    lpfs_months=[1.0, 2.0, 2.0, 3.0, 4.0, None],
    lpfs_cause=["local progression", "death", "local progression", "censored", "censored", None],
)


def test_steps_by_hand() -> None:
    figure = draw_steps(_chart(CauseTimes.of(TWO), TWO, None, bands=True), 183.0)
    (curve,) = [each for each in figure.axes[0].lines if each.get_gid() == "curve_0"]
    assert_allclose(curve.get_ydata(), [0, 25, 50, 50])
    assert_allclose(curve.get_xdata(), [0, 1, 2, 3])
    assert clashes(figure) == []


def test_counts_test_and_who_is_not_drawn() -> None:
    table = competing_table(TWO)
    assert table is not None
    found = incidence_figure(TWO, test=table.rows[0].tests[0])
    assert found is not None
    assert {"2 / 4", "1 / 4", "0 / 1"} <= set(texts(found))
    assert "Gray's test: " in found.caption
    assert "Not drawn: 1 patient without a known time or cause." in found.caption


def test_nothing_known_gives_no_figure() -> None:
    assert incidence_figure(analysis_set(["A"])) is None
