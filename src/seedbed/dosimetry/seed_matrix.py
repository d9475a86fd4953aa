"""Dose of each of many possible seeds at each of many points, for planning."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import add_at_points, seed_groups, threads
from seedbed.dosimetry.kernel_tables import FAR_CM
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import gy_per_rate
from seedbed.implant.seeds import check_seeds

FloatArray = NDArray[np.float64]
Float32 = NDArray[np.float32]


def seed_matrix(
    source: Source, positions_mm: FloatArray, axes: FloatArray | None, points_mm: FloatArray
) -> Float32:
    """Dose to complete decay of each seed of 1 U alone at each point.

    Parameters
    ----------
    source : Source
    positions_mm : ndarray, shape (n, 3)
    axes : ndarray, shape (n, 3), or None
        As for `total_dose`.
    points_mm : ndarray, shape (m, 3)

    Returns
    -------
    ndarray of float32, shape (n, m)
        Gy/U; rounded from what `total_dose` gives.

    Raises
    ------
    DoseError
        Positions or axes without meaning.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> seeds, along = np.zeros((2, 3)), np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    >>> found = seed_matrix(load_source("6711"), seeds, along, np.array([[10.0, 0.0, 0.0]]))
    >>> found.shape, round(float(found[0, 0]), 2)  # across the seed, as in the example of `total_dose`
    ((2, 1), 19.85)
    """
    check_seeds(positions_mm, axes, np.ones(len(positions_mm)))
    points = np.ascontiguousarray(points_mm, dtype=float)
    matrix = np.empty((len(positions_mm), len(points)), dtype=np.float32)
    strength = np.array([gy_per_rate(source)])
    each = [
        (seed, group.tables, group.rows[row : row + 1])
        for group in seed_groups(source, positions_mm, axes)
        for row, seed in enumerate(group.number.tolist())
    ]

    def fill(first: int) -> None:
        for seed, tables, row in each[first :: threads()]:
            dose = np.zeros(len(points))
            add_at_points(points, row, strength, FAR_CM, tables, dose, 0, len(points))
            matrix[seed] = dose

    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(fill, range(threads())))
    return matrix
