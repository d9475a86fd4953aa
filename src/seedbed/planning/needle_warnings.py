"""What does not fit on a needle: of which kind it is, and in a sentence."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Kind = Literal["unseen", "empty", "off_line", "beyond_tip", "above_entry", "overlap"]

OFF_LINE_MM = 0.5
"""A seed further from its needle's axis is remarked on; local rule."""
TOUCHING_MM = 0.05
"""Lengths smaller than this are none: rounding of positions."""
SENTENCES: dict[Kind, str] = {
    "unseen": "the CT does not show the skin here: depths count from the edge of the image",
    "empty": "no seed lies on this needle",
    "off_line": "seed {seeds} lies {mm:.1f} mm off the needle's line",
    "beyond_tip": "seed {seeds} reaches {mm:.1f} mm beyond the tip",
    "above_entry": "seed {seeds} reaches {mm:.1f} mm above the entry",
    "overlap": "seeds {seeds} overlap by {mm:.1f} mm",
}


@dataclass(frozen=True)
class NeedleWarning:
    """What does not fit on a needle; its text is an English sentence.

    Attributes
    ----------
    kind : str
        See `SENTENCES`.
    seeds : tuple of int
        Numbers of the seeds in the implant, from 1.
    mm : float
        By how much.

    Examples
    --------
    >>> print(NeedleWarning("overlap", (2, 1), 1.5))
    seeds 2, 1 overlap by 1.5 mm
    """

    kind: Kind
    seeds: tuple[int, ...] = ()
    mm: float = 0.0

    def __str__(self) -> str:
        return SENTENCES[self.kind].format(**self.values)

    @property
    def values(self) -> dict[str, object]:
        """Values of the sentence, in any language."""
        return {"seeds": ", ".join(map(str, self.seeds)), "mm": self.mm}


def needle_warnings(
    depth_mm: float, seeds: NDArray[np.int64], depths: FloatArray, off_line: FloatArray, length_mm: float
) -> tuple[NeedleWarning, ...]:
    """Say what does not fit on one needle.

    Parameters
    ----------
    depth_mm : float
        From entry to tip.
    seeds : ndarray of int, shape (n,)
        Numbers of its seeds, from the tip outwards.
    depths, off_line : ndarray, shape (n,)
        Depth of their centres along the needle from its entry, and distance from its line, mm.
    length_mm : float
        Of the capsule.

    Examples
    --------
    >>> [str(each) for each in needle_warnings(60.0, np.array([4]), np.array([59.0]), np.zeros(1), 4.5)]
    ['seed 4 reaches 1.2 mm beyond the tip']
    """
    found = [] if len(seeds) else [NeedleWarning("empty")]
    half, numbers = length_mm / 2, [int(seed) for seed in seeds]
    for seed, off in zip(numbers, off_line, strict=True):
        if off > OFF_LINE_MM:
            found.append(NeedleWarning("off_line", (seed,), float(off)))
    for seed, depth in zip(numbers, depths, strict=True):
        if depth + half - depth_mm > TOUCHING_MM:
            found.append(NeedleWarning("beyond_tip", (seed,), float(depth + half - depth_mm)))
        if half - depth > TOUCHING_MM:
            found.append(NeedleWarning("above_entry", (seed,), float(half - depth)))
    for first, second, gap in zip(numbers, numbers[1:], -np.diff(depths) - length_mm, strict=False):
        if gap < -TOUCHING_MM:
            found.append(NeedleWarning("overlap", (first, second), float(-gap)))
    return tuple(found)
