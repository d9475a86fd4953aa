"""Rigid motion: a turn and a shift, and the one that best carries points onto points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError

FloatArray = NDArray[np.float64]
ROTATION_TOLERANCE = 1e-6


@dataclass(frozen=True)
class RigidTransform:
    """Points turned about the origin, then shifted: ``x -> R x + t``.

    Attributes
    ----------
    rotation : ndarray, shape (3, 3)
        A proper rotation: orthonormal, determinant 1.
    shift_mm : ndarray, shape (3,)

    Raises
    ------
    InputError
        A matrix that is no rotation, or numbers that are not finite.

    Examples
    --------
    >>> quarter = RigidTransform(np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]), np.array([5.0, 0, 0]))
    >>> quarter.apply(np.array([[1.0, 0, 0]])).tolist(), round(quarter.angle_deg)
    ([[5.0, 1.0, 0.0]], 90)
    """

    rotation: FloatArray
    shift_mm: FloatArray

    def __post_init__(self) -> None:
        turn, shift = np.asarray(self.rotation, dtype=float), np.asarray(self.shift_mm, dtype=float)
        sound = turn.shape == (3, 3) and shift.shape == (3,)
        if sound:
            off = np.abs(turn @ turn.T - np.eye(3)).max()
            sound = bool(np.isfinite(shift).all() and off <= ROTATION_TOLERANCE and np.linalg.det(turn) > 0)
        if not sound:
            raise InputError(
                f"a motion of {turn.tolist()} and {shift.tolist()}",
                "a rotation of shape (3, 3) and a finite shift of shape (3,)",
                "register the images again",
            )
        object.__setattr__(self, "rotation", turn)
        object.__setattr__(self, "shift_mm", shift)

    @classmethod
    def none(cls) -> "RigidTransform":
        """Return the motion that leaves everything where it is."""
        return cls(np.eye(3), np.zeros(3))

    def apply(self, points_mm: FloatArray) -> FloatArray:
        """Move points, shape (n, 3) -> (n, 3), mm."""
        moved: FloatArray = np.asarray(points_mm, dtype=float) @ self.rotation.T + self.shift_mm
        return moved

    def turn(self, directions: FloatArray) -> FloatArray:
        """Turn directions, shape (n, 3) -> (n, 3); they are not shifted."""
        turned: FloatArray = np.asarray(directions, dtype=float) @ self.rotation.T
        return turned

    def inverse(self) -> "RigidTransform":
        """Return the way back."""
        back = self.rotation.T
        return RigidTransform(back, -back @ self.shift_mm)

    def after(self, first: "RigidTransform") -> "RigidTransform":
        """Return this motion done after another."""
        return RigidTransform(self.rotation @ first.rotation, self.rotation @ first.shift_mm + self.shift_mm)

    def shift_at_mm(self, point_mm: FloatArray) -> FloatArray:
        """Return how far one point is moved, shape (3,), mm: unlike ``shift_mm``, free of the origin."""
        moved: FloatArray = self.apply(np.asarray(point_mm, dtype=float)[None])[0] - point_mm
        return moved

    @property
    def turn_deg(self) -> FloatArray:
        """Rotation vector, degrees, shape (3,): its direction is the axis, its length the angle."""
        turn: FloatArray = Rotation.from_matrix(self.rotation).as_rotvec(degrees=True)
        return turn

    @property
    def angle_deg(self) -> float:
        """Angle of the turn, 0 to 180 degrees."""
        return float(np.linalg.norm(self.turn_deg))


def best_rigid(points_mm: FloatArray, onto_mm: FloatArray) -> RigidTransform:
    """Return the rigid motion that carries points onto others with the least sum of squares.

    Parameters
    ----------
    points_mm, onto_mm : ndarray, shape (n, 3)
        Pairs, n of at least 3, not all on one line.

    Raises
    ------
    InputError
        Fewer than three pairs, or points on one line, about which any turn fits as well.

    References
    ----------
    Kabsch, Acta Cryst A32 (1976) 922, doi 10.1107/S0567739476001873.

    Examples
    --------
    >>> corners = np.array([[0.0, 0, 0], [10, 0, 0], [0, 10, 0]])
    >>> best_rigid(corners, corners + [1.0, 2.0, 3.0]).shift_mm.round(6).tolist()
    [1.0, 2.0, 3.0]
    """
    points, onto = np.asarray(points_mm, dtype=float), np.asarray(onto_mm, dtype=float)
    if points.shape != onto.shape or points.ndim != 2 or points.shape[1:] != (3,) or len(points) < 3:
        raise InputError(
            f"points of shape {points.shape} onto points of shape {onto.shape}",
            "at least three pairs",
            "state the shift alone",
        )
    middle, onto_middle = points.mean(axis=0), onto.mean(axis=0)
    spread = np.linalg.svd(points - middle, compute_uv=False)
    if spread[1] <= 1e-6 * max(spread[0], 1e-9):
        raise InputError("points on one line", "points that span a plane", "state the shift alone")
    turn = Rotation.align_vectors(onto - onto_middle, points - middle)[0].as_matrix()
    return RigidTransform(turn, onto_middle - turn @ middle)
