"""Needles drawn by the user: kept exactly as they are, with a sentence for each rule that they break."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.implant import Needle
from seedbed.planning.anatomy import BODY, FREE, Anatomy, read_anatomy
from seedbed.planning.conflicts import conflicts
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.paths import nearest_of_each
from seedbed.planning.seats import seat_offsets, voxels_of, whole_seeds
from seedbed.planning.tracks import NeedleSet, Track, angles_of

FloatArray = NDArray[np.float64]
LOOK_MM = 0.5
STEEPEST_DEG = 89.0
FARTHEST_MM = 3000.0
TOUCHING_MM = 0.05


def fixed_set(
    anatomy: Anatomy, target: Structure, needles: Sequence[Needle], rules: NeedleRules
) -> NeedleSet:
    """Offer seed positions on needles as they are drawn; what they do not keep is said, not refused.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    needles : sequence of Needle
        Entry, tip and name stay as they are.
    rules : NeedleRules

    Returns
    -------
    NeedleSet
        Tracks in the order of the needles, some perhaps without a seat; ``warnings`` name needle, obstacle
        and distance. The direction is the mean of all.

    Raises
    ------
    NoPlanError
        No needle, or one without a length.
    """
    _check(needles)
    seats = _seats(target, needles, rules)
    seen = anatomy.ct.grid.contains(np.array([needle.entry_mm for needle in needles], dtype=float))
    tracks = tuple(
        Track(needle, found, bool(here)) for needle, found, here in zip(needles, seats, seen, strict=True)
    )
    wide = _with_all_of(anatomy, needles, rules)
    warnings = [text for track in tracks for text in _warnings(wide, track, target, rules)]
    mean = np.mean([needle.direction for needle in needles], axis=0)
    length = float(np.linalg.norm(mean))
    main = mean / length if length > 0 else needles[0].direction
    return NeedleSet(
        "fixed", *angles_of(main), main, tracks, sum(map(len, seats)),
        warnings=(*warnings, *_too_near(tracks, rules)),
    )  # fmt: skip


def _check(needles: Sequence[Needle]) -> None:
    if not needles:
        raise NoPlanError("no needle is drawn", "at least one", "draw one, or let needles be found")
    for needle in needles:
        ends = np.array([needle.entry_mm, needle.tip_mm], dtype=float)
        if not (np.abs(ends) < FARTHEST_MM).all() or np.allclose(ends[0], ends[1]):
            raise NoPlanError(
                f"needle '{needle.name}' goes from {needle.entry_mm} to {needle.tip_mm} mm",
                f"two different points within {FARTHEST_MM:g} mm of the frame's origin",
                "draw it again",
            )


def _seats(target: Structure, needles: Sequence[Needle], rules: NeedleRules) -> list[FloatArray]:
    """Seats of each needle, deepest first, between its entry and its tip."""
    voxels = voxels_of(target)
    tips = np.array([needle.tip_mm for needle in needles], dtype=float)
    along = np.array([needle.direction for needle in needles])
    length = np.array([needle.length_mm for needle in needles])
    deep = ((tips - voxels.middle_mm) * along).sum(axis=1)
    feet = tips - deep[:, None] * along
    ends = np.stack([deep - length, deep], axis=1)
    offsets, count = seat_offsets(voxels, feet, along, rules, ends_mm=ends)
    found = []
    for n in range(len(needles)):
        seats = feet[n] + offsets[n, : count[n], None] * along[n]
        found.append(seats[whole_seeds(target, seats, along[n], rules)])
    return found


def _with_all_of(anatomy: Anatomy, needles: Sequence[Needle], rules: NeedleRules) -> Anatomy:
    """Return the anatomy, read again over a larger region where a needle leaves it within the body."""
    points = np.concatenate([_points(needle) for needle in needles])
    if not (~anatomy.grid.contains(points) & (anatomy.place_at(points) == BODY)).any():
        return anatomy
    lower, upper = anatomy.target.bounds_mm
    far = float(np.linalg.norm(points - (lower + upper) / 2, axis=1).max())
    wider = replace(rules, most_depth_mm=far, most_tilt_deg=STEEPEST_DEG)
    return read_anatomy(anatomy.ct, anatomy.target, anatomy.obstacles, wider)


def _points(needle: Needle) -> FloatArray:
    """Points of a needle from tip to entry."""
    return np.linspace(needle.tip_mm, needle.entry_mm, int(needle.length_mm / LOOK_MM) + 2)


def _warnings(anatomy: Anatomy, track: Track, target: Structure, rules: NeedleRules) -> Iterator[str]:
    """Sentences on one needle."""
    needle = track.needle
    who, tilt = f"Needle '{needle.name}'", abs(angles_of(needle.direction)[1])
    yield from _near_obstacles(anatomy, needle)
    if needle.length_mm > rules.most_depth_mm:
        yield (
            f"{who} is {needle.length_mm:.0f} mm deep, more than the {rules.most_depth_mm:g} mm of the rules."
        )
    if tilt > rules.most_tilt_deg + 1e-6:
        yield f"{who} is tilted by {tilt:.0f} degrees, more than the {rules.most_tilt_deg:g} of the rules."
    hub = np.asarray(needle.tip_mm) - rules.needle_length_mm * needle.direction
    beside = float(np.hypot(*(hub[:2] - anatomy.bore_mm)))
    if beside > rules.bore_radius_mm:
        yield (
            f"{who} has its hub {beside - rules.bore_radius_mm:.0f} mm outside the gantry's bore of "
            f"{rules.bore_radius_mm:g} mm radius."
        )
    yield from _outside(anatomy, needle, rules)
    if not len(track.seats_mm):
        yield f"{who} has no room for a seed in '{target.name}'."


def _near_obstacles(anatomy: Anatomy, needle: Needle) -> Iterator[str]:
    points = _points(needle)
    near = nearest_of_each(anatomy, points[anatomy.clearance_at(points) < 0])
    for name, margin, distance in zip(anatomy.names, anatomy.margins_mm, near, strict=True):
        if name and distance < margin:
            place = "goes through" if distance < TOUCHING_MM else f"comes within {distance:.1f} mm of"
            yield f"Needle '{needle.name}' {place} {name}, nearer than its margin of {margin:g} mm."


def _outside(anatomy: Anatomy, needle: Needle, rules: NeedleRules) -> Iterator[str]:
    away = np.arange(0.0, rules.room_outside_mm, LOOK_MM)
    place = anatomy.place_at(np.asarray(needle.entry_mm) - away[:, None] * needle.direction)
    free = np.flatnonzero(place == FREE)
    first = int(free[0]) if free.size else len(place)
    met = np.flatnonzero(place[first + int(rules.skin_fold_mm / LOOK_MM) :] != FREE)
    if met.size:
        gap = away[first + int(rules.skin_fold_mm / LOOK_MM) + int(met[0])]
        yield f"Needle '{needle.name}' meets something solid {gap:.0f} mm outside its entry."


def _too_near(tracks: Sequence[Track], rules: NeedleRules) -> Iterator[str]:
    near = conflicts(tracks, rules)
    for i, j in combinations(range(len(tracks)), 2):
        if near[i, j]:
            pair = f"'{tracks[i].needle.name}' and '{tracks[j].needle.name}'"
            yield (
                f"Needles {pair} are too near to each other: the rules ask for "
                f"{rules.target_spacing_mm:g} mm in the target, {rules.skin_spacing_mm:g} mm at the skin and "
                f"{rules.crossing_mm:g} mm on their way."
            )
