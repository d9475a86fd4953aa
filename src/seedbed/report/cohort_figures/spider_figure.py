"""Spider: the change of the sum of diameters of every patient over time."""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.cohort.courses import Findings, changes_pct, visit_months
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
    zero_line,
)
from seedbed.report.cohort_figures.lettering import counted, group_names
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DASHES,
    FAINT,
    INK,
    MARKS,
    finished,
    journal_look,
    settle,
)

TITLE: Final = "Change of the sum of diameters over time"
HIGHEST_PCT: Final = 100.0
"""Lines are cut here."""
GREW_PCT, SHRANK_PCT = 20.0, -30.0
CROWDED: Final = 15
"""Patients from whom on each group has a panel (local rule)."""


def spider_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw a line for each patient, or bands where there are too many; None where no change is known."""
    changes = changes_pct(data.courses.diameters_mm, len(data.patients))
    if not len(changes.days):
        return None
    rows = np.unique(changes.patients)
    many = bool(np.bincount(data.group_of[rows]).max() > MOST_LINES)
    with journal_look():
        crowded = len(rows) > CROWDED
        figure = settle(_panels(data, changes, many=many) if crowded else _one(data, changes))
    caption = _caption(data, changes, rows=rows, many=many)
    return finished(figure, id="spider", title=TITLE, caption=caption)


def _panels(data: AnalysisSet, changes: Findings, *, many: bool) -> Figure:
    count = len(data.groups)
    figure, every = panels(count, row_mm=58)
    for place, (axes, name) in enumerate(zip(every, group_names(data), strict=True)):
        mine = changes.some(data.group_of[changes.patients] == place)
        if many:
            _bands(axes, mine, place)
        else:
            _lines(axes, mine, place)
        name_panel(axes, name, count=len(np.unique(mine.patients)), of=count)
    _finish(figure, every, changes)
    return figure


def _one(data: AnalysisSet, changes: Findings) -> Figure:
    """Draw all groups on the same axes, told apart by colour, dash and mark."""
    figure, (axes,) = panels(1, row_mm=75)
    for place in range(len(data.groups)):
        mine = changes.some(data.group_of[changes.patients] == place)
        look: dict[str, Any] = {
            "color": COLOURS[place],
            "ls": DASHES[place],
            "marker": MARKS[place],
            "ms": 2.5,
            "lw": 0.9,
        }
        for line in _with_start(mine):
            axes.plot(*line.T, **look)
        _progressions(axes, mine)
    if len(data.groups) > 1:
        legend_of_groups(figure, data)
    _finish(figure, [axes], changes)
    return figure


def _cut(values: FloatArray) -> FloatArray:
    return np.minimum(values, HIGHEST_PCT)


def _with_start(mine: Findings) -> list[FloatArray]:
    """Return the points of each patient, from no change at month 0 on."""
    lines = by_patient(mine.patients, mine.months(), _cut(mine.values))
    return [np.vstack([[0.0, 0.0], line]) for line in lines]


def _lines(axes: Axes, mine: Findings, place: int) -> None:
    draw_lines(axes, _with_start(mine), place)
    _progressions(axes, mine)


def _progressions(axes: Axes, mine: Findings) -> None:
    """Mark the first progression of each patient, and what lies beyond the axis."""
    progressed = mine.some(mine.words == "PD")
    _, first = np.unique(progressed.patients, return_index=True)
    at = progressed.some(first)
    axes.plot(at.months(), _cut(at.values), "x", color=INK, ms=3.5, mew=0.8, zorder=4)
    over = mine.some(mine.values > HIGHEST_PCT)
    axes.plot(over.months(), np.full(len(over.days), HIGHEST_PCT + 4), "^", color=INK, ms=3, mew=0, zorder=4)


def _bands(axes: Axes, mine: Findings, place: int) -> None:
    found = bands(visit_months(mine), mine.values)
    if len(found.months):
        draw_bands(axes, _from_no_change(found), place)


def _from_no_change(found: Bands) -> Bands:
    count = found.counts.max(keepdims=True)
    return Bands(
        np.append(0, found.months),
        np.vstack([np.zeros(found.values.shape[1]), found.values]),
        np.append(count, found.counts),
    )


def _finish(figure: Figure, every: list[Axes], changes: Findings) -> None:
    for axes in every:
        zero_line(axes)
        for limit in (GREW_PCT, SHRANK_PCT):
            axes.axhline(limit, color=FAINT, lw=0.6, ls=(0, (3, 2)))
    month_axis(every[0], float(changes.months().max()))
    highest = max(min(float(changes.values.max()), HIGHEST_PCT), GREW_PCT)
    ticks = [each for each in (-100, -50, SHRANK_PCT, 0, GREW_PCT, 50, 100) if each < highest + 8]
    every[0].set_yticks(ticks, [f"{each:+.0f}" if each else "0" for each in ticks])
    every[0].set_ylim(-105, highest + 8)
    figure.supylabel("Change from before treatment (%)", fontsize=7)
    figure.supxlabel("Months since treatment began", fontsize=7)


def _caption(data: AnalysisSet, changes: Findings, *, rows: IntArray, many: bool) -> str:
    said = [
        (
            f"Change of the sum of diameters of the target lesions from the last images before "
            f"treatment, which "
            f"are drawn at month 0 ({said_counts(data, rows)})."
        )
    ]
    if many:
        said.append(
            "Line: median at the visits; dark band: the middle 50 % of the patients, light band: the middle "
            f"80 %, at visits of at least {FEWEST} patients of the group."
        )
    else:
        said.append(f"Each line is a patient{_first_progressions(changes)}.")
    said.append("Dashed lines stand at +20 % and -30 %; at -100 % all targets had vanished.")
    over = int((changes.values > HIGHEST_PCT).sum())
    if over and not many:
        said.append(f"Triangles: {counted(over, 'image')} above +100 %, where lines are cut.")
    without = len(data.patients) - len(rows)
    if without:
        said.append(
            f"{are(without)} not drawn, without a sum of diameters before treatment and one after it."
        )
    return " ".join(said)


def _first_progressions(changes: Findings) -> str:
    count = len(np.unique(changes.patients[changes.words == "PD"]))
    patients = counted(count, "patient")
    return f"; crosses stand at the first images judged as progression ({patients})" if count else ""
