"""Planes through needles: which way a picture of a needle lies in the patient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.implant import Needle

FloatArray = NDArray[np.float64]

ABOVE_SKIN_MM, BELOW_TIP_MM, ASIDE_MM = 12.0, 12.0, 18.0
WIDEST_MM = 70.0
"""A picture reaches no further to one side of its needle."""
LEAST_SHARE = 0.35
"""Of its height that a picture reaches to each side at least, so that labels have room; local rule."""
ON_AXIS_MM = 1.0
"""A target centred this near to the needle gives no direction across."""
SIDES = (("L", "R"), ("P", "A"), ("H", "F"))
LEAST_SIDE = 0.38
"""A side that takes less of a direction is not named: under 22.5 degrees."""


@dataclass(frozen=True)
class Plane:
    """A plane through a needle: ``across`` to the right of the picture, ``down`` along the needle.

    ``box_mm`` is (left, right, top, bottom): across from the needle, and depth from the skin.
    """

    entry_mm: FloatArray
    across: FloatArray
    down: FloatArray
    box_mm: tuple[float, float, float, float]

    def points(self, step_mm: float) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Places across (nx,) and down (ny,), and the points (ny * nx, 3), across fastest."""
        left, right, top, bottom = self.box_mm
        x, y = np.arange(left, right + step_mm / 2, step_mm), np.arange(top, bottom + step_mm / 2, step_mm)
        xx, yy = np.meshgrid(x, y)
        points = self.entry_mm + xx.reshape(-1, 1) * self.across + yy.reshape(-1, 1) * self.down
        return x, y, points

    def place(self, points_mm: FloatArray) -> FloatArray:
        """Points as (across, down, out of the plane), shape (n, 3)."""
        turn = np.stack([self.across, self.down, np.cross(self.across, self.down)])
        found: FloatArray = (points_mm - self.entry_mm) @ turn.T
        return found


def needle_plane(needle: Needle, centre_mm: FloatArray, corners_mm: FloatArray) -> Plane:
    """Choose the plane through a needle: to the target's centroid, or level where that lies on the needle.

    Across points to that end of its line which is more to the patient's left, back or head.

    Parameters
    ----------
    needle : Needle
    centre_mm : ndarray, shape (3,)
    corners_mm : ndarray, shape (n, 3)
        Points of the target, which the picture shows.

    Examples
    --------
    >>> needle = Needle("N1", (30, 0, 0), (0, 0, 0))
    >>> plane = needle_plane(needle, np.array([0.0, -4.0, 0.0]), np.zeros((1, 3)))
    >>> plane.across.tolist(), plane.down.tolist()
    ([0.0, 1.0, 0.0], [-1.0, 0.0, 0.0])
    """
    entry, down = np.asarray(needle.entry_mm, dtype=float), needle.direction
    away = centre_mm - entry
    aside = away - (away @ down) * down
    if np.linalg.norm(aside) < ON_AXIS_MM:
        level = np.cross([0.0, 0.0, 1.0], down)
        aside = level if np.linalg.norm(level) > 0.1 else np.array([1.0, 0.0, 0.0]) - down[0] * down
    across = aside / np.linalg.norm(aside)
    across = across * np.sign(across[int(np.abs(across).argmax())]) + 0.0
    flat = np.stack([(corners_mm - entry) @ across, (corners_mm - entry) @ down])
    bottom = max(needle.length_mm, float(flat[1].max())) + BELOW_TIP_MM
    least = LEAST_SHARE * (ABOVE_SKIN_MM + bottom)
    left = min(flat[0].min() - ASIDE_MM, -ASIDE_MM, -least)
    right = max(flat[0].max() + ASIDE_MM, ASIDE_MM, least)
    box = (max(float(left), -WIDEST_MM), min(float(right), WIDEST_MM), -ABOVE_SKIN_MM, float(bottom))
    return Plane(entry, across, down + 0.0, box)


def side_letters(direction: FloatArray) -> str:
    """Name the sides of the patient to which a direction points, the most first: L R, A P, H F.

    Examples
    --------
    >>> side_letters(np.array([0.0, -0.6, 0.8])), side_letters(np.array([-1.0, 0.0, 0.1]))
    ('HA', 'R')
    """
    order = np.argsort(-np.abs(direction), kind="stable")
    return "".join(SIDES[k][int(direction[k] < 0)] for k in order if abs(direction[k]) > LEAST_SIDE)
