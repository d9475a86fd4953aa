"""Channels of an RTPLAN and the seeds in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, items, number, text
from seedbed.dicom.plan_seeds import SAME_PLACE_MM, ChannelPoints, Stay, read_points, seeds_of
from seedbed.errors import InputError

STRAIGHT_MM = 1.0
"""Seeds of a needle lie on a straight line when none is further off it than 1 mm (local rule)."""
DOUBLED = 0.5
"""A plan in which at least half of the seeds lie where another does lists its seeds twice (local rule)."""


@dataclass(frozen=True)
class Channel:
    """One channel: its control points, source number, needle number from zero, and time as written."""

    points: ChannelPoints
    source: int
    needle: int
    time: float | None


@dataclass(frozen=True)
class Channels:
    """Channels of a plan that hold something, and what was left out, in sentences."""

    channels: tuple[Channel, ...]
    notes: tuple[str, ...]

    @property
    def sources(self) -> list[int]:
        """Numbers of the sources that channels use, each once."""
        return sorted({channel.source for channel in self.channels})


@dataclass(frozen=True)
class PlanSeeds:
    """Seeds of a plan.

    Attributes
    ----------
    positions_mm : ndarray, shape (n, 3)
    axes : tuple of ndarray or None
        Direction of each seed; None where the plan gives none.
    needle_index, source : ndarray of int, shape (n,)
        Needle of each seed, from zero, and number of its source.
    times : tuple of (time or None, number of seeds)
        Channel Total Time as written, and the seeds of that channel.
    notes : tuple of str
    """

    positions_mm: FloatArray
    axes: tuple[FloatArray | None, ...]
    needle_index: NDArray[np.int64]
    source: NDArray[np.int64]
    times: tuple[tuple[float | None, int], ...]
    notes: tuple[str, ...]

    @property
    def stated_axes(self) -> FloatArray | None:
        """Directions, shape (n, 3); None when the plan lacks that of any seed."""
        known = [axis for axis in self.axes if axis is not None]
        return np.array(known) if len(known) == len(self.axes) else None


def read_channels(plan: Dataset, name: str) -> Channels:
    """Read the channels of the application setups that the plan uses.

    A setup that no fraction group refers to, while it refers to others, is left out, and so is a channel
    whose Channel Total Time is zero while that of others is not: DICOM gives it no source.

    Raises
    ------
    InputError
        No channels, or one that is incomplete.
    """
    every = items(plan, "ApplicationSetupSequence", name=name)
    setups = _used_setups(plan, every)
    inside = [items(setup, "ChannelSequence", name=name) for setup in setups]
    needles = needle_of_each_channel(inside)
    read = [
        Channel(
            read_points(item, name),
            int(number(item, "ReferencedSourceNumber", name=name)),
            int(needle),
            number(item, "ChannelTotalTime", name=name) if text(item, "ChannelTotalTime") else None,
        )
        for item, needle in zip([item for setup in inside for item in setup], needles, strict=True)
    ]
    timed = any(channel.time for channel in read)
    used = tuple(channel for channel in read if not (timed and channel.time == 0))
    notes = []
    if len(setups) < len(every):
        notes.append(f"Application setups left out, since no fraction uses them: {len(every) - len(setups)}.")
    if len(used) < len(read):
        notes.append(f"Channels left out, since their total time is zero: {len(read) - len(used)}.")
    return Channels(used, tuple(notes))


def _used_setups(plan: Dataset, setups: list[Dataset]) -> list[Dataset]:
    used = {
        text(reference, "ReferencedBrachyApplicationSetupNumber")
        for group in plan.get("FractionGroupSequence") or []
        for reference in group.get("ReferencedBrachyApplicationSetupSequence") or []
    }
    named = [setup for setup in setups if text(setup, "ApplicationSetupNumber") in used - {""}]
    return named or setups


def needle_of_each_channel(setups: list[list[Dataset]]) -> NDArray[np.int64]:
    """Needle of each channel: the applicator, else the channel; those of a later setup count on."""
    needles: list[int] = []
    for channels in setups:
        start = max(needles, default=-1)
        stated = [channel.get("SourceApplicatorNumber") for channel in channels]
        free = max((int(applicator) for applicator in stated if applicator is not None), default=0)
        for place, (channel, applicator) in enumerate(zip(channels, stated, strict=True), start=1):
            alone = free + int(channel.get("ChannelNumber") or place)
            needles.append(start + int(alone if applicator is None else applicator))
    return np.array(needles, dtype=np.int64)


def place_seeds(channels: Channels, *, capsule_mm: float, name: str) -> PlanSeeds:
    """Find the seeds of all channels.

    Parameters
    ----------
    channels : Channels
    capsule_mm : float
        Length of the seed model.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        No seed at all, seeds that are listed twice, control points that can be read in two ways.
    """
    weighed = any(channel.points.weights is not None for channel in channels.channels)
    found = [
        seeds_of(channel.points, weighed=weighed, capsule_mm=capsule_mm, name=name)
        for channel in channels.channels
    ]
    counts = [len(seeds.stays) for seeds in found]
    stays: list[Stay] = [stay for seeds in found for stay in seeds.stays]
    if not stays:
        raise InputError(f"plan '{name}' holds no seed", "at least one control point", "export it again")
    positions = np.array([place for place, _ in stays])
    passed = sum(seeds.passed for seeds in found)
    notes = [*channels.notes, *_doubles(positions, name)]
    if passed:
        notes.append(f"Positions that are only passed, without time weight, and so hold no seed: {passed}.")
    return PlanSeeds(
        positions,
        tuple(axis for _, axis in stays),
        np.repeat([channel.needle for channel in channels.channels], counts),
        np.repeat([channel.source for channel in channels.channels], counts),
        tuple((c.time, n) for c, n in zip(channels.channels, counts, strict=True) if n),
        tuple(notes),
    )


def _doubles(positions_mm: FloatArray, name: str) -> list[str]:
    """Refuse a plan that lists its seeds twice; remark on single ones at the place of another."""
    once = np.unique((positions_mm / (10 * SAME_PLACE_MM)).round(), axis=0)
    doubles = len(positions_mm) - len(once)
    if doubles and doubles >= DOUBLED * len(positions_mm):
        raise InputError(
            f"plan '{name}' has {len(positions_mm)} seeds at {len(once)} places",
            "one seed at each place",
            "export a plan that lists each seed once",
        )
    return [f"Seeds that lie exactly where another does: {doubles}; check them."] if doubles else []


def straight_axes(seeds: PlanSeeds, name: str) -> FloatArray:
    """Directions of seeds from the straight lines on which those of a needle lie, shape (n, 3).

    A direction that the plan gives is kept.

    Raises
    ------
    InputError
        A seed without direction on a needle with no other seed, or with seeds more than `STRAIGHT_MM` off a
        line.
    """
    axes = list(seeds.axes)
    for needle in np.unique(seeds.needle_index):
        here = np.flatnonzero(seeds.needle_index == needle)
        if any(axes[seed] is None for seed in here):
            along = _line(seeds.positions_mm[here], int(needle) + 1, name)
            for seed in here:
                axes[seed] = along if axes[seed] is None else axes[seed]
    return np.array(axes, dtype=float)


def _line(places_mm: FloatArray, needle: int, name: str) -> FloatArray:
    offset = places_mm - places_mm.mean(axis=0)
    along: FloatArray = np.linalg.svd(offset)[2][0]
    off = np.linalg.norm(offset - np.outer(offset @ along, along), axis=1)
    if np.ptp(offset @ along) < SAME_PLACE_MM or off.max() > STRAIGHT_MM:
        count = len(places_mm)
        came = "one seed" if count == 1 else f"{count} seeds up to {off.max():.1f} mm off a straight line"
        raise InputError(
            f"needle {needle} of plan '{name}' has {came}",
            f"at least two seeds within {STRAIGHT_MM:g} mm of a line, to take directions from needles",
            "leave that option out: the one-dimensional formula needs no direction",
        )
    return along


def axis_notes(seeds: PlanSeeds, from_needles: bool) -> tuple[str, ...]:
    """Say where the directions of seeds come from when the plan lacks some."""
    missing = sum(axis is None for axis in seeds.axes)
    if not missing:
        return ()
    given = f"The plan gives a direction for {len(seeds.axes) - missing} of {len(seeds.axes)} seeds; "
    if from_needles:
        return (given + "the others were taken from the straight lines of their needles.",)
    return (given + "the one-dimensional formula was used for all.",)


def strength_of_each(seeds: PlanSeeds, strengths: dict[int, float]) -> FloatArray:
    """Strength of each seed, U, shape (n,), from those of the sources."""
    return np.array([strengths[int(source)] for source in seeds.source])


def check_sources(channels: Channels, known: Sequence[int], name: str) -> None:
    """Refuse a channel of a source that the plan does not list."""
    unknown = sorted(set(channels.sources) - set(known))
    if unknown:
        raise InputError(
            f"a channel of plan '{name}' has ReferencedSourceNumber {unknown[0]}",
            f"one of the sources {sorted(known)}",
            "export it again",
        )
