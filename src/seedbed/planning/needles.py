"""Parallel needles in axial planes: which can be pushed, and where seeds can lie on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.implant import Needle
from seedbed.planning.anatomy import LONGEST_PATH_MM, Anatomy

FloatArray = NDArray[np.float64]

SEED_STEP_MM = 2.5
SEED_HALF_LENGTH_MM = 2.25
CLEARANCE_MM = 2.0
"""Least distance of a needle from bone, airway and named organs; local rule."""
PATH_STEP_MM = 1.0
SKIN_FOLD_MM = 3.0
"""Just outside the skin the smoothed edge of the body is not another part of it."""
ROOM_OUTSIDE_MM = 150.0
"""A needle needs this much free room outside the skin, as far as the image shows; local rule."""
AZIMUTHS_DEG = np.arange(0.0, 360.0, 15.0)


@dataclass(frozen=True)
class Track:
    """A needle and the seed positions that it offers, deepest first.

    ``reaches_skin`` is False where the image ends before the skin does.
    """

    needle: Needle
    seats_mm: FloatArray
    reaches_skin: bool


@dataclass(frozen=True)
class NeedleSet:
    """Parallel needles pushed along one direction.

    Attributes
    ----------
    azimuth_deg : float
        Direction of push in the axial plane: 0 towards the patient's left (+x), 90 towards the back (+y).
    direction : ndarray, shape (3,)
    tracks : tuple of Track
        Needles that can be pushed.
    offered : int
        Seed positions that the same lattice would have without obstacles.
    """

    azimuth_deg: float
    direction: FloatArray
    tracks: tuple[Track, ...]
    offered: int

    @property
    def seats(self) -> int:
        """Number of seed positions that can be reached."""
        return sum(len(track.seats_mm) for track in self.tracks)

    @property
    def reachable(self) -> float:
        """Share of the lattice's seed positions that can be reached."""
        return self.seats / max(self.offered, 1)

    @property
    def mean_depth_mm(self) -> float:
        """Mean needle length."""
        return float(np.mean([track.needle.length_mm for track in self.tracks]))

    @property
    def to_skin(self) -> float:
        """Share of the needles whose skin entry is in the image."""
        return float(np.mean([track.reaches_skin for track in self.tracks]))


def needle_sets(
    anatomy: Anatomy, target: Structure, *, keep: int, spacing_mm: float = 10.0
) -> list[NeedleSet]:
    """Return the best directions for parallel needles, best first.

    Directions are ranked by the share of seed positions that can be reached, then by needles whose skin
    entry is seen, then by depth.

    Parameters
    ----------
    anatomy : Anatomy
    target : Structure
    keep : int
        How many directions.
    spacing_mm : float
        Distance between needles.

    Raises
    ------
    NoPlanError
        No needle reaches the target from any direction.
    """
    lower, upper = target.bounds_mm
    if not anatomy.grid.contains((lower[None] + upper[None]) / 2).all():
        raise NoPlanError(
            f"target '{target.name}' lies outside the CT",
            "a target inside the image",
            "choose the matching CT",
        )
    sets = [_push(anatomy, target, azimuth, spacing_mm) for azimuth in AZIMUTHS_DEG]
    useful = [found for found in sets if found.seats]
    if not useful:
        raise NoPlanError(
            f"no straight needle of up to {LONGEST_PATH_MM:g} mm in an axial plane reaches '{target.name}' "
            f"with {CLEARANCE_MM:g} mm to bone, airway and organs and free room outside the skin",
            "at least one free path from the skin",
            "treat from another angle, leave out an organ, or choose another target",
        )
    useful.sort(key=lambda s: (-round(s.reachable * 10), -round(s.to_skin * 4), s.mean_depth_mm))
    return useful[:keep]


def _push(anatomy: Anatomy, target: Structure, azimuth_deg: float, spacing_mm: float) -> NeedleSet:
    angle = np.radians(azimuth_deg)
    along = np.array([np.cos(angle), np.sin(angle), 0.0])
    seats = max(_lattices(target, along, spacing_mm), key=lambda lattice: sum(map(len, lattice)))
    tracks = [_track(anatomy, found, along) for found in seats if len(found)]
    free = [track for track in tracks if track is not None]
    return NeedleSet(azimuth_deg, along, _name(free), sum(len(found) for found in seats))


