"""The seeds of a verification: found, corrected by a person, counted."""

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
    """

    count: int | None = None
    accepted: frozenset[int] = frozenset()
    settled: frozenset[int] = frozenset()


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
    """

    raw: FoundSeeds
    edits: SeedEdits | None
    seeds: SeedTable
    decided: Decided | None = None

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
        table = table.doubted(table.surplus(question.count), SURPLUS).accepted(decided.accepted)
    edits = None
    if question.seeds_file is not None:
        edited = read_seed_table(question.seeds_file)
        refuse_outside(edited, ct.grid)
        edits = compare_edits(table, edited, slice_mm=ct.grid.spacing_mm[2])
    found = Finding(raw, edits, table if edits is None else edits.final, decided)
    if decided is None:
        _refuse_more(found, question.count)
    return found


def _refuse_more(found: Finding, count: int | None) -> None:
    """Refuse more seeds than were implanted; name the least certain, so that a person can look."""
    seeds = found.seeds
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
