"""Anderson's natural volume-dose histogram and the natural dose ratio of Moerland.

About a single point source in a world without attenuation the volume at or above a dose D grows as D^(-3/2).
Against u = D^(-3/2) the differential histogram dV/du of such a source is flat, and what rises above is the
work of many seeds together: a peak, which falls off at the dose that the implant "by nature" gives to its
volume.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.isodoses import isodose_volumes_cc
from seedbed.errors import DoseError
from seedbed.geometry import VoxelGrid

FloatArray = NDArray[np.float64]
LOWEST_SHARE, HIGHEST_SHARE = 0.25, 4.0
"""The histogram reaches from a quarter of the prescription to four times it; local rule."""
BINS = 80
LEAST_PEAK = 1.05
"""A peak must stand out by 5 % over the low-dose end; local rule."""


def natural_histogram(
    dose_gy: FloatArray, grid: VoxelGrid, *, prescription_gy: float
) -> tuple[FloatArray, FloatArray]:
    """Differential natural histogram: volume per unit of u = D^(-3/2).

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
        Must hold the whole isodose of a quarter of the prescription.
    grid : VoxelGrid
    prescription_gy : float
        Sets the range of doses, `LOWEST_SHARE` to `HIGHEST_SHARE` of it.

    Returns
    -------
    u : ndarray, shape (n,)
        Middles of the bins, Gy^(-3/2), falling: the lowest dose comes first.
    volume_per_u : ndarray, shape (n,)
        cc Gy^(3/2).

    Raises
    ------
    DoseError
        A grid too small, a prescription that is not positive.

    References
    ----------
    Anderson 1986, A "natural" volume-dose histogram for brachytherapy, Med Phys 13:898.

    Examples
    --------
    >>> grid = VoxelGrid((-30, -30, -30), (1, 1, 1), (61, 61, 61))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> u, per_u = natural_histogram(dose, grid, prescription_gy=6.0)
    >>> round(float(np.median(per_u)) / (4 / 3 * np.pi * 1000**1.5 / 1000), 2)
    1.0
    """
    if not 0 < prescription_gy < np.inf:
        raise DoseError(
            f"a prescription of {prescription_gy} Gy", "a positive dose", "state the prescription"
        )
    levels = prescription_gy * np.geomspace(LOWEST_SHARE, HIGHEST_SHARE, BINS + 1)
    volumes, u = isodose_volumes_cc(dose_gy, grid, levels), levels**-1.5
    return (u[1:] + u[:-1]) / 2, np.diff(volumes) / np.diff(u)


def natural_prescription_dose(dose_gy: FloatArray, grid: VoxelGrid, *, prescription_gy: float) -> float:
    """Dose at the low-dose flank of the peak of the natural histogram, Gy.

    The flank is where dV/du has fallen half-way from its peak to its value at the low-dose end of the range.
    *Half-way, and this low-dose end, are a local rule*: the publications at hand say that the dose is
    derived from the natural histogram, not by which construction.

    Parameters and further errors as for `natural_histogram`.

    Raises
    ------
    DoseError
        A histogram without a peak, as of one seed.

    Examples
    --------
    >>> grid = VoxelGrid((-30, -30, -30), (1, 1, 1), (61, 61, 61))
    >>> dose = 1000 / np.maximum((grid.points_mm() ** 2).sum(axis=1), 0.1).reshape(grid.shape)
    >>> natural_prescription_dose(dose, grid, prescription_gy=6.0)
    Traceback (most recent call last):
    seedbed.errors.DoseError: a natural volume-dose histogram without a peak between 1.5 and 24 Gy; expected
    ...
    """
    u, per_u = natural_histogram(dose_gy, grid, prescription_gy=prescription_gy)
    smooth = np.convolve(np.pad(per_u, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    peak = int(smooth.argmax())
    if peak == 0 or smooth[peak] < LEAST_PEAK * smooth[0]:
        low, high = prescription_gy * LOWEST_SHARE, prescription_gy * HIGHEST_SHARE
        raise DoseError(
            f"a natural volume-dose histogram without a peak between {low:g} and {high:g} Gy",
            "an implant of many seeds near its prescription",
            "do not use the natural dose for this implant",
        )
    half = (smooth[peak] + smooth[0]) / 2
    before = int(np.flatnonzero(smooth[:peak] < half)[-1])
    share = (half - smooth[before]) / (smooth[before + 1] - smooth[before])
    return float((u[before] + share * (u[before + 1] - u[before])) ** (-2 / 3))


def natural_dose_ratio(natural_gy: float, prescription_gy: float) -> float:
    """NDR = natural prescription dose / prescription dose: 1 is ideal, above 1 overdosed, below 1 underdosed.

    References
    ----------
    Moerland et al. 2000, The combined use of the natural and the cumulative dose-volume histograms in
    planning and evaluation of permanent prostatic seed implants, Radiother Oncol 57:279. Its abstract calls
    the mismatch of the two doses the natural dose ratio and gives the sense stated here.

    Raises
    ------
    DoseError
        A dose that is not positive.

    Examples
    --------
    >>> natural_dose_ratio(180.0, 144.0)
    1.25
    """
    if not (0 < natural_gy < np.inf and 0 < prescription_gy < np.inf):
        raise DoseError(
            f"a natural dose of {natural_gy} Gy and a prescription of {prescription_gy} Gy",
            "two positive doses",
            "state the prescription",
        )
    return natural_gy / prescription_gy