def _lattices(target: Structure, along: FloatArray, spacing_mm: float) -> list[list[FloatArray]]:
    """Seats on the needles of four lattices, shifted by half a spacing against each other."""
    across = np.array([-along[1], along[0], 0.0])
    lower, upper = target.bounds_mm
    middle = (lower + upper) / 2
    corners = np.array([[x, y] for x in (lower[0], upper[0]) for y in (lower[1], upper[1])]) - middle[:2]
    wide, high = float(np.abs(corners @ across[:2]).max()), float(upper[2] - lower[2]) / 2
    found = []
    for shift_across, shift_up in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)):
        columns, rows = _places(wide, shift_across, spacing_mm), _places(high, shift_up, spacing_mm)
        feet = [middle + c * across + np.array([0.0, 0.0, r]) for r in rows for c in columns]
        found.append([_seats(target, foot, along) for foot in feet])
    return found


def _places(reach_mm: float, shift: float, spacing_mm: float) -> FloatArray:
    """Multiples of the spacing, shifted by a share of it, within the reach on both sides of zero."""
    count = int(reach_mm / spacing_mm) + 1
    places = (np.arange(-count, count + 1, dtype=float) + shift) * spacing_mm
    return places[np.abs(places) <= reach_mm]


def _seats(target: Structure, foot: FloatArray, along: FloatArray) -> FloatArray:
    """Seed centres on one line, deepest first, whose seeds lie in the target with both ends."""
    lower, upper = target.bounds_mm
    reach = float(np.linalg.norm(upper - lower)) / 2
    depth = np.arange(reach, -reach - PATH_STEP_MM, -PATH_STEP_MM)
    inside = target.contains(foot + depth[:, None] * along)
    if not inside.any():
        return np.empty((0, 3))
    deepest = depth[inside.argmax()] - SEED_HALF_LENGTH_MM
    centres = foot + np.arange(deepest, -reach, -SEED_STEP_MM)[:, None] * along
    ends = [target.contains(centres + side * SEED_HALF_LENGTH_MM * 0.95 * along) for side in (-1, 0, 1)]
    return centres[ends[0] & ends[1] & ends[2]]


def _track(anatomy: Anatomy, seats_mm: FloatArray, along: FloatArray) -> Track | None:
    """Follow a needle from its deepest seed out to the skin; None where something is in its way."""
    tip = seats_mm[0] + SEED_HALF_LENGTH_MM * along
    steps = np.arange(0.0, LONGEST_PATH_MM + ROOM_OUTSIDE_MM, PATH_STEP_MM)
    path = tip - steps[:, None] * along
    in_body = anatomy.marked(anatomy.body, path)
    left = int(np.argmin(in_body))
    if not in_body[0] or steps[left] > LONGEST_PATH_MM:
        return None
    beyond = path[left + round(SKIN_FOLD_MM / PATH_STEP_MM) :]
    blocked = anatomy.marked(anatomy.couch | anatomy.body, beyond).any()
    if blocked or (anatomy.clearance_at(path[:left]) < CLEARANCE_MM).any():
        return None
    reaches_skin = bool(anatomy.grid.contains(path[left : left + 1])[0])
    entry = path[_skin(anatomy, path[:left])]
    depth = (seats_mm - entry) @ along
    seats = seats_mm[depth >= SEED_HALF_LENGTH_MM]
    if not len(seats):
        return None
    needle = Needle("", (entry[0], entry[1], entry[2]), (tip[0], tip[1], tip[2]))
    return Track(needle, seats, reaches_skin)


def _skin(anatomy: Anatomy, path: FloatArray) -> int:
    """Index of the outermost point of a path through the body that lies in tissue."""
    tissue = np.flatnonzero(anatomy.marked(anatomy.tissue, path))
    return int(tissue[-1]) if tissue.size else 0


def _name(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Name needles from the head down, then along the skin."""
    order = sorted(tracks, key=lambda t: (-t.needle.entry_mm[2], t.needle.entry_mm[0], t.needle.entry_mm[1]))
    return tuple(
        Track(Needle(f"N{n}", t.needle.entry_mm, t.needle.tip_mm), t.seats_mm, t.reaches_skin)
        for n, t in enumerate(order, start=1)
    )
