"""Several p-values at once."""

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError


def holm(p_values: ArrayLike) -> tuple[float, ...]:
    """Adjust p-values so that the chance of any false finding among them stays at the level, by Holm's steps.

    Parameters
    ----------
    p_values : array_like
        From 0 to 1.

    Returns
    -------
    tuple of float
        Adjusted p-values in the order given.

    Raises
    ------
    InputError
        Something else than numbers from 0 to 1.

    Notes
    -----
    S. Holm, Scand. J. Statist. 6 (1979) 65-70. R: ``p.adjust(method="holm")``.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    p = np.asarray(p_values, dtype=np.float64).ravel()
    if not ((p >= 0) & (p <= 1)).all():
        raise InputError(
            "p-values outside 0 to 1", "numbers from 0 to 1", "leave out tests without a p-value"
        )
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(steps, 1.0)
    return tuple(adjusted.tolist())
