"""Parallel needles in axial planes: which can be pushed, and where seeds can lie on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.implant import Needle
from seedbed.planning.anatomy import Anatomy

FloatArray = NDArray[np.float64]

NEEDLE_SPACING_MM = 10.0
"""Distance between parallel needles (spaced loading of 5 to 10 mm is usual); local rule."""
SEED_STEP_MM = 2.5
SEED_HALF_LENGTH_MM = 2.25
CLEARANCE_MM = 2.0
"""Least distance of a needle from bone, airway and named organs; local rule."""
PATH_STEP_MM = 1.0
ROOM_OUTSIDE_MM = 150.0
"""A needle needs this much free room outside the skin, as far as the image shows; local rule."""
LONGEST_PATH_MM = 180.0
"""18G puncture needles are made up to 200 mm long."""
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


def needle_sets(anatomy: Anatomy, target: Structure, *, keep: int = 3) -> list[NeedleSet]:
    """Return the best directions for parallel needles, best first.

    Directions are ranked by the share of seed positions that can be reached, then by needles whose skin
    entry is seen, then by depth.

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
    sets = [_push(anatomy, target, azimuth) for azimuth in AZIMUTHS_DEG]
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


def _push(anatomy: Anatomy, target: Structure, azimuth_deg: float) -> NeedleSet:
    angle = np.radians(azimuth_deg)
    along = np.array([np.cos(angle), np.sin(angle), 0.0])
    across = np.array([-along[1], along[0], 0.0])
    lines = _lattice(target, across)
    seats = [_seats(target, foot, along) for foot in lines]
    tracks = [_track(anatomy, found, along) for found in seats if len(found)]
    named = [track for track in tracks if track is not None]
    return NeedleSet(azimuth_deg, along, _name(named), sum(len(found) for found in seats))


def _lattice(target: Structure, across: FloatArray) -> list[FloatArray]:
    """Feet of the needles on a plane through the middle of the target, `NEEDLE_SPACING_MM` apart."""
    lower, upper = target.bounds_mm
    middle = (lower + upper) / 2
    corners = np.array([[x, y] for x in (lower[0], upper[0]) for y in (lower[1], upper[1])]) - middle[:2]
    reach = float(np.abs(corners @ across[:2]).max())
    columns = _centred(2 * reach)
    rows = _centred(float(upper[2] - lower[2]))
    return [middle + column * across + np.array([0.0, 0.0, row]) for row in rows for column in columns]


def _centred(extent_mm: float) -> FloatArray:
    count = max(1, int(np.ceil(extent_mm / NEEDLE_SPACING_MM)))
    return (np.arange(count, dtype=float) - (count - 1) / 2) * NEEDLE_SPACING_MM


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
    steps = np.arange(0.0, LONGEST_PATH_MM + PATH_STEP_MM, PATH_STEP_MM)
    path = tip - steps[:, None] * along
    in_image = anatomy.grid.contains(path)
    in_body = anatomy.sample(anatomy.body, path, 0.0) > 0
    if not in_body[0]:
        return None
    left = int(np.argmin(in_body)) if not in_body.all() else len(path)
    if left == len(path):
        return None  # too deep
    if (anatomy.sample(anatomy.clearance_mm, path[:left], np.inf) < CLEARANCE_MM).any():
        return None
    outside = tip - np.arange(steps[left], steps[left] + ROOM_OUTSIDE_MM, PATH_STEP_MM)[:, None] * along
    if (anatomy.sample(anatomy.couch, outside, 0.0) > 0).any():
        return None
    entry = path[left]
    needle = Needle("", (entry[0], entry[1], entry[2]), (tip[0], tip[1], tip[2]))
    return Track(needle, seats_mm, bool(in_image[left]))


def _name(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Name needles from the head down, then along the skin."""
    order = sorted(tracks, key=lambda t: (-t.needle.entry_mm[2], t.needle.entry_mm[0], t.needle.entry_mm[1]))
    return tuple(
        Track(Needle(f"N{n}", t.needle.entry_mm, t.needle.tip_mm), t.seats_mm, t.reaches_skin)
        for n, t in enumerate(order, start=1)
    )
