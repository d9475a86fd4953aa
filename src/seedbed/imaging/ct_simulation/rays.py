"""Paths of parallel rays through the parts of a phantom, in closed form, and what a detector gets of them.

A ray lies in a plane of constant z. View t looks along (-sin t, cos t); a ray's distance s from the middle is
x cos t + y sin t. In a part's own coordinates its surface is the unit sphere, cylinder or cube, a ray is a
line ``u + t v``, and its path is the length of the interval of t inside.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled
from seedbed.imaging.ct_simulation.attenuation import MATERIALS
from seedbed.imaging.ct_simulation.phantom import SHAPES, Part

FloatArray = NDArray[np.float64]

ELLIPSOID, CYLINDER, BOX = (SHAPES.index(name) for name in ("ellipsoid", "cylinder", "box"))
PARALLEL = 1e-12
"""Below this a ray is taken as parallel to a face or an axis."""
SMALL_MM = 1.5
"""Parts with a half axis below this are traced with several rays a channel; the larger ones are smooth."""
STEPS_PER_UNIT = 16
FADING = np.exp(-np.arange(60 * STEPS_PER_UNIT) / STEPS_PER_UNIT)
"""exp(-x) in steps of 1/16 up to 60, where nothing is left."""


@dataclass(frozen=True)
class PartArrays:
    """Parts as arrays for the compiled code; the first index counts parts."""

    shape: NDArray[np.int64]
    centre: FloatArray
    half: FloatArray
    inverse: FloatArray
    density: FloatArray

    def rows(self) -> tuple[NDArray[Any], ...]:
        """All arrays in the order that the compiled code takes."""
        return self.shape, self.centre, self.half, self.inverse, self.density


def part_arrays(parts: list[Part]) -> PartArrays:
    """Write parts as arrays; ``density[n, m]`` is what part n adds of material m, g/cm3.

    Examples
    --------
    >>> from seedbed.imaging.ct_simulation.phantom import Substance, ellipsoid
    >>> part_arrays([ellipsoid((0, 0, 0), half_mm=(1, 1, 1), substance=Substance("bone", 1.9))]).density[0, 1]
    np.float64(1.9)
    """
    half = np.array([part.half_axes_mm for part in parts], dtype=float).reshape(-1, 3, 3)
    density = np.zeros((len(parts), len(MATERIALS)))
    for row, part in zip(density, parts, strict=True):
        row[MATERIALS.index(part.substance.material)] += part.substance.density
        row[MATERIALS.index(part.host.material)] -= part.host.density
    return PartArrays(
        np.array([SHAPES.index(part.shape) for part in parts], dtype=np.int64),
        np.array([part.centre_mm for part in parts], dtype=float).reshape(-1, 3),
        half,
        half / (half**2).sum(axis=2, keepdims=True),
        density,
    )


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def faded(x: float) -> float:
    """exp(-x) of zero or more, to 1e-8 of its value; three times faster than the library's."""
    k = min(max(int(x * STEPS_PER_UNIT), 0), len(FADING) - 1)
    r = x - k / STEPS_PER_UNIT
    return float(FADING[k] * (1 - r * (1 - r * (0.5 - r * (1 / 6 - r / 24)))))


@compiled
def path_mm(
    shape: int, inverse: FloatArray, point: tuple[float, float, float], cos: float, sin: float
) -> float:
    """Length inside a part of the line along (-sin, cos, 0) through a point, given from the part's centre."""
    low, high = -1e30, 1e30
    a = b = c = 0.0
    for i in range(3):
        u = inverse[i, 0] * point[0] + inverse[i, 1] * point[1] + inverse[i, 2] * point[2]
        v = inverse[i, 1] * cos - inverse[i, 0] * sin
        if shape == BOX or (shape == CYLINDER and i == 2):  # between two faces
            if abs(v) > PARALLEL:
                low, high = max(low, (-np.sign(v) - u) / v), min(high, (np.sign(v) - u) / v)
            elif abs(u) > 1.0:
                return 0.0
        else:
            a, b, c = a + v * v, b + u * v, c + u * u
    if a > PARALLEL**2:
        root = b * b - a * (c - 1.0)
        if root <= 0.0:
            return 0.0
        low, high = max(low, (-b - np.sqrt(root)) / a), min(high, (-b + np.sqrt(root)) / a)
    elif c > 1.0:  # beside a cylinder, along its axis
        return 0.0
    return float(max(high - low, 0.0))


@compiled
def reach_mm(shape: int, half: FloatArray, x: float, y: float, z: float) -> float:
    """Half the width of a part along a unit vector."""
    a = abs(half[0, 0] * x + half[0, 1] * y + half[0, 2] * z)
    b = abs(half[1, 0] * x + half[1, 1] * y + half[1, 2] * z)
    c = abs(half[2, 0] * x + half[2, 1] * y + half[2, 2] * z)
    if shape == BOX:
        return float(a + b + c)
    if shape == CYLINDER:
        return float(np.sqrt(a * a + b * b) + c)
    return float(np.sqrt(a * a + b * b + c * c))


