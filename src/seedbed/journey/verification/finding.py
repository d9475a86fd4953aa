"""The seeds of a verification: found, corrected by a person, counted."""

from dataclasses import dataclass

import numpy as np

from seedbed.errors import InputError
from seedbed.imaging import FoundSeeds, find_seeds
from seedbed.imaging.seed_found import CERTAIN
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.seed_table import read_seed_table, refuse_outside
from seedbed.verification.seed_edits import SeedEdits, compare_edits
from seedbed.verification.seed_list import SeedTable, found_table

FEW = 3
"""So many of the least certain seeds are named where there are too many."""


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
    """

    raw: FoundSeeds
    edits: SeedEdits | None
    seeds: SeedTable

    @property
    def doubtful(self) -> list[int]:
        """Places in the list of the seeds that a person should look at, from 0."""
        sure = self.seeds.confidence >= CERTAIN
        return [n for n in range(self.seeds.count) if not sure[n] or self.seeds.doubt[n]]


def find(asked: Asked, progress: Progress) -> Finding:
    """Find the seeds in the whole series, apply the corrections of a person, and check the count.

    Raises
    ------
    InputError
        More seeds than were implanted; a list of corrections that cannot be used.
    """
    question, ct = asked.question, asked.ct.volume
    raw = find_seeds(ct, expected_count=question.count, progress=progress)
    table = found_table(
        raw.positions_mm, raw.axes, confidence=raw.confidence, axis_sd_deg=raw.axis_sd_deg,
        position_sd_mm=raw.position_sd_mm, doubt=raw.doubts,
    )  # fmt: skip
    edits = None
    if question.seeds_file is not None:
        edited = read_seed_table(question.seeds_file)
        refuse_outside(edited, ct.grid)
        edits = compare_edits(table, edited, slice_mm=ct.grid.spacing_mm[2])
    found = Finding(raw, edits, table if edits is None else edits.final)
    _check_count(found, question.count)
    return found


def _check_count(found: Finding, count: int | None) -> None:
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
