"""Drift: how an implant as a whole lies shifted and turned from its plan, and whether that is chance.

Seeds of one needle move together, so the standard errors are those of groups of pairs, not of single pairs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform, best_rigid
from seedbed.verification.matching import checked_points
from seedbed.verification.place import DIRECTIONS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_FOR_DRIFT = 4
"""With fewer pairs a drift is no more than the displacement of single seeds; local rule."""
LEAST_FOR_TURN = 6
"""Three pairs fix a turn without leaving a remainder that could tell its error; twice as many, local rule."""
LEAST_WIDTH_MM = 3.0
"""Seeds that lie closer to one line (root mean square) do not tell a turn about it: 20 seeds that scatter by
2 mm would leave it uncertain by 8 degrees; local rule."""
LEAST_GROUPS = 6
"""Hotelling's test in three directions has no power with fewer needles; local rule."""
TAKEN_BY_FIT = 2
"""Groups that the shift and the turn use up: six numbers in three directions."""
MORE_THAN_CHANCE = 0.01
"""Probability by chance below which a drift is called real; local rule."""
EXACT_MM = 1e-6


@dataclass(frozen=True)
class SystematicDrift:
    """Shift and turn of an implant against its plan.

    Attributes
    ----------
    motion : RigidTransform
        Carries planned onto found places.
    centre_mm : ndarray, shape (3,)
        Middle of the planned places of the pairs, LPS mm.
    shift_mm : ndarray, shape (3,)
        Shift at that centre.
    shift_se_mm : ndarray, shape (3,)
        Its standard errors.
    turn_deg : ndarray, shape (3,), or None
        Rotation vector about the centre, degrees, right-handed in LPS. None where the seeds lie on one line
        or are too few to tell a turn.
    turn_se_deg : ndarray, shape (3,), or None
        Its standard errors.
    shift_chance, turn_chance : float or None
        Probability of so large a shift or turn by chance; None where it cannot be told.
    remarks : tuple of str
        What could not be told, in sentences.
    """

    motion: RigidTransform
    centre_mm: FloatArray
    shift_mm: FloatArray
    shift_se_mm: FloatArray
    turn_deg: FloatArray | None
    turn_se_deg: FloatArray | None
    shift_chance: float | None
    turn_chance: float | None
    remarks: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Shift and turn in words, each with its standard error and what chance would do; then remarks."""
        told = [
            f"The implant lies {shift_words(self.shift_mm, self.shift_se_mm)}{_chance(self.shift_chance)}."
        ]
        if self.turn_deg is not None and self.turn_se_deg is not None:
            turn = turn_words(self.turn_deg, self.turn_se_deg)
            told.append(f"It is turned {turn}{_chance(self.turn_chance)}.")
        return (*told, *self.remarks)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return " ".join(self.sentences)


def systematic_drift(
    planned_mm: FloatArray, found_mm: FloatArray, *, groups: IntArray | None = None
) -> SystematicDrift:
    """Estimate the drift of an implant from its pairs.

    The turn and shift of least squares; their covariance by the sandwich of groups of pairs that move
    together (as the seeds of a needle do), and Hotelling's T2 of the shift, and of the turn, with it.

    Parameters
    ----------
    planned_mm, found_mm : ndarray, shape (k, 3)
        Pairs, k at least `LEAST_FOR_DRIFT`.
    groups : ndarray of int, shape (k,), optional
        Number of the needle of each pair; -1 or not given, each pair is its own group.

    Raises
    ------
    InputError
        Fewer pairs, unequal numbers, positions that are not finite.

    References
    ----------
    Hotelling, Ann Math Stat 2 (1931) 360; Cameron and Miller, J Hum Resour 50 (2015) 317 (groups).

    Examples
    --------
    >>> corners = 20.0 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1]])
    >>> drift = systematic_drift(corners, corners + [3.0, 0.0, -1.0])
    >>> drift.shift_mm.round(6).tolist(), bool(np.abs(drift.turn_deg).max() < 1e-6)
    ([3.0, 0.0, -1.0], True)
    """
    planned, found = checked_points(planned_mm, "planned"), checked_points(found_mm, "found")
    if len(planned) != len(found) or len(planned) < LEAST_FOR_DRIFT:
        raise InputError(
            f"{len(planned)} planned and {len(found)} found places",
            f"at least {LEAST_FOR_DRIFT} pairs",
            "state the displacements of the single seeds",
        )
    group = own_groups(groups, len(planned))
    turns = tells_turn(planned)
    motion, centre = fit_motion(planned, found), planned.mean(axis=0)
    design = _design((planned - centre) @ motion.rotation.T, turns)
    residual = found - motion.apply(planned)
    value = np.concatenate([motion.shift_at_mm(centre), np.radians(motion.turn_deg)])
    error, chances = _errors(design, residual, group, value)
    return SystematicDrift(
        motion=motion,
        centre_mm=centre,
        shift_mm=value[:3],
        shift_se_mm=error[:3],
        turn_deg=motion.turn_deg if turns else None,
        turn_se_deg=np.degrees(error[3:]) if turns else None,
        shift_chance=chances[0],
        turn_chance=chances[1] if turns else None,
        remarks=_remarks(len(planned), turns, group, groups is None),
    )


def tells_turn(planned_mm: FloatArray) -> bool:
    """Whether places are enough, and far enough from one line, to tell a turn.

    Examples
    --------
    >>> tells_turn(np.outer(np.arange(8.0), [5.0, 0.0, 0.0]))
    False
    """
    if len(planned_mm) < LEAST_FOR_TURN:
        return False
    spread = np.linalg.svd(planned_mm - planned_mm.mean(axis=0), compute_uv=False)
    return bool(spread[1] >= LEAST_WIDTH_MM * np.sqrt(len(planned_mm)))


def fit_motion(planned_mm: FloatArray, found_mm: FloatArray) -> RigidTransform:
    """Return the best shift and turn of at least one pair; the shift alone where a turn cannot be told."""
    if tells_turn(planned_mm):
        return best_rigid(planned_mm, found_mm)
    return RigidTransform(np.eye(3), (found_mm - planned_mm).mean(axis=0))


def shift_words(shift_mm: FloatArray, error_mm: FloatArray | None = None) -> str:
    """Say a shift by direction, with its standard errors where given.

    Examples
    --------
    >>> shift_words(np.array([-6.21, 0.02, 3.0]), np.array([0.4, 0.4, 0.5]))
    '6.2 mm right (standard error 0.4), 0.0 mm posterior (0.4) and 3.0 mm superior (0.5)'
    """
    parts = [
        f"{abs(step):.1f} mm {names[int(step > 0)]}" for step, names in zip(shift_mm, DIRECTIONS, strict=True)
    ]
    if error_mm is not None:
        first = ("standard error ", "", "")
        parts = [
            f"{part} ({word}{error:.1f})" for part, word, error in zip(parts, first, error_mm, strict=True)
        ]
    return f"{parts[0]}, {parts[1]} and {parts[2]}"


def turn_words(turn_deg: FloatArray, error_deg: FloatArray) -> str:
    """Say a turn: its angle, the body axis that its own axis is nearest to, and which side goes where.

    Examples
    --------
    >>> turn_words(np.array([0.0, 1.0, 10.0]), np.array([0.5, 0.5, 0.6]))
    '10.0 degrees (standard error 0.6) about inferior-superior (6 degrees off), its left side to posterior'
    """
    angle = float(np.linalg.norm(turn_deg))
    if angle < 1e-6:
        return "0.0 degrees"
    along = turn_deg / angle
    error = float(np.sqrt(along**2 @ error_deg**2))
    main = int(np.abs(along).argmax())
    side, goes = (main + 1) % 3, (main + 2) % 3
    away = np.degrees(np.arccos(min(abs(along[main]), 1.0)))
    sides = f"its {DIRECTIONS[side][1]} side to {DIRECTIONS[goes][int(along[main] > 0)]}"
    return (
        f"{angle:.1f} degrees (standard error {error:.1f}) about {'-'.join(DIRECTIONS[main])} "
        f"({away:.0f} degrees off), {sides}"
    )


def _chance(chance: float | None) -> str:
    if chance is None:
        return ""
    shown = "p < 0.001" if chance < 0.001 else f"p = {chance:.3f}"
    return f", {'more' if chance < MORE_THAN_CHANCE else 'no more'} than chance explains ({shown})"


def own_groups(groups: IntArray | None, count: int) -> IntArray:
    """Return the needle of each pair; pairs of no needle are groups of their own, with numbers below 0."""
    own = -1 - np.arange(count)
    if groups is None:
        return own
    return np.where(np.asarray(groups) >= 0, groups, own)


def _design(arms_mm: FloatArray, turns: bool) -> FloatArray:
    """How each place moves with the three shifts (mm) and three turns (rad), shape (k, 3, 3 or 6)."""
    shift = np.broadcast_to(np.eye(3), (len(arms_mm), 3, 3))
    if not turns:
        return shift
    turn = np.stack([np.cross(unit, arms_mm) for unit in np.eye(3)], axis=2)
    return np.concatenate([shift, turn], axis=2)


def _errors(
    design: FloatArray, residual: FloatArray, group: IntArray, value: FloatArray
) -> tuple[FloatArray, tuple[float | None, float | None]]:
    """Return the standard errors of shift and turn, and the chance of each."""
    count, unknown = 3 * len(residual), design.shape[2]
    bread = np.linalg.inv(np.einsum("kij,kil->jl", design, design))
    names, number = np.unique(group, return_inverse=True)
    if len(names) < LEAST_GROUPS:
        pooled = bread * (residual**2).sum() / (count - unknown)
        return np.sqrt(np.diag(pooled)), (None, None)
    sums = np.zeros((len(names), unknown))
    np.add.at(sums, number, np.einsum("kij,ki->kj", design, residual))
    freedom = len(names) - TAKEN_BY_FIT
    wider = len(names) / freedom * (count - 1) / (count - unknown)
    covariance = wider * bread @ (sums.T @ sums) @ bread
    exact = bool(np.abs(residual).max() < EXACT_MM)
    blocks = [slice(first, first + 3) for first in range(0, unknown, 3)]
    chances = [_hotelling(value[block], covariance[block, block], freedom, exact) for block in blocks]
    return np.sqrt(np.diag(covariance)), (chances[0], chances[-1])


def _hotelling(value: FloatArray, covariance: FloatArray, freedom: int, exact: bool) -> float:
    if exact:
        return 1.0 if np.abs(value).max() < EXACT_MM else 0.0
    squared = float(value @ np.linalg.pinv(covariance, hermitian=True) @ value)
    from scipy.stats import f as f_distribution

    return float(f_distribution.sf(squared * (freedom - 2) / (3 * freedom), 3, freedom - 2))


def _remarks(count: int, turns: bool, group: IntArray, unknown: bool) -> tuple[str, ...]:
    remarks = []
    if not turns:
        why = f"{count} pairs are too few" if count < LEAST_FOR_TURN else "the seeds lie near one line"
        remarks.append(f"A turn cannot be told, as {why}: only the shift is stated.")
    if len(np.unique(group)) < LEAST_GROUPS:
        short = f"{'seeds' if unknown else 'needles'}: whether the drift is chance cannot be told."
        remarks.append(f"The pairs are of fewer than {LEAST_GROUPS} {short}")
    elif unknown:
        remarks.append(
            "The needles are not known, so each seed counted as moved on its own: where seeds of one needle "
            "move together, the standard errors are larger."
        )
    return tuple(remarks)
