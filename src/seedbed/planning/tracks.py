"""Needles and the seed positions that they offer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.implant import Needle
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.paths import Paths
from seedbed.planning.seats import TargetVoxels, whole_seeds

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
DEPTH_SLACK_MM = 1e-9


@dataclass(frozen=True)
class Track:
    """A needle and the seed positions that it offers.

    Attributes
    ----------
    needle : Needle
    seats_mm : ndarray, shape (n, 3)
        Seed centres, deepest first.
    reaches_skin : bool
        False where the image ends before the skin does.
    """

    needle: Needle
    seats_mm: FloatArray
    reaches_skin: bool


@dataclass(frozen=True)
class NeedleSet:
    """Needles that can be pushed together, or one or the other.

    Attributes
    ----------
    mode : str
        ``"parallel"``, ``"fan"`` or ``"fixed"``.
    azimuth_deg : float
        Main direction of push in the axial plane: 0 towards the patient's left (+x), 90 towards the back
        (+y).
    tilt_deg : float
        Angle of the main direction to the axial plane, positive with the tip towards the head.
    direction : ndarray, shape (3,)
        Main direction, a unit vector from skin to tip.
    tracks : tuple of Track
    offered : int
        Seed positions that the same lines would have without obstacles; of a fan, before thinning.
    reachable : float
        Share of those that can be reached, 0 to 1.
    warnings : tuple of str
        What needles drawn by the user do not keep, one sentence each.
    """

    mode: str
    azimuth_deg: float
    tilt_deg: float
    direction: FloatArray
    tracks: tuple[Track, ...]
    offered: int
    reachable: float = 1.0
    warnings: tuple[str, ...] = ()

    @property
    def seats(self) -> int:
        """Number of seed positions."""
        return sum(len(track.seats_mm) for track in self.tracks)

    @property
    def to_skin(self) -> float:
        """Share of the needles whose skin entry is in the image; 0 without needles."""
        return float(np.mean([track.reaches_skin for track in self.tracks])) if self.tracks else 0.0


def direction_of(azimuth_deg: float, tilt_deg: float) -> FloatArray:
    """Return the unit vector of push, shape (3,).

    Examples
    --------
    >>> direction_of(90.0, 30.0).round(3)
    array([0.   , 0.866, 0.5  ])
    """
    azimuth, tilt = np.radians([azimuth_deg, tilt_deg])
    return np.array([np.cos(azimuth) * np.cos(tilt), np.sin(azimuth) * np.cos(tilt), np.sin(tilt)])


def angles_of(direction: FloatArray) -> tuple[float, float]:
    """Azimuth (0 to 360) and tilt of a unit vector, degrees.

    Examples
    --------
    >>> [round(angle, 6) for angle in angles_of(direction_of(200.0, -20.0))]
    [200.0, -20.0]
    """
    x, y, z = (float(value) for value in direction)
    return float(np.degrees(np.arctan2(y, x)) % 360.0), float(np.degrees(np.arcsin(np.clip(z, -1.0, 1.0))))


def make_tracks(
    voxels: TargetVoxels, along: FloatArray, seats_mm: Sequence[FloatArray], paths: Paths, rules: NeedleRules
) -> list[Track]:
    """Turn open paths into tracks, without seats outside the skin or the target's exact contours.

    Parameters
    ----------
    voxels : TargetVoxels
    along : ndarray, shape (n, 3)
    seats_mm : sequence of n arrays, shape (k, 3)
    paths : Paths
    rules : NeedleRules
    """
    numbers = np.repeat(np.arange(len(seats_mm)), [len(seats) for seats in seats_mm])
    numbers, seats = numbers[paths.open[numbers]], np.concatenate(seats_mm)[paths.open[numbers]]
    depth = ((seats - paths.entry_mm[numbers]) * along[numbers]).sum(axis=1)
    kept = depth >= rules.seed_half_mm - DEPTH_SLACK_MM
    kept[kept] = whole_seeds(voxels.structure, seats[kept], along[numbers[kept]], rules)
    numbers, seats = numbers[kept], seats[kept]
    return [_track(n, seats[numbers == n], along[n], paths, rules) for n in np.unique(numbers)]


def _track(n: int, seats_mm: FloatArray, along: FloatArray, paths: Paths, rules: NeedleRules) -> Track:
    (x, y, z), (a, b, c) = paths.entry_mm[n].tolist(), (seats_mm[0] + rules.seed_half_mm * along).tolist()
    return Track(Needle("", (x, y, z), (a, b, c)), seats_mm, bool(paths.skin_seen[n]))


def named(tracks: Sequence[Track]) -> tuple[Track, ...]:
    """Name needles from the head down, then along the skin."""
    order = sorted(tracks, key=lambda t: (-t.needle.entry_mm[2], t.needle.entry_mm[0], t.needle.entry_mm[1]))
    return tuple(
        replace(track, needle=replace(track.needle, name=f"N{number}"))
        for number, track in enumerate(order, start=1)
    )
