"""The seeds of a verification: found, corrected by a person, counted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seedbed.errors import InputError
from seedbed.imaging import FoundSeeds, find_seeds
from seedbed.imaging.seed_found import CERTAIN, RefusedBlob
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.seed_table import read_seed_table, refuse_outside
from seedbed.verification.seed_edits import SeedEdits, compare_edits
from seedbed.verification.seed_list import SeedTable, found_table

FEW = 3
"""So many of the least certain seeds are named where there are too many."""
SURPLUS = "more seeds were found than were implanted, and this is one of the least certain"
"""The doubt about a seed that has none of its own."""


@dataclass(frozen=True)
class Decided:
    """What people decided on the seeds of a first search, one by one, where they work on them on a page.

    Attributes
    ----------
    count : int or None
        Seeds implanted, as stated at the first search. It is done again with that number, so that each seed
        keeps its own, whatever was corrected since.
    accepted : frozenset of int
        Numbers of found seeds that a person says are seeds.
    settled : frozenset of int
        Places, from 0, in the list of what was not counted, of what a person accepted or refused.
    explained : bool
        Whether somebody said why another number counts than was implanted.
    """

    count: int | None = None
    accepted: frozenset[int] = frozenset()
    settled: frozenset[int] = frozenset()
    explained: bool = False


@dataclass(frozen=True)
class Finding:
    """Seeds to go on with.

    Attributes
    ----------
    raw : FoundSeeds
        As the finder left them.
    edits : SeedEdits or None
        What a person changed.
    seeds : SeedTable
    decided : Decided or None
        What people decided one by one; None where a list was given as a whole, or nothing.
    same_search : bool or None
        Where the number implanted was corrected since: whether a search with it gives the very same seeds.
    """

    raw: FoundSeeds
    edits: SeedEdits | None
    seeds: SeedTable
    decided: Decided | None = None
    same_search: bool | None = None

    @property
    def unsettled(self) -> dict[int, RefusedBlob]:
        """What was not counted and nobody accepted or refused, by its place in the list, from 0."""
        settled = frozenset[int]() if self.decided is None else self.decided.settled
        return {at: each for at, each in enumerate(self.raw.refused) if at not in settled}

    @property
    def doubtful(self) -> list[int]:
        """Places in the list of the seeds that a person should look at, from 0."""
        sure = self.seeds.confidence >= CERTAIN
        return [n for n in range(self.seeds.count) if not sure[n] or self.seeds.doubt[n]]


def find(asked: Asked, progress: Progress, decided: Decided | None = None) -> Finding:
    """Find the seeds in the whole series, apply the corrections of a person, and check the count.

    Parameters
    ----------
    asked : Asked
    progress : callable
    decided : Decided, optional
        With it more seeds than were implanted are no refusal: the least certain of them are in doubt.

    Raises
    ------
    InputError
        More seeds than were implanted; a list of corrections that cannot be used.
    """
    question, ct = asked.question, asked.ct.volume
    searched = question.count if decided is None else decided.count
    raw = find_seeds(ct, expected_count=searched, progress=progress)
    table = found_table(
        raw.positions_mm, raw.axes, confidence=raw.confidence, axis_sd_deg=raw.axis_sd_deg,
        position_sd_mm=raw.position_sd_mm, doubt=raw.doubts,
    )  # fmt: skip
    if decided is not None:
        table = table.accepted(decided.accepted)
    edits = None
    if question.seeds_file is not None:
        edited = read_seed_table(question.seeds_file)
        refuse_outside(edited, ct.grid)
        edits = compare_edits(table, edited, slice_mm=ct.grid.spacing_mm[2])
    seeds, same = table if edits is None else edits.final, None
    if decided is None:
        _refuse_more(seeds, question.count)
    else:
        seeds = _with_surplus(seeds, raw, question.count).accepted(decided.accepted)
        if question.count != searched:
            same = _same(raw, find_seeds(ct, expected_count=question.count, progress=progress))
    return Finding(raw, edits, seeds, decided, same)


def least_certain(confidences: Mapping[int, float], more: int) -> list[int]:
    """Return the numbers of so many of the least certain seeds; of equals the last.

    Examples
    --------
    >>> least_certain({1: 0.9, 2: 0.7, 4: 0.8}, 2), least_certain({1: 0.9}, -1)
    ([4, 2], [])
    """
    surest = sorted(confidences, key=lambda number: -confidences[number])
    return surest[max(len(surest) - max(more, 0), 0) :]


def _with_surplus(seeds: SeedTable, raw: FoundSeeds, count: int | None) -> SeedTable:
    """Put the least certain of those found in doubt, as many as count beyond the number implanted."""
    sure = {n: float(raw.confidence[n - 1]) for n in seeds.numbers.tolist() if 1 <= n <= raw.count}
    more = least_certain(sure, 0 if count is None else seeds.count - count)
    return seeds.doubted(np.flatnonzero(np.isin(seeds.numbers, more)).astype(np.int64), SURPLUS)


def _same(one: FoundSeeds, other: FoundSeeds) -> bool:
    """Tell whether two searches gave the very same seeds."""
    return all(
        np.array_equal(getattr(one, what), getattr(other, what))
        for what in ("positions_mm", "axes", "confidence")
    )


def _refuse_more(seeds: SeedTable, count: int | None) -> None:
    """Refuse more seeds than were implanted; name the least certain, so that a person can look."""
    if count is None or seeds.count <= count:
        return
    least = np.argsort(seeds.confidence, kind="stable")[:FEW]
    named = "; ".join(
        f"seed {seeds.numbers[n]} at {np.round(seeds.positions_mm[n], 1).tolist()} mm, "
        f"confidence {seeds.confidence[n]:.2f}"
        for n in least
    )
    raise InputError(
        f"{seeds.count} seeds on the CT where {count} were implanted",
        "no more seeds than were implanted, those of an earlier implantation counted",
        f"correct the count (--count), or look without one and correct the list (least certain: {named})",
    )
