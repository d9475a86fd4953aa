"""Values as they are measured: refuse what is no finite number, and columns that do not belong together."""

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray


def finite_sample(values: ArrayLike, *, least: int, what: str = "the sample") -> FloatArray:
    """Read measured values.

    Parameters
    ----------
    values : array_like
        Finite numbers.
    least : int
        How many there must be at least.
    what : str
        How an error calls them.

    Raises
    ------
    InputError
        Words, holes, infinities, or too few values.

    Examples
    --------
    >>> finite_sample([4, 2.5], least=2).tolist()
    [4.0, 2.5]
    """
    try:
        sample = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{what} holds words or rows of different length", "a list of numbers", "give numbers only"
        ) from error
    if sample.ndim != 1 or len(sample) < least:
        raise InputError(
            f"{what} has {sample.size} value(s)",
            f"a list of {least} or more",
            "leave this analysis out, or give the missing values",
        )
    if not np.isfinite(sample).all():
        wrong = int(np.flatnonzero(~np.isfinite(sample))[0])
        raise InputError(
            f"value {wrong + 1} of {what} is {sample[wrong]:g}",
            "a finite number for each member",
            "leave out who was not measured, and say how many",
        )
    return sample


def covariate_table(covariates: ArrayLike, names: tuple[str, ...] | None, rows: int) -> FloatArray:
    """Read covariates of a regression: finite, one row for each patient, none constant, none of the others.

    Parameters
    ----------
    covariates : array_like, shape (patients,) or (patients, covariates)
    names : tuple of str or None
        How an error calls them.
    rows : int
        Patients.

    Raises
    ------
    InputError
        Another shape, holes, a covariate that is the same in all or that follows from the others.

    Examples
    --------
    >>> covariate_table([0, 1, 1], ("drug",), 3).shape
    (3, 1)
    """
    try:
        table = np.asarray(covariates, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "covariates with words or rows of different length", "numbers", "code groups as 0 and 1"
        ) from error
    table = table[:, None] if table.ndim == 1 else table
    if table.ndim != 2 or len(table) != rows or table.shape[1] == 0 or not np.isfinite(table).all():
        raise InputError(
            f"covariates of shape {table.shape} for {rows} patients, or with holes",
            "one finite number for each patient and covariate",
            "leave out patients whose covariates are not known, and say how many",
        )
    if names is not None and len(names) != table.shape[1]:
        raise InputError(
            f"{len(names)} names for {table.shape[1]} covariates", "one for each", "name each covariate once"
        )
    _refuse_what_tells_nothing(table, names)
    return table


def _refuse_what_tells_nothing(table: FloatArray, names: tuple[str, ...] | None) -> None:
    constant = np.ptp(table, axis=0) == 0
    if constant.any():
        place = int(np.flatnonzero(constant)[0])
        raise InputError(
            f"covariate {names[place] if names else place + 1} is the same in all patients",
            "covariates that differ",
            "leave it out",
        )
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    if np.linalg.matrix_rank(scaled, tol=1e-8 * len(scaled) ** 0.5) < table.shape[1]:
        raise InputError(
            "covariates of which one follows from the others",
            "covariates that are not sums or multiples of each other, and fewer than patients",
            "leave one out: of k groups give k - 1 columns of 0 and 1",
        )
