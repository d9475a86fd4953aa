"""Pictures of a plan: they are drawn, and marks stand where the goals are."""

import base64

import numpy as np
import pytest
from matplotlib.figure import Figure

from seedbed.dosimetry import Dvh
from seedbed.geometry import PlanarContour, Structure
from seedbed.implant import SeedImplant
from seedbed.planning.goals import Goal, judge_goal
from seedbed.planning.needles import DirectionReport
from seedbed.report.direction_figure import direction_figure
from seedbed.report.plan_figures import (
    _mark,
    alternatives_figure,
    colours_of,
    goals_figure,
    telling_planes,
)

DVH = Dvh.of("GTV", np.linspace(60, 300, 500), np.full(500, 0.02))  # 10 cc


def is_png(address: str) -> bool:
    return base64.b64decode(address.removeprefix("data:image/png;base64,"))[:8] == b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("goal", "place"),
    [
        (("V100", "at least", 95.0), (120.0, 95.0)), (("D90[%]", "at least", 105.0), (126.0, 90.0)),
        (("D2cc", "at most", 60.0), (60.0, 20.0)), (("Dmax", "at most", 50.0), (50.0, 0.0)),
        (("V150[cc]", "at most", 3.0), (180.0, 30.0)),
    ],
)  # fmt: skip
def test_a_mark_stands_at_dose_and_volume_of_its_goal(
    goal: tuple[str, str, float], place: tuple[float, float]
) -> None:
    axes = Figure().add_subplot()
    result = judge_goal(Goal("target", *goal, True, "user"), DVH, 120.0)  # type: ignore[arg-type]
    _mark(axes, result, DVH.total_cc, 120.0, {})
    (line,) = axes.get_lines()
    assert (line.get_xdata()[0], line.get_ydata()[0]) == pytest.approx(place)


def test_a_goal_on_the_mean_dose_has_no_place() -> None:
    axes = Figure().add_subplot()
    _mark(axes, judge_goal(Goal("x", "Dmean", "at most", 34.0, False, "user"), DVH, 120.0), 10.0, 120.0, {})
    assert not axes.get_lines()


def test_curves_with_names_that_look_like_mathematics() -> None:
    organ = Dvh.of("Left$node_$", np.linspace(0, 50, 50), np.full(50, 0.1))
    results = [judge_goal(Goal("target", "V100", "at least", 95.0, True, "user"), DVH, 120.0)]
    assert is_png(
        goals_figure({"target": DVH, organ.name: organ}, results, target="GTV", prescription_gy=120.0)
    )


@pytest.mark.filterwarnings("error")
def test_chinese_names_do_not_warn() -> None:
    organ = Dvh.of("左颈总动脉", np.linspace(0, 50, 50), np.full(50, 0.1))
    assert is_png(goals_figure({"target": DVH, organ.name: organ}, [], target="靶区", prescription_gy=120.0))
    assert is_png(direction_figure([DirectionReport(0.0, 0.0, 20.0, {organ.name: 80.0})]))


def test_plans_side_by_side() -> None:
    rows = [("lowest cost", {"needles": 8.0, "V150 (%)": 58.8}), ("even", {"needles": 11.0, "V150 (%)": 0.0})]
    assert is_png(alternatives_figure(rows))


def test_directions_also_where_all_or_nothing_is_open() -> None:
    open_all = [
        DirectionReport(a, t, 100.0, {}) for t in (-15.0, 0.0, 15.0) for a in (0.0, 90.0, 180.0, 270.0)
    ]
    closed = [DirectionReport(each.azimuth_deg, each.tilt_deg, 0.0, {"bone": 100.0}) for each in open_all]
    assert is_png(direction_figure(open_all, (90.0, 7.0)))
    assert is_png(direction_figure(closed, organs=["Trachea"]))


def test_colours_follow_the_order_of_organs() -> None:
    many = [f"organ {n}" for n in range(25)]
    assert len(colours_of(many)) == 25
    assert colours_of(many[:3]) == {name: colours_of(many)[name] for name in many[:3]}


def test_planes_have_most_seeds_of_their_layer() -> None:
    square = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0]])
    target = Structure("GTV", tuple(PlanarContour(float(z), square) for z in range(0, 30, 2)), 2.0)
    z = [1.0, 5.0, 5.0, 12.0, 25.0, 25.0, 27.0]
    implant = SeedImplant("6711", np.array([[0, 0, each] for each in z]), None, np.ones(len(z)))
    assert telling_planes(target, implant, 3) == [5.0, 12.0, 25.0]
