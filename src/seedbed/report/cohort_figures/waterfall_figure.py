"""Waterfall: the best change of the sum of diameters of every patient."""

from typing import Final

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from numpy.typing import NDArray

from seedbed.cohort.courses import changes_pct, lowest
from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.group_panels import (
    FloatArray,
    IntArray,
    are,
    evenly,
    name_panel,
    panel_mm,
    panels,
    said_counts,
    zero_line,
)
from seedbed.report.cohort_figures.lettering import counted, group_names
from seedbed.report.cohort_figures.style import FAINT, INK, RESPONSE_COLOURS, finished, journal_look, settle

Words = NDArray[np.str_]
TITLE: Final = "Best change of the sum of diameters"
HATCHES: Final = {"CR": "", "PR": "/////", "SD": "\\\\\\\\", "PD": "xxxxx", "": ""}
RESPONSES: Final = ("CR", "PR", "SD", "PD")
NOT_EVALUABLE: Final = "NE"
HIGHEST_PCT: Final = 100.0
"""Bars are cut here."""
GREW_PCT, SHRANK_PCT, GONE_PCT = 20.0, -30.0, -100.0
BAR_MM: Final = 1.6
"""Width of a bar that its letters fit over."""
FEWEST_BARS, MOST_BARS = 12, 250
"""Bars that a panel has room for at least, so that few are not wide, and draws at most (local rule)."""
ROW_PCT: Final = 15.0
"""Height of a row of ticks under bars too narrow for letters, in the unit of the axis."""


