"""How alike groups are in each covariate, before and after weighting: a plot after Love."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.figure import Figure

from seedbed.cohort.tables import Table
from seedbed.report.analysis_report import ReportFigure
from seedbed.report.cohort_figures.lettering import Weight, counted, width_mm, wrapped
from seedbed.report.cohort_figures.placing import SIZE_PT, Sheet
from seedbed.report.cohort_figures.style import (
    COLOURS,
    DOUBLE_MM,
    FAINT,
    INK,
    RULE,
    SINGLE_MM,
    finished,
    journal_look,
)

ALIKE: Final = 0.1
"""Difference below which groups are commonly called balanced (Austin 2009, doi 10.1002/sim.3697)."""
MOST_ROWS: Final = 50
IN_MODEL: Final = "yes"
"""What the table writes in its last column for a covariate of the model."""
EDGE_MM: Final = 2.0
LINE_MM: Final = 3.0


@dataclass(frozen=True)
class BalanceRow:
    """A covariate.

    Attributes
    ----------
    label : str
    before, after : float or None
        Absolute standardised difference; None where it cannot be had.
    in_model : bool
        Whether the weights were made from it.
    """

    label: str
    before: float | None
    after: float | None
    in_model: bool = False

    @property
    def weight(self) -> Weight:
        """Of its letters."""
        return "bold" if self.in_model else "normal"


def balance_rows(table: Table) -> tuple[BalanceRow, ...]:
    """Return the rows of a table whose cells hold the numbers ``before`` and ``after``, the last ``yes``."""
    found = []
    for row in table.rows:
        numbers = {name: value for cell in row.cells for name, value in cell.numbers.items()}
        if "before" in numbers or "after" in numbers:
            in_model = row.cells[-1].text == IN_MODEL
            found.append(BalanceRow(row.label, numbers.get("before"), numbers.get("after"), in_model))
    return tuple(found)


def balance_figure(rows: Sequence[BalanceRow], *, width_mm: float = DOUBLE_MM) -> ReportFigure | None:
    """Draw standardised differences before and after weighting, the largest before on top; None without any.

    Parameters
    ----------
    rows : sequence of BalanceRow
    width_mm : float
    """
    known = [each for each in rows if each.before is not None or each.after is not None]
    if not known:
        return None
    ordered = sorted(known, key=lambda each: -(each.before if each.before is not None else each.after or 0.0))
    with journal_look():
        figure = _draw(ordered[:MOST_ROWS], width_mm)
    left = len(rows) - min(len(known), MOST_ROWS)
    return finished(
        figure,
        id="balance",
        title="Balance of the groups before and after weighting",
        caption=_caption(ordered, left),
    )


def _draw(rows: Sequence[BalanceRow], width: float) -> Figure:
    narrow = width <= SINGLE_MM
    most = 30.0 if narrow else 62.0
    labels = [wrapped(each.label, most, SIZE_PT, weight=each.weight, lines=2) for each in rows]
    heights = [LINE_MM * len(each) + 1.4 for each in labels]
    widths = (
        width_mm(line, SIZE_PT, row.weight) for row, each in zip(rows, labels, strict=True) for line in each
    )
    left = EDGE_MM + max(widths) + 3.0
    top = 11.0 if narrow else 8.0
    sheet = Sheet(width, top + sum(heights) + 11.0)
    axes = sheet.axes(left, top, width - left - 6.0, sum(heights))
    largest = max(each for row in rows for each in (row.before, row.after) if each is not None)
    axes.set_xlim(0, max(1.1 * largest, 2 * ALIKE))
    axes.set_xticks([each for each in axes.get_xticks() if 0 <= each <= axes.get_xlim()[1]])
    axes.set_ylim(sum(heights), 0)
    axes.set_yticks([])
    axes.set_xlabel("Absolute standardised difference")
    axes.axvline(ALIKE, color=FAINT, linestyle="--", linewidth=0.7, zorder=1)
    places = []
    y = 0.0
    for row, lines, height in zip(rows, labels, heights, strict=True):
        places.append(y + height / 2)
        axes.axhline(places[-1], color=RULE, linewidth=0.4, zorder=0.5)
        for at, line in enumerate(lines):
            level = top + places[-1] + (at - (len(lines) - 1) / 2) * LINE_MM
            sheet.text(left - 2.0, level, line, ha="right", fontweight=row.weight)
        y += height
    _draw_marks(axes, rows, places)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=1 if narrow else 2, borderaxespad=0.2)
    return sheet.figure


def _draw_marks(axes: object, rows: Sequence[BalanceRow], places: Sequence[float]) -> None:
    looks = {
        "before": {
            "marker": "o",
            "markerfacecolor": "white",
            "color": COLOURS[1],
            "label": "before weighting",
        },
        "after": {"marker": "s", "color": COLOURS[0], "label": "after weighting"},
    }
    for row, y in zip(rows, places, strict=True):
        if row.before is not None and row.after is not None:
            axes.plot([row.before, row.after], [y, y], color=INK, linewidth=0.5, zorder=2)  # type: ignore[attr-defined]
    for name, look in looks.items():
        found = [
            (getattr(row, name), y)
            for row, y in zip(rows, places, strict=True)
            if getattr(row, name) is not None
        ]
        xs, ys = [each[0] for each in found], [each[1] for each in found]
        axes.plot(xs, ys, linestyle="none", markersize=4.2, clip_on=False, zorder=3, **look)  # type: ignore[attr-defined]


def _caption(rows: Sequence[BalanceRow], left: int) -> str:
    after = [each.after for each in rows if each.after is not None]
    above = sum(each > ALIKE for each in after)
    modelled = [each.after for each in rows if each.in_model and each.after is not None]
    failed = sum(each > ALIKE for each in modelled)
    said = [
        "Largest absolute standardised difference between any two groups, for each covariate.",
        "Open circles: before weighting; filled squares: after.",
        f"Dashed: {ALIKE:g}, below which groups are commonly called alike.",
        "Bold: covariates of the model that the weights are made from." if modelled else "",
        f"After weighting {above} of {counted(len(after), 'covariate')} lie above it." if after else "",
        f"Of the model's own {len(modelled)} these are {failed}: the weights did not make the groups alike."
        if failed
        else "",
        f"Not drawn: {counted(left, 'covariate')}." if left else "",
    ]
    return " ".join(filter(None, said))
