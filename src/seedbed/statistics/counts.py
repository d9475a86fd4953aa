"""A table of counts: refuse what is no count, drop what carries no information, and say what was dropped."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.errors import InputError

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LARGEST = 2**53
"""Largest whole number that double precision holds exactly."""


@dataclass(frozen=True)
class CountTable:
    """Counts without empty rows and columns.

    Attributes
    ----------
    counts : ndarray of int, shape (rows, columns)
        Counts; every row and every column holds at least one observation.
    dropped_rows, dropped_columns : tuple of int
        Positions, from 0, of the rows and columns of zeros that were left out.
    """

    counts: IntArray
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]


def clean_counts(table: ArrayLike) -> CountTable:
    """Read a table of counts and leave out rows and columns of zeros.

    A row of zeros is a group without anyone, a column of zeros a class that nobody is in. Neither changes
    a test that is conditional on the margins; both are named in the result.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        Counts: whole numbers, zero or more.

    Returns
    -------
    CountTable
        What is left, at least two rows and two columns, and what was dropped.

    Raises
    ------
    InputError
        No rectangle of numbers; a count that is negative, missing or not whole; fewer than two rows or
        columns with anything in them: then nothing is compared with anything, and a p-value of 1 would be
        mistaken for a finding.

    Examples
    --------
    >>> clean_counts([[0, 3, 11], [0, 8, 17]]).dropped_columns
    (0,)
    """
    numbers = _rectangle(table)
    _refuse_what_is_no_count(numbers)
    counts = numbers.astype(np.int64)
    rows, columns = counts.sum(axis=1) > 0, counts.sum(axis=0) > 0
    kept = counts[np.ix_(rows, columns)]
    height, width = kept.shape
    if min(height, width) < 2:
        raise InputError(
            f"a table of counts with {height} row(s) and {width} column(s) that are not all zero",
            "at least two groups and two classes with someone in them",
            "leave this comparison out: where all are alike there is nothing to test",
        )
    return CountTable(kept, _positions(~rows), _positions(~columns))


def _rectangle(table: ArrayLike) -> FloatArray:
    try:
        numbers = np.asarray(table, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "a table of counts with rows of different length or with words in it",
            "a rectangle of whole numbers",
            "give every group the same number of classes, zero where nobody is in one",
        ) from error
    if numbers.ndim != 2 or numbers.size == 0:
        raise InputError(
            f"a table of counts of shape {numbers.shape}",
            "rows (groups) and columns (classes)",
            "give a list of lists, one inner list for each group",
        )
    return numbers


def _refuse_what_is_no_count(numbers: FloatArray) -> None:
    sound = (numbers >= 0) & (numbers < LARGEST) & (numbers == np.round(numbers))
    if not sound.all():
        row, column = np.argwhere(~sound)[0]
        raise InputError(
            f"the count in row {row + 1}, column {column + 1} is {numbers[row, column]:g}",
            "a whole number, zero or more",
            "give counts of patients, not percentages or differences",
        )


def _positions(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(index) for index in np.flatnonzero(mask))
