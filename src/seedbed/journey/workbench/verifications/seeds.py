"""The list of seeds of a verification: what the search saw, corrected by what people did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.journey.verification.making import SEEDS
from seedbed.journey.verification.seed_table import read_seed_table, refuse_outside
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.verifications.folder import KeptRun
from seedbed.journey.workbench.verifications.judgement import Judgement, Place, counted, places_by_hand
from seedbed.verification.seed_edits import PLACED_SD_MM, SAME_MM, TURNED_SD_DEG, compare_edits
from seedbed.verification.seed_list import ADDED, MOVED, UNKNOWN_AXIS_SD_DEG, SeedTable, found_table

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Seen:
    """What the search saw.

    Attributes
    ----------
    found : SeedTable
        Seeds that it counted, numbered from 1.
    others : tuple of int
        Numbers of what it did not count, which follow.
    places_mm : ndarray, shape (n, 3)
        Of all of it.
    axes : ndarray, shape (n, 3)
        Zero where unknown.
    implanted : int or None
        Seeds implanted, as stated when it was searched.
    """

    found: SeedTable
    others: tuple[int, ...]
    places_mm: FloatArray
    axes: FloatArray
    implanted: int | None = None

    @property
    def count(self) -> int:
        """How many numbers it took."""
        return len(self.places_mm)

    def place(self, judgement: Judgement, number: int) -> tuple[Place, Place | None]:
        """Return position and axis of a seed as people left it.

        Raises
        ------
        NotFoundError
        """
        by_hand = places_by_hand(judgement, [number])
        if number in by_hand:
            return by_hand[number]
        if not 1 <= number <= self.count:
            raise NotFoundError(f"no seed {number}", "a seed of this verification", "choose one of the list")
        axis = self.axes[number - 1]
        return _triple(self.places_mm[number - 1]), _triple(axis) if axis.any() else None


def numbers_of(search: KeptRun) -> tuple[list[int], list[int]]:
    """Return the numbers of the seeds that the search counted, and of what it saw and did not count."""
    return numbers_in(search.record())


def numbers_in(record: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """Return the same of the record of a search."""
    found = [int(each["number"]) for each in record["seeds"]]
    first = max(found, default=0) + 1
    return found, list(range(first, first + len(record["refused"])))


def seen_by(search: KeptRun) -> Seen:
    """Return what the search saw; read once."""
    return _seen(search.folder, (search.folder / SEEDS).stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _seen(folder: Path, _written: int) -> Seen:
    search = KeptRun.of(folder)
    kept = read_seed_table(folder / SEEDS)
    found = found_table(
        kept.positions_mm, kept.axes, confidence=kept.confidence, axis_sd_deg=kept.axis_sd_deg,
        position_sd_mm=kept.position_sd_mm, doubt=kept.doubt,
    )  # fmt: skip
    others = search.shown()["refused"]
    places = [each["position_mm"] for each in others]
    axes = [each["axis"] or [0.0, 0.0, 0.0] for each in others]
    return Seen(
        found,
        tuple(range(found.count + 1, found.count + 1 + len(others))),
        np.concatenate([found.positions_mm, np.array(places, dtype=float).reshape(-1, 3)]),
        np.concatenate([found.axes, np.array(axes, dtype=float).reshape(-1, 3)]),
        search.record().get("implanted"),
    )


def seeds_counted(seen: Seen, judgement: Judgement) -> SeedTable:
    """Return the list of seeds as a person would leave it in a spreadsheet.

    Parameters
    ----------
    seen : Seen
    judgement : Judgement
    """
    kept = counted(judgement, seen.found.numbers.tolist(), seen.others)
    first = seen.found.chosen(np.flatnonzero(np.isin(seen.found.numbers, kept)))
    first = _moved(first, judgement)
    numbers = [number for number in kept if number > seen.found.count]
    put = [seen.place(judgement, number) for number in numbers]
    more = len(put)
    axes = np.array([axis or (0.0, 0.0, 0.0) for _, axis in put], dtype=float).reshape(-1, 3)
    return SeedTable(
        np.concatenate([first.numbers, np.array(numbers, dtype=np.int64)]),
        np.concatenate([first.positions_mm, np.array([at for at, _ in put], dtype=float).reshape(-1, 3)]),
        np.concatenate([first.axes, axes]),
        np.concatenate([first.confidence, np.ones(more)]),
        np.concatenate([first.axis_sd_deg, np.where(axes.any(axis=1), TURNED_SD_DEG, UNKNOWN_AXIS_SD_DEG)]),
        np.concatenate([first.position_sd_mm, np.full(more, PLACED_SD_MM)]),
        first.origin + (ADDED,) * more,
        first.doubt + ("",) * more,
    )


def _moved(table: SeedTable, judgement: Judgement) -> SeedTable:
    """Put found seeds where people put them; what follows from that is settled with the other edits."""
    by_hand = places_by_hand(judgement, table.numbers.tolist())
    places, axes = table.positions_mm.copy(), table.axes.copy()
    for at, number in enumerate(table.numbers.tolist()):
        if number in by_hand:
            places[at], axis = by_hand[number]
            axes[at] = (0.0, 0.0, 0.0) if axis is None else axis
    origin = tuple(
        MOVED if number in by_hand else was
        for number, was in zip(table.numbers.tolist(), table.origin, strict=True)
    )
    return SeedTable(
        table.numbers, places, axes, table.confidence, table.axis_sd_deg, table.position_sd_mm, origin,
        table.doubt,
    )  # fmt: skip


def settled(seen: Seen, judgement: Judgement, grid: VoxelGrid) -> SeedTable:
    """Return the seeds to go on with, as a calculation would have them.

    Raises
    ------
    InputError
        A seed outside the CT, in another one, or further from where it was found than a correction is.
    """
    table = seeds_counted(seen, judgement)
    refuse_outside(table, grid)
    return compare_edits(seen.found, table, slice_mm=grid.spacing_mm[2]).final


def refuse_seen(seen: Seen, judgement: Judgement, number: int) -> None:
    """Refuse to put a seed by hand where the search saw another: that one is to be accepted.

    Raises
    ------
    InputError
    """
    (place, _) = seen.place(judgement, number)
    apart = np.linalg.norm(seen.places_mm - np.array(place), axis=1)
    near = [int(at) + 1 for at in np.flatnonzero(apart <= SAME_MM) if at + 1 != number]
    if near:
        raise InputError(
            f"a seed put by hand where the search saw number {near[0]}",
            "a place where nothing was seen, or that seed itself",
            f"accept number {near[0]}",
        )


def _triple(values: Sequence[float] | FloatArray) -> Place:
    x, y, z = (float(value) for value in values)
    return x, y, z
