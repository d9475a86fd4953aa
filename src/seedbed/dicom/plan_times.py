"""How long seeds stay by a plan: vendors write Channel Total Time in seconds or in days.

The time is only looked at to tell a permanent implant from a temporary one. The dose to complete decay of a
permanent seed follows from its strength and half-life; no time of the plan enters it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

UNITS_PER_DAY = {"s": 86400.0, "d": 1.0}
TOLERANCE = 0.05
"""Times within 5 percent of the half-life or the mean life are meant as it (local rule); half-lives of
iodine-125 in use lie between 59.4 and 60.2 d."""
FOR_LIFE_HALF_LIVES = 5.0
"""A time of 5 half-lives or more, read in seconds, is a stay for life (local rule): 3 percent are left."""
UNKNOWN = "unknown"


@dataclass(frozen=True)
class ChannelTimes:
    """What the channel times of a plan mean.

    Attributes
    ----------
    unit : str
        ``"s"``, ``"d"`` or ``"unknown"``.
    for_life : bool
        Whether all seeds stay until they have decayed.
    short : tuple of float
        Times as written, each once, that are neither a life in any unit nor long enough for one: zero, or
        those of a temporary implant.
    """

    unit: str
    for_life: bool
    short: tuple[float, ...] = ()


def read_times(times: Sequence[tuple[float | None, int]], half_life_days: float) -> ChannelTimes:
    """Tell the unit of channel times from the life of the radionuclide.

    Parameters
    ----------
    times : sequence of (time or None, number of seeds)
        Channel Total Time as written, and how many seeds the channel holds; for several seeds a channel the
        time may be that of all or of each.
    half_life_days : float

    Examples
    --------
    >>> read_times([(59.4 * 86400, 1)], 59.4), read_times([(4 * 85.7, 4), (85.7, 4)], 59.4)
    (ChannelTimes(unit='s', for_life=True, short=()), ChannelTimes(unit='d', for_life=True, short=()))
    >>> read_times([(600.0, 1)], 59.4)
    ChannelTimes(unit='unknown', for_life=False, short=(600.0,))
    """
    units = [_unit(time, seeds, half_life_days) for time, seeds in times]
    unit = units[0] if len(set(units)) == 1 else UNKNOWN
    enough = FOR_LIFE_HALF_LIVES * half_life_days * UNITS_PER_DAY["s"]
    endless = all(time is not None and time / seeds >= enough for time, seeds in times)
    short = dict.fromkeys(
        time
        for (time, seeds), known in zip(times, units, strict=True)
        if known == UNKNOWN and time is not None and time / seeds < enough
    )
    return ChannelTimes(unit, bool(times) and (unit != UNKNOWN or endless), tuple(short))


def _unit(time: float | None, seeds: int, half_life_days: float) -> str:
    lives = (half_life_days, half_life_days / math.log(2.0))
    stays = () if time is None else (time, time / seeds)
    for unit, per_day in UNITS_PER_DAY.items():
        if any(abs(stay / (life * per_day) - 1) <= TOLERANCE for stay in stays for life in lives):
            return unit
    return UNKNOWN
