"""The list of seeds that a person looks at and edits: each seed with a number that stays its own."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

FOUND, ADDED, MOVED = ORIGINS = ("found", "added", "moved")
UNKNOWN_AXIS_SD_DEG = 90.0
"""Stands where nothing is known of an axis."""


@dataclass(frozen=True, eq=False)
class SeedTable:
    """Seeds as a person sees and edits them, one in each row.

    Attributes
    ----------
    numbers : ndarray of int, shape (n,)
        The same seed has the same number throughout, from 1; 0 where a seed has none yet.
    positions_mm : ndarray, shape (n, 3)
        Centres, LPS mm.
    axes : ndarray, shape (n, 3)
        Unit vectors, their sign without meaning; zero where the axis is not known.
    confidence : ndarray, shape (n,)
        0 to 1.
    axis_sd_deg, position_sd_mm : ndarray, shape (n,)
        Standard deviations; 90 degrees where nothing is known of the axis.
    origin : tuple of {"found", "added", "moved", ""}
        Empty where the list does not say.
    doubt : tuple of str
        A sentence for the person who looks at the seed, or nothing.
    rows : tuple of int
        Rows of a file, to name them in a refusal; empty where there is no file.

    Raises
    ------
    InputError
        A number that two seeds share.
    """

    numbers: IntArray
    positions_mm: FloatArray
    axes: FloatArray
    confidence: FloatArray
    axis_sd_deg: FloatArray
    position_sd_mm: FloatArray
    origin: tuple[str, ...]
    doubt: tuple[str, ...]
    rows: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        values, times = np.unique(self.numbers[self.numbers > 0], return_counts=True)
        if (times > 1).any():
            first, second, *_ = np.flatnonzero(self.numbers == values[times > 1][0])
            raise InputError(
                f"{self.called(int(first))} and {self.called(int(second))} have the same number",
                "each number once",
                "leave the number of a seed that you add empty",
            )

    @property
    def count(self) -> int:
        """Number of seeds."""
        return len(self.numbers)

    def called(self, index: int) -> str:
        """Return the name of one seed for a sentence, with its row where there is a file."""
        name = f"seed {self.numbers[index]}" if self.numbers[index] else "a seed without number"
        return f"{name} in row {self.rows[index]}" if self.rows else name

    def accepted(self, numbers: Collection[int]) -> "SeedTable":
        """Return the table with seeds that a person looked at and accepted.

        That they are there is certain then; how well their places and axes are known stays.

        Examples
        --------
        >>> one = np.ones(1)
        >>> table = found_table(
        ...     np.zeros((1, 3)), np.zeros((1, 3)), confidence=0.6 * one, axis_sd_deg=one,
        ...     position_sd_mm=0.4 * one, doubt=["little metal"],
        ... ).accepted([1])
        >>> table.confidence.tolist(), table.doubt, table.position_sd_mm.tolist()
        ([1.0], ('',), [0.4])
        """
        chosen = np.isin(self.numbers, list(numbers))
        doubt = tuple("" if each else was for each, was in zip(chosen, self.doubt, strict=True))
        return replace(self, confidence=np.where(chosen, 1.0, self.confidence), doubt=doubt)

    def doubted(self, indices: IntArray, doubt: str) -> "SeedTable":
        """Return the table with a doubt about seeds that have none of their own."""
        chosen = set(indices.tolist())
        told = tuple(was or (doubt if at in chosen else "") for at, was in enumerate(self.doubt))
        return replace(self, doubt=told)

    def chosen(self, indices: IntArray) -> "SeedTable":
        """Return the table with these seeds only, in this order."""
        return SeedTable(
            self.numbers[indices],
            self.positions_mm[indices],
            self.axes[indices],
            self.confidence[indices],
            self.axis_sd_deg[indices],
            self.position_sd_mm[indices],
            tuple(self.origin[index] for index in indices),
            tuple(self.doubt[index] for index in indices),
            tuple(self.rows[index] for index in indices) if self.rows else (),
        )


def found_table(
    positions_mm: FloatArray,
    axes: FloatArray,
    *,
    confidence: FloatArray,
    axis_sd_deg: FloatArray,
    position_sd_mm: FloatArray,
    doubt: Sequence[str] = (),
) -> SeedTable:
    """Give found seeds their numbers, from 1, in their order.

    Parameters
    ----------
    positions_mm, axes : ndarray, shape (n, 3)
        An axis that is not known is zero.
    confidence, axis_sd_deg, position_sd_mm : ndarray, shape (n,)
    doubt : sequence of str
        One for each seed, or none at all.

    Examples
    --------
    >>> one = np.ones(1)
    >>> table = found_table(
    ...     np.zeros((1, 3)), np.array([[0.0, 0, 1]]), confidence=one, axis_sd_deg=one, position_sd_mm=one
    ... )
    >>> table.numbers.tolist(), table.origin
    ([1], ('found',))
    """
    count = len(positions_mm)
    return SeedTable(
        np.arange(1, count + 1),
        np.asarray(positions_mm, dtype=float).reshape(count, 3),
        np.asarray(axes, dtype=float).reshape(count, 3),
        np.asarray(confidence, dtype=float),
        np.asarray(axis_sd_deg, dtype=float),
        np.asarray(position_sd_mm, dtype=float),
        (FOUND,) * count,
        tuple(doubt) or ("",) * count,
    )
