"""Small panels, one a group, on the same axes; and bands where lines would be a tangle."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from seedbed.cohort.frame import AnalysisSet
from seedbed.report.cohort_figures.lettering import counted, group_names, width_mm, wrapped
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DASHES,
    DOUBLE_MM,
    FAINT,
    INK,
    MARKS,
    new_figure,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MOST_LINES: Final = 80
"""Patients of a group who are drawn one by one; of more there are bands (local rule)."""
FEWEST: Final = 3
"""Patients whose median and quartiles are drawn (local rule)."""
SHARES: Final = (0.10, 0.25, 0.50, 0.75, 0.90)
IN_A_ROW: Final = {1: 1, 2: 2, 3: 3, 4: 2, 5: 3, 6: 3, 9: 3}
MARGIN_MM: Final = 8.0
TITLE_PT, LEGEND_PT = 7.5, 6.5
KEY_MM: Final = 13.0
"""What a key takes beside its text."""
DRAWN: Final[dict[str, Any]] = {"lw": 0.6, "alpha": 0.45}


@dataclass(frozen=True)
class Bands:
    """Quantiles of the patients of a group at the visits that enough of them have.

    Attributes
    ----------
    months : ndarray, shape (visits,)
    values : ndarray, shape (visits, 5)
        By `SHARES`, as the tables have them: at place (n + 1) p.
    counts : ndarray of int, shape (visits,)
    """

    months: IntArray
    values: FloatArray
    counts: IntArray


def bands(months: IntArray, values: FloatArray, *, fewest: int = FEWEST) -> Bands:
    """Return the quantiles of values at each month; months below 0 do not count."""
    found, counts = np.unique(months[months >= 0], return_counts=True)
    kept, counts = found[counts >= fewest], counts[counts >= fewest]
    rows = [np.quantile(values[months == month], SHARES, method="weibull") for month in kept]
    return Bands(kept, np.array(rows, dtype=np.float64).reshape(len(kept), len(SHARES)), counts)


def said_counts(data: AnalysisSet, rows: IntArray) -> str:
    """Say how many patients are drawn, in all and of each group."""
    found = np.bincount(data.group_of[rows], minlength=len(data.groups)).tolist()
    if len(found) == 1:
        return f"n = {len(rows):,}"
    each = ", ".join(f"{name} {count:,}" for name, count in zip(group_names(data), found, strict=True))
    return f"n = {len(rows):,}: {each}"


def are(count: int, noun: str = "patient") -> str:
    """Begin a sentence on a number of things.

    Examples
    --------
    >>> are(1), are(2, "value")
    ('1 patient is', '2 values are')
    """
    return f"{counted(count, noun)} {'is' if count == 1 else 'are'}"


def panels(count: int, *, row_mm: float, more_mm: float = 0.0, **shared: Any) -> tuple[Figure, list[Axes]]:
    """Return a figure of two columns of a journal with panels on the same axes; call within `journal_look`.

    Parameters
    ----------
    count : int
    row_mm, more_mm : float
        Height of a row of panels, and of what stands beside them.
    **shared
        Of `Figure.subplots`, beside the same x and y.
    """
    columns = in_a_row(count)
    rows = -(-count // columns)
    figure = new_figure(DOUBLE_MM, rows * row_mm + more_mm)
    grid = figure.subplots(rows, columns, squeeze=False, **({"sharex": True, "sharey": True} | shared))
    every = list(grid.ravel())
    for axes in every[count:]:
        axes.remove()
    for axes in every[max(count - columns, 0) : count]:
        axes.tick_params(labelbottom=True)
    return figure, every[:count]


def in_a_row(count: int) -> int:
    """Return how many panels stand in a row."""
    return IN_A_ROW.get(count, 4)


def panel_mm(count: int) -> float:
    """Width of a panel on paper, roughly."""
    return DOUBLE_MM / in_a_row(count) - MARGIN_MM


def name_panel(axes: Axes, name: str, *, count: int | None, of: int) -> None:
    """Write the name of a group and how many of it are drawn over its panel.

    Parameters
    ----------
    axes : Axes
    name : str
    count : int or None
        None where the panel is of no group.
    of : int
        How many panels there are.
    """
    lines = wrapped(name, panel_mm(of), TITLE_PT, lines=2)
    if count is not None:
        number = f"(n = {count:,})"
        fits = width_mm(f"{lines[-1]} {number}", TITLE_PT) <= panel_mm(of)
        lines = [*lines[:-1], f"{lines[-1]} {number}"] if fits else [*lines, number]
    axes.set_title("\n".join(lines), loc="left", fontsize=TITLE_PT)
    if count == 0:
        say_nothing(axes)


def legend_of_groups(figure: Figure, data: AnalysisSet) -> None:
    """Tell colour, dash and mark of the groups over the panels, in as many columns as there is room for."""
    names = ["\n".join(wrapped(name, DOUBLE_MM / 4, LEGEND_PT, lines=2)) for name in group_names(data)]
    widest = max(width_mm(line, LEGEND_PT) for name in names for line in name.splitlines())
    handles = [
        Line2D([], [], color=COLOURS[at], ls=DASHES[at], marker=MARKS[at], ms=3.2, lw=1.2, label=name)
        for at, name in enumerate(names)
    ]
    columns = min(len(names), max(1, int((DOUBLE_MM - MARGIN_MM) / (widest + KEY_MM))))
    figure.legend(handles=handles, loc="outside upper center", ncols=columns, handlelength=3)


def say_nothing(axes: Axes) -> None:
    """Say that a group has nothing to draw."""
    place: Any = {"transform": axes.transAxes, "ha": "center", "va": "center", "zorder": 9}
    axes.text(0.5, 0.6, "nothing to draw", color=FAINT, bbox={"fc": "white", "ec": "none"}, **place)


def by_patient(rows: IntArray, x: FloatArray, y: FloatArray) -> Iterator[FloatArray]:
    """Give the points of each patient in the order of time, shape (points, 2)."""
    order = np.lexsort((x, rows))
    points = np.column_stack([x[order], y[order]])
    cuts = np.flatnonzero(np.diff(rows[order])) + 1
    yield from np.split(points, cuts) if len(points) else ()


def draw_lines(axes: Axes, lines: Sequence[FloatArray], place: int) -> None:
    """Draw a thin line for each patient in the colour of a group, with a dot at each point."""
    axes.add_collection(LineCollection(lines, colors=COLOURS[place], **DRAWN), autolim=True)
    for alone, size in ((False, 2.0), (True, 4.0)):
        points = [line for line in lines if (len(line) == 1) == alone]
        if points:
            axes.plot(*np.concatenate(points).T, ".", color=COLOURS[place], ms=size, alpha=0.7, mew=0)


def draw_bands(axes: Axes, found: Bands, place: int) -> None:
    """Draw the middle 80 and 50 percent of the patients, and their median."""
    low, lower, middle, upper, high = found.values.T
    colour = COLOURS[place]
    axes.fill_between(found.months, low, high, color=colour, alpha=0.15, lw=0)
    axes.fill_between(found.months, lower, upper, color=colour, alpha=0.3, lw=0)
    axes.plot(found.months, middle, color=colour, lw=1.4, marker="o", ms=2.5)


def evenly(count: int, most: int) -> IntArray:
    """Return places that are evenly spaced from the first to the last; all where there are no more than most.

    Examples
    --------
    >>> evenly(3, 5).tolist(), evenly(101, 3).tolist(), evenly(9, 1).tolist()
    ([0, 1, 2], [0, 50, 100], [0])
    """
    return np.unique(np.rint(np.linspace(0, max(count - 1, 0), min(count, most))).astype(np.int64))


def month_axis(axes: Axes, last: float) -> None:
    """Lay out months from 0 to the last finding in steps that people count in."""
    last = max(last, 1.0)
    step = next((each for each in (1, 2, 3, 6, 12, 24, 48) if last / each <= 8), 120)
    axes.set_xticks(np.arange(0, 1.03 * last, step))
    axes.set_xlim(-0.03 * last, 1.03 * last)


def zero_line(axes: Axes) -> None:
    """Draw the line of no change."""
    axes.axhline(0, color=INK, lw=0.6)
