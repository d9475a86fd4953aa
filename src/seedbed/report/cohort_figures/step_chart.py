"""Curves of steps over time with a table under them: survival, and incidence beside other causes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from seedbed.cohort.frame import FloatArray
from seedbed.report.cohort_figures.lettering import shortened, width_mm, wrapped
from seedbed.report.cohort_figures.placing import KEY_MM, SIZE_PT, Sheet
from seedbed.report.cohort_figures.style import COLOURS, DASHES, FAINT, MARKS, SINGLE_MM, journal_look

ROW_MM: Final = 3.2
EDGE_MM: Final = 2.0
GAP_MM: Final = 5.0
MOST_POINTS: Final = 1800
"""Steps that are drawn of one curve: one for each dot of 300 dpi along the axis of two columns."""
MOST_STROKES: Final = 400
"""Censored times of a figure that are all drawn; of more one for each place is (local rule)."""
STROKE_PLACES: Final = 100
"""Places along the axis for strokes, about a millimetre and a half apart (local rule)."""
MOST_BANDS: Final = 4
"""Groups up to which confidence limits are drawn: more hide each other (local rule)."""
STEPS_MONTHS: Final = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240, 600)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """The curve of one group.

    Attributes
    ----------
    times, shares : ndarray of float, shape (steps,)
        From each time on the curve has that share, 0 to 1.
    low, high : ndarray of float, shape (steps,)
        Confidence limits; NaN where there are none.
    censored : ndarray of float
        Times, each once.
    median : float or None
    """

    times: FloatArray
    shares: FloatArray
    low: FloatArray
    high: FloatArray
    censored: FloatArray
    median: float | None = None


@dataclass(frozen=True)
class Block:
    """A part of the table under the curves.

    Attributes
    ----------
    title : str
    times : tuple of ndarray
        Of each group, in order.
    left : bool
        Whether those with this time or a later one are counted; else those until then.
    """

    title: str
    times: tuple[FloatArray, ...]
    left: bool = False

    def counts(self, group: int, months: Sequence[float]) -> list[int]:
        """Count the patients of a group at some months.

        Examples
        --------
        >>> times = (np.array([6.0, 7.0, 10.0]),)
        >>> Block("At risk", times, left=True).counts(0, [0, 7, 12])
        [3, 2, 0]
        >>> Block("Events", times).counts(0, [0, 7, 12])
        [0, 2, 3]
        """
        mine = self.times[group]
        if self.left:
            return [len(mine) - int(np.searchsorted(mine, month, side="left")) for month in months]
        return [int(np.searchsorted(mine, month, side="right")) for month in months]


@dataclass(frozen=True, kw_only=True)
class StepChart:
    """All that is drawn.

    Attributes
    ----------
    names : tuple of str
        Of the groups.
    curves : tuple of Curve or None
        None for a group without anyone.
    columns : tuple of (str, tuple of str)
        Of the key above the curves: a title, whose lines are kept where there is little room, and a text
        for each group.
    blocks : tuple of Block
        Of the table below.
    said : str
        A line under the key: the test.
    y_label, x_label : str
    start : float
        Share at time zero: 1 for survival, 0 for incidence.
    top : float
        Largest share of the axis.
    bands : bool
        Whether confidence limits are drawn.
    """

    names: tuple[str, ...]
    curves: tuple[Curve | None, ...]
    columns: tuple[tuple[str, tuple[str, ...]], ...]
    blocks: tuple[Block, ...]
    said: str
    y_label: str
    x_label: str = "Months from the first day of treatment"
    start: float = 1.0
    top: float = 1.0
    bands: bool = True

    @property
    def last(self) -> float:
        """Latest time of all curves; 1 where there is none above zero."""
        return max((float(each.times[-1]) for each in self.curves if each is not None), default=0.0) or 1.0

    @property
    def strokes(self) -> int:
        """Censored times of all curves."""
        return sum(len(each.censored) for each in self.curves if each is not None)

    @property
    def limits_shown(self) -> bool:
        """Whether any confidence limits are drawn."""
        return self.bands and any(np.isfinite(each.low).any() for each in self.curves if each is not None)


@dataclass(frozen=True)
class _Key:
    """The key above the curves: what stands where."""

    names: list[list[str]]
    heads: list[list[str]]
    rights: list[float]
    said: list[str]

    @property
    def head_mm(self) -> float:
        return ROW_MM * max((len(head) for head in self.heads), default=0)

    @property
    def height_mm(self) -> float:
        rows = sum(len(lines) for lines in self.names) + len(self.said)
        return self.head_mm + ROW_MM * rows + 1.5


def draw_steps(chart: StepChart, width_mm: float) -> Figure:
    """Draw curves with their key above and their table below.

    Parameters
    ----------
    chart : StepChart
    width_mm : float
    """
    narrow = width_mm <= SINGLE_MM
    with journal_look():
        key = _arranged_key(chart, width_mm)
        label = _label_mm(chart, most=18.5 if narrow else 38.0)
        number = _number_mm(chart)
        left, right = EDGE_MM + KEY_MM + label + 2.5 + number / 2, EDGE_MM + max(3.0, number / 2)
        top, high = EDGE_MM + key.height_mm + 3.0, 52.0 if narrow else 74.0
        table = (ROW_MM * (1 + len(chart.names)) + 1.0) * len(chart.blocks)
        page = Sheet(width_mm, top + high + 11.0 + table + EDGE_MM)
        _write_key(page, chart, key)
        axes = page.axes(left, top, width_mm - left - right, high)
        months = _months(chart, width_mm - left - right)
        _draw_axes(axes, chart, months)
        _write_table(page, chart, months, (axes, label, top + high + 11.0))
    return page.figure


def _arranged_key(chart: StepChart, width: float) -> _Key:
    """Find lines and places: names as wide as they are, else in the room that the columns leave."""
    heads = [
        title.split("\n") if width <= SINGLE_MM else [title.replace("\n", " ")] for title, _ in chart.columns
    ]
    wides = [
        max(*(width_mm(text, SIZE_PT) for text in texts), *(width_mm(line, SIZE_PT, "bold") for line in head))
        for (_, texts), head in zip(chart.columns, heads, strict=True)
    ]
    room = max(width - 2 * EDGE_MM - KEY_MM - sum(wides) - GAP_MM * len(wides), 12.0)
    names = [wrapped(name, room, SIZE_PT, lines=4) for name in chart.names]
    used = max(width_mm(line, SIZE_PT) for lines in names for line in lines)
    start = EDGE_MM + KEY_MM + used
    rights = [start + GAP_MM * (at + 1) + sum(wides[: at + 1]) for at in range(len(wides))]
    said = wrapped(chart.said, width - 2 * EDGE_MM, SIZE_PT) if chart.said else []
    return _Key(names, heads, rights, said)


def _write_key(page: Sheet, chart: StepChart, key: _Key) -> None:
    y = EDGE_MM + ROW_MM / 2
    for right, head in zip(key.rights, key.heads, strict=True):
        first = y + key.head_mm - ROW_MM * len(head)
        for at, line in enumerate(head):
            page.text(right, first + at * ROW_MM, line, ha="right", weight="bold")
    y += key.head_mm
    for place, lines in enumerate(key.names):
        page.key(EDGE_MM, y, place)
        for right, (_, texts) in zip(key.rights, chart.columns, strict=True):
            page.text(right, y, texts[place], ha="right")
        for at, line in enumerate(lines):
            page.text(EDGE_MM + KEY_MM, y + at * ROW_MM, line)
        y += ROW_MM * len(lines)
    for at, line in enumerate(key.said):
        page.text(EDGE_MM, y + 1.0 + at * ROW_MM, line)


def _label_mm(chart: StepChart, *, most: float) -> float:
    return min(max(8.0, *(width_mm(name, SIZE_PT) for name in chart.names)), most)


def _number_mm(chart: StepChart) -> float:
    return max(width_mm(str(len(each)), SIZE_PT) for each in chart.blocks[0].times)


def _months(chart: StepChart, wide: float) -> list[float]:
    """Return the times of the axis: as close as the numbers under them allow."""
    most = max(2, int(wide / (_number_mm(chart) + 3.0)))
    step = next((each for each in STEPS_MONTHS if chart.last / each <= most), STEPS_MONTHS[-1])
    if step < 6 and chart.last > 12:
        step = 6
    return [float(step * at) for at in range(int(chart.last / step) + 1)]


def _draw_axes(axes: Axes, chart: StepChart, months: list[float]) -> None:
    axes.set_xlim(0, chart.last * 1.01)
    axes.set_ylim(0, 100 * chart.top)
    axes.set_xticks(months, [f"{each:g}" for each in months])
    axes.set_xlabel(chart.x_label)
    axes.set_ylabel(chart.y_label)
    for place, curve in enumerate(chart.curves):
        if curve is not None:
            _draw_curve(axes, chart, place, curve)
            _draw_censored(axes, chart, place, curve)
    _draw_medians(axes, chart)


def _draw_curve(axes: Axes, chart: StepChart, place: int, curve: Curve) -> None:
    kept = drawn_steps(curve.times, curve.shares, chart.last)
    times = np.r_[0.0, curve.times[kept]]
    shares = 100 * np.r_[chart.start, curve.shares[kept]]
    look: dict[str, Any] = {"color": COLOURS[place], "zorder": 3.0}
    axes.plot(
        times, shares, drawstyle="steps-post", linestyle=DASHES[place], clip_on=False,
        solid_capstyle="butt", gid=f"curve_{place}", **look,
    )  # fmt: skip
    axes.plot(times[-1:], shares[-1:], marker=MARKS[place], markersize=3.6, clip_on=False, **look)
    low, high = (np.r_[np.nan, limit[kept]] for limit in (curve.low, curve.high))
    if chart.bands and np.isfinite(low).any():
        axes.fill_between(
            times, 100 * low, 100 * high, where=np.isfinite(low).tolist(), step="post",
            color=COLOURS[place], alpha=0.13, linewidth=0, zorder=1.0,
        )  # fmt: skip


def drawn_steps(times: FloatArray, shares: FloatArray, last: float) -> FloatArray:
    """Return the places of the steps that are seen: where the share changes, one a dot, and the last.

    Examples
    --------
    >>> drawn_steps(np.array([1.0, 2.0, 3.0]), np.array([0.9, 0.9, 0.9]), 3.0).tolist()
    [0, 2]
    """
    changed = np.flatnonzero(np.diff(shares, prepend=np.nan) != 0)
    places = np.union1d(changed, [len(times) - 1])
    if len(places) > MOST_POINTS:
        dots = np.floor(times[places] / last * MOST_POINTS)
        places = places[np.diff(dots, append=np.inf) != 0]
    return places


def _draw_censored(axes: Axes, chart: StepChart, place: int, curve: Curve) -> None:
    when = curve.censored
    if chart.strokes > MOST_STROKES:
        when = when[np.diff(np.floor(when / chart.last * STROKE_PLACES), append=np.inf) != 0]
    at = np.searchsorted(curve.times, when, side="right")
    shares = np.r_[chart.start, curve.shares][at]
    axes.plot(
        when, 100 * shares, linestyle="none", marker="|", markersize=4.2, markeredgewidth=0.7,
        color=COLOURS[place], clip_on=False, zorder=3.5, gid=f"censored_{place}",
    )  # fmt: skip


def _draw_medians(axes: Axes, chart: StepChart) -> None:
    found = {
        place: each.median
        for place, each in enumerate(chart.curves)
        if each is not None and each.median is not None
    }
    if not found:
        return
    axes.plot([0, max(found.values())], [50, 50], color=FAINT, linestyle=":", linewidth=0.8, zorder=2.0)
    for place, median in found.items():
        axes.plot(
            [median, median], [0, 50], color=COLOURS[place], linestyle=":", linewidth=0.8, zorder=2.0,
            gid=f"median_{place}",
        )  # fmt: skip


def _write_table(
    page: Sheet, chart: StepChart, months: list[float], places: tuple[Axes, float, float]
) -> None:
    """Write the numbers of each block under the times of the axis."""
    axes, label, y = places
    box = axes.get_position()
    low, high = axes.get_xlim()
    xs = [(box.x0 + box.width * (each - low) / (high - low)) * page.width for each in months]
    for block in chart.blocks:
        page.rule(y - 0.2, edge=EDGE_MM)
        y += ROW_MM / 2 + 0.3
        page.text(EDGE_MM, y, block.title, weight="bold")
        for place, name in enumerate(chart.names):
            y += ROW_MM
            page.key(EDGE_MM, y, place)
            page.text(EDGE_MM + KEY_MM, y, shortened(name, label, SIZE_PT))
            for x, count in zip(xs, block.counts(place, months), strict=True):
                page.text(x, y, str(count), ha="center")
        y += ROW_MM / 2 + 0.7
