"""Seeds of one channel of an RTPLAN, from its control points.

DICOM (PS3.3 C.8.8.15) gives each stay two control points at one place, between which the cumulative time
weight rises. Planning systems write seeds in more ways, all read here:

- two control points a seed, whose weight rises: a seed; places where it does not rise are only passed;
- one control point a seed, with or without weights that rise from seed to seed;
- no weights, or all the same: each place is a seed, two control points in a row at one place being one.

What could be read in two ways is refused.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, number, numbers, text
from seedbed.errors import InputError

SAME_PLACE_MM = 1e-3
EQUAL_WEIGHTS = 0.01
"""Seeds stay equally long: weights that differ by more than 1 percent are no permanent seeds (local rule)."""
BoolArray = NDArray[np.bool_]
Stay = tuple[FloatArray, FloatArray | None]


@dataclass(frozen=True)
class ChannelPoints:
    """Control points of one channel.

    Attributes
    ----------
    places_mm : ndarray, shape (n, 3)
    axes : tuple of ndarray or None
        Unit vector of each point; None where it has none.
    weights : ndarray, shape (n,), or None
        Cumulative time weights; None where they say nothing: none given, or all the same.
    """

    places_mm: FloatArray
    axes: tuple[FloatArray | None, ...]
    weights: FloatArray | None


@dataclass(frozen=True)
class ChannelSeeds:
    """Seeds of one channel, and the number of places that the plan only passes."""

    stays: tuple[Stay, ...]
    passed: int = 0


def read_points(channel: Dataset, name: str) -> ChannelPoints:
    """Read the control points of a channel.

    Raises
    ------
    InputError
        A point without a place, a direction of length 0, weights for some points only.
    """
    points = list(channel.get("BrachyControlPointSequence") or [])
    places = [numbers(point, "ControlPoint3DPosition", count=3, name=name) for point in points]
    axes = tuple(_axis(point, name) for point in points)
    return ChannelPoints(np.array(places).reshape(-1, 3), axes, _weights(points, name))


def seeds_of(points: ChannelPoints, *, weighed: bool, capsule_mm: float, name: str) -> ChannelSeeds:
    """Return the seeds among the control points of a channel.

    Parameters
    ----------
    points : ChannelPoints
    weighed : bool
        Whether other channels of the plan have weights that rise: several points without a rise then hold
        no seed.
    capsule_mm : float
        Length of the seed; two control points nearer than it whose weight rises may be the ends of one seed.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        Weights that rise between two places, or that seeds do not share equally.
    """
    count = len(points.places_mm)
    if points.weights is None and weighed and count > 1:
        return ChannelSeeds((), _places(points))
    if points.weights is None or count == 1:
        return ChannelSeeds(_by_place(points))
    same = _same_as_next(points.places_mm)
    rises = np.diff(points.weights)
    if not same.any():
        _check_single(points, rises, capsule_mm, name)
        return ChannelSeeds(tuple(zip(points.places_mm, points.axes, strict=True)))
    return _by_weight(points, same, rises, name)


def _weights(points: list[Dataset], name: str) -> FloatArray | None:
    """Cumulative time weights; the first may be left out, since it is zero."""
    stated = [
        number(point, "CumulativeTimeWeight", name=name) if text(point, "CumulativeTimeWeight") else None
        for point in points
    ]
    known = [weight for weight in stated if weight is not None]
    if len(set(known)) <= 1 and len(known) in (0, len(stated)):
        return None
    if None in stated[1:]:
        raise InputError(
            f"a channel of plan '{name}' has a CumulativeTimeWeight at {len(known)} of its {len(stated)} "
            "control points",
            "a weight at each control point or at none",
            "export it again",
        )
    return np.array([stated[0] or 0.0, *known[len(known) - len(stated) + 1 :]])


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


def _by_weight(points: ChannelPoints, same: BoolArray, rises: FloatArray, name: str) -> ChannelSeeds:
    """Seeds where the weight rises at one place."""
    if (rises[~same] > 0).any():
        _refuse(name, "time weight between two places", "time weight at the place of a seed only")
    here = np.flatnonzero(same & (rises > 0))
    _check_equal(rises[here], name)
    stays = tuple((points.places_mm[k], points.axes[k]) for k in here)
    used = {tuple(points.places_mm[k].round(3)) for k in here}
    return ChannelSeeds(stays, len({tuple(place.round(3)) for place in points.places_mm} - used))


def _check_single(points: ChannelPoints, rises: FloatArray, capsule_mm: float, name: str) -> None:
    """Refuse single control points that need not be a seed each."""
    apart = np.linalg.norm(np.diff(points.places_mm, axis=0), axis=1)
    if (rises <= 0).any():
        _refuse(
            name,
            f"the CumulativeTimeWeight {np.asarray(points.weights).tolist()} at places that occur once each",
            "weights that rise from seed to seed, or two control points for each seed",
        )
    if len(apart) == 1 and apart[0] < 0.95 * capsule_mm:
        _refuse(
            name,
            f"two control points {apart[0]:.2f} mm apart, which may be the two ends of one seed",
            "two control points at one place for each seed",
        )
    _check_equal(rises, name)


def _check_equal(rises: FloatArray, name: str) -> None:
    if rises.size and np.ptp(rises) > EQUAL_WEIGHTS * rises.max():
        _refuse(
            name,
            f"seeds with time weights from {rises.min():g} to {rises.max():g} in one channel",
            "permanent seeds, which stay equally long",
        )


def _refuse(name: str, came: str, expected: str) -> None:
    raise InputError(
        f"a channel of plan '{name}' has {came}", expected, "check the plan in the system it comes from"
    )


def _axis(point: Dataset, name: str) -> FloatArray | None:
    if not text(point, "ControlPointOrientation"):
        return None
    along = numbers(point, "ControlPointOrientation", count=3, name=name)
    length = float(np.linalg.norm(along))
    if length == 0:
        raise InputError(
            f"a seed of plan '{name}' has ControlPointOrientation {along.tolist()}",
            "a direction",
            "export it again",
        )
    return along / length
