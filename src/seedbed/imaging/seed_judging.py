"""Which candidates are counted, what is doubtful about them, and why others are refused."""

from dataclasses import dataclass, replace

import numpy as np

from seedbed.imaging.seed_candidates import TOUCHING_MM, Candidate, candidates
from seedbed.imaging.seed_found import COUNTED, FoundSeeds, RefusedBlob
from seedbed.imaging.seed_hypotheses import BONE_HU, ExplainedBlob, Search, price
from seedbed.imaging.seed_likelihood import HARD_HU, confidences
from seedbed.imaging.seed_lines import lines_of_metal
from seedbed.imaging.seed_model import FloatArray

LITTLE, MUCH = 0.7, 1.45
"""Metal, in seeds, that is called little or much: twice the spread."""
WELL_SHAPED = 0.90
"""Share of the squares near a seed that a seed explains at least."""
TIPPED_IN, TIPPED_OUT = 0.3, 0.8
"""A known number of seeds can count a candidate from here, and drop one below there."""
NEARLY_AS_GOOD = 9.0
"""Largest difference of twice a log posterior that a known number of seeds can outweigh: odds of 1 to 90."""
MOST_REFUSED = 36
"""Refused things that are listed."""
LEAST_REFUSED = 0.005
"""Refused candidates less likely than this are not listed, except pieces of a needle."""


def doubt(each: Candidate) -> str:
    """Say in one sentence what is doubtful about a candidate; nothing where nothing is."""
    metal = float(np.exp(each.pose[6]))
    if each.edge:
        return "cut by the edge of the image"
    if each.gap_mm < TOUCHING_MM:
        return f"touches another seed: {each.gap_mm:.1f} mm between axes"
    if metal < LITTLE or metal > MUCH:
        return f"{'little' if metal < LITTLE else 'much'} metal: {metal:.1f} of a seed"
    if each.shape < WELL_SHAPED:
        return f"not quite of the shape of a seed, which explains {100 * each.shape:.0f} % of it"
    return ""


def refusal(each: Candidate, *, line: bool) -> str:
    """Say in one sentence why a candidate is not counted; of several reasons the plainest."""
    metal = float(np.exp(each.pose[6]))
    if each.edge == "side":
        return "lies at a side of the image"
    if line:
        return "part of a line of metal too long for seeds end to end, as a needle or a wire"
    if metal < LITTLE or metal > MUCH:
        return f"too {'little' if metal < LITTLE else 'much'} metal: {metal:.1f} of a seed"
    if each.shape < WELL_SHAPED:
        return f"not of the shape of a seed, which explains {100 * each.shape:.0f} % of it"
    if each.background_hu > HARD_HU:
        return "metal in compact bone or a tooth"
    if each.touches > 1:
        return "part of a lump of metal that as many seeds would hardly make"
    if each.beside:
        return f"one of two things that touch as the legs of a clip do: {each.gap_mm:.1f} mm between axes"
    if each.peak_hu < BONE_HU:
        return "no brighter than bone"
    return "metal, brightness or sharpness unlike those of the seeds of this scan"


def stated_doubt(stated: int, taken: int, alone: int) -> str:
    """Say that a piece of metal holds so many seeds because of the number stated, not by the image alone.

    Examples
    --------
    >>> stated_doubt(23, 2, 1)
    'only because 23 seeds were stated does the search take 2 here; the image alone speaks for 1'
    """
    return (
        f"only because {stated} seeds were stated does the search take {taken} here; "
        f"the image alone speaks for {alone}"
    )


