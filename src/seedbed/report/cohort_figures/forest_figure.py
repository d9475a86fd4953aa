"""Ratios with their limits on one logarithmic axis: a forest plot of the tables that have ratios."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from seedbed.cohort.tables import Table
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.forest_rows import KINDS, ForestRow, in_parts, rows_of_kind
from seedbed.report.cohort_figures.lettering import counted, width_mm, wrapped
from seedbed.report.cohort_figures.placing import SIZE_PT, Sheet
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DOUBLE_MM,
    FAINT,
    INK,
    SINGLE_MM,
    finished,
    journal_look,
)

EDGE_MM: Final = 2.0
LINE_MM: Final = 3.0
GAP_MM: Final = 4.0
REASON_LINES: Final = 3
FACTOR: Final = 10.0
"""The axis ends at most this factor beyond the outermost estimates; limits beyond are cut (local rule)."""
LEAST: Final = 2.0
"""The axis reaches from 1/2 to 2 at least (local rule)."""
LEAST_AXIS_MM: Final = 28.0
TICK_MM: Final = 6.5
TICKS: Final = (0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 1000)


def forest_figures(tables: Iterable[Table], *, width_mm: float = DOUBLE_MM) -> tuple[ReportFigure, ...]:
    """Draw the ratios of tables: a figure for each kind of ratio, or several where there are many rows.

    Parameters
    ----------
    tables : iterable of Table
        Cells with the numbers ``hazard_ratio``, ``risk_ratio``, ``odds_ratio`` or ``rate_ratio`` and ``low``
        and ``high`` are drawn, those that stand in several tables once; other tables are passed by.
    width_mm : float
    """
    every = list(tables)
    found = []
    for kind, (title, word) in KINDS.items():
        rows, sources = rows_of_kind(every, kind)
        for at, part in enumerate(in_parts(rows)):
            with journal_look():
                figure = _draw(part, (title, word), width_mm)
            found.append(
                finished(
                    figure,
                    id=f"forest_{kind}{f'_{at + 1}' if at else ''}",
                    title=f"{title}s{f', part {at + 1}' if at else ''}",
                    caption=_caption(part, title, sources, narrow=width_mm <= SINGLE_MM),
                )
            )
    return tuple(found)


@dataclass(frozen=True)
class _Columns:
    """Where things stand, mm from the left: the axis from `left` to `right`, right ends of the columns."""

    left: float
    right: float
    text: float
    p: float
    label: float

    @classmethod
    def of(cls, rows: Sequence[ForestRow], width: float) -> "_Columns":
        drawn = [row for row in rows if row.ratio is not None]
        narrow = width <= SINGLE_MM
        texts = max(
            width_mm("(95% CI)", SIZE_PT, "bold"),
            width_mm("Hazard ratio", SIZE_PT, "bold"),
            *(width_mm(row.text, SIZE_PT) for row in drawn),
        )
        p = (
            0.0
            if narrow or not any(row.p for row in drawn)
            else GAP_MM + max(8.0, *(width_mm(row.p, SIZE_PT) for row in drawn))
        )
        end = width - EDGE_MM
        right = end - p - texts - GAP_MM
        most = max(16.0, right - EDGE_MM - GAP_MM - (LEAST_AXIS_MM if narrow else 2 * LEAST_AXIS_MM))
        label = min(most, 2.0 + max(width_mm(row.label, SIZE_PT) for row in drawn))
        return cls(EDGE_MM + label + GAP_MM, right, end - p, end, label)


def _draw(rows: Sequence[ForestRow], named: tuple[str, str], width: float) -> Figure:
    columns = _Columns.of(rows, width)
    labels = [_label(row, columns) for row in rows]
    heights = [
        LINE_MM * max(len(lines), len(_reason(row, columns))) + (2.2 if _is_bold(row) else 1.2)
        for row, lines in zip(rows, labels, strict=True)
    ]
    top = EDGE_MM + 2 * LINE_MM + 1.5
    sheet = Sheet(width, top + sum(heights) + 11.0)
    axes = sheet.axes(columns.left, top, columns.right - columns.left, sum(heights))
    _set_axes(axes, rows, sum(heights), columns.right - columns.left)
    title, word = named
    for line, text in enumerate((title, "(95% CI)")):
        sheet.text(columns.text, EDGE_MM + (line + 0.5) * LINE_MM, text, ha="right", fontweight="bold")
    if columns.p > columns.text:
        sheet.text(columns.p, EDGE_MM + 1.5 * LINE_MM, "P", ha="right", fontweight="bold")
    y = 0.0
    for row, lines, height in zip(rows, labels, heights, strict=True):
        _write_row(sheet, row, lines, top + y + height / 2, columns)
        if row.ratio is not None:
            _draw_interval(axes, row, y + height / 2)
        if row.ratio is not None or (row.is_heading and _ends_before(lines, columns.left)):
            axes.plot([1.0, 1.0], [y, y + height], color=INK, linewidth=0.6, zorder=1)
        y += height
    low, high = (log10(each) for each in axes.get_xlim())
    one = columns.left - (columns.right - columns.left) * low / (high - low)
    for side, text in (("right", f"\u2190 lower {word}"), ("left", f"higher {word} \u2192")):
        sheet.text(one + (-1.5 if side == "right" else 1.5), top + y + 8.5, text, ha=side, color=FAINT)
    return sheet.figure


def _label(row: ForestRow, columns: _Columns) -> list[str]:
    if row.is_heading:
        return wrapped(row.label, columns.p - EDGE_MM, SIZE_PT, weight="bold", lines=3)
    return wrapped(
        row.label, columns.label - 2.0, SIZE_PT, weight="bold" if _is_bold(row) else "normal", lines=4
    )


def _reason(row: ForestRow, columns: _Columns) -> list[str]:
    """Return the lines that say why there is no ratio; none where there is one."""
    if row.ratio is not None or not row.text:
        return []
    return wrapped(row.text, columns.p - columns.left, SIZE_PT, lines=REASON_LINES)


def _is_bold(row: ForestRow) -> bool:
    return row.is_heading or not row.under_heading


def _ends_before(lines: Sequence[str], left: float) -> bool:
    return max(width_mm(line, SIZE_PT, "bold") for line in lines) < left


def _write_row(sheet: Sheet, row: ForestRow, lines: Sequence[str], y: float, columns: _Columns) -> None:
    bold = _is_bold(row)
    lower = 0.5 if bold else 0.0
    for at, line in enumerate(lines):
        level = y + (at - (len(lines) - 1) / 2) * LINE_MM + lower
        sheet.text(EDGE_MM + (0.0 if bold else 2.0), level, line, fontweight="bold" if bold else "normal")
    reason = _reason(row, columns)
    for at, line in enumerate(reason):
        level = y + (at - (len(reason) - 1) / 2) * LINE_MM + lower
        sheet.text(columns.left, level, line, color=FAINT, style="italic")
    if reason:
        return
    sheet.text(columns.text, y, row.text, ha="right")
    if columns.p > columns.text:
        sheet.text(columns.p, y, row.p, ha="right")


def _set_axes(axes: Axes, rows: Sequence[ForestRow], height: float, width: float) -> None:
    low, high = axis_limits(rows)
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    ticks = _ticks(low, high, width)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticklabels([f"{each:g}" for each in ticks])


def _ticks(low: float, high: float, width: float) -> list[float]:
    """Return ticks that leave room for their numbers, 1 among them."""
    found = [1.0]
    inside = [each for each in TICKS if low <= each <= high]
    for each in sorted(inside, key=lambda tick: (abs(log10(tick)) % 1 > 0, abs(log10(tick)))):
        apart = min(abs(log10(each / other)) for other in found) * width / log10(high / low)
        if apart >= TICK_MM:
            found.append(each)
    return sorted(found)


def axis_limits(rows: Sequence[ForestRow]) -> tuple[float, float]:
    """Return the ends of the axis: all estimates, their limits where these are not far out.

    Examples
    --------
    >>> axis_limits([ForestRow("B", 0.5, 0.18, 1.46)]), axis_limits([ForestRow("B", 0.5, 0.0001, 40.0)])
    ((0.18, 2.0), (0.05, 5.0))
    """
    ratios = [row.ratio for row in rows if row.ratio is not None]
    least, most = min(ratios) / FACTOR, max(ratios) * FACTOR
    lows = [row.low if row.low else 0.0 for row in rows if row.ratio is not None]
    highs = [most if row.high is None else row.high for row in rows if row.ratio is not None]
    low = max(least, min(*lows, *ratios, 1 / LEAST))
    high = min(most, max(*highs, *ratios, LEAST))
    return _rounded(min(low, 1 / LEAST), floor), _rounded(max(high, LEAST), ceil)


def _rounded(value: float, way: object) -> float:
    """Round to two digits, down or up."""
    scale = 10 ** (floor(log10(value)) - 1)
    return float(f"{way(value / scale - (1e-9 if way is ceil else -1e-9)) * scale:.6g}")  # type: ignore[operator]


def _draw_interval(axes: Axes, row: ForestRow, y: float) -> None:
    """Draw limits with an arrow where they are cut, and the estimate."""
    if row.ratio is None:
        return
    low, high = axes.get_xlim()
    start = row.low if row.low is not None else 0.0
    end = row.high if row.high is not None else float("inf")
    ends = [max(start, low), min(end, high)]
    axes.plot(
        ends, [y, y], color=COLOURS[0], linewidth=1.0, zorder=2, solid_capstyle="butt", label="_interval"
    )
    for cut, place, mark in ((start < low, low, "<"), (end > high, high, ">")):
        if cut:
            axes.plot([place], [y], marker=mark, markersize=4, color=COLOURS[0], clip_on=False, zorder=3)
    axes.plot([row.ratio], [y], marker="s", markersize=4.2, color=COLOURS[0], zorder=4, label="_estimate")


def _caption(rows: Sequence[ForestRow], title: str, tables: Sequence[str], *, narrow: bool) -> str:
    low, high = axis_limits(rows)
    drawn = [row for row in rows if row.ratio is not None]
    cut = sum((row.low or 0.0) < low or row.high is None or row.high > high for row in drawn)
    sources = "', '".join(tables)
    said = [
        f"{title}s on a logarithmic axis: {counted(len(drawn), 'estimate')}.",
        "Squares: estimates; lines: 95% confidence limits; upright line: a ratio of 1, no difference.",
        f"Arrows: {counted(cut, 'interval')} that {'reaches' if cut == 1 else 'reach'} beyond the axis."
        if cut
        else "",
        ""
        if narrow or not any(row.p for row in drawn)
        else "P: two-sided, not adjusted for the number of tests.",
        *_methods(drawn),
        f"Models and assumptions stand under '{sources}'.",
        "Groups were not made by chance: no cause can be read from a ratio.",
    ]
    return " ".join(filter(None, said))


def _methods(rows: Sequence[ForestRow]) -> Iterator[str]:
    """Name the methods, and what a ratio is to."""
    labels = [row.label for row in rows]
    if any("Cox" in each for each in labels):
        yield "Hazard ratios by Cox's model against the group in the heading."
    if any("Firth" in each for each in labels):
        yield (
            "With Firth's penalty where the row says so: events are few, and the ratio without it stands in "
            "the table alone."
        )
    if any("subdistribution" in each for each in labels):
        yield "Subdistribution hazard ratios by Fine and Gray's model against the group in the row."
