"""What a person changed in the list of found seeds: added, deleted, moved, turned; and the list that results.

A seed keeps the number that the finder gave it, so that a list can be edited, saved and compared at any time.
What a person places is certain to be a seed, and is placed about as well as a voxel or a slice allows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from seedbed.errors import InputError
from seedbed.verification.seed_list import (
    ADDED,
    FOUND,
    MOVED,
    UNKNOWN_AXIS_SD_DEG,
    FloatArray,
    IntArray,
    SeedTable,
)

Vector = tuple[float, float, float]

SAME_MM, SAME_DEG = 0.1, 1.0
"""Smaller changes are what a spreadsheet rounds away; nobody places a seed so finely (local rules)."""
MOST_MOVED_MM = 30.0
"""Further away it is another seed, or the list of another CT (local rule)."""
CLOSEST_MM = 0.8
"""Diameter of the capsule: the centres of two seeds cannot be nearer."""
FEW = 3
"""With so many numbered seeds, none of them in its place, a list is of another CT (local rule)."""
PLACED_SD_MM = 1.0
"""Standard deviation of the place of a seed set by hand, or half a slice where that is more (local rule)."""
TURNED_SD_DEG = 10.0
"""The same of an axis set by hand: two ends 4.5 mm apart, each half a voxel of 0.8 mm off (local rule)."""


@dataclass(frozen=True)
class SeedMove:
    """A found seed that a person moved or turned.

    Attributes
    ----------
    number : int
    from_mm, to_mm : (x, y, z)
    by_mm : float
        0 where the seed was only turned.
    turned_deg : float or None
        0 where its axis was left; None where the axis was or became unknown.
    """

    number: int
    from_mm: Vector
    to_mm: Vector
    by_mm: float
    turned_deg: float | None


@dataclass(frozen=True, eq=False)
class SeedEdits:
    """What a person changed, and the list that results.

    Attributes
    ----------
    kept : tuple of int
        Numbers of the seeds that are as they were found.
    moved : tuple of SeedMove
    deleted : tuple of int
        Numbers of found seeds that are no longer there.
    added : tuple of int
        Numbers that the added seeds have in `final`: their own, or the next that no seed ever had.
    final : SeedTable
        The seeds to go on with, by number.
    """

    kept: tuple[int, ...]
    moved: tuple[SeedMove, ...]
    deleted: tuple[int, ...]
    added: tuple[int, ...]
    final: SeedTable

    @property
    def any(self) -> bool:
        """Whether anything was changed."""
        return bool(self.moved or self.deleted or self.added)


def compare_edits(found: SeedTable, table: SeedTable, *, slice_mm: float) -> SeedEdits:
    """Compare a list that a person edited with what was found.

    A seed of the list without a number that lies where a found one does is that found one, its number erased.

    Parameters
    ----------
    found : SeedTable
        Of `found_table`.
    table : SeedTable
        The edited list.
    slice_mm : float
        Between slices, above 0.

    Raises
    ------
    InputError
        A number that was not found and is no added seed's; a seed moved too far, or to where another was
        found; two seeds nearer than their diameter, one of them set by hand; no seed where it was found.

    Examples
    --------
    >>> from seedbed.verification.seed_list import found_table
    >>> two = np.ones(2)
    >>> found = found_table(
    ...     np.array([[0.0, 0, 0], [9, 0, 0]]),
    ...     np.zeros((2, 3)),
    ...     confidence=two,
    ...     axis_sd_deg=90 * two,
    ...     position_sd_mm=two,
    ... )
    >>> edits = compare_edits(found, found.chosen(np.array([1])), slice_mm=2.5)
    >>> edits.deleted, edits.kept, edits.moved, edits.added
    ((1,), (2,), (), ())
    """
    partner = _partners(found, table)
    known = np.flatnonzero(partner >= 0)
    known = known[np.argsort(partner[known])]
    before, now = found.chosen(partner[known]), table.chosen(known)
    by_mm = _by_mm(before, now)
    turned = _turned_deg(before.axes, now.axes)
    _refuse_another_finding(found, now, by_mm)
    placed_sd = max(PLACED_SD_MM, slice_mm / 2)
    added = _added(found, table, np.flatnonzero(partner < 0), placed_sd)
    final = _joined(_settled(before, now, by_mm, turned, placed_sd), added)
    _refuse_crowded(final, np.concatenate([by_mm > 0, np.ones(added.count, dtype=bool)]))
    changed = (by_mm > 0) | (turned != 0)
    return SeedEdits(
        kept=_plain(before.numbers[~changed]),
        moved=tuple(_moves(before.chosen(np.flatnonzero(changed)), final, turned[changed])),
        deleted=_plain(np.setdiff1d(found.numbers, before.numbers)),
        added=_plain(added.numbers),
        final=final,
    )


def _partners(found: SeedTable, table: SeedTable) -> IntArray:
    """Return which found seed each of the list is, as an index, or -1 for an added one.

    A seed that lies where one was found is that one, whatever its number: with another count of seeds
    implanted they may be numbered otherwise. The others go by their numbers.
    """
    partner = _by_place(found, table)
    for index in np.flatnonzero((partner < 0) & (table.numbers > 0)):
        number, origin = int(table.numbers[index]), table.origin[index]
        if number <= found.count and origin != ADDED:
            if number - 1 not in partner:
                partner[index] = number - 1
        elif origin in (FOUND, MOVED):
            raise InputError(
                f"{table.called(int(index))} is called '{origin}', and {found.count} seeds were found",
                f"a number up to {found.count}, or a seed that was added",
                "take the list of this CT, or leave number and origin of a seed that you add empty",
            )
    return partner


def _by_place(found: SeedTable, table: SeedTable) -> IntArray:
    """Pair the seeds of the list with those found at the same place, the nearest first; -1 where none is."""
    partner = np.full(table.count, -1)
    apart = cdist(table.positions_mm, found.positions_mm)
    near = np.argwhere(apart <= SAME_MM)
    for row, column in near[np.argsort(apart[tuple(near.T)], kind="stable")]:
        if partner[row] < 0 and column not in partner:
            partner[row] = column
    return partner


def _by_mm(before: SeedTable, now: SeedTable) -> FloatArray:
    """How far each seed was moved; 0 for what is no more than rounding."""
    moved: FloatArray = np.linalg.norm(now.positions_mm - before.positions_mm, axis=1)
    return np.where(moved > SAME_MM, moved, 0.0)


def _turned_deg(before: FloatArray, now: FloatArray) -> FloatArray:
    """How far each axis was turned: 0 for rounding or a changed sign, NaN where one of both is not known."""
    unknown_before, unknown_now = ~before.any(axis=1), ~now.any(axis=1)
    cosine = np.abs((before * now).sum(axis=1)).clip(max=1.0)
    turned: FloatArray = np.degrees(np.arccos(cosine))
    turned[(turned <= SAME_DEG) | (unknown_before & unknown_now)] = 0.0
    turned[unknown_before != unknown_now] = np.nan
    return turned


def _refuse_another_finding(found: SeedTable, now: SeedTable, by_mm: FloatArray) -> None:
    """Refuse a list that was not made from these found seeds.

    What a list itself calls moved is of this search, so that every seed of a small implant may be moved.
    """
    other = (
        "take the list that was written for this CT and count; to replace a seed, delete its row and add one"
    )
    said = np.array([each == MOVED for each in now.origin], dtype=bool)
    if now.count >= FEW and by_mm.all() and not said.all():
        raise InputError(
            f"none of {now.count} numbered seeds lies where it was found", "an edited list of this CT", other
        )
    for index in np.flatnonzero(by_mm):
        do = "take that seed away, and add one where it lies" if said[index] else other
        if by_mm[index] > MOST_MOVED_MM:
            raise InputError(
                f"{now.called(int(index))} was moved by {by_mm[index]:.1f} mm",
                f"at most {MOST_MOVED_MM:g} mm, a correction of the same seed",
                do,
            )
        taken = np.linalg.norm(found.positions_mm - now.positions_mm[index], axis=1) <= SAME_MM
        if taken.any():
            raise InputError(
                f"{now.called(int(index))} lies where seed {found.numbers[taken][0]} was found",
                "each number with its own seed",
                do,
            )


def _settled(
    before: SeedTable, now: SeedTable, by_mm: FloatArray, turned: FloatArray, placed_sd: float
) -> SeedTable:
    """Return the found seeds as they are after the edits."""
    placed, left_axis = by_mm > 0, turned == 0
    changed = placed | ~left_axis
    return SeedTable(
        before.numbers,
        np.where(placed[:, None], now.positions_mm, before.positions_mm),
        np.where(left_axis[:, None], before.axes, now.axes),
        np.where(changed, 1.0, before.confidence),
        np.where(left_axis, before.axis_sd_deg, _set_axis_sd_deg(now.axes)),
        np.where(placed, placed_sd, before.position_sd_mm),
        tuple(MOVED if each else FOUND for each in changed),
        tuple("" if each else doubt for each, doubt in zip(changed, before.doubt, strict=True)),
        now.rows,
    )


def _added(found: SeedTable, table: SeedTable, new: IntArray, placed_sd: float) -> SeedTable:
    """Return the added seeds, each with a number: its own, or the next that is free."""
    chosen = table.chosen(new)
    numbers = chosen.numbers.copy()
    lacking = (numbers == 0) | np.isin(numbers, found.numbers)
    first = max(found.count, *table.numbers, 0) + 1
    numbers[lacking] = np.arange(first, first + lacking.sum())
    return SeedTable(
        numbers,
        chosen.positions_mm,
        chosen.axes,
        np.ones(chosen.count),
        _set_axis_sd_deg(chosen.axes),
        np.full(chosen.count, placed_sd),
        (ADDED,) * chosen.count,
        ("",) * chosen.count,
        chosen.rows,
    )


def _set_axis_sd_deg(axes: FloatArray) -> FloatArray:
    return np.where(axes.any(axis=1), TURNED_SD_DEG, UNKNOWN_AXIS_SD_DEG)


def _joined(first: SeedTable, second: SeedTable) -> SeedTable:
    return SeedTable(
        np.concatenate([first.numbers, second.numbers]),
        np.concatenate([first.positions_mm, second.positions_mm]),
        np.concatenate([first.axes, second.axes]),
        np.concatenate([first.confidence, second.confidence]),
        np.concatenate([first.axis_sd_deg, second.axis_sd_deg]),
        np.concatenate([first.position_sd_mm, second.position_sd_mm]),
        first.origin + second.origin,
        first.doubt + second.doubt,
        first.rows + second.rows,
    )


def _refuse_crowded(final: SeedTable, by_hand: NDArray[np.bool_]) -> None:
    distance = cdist(final.positions_mm, final.positions_mm)
    near = np.triu(distance < CLOSEST_MM, k=1) & (by_hand[:, None] | by_hand)
    for one, other in np.argwhere(near)[:1]:
        raise InputError(
            f"{final.called(int(one))} and {final.called(int(other))} are "
            f"{distance[one, other]:.2f} mm apart",
            f"centres at least {CLOSEST_MM:g} mm apart, the diameter of a seed",
            "delete one of them or correct its place",
        )


def _moves(before: SeedTable, final: SeedTable, turned: FloatArray) -> Iterator[SeedMove]:
    for index, number in enumerate(before.numbers):
        start = before.positions_mm[index]
        end = final.positions_mm[final.numbers == number][0]
        by_deg = None if np.isnan(turned[index]) else float(turned[index])
        yield SeedMove(int(number), _vector(start), _vector(end), float(np.linalg.norm(end - start)), by_deg)


def _vector(position: FloatArray) -> Vector:
    x, y, z = (float(value) for value in position)
    return x, y, z


def _plain(numbers: IntArray) -> tuple[int, ...]:
    return tuple(int(number) for number in numbers)
