"""Swimmer: what happened to each patient, on a bar from the start of treatment until last seen."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path

from seedbed.cohort.courses import Happenings
from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import ReportFigure, shown_text
from seedbed.report.cohort_figures.group_panels import (
    FloatArray,
    IntArray,
    are,
    evenly,
    month_axis,
    said_counts,
)
from seedbed.report.cohort_figures.lettering import counted, group_names, wrapped
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DOUBLE_MM,
    INK,
    finished,
    journal_look,
    new_figure,
    settle,
)

TITLE: Final = "What happened to each patient"
MOST_BARS: Final = 60
"""Patients who are drawn (local rule)."""
BAR_MM, AROUND_MM, FEWEST_ROWS = 2.9, 26.0, 4
GAP: Final = 0.8
"""Between groups, in bars."""
NAME_MM, NAME_PT = 26.0, 7.0
DEATH, LAST_SEEN, RESPONSE = "death", "last seen", "first response"
ARROW: Final = Path(
    [(0, 0.09), (0.55, 0.09), (0.55, 0.28), (1, 0), (0.55, -0.28), (0.55, -0.09), (0, -0.09), (0, 0.09)]
)
"""It begins where the follow-up ended."""
MARKED: Final[dict[str, dict[str, Any]]] = {
    "implant": {"marker": "|", "color": INK, "ms": 5.5, "mew": 1.3},
    RESPONSE: {"marker": "*", "mfc": "#F0E442", "mec": INK, "ms": 6.0, "mew": 0.5},
    "local progression": {"marker": "<", "mfc": "#D55E00", "mec": INK, "ms": 4.2, "mew": 0.5},
    "distant progression": {"marker": ">", "mfc": "#CC79A7", "mec": INK, "ms": 4.2, "mew": 0.5},
    "local and distant progression": {"marker": "D", "mfc": "#000000", "mec": "white", "ms": 4.0, "mew": 0.5},
    DEATH: {"marker": "X", "mfc": "#000000", "mec": "white", "ms": 5.5, "mew": 0.5},
    LAST_SEEN: {"marker": ARROW, "mfc": INK, "ms": 10.0, "mew": 0.0},
}
"""In the order of the legend; what comes later lies on top."""
WORDS: Final = {
    RESPONSE: "first response (CR or PR)",
    DEATH: "death",
    LAST_SEEN: "alive when last seen",
}


@dataclass(frozen=True)
class _Rows:
    """Where each patient is drawn.

    Attributes
    ----------
    patients : ndarray of int, shape (bars,)
        From the top down.
    heights : ndarray, shape (patients of the set,)
        NaN for who is not drawn.
    """

    patients: IntArray
    heights: FloatArray


def swimmer_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw a bar for each patient, group by group, the longest first; None where nobody was followed.

    Of more than 60 patients those are drawn who stand evenly spaced in the order of follow-up of their group.
    """
    followed = _followed(data)
    if not (followed > 0).any():
        return None
    rows = _rows(data, followed)
    with journal_look():
        figure = settle(_draw(data, followed, rows))
    return finished(figure, id="swimmer", title=TITLE, caption=_caption(data, followed, rows))


def _followed(data: AnalysisSet) -> FloatArray:
    """Return until which day each patient was followed; NaN where that is not known."""
    found = np.full(len(data.patients), np.nan)
    happened = data.courses.happenings
    ends = (happened.words == DEATH) | (happened.words == LAST_SEEN)
    found[happened.patients[ends]] = happened.days[ends]
    return found


def _rows(data: AnalysisSet, followed: FloatArray) -> _Rows:
    known = ~np.isnan(followed)
    sizes = np.bincount(data.group_of[known], minlength=len(data.groups))
    heights = np.full(len(data.patients), np.nan)
    chosen, below = [], 0.0
    for place in range(len(data.groups)):
        mine = np.flatnonzero(known & (data.group_of == place))
        mine = mine[np.argsort(-followed[mine], kind="stable")]
        mine = mine[evenly(len(mine), _share(sizes, place))]
        heights[mine] = -below - np.arange(len(mine))
        below += len(mine) + GAP if len(mine) else 0
        chosen.append(mine)
    return _Rows(np.concatenate(chosen), heights)


def _share(sizes: IntArray, place: int) -> int:
    """Return how many bars a group has: by its size, one at least."""
    if sizes.sum() <= MOST_BARS:
        return int(sizes[place])
    return max(1, int(MOST_BARS * sizes[place] / sizes.sum()))


def _draw(data: AnalysisSet, followed: FloatArray, rows: _Rows) -> Figure:
    lowest = float(np.nanmin(rows.heights))
    figure = new_figure(DOUBLE_MM, AROUND_MM + BAR_MM * max(1 - lowest, FEWEST_ROWS))
    axes = figure.subplots()
    months = followed / DAYS_A_MONTH
    for place in range(len(data.groups)):
        mine = rows.patients[data.group_of[rows.patients] == place]
        axes.barh(
            rows.heights[mine], months[mine], height=0.8, color=COLOURS[place], alpha=0.25, lw=0, zorder=1
        )
    _drugs(axes, data, followed, rows)
    marked = _marks(axes, data, rows)
    _names(axes, data, rows)
    month_axis(axes, _last_month(data, followed, rows))
    axes.set_ylim(lowest - max(FEWEST_ROWS - 1 + lowest, 0) - 0.8, 0.8)
    axes.set_xlabel("Months since treatment began")
    _legend(figure, data, marked)
    return figure


