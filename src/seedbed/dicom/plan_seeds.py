"""Seeds of one channel of an RTPLAN, from its control points.

DICOM (PS3.3 C.8.8.15) gives each stay two control points at one place, between which the cumulative time
weight rises. Planning systems write seeds in more ways, all read here:

- two control points a seed, whose weight rises: a seed; places where it does not rise are only passed;
- two control points a seed, whose weights begin anew from zero at each; zeros after the last seed;
- one control point a seed, with or without weights that rise from seed to seed;
- no weights, or all the same: each place is a seed, two control points in a row at one place being one.

What could be read in two ways is refused: weights that fall otherwise, a last point that stands alone, and
points without a rise in a plan where weights rise elsewhere, unless the channel states that it has no time,
and several places with one point each in a plan where other seeds have two.
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.files import FloatArray
from seedbed.dicom.plan_points import ChannelPoints
from seedbed.errors import InputError

SAME_PLACE_MM = 1e-3
EQUAL_WEIGHTS = 0.01
"""Seeds stay equally long: weights that differ by more than 1 percent are no permanent seeds (local rule)."""
BoolArray = NDArray[np.bool_]
Stay = tuple[FloatArray, FloatArray | None]


@dataclass(frozen=True)
class ChannelSeeds:
    """Seeds of one channel, and the number of places that the plan only passes."""

    stays: tuple[Stay, ...]
    passed: int = 0


def has_pairs(points: ChannelPoints) -> bool:
    """Whether the weight rises between two control points at one place, DICOM's own way to write a seed."""
    if points.weights is None:
        return False
    return bool((_same_as_next(points.places_mm) & (np.diff(points.weights) > 0)).any())


def seeds_of(points: ChannelPoints, *, weighed: bool, paired: bool, capsule_mm: float) -> ChannelSeeds:
    """Return the seeds among the control points of a channel.

    Parameters
    ----------
    points : ChannelPoints
    weighed : bool
        Whether weights rise in some channel of the plan: several points without a rise are then a needle
        without seeds, if the channel states that its time or final weight is zero.
    paired : bool
        Whether some channel of the plan `has_pairs`: single points are then no seeds.
    capsule_mm : float
        Length of the seed; two control points nearer than it whose weight rises may be the ends of one seed.

    Raises
    ------
    InputError
        Weights that rise between two places, that fall, or that seeds do not share equally; points without
        a rise where other channels have one.
    """
    count = len(points.places_mm)
    if points.weights is None and weighed and count > 1:
        if not points.no_time:
            _refuse(
                points,
                f"{count} control points whose CumulativeTimeWeight does not rise, while that of others does",
                "weights that rise, or for a needle without seeds a ChannelTotalTime or "
                "FinalCumulativeTimeWeight of 0",
            )
        return ChannelSeeds((), _places(points))
    if points.weights is None or count == 1:
        return ChannelSeeds(_by_place(points))
    same = _same_as_next(points.places_mm)
    rises = np.diff(points.weights)
    if not same.any():
        _check_single(points, rises, capsule_mm)
        if paired:
            _refuse(
                points,
                f"{count} control points at as many places (ControlPoint3DPosition), while other seeds of "
                "the plan have two at one",
                "two control points at one place for each seed",
            )
        return ChannelSeeds(tuple(zip(points.places_mm, points.axes, strict=True)))
    return _by_weight(points, points.weights, same)


def _same_as_next(places_mm: FloatArray) -> BoolArray:
    """Whether each point lies where the next one does, shape (n - 1,)."""
    near: BoolArray = np.abs(np.diff(places_mm, axis=0)).max(axis=1) <= SAME_PLACE_MM
    return near


def _places(points: ChannelPoints) -> int:
    return 1 + int((~_same_as_next(points.places_mm)).sum())


def _by_place(points: ChannelPoints) -> tuple[Stay, ...]:
    """Each place a seed; two points in a row at one place count once, the same place once more is another."""
    stays: list[Stay] = []
    begun = False
    for place, axis in zip(points.places_mm, points.axes, strict=True):
        if begun and np.abs(stays[-1][0] - place).max() <= SAME_PLACE_MM:
            begun = False
        else:
            stays.append((place, axis))
            begun = True
    return tuple(stays)


def _by_weight(points: ChannelPoints, weights: FloatArray, same: BoolArray) -> ChannelSeeds:
    """Seeds where the weight rises at one place."""
    rises = np.diff(weights)
    if (rises[~same] > 0).any():
        _refuse(
            points,
            "a CumulativeTimeWeight that rises between two places (ControlPoint3DPosition)",
            "time weight at the place of a seed only",
        )
    _check_falls(points, weights, same)
    if not same[-1] and weights[-1] > 0:
        _refuse(
            points,
            f"a last control point that stands alone, with the weight {weights[-1]:g}",
            "two control points for each seed",
        )
    here = np.flatnonzero(same & (rises > 0))
    _check_equal(points, rises[here])
    stays = tuple((points.places_mm[k], points.axes[k]) for k in here)
    used = {tuple(points.places_mm[k].round(3)) for k in here}
    return ChannelSeeds(stays, len({tuple(place.round(3)) for place in points.places_mm} - used))


def _check_falls(points: ChannelPoints, weights: FloatArray, same: BoolArray) -> None:
    """Refuse weights that fall, unless to zero at another place: anew at each seed, or after the last one."""
    rises = np.diff(weights)
    falls = np.flatnonzero(rises < 0)
    if not falls.size:
        return
    to_zero = not same[falls].any() and not weights[falls + 1].any()
    anew = not weights[np.flatnonzero(rises > 0)].any()
    nothing_after = not weights[falls[0] + 1 :].any()
    if not (to_zero and (anew or nothing_after)):
        before, after = weights[falls[0]], weights[falls[0] + 1]
        _refuse(
            points,
            f"a CumulativeTimeWeight that falls from {before:g} to {after:g}",
            "weights that rise, or begin anew from zero at each seed",
        )


def _check_single(points: ChannelPoints, rises: FloatArray, capsule_mm: float) -> None:
    """Refuse single control points that need not be a seed each."""
    apart = np.linalg.norm(np.diff(points.places_mm, axis=0), axis=1)
    if (rises <= 0).any():
        _refuse(
            points,
            f"the CumulativeTimeWeight {np.asarray(points.weights).tolist()} at places that occur once each",
            "weights that rise from seed to seed, or two control points for each seed",
        )
    if len(apart) == 1 and apart[0] < 0.95 * capsule_mm:
        _refuse(
            points,
            f"two control points {apart[0]:.2f} mm apart, which may be the two ends of one seed",
            "two control points at one place for each seed",
        )
    _check_equal(points, rises)


def _check_equal(points: ChannelPoints, rises: FloatArray) -> None:
    if rises.size and np.ptp(rises) > EQUAL_WEIGHTS * rises.max():
        _refuse(
            points,
            f"seeds with time weights from {rises.min():g} to {rises.max():g} in it",
            "permanent seeds, which stay equally long",
        )


def _refuse(points: ChannelPoints, came: str, expected: str) -> NoReturn:
    raise InputError(f"{points.label} has {came}", expected, "check the plan in the system it comes from")
