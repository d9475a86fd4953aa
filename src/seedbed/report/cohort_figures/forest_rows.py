"""The lines of a forest plot: ratios of tables, the headings over them, and why one is lacking."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from seedbed.cohort.survival_tables import ENDPOINTS
from seedbed.cohort.tables import Cell, Row, Table, p_text

KINDS: Final = {
    "hazard_ratio": ("Hazard ratio", "hazard"),
    "risk_ratio": ("Risk ratio", "probability"),
    "odds_ratio": ("Odds ratio", "odds"),
    "rate_ratio": ("Rate ratio", "rate"),
}
CONTINUED: Final = " (continued)"
MOST_ROWS: Final = 40
"""Rows of a figure; what is beyond stands in the next (local rule)."""


@dataclass(frozen=True)
class ForestRow:
    """A line of a forest plot.

    Attributes
    ----------
    label : str
    ratio, low, high : float or None
        A limit that is None is not known: the interval has no end there. Without a ratio the line is a
        heading, or says why there is none.
    text, p : str
        At the right.
    under_heading : bool
        False: it stands for itself, as a heading does.
    """

    label: str
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    text: str = ""
    p: str = ""
    under_heading: bool = True

    @property
    def numbers(self) -> tuple[float | None, ...]:
        """The ratio with its limits; of a line without a ratio none."""
        return () if self.ratio is None else (self.ratio, self.low, self.high)

    @property
    def is_heading(self) -> bool:
        """Whether it has nothing but a label."""
        return self.ratio is None and not self.text


def in_parts(rows: Sequence[ForestRow]) -> list[list[ForestRow]]:
    """Part the lines into figures; what goes on in the next has its heading there again.

    Examples
    --------
    >>> rows = [ForestRow("Death"), *(ForestRow(str(at), 1.0, 0.5, 2.0) for at in range(40))]
    >>> [row.label for row in in_parts(rows)[1]]
    ['Death (continued)', '39']
    """
    found, rest = [], list(rows)
    while rest:
        end = min(MOST_ROWS, len(rest))
        while 1 < end < len(rest) and rest[end - 1].is_heading:
            end -= 1
        part, rest = rest[:end], rest[end:]
        found.append(part)
        heading = next((row for row in reversed(part) if row.is_heading), None)
        goes_on = bool(rest) and rest[0].under_heading and not rest[0].is_heading
        if goes_on and heading is not None and heading is not part[-1]:
            label = heading.label.removesuffix(CONTINUED)
            rest = [ForestRow(f"{label}{CONTINUED}"), *rest]
    return found


def rows_of_kind(tables: Sequence[Table], kind: str) -> tuple[list[ForestRow], list[str]]:
    """Return the lines of all tables, under their titles where there are several, and these titles.

    Examples
    --------
    >>> rows_of_kind([Table(id="t", title="T", columns=("", "HR"), rows=())], "hazard_ratio")
    ([], [])
    """
    blocks: list[tuple[str, list[ForestRow]]] = []
    seen: set[tuple[float | None, ...]] = set()
    for table in tables:
        rows = [row for row in forest_rows(table, kind) if row.numbers not in seen]
        if any(row.ratio is not None for row in rows):
            blocks.append((table.title, rows))
            seen |= {row.numbers for row in rows if row.ratio is not None}
    titles = [title for title, _ in blocks]
    if len(blocks) == 1:
        return blocks[0][1], titles
    repeated = f"{KINDS[kind][0]}s"
    return [
        each for title, rows in blocks for each in (*([] if title == repeated else [ForestRow(title)]), *rows)
    ], titles


def forest_rows(table: Table, kind: str) -> list[ForestRow]:
    """Return the lines of a table that has ratios of a kind; none of another.

    Rows with a ratio, the headings over them, and rows that say why there is no such ratio. Of a contrast
    estimated by Cox's model with Firth's penalty too, that one alone: few events make it the better one.

    Examples
    --------
    >>> cell = Cell("0.51 (0.18 to 1.46)", {"hazard_ratio": 0.51, "low": 0.18, "high": 1.46})
    >>> table = Table(id="t", title="T", columns=("", "HR"), rows=(Row("b", "B", (cell,)),))
    >>> [(row.label, row.ratio) for row in forest_rows(table, "hazard_ratio")]
    [('B', 0.51)]
    """
    found: list[ForestRow] = []
    table = _preferred(table)
    kinds = [next((name for name in KINDS if _ratio_of(row, name)), None) for row in table.rows]
    heading: Row | None = None
    for at, row in enumerate(table.rows):
        near = next((each for each in (*reversed(kinds[:at]), *kinds[at:]) if each), None)
        why = next((each.text for each in row.cells if each.text.startswith("not estimable")), "")
        cell = _ratio_of(row, kind)
        if cell is not None:
            if heading is not None and row.level > heading.level:
                found.append(ForestRow(heading.label))
                heading = None
            label = row.label.partition(", ties by")[0].removesuffix(" (95% CI)")
            limits, text = (
                (cell.numbers.get("low"), cell.numbers.get("high")),
                cell.text.replace("95% CI ", ""),
            )
            found.append(ForestRow(label, cell.numbers[kind], *limits, text, _p_of(row)))
        elif why and near == kind and row.id.partition(".")[0] in ENDPOINTS:
            found.append(ForestRow(row.label, text=why, under_heading=row.level > 0))
            heading = None
        elif why and near == kind and row.id.endswith(".ratio"):
            found += [] if heading is None else [ForestRow(heading.label)]
            found.append(ForestRow(row.label, text=why))
            heading = None
        elif row.level == 0:
            heading = row
    return found if any(each.ratio is not None for each in found) else []


def _preferred(table: Table) -> Table:
    """Leave out ratios of Cox's model that the table has with Firth's penalty as well."""
    contrasts = [row.id.rpartition(".")[::2] for row in table.rows]
    penalised = {contrast for contrast, method in contrasts if "Firth" in method}
    rows = (
        row
        for row, (contrast, method) in zip(table.rows, contrasts, strict=True)
        if "Firth" in method or not method.startswith("Cox") or contrast not in penalised
    )
    return replace(table, rows=tuple(rows))


def _ratio_of(row: Row, kind: str) -> Cell | None:
    for cell in row.cells:
        value = cell.numbers.get(kind)
        if value is not None and isfinite(value) and value > 0:
            return cell
    return None


def _p_of(row: Row) -> str:
    return next((p_text(cell.numbers["p_value"]) for cell in row.cells if "p_value" in cell.numbers), "")
