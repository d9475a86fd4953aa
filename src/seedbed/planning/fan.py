"""A free-hand fan: needles of different directions about a main one, each with its own entry."""

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import Structure
from seedbed.geometry.compiling import compiled
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.lines import SHIFTS, Lines, across_and_up, joined, lines_through
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.refusals import no_path
from seedbed.planning.seats import TargetVoxels
from seedbed.planning.survey import COARSEST_MM, Survey, survey_directions
from seedbed.planning.tracks import NeedleSet, direction_of, make_tracks, named

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
RINGS = 3
"""The cone of a fan is filled with one direction in the middle and 6, 12, 18 in rings about it."""
LINES_ACROSS = 6.0
"""About so many lines of each direction cross the target in a row; local rule."""
CELL_MM = 5.0
"""The target is told apart in cells of this size when needles are chosen that serve all of it."""


def fan_sets(
    anatomy: Anatomy, target: Structure, rules: NeedleRules, *, keep: int, most_tracks: int = 250
) -> list[NeedleSet]:
    """Return the best main directions for a free-hand fan, best first, with needles to choose from.

    Main directions are ranked by the share of seed positions that the directions within the cone can reach;
    two of them are at least the cone's half angle apart. Of all free needles of a cone, those are kept that
    bring most seats to parts of the target that few others reach.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    rules : NeedleRules
        ``fan_half_angle_deg`` is the cone.
    keep : int
        How many main directions at most.
    most_tracks : int
        How many needles to choose from at most.

    Raises
    ------
    NoPlanError
        No needle reaches the target from any direction, or the target holds no seed.
    """
    survey = survey_directions(anatomy, target, rules)
    sets: list[NeedleSet] = []
    for number in _main_directions(survey, rules):
        found = _fan(anatomy, survey.voxels, survey.angles_deg[number], rules, most_tracks)
        sets += [found] if found.tracks else []
        if len(sets) == keep:
            break
    if not sets:
        raise no_path(anatomy, survey, rules)
    return sets


def _main_directions(survey: Survey, rules: NeedleRules) -> list[int]:
    """Directions by what their cone can reach, none within the cone's half angle of a better one."""
    near = survey.directions @ survey.directions.T >= np.cos(np.radians(rules.fan_half_angle_deg)) - 1e-9
    score = np.round(10 * (near @ survey.reached) / np.maximum(near @ survey.offered, 1))
    left = sorted(survey.ranked(), key=lambda number: -score[number])  # stable: ties as ranked
    chosen: list[int] = []
    while left:
        chosen.append(left[0])
        left = [number for number in left if not near[left[0], number]]
    return chosen


def cone(main: FloatArray, rules: NeedleRules) -> FloatArray:
    """Directions within a fan's cone that the rules allow, shape (n, 3), the main one first.

    Examples
    --------
    >>> from seedbed.planning.needle_rules import load_needle_rules
    >>> cone(np.array([1.0, 0.0, 0.0]), load_needle_rules()).shape
    (37, 3)
    """
    across, up = across_and_up(main)
    directions = [main]
    for ring in range(1, RINGS + 1):
        angle = np.radians(rules.fan_half_angle_deg) * ring / RINGS
        for turn in 2 * np.pi * np.arange(6 * ring) / (6 * ring):
            beside = np.cos(turn) * across + np.sin(turn) * up
            directions.append(np.cos(angle) * main + np.sin(angle) * beside)
    found = np.array(directions)
    steepest = np.sin(np.radians(rules.most_tilt_deg)) + 1e-9
    allowed: FloatArray = found[np.abs(found[:, 2]) <= steepest]
    return allowed


def _fan(
    anatomy: Anatomy, voxels: TargetVoxels, angles_deg: FloatArray, rules: NeedleRules, most_tracks: int
) -> NeedleSet:
    azimuth, tilt = (float(angle) for angle in angles_deg)
    main = direction_of(azimuth, tilt)
    across = float(np.cbrt(voxels.structure.volume_mm3)) / LINES_ACROSS
    spacing = float(np.clip(across, rules.target_spacing_mm, COARSEST_MM))
    directions = cone(main, rules)
    lines = joined([
        lines_through(voxels, directions[number:: len(SHIFTS)], rules, spacing_mm=spacing, shifts=(shift,))
        for number, shift in enumerate(SHIFTS)
    ])  # fmt: skip
    paths = lines.follow(anatomy, rules)
    offered, open_seats = int(lines.count.sum()), int(lines.count[paths.open].sum())
    chosen = np.flatnonzero(paths.open)
    chosen = chosen[_spread(lines.only(chosen), most_tracks)]
    few = lines.only(chosen)
    tracks = make_tracks(voxels, few.along, few.seats_mm(), paths.only(chosen), rules) if len(chosen) else []
    return NeedleSet("fan", azimuth, tilt, main, named(tracks), offered, open_seats / max(offered, 1))


def _spread(lines: Lines, most: int) -> IntArray:
    """Numbers of lines that together serve all parts of the target as evenly as they can."""
    if len(lines.count) <= most:
        return np.arange(len(lines.count))
    seats = np.concatenate(lines.seats_mm())
    cells = np.floor((seats - seats.min(axis=0)) / CELL_MM).astype(np.int64)
    _, cell = np.unique(cells, axis=0, return_inverse=True)
    first = np.concatenate([[0], np.cumsum(lines.count)])
    chosen = np.empty(most, dtype=np.int64)
    _choose(cell.ravel(), first, chosen)
    return np.sort(chosen)


@compiled
def _choose(cell: IntArray, first: IntArray, chosen: IntArray) -> None:
    """Choose tracks in turn: that whose seats weigh most, each 1 / (1 + seats chosen in its cell)."""
    count = len(first) - 1
    served = np.zeros(cell.max() + 1)
    free = np.ones(count, dtype=np.bool_)
    for pick in range(len(chosen)):
        best, found = -1.0, -1
        for track in range(count):
            if free[track]:
                weight = 0.0
                for seat in range(first[track], first[track + 1]):
                    weight += 1.0 / (1.0 + served[cell[seat]])
                if weight > best + 1e-12:
                    best, found = weight, track
        chosen[pick], free[found] = found, False
        for seat in range(first[found], first[found + 1]):
            served[cell[seat]] += 1.0
