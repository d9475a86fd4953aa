"""Fisher's exact test of a table that someone types; by random tables where that is out of reach."""

from dataclasses import dataclass
from typing import Any

from seedbed.errors import InputError
from seedbed.statistics.counts import clean_counts
from seedbed.statistics.exact import fisher_exact
from seedbed.statistics.monte_carlo import fisher_monte_carlo

SEED = 1
DRAWS = 200_000


@dataclass(frozen=True)
class FisherAnswer:
    """A p-value of Fisher's test and how it was found.

    Attributes
    ----------
    table : tuple of tuple of int
        As typed.
    method : {"exact", "monte-carlo"}
    p_value : float
    p_low, p_high : float or None
        99 % limits of the true p-value, where it is estimated from random tables.
    tables : int
        Tables with the same margins that were summed, or that were drawn.
    seed : int or None
        Of the random numbers.
    dropped_rows, dropped_columns : tuple of int
        Positions, from 0, of rows and columns of zeros that were left out.
    reason : str
        Why the exact test was not used; empty else.
    """

    table: tuple[tuple[int, ...], ...]
    method: str
    p_value: float
    p_low: float | None
    p_high: float | None
    tables: int
    seed: int | None
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return everything for machines; `docs/statistics.md` names the fields."""
        return {
            **vars(self),
            "table": [list(row) for row in self.table],
            "dropped_rows": list(self.dropped_rows),
            "dropped_columns": list(self.dropped_columns),
        }


def fisher_of_text(text: str, *, seed: int = SEED) -> FisherAnswer:
    """Test a table typed as ``7,7;8,17;4,9``: rows parted by semicolons, counts by commas.

    Parameters
    ----------
    text : str
    seed : int
        Of the random numbers, should they be needed.

    Raises
    ------
    InputError
        No table of counts; see `seedbed.statistics.clean_counts`.

    Examples
    --------
    >>> found = fisher_of_text("7,7;8,17;4,9")
    >>> found.method, round(found.p_value, 3)
    ('exact', 0.529)
    """
    table = read_table_text(text)
    clean_counts(table)  # whatever is refused from here on is refused for its size
    try:
        exact = fisher_exact(table)
    except InputError as error:
        drawn = fisher_monte_carlo(table, seed=seed, draws=DRAWS)
        return FisherAnswer(
            table=table,
            method="monte-carlo",
            p_value=drawn.p_value,
            p_low=drawn.low,
            p_high=drawn.high,
            tables=drawn.tables_drawn,
            seed=seed,
            dropped_rows=drawn.dropped_rows,
            dropped_columns=drawn.dropped_columns,
            reason=error.came,
        )
    return FisherAnswer(
        table=table,
        method="exact",
        p_value=exact.p_value,
        p_low=None,
        p_high=None,
        tables=exact.tables,
        seed=None,
        dropped_rows=exact.dropped_rows,
        dropped_columns=exact.dropped_columns,
        reason="",
    )


def read_table_text(text: str) -> tuple[tuple[int, ...], ...]:
    """Read a table of counts from text.

    Raises
    ------
    InputError
        Something else than whole numbers, or rows of different length.

    Examples
    --------
    >>> read_table_text("7, 7; 8, 17")
    ((7, 7), (8, 17))
    """
    try:
        table = tuple(
            tuple(int(cell) for cell in row.split(",")) for row in text.strip().strip(";").split(";")
        )
    except ValueError:
        table = ()
    if not table or len({len(row) for row in table}) != 1:
        raise InputError(
            f"the table '{text}'",
            "rows parted by semicolons and whole numbers parted by commas, as many in each row",
            'write it like "7,7;8,17;4,9", with the quotation marks',
        )
    return table
