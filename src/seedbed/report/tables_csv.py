"""Tables as rows for spreadsheets: texts as they are printed, and every number behind them, one a row."""

from collections.abc import Iterator
from decimal import Decimal

from seedbed.cohort.tables import Table
from seedbed.report.analysis_report import shown_text, under_table

NUMBER_COLUMNS = ("table", "row", "column", "quantity", "value")


def text_rows(table: Table) -> list[list[str]]:
    """Return the texts of a table, and what stands under it.

    Examples
    --------
    >>> from seedbed.cohort.tables import Cell, Row
    >>> text_rows(Table(id="t", title="T", columns=("", "A"), rows=(Row("x", "X", (Cell("1"),), level=1),)))
    [['  X', '1']]
    """
    rows = [
        [shown_text("  " * row.level + row.label), *(shown_text(cell.text) for cell in row.cells)]
        for row in table.rows
    ]
    return rows + [[shown_text(line)] for line in under_table(table)]


def number_rows(table: Table) -> Iterator[tuple[str, str, str, str, Decimal | str]]:
    """Return every number of a table in full: table, row, column, quantity, value."""
    for row in table.rows:
        for column, cell in zip(table.columns[1:], row.cells, strict=False):
            for name, value in cell.numbers.items():
                yield table.id, row.id, shown_text(column), name, _exact(value)
        for at, test in enumerate(row.tests, start=1):
            where = test.about or f"test {at}"
            for name, value in (("statistic", test.statistic), ("p_value", test.p_value)):
                yield table.id, row.id, shown_text(where), f"{name}, {test.test}", _exact(value)
            for place, df in enumerate(test.df, start=1):
                yield table.id, row.id, shown_text(where), f"df {place}, {test.test}", _exact(df)


def _exact(value: float | None) -> Decimal | str:
    return "" if value is None else Decimal(repr(value))
