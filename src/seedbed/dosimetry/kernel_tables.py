"""The tables of a seed model, laid out so that the compiled kernel finds its cell without searching.

Radii are cut into equal bins on the greatest common divisor of all radii of the tables, so that no bin holds
two cells; angles likewise. Nothing is resampled: within a bin the published interpolation rule holds exactly.
"""

from functools import lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.line_source import REFERENCE_RADIUS_CM, geometry_function
from seedbed.dosimetry.sources import Source
from seedbed.units import MM_PER_CM

FloatArray = NDArray[np.float64]
LAST_RADIUS_CM = 50.0
"""g_L goes on as a line of ln g to here and keeps its value from here on: some 1e-7 of that at 1 cm."""
RADIUS_STEPS_PER_CM, ANGLE_STEPS_PER_DEGREE = 10_000, 1_000
"""Radii and angles of a table are multiples of these steps; `read_source` refuses others."""
FAR_CM = 1e30
"""Beyond every distance; a finite number, since the kernel is compiled for finite numbers only."""
LARGEST_EXPONENT = 0.01
"""Bins are cut so finely that ln g changes by less from their middle: five terms of the exponential are then
exact to 1e-12."""
SERIES_SHARE = 0.02
"""Where (L / 2r)^2 is below, six terms of the series of G_L are exact to 7e-11; nearer, the arctangent."""


class KernelTables(NamedTuple):
    """What the kernel needs of a seed model; lengths in cm, angles in degrees.

    Attributes
    ----------
    scale : float
        Lambda / G_L(1 cm, 90 degrees), cGy cm2/(h U).
    length_cm, half_capsule_cm, capsule_radius_cm : float
        Active length, half the capsule length (`FAR_CM` without axes), capsule radius.
    near_cm : float
        Within this distance G_L is calculated by the arctangent.
    bin_cm : float
        Width of a bin of radii.
    slope, g : ndarray, shape (bins,)
        Slope of ln g, 1/cm, and g at the middle of each bin.
    row : ndarray of int, shape (bins,)
        Where the cells of the bin's radii begin in ``cells``.
    cells : ndarray, shape (cells x 4,)
        F = c0 + c1 r + (c2 + c3 r) theta in each cell; cells of one radius together, by angle bins.
    first_cm, last_cm : float
        Radii of the anisotropy table; beyond, the nearest.
    angle_bins_per_deg, last_deg : float
    """

    scale: float
    length_cm: float
    half_capsule_cm: float
    capsule_radius_cm: float
    near_cm: float
    bin_cm: float
    slope: FloatArray
    g: FloatArray
    row: NDArray[np.int32]
    cells: FloatArray
    first_cm: float
    last_cm: float
    angle_bins_per_deg: float
    last_deg: float


@lru_cache(maxsize=64)
def kernel_tables(source: Source, oriented: bool = True) -> KernelTables:
    """Lay out a seed model for the kernel: F(r, theta), or phi_an(r) where the axis is not known.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> tables = kernel_tables(load_source("6711"))
    >>> tables.bin_cm, tables.cells.shape
    (0.025, (360,))
    """
    radii = source.f_r_cm if oriented else source.phi_r_cm
    angles = source.f_theta_deg if oriented else np.array([0.0, 90.0])
    values = source.f if oriented else np.stack([source.phi, source.phi])
    length = source.active_length_mm / MM_PER_CM
    width = _bin_cm(source, radii)
    middles: FloatArray = (np.arange(ceil(LAST_RADIUS_CM / width), dtype=float) + 0.5) * width
    slope, at_middle = _bins_of_g(source, middles)
    cells, angle_bins = _cells(radii, angles, values)
    reference = float(geometry_function(np.array([REFERENCE_RADIUS_CM]), np.zeros(1), length)[0])
    return KernelTables(
        scale=source.dose_rate_constant / reference,
        length_cm=length,
        half_capsule_cm=source.capsule_length_mm / 2 / MM_PER_CM if oriented else FAR_CM,
        capsule_radius_cm=source.capsule_diameter_mm / 2 / MM_PER_CM,
        near_cm=max(length / 2 / float(np.sqrt(SERIES_SHARE)), source.capsule_length_mm / MM_PER_CM),
        bin_cm=width,
        slope=slope,
        g=at_middle,
        row=(_cell(radii, middles) * angle_bins).astype(np.int32),
        cells=cells,
        first_cm=float(radii[0]),
        last_cm=float(radii[-1]),
        angle_bins_per_deg=angle_bins / 90.0,
        last_deg=float(np.nextafter(90.0, 0.0)),
    )


def _bin_cm(source: Source, radii: FloatArray) -> float:
    nodes = np.rint(np.concatenate([source.g_r_cm, radii]) * RADIUS_STEPS_PER_CM).astype(np.int64)
    steps = int(np.gcd.reduce(nodes))
    slope = np.abs(np.diff(np.log(source.g)) / np.diff(source.g_r_cm)).max()
    width = steps / RADIUS_STEPS_PER_CM
    return float(width / ceil(slope * width / 2 / LARGEST_EXPONENT)) if slope > 0 else width


def _cell(nodes: FloatArray, values: FloatArray) -> NDArray[np.int64]:
    """Cell of a table that holds each value, the first or last for values outside."""
    return np.clip(np.searchsorted(nodes, values, side="right") - 1, 0, len(nodes) - 2).astype(np.int64)


def _bins_of_g(source: Source, middles: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slope of ln g and g at the middles of bins."""
    radii, log_g = source.g_r_cm, np.log(source.g)
    slopes = np.diff(log_g) / np.diff(radii)
    slope = np.where(middles < radii[0], 0.0, slopes[_cell(radii, middles)])
    at_middle = np.interp(middles, radii, log_g) + slopes[-1] * np.maximum(middles - radii[-1], 0.0)
    return slope, np.exp(at_middle)


def _cells(radii: FloatArray, angles: FloatArray, values: FloatArray) -> tuple[FloatArray, int]:
    """Coefficients of the bilinear rule in each cell of radii and equal bins of angles."""
    steps = np.rint(np.append(angles, 90.0) * ANGLE_STEPS_PER_DEGREE).astype(np.int64)
    bins = 90 * ANGLE_STEPS_PER_DEGREE // int(np.gcd.reduce(steps))
    row = _cell(angles, (np.arange(bins) + 0.5) * 90.0 / bins)
    slope_theta = np.diff(values, axis=0) / np.diff(angles)[:, None]
    at_zero = values[:-1] - slope_theta * angles[:-1, None]
    coefficients = []
    for table in (at_zero, slope_theta):
        slope_r = np.diff(table, axis=1) / np.diff(radii)
        coefficients += [table[:, :-1] - slope_r * radii[:-1], slope_r]
    cells = np.stack(coefficients, axis=-1)[row]  # angle bin, radius cell, coefficient
    return np.ascontiguousarray(cells.transpose(1, 0, 2)).ravel(), int(bins)
