"""Kaplan-Meier curves of the groups, with the numbers at risk, events and censored under them."""

from collections.abc import Mapping

import numpy as np

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.frame import AnalysisSet, FloatArray
from seedbed.cohort.survival_tables import ENDPOINTS, MEDIAN, GroupTimes
from seedbed.cohort.tables import p_text
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.lettering import counted, group_names
from seedbed.report.cohort_figures.step_chart import (
    MOST_BANDS,
    MOST_STROKES,
    Block,
    Curve,
    StepChart,
    draw_steps,
)
from seedbed.report.cohort_figures.style import DOUBLE_MM, SINGLE_MM, finished
from seedbed.statistics.survival import confidence_band, kaplan_meier, quantile

NOBODY = "nobody"
RATIOS = (
    "Hazard ratios by Cox's model against the reference group, nothing adjusted; with Firth's penalty where "
    "events are few."
)
BELOW = "Below: patients at risk just before each time, events and censored until then, that time included."


def survival_figure(
    data: AnalysisSet,
    endpoint: str,
    *,
    test: GroupTest | None = None,
    ratios: Mapping[str, str] | None = None,
    width_mm: float = DOUBLE_MM,
    bands: bool | None = None,
) -> ReportFigure | None:
    """Draw Kaplan-Meier curves of an endpoint; None where nobody has a time above zero.

    Parameters
    ----------
    data : AnalysisSet
    endpoint : {"lpfs", "pfs", "os"}
    test : GroupTest, optional
        The log-rank test of the groups, as the table of survival has it.
    ratios : mapping of str to str, optional
        Hazard ratios with limits, by group; only two columns of a journal have room for them.
    width_mm : float
    bands : bool, optional
        Whether confidence limits are drawn; up to four groups without it.
    """
    times = GroupTimes.of(data, endpoint)
    if not (times.months > 0).any():
        return None
    shown = len(data.groups) <= MOST_BANDS if bands is None else bands
    ratios = ratios if ratios and width_mm > SINGLE_MM else {}
    chart = survival_chart(times, data, endpoint, test=test, ratios=ratios, bands=shown)
    return finished(
        draw_steps(chart, width_mm),
        id=f"km_{endpoint}",
        title=f"{ENDPOINTS[endpoint]} by {data.group_by.replace('_', ' ')}",
        caption=_caption(chart, times, endpoint, ratios=ratios),
    )


def survival_chart(
    times: GroupTimes,
    data: AnalysisSet,
    endpoint: str,
    *,
    test: GroupTest | None,
    ratios: Mapping[str, str],
    bands: bool,
) -> StepChart:
    """Return all that the figure shows, before it is drawn."""
    parts = [times.part(place) for place in range(len(data.groups))]
    curves = tuple(_curve(*part) for part in parts)
    columns = [
        ("Events /\npatients", tuple(f"{int(events.sum())} / {len(events)}" for _, events in parts)),
        ("Median, months\n(95% CI)", tuple(_median_text(*part) for part in parts)),
    ]
    if ratios:
        columns.append(
            ("Hazard ratio\n(95% CI)", tuple(ratios.get(name, "reference") for name in data.groups))
        )
    return StepChart(
        names=group_names(data),
        curves=curves,
        columns=tuple(columns),
        blocks=(
            Block("At risk", tuple(np.sort(months) for months, _ in parts), left=True),
            Block("Events, cumulative", tuple(np.sort(months[events == 1]) for months, events in parts)),
            Block("Censored, cumulative", tuple(np.sort(months[events == 0]) for months, events in parts)),
        ),
        said=said_of_test(test),
        y_label=f"{ENDPOINTS[endpoint]}, %",
        bands=bands,
    )


def said_of_test(test: GroupTest | None) -> str:
    """Say what a test found, or why there is none.

    Examples
    --------
    >>> found = GroupTest(
    ...     test="log-rank test", n=(5, 5), rule_ids=(), statistic=6.446, df=(2,), p_value=0.0398
    ... )
    >>> said_of_test(found)
    'Log-rank test: chi-squared 6.45, df 2, p = 0.040'
    """
    if test is None:
        return ""
    name = test.test[:1].upper() + test.test[1:]
    if test.p_value is None or test.statistic is None:
        return f"{name}: {test.note}"
    p = p_text(test.p_value)
    found = f"{name}: chi-squared {test.statistic:.2f}, df {test.df[0]:g}, p {'' if p[0] == '<' else '= '}{p}"
    return f"{found}; {test.note}" if test.note else found


def _curve(months: FloatArray, events: FloatArray) -> Curve | None:
    if not len(months):
        return None
    found = kaplan_meier(months, events)
    band = confidence_band(found)
    return Curve(
        times=found.times,
        shares=found.survival,
        low=np.where(band.defined, band.low, np.nan),
        high=np.where(band.defined, band.high, np.nan),
        censored=found.times[found.censored > 0],
        median=quantile(found, MEDIAN).time,
    )


def _median_text(months: FloatArray, events: FloatArray) -> str:
    if not len(months):
        return NOBODY
    found = quantile(kaplan_meier(months, events), MEDIAN)
    middle, low, high = (
        "NR" if each is None else f"{each:.1f}"
        for each in (found.time, found.log_log.low, found.log_log.high)
    )
    return "NR" if (middle, low, high) == ("NR",) * 3 else f"{middle} ({low} to {high})"


def _caption(chart: StepChart, times: GroupTimes, endpoint: str, *, ratios: Mapping[str, str]) -> str:
    title = ENDPOINTS[endpoint].lower()
    patients, events = len(times.months), int(times.events.sum())
    said = [
        f"Kaplan-Meier estimates of {title} from the first day of treatment.",
        f"{counted(patients, 'patient')}, {counted(events, 'event')}.",
        *marks_text(chart, "by the log-log transformation"),
        "Dotted lines: medians that are reached."
        if any(each and each.median for each in chart.curves)
        else "",
        "NR: not reached." if any("NR" in text for _, texts in chart.columns for text in texts) else "",
        f"{chart.said}." if chart.said else "",
        RATIOS if ratios else "",
        BELOW,
        "Months of 365.25 / 12 days.",
        missing_text(times),
    ]
    return " ".join(filter(None, said))


def marks_text(chart: StepChart, method: str) -> tuple[str, ...]:
    """Say what bands, strokes and marks mean, of those that are drawn."""
    strokes = "Upright strokes: censored patients."
    if chart.strokes > MOST_STROKES:
        strokes = "Upright strokes: censored patients, one stroke for all within a hundredth of the axis."
    return (
        f"Shaded: pointwise 95% confidence limits {method}." if chart.limits_shown else "",
        "Confidence limits are not drawn." if not chart.bands else "",
        strokes if chart.strokes else "",
        "A curve ends at the last time of its group, with the mark of the group.",
    )


def missing_text(times: GroupTimes) -> str:
    """Say how many patients have no time and are not drawn."""
    missing = sum(times.missing)
    return f"Not drawn: {counted(missing, 'patient')} without a known time." if missing else ""
