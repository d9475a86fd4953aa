"""From intensities to an image: logarithm, water correction, filtered back-projection.

Kak AC, Slaney M. Principles of Computerized Tomographic Imaging (IEEE Press, 1988), chapter 3: the ramp is
sampled in space, so that a uniform body keeps its value.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft, rfftfreq

from seedbed.geometry.compiling import compiled
from seedbed.imaging.ct_simulation.attenuation import MATERIALS, attenuation_per_mm, spectrum
from seedbed.imaging.ct_simulation.scanner import Scanner

FloatArray = NDArray[np.float64]

UPSAMPLED = 2
"""Filtered views are interpolated this much finer by Fourier, so that linear interpolation blurs little."""
WATER_TABLE_MM = np.linspace(0.0, 1500.0, 1501)


def water_path_mm(transmission: FloatArray) -> FloatArray:
    """Length of water that lets the same part of the signal through: the usual beam-hardening correction.

    Examples
    --------
    >>> _, signal = spectrum()
    >>> through = signal @ np.exp(-attenuation_per_mm()[MATERIALS.index("water")] * 200)
    >>> round(float(water_path_mm(np.array([through]))[0]), 3)
    200.0
    """
    _, signal = spectrum()
    water = attenuation_per_mm()[MATERIALS.index("water")]
    known = -np.log(np.exp(-np.outer(WATER_TABLE_MM, water)) @ signal)
    found: FloatArray = np.interp(-np.log(transmission), known, WATER_TABLE_MM)
    below = transmission > 1.0  # noise in air
    found[below] = -np.log(transmission[below]) / (known[1] / WATER_TABLE_MM[1])
    return found


def filtered(paths_mm: FloatArray, scanner: Scanner) -> FloatArray:
    """Filter views by the ramp and the kernel, on channels ``UPSAMPLED`` times finer.

    Parameters
    ----------
    paths_mm : ndarray, shape (views, channels)
    scanner : Scanner

    Returns
    -------
    ndarray, shape (views, UPSAMPLED * channels)
    """
    step, count = scanner.channel_mm, paths_mm.shape[1]
    size = next_fast_len(2 * count, real=True)
    place = np.minimum(np.arange(size), size - np.arange(size))
    ramp = np.where(place % 2 == 1, -1.0 / (np.pi * np.maximum(place, 1) * step) ** 2, 0.0)
    ramp[0] = 1.0 / (4 * step**2)
    weight = rfft(ramp).real * step * scanner.response(rfftfreq(size, step))
    fine: FloatArray = irfft(rfft(paths_mm, size, axis=1) * weight, UPSAMPLED * size, axis=1) * UPSAMPLED
    return fine[:, : UPSAMPLED * count]


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def back_projected(
    views: NDArray[np.float32],
    turns: FloatArray,
    first_mm: float,
    step_mm: float,
    x_mm: FloatArray,
    y_mm: FloatArray,
) -> NDArray[np.float32]:
    """Smear filtered views over an image that the channels cover, shape (rows, columns)."""
    image = np.zeros((len(y_mm), len(x_mm)), dtype=np.float32)
    last = views.shape[1] - 1
    for t in range(len(turns)):
        cos, sin = np.cos(turns[t]), np.sin(turns[t])
        row = views[t]
        pace = np.float32(cos * (x_mm[1] - x_mm[0]) / step_mm)
        for i in range(len(y_mm)):
            start = np.float32((x_mm[0] * cos + y_mm[i] * sin - first_mm) / step_mm)
            for j in range(len(x_mm)):
                place = start + pace * np.float32(j)
                k = min(max(int(place), 0), last - 1)
                image[i, j] += row[k] + (place - np.float32(k)) * (row[k + 1] - row[k])
    return image * np.float32(np.pi / len(turns))
