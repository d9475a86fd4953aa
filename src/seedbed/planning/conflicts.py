"""Which two needles cannot both be used."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.tracks import Track

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
TOLERANCE_MM = 1e-3
"""Neighbours at exactly the least distance are not too near."""


def conflicts(tracks: Sequence[Track], rules: NeedleRules) -> BoolArray:
    """Which pairs of needles are too near: in the target, at the skin, or where their ways cross.

    Parameters
    ----------
    tracks : sequence of Track
        In the target, a needle is the line from the outer end of its outermost seed to its tip.
    rules : NeedleRules
        ``target_spacing_mm``, ``skin_spacing_mm`` and ``crossing_mm``.

    Returns
    -------
    ndarray of bool, shape (n, n)
        Symmetric, False on the diagonal.

    Examples
    --------
    >>> from seedbed.implant import Needle
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> needles = [Needle("", (x, 0.0, 0.0), (x, 50.0, 0.0)) for x in (0.0, 4.0, 9.0)]
    >>> tracks = [Track(n, np.array([[*n.tip_mm]]) - [[0.0, 2.25, 0.0]], True) for n in needles]
    >>> conflicts(tracks, load_needle_rules()).astype(int)
    array([[0, 1, 0],
           [1, 0, 0],
           [0, 0, 0]])
    """
    if not tracks:
        return np.zeros((0, 0), dtype=bool)
    entries = np.array([track.needle.entry_mm for track in tracks], dtype=float)
    tips = np.array([track.needle.tip_mm for track in tracks], dtype=float)
    outer = np.array([_outer_end(track, rules) for track in tracks])
    least = np.array([rules.target_spacing_mm, rules.skin_spacing_mm, rules.crossing_mm]) - TOLERANCE_MM
    found = np.zeros((len(tracks), len(tracks)), dtype=np.bool_)
    _too_near(entries, outer, tips, least, found)
    return found


def segment_distance(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> float:
    """Least distance between the segments a-b and c-d, mm.

    Source: the closest points of two segments as given by C. Ericson, Real-Time Collision Detection (2005),
    section 5.1.9.

    Examples
    --------
    >>> x, y, z = np.eye(3)
    >>> round(segment_distance(-x, x, z - y, z + y), 6)
    1.0
    """
    return float(_segments(*(np.asarray(point, dtype=float) for point in (a, b, c, d))))


def _outer_end(track: Track, rules: NeedleRules) -> FloatArray:
    """Outer end of the outermost seed; the tip where there is none."""
    if not len(track.seats_mm):
        return np.asarray(track.needle.tip_mm, dtype=float)
    end: FloatArray = track.seats_mm[-1] - rules.seed_half_mm * track.needle.direction
    return end


@compiled
def _segments(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> float:
    uu = uv = vv = uw = vw = 0.0
    for k in range(3):
        u, v, w = b[k] - a[k], d[k] - c[k], a[k] - c[k]
        uu, uv, vv, uw, vw = uu + u * u, uv + u * v, vv + v * v, uw + u * w, vw + v * w
    s, t = 0.0, 0.0
    if uu > 0.0 and vv > 0.0:
        across = uu * vv - uv * uv
        if across > 1e-12 * uu * vv:
            s = min(max((uv * vw - uw * vv) / across, 0.0), 1.0)
        t = (uv * s + vw) / vv
        if t < 0.0:
            t, s = 0.0, min(max(-uw / uu, 0.0), 1.0)
        elif t > 1.0:
            t, s = 1.0, min(max((uv - uw) / uu, 0.0), 1.0)
    elif uu > 0.0:
        s = min(max(-uw / uu, 0.0), 1.0)
    elif vv > 0.0:
        t = min(max(vw / vv, 0.0), 1.0)
    total = 0.0
    for k in range(3):
        gap = a[k] + s * (b[k] - a[k]) - c[k] - t * (d[k] - c[k])
        total += gap * gap
    return float(np.sqrt(total))


@compiled
def _too_near(
    entries: FloatArray, outer: FloatArray, tips: FloatArray, least: FloatArray, found: BoolArray
) -> None:
    for i in range(len(tips)):
        for j in range(i):
            at_skin = np.sqrt(((entries[i] - entries[j]) ** 2).sum()) < least[1]
            near = at_skin or _segments(outer[i], tips[i], outer[j], tips[j]) < least[0]
            near = near or _segments(entries[i], tips[i], entries[j], tips[j]) < least[2]
            found[i, j] = found[j, i] = near