def _last_month(data: AnalysisSet, followed: FloatArray, rows: _Rows) -> float:
    """Return the month of the latest end or mark: a mark beyond the axis would leave it no room."""
    every = _with_responses(data)
    marks = every.days[~np.isnan(rows.heights[every.patients])]
    return float(max(np.nanmax(followed[rows.patients]), marks.max(initial=0)) / DAYS_A_MONTH)


def _drugs(axes: Axes, data: AnalysisSet, followed: FloatArray, rows: _Rows) -> None:
    """Draw courses of a drug as narrow bars inside, as far as the patient was followed."""
    drugs = data.courses.drugs
    drawn = ~np.isnan(rows.heights[drugs.patients])
    who = drugs.patients[drawn]
    first = drugs.first_days[drawn]
    last = np.minimum(drugs.last_days[drawn], followed[who])
    seen = last > first
    axes.barh(
        rows.heights[who][seen],
        (last - first)[seen] / DAYS_A_MONTH,
        left=first[seen] / DAYS_A_MONTH,
        height=0.36,
        color=[COLOURS[place] for place in data.group_of[who][seen]],
        alpha=0.75,
        lw=0,
        zorder=2,
    )


def _marks(axes: Axes, data: AnalysisSet, rows: _Rows) -> list[str]:
    """Draw what happened, and return what there is of it."""
    every = _with_responses(data)
    drawn = ~np.isnan(rows.heights[every.patients])
    there = []
    for zorder, (word, look) in enumerate(MARKED.items(), start=3):
        mine = drawn & (every.words == word)
        if not mine.any():
            continue
        there.append(word)
        axes.plot(
            every.days[mine] / DAYS_A_MONTH,
            rows.heights[every.patients[mine]],
            ls="",
            zorder=zorder,
            clip_on=False,
            **look,
        )
    return there


def _with_responses(data: AnalysisSet) -> Happenings:
    """Add the first responses, from the times to response of the tables."""
    happened, months = data.courses.happenings, data.column("ttr_months").values
    responded = np.flatnonzero(~np.isnan(months))
    days = np.rint(months[responded] * DAYS_A_MONTH).astype(np.int64)
    return Happenings(
        patients=np.concatenate([happened.patients, responded]),
        days=np.concatenate([happened.days, days]),
        words=np.concatenate([happened.words, np.full(len(responded), RESPONSE)]),
    )


def _names(axes: Axes, data: AnalysisSet, rows: _Rows) -> None:
    """Write the name of each group beside the middle of its bars."""
    ticks, labels = [], []
    for place, name in enumerate(group_names(data)):
        mine = rows.heights[rows.patients[data.group_of[rows.patients] == place]]
        if len(mine):
            ticks.append(float(mine.mean()))
            fits = max(1, int(len(mine) * BAR_MM / 3.2))
            labels.append("\n".join(wrapped(name, NAME_MM, NAME_PT, lines=min(fits, 3))))
    axes.set_yticks(ticks, labels, fontsize=NAME_PT)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _legend(figure: Figure, data: AnalysisSet, marked: list[str]) -> None:
    handles: list[Any] = [Patch(facecolor="#c3c9d1", label="follow-up")]
    for drug in np.unique(data.courses.drugs.words).tolist():
        handles.append(Line2D([], [], color="#5b6470", lw=2.6, label=shown_text(drug)))
    for word in marked:
        handles.append(Line2D([], [], ls="", label=WORDS.get(word, word), **MARKED[word]))
    figure.legend(handles=handles, loc="outside lower center", ncols=5, columnspacing=1.4, handletextpad=0.5)


def _caption(data: AnalysisSet, followed: FloatArray, rows: _Rows) -> str:
    known = int((~np.isnan(followed)).sum())
    said = [
        (
            f"Each bar is a patient ({said_counts(data, rows.patients)}), from the first day of "
            f"treatment until "
            "death or until last seen, in each group the longest first."
        )
    ]
    if len(rows.patients) < known:
        said.append(
            f"Of {counted(known, 'patient')} those are drawn who stand evenly spaced in the order of "
            f"follow-up of their group; {are(known - len(rows.patients))} left out."
        )
    drugs = sorted({shown_text(each) for each in data.courses.drugs.words.tolist()})
    if drugs:
        said.append(
            f"Narrow bars: courses of {' and '.join(drugs)}, pauses within a course not shown; other drugs "
            "are not drawn."
        )
    said.append(
        "First responses (CR or PR) are those of the times to response in the tables; progressions are those "
        "that the clinic recorded; an arrow means alive when last seen."
    )
    lacking = len(data.patients) - known
    if lacking:
        said.append(f"{are(lacking)} not drawn, without a known end of follow-up.")
    return " ".join(said)
