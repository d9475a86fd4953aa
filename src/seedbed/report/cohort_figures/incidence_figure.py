"""Cumulative incidence of local progression, with death as the event that may come before it."""

import numpy as np

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.competing_table import CAUSES, CauseTimes
from seedbed.cohort.frame import AnalysisSet, FloatArray, IntArray
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.lettering import counted, group_names
from seedbed.report.cohort_figures.step_chart import MOST_BANDS, Block, Curve, StepChart, draw_steps
from seedbed.report.cohort_figures.style import DOUBLE_MM, finished
from seedbed.report.cohort_figures.survival_figure import marks_text, said_of_test
from seedbed.statistics.competing_risks import cumulative_incidence, incidence_band

PROGRESSION, DEATH = CAUSES
ROOM_ABOVE = 1.15
"""The axis ends so far above the highest curve or limit (local rule)."""


def incidence_figure(
    data: AnalysisSet,
    *,
    test: GroupTest | None = None,
    width_mm: float = DOUBLE_MM,
    bands: bool | None = None,
) -> ReportFigure | None:
    """Draw the incidence of local progression by Aalen and Johansen.

    None where the causes are not known (the set has no column of them, or nobody has one), and where nobody
    has a time above zero.

    Parameters
    ----------
    data : AnalysisSet
    test : GroupTest, optional
        Gray's test of the groups, as the table of competing risks has it.
    width_mm : float
    bands : bool, optional
        As `survival_figure`.
    """
    if "lpfs_cause" not in data.columns:
        return None
    times = CauseTimes.of(data)
    if not (times.months > 0).any():
        return None
    shown = len(data.groups) <= MOST_BANDS if bands is None else bands
    chart = _chart(times, data, test, bands=shown)
    return finished(
        draw_steps(chart, width_mm),
        id="incidence_lpfs",
        title=f"Cumulative incidence of local progression by {data.group_by.replace('_', ' ')}",
        caption=_caption(chart, times, len(data.patients)),
    )


def _chart(times: CauseTimes, data: AnalysisSet, test: GroupTest | None, *, bands: bool) -> StepChart:
    parts = [times.part(place) for place in range(len(data.groups))]
    curves = tuple(_curve(*part) for part in parts)
    return StepChart(
        names=group_names(data),
        curves=curves,
        columns=(
            ("Local progression /\npatients", tuple(_count(part, PROGRESSION) for part in parts)),
            ("Death before it /\npatients", tuple(_count(part, DEATH) for part in parts)),
        ),
        blocks=(
            Block("At risk", tuple(np.sort(months) for months, _ in parts), left=True),
            *(
                Block(title, tuple(np.sort(months[causes == cause]) for months, causes in parts))
                for title, cause in (
                    ("Local progression, cumulative", PROGRESSION),
                    ("Death before it, cumulative", DEATH),
                    ("Censored, cumulative", 0),
                )
            ),
        ),
        said=said_of_test(test),
        y_label="Cumulative incidence of local progression, %",
        start=0.0,
        top=_top(curves, bands=bands),
        bands=bands,
    )


def _count(part: tuple[FloatArray, IntArray], cause: int) -> str:
    return f"{int((part[1] == cause).sum())} / {len(part[1])}"


def _curve(months: FloatArray, causes: IntArray) -> Curve | None:
    if not len(months):
        return None
    found = cumulative_incidence(months, causes, cause=PROGRESSION)
    band = incidence_band(found)
    return Curve(
        times=found.times,
        shares=found.incidence,
        low=np.where(band.defined, band.low, np.nan),
        high=np.where(band.defined, band.high, np.nan),
        censored=np.unique(months[causes == 0]),
    )


def _top(curves: tuple[Curve | None, ...], *, bands: bool) -> float:
    """Return the end of the axis, in whole tenths."""
    highest = 0.0
    for each in curves:
        if each is not None:
            highest = max(highest, float(each.shares.max()), float(np.nanmax(each.high, initial=0.0)) * bands)
    return float(min(1.0, max(0.1, np.ceil(10 * highest * ROOM_ABOVE) / 10)))


def _caption(chart: StepChart, times: CauseTimes, patients: int) -> str:
    progressed, died = (int((times.causes == cause).sum()) for cause in (PROGRESSION, DEATH))
    without = patients - len(times.months)
    said = [
        "Aalen-Johansen estimates of the incidence of local progression from the first day of treatment.",
        "Death before local progression is the competing event.",
        f"{counted(len(times.months), 'patient')}, {counted(progressed, 'local progression')}.",
        f"{counted(died, 'death')} before local progression.",
        *marks_text(chart, "on the scale of log(-log)"),
        f"The upright axis ends at {100 * chart.top:.0f}%." if chart.top < 1 else "",
        f"{chart.said}." if chart.said else "",
        "Below: patients at risk just before each time, and events until then, that time included.",
        "Months of 365.25 / 12 days.",
        f"Not drawn: {counted(without, 'patient')} without a known time or cause." if without else "",
    ]
    return " ".join(filter(None, said))
