"""Pain: areas of discs are shares, medians are medians."""

import numpy as np
import pytest
from matplotlib.collections import EllipseCollection
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw, findings, set_with

from seedbed.report.cohort_figures import pain_figure as module
from seedbed.report.cohort_figures.pain_figure import WIDEST_MM, pain_figure

NRS = findings(
    *((0, -5, 6.0, ""), (0, 61, 2.0, ""), (0, 300, 9.0, "")),
    *((1, -5, 6.0, ""), (1, 61, 1.5, "")),
    *((2, -5, 6.0, ""), (2, 61, 0.0, "")),
    *((3, -5, 3.0, ""), (3, 61, 2.0, "")),
    due=(0, 2, -1, 0, 2, 0, 2, 0, 2),
)
DATA = set_with(["A"] * 4 + ["B"], nrs=NRS)


def test_the_area_of_a_disc_is_a_share() -> None:
    _, figure = draw(pain_figure, DATA, module)
    before, later = (each for each in figure.axes[0].collections if isinstance(each, EllipseCollection))
    for discs, places, shares in (
        (before, [(0, 3), (0, 6)], [0.25, 0.75]),
        (later, [(1, 0), (1, 2)], [0.25, 0.75]),
    ):
        assert np.asarray(discs.get_offsets()).tolist() == [list(place) for place in places]
        areas = (np.asarray(discs.get_widths()) * 25.4 / WIDEST_MM) ** 2
        assert areas == pytest.approx(shares)


def test_medians_and_numbers() -> None:
    found, figure = draw(pain_figure, DATA, module)
    (bars,) = figure.axes[0].containers
    assert bars.lines[0].get_xydata().tolist() == [[0, 6], [1, 1.75]]
    assert [text.get_text() for text in figure.axes[0].texts] == ["4", "4"]
    assert [text.get_text() for text in figure.axes[1].texts][:2] == ["0", "0"]
    assert found is not None
    assert "1 value is between two whole numbers" in found.caption
    assert "1 value is not drawn" in found.caption
    assert "1 patient is not drawn, without a value" in found.caption


def test_a_visit_of_fewer_than_three_patients_of_a_group_has_no_disc() -> None:
    few = findings(*((at, -5, 4.0, "") for at in range(5)), due=[0] * 5)
    found, figure = draw(pain_figure, set_with(["A"] * 3 + ["B"] * 2, nrs=few), module)
    discs = [
        [each for each in axes.collections if isinstance(each, EllipseCollection)] for axes in figure.axes
    ]
    assert [len(each) for each in discs[:2]] == [1, 0]
    assert [text.get_text() for text in figure.axes[1].texts][:1] == ["2"]
    assert found is not None
    assert "2 values are not drawn" in found.caption
    assert "at visits of at least 3 patients of the group" in found.caption


def test_without_any_such_visit_there_is_no_figure() -> None:
    one = findings((0, -5, 4.0, ""), due=[0])
    assert pain_figure(set_with(["A"], nrs=one)) is None


def test_all_patients_are_counted_however_many() -> None:
    _, figure = draw(pain_figure, crowd([3000, 4]), module)
    assert [text.get_text() for text in figure.axes[0].texts] == ["3,000"] * 4


def test_nothing_to_draw() -> None:
    assert pain_figure(set_with(["A"])) is None
