"""Which two needles cannot both be used."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.planning.capsules import segment_distance_mm
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.tracks import Track

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
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
    i, j = np.triu_indices(len(tracks), 1)
    near = np.linalg.norm(entries[i] - entries[j], axis=1) < rules.skin_spacing_mm - TOLERANCE_MM
    near |= _apart(outer, tips, i, j) < rules.target_spacing_mm - TOLERANCE_MM
    near |= _apart(entries, tips, i, j) < rules.crossing_mm - TOLERANCE_MM
    found = np.zeros((len(tracks), len(tracks)), dtype=bool)
    found[i, j] = found[j, i] = near
    return found


def _apart(first: FloatArray, last: FloatArray, i: IntArray, j: IntArray) -> FloatArray:
    """Least distance of pairs of the segments from ``first`` to ``last``, shape (pairs,)."""
    middle, half = (first + last) / 2, (last - first) / 2
    return segment_distance_mm(middle[i], half[i], middle[j], half[j])


def _outer_end(track: Track, rules: NeedleRules) -> FloatArray:
    """Outer end of the outermost seed; the tip where there is none."""
    if not len(track.seats_mm):
        return np.asarray(track.needle.tip_mm, dtype=float)
    end: FloatArray = track.seats_mm[-1] - rules.seed_half_mm * track.needle.direction
    return end
