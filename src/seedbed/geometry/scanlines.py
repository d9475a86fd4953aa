"""Scan lines through the slabs of a structure: compiled loops that know nothing but edges.

A slab is cut into layers, each layer into strips along y, and one line runs through each strip. Where it
crosses edges is exact; between an odd crossing and the next lies the inside. Each stretch inside is cut into
equal parts, and each part gets one sample, which stands for its length times height and depth of the strip.

Within its cell a sample does not sit in the middle but at a place that an additive recurrence gives (steps
1/g, 1/g^2, 1/g^3 with g^4 = g + 1), so that no row of samples shares one x, y or z: a dose that rises along
an axis, or a dose grid of a like spacing, then meets all places alike. No random number is used: the same
contours give the same samples.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

STEP_X, STEP_Y, STEP_Z = 1.2207440846057596 ** -np.array([1.0, 2.0, 3.0])
"""Powers of 1/g, where g is the positive root of g^4 = g + 1."""
ELONGATION = 4.0
"""A cell is at most so many times longer than high: along a line samples cost less, and lines resolve y and
z."""
GOLDEN = (5**0.5 - 1) / 2
"""Step of the lines of one strip from layer to layer, so that together they meet all its heights."""
FEWEST_LINES = 8
"""A plane is cut by at least so many lines."""
REFINEMENTS = 12
"""How often the cells of a plane are halved where no line meets it, before it is left out."""


def edges_of(polygons: list[FloatArray]) -> FloatArray:
    """Edges of closed polygons as rows ``x1, y1, x2, y2``, shape (m, 4).

    Examples
    --------
    >>> edges_of([np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])])[-1]
    array([0., 1., 0., 0.])
    """
    return np.concatenate([np.hstack([p, np.roll(p, -1, axis=0)]) for p in polygons]).astype(float)


@compiled
def crossings(edges: FloatArray, y: float, found: FloatArray) -> int:
    """Write the sorted x where the line at ``y`` crosses edges into ``found``; return how many (even)."""
    count = 0
    for e in range(edges.shape[0]):
        x1, y1, x2, y2 = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        if (y1 > y) != (y2 > y):
            x = x1 + (y - y1) * (x2 - x1) / (y2 - y1)
            place = count
            while place > 0 and found[place - 1] > x:
                found[place] = found[place - 1]
                place -= 1
            found[place] = x
            count += 1
    return count


@compiled
def fill_plane(
    edges: FloatArray,
    bottom: float,
    top: float,
    size: float,
    slab: int,
    start: int,
    points: FloatArray,
    weights: FloatArray,
) -> int:
    """Write the samples of slab number ``slab`` from row ``start`` on; with empty arrays only count them.

    Weights are volumes (mm3) before they are scaled to the exact volume of the slab.
    """
    low, high = edges[0, 1], edges[0, 1]
    for e in range(1, len(edges)):
        low, high = min(low, edges[e, 1]), max(high, edges[e, 1])
    layers = max(1, round((top - bottom) / size))
    dz = (top - bottom) / layers
    strips = max(FEWEST_LINES, int(np.ceil((high - low) * max(dz / size, 1 / ELONGATION) / size)))
    dy = (high - low) / strips
    found = np.empty(edges.shape[0])
    row = start
    for layer in range(layers):
        depth = slab * layers + layer
        for strip in range(strips):
            line = depth * strips + strip
            y = low + (strip + (0.5 + depth * GOLDEN + strip * STEP_Y) % 1.0) * dy
            count = crossings(edges, y, found)
            shift = (0.5 + line * STEP_X) % 1.0
            for k in range(0, count, 2):
                length = found[k + 1] - found[k]
                if length <= 0.0:
                    continue
                parts = int(np.ceil(length / (ELONGATION * size)))
                if len(weights):
                    for part in range(parts):
                        place = row + part
                        points[place, 0] = found[k] + (part + shift) * length / parts
                        points[place, 1] = y
                        points[place, 2] = bottom + (layer + (0.5 + place * STEP_Z) % 1.0) * dz
                        weights[place] = length / parts * dy * dz
                row += parts
    return row


@compiled
def fill_slabs(
    edges: FloatArray,
    first: IntArray,
    slabs: FloatArray,
    size: float,
    points: FloatArray,
    weights: FloatArray,
) -> int:
    """Write the samples of all slabs; with empty arrays only count them.

    Parameters
    ----------
    edges : ndarray, shape (m, 4)
    first : ndarray of int, shape (s + 1,)
        Where the edges of each slab begin.
    slabs : ndarray, shape (s, 3)
        Lower face, upper face (mm) and exact area (mm2).
    size : float
        Height and depth of a sample's cell, mm; it is about `ELONGATION` times as long.
    points : ndarray, shape (k, 3) or (0, 3); weights : ndarray, shape (k,) or (0,)
    """
    nothing_points, nothing = np.empty((0, 3)), np.empty(0)
    row = 0
    for s in range(len(slabs)):
        bottom, top, area = slabs[s, 0], slabs[s, 1], slabs[s, 2]
        if area <= 0.0 or top <= bottom:
            continue
        here, fine = edges[first[s] : first[s + 1]], size
        end = fill_plane(here, bottom, top, fine, s, row, nothing_points, nothing)
        for _ in range(REFINEMENTS):
            if end > row:
                break
            fine /= 2
            end = fill_plane(here, bottom, top, fine, s, row, nothing_points, nothing)
        if len(weights):
            fill_plane(here, bottom, top, fine, s, row, points, weights)
            total = 0.0
            for place in range(row, end):
                total += weights[place]
            for place in range(row, end):
                weights[place] *= area * (top - bottom) / total
        row = end
    return row
