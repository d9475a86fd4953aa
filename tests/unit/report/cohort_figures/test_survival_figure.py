"""Curves read from the figure are the product limit by hand; numbers under them are counts."""

from collections.abc import Sequence

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.testing import assert_allclose
from tests.unit.cohort.analysis_sets import analysis_set
from tests.unit.report.cohort_figures.figure_reading import clashes, texts

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.survival_tables import GroupTimes, log_rank_test
from seedbed.report.cohort_figures.step_chart import (
    MOST_POINTS,
    STROKE_PLACES,
    StepChart,
    draw_steps,
    drawn_steps,
)
from seedbed.report.cohort_figures.survival_figure import survival_chart, survival_figure
from seedbed.statistics.survival import confidence_band, kaplan_meier, points_at

FREIREICH_6MP = "6* 6 6 6 7 9* 10* 10 11* 13 16 17* 19* 20* 22 23 25* 32* 32* 34* 35*"
"""Remission of the patients on 6-MP, weeks, Freireich et al. 1963; a star: censored."""
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
GEHAN_1965 = [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]
"""The product limit of the patients on 6-MP, as textbooks print it."""
LONG = "A very long name of a treatment that is given with a drug after another one had failed"
NAMES = [LONG, "联合治疗组（粒子植入加安罗替尼）联合治疗组", "$x_1$ & <b>", "d", "W" * 60, "f", "g", "h"]


def freireich() -> AnalysisSet:
    found = [
        (name, each) for name, row in (("6-MP", FREIREICH_6MP), ("placebo", PLACEBO)) for each in row.split()
    ]
    return analysis_set(
        [name for name, _ in found],
        os_months=[float(each.strip("*")) for _, each in found],
        os_event=[not each.endswith("*") for _, each in found],
    )


def chart(data: AnalysisSet, *, bands: bool = True, endpoint: str = "os") -> StepChart:
    times = GroupTimes.of(data, endpoint)
    test = log_rank_test(times, analysis_rules())
    return survival_chart(times, data, endpoint, test=test, ratios={}, bands=bands)


def line(figure: Figure, gid: str) -> Line2D:
    (found,) = [each for each in figure.axes[0].lines if each.get_gid() == gid]
    return found


def steps(figure: Figure, gid: str) -> tuple[Sequence[float], Sequence[float]]:
    found = line(figure, gid)
    return np.asarray(found.get_xdata()).tolist(), np.asarray(found.get_ydata()).tolist()


def test_steps_are_the_printed_product_limit() -> None:
    figure = draw_steps(chart(freireich()), 183.0)
    assert line(figure, "curve_0").get_drawstyle() == "steps-post"
    times, shares = steps(figure, "curve_0")
    assert times[0] == 0
    assert shares[0] == 100
    assert times[1:-1] == [time for time, _ in GEHAN_1965]
    assert_allclose(shares[1:-1], [100 * share for _, share in GEHAN_1965], atol=0.05)
    assert times[-1] == 35
    assert shares[-1] == shares[-2]
    times, shares = steps(figure, "curve_1")
    assert_allclose(shares[:5], [100, 100 * 19 / 21, 100 * 17 / 21, 100 * 16 / 21, 100 * 14 / 21])
    assert shares[-1] == 0


def test_strokes_stand_on_the_curve_at_censored_times() -> None:
    times, shares = steps(draw_steps(chart(freireich()), 183.0), "censored_0")
    assert times == [6, 9, 10, 11, 17, 19, 20, 25, 32, 34, 35]
    assert_allclose(shares[:4], [85.7, 80.7, 75.3, 75.3], atol=0.05)


def test_medians_go_to_the_axis() -> None:
    figure = draw_steps(chart(freireich()), 183.0)
    assert steps(figure, "median_0")[0] == [23, 23]
    assert steps(figure, "median_1")[0] == [8, 8]


def test_bands_are_the_pointwise_limits() -> None:
    figure = draw_steps(chart(freireich()), 183.0)
    band = confidence_band(kaplan_meier(*GroupTimes.of(freireich(), "os").part(0)))
    corners = figure.axes[0].collections[0].get_paths()[0].vertices
    assert corners[:, 1].min() == pytest.approx(100 * band.low[band.defined].min())
    assert corners[:, 1].max() == pytest.approx(100 * band.high[band.defined].max())
    assert not draw_steps(chart(freireich(), bands=False), 183.0).axes[0].collections


