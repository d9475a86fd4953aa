"""Thyroglobulin over time: a line for each patient, and the medians of the groups at due visits."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from seedbed.cohort.courses import Findings, baseline_places, visit_months
from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.group_panels import (
    FEWEST,
    MOST_LINES,
    Bands,
    FloatArray,
    IntArray,
    are,
    bands,
    by_patient,
    draw_bands,
    draw_lines,
    legend_of_groups,
    month_axis,
    name_panel,
    panels,
    said_counts,
)
from seedbed.report.cohort_figures.lettering import group_names
from seedbed.report.cohort_figures.style import COLOURS, DASHES, MARKS, finished, journal_look, settle

TITLE: Final = "Thyroglobulin over time"
TOGETHER: Final = "Medians of all groups"
ASIDE, FARTHEST = 0.006, 0.014
"""Between the medians of groups side by side, and between the first and the last of them, of the axis."""
MOST_WITH_BARS: Final = 4
"""Groups whose quartiles are drawn side by side (local rule)."""
LOWER, UPPER = 1, 3


def tg_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw thyroglobulin on a logarithmic axis over months; None where nobody has a value above 0."""
    found, left_out = _from_baseline(data)
    if not (found.values > 0).any():
        return None
    rows = np.unique(found.patients)
    many = bool(np.bincount(data.group_of[rows]).max() > MOST_LINES)
    with journal_look():
        figure = settle(_draw(data, found, many=many))
    caption = _caption(data, found, rows=rows, many=many, left_out=left_out)
    return finished(figure, id="tg", title=TITLE, caption=caption)


def _from_baseline(data: AnalysisSet) -> tuple[Findings, int]:
    """Return the values from the latest before treatment on, at day 0; and how many were earlier."""
    every = data.courses.tg_ng_ml
    first = baseline_places(every, len(data.patients))
    kept = every.days > 0
    kept[first[first >= 0]] = True
    found = every.some(kept)
    return Findings(
        patients=found.patients,
        days=np.maximum(found.days, 0),
        values=found.values,
        words=found.words,
        due_months=found.due_months,
    ), int((~kept).sum())


def _draw(data: AnalysisSet, found: Findings, *, many: bool) -> Figure:
    count = len(data.groups)
    shown = count + (count > 1)
    figure, every = panels(shown, row_mm=60)
    floor = float(found.values[found.values > 0].min())
    medians, last = [], float(found.months().max())
    for place, (axes, name) in enumerate(zip(every, group_names(data), strict=False)):
        mine = found.some(data.group_of[found.patients] == place)
        medians.append(_group(axes, mine, place, floor=floor, many=many))
        name_panel(axes, name, count=len(np.unique(mine.patients)), of=shown)
    if count > 1:
        for place, each in enumerate(medians):
            aside = (place - (count - 1) / 2) * min(ASIDE, FARTHEST / (count - 1)) * last
            _median(every[-1], each, place, floor=floor, aside=aside, bars=count <= MOST_WITH_BARS)
        legend_of_groups(figure, data)
        name_panel(every[-1], TOGETHER, count=None, of=shown)
    _decades(every[0], floor, float(found.values.max()))
    month_axis(every[0], last)
    figure.supylabel("Thyroglobulin (ng/mL)", fontsize=7)
    figure.supxlabel("Months since treatment began", fontsize=7)
    return figure


def _decades(axes: Axes, lowest: float, highest: float) -> None:
    """Lay out a logarithmic axis over whole powers of ten."""
    low, high = int(np.floor(np.log10(lowest))), int(np.ceil(np.log10(highest)))
    high = max(high, low + 1)
    axes.set_yscale("log")
    axes.set_ylim(0.8 * 10.0**low, 1.25 * 10.0**high)
    step = 1 + (high - low) // 8
    axes.yaxis.set_major_locator(FixedLocator([10.0**power for power in range(low, high + 1, step)]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def _group(axes: Axes, mine: Findings, place: int, *, floor: float, many: bool) -> Bands:
    summary = bands(visit_months(mine), mine.values)
    if many and len(summary.months):
        draw_bands(axes, _raised(summary, floor), place)
    if not many:
        values = np.maximum(mine.values, floor)
        draw_lines(axes, list(by_patient(mine.patients, mine.months(), values)), place)
        _beyond(axes, mine, values, place)
        _median(axes, summary, place, floor=floor)
    return summary


def _raised(summary: Bands, floor: float) -> Bands:
    """Lift what a logarithmic axis cannot show to the lowest value that it can."""
    return Bands(summary.months, np.maximum(summary.values, floor), summary.counts)


def _beyond(axes: Axes, mine: Findings, values: FloatArray, place: int) -> None:
    below = (mine.words == "<") | (mine.values <= 0)
    for which, mark in ((below, "v"), (mine.words == ">", "^")):
        axes.plot(
            mine.months()[which],
            values[which],
            mark,
            ms=4,
            mfc="white",
            mec=COLOURS[place],
            mew=0.8,
            zorder=3,
        )


def _median(
    axes: Axes, summary: Bands, place: int, *, floor: float, aside: float = 0.0, bars: bool = True
) -> None:
    """Draw medians with bars from the lower to the upper quartile; those of several groups side by side."""
    if not len(summary.months):
        return
    quartiles = np.maximum(summary.values[:, LOWER : UPPER + 1], floor)
    lower, middle, upper = quartiles.T
    axes.errorbar(
        summary.months + aside,
        middle,
        yerr=[middle - lower, upper - middle] if bars else None,
        color=COLOURS[place],
        ls=DASHES[place],
        marker=MARKS[place],
        lw=1.4,
        ms=3.2,
        elinewidth=0.8,
        zorder=5,
    )


def _caption(data: AnalysisSet, found: Findings, *, rows: IntArray, many: bool, left_out: int) -> str:
    said = [
        (
            f"Thyroglobulin on a logarithmic axis ({said_counts(data, rows)}); the latest value before "
            "treatment is drawn at month 0."
        )
    ]
    summary = (
        f"at due visits that at least {FEWEST} patients of the group have a value for, of those patients, as "
        "in the tables"
    )
    if many:
        said.append(
            f"Line: median; dark band: the middle 50 % of the patients, light band: the middle 80 %, "
            f"{summary}."
        )
    else:
        said.append(f"Thin lines: patients; marks with bars: medians and quartiles {summary}.")
    said += _said_beyond(found, many=many)
    if left_out:
        said.append(f"{are(left_out, 'earlier value')} not drawn.")
    without = len(data.patients) - len(rows)
    if without:
        said.append(f"{are(without)} not drawn, without a value.")
    return " ".join(said)


def _said_beyond(found: Findings, *, many: bool) -> list[str]:
    """Tell the values below and above what can be measured, and those that the axis cannot show."""
    said = []
    for sign, word, mark in (("<", "below", "pointing down"), (">", "above", "pointing up")):
        count = int((found.words == sign).sum())
        if count:
            triangle = "" if many else f" (open triangles {mark})"
            said.append(
                f"{are(count, 'value')} {word} what could be measured and counted as that limit{triangle}."
            )
    zero = int((found.values <= 0).sum())
    if zero:
        said.append(f"{are(zero, 'value')} 0, drawn at the lowest value above 0.")
    return said
