"""Where the search for the maximum of a mixed model begins, and which values have no maximum."""

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import BoolArray, FloatArray
from seedbed.statistics.mixed_likelihood import RepeatedValues

NO_SPREAD = 1e-12
"""A residual sum of squares below this share of the total one is rounding."""


def read_repeated(
    values: ArrayLike, beyond: ArrayLike, cells: ArrayLike, design: ArrayLike
) -> tuple[RepeatedValues, FloatArray]:
    """Read repeated values and what their means are made of; refuse what does not fit.

    Raises
    ------
    InputError
        See `seedbed.statistics.mixed_model.mixed_model`.

    Examples
    --------
    >>> data, _ = read_repeated([[1.0, np.nan], [np.nan, np.nan]], [[0, 0]] * 2, [[0, 1]] * 2, np.eye(2))
    >>> data.values.shape  # who has no value is left out
    (1, 2)
    """
    value, table = np.asarray(values, dtype=np.float64), np.asarray(design, dtype=np.float64)
    limits, cell = np.asarray(beyond, dtype=np.int64), np.asarray(cells, dtype=np.int64)
    if not (value.ndim == 2 and table.ndim == 2 and value.shape == limits.shape == cell.shape):
        raise InputError(
            f"values, limits, cells and design of shapes {value.shape}, {limits.shape}, {cell.shape} and "
            f"{table.shape}",
            "three tables of patients by visits, and one of cells by coefficients",
            "give a row a patient",
        )
    known = ~np.isnan(value)
    sound = np.isfinite(value[known]).all() and np.isfinite(table).all() and np.isin(limits, (-1, 0, 1)).all()
    if not (sound and ((cell[known] >= 0) & (cell[known] < len(table))).all()):
        raise InputError(
            "a value that is infinite, a limit that is not -1, 0 or 1, or a cell outside the design",
            "finite values, with -1 below a limit, 1 above it and 0 where measured",
            "take logarithms of values above zero only",
        )
    some = known.any(axis=1)
    return RepeatedValues(value[some], limits[some], np.where(known, cell, 0)[some]), table


def start_of(data: RepeatedValues, design: FloatArray) -> tuple[FloatArray, float]:
    """Return where to begin, in units of the residual SD, and that; refuse what has no maximum.

    Raises
    ------
    InputError
        See `seedbed.statistics.mixed_model.mixed_model`.

    Examples
    --------
    >>> data, design = read_repeated([[1.0, 2.0], [2.0, 5.0]], np.zeros((2, 2)), [[0, 1]] * 2, np.eye(2))
    >>> round(start_of(data, design)[1], 6)
    1.0
    """
    measured = data.known & (data.beyond == 0)
    columns = design.shape[1]
    if np.linalg.matrix_rank(design[np.unique(data.cells[measured])]) < columns:
        raise InputError(
            "a coefficient that no measured value tells of",
            "a value within the limits for each mean that is asked for",
            "leave out the visits and groups of which every value is beyond a limit, or missing",
        )
    scale = _within(data, measured, design)
    table = design[data.cells[data.known]]
    coefficients = np.linalg.lstsq(table.T @ table, table.T @ data.values[data.known], rcond=None)[0]
    rest = np.where(data.known, data.values - (design @ coefficients)[data.cells], 0.0)
    between = float((rest.sum(axis=1) / data.known.sum(axis=1)).std())
    return np.r_[coefficients / scale, 0.0, max(between / scale, 0.5)], scale


def _within(data: RepeatedValues, measured: BoolArray, design: FloatArray) -> float:
    """Return the residual SD within patients, by least squares of the measured values."""
    rows = np.nonzero(measured)[0]
    counts = np.bincount(rows, minlength=len(data.values)).astype(np.float64)
    columns = np.column_stack([data.values[measured], design[data.cells[measured]]])
    for column in columns.T:
        column -= (np.bincount(rows, column, minlength=len(counts)) / np.maximum(counts, 1.0))[rows]
    inner = columns.T @ columns
    left = len(rows) - int((counts > 0).sum()) - np.linalg.matrix_rank(inner[1:, 1:], hermitian=True)
    total, solved = inner[0, 0], np.linalg.lstsq(inner[1:, 1:], inner[1:, 0], rcond=1e-10)[0]
    squares = float(total - inner[0, 1:] @ solved)
    if left < 1:
        raise InputError(
            _too_few(len(rows), int((counts > 0).sum())),
            "more than patients and means together, so that the spread within patients can be told",
            "add patients with values at several visits",
        )
    if squares <= NO_SPREAD * max(float(total), float(np.square(data.values[measured]).sum())):
        raise InputError(
            "values without any spread within patients",
            "values that differ",
            "give the values with more digits",
        )
    return float(np.sqrt(squares / left))


def _too_few(values: int, patients: int) -> str:
    if patients == 1:
        return "one patient only"
    return f"{values} measured values of {patients} patients are too few to tell the spread within patients"
