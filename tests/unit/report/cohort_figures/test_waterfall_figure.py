"""Waterfall: bars stand at changes that a reader works out by hand."""

import pytest
from matplotlib.axes import Axes
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw, findings, set_with

from seedbed.report.cohort_figures import waterfall_figure as module
from seedbed.report.cohort_figures.waterfall_figure import MOST_BARS, waterfall_figure

SUMS = findings(
    *((0, -5, 40.0, ""), (0, 60, 30.0, "SD"), (0, 120, 50.0, "PD")),
    *((1, -3, 20.0, ""), (1, 60, 0.0, "CR")),
    *((2, -3, 10.0, ""), (2, 60, 35.0, "PD"), (2, 90, 40.0, "PD")),
    *((3, -3, 10.0, ""),),
    *((4, -3, 50.0, ""), (4, 60, 50.0, "NE")),
)
DATA = set_with(
    ["A", "A", "A", "A", "B"], columns={"best_response": ["SD", "CR", "PD", None, None]}, diameters_mm=SUMS
)


def bars(axes: Axes) -> list[tuple[float, float]]:
    found = [(bar.get_x() + bar.get_width() / 2, bar.get_height()) for bar in axes.patches]
    return sorted((round(x, 6), height) for x, height in found)


def test_bars_are_the_lowest_changes_from_the_most_growth_to_the_most_shrinkage() -> None:
    _, figure = draw(waterfall_figure, DATA, module)
    first, second = figure.axes
    assert bars(first) == [(0, pytest.approx(100.0)), (1, pytest.approx(-25.0)), (2, pytest.approx(-100.0))]
    assert bars(second) == [(0, pytest.approx(0.0, abs=1e-9))]


def test_letters_and_the_mark_of_a_cut_bar() -> None:
    found, figure = draw(waterfall_figure, DATA, module)
    first, second = figure.axes
    letters = sorted((text.get_position()[0], text.get_text()) for text in first.texts)
    assert letters == [(0, "PD"), (1, "SD"), (2, "CR")]
    assert [text.get_text() for text in second.texts] == ["NE"]
    (over,) = [line for line in first.get_lines() if line.get_marker() == "^" and len(line.get_xdata())]
    assert list(over.get_xdata()) == [0]
    assert found is not None
    assert "the highest is +250 %" in found.caption
    assert "n = 4: Group A 3, Group B 1" in found.caption
    assert "1 patient is not drawn" in found.caption


def test_lines_at_growth_and_shrinkage() -> None:
    _, figure = draw(waterfall_figure, DATA, module)
    heights = [line.get_ydata()[0] for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 2]
    assert heights == [0, 20, -30]


def test_of_many_bars_the_first_and_the_last_stay() -> None:
    data = crowd([MOST_BARS + 100, 3])
    found, figure = draw(waterfall_figure, data, module)
    every = bars(figure.axes[0])
    assert len(every) == MOST_BARS
    assert every == sorted(every, key=lambda bar: (bar[0], -bar[1]))
    heights = [height for _, height in every]
    assert heights == sorted(heights, reverse=True)
    assert found is not None
    assert f"At most {MOST_BARS} bars" in found.caption
    assert not figure.axes[0].texts  # rows of ticks tell the response


def test_a_complete_response_above_minus_100_is_explained() -> None:
    node = findings((0, -5, 20.0, ""), (0, 60, 6.0, "CR"), (1, -5, 20.0, ""), (1, 60, 0.0, "CR"))
    data = set_with(["A", "A"], columns={"best_response": ["CR", "CR"]}, diameters_mm=node)
    found, _ = draw(waterfall_figure, data, module)
    assert found is not None
    assert "1 complete response above -100 %: for it a lymph node has to be below 10 mm" in found.caption
    without, _ = draw(waterfall_figure, DATA, module)
    assert without is not None
    assert "lymph node" not in without.caption


def test_nothing_to_draw() -> None:
    assert waterfall_figure(set_with(["A", "B"])) is None
    only_before = findings((0, -5, 40.0, ""), (1, 0, 40.0, ""))
    assert waterfall_figure(set_with(["A", "B"], diameters_mm=only_before)) is None
    no_size = findings((0, -5, 0.0, ""), (0, 60, 10.0, "PD"))
    assert waterfall_figure(set_with(["A"], diameters_mm=no_size)) is None
