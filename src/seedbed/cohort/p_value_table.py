"""Every p-value of an analysis with its test, statistic, degrees of freedom and patients."""

from collections.abc import Iterator, Sequence

from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.tables import Cell, Row, Table, blank, p_text, signed


def p_value_table(tables: Sequence[Table]) -> Table:
    """List the p-values of tables, each with what it came from.

    Examples
    --------
    >>> test = GroupTest(test="log-rank test", statistic=3.84, df=(1,), p_value=0.05, n=(9, 8), rule_ids=())
    >>> row = Row("os", "Overall survival", (Cell("0.050", {"p_value": 0.05}),), tests=(test,))
    >>> made = p_value_table([Table(id="survival", title="Survival", columns=("", "P"), rows=(row,))])
    >>> made.grid()
    [['Survival: Overall survival', 'log-rank test', '3.840', '1', '0.050', '9, 8']]
    """
    rows = tuple(row for table in tables for row in _rows(table))
    return Table(
        id="tests",
        title="P-values with test, statistic and degrees of freedom",
        columns=("", "Test", "Statistic", "df", "P-value", "n"),
        rows=rows or (Row("tests", "No p-value in any table", blank(5)),),
        footnotes=(
            "Of all tables, as they stand there: not adjusted. An exact test has no statistic.",
            "Statistic: H, F, chi-squared or z by the test; z has no degrees of freedom.",
            "n: patients of each group who were counted, in the order of the groups.",
            "No p-value is set in bold here.",
        ),
        plain=True,
    )


def _rows(table: Table) -> Iterator[Row]:
    """Return a row for each test of a table; a row that is set in is named after those above it."""
    above: list[str] = []
    for row in table.rows:
        above = [*above[: row.level], row.label]
        found = [test for test in row.tests if test.p_value is not None]
        for place, test in enumerate(found, start=1):
            number = f".{place}" if len(found) > 1 else ""
            what = test.about or ", ".join(above)
            yield Row(f"{table.id}.{row.id}{number}", f"{_short(table.title)}: {what}", _cells(test))


def _short(title: str) -> str:
    """Shorten the title of a numbered table to its number."""
    return title.partition(".")[0] if title.startswith("Table ") else title


def _cells(test: GroupTest) -> tuple[Cell, ...]:
    statistic = "" if test.statistic is None else signed(test.statistic, 3)
    numbers = {f"df_{place}": float(df) for place, df in enumerate(test.df, start=1)}
    size = ", ".join(str(each) for each in test.n)
    events = "" if test.events is None else f" ({test.events} event{'' if test.events == 1 else 's'})"
    return (
        Cell(test.test),
        Cell(statistic, {"statistic": test.statistic}),
        Cell(", ".join(f"{each:g}" for each in test.df), numbers),
        Cell(p_text(test.p_value), {"p_value": test.p_value}),
        Cell(f"{size}{events}", {"n": sum(test.n), "events": test.events}),
    )
