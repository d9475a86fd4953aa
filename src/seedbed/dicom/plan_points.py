"""Control points of one channel of an RTPLAN, and what the channel says of them itself.

The number of control points and the final weight that a channel states are compared with the points that it
holds: an export that lost some is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, numbers, text
from seedbed.dicom.plan_values import counted, stated_number
from seedbed.errors import InputError

SAME_FINAL = 0.02
"""A final weight within 2 percent of the last one is the same, but for rounding (local rule)."""
WEIGHT, FINAL = "CumulativeTimeWeight", "FinalCumulativeTimeWeight"


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
    label : str
        The channel, for sentences: ``"channel 3 of plan 'p.dcm'"``.
    no_time : bool
        Whether the channel states that its time or its final weight is zero.
    """

    places_mm: FloatArray
    axes: tuple[FloatArray | None, ...]
    weights: FloatArray | None
    label: str
    no_time: bool


def read_points(channel: Dataset, time: float | None, label: str) -> ChannelPoints:
    """Read the control points of a channel.

    Parameters
    ----------
    channel : Dataset
    time : float or None
        Its Channel Total Time as written; a channel of zero time may be a needle without control points.
    label : str
        The channel, for sentences.

    Raises
    ------
    InputError
        No points, another number of them than stated, another final weight than stated, a point without a
        place, a direction of length 0, negative weights, weights for some points only.
    """
    points = list(channel.get("BrachyControlPointSequence") or [])
    places = [numbers(point, "ControlPoint3DPosition", count=3, name=label) for point in points]
    single = len({tuple(place.tolist()) for place in places}) == len(places)
    _check_count(channel, points, time, label, single=single)
    stated = [stated_number(point, WEIGHT, of=f"a control point of {label}") for point in points]
    _check_positive(stated, label)
    final = stated_number(channel, FINAL, of=label)
    _check_final(stated, final, label, single=single)
    axes = tuple(_axis(point, label) for point in points)
    return ChannelPoints(
        np.array(places).reshape(-1, 3), axes, _weights(stated, label), label, 0.0 in (time, final)
    )


def _check_count(
    channel: Dataset, points: list[Dataset], time: float | None, label: str, *, single: bool
) -> None:
    """Refuse another number of points than stated; of two stated for each seed, one may be left."""
    if not points and time != 0:
        raise InputError(
            f"{label} has no control points (BrachyControlPointSequence)",
            "control points, or a ChannelTotalTime of 0 for a needle without seeds",
            "export the plan again",
        )
    stated = stated_number(channel, "NumberOfControlPoints", of=label)
    allowed = (None, len(points), 2 * len(points)) if single else (None, len(points))
    if points and stated not in allowed:
        raise InputError(
            f"{label} states a NumberOfControlPoints of {stated or 0:g} but holds "
            f"{counted(len(points), 'item')}",
            "all its control points",
            "export the plan again",
        )


def _check_positive(stated: Sequence[float | None], label: str) -> None:
    negative = [weight for weight in stated if weight is not None and weight < 0]
    if negative:
        raise InputError(
            f"{label} has a negative {WEIGHT}, {min(negative):g}", "weights from zero on", "export it again"
        )


def _check_final(stated: Sequence[float | None], final: float | None, label: str, *, single: bool) -> None:
    """Refuse a final weight that is not that of the points.

    Where weights begin anew or fall to zero after the last seed, it may also be the highest weight or the sum
    of all rises; where each seed has a single point, the end of the last stay, one step beyond.
    """
    if final is None or not stated or stated[-1] is None:
        return
    weights = np.array([weight or 0.0 for weight in stated])
    rises = np.diff(weights)
    meant = [float(weights[-1])]
    if (rises < 0).any():
        meant += [float(weights.max()), float(rises[rises > 0].sum())]
    if single:
        meant.append(float(weights[-1] + (rises[-1] if len(rises) else 1.0)))
    if all(abs(final - weight) > SAME_FINAL * max(final, weight) for weight in meant):
        raise InputError(
            f"{label} states a {FINAL} of {final:g} but its last control point has the weight "
            f"{weights[-1]:g}",
            "all its control points, with the weight of the last one as the final weight",
            "export the plan again",
        )


def _weights(stated: Sequence[float | None], label: str) -> FloatArray | None:
    """Cumulative time weights; the first may be left out, since it is zero."""
    known = [weight for weight in stated if weight is not None]
    if len(set(known)) <= 1 and len(known) in (0, len(stated)):
        return None
    if None in stated[1:]:
        raise InputError(
            f"{label} has a {WEIGHT} at {len(known)} of its {len(stated)} control points",
            "a weight at each control point or at none",
            "export it again",
        )
    return np.array([stated[0] or 0.0, *known[len(known) - len(stated) + 1 :]])


def _axis(point: Dataset, label: str) -> FloatArray | None:
    if not text(point, "ControlPointOrientation"):
        return None
    along = numbers(point, "ControlPointOrientation", count=3, name=label)
    length = float(np.linalg.norm(along))
    if length == 0:
        raise InputError(
            f"a seed of {label} has ControlPointOrientation {along.tolist()}",
            "a direction",
            "export it again",
        )
    return along / length
