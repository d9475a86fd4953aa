"""Thyroglobulin: medians, quartiles and values beyond what can be measured."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw, findings, set_with

from seedbed.report.cohort_figures import tg_figure as module
from seedbed.report.cohort_figures.group_panels import MOST_LINES
from seedbed.report.cohort_figures.tg_figure import tg_figure

MONTH = 365.25 / 12
TG = findings(
    *((0, -400, 900.0, ""), (0, -5, 100.0, ""), (0, 61, 10.0, "")),
    *((1, -5, 200.0, ""), (1, 61, 0.5, "<")),
    *((2, -5, 400.0, ""), (2, 61, 0.0, "")),
    *((3, 61, 5000.0, ">"),),
    due=(-1, 0, 2, 0, 2, 0, 2, 2),
)
DATA = set_with(["A", "A", "A", "B"], tg_ng_ml=TG)


def test_lines_begin_with_the_latest_value_before_treatment() -> None:
    found, figure = draw(tg_figure, DATA, module)
    first = next(each for each in figure.axes[0].collections if isinstance(each, LineCollection))
    expected = [[(0, 100), (61 / MONTH, 10)], [(0, 200), (61 / MONTH, 0.5)], [(0, 400), (61 / MONTH, 0.5)]]
    assert [line.tolist() for line in first.get_segments()] == [
        [pytest.approx(point) for point in line] for line in expected
    ]
    assert figure.axes[0].get_yscale() == "log"
    assert found is not None
    assert "1 earlier value is not drawn" in found.caption


def test_medians_and_quartiles_are_those_of_the_tables() -> None:
    _, figure = draw(tg_figure, DATA, module)
    (bars,) = figure.axes[0].containers
    assert bars.lines[0].get_xydata().tolist() == [[0, 200], [2, 0.5]]
    (segments,) = (each.get_segments() for each in bars.lines[2])
    # Places (n + 1) p of 100, 200, 400 are 1 and 3; of 0, 0.5, 10 too, and the axis begins at 0.5.
    assert [line[:, 1].tolist() for line in segments] == [
        pytest.approx([100, 400]),
        pytest.approx([0.5, 10]),
    ]


def test_values_beyond_what_can_be_measured_are_open_triangles() -> None:
    found, figure = draw(tg_figure, DATA, module)
    below = [line for line in figure.axes[0].get_lines() if line.get_marker() == "v"]
    assert below[0].get_xydata() == pytest.approx(np.array([(61 / MONTH, 0.5), (61 / MONTH, 0.5)]))
    assert below[0].get_markerfacecolor() == "white"
    above = [
        line for line in figure.axes[1].get_lines() if line.get_marker() == "^" and len(line.get_xdata())
    ]
    assert above[0].get_xydata() == pytest.approx(np.array([(61 / MONTH, 5000)]))
    assert found is not None
    assert "1 value is below what could be measured" in found.caption
    assert "1 value is above what could be measured" in found.caption
    assert "1 value is 0, drawn at the lowest value above 0" in found.caption


def test_the_last_panel_compares_the_medians() -> None:
    _, figure = draw(tg_figure, crowd([5, 6]), module)
    assert [axes.get_title(loc="left") for axes in figure.axes][-1] == "Medians of all groups"
    own = [axes.containers[0].lines[0].get_ydata().tolist() for axes in figure.axes[:2]]
    assert [each.lines[0].get_ydata().tolist() for each in figure.axes[2].containers] == own


def test_of_many_patients_the_quantiles_are_drawn() -> None:
    data = crowd([MOST_LINES + 1])
    _, figure = draw(tg_figure, data, module)
    (axes,) = figure.axes
    assert sum(isinstance(each, PolyCollection) for each in axes.collections) == 2
    tg = data.courses.tg_ng_ml
    expected = [np.median(tg.values[tg.due_months == month]) for month in (0, 2, 4, 6)]
    assert axes.get_lines()[0].get_ydata() == pytest.approx(expected)


def test_nothing_to_draw() -> None:
    assert tg_figure(set_with(["A"])) is None
    assert tg_figure(set_with(["A"], tg_ng_ml=findings((0, 61, 0.0, ""), due=[2]))) is None
