"""What a hand does to a plan: seeds and needles moved, added, taken away; each edit gives a new implant."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from seedbed.errors import DoseError, NoPlanError
from seedbed.implant import Needle, SeedImplant

FloatArray = NDArray[np.float64]
Place = Sequence[float] | FloatArray
ON_NEEDLE_MM = 1.0
"""A seed this near to its needle lies on it: the width of an 18G needle, rounded down; local rule."""
SHORTEST_NEEDLE_MM = 1.0


def seed_moved(implant: SeedImplant, seed: int, position_mm: Place, axis: Place | None = None) -> SeedImplant:
    """Put one seed elsewhere; a seed of a needle stays on its needle.

    Raises
    ------
    DoseError
        No seed of that number, a place or axis without meaning.
    NoPlanError
        A place beside the seed's needle.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> seed_moved(implant, 0, (1.0, 2.0, 3.0)).positions_mm.tolist()
    [[1.0, 2.0, 3.0]]
    """
    after = implant.with_seed_at(seed, _place(position_mm), None if axis is None else _place(axis))
    needle = int(implant.needle_index[seed])
    if 0 <= needle < len(implant.needles):
        before_mm = _beside_mm(implant.needles[needle], implant.positions_mm[seed])
        _refuse_beside(implant.needles[needle], after.positions_mm[seed], max(ON_NEEDLE_MM, before_mm))
    return after


def seed_added(
    implant: SeedImplant,
    position_mm: Place,
    *,
    strength_u: float,
    needle: int | None = None,
    axis: Place | None = None,
) -> SeedImplant:
    """Add a seed, which is the last; on a needle it points along the needle, and lies on it.

    Raises
    ------
    DoseError
        A place, axis, strength or needle number without meaning.
    NoPlanError
        A place beside the needle.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> seed_added(implant, (0.0, 0.0, 9.0), strength_u=0.9).count
    2
    """
    along = None if axis is None else _place(axis)
    if needle is not None:
        line = needle_of(implant, needle)
        _refuse_beside(line, _place(position_mm), ON_NEEDLE_MM)
        if along is None and not (implant.count and implant.axes is None):
            along = line.direction
    if along is None and implant.count and implant.axes is not None:
        came, expected = "a seed without an axis", "one with an axis, as other seeds have it"
        raise DoseError(came, expected, "give it an axis or a needle")
    after = implant.with_seed(_place(position_mm), along, strength_u)
    if needle is None:
        return after
    return replace(after, needle_index=np.append(implant.needle_index, needle))


def needle_moved(implant: SeedImplant, needle: int, entry_mm: Place, tip_mm: Place) -> SeedImplant:
    """Put a needle elsewhere; its seeds keep their distance from its tip and turn with it.

    Raises
    ------
    DoseError
        No needle of that number, a needle of no length.

    Examples
    --------
    >>> line = Needle("N1", (0.0, 0.0, 50.0), (0.0, 0.0, 0.0))
    >>> implant = SeedImplant("6711", np.array([[0, 0, 5.0]]), None, np.ones(1), (line,), np.array([0]))
    >>> needle_moved(implant, 0, (50.0, 0.0, 0.0), (0.0, 0.0, 0.0)).positions_mm.round(9).tolist()
    [[5.0, 0.0, 0.0]]
    """
    before = needle_of(implant, needle)
    after = _needle(before.name, entry_mm, tip_mm)
    seeds = implant.needle_index == needle
    turn = _turn(before.direction, after.direction)
    positions, axes = implant.positions_mm.copy(), None if implant.axes is None else implant.axes.copy()
    positions[seeds] = np.asarray(after.tip_mm) + (positions[seeds] - before.tip_mm) @ turn.T
    if axes is not None:
        axes[seeds] = axes[seeds] @ turn.T
    needles = (*implant.needles[:needle], after, *implant.needles[needle + 1 :])
    return replace(implant, positions_mm=positions, axes=axes, needles=needles)


def needle_added(
    implant: SeedImplant, entry_mm: Place, tip_mm: Place, depths_mm: Sequence[float], *, strength_u: float
) -> SeedImplant:
    """Add a needle with seeds, their centres at depths from its entry, mm; they come last.

    Raises
    ------
    DoseError
        A needle of no length, a strength without meaning.
    NoPlanError
        A seed deeper than the tip or before the entry.

    Examples
    --------
    >>> empty = SeedImplant("6711", np.empty((0, 3)), np.empty((0, 3)), np.empty(0))
    >>> needle_added(empty, (0, 0, 50), (0, 0, 0), [40.0, 45.0], strength_u=0.9).positions_mm[:, 2].tolist()
    [10.0, 5.0]
    """
    line = _needle(_free_name(implant), entry_mm, tip_mm)
    after = replace(implant, needles=(*implant.needles, line))
    for depth in depths_mm:
        if not 0 <= depth <= line.length_mm:
            raise NoPlanError(
                f"a seed {depth:g} mm deep on a needle of {line.length_mm:.1f} mm",
                "a depth from its entry to its tip",
                "correct the depth, or push the needle deeper",
            )
        place = np.asarray(line.entry_mm) + depth * line.direction
        after = seed_added(after, place, strength_u=strength_u, needle=len(implant.needles))
    return after


def needle_removed(implant: SeedImplant, needle: int) -> SeedImplant:
    """Take a needle away, with its seeds; the needles after it move up by one number.

    Raises
    ------
    DoseError
        No needle of that number.

    Examples
    --------
    >>> line = Needle("N1", (0.0, 0.0, 50.0), (0.0, 0.0, 0.0))
    >>> implant = SeedImplant("6711", np.array([[0, 0, 5.0]]), None, np.ones(1), (line,), np.array([0]))
    >>> left = needle_removed(implant, 0)
    >>> left.count, left.needles
    (0, ())
    """
    needle_of(implant, needle)
    left = implant.only(np.flatnonzero(implant.needle_index != needle).tolist())
    index = left.needle_index - (left.needle_index > needle)
    return replace(left, needles=implant.needles[:needle] + implant.needles[needle + 1 :], needle_index=index)


def strength_set(implant: SeedImplant, strength_u: float, seeds: Sequence[int] | None = None) -> SeedImplant:
    """Give seeds another strength, U; all seeds where none are named.

    Raises
    ------
    DoseError
        No seed of one of the numbers, a strength without meaning.

    Examples
    --------
    >>> strength_set(SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2)), 0.5, [1]).strengths_u
    array([1. , 0.5])
    """
    implant.only([] if seeds is None else seeds)  # refuses numbers that are none
    strengths = implant.strengths_u.copy()
    strengths[slice(None) if seeds is None else list(seeds)] = strength_u
    return replace(implant, strengths_u=strengths)


def needle_of(implant: SeedImplant, needle: int) -> Needle:
    """Return a needle by its number from 0.

    Raises
    ------
    DoseError
        No needle of that number.

    Examples
    --------
    >>> needle_of(SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1)), 0)
    Traceback (most recent call last):
    seedbed.errors.DoseError: needle number 0; expected none: the plan has no needles; ...
    """
    if not 0 <= needle < len(implant.needles):
        last = len(implant.needles) - 1
        expected = f"a number from 0 to {last}" if last >= 0 else "none: the plan has no needles"
        raise DoseError(f"needle number {needle}", expected, "count the needles from 0")
    return implant.needles[needle]


def _place(numbers: Place) -> FloatArray:
    place = np.asarray(numbers, dtype=float)
    if place.shape != (3,) or not np.isfinite(place).all():
        raise DoseError(
            f"the place or axis {np.asarray(numbers).tolist()}", "three finite numbers", "check it"
        )
    return place


def _needle(name: str, entry_mm: Place, tip_mm: Place) -> Needle:
    entry, tip = _place(entry_mm), _place(tip_mm)
    length = float(np.linalg.norm(tip - entry))
    if length < SHORTEST_NEEDLE_MM:
        raise DoseError(
            f"a needle of {length:.2g} mm",
            f"at least {SHORTEST_NEEDLE_MM:g} mm",
            "set its entry and its tip apart",
        )
    (x, y, z), (u, v, w) = entry.tolist(), tip.tolist()
    return Needle(name, (x, y, z), (u, v, w))


def _free_name(implant: SeedImplant) -> str:
    taken = {needle.name for needle in implant.needles}
    return next(f"N{n}" for n in range(len(taken) + 1, 2 * len(taken) + 2) if f"N{n}" not in taken)


def _beside_mm(needle: Needle, place_mm: FloatArray) -> float:
    """Distance of a place from a needle, which ends at its entry and its tip."""
    from_entry = place_mm - np.asarray(needle.entry_mm)
    depth = np.clip(from_entry @ needle.direction, 0.0, needle.length_mm)
    return float(np.linalg.norm(from_entry - depth * needle.direction))


def _refuse_beside(needle: Needle, place_mm: FloatArray, allowed_mm: float) -> None:
    beside = _beside_mm(needle, place_mm)
    if beside > allowed_mm + 1e-9:
        raise NoPlanError(
            f"a seed {beside:.1f} mm beside its needle '{needle.name}'",
            f"at most {allowed_mm:.1f} mm, since a seed leaves the needle at its tip and lies along it",
            "move it along the needle, move the needle, or add another",
        )


def _turn(before: FloatArray, after: FloatArray) -> FloatArray:
    """Smallest rotation, shape (3, 3), that takes one unit vector to another."""
    axis, cosine = np.cross(before, after), float(before @ after)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-12:
        if cosine > 0:
            return np.eye(3)
        axis = np.cross(before, np.eye(3)[int(np.abs(before).argmin())])
    unit = axis / np.linalg.norm(axis)
    matrix: FloatArray = Rotation.from_rotvec(np.arctan2(sine, cosine) * unit).as_matrix()
    return matrix
