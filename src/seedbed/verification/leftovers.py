"""Seeds without a partner: planned and not found, found and not planned, and why where that is known."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import RigidTransform
from seedbed.verification.matching import Match, checked_points

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NOT_KNOWN = "no reason known"
SAME_SEED_MM = 2.5
"""Closer to a seed that has a partner, a found seed may be the same one found twice: two capsules lie so
close only side by side, which is rare. Local rule: half the length of a seed, rounded up."""


@dataclass(frozen=True)
class UnpairedSeed:
    """A planned seed that was not found, or a found seed that was not planned.

    Attributes
    ----------
    number : int
        Among the planned (missing) or the found seeds (extra), from 0.
    position_mm : ndarray, shape (3,)
        The planned place, carried along by the drift where one is given; or where the seed was found.
    reason : str
        Why, in words; `NOT_KNOWN` where nothing points to one.
    """

    number: int
    position_mm: FloatArray
    reason: str


def missing_seeds(
    planned_mm: FloatArray,
    match: Match,
    *,
    drift: RigidTransform | None = None,
    in_image: Callable[[FloatArray], BoolArray] | None = None,
    migrated: Collection[int] = (),
) -> tuple[UnpairedSeed, ...]:
    """List the planned seeds that were not found.

    Parameters
    ----------
    planned_mm : ndarray, shape (n, 3)
    match : Match
    drift : RigidTransform, optional
        Of a `DriftedMatch`: the place is looked for where the implant really lies.
    in_image : callable, optional
        Whether points (n, 3) lie in the field of the CT, (n,).
    migrated : collection of int
        Found seeds that have migrated; each may be a missing one.

    Examples
    --------
    >>> from seedbed.verification import match_seeds
    >>> plan = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 90.0]])
    >>> match = match_seeds(plan, plan[:1])
    >>> missing_seeds(plan, match, in_image=lambda points: points[:, 2] < 50)[0].reason
    'the place lies outside the CT'
    """
    planned = checked_points(planned_mm, "planned")
    places = planned[match.missing] if drift is None else drift.apply(planned[match.missing])
    seen = np.ones(len(places), dtype=bool) if in_image is None else np.asarray(in_image(places), dtype=bool)
    inside = _why_missing(len(migrated))
    return tuple(
        UnpairedSeed(int(number), place, inside if within else "the place lies outside the CT")
        for number, place, within in zip(match.missing, places, seen, strict=True)
    )


def extra_seeds(
    found_mm: FloatArray, match: Match, *, migrated: Collection[int] = ()
) -> tuple[UnpairedSeed, ...]:
    """List the found seeds that were not planned.

    Parameters
    ----------
    found_mm : ndarray, shape (m, 3)
    match : Match
    migrated : collection of int
        Found seeds that have migrated, as `migrated_seeds` numbers them.

    Examples
    --------
    >>> from seedbed.verification import match_seeds
    >>> plan = np.zeros((1, 3))
    >>> seen = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    >>> extra_seeds(seen, match_seeds(plan, seen))[0].reason
    'may be another seed found twice: one lies 1.0 mm away'
    """
    found = checked_points(found_mm, "found")
    paired = found[match.found]
    return tuple(
        UnpairedSeed(int(number), found[number], _why_extra(found[number], paired, number in migrated))
        for number in match.extra
    )


def _why_missing(migrated: int) -> str:
    if migrated == 0:
        return NOT_KNOWN
    return "may be the migrated seed" if migrated == 1 else f"may be one of {migrated} migrated seeds"


def _why_extra(place: FloatArray, paired: FloatArray, migrated: bool) -> str:
    if migrated:
        return "a migrated seed; it may be a missing one"
    apart = float(np.linalg.norm(paired - place, axis=1).min()) if len(paired) else np.inf
    if apart < SAME_SEED_MM:
        return f"may be another seed found twice: one lies {apart:.1f} mm away"
    return NOT_KNOWN