@dataclass(frozen=True)
class Judged:
    """All candidates of a search, and how likely each is a seed.

    ``stated`` holds a sentence for each candidate of a blob that the number stated divides, not the image.
    """

    scan: Search
    candidates: tuple[Candidate, ...]
    confidence: FloatArray
    stated: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        scan: Search,
        blobs: list[ExplainedBlob],
        *,
        expected_count: int | None = None,
        alone: list[ExplainedBlob] | None = None,
    ) -> "Judged":
        """Judge all blobs; a known number tips what is doubtful. ``alone`` are they without that number."""
        first = blobs if alone is None else alone
        each_blob = [candidates(scan, blob) for blob in blobs]
        found = [each for some in each_blob for each in some]
        said = [
            "" if one.taken.count == was.taken.count or expected_count is None
            else stated_doubt(expected_count, one.taken.count, was.taken.count)
            for one, was in zip(blobs, first, strict=True)
        ]  # fmt: skip
        stated = tuple(text for text, some in zip(said, each_blob, strict=True) for _ in some)
        judged = cls(scan, tuple(found), confidences(scan, found), stated)
        if expected_count is None:
            return judged
        other = _other_counts(scan, blobs, expected_count - judged.count)
        if other != blobs:
            return cls.of(scan, other, expected_count=expected_count, alone=first)
        return judged.tipped(expected_count)

    @property
    def count(self) -> int:
        """Number of candidates that are counted."""
        return int((self.confidence >= COUNTED).sum())

    def tipped(self, expected_count: int) -> "Judged":
        """Count the likeliest of those refused, or drop the least likely of those counted, within limits."""
        confidence = self.confidence.copy()
        order = np.argsort(-confidence, kind="stable")
        missing = expected_count - self.count
        if missing > 0:
            more = [each for each in order if TIPPED_IN <= confidence[each] < COUNTED][:missing]
            confidence[more] = COUNTED
        elif missing < 0:
            fewer = [each for each in order[::-1] if COUNTED <= confidence[each] < TIPPED_OUT][:-missing]
            confidence[fewer] = np.nextafter(COUNTED, 0)
        return replace(self, confidence=confidence)

    def found(self, *, level_hu: float) -> FoundSeeds:
        """Hand over the counted, from feet to head, and the refused, the most seed-like first."""
        counted = [number for number in range(len(self.candidates)) if self.confidence[number] >= COUNTED]
        counted.sort(key=lambda number: float(self.candidates[number].pose[2]))
        seeds = [self.candidates[number] for number in counted]
        poses = np.array([each.pose for each in seeds]).reshape(-1, 7)
        return FoundSeeds(
            positions_mm=poses[:, :3],
            axes=poses[:, 3:6],
            confidence=self.confidence[counted],
            axis_sd_deg=np.array([each.axis_sd_deg for each in seeds]),
            position_sd_mm=np.array([each.position_sd_mm for each in seeds]),
            doubts=tuple(self._stated(number) or doubt(self.candidates[number]) for number in counted),
            refused=self._refused(),
            seed_metal_hu_mm3=self.scan.sight.metal_hu_mm3,
            level_hu=level_hu,
        )

    def _stated(self, number: int) -> str:
        return self.stated[number] if self.stated else ""

    def _lines(self) -> list[bool]:
        places = np.array([each.pose[:3] for each in self.candidates]).reshape(-1, 3)
        return [bool(part) for part in lines_of_metal(self.scan.ct, places)]

    def _refused(self) -> tuple[RefusedBlob, ...]:
        out = [
            RefusedBlob(each.pose[:3], each.pose[3:6], float(confidence), refusal(each, line=line))
            for each, confidence, line in zip(self.candidates, self.confidence, self._lines(), strict=True)
            if (confidence >= LEAST_REFUSED or line) and confidence < COUNTED
        ]
        return tuple(sorted(out, key=lambda each: -each.confidence)[:MOST_REFUSED])


def _other_counts(scan: Search, blobs: list[ExplainedBlob], missing: int) -> list[ExplainedBlob]:
    """Take another number of seeds in one blob, the cheapest, when a known number speaks for it."""
    if missing == 0:
        return blobs
    step = 1 if missing > 0 else -1
    offers = [
        (price(scan, blob.voxels, other.fit) - price(scan, blob.voxels, blob.taken.fit), number, place)
        for number, blob in enumerate(blobs)
        for place, other in enumerate(blob.hypotheses)
        if other.count == blob.taken.count + step
    ]
    extra, number, place = min(offers, default=(np.inf, 0, 0))
    if extra > NEARLY_AS_GOOD:
        return blobs
    return [replace(blob, best=place) if one == number else blob for one, blob in enumerate(blobs)]