def test_numbers_under_the_curves_are_counts() -> None:
    data, made = freireich(), chart(freireich())
    months = [0.0, 6.0, 12.0, 24.0, 36.0]
    for place in range(2):
        points = points_at(kaplan_meier(*GroupTimes.of(data, "os").part(place)), months)
        wanted = ([x.at_risk for x in points], [x.events for x in points], [x.censored for x in points])
        assert tuple(block.counts(place, months) for block in made.blocks) == wanted
    assert made.blocks[0].counts(0, [0.0, 6.0, 7.0]) == [21, 21, 17]


def test_numbers_are_printed_at_their_times() -> None:
    figure = draw_steps(chart(freireich()), 183.0)
    axes = figure.axes[0]
    at_risk = chart(freireich()).blocks[0].counts(0, axes.get_xticks().tolist())
    box = axes.get_position()
    low, high = axes.get_xlim()
    for month, count in zip(axes.get_xticks(), at_risk, strict=True):
        x = box.x0 + box.width * (month - low) / (high - low)
        under = [each for each in figure.texts if abs(each.get_position()[0] - x) < 1e-9]
        assert under[0].get_text() == str(count)


def test_the_test_and_the_patients_stand_in_picture_and_caption() -> None:
    data = freireich()
    test = log_rank_test(GroupTimes.of(data, "os"), analysis_rules())
    found = survival_figure(data, "os", test=test, ratios={"placebo": "4.5 (2.0 to 10.0)"})
    assert found is not None
    said = "Log-rank test: chi-squared 16.79, df 1, p <0.001"
    assert said in texts(found)
    assert f"{said}." in found.caption
    assert "42 patients, 30 events." in found.caption
    assert {"9 / 21", "21 / 21", "reference", "4.5 (2.0 to 10.0)"} <= set(texts(found))
    assert survival_figure(data, "os", test=test, ratios={"placebo": "4.5 (2.0 to 10.0)"}) == found


def test_many_steps_are_thinned_without_moving_the_curve() -> None:
    times = np.sort(np.random.default_rng(1).exponential(30.0, 50_000))
    shares = 1 - np.arange(1, 50_001) / 50_001
    kept = drawn_steps(times, shares, float(times[-1]))
    assert MOST_POINTS / 4 < len(kept) <= MOST_POINTS + 1
    at = np.searchsorted(times[kept], times, side="right") - 1
    dot = times[-1] / MOST_POINTS
    later = np.minimum(np.searchsorted(times, times + dot, side="right") - 1, len(times) - 1)
    earlier = np.searchsorted(times, times - dot, side="right") - 1
    drawn = np.where(at >= 0, shares[kept][at], 1.0)
    assert (drawn <= np.where(earlier >= 0, shares[earlier], 1.0)).all()
    assert (drawn >= shares[later]).all()


def test_many_strokes_are_thinned_and_the_caption_says_so() -> None:
    months = [float(each) for each in np.linspace(1, 60, 900)]
    found = survival_figure(analysis_set(["A"] * 900, os_months=months, os_event=[False] * 900), "os")
    assert found is not None
    assert "one stroke for all within a hundredth of the axis" in found.caption
    figure = draw_steps(chart(analysis_set(["A"] * 900, os_months=months, os_event=[False] * 900)), 183.0)
    assert len(steps(figure, "censored_0")[0]) <= STROKE_PLACES + 1


ODD = {
    "one patient": analysis_set(["A"], os_months=[7.0], os_event=[True]),
    "all censored at once": analysis_set(["A", "B"], os_months=[0.0, 0.0], os_event=[False, False]),
    "nobody in a group": analysis_set(["A", "B"], os_months=[None, 5.0], os_event=[None, True]),
    "many years": analysis_set(["A", "B"], os_months=[411.0, 5.0], os_event=[False, True]),
    "eight long names": analysis_set(
        NAMES * 5,
        os_months=[float(1 + 7 * at % 90) for at in range(40)],
        os_event=[at % 3 == 0 for at in range(40)],
    ),
    "thousands": analysis_set(["A", "B"] * 6000, os_months=[9.0, 70.0] * 6000, os_event=[True, False] * 6000),
}


@pytest.mark.parametrize("width", [89.0, 183.0])
@pytest.mark.parametrize("name", ODD)
def test_nothing_overlaps_in_odd_cases(name: str, width: float) -> None:
    assert clashes(draw_steps(chart(ODD[name]), width)) == []


def test_nobody_with_a_time_gives_no_figure() -> None:
    assert survival_figure(analysis_set(["A", "B"]), "os") is None
