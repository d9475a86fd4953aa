"""How likely each candidate is a seed: weighed traits, and rules that no weight overrules.

The weights are a logistic regression on simulated scans (`seed_weights.csv`), so that a confidence is the
share of true seeds among candidates of such scans. Rules are for what the simulated scans do not hold enough
of.
"""

from itertools import pairwise

import numpy as np

from seedbed.imaging.seed_candidates import Candidate, candidates
from seedbed.imaging.seed_hypotheses import ExplainedBlob, Search
from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.seed_traits import Traits, weights

HOPELESS = 1e-4
"""Below this likelihood a blob is not looked at again: bone, mostly."""
RULED_OUT = 5.0
"""Log odds lost by what lies at a side of the image or is part of a lump; twice, of a line."""
SOFT_HU, HARD_HU, PER_BONE = 100.0, 700.0, 4.0
"""Brightest soft tissue; compact bone or a tooth, where metal is a filling; log odds lost there, and in
proportion between."""

PER_DIM = 4.0
"""Log odds lost by what is no brighter than bone, where no seeds keep it company."""


def confidences(scan: Search, found: list[Candidate]) -> FloatArray:
    """Return how likely each candidate is a seed, 0 to 1, by its metal, its shape and its company.

    In the company of lone seeds that are all alike, a candidate is judged by what these show: metal, misfit,
    sharpness. Without it, a thing must fit as only seeds do: clips, fillings and bone are explained by some
    number of seeds too, but not so well, and never all alike.
    """
    return likelihood(Traits.of(scan, found)) if found else np.empty(0)


def likelihood(traits: Traits) -> FloatArray:
    """Return how likely each candidate of some traits is a seed."""
    in_company, alone = weights()
    company = traits.company
    odds = traits.terms() @ (company * in_company + (1 - company) * alone) - ruled_out(traits)
    likely: FloatArray = 1 / (1 + np.exp(-odds))
    return likely


def ruled_out(traits: Traits) -> FloatArray:
    """Return the log odds that rules take: metal in bone or a tooth, bone, a side, a lump, a line."""
    hard = np.clip((traits.background_hu - SOFT_HU) / (HARD_HU - SOFT_HU), 0.0, 1.0)
    lost: FloatArray = PER_BONE * hard + PER_DIM * (1 - traits.company) * traits.dim
    lost += RULED_OUT * (traits.aside + 1.0 * traits.lump + 2.0 * traits.line)
    return lost


def hopeful(scan: Search, blobs: list[ExplainedBlob]) -> list[ExplainedBlob]:
    """Leave out blobs of which no part can become a seed any more; they are not worth more fits.

    Pieces of a line stay: without them, the others would be a line no longer.
    """
    if not blobs:
        return []
    parts = [candidates(scan, blob) for blob in blobs]
    traits = Traits.of(scan, [each for part in parts for each in part])
    likely = (likelihood(traits) >= HOPELESS) | traits.line
    ends = np.cumsum([0, *(len(part) for part in parts)])
    some = [likely[start:end].any() for start, end in pairwise(ends)]
    return [blob for blob, kept in zip(blobs, some, strict=True) if kept]