def waterfall_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw a bar for each patient, from the most growth to the most shrinkage; None where there is none.

    The best change is the lowest of all images after treatment began.
    """
    best = lowest(changes_pct(data.courses.diameters_mm, len(data.patients)), len(data.patients))
    rows = np.flatnonzero(~np.isnan(best))
    if not len(rows):
        return None
    responses = _best_responses(data)
    with journal_look():
        narrow, sampled = _crowded(data, best)
        figure = settle(_draw(data, best, responses=responses, narrow=narrow))
    caption = _caption(data, best, rows=rows, responses=responses[rows], narrow=narrow, sampled=sampled)
    return finished(figure, id="waterfall", title=TITLE, caption=caption)


def _best_responses(data: AnalysisSet) -> Words:
    """Return the best response of each patient as the tables have it; empty where there is none."""
    return np.array([each or "" for each in data.column("best_response").plain()], dtype=np.str_)


def _crowded(data: AnalysisSet, best: FloatArray) -> tuple[bool, bool]:
    """Tell whether bars are too narrow for letters, and whether there are more than are drawn."""
    most = int(np.bincount(data.group_of[~np.isnan(best)]).max())
    return most * BAR_MM > panel_mm(len(data.groups)), most > MOST_BARS


def _draw(data: AnalysisSet, best: FloatArray, *, responses: Words, narrow: bool) -> Figure:
    count = len(data.groups)
    figure, every = panels(count, row_mm=66 if narrow else 58, more_mm=12)
    known, widest = ~np.isnan(best), 0
    for place, (axes, name) in enumerate(zip(every, group_names(data), strict=True)):
        mine = np.flatnonzero((data.group_of == place) & known)
        mine = mine[np.argsort(-best[mine], kind="stable")]
        shown = mine[evenly(len(mine), MOST_BARS)]
        widest = max(widest, len(shown))
        _bars(axes, best[shown], responses[shown], narrow=narrow)
        _scale(axes, float(best[known].max()), narrow=narrow)
        name_panel(axes, name, count=len(mine), of=count)
    every[0].set_xlim(-0.8, max(widest, FEWEST_BARS) - 0.2)
    figure.supylabel("Best change from before treatment (%)", fontsize=7)
    _legend(figure, responses[known], narrow=narrow)
    return figure


def _bars(axes: Axes, best: FloatArray, responses: Words, *, narrow: bool) -> None:
    places = np.arange(len(best))
    with rc_context({"hatch.linewidth": 0.4, "hatch.color": "white"}):
        for response in (*RESPONSES, ""):
            mine = responses == response
            axes.bar(
                places[mine],
                np.minimum(best[mine], HIGHEST_PCT),
                width=1.0 if narrow else 0.8,
                color=RESPONSE_COLOURS[response],
                hatch=None if narrow else HATCHES[response],
                lw=0,
            )
    over = best > HIGHEST_PCT
    axes.plot(places[over], np.full(over.sum(), HIGHEST_PCT + 4), "^", color=INK, ms=3, mew=0)
    zero_line(axes)
    for limit in (GREW_PCT, SHRANK_PCT):
        axes.axhline(limit, color=FAINT, lw=0.6, ls=(0, (3, 2)))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    if narrow:
        _ticks(axes, responses)
        return
    for at, value in enumerate(best.tolist()):
        up = value < 0
        letters = str(responses[at]) or NOT_EVALUABLE
        axes.text(
            at, 2 if up else -2, letters, rotation=90, ha="center", va="bottom" if up else "top", fontsize=4.8
        )


def _ticks(axes: Axes, responses: Words) -> None:
    """Under bars that are too narrow for letters, tell the response by the row in which a tick stands."""
    for row, response in enumerate((*RESPONSES, "")):
        at = np.flatnonzero(responses == response)
        middle = _row_pct(row)
        axes.vlines(
            at, middle - 0.35 * ROW_PCT, middle + 0.35 * ROW_PCT, color=RESPONSE_COLOURS[response], lw=0.6
        )


def _row_pct(row: int) -> float:
    """Return the height of a row of ticks."""
    return -100 - (row + 1.2) * ROW_PCT


def _scale(axes: Axes, highest: float, *, narrow: bool) -> None:
    top = max(min(highest, HIGHEST_PCT), GREW_PCT) + 8
    ticks = [each for each in (-100, -50, SHRANK_PCT, 0, GREW_PCT, 50, 100) if each < top]
    labels = [f"{each:+.0f}" if each else "0" for each in ticks]
    if narrow:
        rows = [_row_pct(row) for row in range(len(RESPONSES) + 1)]
        ticks, labels = [*rows, *ticks], [*RESPONSES, NOT_EVALUABLE, *labels]
    axes.set_yticks(ticks, labels)
    axes.tick_params(axis="y", length=2.5)
    axes.spines["left"].set_bounds(-100, top)
    axes.set_ylim(_row_pct(len(RESPONSES)) - 0.6 * ROW_PCT if narrow else -105, top)


def _legend(figure: Figure, responses: Words, *, narrow: bool) -> None:
    with rc_context({"hatch.linewidth": 0.4, "hatch.color": "white"}):
        handles = [
            Patch(
                facecolor=RESPONSE_COLOURS[each],
                hatch=None if narrow else HATCHES[each],
                lw=0,
                label=f"{each or NOT_EVALUABLE} ({int((responses == each).sum()):,})",
            )
            for each in (*RESPONSES, "")
            if (responses == each).any()
        ]
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), title="Best response")


def _none(responses: Words) -> str:
    return "" if (responses != "").all() else f"; {NOT_EVALUABLE}: no visit could be evaluated"


def _caption(
    data: AnalysisSet, best: FloatArray, *, rows: IntArray, responses: Words, narrow: bool, sampled: bool
) -> str:
    bars = (
        f"At most {MOST_BARS} bars are drawn in a panel, of patients evenly spaced in the order of changes."
        if sampled
        else "Each bar is a patient."
    )
    said = [
        (
            f"Best change of the sum of diameters of the target lesions from the last images before "
            f"treatment ({said_counts(data, rows)}): the lowest of all images after treatment began. {bars}"
        ),
        (
            f"Colours{' and rows of ticks' if narrow else ', patterns and letters'} tell the best "
            f"response as "
            f"in the tables{_none(responses)}. Dashed lines stand at +20 % and -30 %; at "
            "-100 % all targets had vanished."
        ),
    ]
    over = int((best[rows] > HIGHEST_PCT).sum())
    if over:
        highest = float(best[rows].max())
        said.append(
            f"Triangles: {counted(over, 'patient')} above +100 %, where the bar is cut; the highest is "
            f"{highest:+.0f} %."
        )
    nodes = int(((responses == "CR") & (best[rows] > GONE_PCT)).sum())
    if nodes:
        said.append(
            f"{counted(nodes, 'complete response')} above -100 %: for it a lymph node has to be below 10 mm "
            "in its short axis, not gone, and still counts with its diameter."
        )
    without = len(data.patients) - len(rows)
    if without:
        said.append(
            f"{are(without)} not drawn, without a sum of diameters before treatment and one after it."
        )
    return " ".join(said)
