"""The guide template's own coordinates, and the names of its holes where they form a lattice.

Who looks at the template from outside, the notch up, sees u to the right, v up and w towards the eye. Up is
the patient's head; for needles along the body, which have no head side, it is the patient's front.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import NoPlanError
from seedbed.implant import Needle
from seedbed.planning.guide_rules import GuideRules

FloatArray = NDArray[np.float64]

HEAD, FRONT = np.array([0.0, 0.0, 1.0]), np.array([0.0, -1.0, 0.0])
ALONG_BODY = np.cos(np.radians(20.0))
"""Needles nearer than 20 degrees to the body's axis have no head side; local rule."""
LETTERS = 26


@dataclass(frozen=True)
class Frame:
    """A rigid turn and shift between template and patient.

    Attributes
    ----------
    origin_mm : ndarray, shape (3,)
        The template's origin, LPS.
    axes : ndarray, shape (3, 3)
        Unit vectors u, v, w, one a row, LPS; right-handed.
    up : str
        Side of the patient to which v points: ``"head"`` or ``"front"``.

    Examples
    --------
    >>> frame = Frame(np.array([10.0, 0.0, 0.0]), np.eye(3))
    >>> frame.to_patient(np.array([[1.0, 2.0, 3.0]])).tolist()
    [[11.0, 2.0, 3.0]]
    """

    origin_mm: FloatArray
    axes: FloatArray
    up: str = "head"

    def to_template(self, points_mm: FloatArray) -> FloatArray:
        """Points of the patient in u, v, w, shape (n, 3) -> (n, 3)."""
        return (np.asarray(points_mm, dtype=float) - self.origin_mm) @ self.axes.T

    def to_patient(self, points_mm: FloatArray) -> FloatArray:
        """Points of the template in LPS, shape (n, 3) -> (n, 3)."""
        return np.asarray(points_mm, dtype=float) @ self.axes + self.origin_mm

    def moved_to(self, place_mm: FloatArray) -> "Frame":
        """Return the frame with its origin at a place that is given in its own coordinates."""
        return replace(self, origin_mm=self.to_patient(np.asarray(place_mm, dtype=float)[None])[0])

    @property
    def matrix(self) -> FloatArray:
        """Template to LPS as a 4 x 4 matrix for column vectors (u, v, w, 1)."""
        found = np.eye(4)
        found[:3, :3], found[:3, 3] = self.axes.T, self.origin_mm
        return found


def frame_of(needles: Sequence[Needle], rules: GuideRules) -> Frame:
    """Lay the template's axes: w against the mean push, v towards the head, origin amid the entries.

    Raises
    ------
    NoPlanError
        A needle leans too far from the mean of all: one block cannot lead them.
    """
    pushes = np.array([needle.direction for needle in needles])
    mean = pushes.mean(axis=0)
    length = float(np.linalg.norm(mean))
    lean = np.degrees(np.arccos(np.clip(pushes @ mean / max(length, 1e-9), -1, 1)))
    worst = int(lean.argmax())
    if length < 1e-6 or lean[worst] > rules.most_lean_deg:
        raise NoPlanError(
            f"needle '{needles[worst].name}' leans {lean[worst]:.0f} degrees from the mean of {len(needles)}",
            f"at most {rules.most_lean_deg:g} degrees for one guide template",
            "make one template for each side",
        )
    w = -mean / length
    up, name = (HEAD, "head") if abs(w @ HEAD) < ALONG_BODY else (FRONT, "front")
    v = up - (up @ w) * w
    v /= np.linalg.norm(v)
    origin = np.array([needle.entry_mm for needle in needles], dtype=float).mean(axis=0)
    return Frame(origin, np.stack([np.cross(v, w), v, w]), name)


def spread_deg(needles: Sequence[Needle]) -> float:
    """Return the largest angle between a needle and the mean of all, degrees; 0 for parallel needles.

    Examples
    --------
    >>> spread_deg([Needle("A", (0, 0, 0), (1, 0, 0)), Needle("B", (0, 5, 0), (9, 5, 0))])
    0.0
    """
    pushes = np.array([needle.direction for needle in needles])
    mean = pushes.mean(axis=0)
    mean /= np.linalg.norm(mean)
    across = np.linalg.norm(np.cross(pushes, mean), axis=1)
    return float(np.degrees(np.arctan2(across, pushes @ mean)).max())


def lattice_names(places_mm: FloatArray, *, step_mm: float, tolerance_mm: float) -> tuple[str, ...]:
    """Name holes by column (A, B, from the smallest u) and row (1, 2, from the smallest v) of a lattice.

    Parameters
    ----------
    places_mm : ndarray, shape (n, 2)
        u and v of parallel holes.
    step_mm : float
        Distance of the lattice's holes.
    tolerance_mm : float
        All holes lie this near to it, else none is named.

    Returns
    -------
    tuple of str
        Names, or as many empty ones.

    Examples
    --------
    >>> lattice_names(np.array([[0.0, 0.0], [10.0, 5.0]]), step_mm=5.0, tolerance_mm=0.25)
    ('A1', 'C2')
    >>> lattice_names(np.array([[0.0, 0.0], [7.5, 5.0]]), step_mm=5.0, tolerance_mm=0.25)
    ('', '')
    """
    away = (places_mm - places_mm.min(axis=0)) / step_mm
    count = np.rint(away).astype(int)
    if np.abs(away - count).max() * step_mm > tolerance_mm:
        return ("",) * len(places_mm)
    return tuple(f"{_letters(int(column))}{row + 1}" for column, row in count)


def _letters(column: int) -> str:
    """Count A to Z, then AA, AB, as the columns of a spreadsheet."""
    text = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, LETTERS)
        text = chr(ord("A") + letter) + text
    return text
