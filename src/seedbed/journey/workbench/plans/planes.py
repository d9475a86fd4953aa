"""The dose of a plan in the planes that the browser shows, needle by needle, so that a drag is followed."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source
from seedbed.errors import InputError, one_of
from seedbed.geometry import OrientedGrid, Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.planning.needle_doses import NeedleDoses

AXES: Final = ("x", "y", "z")
MARGIN_MM = 30.0
"""Around the target (local rule): 50 % of the prescription lies nearer."""
STEPS_MM: Final = (0.5, 5.0)
MOST_POINTS, KEPT_PLANES, KEPT_BYTES = 250_000, 12, 64_000_000
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ShownPlane:
    """A plane through an axis of the patient at a position, mm, with a value every ``spacing_mm``.

    The values begin at ``origin_mm`` along the two other axes, x before y before z.
    """

    axis: str
    position_mm: float
    spacing_mm: float
    origin_mm: tuple[float, float]
    columns: int
    rows: int

    def points_mm(self) -> FloatArray:
        """Places of the values, shape (rows * columns, 3), row by row."""
        right, down = (at for at in range(3) if at != AXES.index(self.axis))
        points = np.empty((self.rows, self.columns, 3))
        points[..., AXES.index(self.axis)] = self.position_mm
        points[..., right] = self.origin_mm[0] + self.spacing_mm * np.arange(self.columns)
        points[..., down] = (self.origin_mm[1] + self.spacing_mm * np.arange(self.rows))[:, np.newaxis]
        return points.reshape(-1, 3)

    def to_dict(self) -> dict[str, Any]:
        """Return it for the browser."""
        return {**vars(self), "origin_mm": list(self.origin_mm)}


def shown_plane(
    axis: str, position_mm: float, *, spacing_mm: float, target: Structure, grid: VoxelGrid
) -> ShownPlane:
    """Lay a plane around a target, within the CT.

    Raises
    ------
    InputError
        An axis that is none, a position that is no number, a spacing out of range.
    """
    if axis not in AXES or not np.isfinite(position_mm):
        raise InputError(
            f"a plane across '{axis[:20]}' at {position_mm} mm", one_of(AXES, axis), "correct it"
        )
    if not STEPS_MM[0] <= spacing_mm <= STEPS_MM[1]:
        raise InputError(
            f"a value every {spacing_mm:g} mm", f"{STEPS_MM[0]:g} to {STEPS_MM[1]:g} mm", "correct it"
        )
    lower, upper = target.bounds_mm
    low = np.maximum(lower - MARGIN_MM, grid.lower_mm())
    high = np.minimum(upper + MARGIN_MM, grid.upper_mm())
    right, down = (at for at in range(3) if at != AXES.index(axis))
    counts = [max(2, int((high[at] - low[at]) / spacing_mm) + 1) for at in (right, down)]
    if counts[0] * counts[1] > MOST_POINTS:
        raise InputError(
            f"a plane of {counts[0]} by {counts[1]} values",
            f"at most {MOST_POINTS}",
            "ask for a wider spacing",
        )
    return ShownPlane(
        axis, position_mm, spacing_mm, (float(low[right]), float(low[down])), counts[0], counts[1]
    )


AnyPlane = ShownPlane | OrientedGrid
"""Across an axis of the patient, or in any direction."""


class PlaneDoses:
    """Dose in planes; those that were shown last are kept, needle by needle."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: OrderedDict[AnyPlane, NeedleDoses] = OrderedDict()

    def dose(self, implant: SeedImplant, planes: Sequence[AnyPlane]) -> bytes:
        """Dose of an implant, Gy, little-endian float32, the planes one after the other."""
        found = [self._of(plane).dose(implant) for plane in planes]
        return np.concatenate(found).astype("<f4").tobytes() if found else b""

    def _of(self, plane: AnyPlane) -> NeedleDoses:
        if plane not in self._kept:
            self._kept[plane] = NeedleDoses(self._source, plane.points_mm(), kept_bytes=KEPT_BYTES)
            while len(self._kept) > KEPT_PLANES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(plane)
        return self._kept[plane]
