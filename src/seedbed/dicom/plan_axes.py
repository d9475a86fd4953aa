"""Directions of the seeds of an RTPLAN: those it gives, or those of straight needles."""

import numpy as np

from seedbed.dicom.files import FloatArray
from seedbed.dicom.plan_channels import PlanSeeds
from seedbed.dicom.plan_seeds import SAME_PLACE_MM
from seedbed.errors import InputError

STRAIGHT_MM = 1.0
"""Seeds of a needle lie on a straight line when none is further off it than 1 mm (local rule)."""


def straight_axes(seeds: PlanSeeds, name: str) -> FloatArray:
    """Directions of seeds from the straight lines on which those of a needle lie, shape (n, 3).

    A direction that the plan gives is kept.

    Raises
    ------
    InputError
        A seed without direction on a needle with no other seed, or with seeds more than `STRAIGHT_MM` off a
        line.
    """
    axes = list(seeds.axes)
    for needle in np.unique(seeds.needle_index):
        here = np.flatnonzero(seeds.needle_index == needle)
        if any(axes[seed] is None for seed in here):
            along = _line(seeds.positions_mm[here], int(needle) + 1, name)
            for seed in here:
                axes[seed] = along if axes[seed] is None else axes[seed]
    return np.array(axes, dtype=float)


def _line(places_mm: FloatArray, needle: int, name: str) -> FloatArray:
    offset = places_mm - places_mm.mean(axis=0)
    along: FloatArray = np.linalg.svd(offset)[2][0]
    off = np.linalg.norm(offset - np.outer(offset @ along, along), axis=1)
    if np.ptp(offset @ along) < SAME_PLACE_MM or off.max() > STRAIGHT_MM:
        count = len(places_mm)
        came = "one seed" if count == 1 else f"{count} seeds up to {off.max():.1f} mm off a straight line"
        raise InputError(
            f"needle {needle} of plan '{name}' has {came}",
            f"at least two seeds within {STRAIGHT_MM:g} mm of a line, to take directions from needles",
            "leave that option out: the one-dimensional formula needs no direction",
        )
    return along


def axis_notes(seeds: PlanSeeds, from_needles: bool) -> tuple[str, ...]:
    """Say where the directions of seeds come from when the plan lacks some."""
    missing = sum(axis is None for axis in seeds.axes)
    if not missing:
        return ()
    given = f"The plan gives a direction for {len(seeds.axes) - missing} of {len(seeds.axes)} seeds; "
    if from_needles:
        return (given + "the others were taken from the straight lines of their needles.",)
    return (given + "the one-dimensional formula was used for the others.",)
