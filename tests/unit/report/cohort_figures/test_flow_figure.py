"""Every count of the set stands in a box, the parts add up, and no text leaves its box."""

from dataclasses import replace

import pytest
from tests.unit.cohort.analysis_sets import analysis_set
from tests.unit.report.cohort_figures.figure_reading import clashes, texts

from seedbed.cohort.frame import AnalysisSet, Exclusion
from seedbed.report.cohort_figures.flow_figure import _draw, flow_chart, flow_figure


def cohort(groups: list[str]) -> AnalysisSet:
    count = len(groups)
    data = analysis_set(
        groups,
        response_6=["PR"] * (count - 1) + [None],
        os_months=[5.0] * count,
        os_event=[True] + [False] * (count - 1),
    )
    steps = (
        ("In the register", count + 9),
        ("Screened", count + 7),
        ("Screened: eligible", count + 4),
        ("Screened: not eligible", 3),
        ("Treated", count + 5),
    )
    left = (Exclusion("no treatment by 2026-01-01", tuple("abcd")), Exclusion("no group", tuple("efghi")))
    return replace(data, steps=steps, exclusions=left)


def test_boxes_hold_the_counts() -> None:
    chart = flow_chart(cohort(["A", "A", "B"]))
    assert chart.register == ("In the register", "n = 12")
    assert chart.screening == ("Screening", "eligible: 7", "not eligible: 3", "no decision on record: 2")
    assert chart.before == ("Left out", "n = 4", "4: no treatment by 2026-01-01")
    assert chart.treated == ("Treatment began", "n = 8")
    assert chart.after == ("Left out", "n = 5", "5: no group")
    assert chart.groups == (("Group A", "n = 2"), ("Group B", "n = 1"))
    assert [box[1:] for box in chart.assessed[0]] == [
        ("assessed: 2", "missing: 0"),
        ("assessed: 0", "missing: 1"),
    ]
    assert chart.survival[0][-1] == "OS: 1 / 2"
    said = texts(flow_figure(cohort(["A", "A", "B"])))
    assert {"n = 12", "4: no treatment by 2026-01-01", "Enrolment", "Follow-up"} <= set(said)


def test_a_set_without_steps_has_a_chart() -> None:
    chart = flow_chart(analysis_set(["A"]))
    assert chart.register == chart.screening == chart.treated == chart.before == chart.after == ()
    assert clashes(_draw(chart, 89.0)) == []


NAMES = [
    "A very long name of a treatment with a drug",
    "联合治疗组（粒子植入加安罗替尼）",
    "W" * 40,
    *"defgh",
]


@pytest.mark.parametrize(("groups", "width"), [(["A", "B", "C"], 89.0), (NAMES, 183.0), (["A"], 183.0)])
def test_texts_stay_in_their_boxes(groups: list[str], width: float) -> None:
    assert clashes(_draw(flow_chart(cohort(groups)), width)) == []


def test_arrows_do_not_cross_boxes_of_other_heights() -> None:
    figure = _draw(flow_chart(cohort(NAMES)), 183.0)
    boxes = [each.get_bbox() for each in figure.artists if type(each).__name__ == "Rectangle"]
    assert all(not one.overlaps(two) or one is two for one in boxes for two in boxes)
