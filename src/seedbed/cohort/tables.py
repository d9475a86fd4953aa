"""Tables as nouns: rows of cells, each a text for people and the numbers behind it for machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from seedbed.cohort.comparing import GroupTest

SMALLEST_P = 0.001


@dataclass(frozen=True)
class Cell:
    """One cell.

    Attributes
    ----------
    text : str
        As it is printed; a number that cannot be had is a sentence.
    numbers : mapping of str to float or None
        What the text was made of, unrounded.
    strong : bool
        Whether it is set in bold: a p-value below the level.
    """

    text: str
    numbers: Mapping[str, float | None] = field(default_factory=dict)
    strong: bool = False


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes
    ----------
    id : str
        Stable name.
    label : str
    cells : tuple of Cell
        One for each column after the first.
    level : int
        How far the label is set in.
    tests : tuple of GroupTest
        The tests whose p-values stand in the row.
    """

    id: str
    label: str
    cells: tuple[Cell, ...]
    level: int = 0
    tests: tuple[GroupTest, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table.

    Attributes
    ----------
    id, title : str
    columns : tuple of str
        Titles; the first is that of the labels.
    rows : tuple of Row
    footnotes : tuple of str
    methods : str
        What was done, in a line.
    plain : bool
        Whether p-values below the level are not set in bold, as a footnote says.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    footnotes: tuple[str, ...] = ()
    methods: str = ""
    plain: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "id": self.id,
            "title": self.title,
            "columns": list(self.columns),
            "rows": [_row(row) for row in self.rows],
            "footnotes": list(self.footnotes),
            "methods": self.methods,
        }

    def grid(self) -> list[list[str]]:
        """Return the texts alone, a list for each row, labels first."""
        return [[row.label, *(cell.text for cell in row.cells)] for row in self.rows]


def _row(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "label": row.label,
        "level": row.level,
        "cells": [{"text": cell.text, **dict(cell.numbers)} for cell in row.cells],
        "tests": [each.to_dict() for each in row.tests],
    }


def blank(count: int) -> tuple[Cell, ...]:
    """Return empty cells."""
    return (Cell(""),) * count


def with_significance(table: Table, alpha: float) -> Table:
    """Set the p-values below a level in bold, and say so under the table; a plain table stays as it is.

    Examples
    --------
    >>> rows = (Row("x", "X", (Cell("0.03", {"p_value": 0.03}), Cell("0.05", {"p_value": 0.05}))),)
    >>> found = with_significance(Table(id="t", title="T", columns=("", "A", "B"), rows=rows), 0.05)
    >>> [cell.strong for cell in found.rows[0].cells], found.footnotes
    ([True, False], ('Bold: p below 0.05.',))
    """
    if table.plain:
        return table
    rows = tuple(
        replace(row, cells=tuple(replace(cell, strong=_is_below(cell, alpha)) for cell in row.cells))
        for row in table.rows
    )
    if not any(cell.strong for row in rows for cell in row.cells):
        return table
    return replace(table, rows=rows, footnotes=(*table.footnotes, f"Bold: p below {alpha:g}."))


def _is_below(cell: Cell, alpha: float) -> bool:
    found = (cell.numbers.get(name) for name in ("p_value", "p_holm"))
    return any(p is not None and p < alpha for p in found)


def p_text(p: float | None) -> str:
    """Write a p-value with three decimals.

    Examples
    --------
    >>> p_text(0.0234), p_text(0.0002), p_text(0.9999)
    ('0.023', '<0.001', '1.000')
    """
    if p is None:
        return ""
    return f"<{SMALLEST_P:g}" if p < SMALLEST_P else f"{p:.3f}"


def p_cell(tested: GroupTest) -> Cell:
    """Return the cell of a p-value; where there is none, why."""
    return Cell(p_text(tested.p_value) or tested.note, {"p_value": tested.p_value})


def number_text(value: float | None, decimals: int) -> str:
    """Write a number; of whole numbers, halves and quarters between two are shown.

    Examples
    --------
    >>> number_text(90.0, 0), number_text(77.5, 0), number_text(206.2, 2)
    ('90', '77.5', '206.20')
    """
    if value is None:
        return "not estimable"
    if decimals == 0 and round(value, 6) != round(value):
        return signed(value, 2).rstrip("0").rstrip(".")
    return signed(value, decimals)


def signed(value: float, decimals: int) -> str:
    r"""Write a number with a true minus sign; what rounds to zero has none.

    Spreadsheets take a text that begins with a hyphen for a formula.

    Examples
    --------
    >>> signed(-7.14, 1), signed(-0.001, 2)
    ('\u22127.1', '0.00')
    """
    text = f"{abs(value):.{decimals}f}"
    return f"\u2212{text}" if value < 0 and float(text) != 0 else text


def count_cell(count: int, of: int) -> Cell:
    """Return a count with its percentage.

    Examples
    --------
    >>> count_cell(7, 14).text, count_cell(0, 0).text
    ('7 (50%)', '0')
    """
    if of == 0:
        return Cell("0", {"n": count, "of": 0, "percent": None})
    return Cell(f"{count} ({percent_text(count, of)})", {"n": count, "of": of, "percent": 100.0 * count / of})


def percent_text(count: int, of: int) -> str:
    """Write a share as a whole percentage; halves are rounded up.

    Examples
    --------
    >>> percent_text(1, 8), percent_text(3, 14)
    ('13%', '21%')
    """
    return f"{(200 * count + of) // (2 * of)}%"


def ratio_text(value: float) -> str:
    """Write a ratio with two decimals; what would round to zero is told as below 0.01.

    Examples
    --------
    >>> ratio_text(0.514), ratio_text(0.012), ratio_text(1e-9)
    ('0.51', '0.01', '<0.01')
    """
    return "<0.01" if f"{value:.2f}" == "0.00" else f"{value:.2f}"


def ratio_interval_text(low: float, high: float) -> str:
    """Write the limits of a ratio.

    Examples
    --------
    >>> ratio_interval_text(0.0001, 1.46)
    '<0.01 to 1.46'
    """
    return f"{ratio_text(low)} to {ratio_text(high)}"


def missing_row(name: str, missing: Sequence[int], *, label: str = "Not known", extra: int = 1) -> Row | None:
    """Return a row with the number of patients whose value is not known; None where all are known."""
    if not any(missing):
        return None
    cells = tuple(Cell(str(each), {"n": each}) for each in missing)
    return Row(f"{name}.missing", label, (*cells, *blank(extra)), level=1)