@compiled
def add_paths(
    parts: Any, z: float, turn: float, first_mm: float, step_mm: float, paths: FloatArray
) -> tuple[int, int]:
    """Add the mass paths (mm g/cm3) of parallel rays to ``paths``, and the parts met to its last column.

    Ray j lies at ``first_mm + j * step_mm``; ``paths`` has the shape (rays, materials + 1). Returns the first
    ray met and the one after the last.
    """
    shapes, centres, halves, inverses, densities = parts
    cos, sin = np.cos(turn), np.sin(turn)
    begin, end = len(paths), 0
    for n in range(len(shapes)):
        dz = z - centres[n, 2]
        if abs(dz) >= reach_mm(shapes[n], halves[n], 0.0, 0.0, 1.0):
            continue
        middle = centres[n, 0] * cos + centres[n, 1] * sin
        reach = reach_mm(shapes[n], halves[n], cos, sin, 0.0)
        low = max(int(np.ceil((middle - reach - first_mm) / step_mm)), 0)
        high = min(int(np.floor((middle + reach - first_mm) / step_mm)) + 1, len(paths))
        if low < high:
            begin, end = min(begin, low), max(end, high)
        for j in range(low, high):
            s = first_mm + j * step_mm - middle
            length = path_mm(shapes[n], inverses[n], (s * cos, s * sin, dz), cos, sin)
            if length > 0.0:
                paths[j, -1] += 1.0
                for m in range(densities.shape[1]):
                    paths[j, m] += length * densities[n, m]
    return begin, end


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def transmitted(paths: FloatArray, physics: Any, tissue: FloatArray, plain: FloatArray) -> None:
    """Fill the exponent of each ray and bin, and the signal of each ray, 1 in air."""
    attenuation, signal, _ = physics
    for c in range(len(paths)):
        tissue[c, :] = 0.0
        for m in range(len(attenuation)):
            if paths[c, m] != 0.0:
                for b in range(len(signal)):
                    tissue[c, b] += paths[c, m] * attenuation[m, b]
        plain[c] = 0.0
        for b in range(len(signal)):
            plain[c] += signal[b] * faded(tissue[c, b])


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def fine_signal(
    j: int, fine: int, physics: Any, tissue: FloatArray, plain: FloatArray, metal: FloatArray
) -> float:
    """Signal of fine ray j: the tissue between its two channels, and what small parts add."""
    attenuation, signal, _ = physics
    c = min(j // fine, len(plain) - 2)
    part = (j - c * fine) / fine
    if metal[j, -1] == 0.0:
        return float((1 - part) * plain[c] + part * plain[c + 1])
    total = 0.0
    for b in range(len(signal)):
        taken = (1 - part) * tissue[c, b] + part * tissue[c + 1, b]
        for m in range(len(attenuation)):
            taken += metal[j, m] * attenuation[m, b]
        total += signal[b] * faded(taken)
    return total


@compiled
def add_channels(
    row: FloatArray, weight: float, physics: Any, tissue: FloatArray, plain: FloatArray, metal: FloatArray
) -> None:
    """Add one sub-slice to the channels: fine rays blurred where something small lies near, else plain.

    ``metal`` is empty again afterwards.
    """
    blur = physics[2]
    fine, reach = (len(metal) - 1) // (len(row) - 1), len(blur) // 2
    ray = np.empty(len(metal))
    seen, done, met = 0, 0, -len(metal)
    for c in range(len(row)):
        low, high = max(c * fine - reach, 0), min(c * fine + reach + 1, len(metal))
        for j in range(seen, high):
            if metal[j, -1] != 0.0:
                met = j
        seen = high
        if met < low:
            row[c] += weight * plain[c]
            continue
        for j in range(max(done, low), high):
            ray[j] = fine_signal(j, fine, physics, tissue, plain, metal)
            metal[j] = 0.0
        done = high
        for i in range(len(blur)):
            row[c] += weight * blur[i] * ray[min(max(c * fine + i - reach, 0), len(metal) - 1)]


@compiled
def detected(
    large: Any, small: Any, samples: Any, turns: FloatArray, channels: Any, physics: Any
) -> FloatArray:
    """Mean signal of each channel in each view, 1 in air, shape (views, channels).

    Parameters
    ----------
    large, small : tuple of arrays
        Parts traced with one ray, and with several rays a channel (`PartArrays.rows`).
    samples : (z of small, z of large, x shift, y shift, weight, same)
        Arrays: the sub-slices and positions of a moving body that are averaged; ``same`` says that the large
        parts look as in the sample before.
    turns : ndarray
        Angle of each view.
    channels : (first_mm, step_mm, count, fine)
        Place of the channels and rays a channel.
    physics : (attenuation, signal, blur)
        1/mm at 1 g/cm3, shape (materials, bins); share of each bin in the signal; weights of neighbouring
        fine rays, an odd number: aperture and focal spot.
    """
    first, step, count, fine = channels
    z, z_large, shift_x, shift_y, weight, same = samples
    materials, bins = physics[0].shape
    out = np.zeros((len(turns), count))
    paths, metal = np.zeros((count, materials + 1)), np.zeros(((count - 1) * fine + 1, materials + 1))
    tissue, plain = np.zeros((count, bins)), np.zeros(count)
    for view in range(len(turns)):
        for k in range(len(z)):
            start = first - shift_x[k] * np.cos(turns[view]) - shift_y[k] * np.sin(turns[view])
            if not same[k]:
                paths[:] = 0.0
                add_paths(large, z_large[k], turns[view], start, step, paths)
                transmitted(paths, physics, tissue, plain)
            begin, end = add_paths(small, z[k], turns[view], start, step / fine, metal)
            if begin < end:
                add_channels(out[view], weight[k], physics, tissue, plain, metal)
            else:
                out[view] += weight[k] * plain
    return out
