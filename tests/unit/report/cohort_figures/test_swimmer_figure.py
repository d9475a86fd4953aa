"""Swimmer: bars end when follow-up ended, marks stand on the day."""

import pytest
from tests.unit.report.cohort_figures.made_up_courses import crowd, draw, drug, happenings, set_with

from seedbed.report.cohort_figures import swimmer_figure as module
from seedbed.report.cohort_figures.swimmer_figure import MARKED, MOST_BARS, swimmer_figure

MONTH = 365.25 / 12
EVENTS = happenings(
    *((0, 0, "implant"), (0, 200, "local progression"), (0, 300, "death")),
    *((1, 0, "implant"), (1, 400, "last seen")),
    *((2, 50, "local and distant progression"), (2, 100, "last seen")),
)
DATA = set_with(
    ["A", "A", "B"],
    columns={"ttr_months": [None, 60 / MONTH, None]},
    happenings=EVENTS,
    drugs=drug((0, 10, 150), (2, 20, 700)),
)


def marks(axes, word: str) -> list[tuple[float, float]]:
    wanted = MARKED[word]["marker"]
    found = [line for line in axes.get_lines() if line.get_marker() is wanted or line.get_marker() == wanted]
    return [(round(float(x) * MONTH), float(y)) for line in found for x, y in line.get_xydata()]


def test_bars_marks_and_courses() -> None:
    found, figure = draw(swimmer_figure, DATA, module)
    (axes,) = figure.axes
    wide = [bar for bar in axes.patches if bar.get_height() == 0.8]
    narrow = [bar for bar in axes.patches if bar.get_height() != 0.8]
    assert [bar.get_width() * MONTH for bar in wide] == pytest.approx([400, 300, 100])  # the longest first
    assert [(bar.get_x() * MONTH, bar.get_width() * MONTH) for bar in narrow] == [
        pytest.approx((10, 140)),
        pytest.approx((20, 80)),  # no farther than follow-up
    ]
    row = dict(zip((1, 0, 2), (round(bar.get_y() + 0.4, 6) for bar in wide), strict=True))
    assert marks(axes, "implant") == [(0, row[0]), (0, row[1])]
    assert marks(axes, "local progression") == [(200, row[0])]
    assert marks(axes, "local and distant progression") == [(50, row[2])]
    assert marks(axes, "first response") == [(60, row[1])]
    assert marks(axes, "death") == [(300, row[0])]
    assert marks(axes, "last seen") == [(400, row[1]), (100, row[2])]
    assert row[0] > row[2]
    assert found is not None
    assert "n = 3: Group A 2, Group B 1" in found.caption
    assert "courses of anlotinib" in found.caption


def test_the_legend_names_what_is_there() -> None:
    _, figure = draw(swimmer_figure, DATA, module)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == [
        *("follow-up", "anlotinib", "implant", "first response (CR or PR)", "local progression"),
        *("local and distant progression", "death", "alive when last seen"),
    ]


def test_of_many_those_evenly_spaced_in_follow_up_are_drawn_and_every_group_is() -> None:
    data = crowd([300, 1, 100])
    found, figure = draw(swimmer_figure, data, module)
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert len(widths) <= MOST_BARS + 2
    days = data.courses.happenings.days
    assert max(widths) * MONTH == pytest.approx(days.max())
    assert pytest.approx(days[300]) in [width * MONTH for width in widths]
    assert found is not None
    assert "Of 401 patients those are drawn" in found.caption
    assert f"{401 - len(widths)} patients are left out" in found.caption


def test_nothing_to_draw() -> None:
    assert swimmer_figure(set_with(["A"])) is None


def test_who_was_not_followed_is_not_drawn() -> None:
    nobody = happenings((0, 0, "last seen"), (1, 0, "last seen"), (1, 200, "implant"))
    assert swimmer_figure(set_with(["A", "B"], happenings=nobody)) is None


def test_marks_after_the_last_follow_up_lie_on_the_axis() -> None:
    late = happenings((0, 3, "last seen"), (0, 4000, "implant"))
    _, figure = draw(swimmer_figure, set_with(["A"], happenings=late), module)
    assert figure.axes[0].get_xlim()[1] >= 4000 / MONTH
