"""Pain over time: how many patients of each group have which value at each due visit, with medians."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import EllipseCollection
from matplotlib.figure import Figure

from seedbed.cohort.courses import Findings, visit_months
from seedbed.cohort.frame import AnalysisSet
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.group_panels import (
    FEWEST,
    IntArray,
    are,
    bands,
    name_panel,
    panel_mm,
    panels,
    said_counts,
)
from seedbed.report.cohort_figures.lettering import group_names
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DASHES,
    FAINT,
    INCH_MM,
    INK,
    MARKS,
    finished,
    journal_look,
    settle,
)

TITLE: Final = "Pain over time"
HIGHEST: Final = 10
VISIT_MM: Final = 7.0
"""Width of a visit on paper."""
WIDEST_MM: Final = 6.2
"""Diameter of the disc of a group of which all have the same value."""
FEWEST_PLACES: Final = 4
"""Visits that a panel has room for at least, so that few do not stand far apart."""
LINE, NUMBERS, LOWEST = -1.0, -1.65, -2.3
LOWER, UPPER = 1, 3


def pain_figure(data: AnalysisSet) -> ReportFigure | None:
    """Draw the values of patients at due visits, a panel a group.

    A group is drawn at visits of 3 of its patients at least; None where there is none.
    """
    nrs = data.courses.nrs
    months = visit_months(nrs)
    visits = _visits(data, months)
    if not len(visits):
        return None
    drawn = np.isin(months, visits)
    shown, months = nrs.some(drawn), months[drawn]
    with journal_look():
        figure = settle(_draw(data, shown, months=months, visits=visits))
    left_out = int((~drawn).sum()) + _too_few(data, shown, months)
    caption = _caption(data, shown, visits=visits, left_out=left_out)
    return finished(figure, id="pain", title=TITLE, caption=caption)


def _visits(data: AnalysisSet, months: IntArray) -> IntArray:
    """Return the visits that enough patients of a group have, the first as many as a panel has room for."""
    groups = data.group_of[data.courses.nrs.patients]
    most = int(panel_mm(len(data.groups)) / VISIT_MM)
    found = np.unique(months[months >= 0])
    counts = np.array([np.bincount(groups[months == month]).max() for month in found], dtype=np.int64)
    return np.asarray(found[counts >= FEWEST][:most], dtype=np.int64)


def _too_few(data: AnalysisSet, shown: Findings, months: IntArray) -> int:
    """Count the values at visits of too few patients of their group."""
    visits = np.column_stack([data.group_of[shown.patients], months])
    counts = np.unique(visits, axis=0, return_counts=True)[1]
    return int(counts[counts < FEWEST].sum())


def _draw(data: AnalysisSet, shown: Findings, *, months: IntArray, visits: IntArray) -> Figure:
    count = len(data.groups)
    figure, every = panels(count, row_mm=70)
    for place, (axes, name) in enumerate(zip(every, group_names(data), strict=True)):
        mine = data.group_of[shown.patients] == place
        _discs(axes, shown.some(mine), place, months=months[mine], visits=visits)
        _medians(axes, shown.some(mine), place, months=months[mine], visits=visits)
        name_panel(axes, name, count=len(np.unique(shown.patients[mine])), of=count)
    every[0].set_xticks(np.arange(len(visits)), [str(month) for month in visits.tolist()])
    every[0].set_xlim(-0.6, max(len(visits), FEWEST_PLACES) - 0.4)
    every[0].set_ylim(LOWEST, HIGHEST + 0.6)
    every[0].set_yticks([NUMBERS, *range(0, HIGHEST + 1, 2)], ["n", *map(str, range(0, HIGHEST + 1, 2))])
    figure.supylabel("Worst pain (NRS)", fontsize=7)
    figure.supxlabel("Months since treatment began (due visits)", fontsize=7)
    return figure


def _discs(axes: Axes, mine: Findings, place: int, *, months: IntArray, visits: IntArray) -> None:
    """Draw a disc for each value at each visit, whose area is the share of patients of the visit."""
    axes.axhline(LINE, color=FAINT, lw=0.4)
    steps = np.clip(np.floor(mine.values + 0.5), 0, HIGHEST).astype(np.int64)
    for at, month in enumerate(visits.tolist()):
        counts = np.bincount(steps[months == month], minlength=HIGHEST + 1)
        axes.text(at, NUMBERS, f"{counts.sum():,}", ha="center", va="center", fontsize=5.5)
        if counts.sum() < FEWEST:
            continue
        there = np.flatnonzero(counts)
        wide = WIDEST_MM / INCH_MM * np.sqrt(counts[there] / counts.sum())
        discs = EllipseCollection(
            wide,
            wide,
            np.zeros(len(there)),
            units="inches",
            offsets=np.column_stack([np.full(len(there), at), there]),
            offset_transform=axes.transData,
            facecolors=COLOURS[place],
            alpha=0.4,
            lw=0,
        )
        axes.add_collection(discs, autolim=False)


def _medians(axes: Axes, mine: Findings, place: int, *, months: IntArray, visits: IntArray) -> None:
    found = bands(months, mine.values)
    lower, middle, upper = found.values[:, LOWER : UPPER + 1].T
    axes.errorbar(
        np.searchsorted(visits, found.months),
        middle,
        yerr=[middle - lower, upper - middle],
        color=INK,
        ls=DASHES[place],
        marker=MARKS[place],
        ms=3.2,
        lw=0.9,
        elinewidth=0.9,
        capsize=1.5,
        zorder=5,
    )


def _caption(data: AnalysisSet, shown: Findings, *, visits: IntArray, left_out: int) -> str:
    rows = np.unique(shown.patients)
    said = [
        (
            f"Worst pain of any site on the numerical rating scale, 0 to 10 "
            f"({said_counts(data, rows)}). The area "
            "of a disc is the share of the patients of the group at that visit who have that value; n: "
            f"their number. Marks with bars: medians and quartiles. Discs and marks stand at visits of at "
            f"least {FEWEST} patients of the group."
        ),
        "As in the tables each value counts for the nearest due visit; month 0 is the latest before.",
    ]
    broken = int((shown.values != np.rint(shown.values)).sum())
    if broken:
        said.append(f"{are(broken, 'value')} between two whole numbers, with the disc of the nearest.")
    if left_out:
        said.append(
            f"{are(left_out, 'value')} not drawn, which count for no visit, for one of fewer than {FEWEST} "
            f"patients of the group, or for one after month {visits[-1]}."
        )
    without = len(data.patients) - len(rows)
    if without:
        said.append(f"{are(without)} not drawn, without a value.")
    return " ".join(said)
