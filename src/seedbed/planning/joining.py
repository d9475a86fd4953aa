"""One implant of the seeds that lie in the patient and those that are planned."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from seedbed.implant import SeedImplant


def joined_by_name(given: SeedImplant, new: SeedImplant, *, same: Collection[str] = ()) -> SeedImplant:
    """Join planned seeds to those that lie in the patient, these first.

    Parameters
    ----------
    given, new : SeedImplant
    same : collection of str
        Needles that are one and the same in both; of other new needles a name that is taken gets a mark.

    Raises
    ------
    DoseError
        Another source model; axes in one and none in the other.

    Examples
    --------
    >>> from seedbed.implant import Needle
    >>> line = Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, 0.0))
    >>> one = SeedImplant("6711", np.array([[0, 0, 5.0]]), None, np.ones(1), (line,), np.array([0]))
    >>> [needle.name for needle in joined_by_name(one, one).needles]
    ['N1', "N1'"]
    >>> joined_by_name(one, one, same=["N1"]).needle_index
    array([0, 0])
    """
    given = without_loose_numbers(given)
    needles = list(given.needles)
    number = {needle.name: n for n, needle in enumerate(needles)}
    place = np.empty(len(new.needles) + 1, dtype=np.int64)
    place[-1] = -1  # of seeds without a needle
    for n, needle in enumerate(new.needles):
        name = needle.name
        while name in number and name not in same:
            name += "'"
        if name not in number:
            number[name] = len(needles)
            needles.append(replace(needle, name=name))
        place[n] = number[name]
    index = place[new.needle_index] if new.needles else np.full(new.count, -1, dtype=np.int64)
    bare = [replace(each, needles=(), needle_index=np.full(each.count, -1)) for each in (given, new)]
    return replace(
        bare[0].joined(bare[1]),
        needles=tuple(needles),
        needle_index=np.concatenate([given.needle_index, index]).astype(np.int64),
    )


def without_loose_numbers(implant: SeedImplant) -> SeedImplant:
    """Return the implant without needle numbers where its needles are not known.

    Examples
    --------
    >>> found = SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2), (), np.array([3, 3]))
    >>> without_loose_numbers(found).needle_index
    array([-1, -1])
    """
    if implant.needles:
        return implant
    return replace(implant, needle_index=np.full(implant.count, -1, dtype=np.int64))
