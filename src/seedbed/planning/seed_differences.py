"""Which seeds of two implants differ."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]


def changed_seeds(before: SeedImplant, after: SeedImplant) -> list[int]:
    """Numbers of the seeds of the second implant that lie where none of the first lies, or point elsewhere.

    Examples
    --------
    >>> before = SeedImplant("6711", np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), None, np.ones(2))
    >>> changed_seeds(before, before.with_seed_at(1, np.array([0.0, 0.0, 8.0])).only([1]))
    [0]
    """
    return unmatched(_bytes(placed(after)), _bytes(placed(before)))


def differences(before: SeedImplant, after: SeedImplant) -> tuple[list[int], list[int]]:
    """Numbers of the seeds of the first that are gone, and of the second that came, in place or strength.

    Examples
    --------
    >>> before = SeedImplant("6711", np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 9.0]]), None, np.ones(2))
    >>> differences(before, before.without_seed(0))
    ([0], [])
    """
    old, new = (
        _bytes(np.column_stack([placed(implant), implant.strengths_u])) for implant in (before, after)
    )
    return unmatched(old, new), unmatched(new, old)


def placed(implant: SeedImplant) -> FloatArray:
    """Place and direction of each seed, shape (n, 6), zeros for no direction; zeros without a sign."""
    return np.ascontiguousarray(np.hstack([implant.positions_mm, implant.directions]) + 0.0)


def unmatched(rows: Sequence[bytes], others: Sequence[bytes]) -> list[int]:
    """Return the numbers of rows that find no partner of their own in the other list.

    Examples
    --------
    >>> unmatched([b"a", b"a", b"b"], [b"a", b"c"])
    [1, 2]
    """
    left = Counter(others)
    left.subtract(rows)
    found = []
    for number in reversed(range(len(rows))):
        if left[rows[number]] < 0:
            left[rows[number]] += 1
            found.append(number)
    return found[::-1]


def _bytes(rows: FloatArray) -> list[bytes]:
    return [row.tobytes() for row in rows]
