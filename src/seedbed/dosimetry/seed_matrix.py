"""Dose of each of many possible seeds at each of many points, for planning."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import add_at_points, seed_rows, threads
from seedbed.dosimetry.kernel_tables import FAR_CM, kernel_tables
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
    tables, seeds = kernel_tables(source, axes is not None), seed_rows(positions_mm, axes)
    points = np.ascontiguousarray(points_mm, dtype=float)
    matrix = np.empty((len(seeds), len(points)), dtype=np.float32)
    strength = np.array([gy_per_rate(source)])

    def fill(first: int) -> None:
        for row in range(first, len(seeds), threads()):
            dose = np.zeros(len(points))
            add_at_points(points, seeds[row : row + 1], strength, FAR_CM, tables, dose, 0, len(points))
            matrix[row] = dose

    with ThreadPoolExecutor(threads()) as pool:
        list(pool.map(fill, range(threads())))
    return matrix
