"""Parallel needles, as through a template."""

from dataclasses import replace

import numpy as np

from seedbed.geometry import Structure
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.lines import SHIFTS, lines_through
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.refusals import no_path
from seedbed.planning.seats import TargetVoxels, voxels_of
from seedbed.planning.survey import survey_directions
from seedbed.planning.tracks import NeedleSet, direction_of, make_tracks, named


def parallel_sets(
    anatomy: Anatomy,
    target: Structure,
    rules: NeedleRules,
    *,
    keep: int,
    spacing_mm: float,
    lattices: int = 1,
) -> list[NeedleSet]:
    """Return the best directions for parallel needles, best first.

    Directions are ranked by `Survey.ranked`. Of four lattices of a direction, shifted by half a spacing,
    those with most reachable seats are taken.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    rules : NeedleRules
    keep : int
        How many directions at most.
    spacing_mm : float
        Distance between needles: a multiple of the distance of a template's holes.
    lattices : int
        How many of the four lattices of each direction, a needle set each.

    Raises
    ------
    NoPlanError
        No needle reaches the target from any direction, or the target holds no seed.
    """
    survey = survey_directions(anatomy, target, rules)
    sets: list[NeedleSet] = []
    kept = 0
    for number in survey.ranked():
        angles = survey.angles_deg[number]
        found = _lattices(anatomy, survey.voxels, angles, rules, spacing_mm=spacing_mm, most=lattices)
        sets += found
        kept += bool(found)
        if kept == keep:
            break
    if not sets:
        raise no_path(anatomy, survey, rules)
    return sets


def parallel_along(
    anatomy: Anatomy, target: Structure, rules: NeedleRules, *, like: NeedleSet, spacing_mm: float
) -> NeedleSet | None:
    """Return parallel needles along the direction of another set, at another distance; None without any.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    rules : NeedleRules
    like : NeedleSet
        Gives azimuth and tilt.
    spacing_mm : float
    """
    angles = np.array([like.azimuth_deg, like.tilt_deg])
    found = _lattices(anatomy, voxels_of(target), angles, rules, spacing_mm=spacing_mm, most=1)
    return found[0] if found else None


def _lattices(
    anatomy: Anatomy,
    voxels: TargetVoxels,
    angles_deg: np.ndarray,
    rules: NeedleRules,
    *,
    spacing_mm: float,
    most: int,
) -> list[NeedleSet]:
    """Needle sets of the lattices of one direction that have needles, those with most seats first."""
    azimuth, tilt = (float(angle) for angle in angles_deg)
    along = direction_of(azimuth, tilt)
    lines = lines_through(voxels, along[None], rules, spacing_mm=spacing_mm)
    paths = lines.follow(anatomy, rules)
    order = np.argsort(-lines.seats_by(lines.lattice, len(SHIFTS), paths.open), kind="stable")
    sets = []
    for lattice in order[:most]:
        here = lines.lattice == lattice
        one, open_ = lines.only(here), paths.only(here)
        tracks = named(make_tracks(voxels, one.along, one.seats_mm(), open_, rules)) if here.any() else ()
        made = NeedleSet("parallel", azimuth, tilt, along, tracks, int(one.count.sum()))
        sets += [replace(made, reachable=made.seats / max(made.offered, 1))] if tracks else []
    return sets
