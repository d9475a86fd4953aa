"""Needles that lie in the body: others keep clear of them, and their own seats do not overlap."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source
from seedbed.planning.capsules import CONTACT_MM, segment_distance_mm
from seedbed.planning.conflicts import conflicts
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.tracks import NeedleSet, Track

FloatArray = NDArray[np.float64]


def clear_of_kept(found: NeedleSet, kept: NeedleSet, rules: NeedleRules) -> NeedleSet:
    """Leave out needles that are too near to one that lies in the body, with or without seeds.

    Parameters
    ----------
    found : NeedleSet
        Needles that may be pushed.
    kept : NeedleSet
        Needles that are there.
    rules : NeedleRules
        As for `conflicts`.

    Returns
    -------
    NeedleSet
        ``found`` with the tracks that are left, perhaps none.

    Examples
    --------
    >>> from seedbed.implant import Needle
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> lines = [Needle(f"N{x:g}", (x, 0.0, 60.0), (x, 0.0, -2.25)) for x in (0.0, 4.0, 9.0)]
    >>> tracks = [Track(line, np.array([[line.tip_mm[0], 0.0, 0.0]]), True) for line in lines]
    >>> there = NeedleSet("fixed", 0.0, -90.0, lines[0].direction, tuple(tracks[:1]), 1)
    >>> others = replace(there, tracks=tuple(tracks[1:]))
    >>> [track.needle.name for track in clear_of_kept(others, there, load_needle_rules()).tracks]
    ['N9']
    """
    count = len(kept.tracks)
    too_near = conflicts([*kept.tracks, *found.tracks], rules)[count:, :count]
    tracks = [track for track, near in zip(found.tracks, too_near, strict=True) if not near.any()]
    return replace(found, tracks=tuple(tracks))


def with_seats_apart(kept: NeedleSet, source: Source) -> NeedleSet:
    """Leave out seats that overlap one of a needle before, so that all needles may carry seeds together.

    Needles that lie in the body may have come nearer to each other than any rule allows. As long as no two of
    their seats overlap, each may be used.

    Parameters
    ----------
    kept : NeedleSet
    source : Source
        Gives length and diameter of a capsule.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> from seedbed.implant import Needle
    >>> lines = [Needle(f"N{x:g}", (x, 0.0, 60.0), (x, 0.0, -2.25)) for x in (0.0, 0.5, 1.5)]
    >>> tracks = [Track(line, np.array([[line.tip_mm[0], 0.0, 0.0]]), True) for line in lines]
    >>> there = NeedleSet("fixed", 0.0, -90.0, lines[0].direction, tuple(tracks), 3)
    >>> [len(track.seats_mm) for track in with_seats_apart(there, load_source("6711")).tracks]
    [1, 0, 1]
    """
    places, halves = np.empty((0, 3)), np.empty((0, 3))
    tracks: list[Track] = []
    for track in kept.tracks:
        half = (source.capsule_length_mm - source.capsule_diameter_mm) / 2 * track.needle.direction
        distance = segment_distance_mm(track.seats_mm[:, None], half[None, None], places[None], halves[None])
        seats = track.seats_mm[(distance >= source.capsule_diameter_mm - CONTACT_MM).all(axis=1)]
        places, halves = np.vstack([places, seats]), np.vstack([halves, np.tile(half, (len(seats), 1))])
        tracks.append(replace(track, seats_mm=seats))
    return replace(kept, tracks=tuple(tracks))


def exclusions(needles: NeedleSet, kept: NDArray[np.bool_], rules: NeedleRules) -> NDArray[np.bool_]:
    """Which needles exclude each other: as `conflicts`, but two that lie in the body never do.

    Parameters
    ----------
    needles : NeedleSet
    kept : ndarray of bool, shape (needles,)
    rules : NeedleRules

    Returns
    -------
    ndarray of bool, shape (needles, needles)

    Examples
    --------
    >>> from seedbed.implant import Needle
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> lines = [Needle(f"N{x:g}", (x, 0.0, 60.0), (x, 0.0, -2.25)) for x in (0.0, 3.0, 6.0)]
    >>> tracks = [Track(line, np.array([[line.tip_mm[0], 0.0, 0.0]]), True) for line in lines]
    >>> needles = NeedleSet("fixed", 0.0, -90.0, lines[0].direction, tuple(tracks), 3)
    >>> exclusions(needles, np.array([True, True, False]), load_needle_rules()).astype(int)
    array([[0, 0, 0],
           [0, 0, 1],
           [0, 1, 0]])
    """
    clash = conflicts(needles.tracks, rules)
    clash[np.ix_(kept, kept)] = False
    return clash
