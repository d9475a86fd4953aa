"""Seats that are still free: no seed lies there already, and a needle gets there without touching one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source
from seedbed.errors import NoPlanError
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.capsules import CONTACT_MM, segment_distance_mm
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.tracks import NeedleSet, Track

FloatArray = NDArray[np.float64]


def unoccupied(
    sets: Sequence[NeedleSet],
    given: SeedImplant | None,
    source: Source,
    rules: NeedleRules,
    *,
    kept: Collection[str] = (),
) -> list[NeedleSet]:
    """Leave out seats that seeds in the patient take, and needles and sets without a seat.

    A seat is free when a seed there overlaps no seed, as `refuse_overlap` sees it, and its needle comes to it
    without touching one: the shaft, from the skin to the outer end of the seat, stays half a needle and half
    a capsule away (local rule). A seed whose axis is not known may point anywhere: it is taken as a ball of
    half its length.

    Parameters
    ----------
    sets : sequence of NeedleSet
    given : SeedImplant or None
        Seeds in the patient.
    source : Source
        Gives length and diameter of a capsule.
    rules : NeedleRules
        ``needle_diameter_mm``.
    kept : collection of str
        Names of needles that keep their tip; that of others ends at the deepest seat that is left.

    Raises
    ------
    NoPlanError
        No seat is left.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> line = Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, -2.25))
    >>> track = Track(line, np.array([[0.0, 0.0, z] for z in (0.0, 5.0, 10.0)]), True)
    >>> needles = NeedleSet("fixed", 0.0, -90.0, line.direction, (track,), 3)
    >>> lies = SeedImplant("6711", np.array([[0.0, 0.0, 1.0]]), np.array([[0.0, 0.0, 1.0]]), np.ones(1))
    >>> left = unoccupied([needles], lies, load_source("6711"), load_needle_rules())
    >>> left[0].tracks[0].seats_mm[:, 2].tolist(), left[0].tracks[0].needle.tip_mm
    ([10.0], (0.0, 0.0, 7.75))
    """
    cut = [each if given is None else _cut_set(each, given, source, rules, kept) for each in sets]
    left = [
        replace(each, tracks=tuple(track for track in each.tracks if len(track.seats_mm))) for each in cut
    ]
    left = [each for each in left if each.tracks]
    if not left:
        beside = f" beside the {given.count} seeds in the patient" if given is not None else ""
        raise NoPlanError(
            f"no needle has room for a seed{beside}",
            "one free place in the target at least",
            "let other needles be found, or draw one elsewhere",
        )
    return left


def free_seats(track: Track, given: SeedImplant, source: Source, rules: NeedleRules) -> NDArray[np.bool_]:
    """Which seats of a needle are free, shape (n,); see `unoccupied`.

    Parameters
    ----------
    track : Track
    given : SeedImplant
    source : Source
    rules : NeedleRules

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> track = Track(Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, -2.25)), np.zeros((1, 3)), True)
    >>> beside = SeedImplant("6711", np.array([[0.0, 1.2, 0.0]]), np.array([[0.0, 0.0, 1.0]]), np.ones(1))
    >>> free_seats(track, beside, load_source("6711"), load_needle_rules())
    array([ True])
    """
    seats, along = track.seats_mm, track.needle.direction
    places, half, wide = _cores(given, source)
    near = _near(track, places, source, rules)
    places, half, wide = places[near], half[near], wide[near]
    width = source.capsule_diameter_mm
    core = (source.capsule_length_mm - width) / 2 * along
    entry, outer = np.asarray(track.needle.entry_mm), seats - source.capsule_length_mm / 2 * along
    seeds_apart = segment_distance_mm(seats[:, None], core[None, None], places[None], half[None])
    shaft_apart = segment_distance_mm(
        ((entry + outer) / 2)[:, None], ((outer - entry) / 2)[:, None], places[None], half[None]
    )
    least = width + wide - CONTACT_MM, (width + rules.needle_diameter_mm) / 2 + wide - CONTACT_MM
    free = (seeds_apart >= least[0]) & (shaft_apart >= least[1])
    return np.asarray(free.all(axis=1), dtype=bool)


def _cut_set(
    needles: NeedleSet, given: SeedImplant, source: Source, rules: NeedleRules, kept: Collection[str]
) -> NeedleSet:
    tracks = [
        _cut(track, free_seats(track, given, source, rules), rules, keep_tip=track.needle.name in kept)
        for track in needles.tracks
        if len(track.seats_mm)
    ]
    return replace(needles, tracks=tuple(tracks))


def _cut(track: Track, free: NDArray[np.bool_], rules: NeedleRules, *, keep_tip: bool) -> Track:
    """Leave the free seats; the needle ends at the deepest of them."""
    seats = track.seats_mm[free]
    if keep_tip or not len(seats) or free[0]:
        return replace(track, seats_mm=seats)
    x, y, z = (seats[0] + rules.seed_half_mm * track.needle.direction).tolist()
    return replace(track, needle=Needle(track.needle.name, track.needle.entry_mm, (x, y, z)), seats_mm=seats)


def _cores(given: SeedImplant, source: Source) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Middles and half axes of capsules, mm, and how much wider than a capsule each may be."""
    reach = (source.capsule_length_mm - source.capsule_diameter_mm) / 2
    return given.positions_mm, reach * given.directions, np.where(given.axis_known, 0.0, reach)


def _near(track: Track, places_mm: FloatArray, source: Source, rules: NeedleRules) -> NDArray[np.bool_]:
    """Which seeds can be in the way at all: for speed."""
    entry, along = np.asarray(track.needle.entry_mm), track.needle.direction
    from_entry = places_mm - entry
    reach = 2 * source.capsule_length_mm + rules.needle_diameter_mm
    deepest = float(((track.seats_mm - entry) @ along).max()) + reach
    depth = np.clip(from_entry @ along, 0.0, deepest)
    near: NDArray[np.bool_] = np.linalg.norm(from_entry - depth[:, None] * along, axis=1) <= reach
    return near
