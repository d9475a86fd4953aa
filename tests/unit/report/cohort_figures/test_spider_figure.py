"""Spider: lines go through the changes of each patient."""

import numpy as np
import pytest
from matplotlib.collections import LineCollection, PolyCollection
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw, findings, set_with

from seedbed.report.cohort_figures import spider_figure as module
from seedbed.report.cohort_figures.group_panels import MOST_LINES
from seedbed.report.cohort_figures.spider_figure import CROWDED, spider_figure

MONTH = 365.25 / 12
SUMS = findings(
    *((0, -5, 40.0, ""), (0, 61, 30.0, "SD"), (0, 122, 100.0, "PD"), (0, 183, 120.0, "PD")),
    *((1, -3, 20.0, ""), (1, 60, 0.0, "CR")),
)


def test_few_patients_share_the_axes_and_differ_by_colour_dash_and_mark() -> None:
    found, figure = draw(spider_figure, set_with(["A", "B"], diameters_mm=SUMS), module)
    (axes,) = figure.axes
    lines = [line for line in axes.get_lines() if line.get_marker() in ("o", "s")]
    assert lines[0].get_xydata() == pytest.approx(
        np.array([(0, 0), (61 / MONTH, -25), (122 / MONTH, 100), (183 / MONTH, 100)])
    )
    assert lines[1].get_xydata() == pytest.approx(np.array([(0, 0), (60 / MONTH, -100)]))
    looks = {(line.get_color(), str(line.get_linestyle()), line.get_marker()) for line in lines}
    assert len(looks) == 2
    (cross,) = [line for line in axes.get_lines() if line.get_marker() == "x" and len(line.get_xdata())]
    assert cross.get_xydata() == pytest.approx(np.array([(122 / MONTH, 100)]))
    assert found is not None
    assert "Triangles: 2 images above +100 %" in found.caption
    assert "first images judged as progression (1 patient)" in found.caption


def test_a_panel_for_each_group_where_it_is_crowded() -> None:
    _, figure = draw(spider_figure, crowd([CROWDED, 2]), module)
    counts = [
        sum(len(each.get_segments()) for each in axes.collections if isinstance(each, LineCollection))
        for axes in figure.axes
    ]
    assert counts == [CROWDED, 2]


def test_of_many_patients_the_quantiles_are_drawn() -> None:
    data = crowd([MOST_LINES + 1])
    _, figure = draw(spider_figure, data, module)
    (axes,) = figure.axes
    assert sum(isinstance(each, PolyCollection) for each in axes.collections) == 2
    median = axes.get_lines()[0].get_xydata()
    sums = data.courses.diameters_mm
    expected = [np.median(100 * (sums.values[sums.due_months == month] / 50 - 1)) for month in (2, 4, 6)]
    assert median == pytest.approx(np.column_stack([[0, 2, 4, 6], [0, *expected]]))


def test_nothing_to_draw() -> None:
    assert spider_figure(set_with(["A"])) is None
    assert spider_figure(set_with(["A"], diameters_mm=findings((0, 9, 20.0, "SD")))) is None
