"""A look at all directions: how much of the target needles along each could reach."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.lines import SHIFTS, Lines, lines_through
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.paths import Paths
from seedbed.planning.seats import TargetVoxels, voxels_of
from seedbed.planning.tracks import direction_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LINES_ACROSS, FINEST_MM, COARSEST_MM = 5.0, 2.5, 10.0
"""About so many lines cross the target in a row, neither closer nor wider than this; local rule."""


@dataclass(frozen=True)
class Survey:
    """All directions that the rules allow, and what needles along them meet.

    Attributes
    ----------
    voxels : TargetVoxels
    angles_deg : ndarray, shape (n, 2)
        Azimuth and tilt of each direction.
    lines : Lines
        A lattice of lines for each direction.
    paths : Paths
        What needles along them meet.
    """

    voxels: TargetVoxels
    angles_deg: FloatArray
    lines: Lines
    paths: Paths

    @property
    def directions(self) -> FloatArray:
        """Unit vectors of push, shape (n, 3)."""
        return np.array([direction_of(azimuth, tilt) for azimuth, tilt in self.angles_deg])

    @property
    def offered(self) -> IntArray:
        """Seats of each direction without obstacles, shape (n,)."""
        return self.lines.seats_by(self.lines.direction, len(self.angles_deg))

    @property
    def reached(self) -> IntArray:
        """Seats of each direction that can be reached, shape (n,)."""
        return self.lines.seats_by(self.lines.direction, len(self.angles_deg), self.paths.open)

    @property
    def share(self) -> FloatArray:
        """Share of the seats that can be reached, shape (n,)."""
        share: FloatArray = self.reached / np.maximum(self.offered, 1)
        return share

    def ranked(self) -> list[int]:
        """Directions with a free needle, best first.

        By the share of seats that can be reached, then by needles whose skin is seen, then by depth.
        """
        depth = np.linalg.norm(self.paths.entry_mm - self.lines.feet_mm, axis=1)
        seen = self._mean(self.paths.skin_seen.astype(float))
        keys = (self._mean(depth), -np.round(seen * 4), -np.round(self.share * 10))
        return [int(number) for number in np.lexsort(keys) if self.reached[number] > 0]

    def _mean(self, values: FloatArray) -> FloatArray:
        """Mean of a number of each open path by direction, shape (n,); 0 where none is open."""
        number, count = self.lines.direction[self.paths.open], len(self.angles_deg)
        total = np.bincount(number, values[self.paths.open], minlength=count)
        mean: FloatArray = total / np.maximum(np.bincount(number, minlength=count), 1)
        return mean


def survey_directions(anatomy: Anatomy, target: Structure, rules: NeedleRules) -> Survey:
    """Look at all azimuths and tilts of the rules along one lattice of lines each.

    Parameters
    ----------
    anatomy : Anatomy
        As read with the same target and rules.
    target : Structure
    rules : NeedleRules

    Raises
    ------
    NoPlanError
        The target holds no seed.
    """
    voxels = voxels_of(target)
    angles = np.array([[azimuth, tilt] for tilt in rules.tilts_deg for azimuth in rules.azimuths_deg])
    directions = np.array([direction_of(azimuth, tilt) for azimuth, tilt in angles])
    spacing = float(np.clip(np.cbrt(target.volume_mm3) / LINES_ACROSS, FINEST_MM, COARSEST_MM))
    lines = lines_through(voxels, directions, rules, spacing_mm=spacing, shifts=SHIFTS[:1])
    if not len(lines.count):
        raise NoPlanError(
            f"target '{target.name}' of {target.volume_mm3 / 1000:.2g} cc holds no seed of "
            f"{rules.seed_length_mm:g} mm",
            "a target that holds at least one",
            "check the target",
        )
    return Survey(voxels, angles, lines, lines.follow(anatomy, rules))
