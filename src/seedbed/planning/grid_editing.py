"""The dose on a grid follows the edits of a plan by differences."""

from dataclasses import replace

from seedbed.dosimetry import GridDose, Source, add_seed, grid_dose, remove_seed
from seedbed.geometry import VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.planning.seed_differences import differences

MOST_CHANGES = 100
"""After so many seeds gone and come the dose is calculated anew, so that no rounding piles up; local rule."""


class GridFollower:
    """Keeps one dose on a grid and takes it from implant to implant.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.dosimetry import load_source
    >>> follower = GridFollower(load_source("6711"), VoxelGrid((10, 0, 0), (1, 1, 1), (1, 1, 1)))
    >>> seed = SeedImplant("6711", np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.ones(1))
    >>> round(float(follower.dose_of(seed).dose_gy[0, 0, 0]), 3)
    19.847
    """

    def __init__(self, source: Source, grid: VoxelGrid) -> None:
        self._source, self._grid = source, grid
        self._dose: GridDose | None = None
        self._changes = 0

    def dose_of(self, implant: SeedImplant) -> GridDose:
        """Dose of an implant: only seeds that differ from the last one asked for are calculated."""
        if self._dose is not None:
            gone, come = differences(self._dose.implant, implant)
            changes = len(gone) + len(come)
            if changes < implant.count and self._changes + changes <= MOST_CHANGES:
                self._changes += changes
                self._dose = replace(_followed(self._dose, implant, gone, come), implant=implant)
                return self._dose
        self._dose, self._changes = grid_dose(self._source, implant, self._grid), 0
        return self._dose


def _followed(dose: GridDose, implant: SeedImplant, gone: list[int], come: list[int]) -> GridDose:
    for seed in sorted(gone, reverse=True):
        dose = remove_seed(dose, seed)
    for seed in come:
        place, along = implant.positions_mm[seed], implant.directions[seed]
        dose = add_seed(dose, place, along, float(implant.strengths_u[seed]))
    return dose
