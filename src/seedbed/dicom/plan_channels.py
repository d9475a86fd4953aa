"""Channels of an RTPLAN and the seeds in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, items, text
from seedbed.dicom.plan_points import ChannelPoints, read_points
from seedbed.dicom.plan_seeds import Stay, has_pairs, seeds_of
from seedbed.dicom.plan_spacing import spacing_notes
from seedbed.dicom.plan_values import needed_number, stated_number
from seedbed.dosimetry import Source
from seedbed.errors import InputError

FIXED = "FIXED"


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
    def stated_axes(self) -> FloatArray:
        """Directions, shape (n, 3); zeros where the plan gives none."""
        return np.array([np.zeros(3) if axis is None else axis for axis in self.axes]).reshape(-1, 3)


def read_channels(plan: Dataset, name: str) -> Channels:
    """Read the channels of the application setups that the plan uses.

    A setup that no fraction group refers to, while it refers to others, is left out, and so is a channel
    whose Channel Total Time is zero while that of others is not, or that has no control points either: DICOM
    gives it no source.

    Raises
    ------
    InputError
        No channel with seeds, or one that is incomplete or has a negative time.
    """
    every = items(plan, "ApplicationSetupSequence", name=name)
    setups = _used_setups(plan, every)
    inside = [items(setup, "ChannelSequence", name=name) for setup in setups]
    needles = needle_of_each_channel(inside)
    listed = [(place, item) for setup in inside for place, item in enumerate(setup, start=1)]
    read = [
        _channel(item, int(needle), f"channel {text(item, 'ChannelNumber') or place} of plan '{name}'")
        for (place, item), needle in zip(listed, needles, strict=True)
    ]
    filled = [channel for channel in read if len(channel.points.places_mm)]
    if not filled:
        raise InputError(
            f"plan '{name}' has no channel with seeds (ApplicationSetupSequence, ChannelSequence)",
            "channels with control points",
            "export the plan with its seeds, or choose another",
        )
    timed = any(channel.time for channel in read)
    used = tuple(channel for channel in filled if not (timed and channel.time == 0))
    notes = []
    if len(setups) < len(every):
        notes.append(f"Application setups left out, since no fraction uses them: {len(every) - len(setups)}.")
    if len(used) < len(read):
        notes.append(f"Channels left out, since their total time is zero: {len(read) - len(used)}.")
    return Channels(used, (*notes, *_movement_notes([item for _, item in listed])))


def _channel(item: Dataset, needle: int, label: str) -> Channel:
    time = stated_number(item, "ChannelTotalTime", of=label)
    if time is not None and time < 0:
        raise InputError(
            f"{label} has the ChannelTotalTime {time:.10g}", "a time from zero on", "export the plan again"
        )
    points = read_points(item, time, label)
    return Channel(points, int(needed_number(item, "ReferencedSourceNumber", of=label)), needle, time)


def _movement_notes(channels: Sequence[Dataset]) -> tuple[str, ...]:
    """Say where sources are said to move, as permanent seeds do not."""
    said = [text(item, "SourceMovementType").strip().upper() for item in channels]
    moving = [movement for movement in said if movement not in ("", FIXED)]
    if not moving:
        return ()
    said_types = f"Channels with the Source Movement Type {' and '.join(dict.fromkeys(moving))}"
    return (f"{said_types}, although permanent seeds are {FIXED}: {len(moving)}.",)


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


def place_seeds(channels: Channels, source: Source, name: str) -> PlanSeeds:
    """Find the seeds of all channels.

    Parameters
    ----------
    channels : Channels
    source : Source
        The seed model, for the length and the diameter of its capsule.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        No seed at all, seeds that are listed twice, control points that can be read in two ways.
    """
    weighed = any(channel.points.weights is not None for channel in channels.channels)
    paired = any(has_pairs(channel.points) for channel in channels.channels)
    found = [
        seeds_of(channel.points, weighed=weighed, paired=paired, capsule_mm=source.capsule_length_mm)
        for channel in channels.channels
    ]
    counts = [len(seeds.stays) for seeds in found]
    stays: list[Stay] = [stay for seeds in found for stay in seeds.stays]
    if not stays:
        raise InputError(f"plan '{name}' holds no seed", "at least one control point", "export it again")
    positions = np.array([place for place, _ in stays])
    passed = sum(seeds.passed for seeds in found)
    notes = [*channels.notes, *spacing_notes(positions, source.capsule_diameter_mm, name)]
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


def strength_of_each(seeds: PlanSeeds, strengths: dict[int, float]) -> FloatArray:
    """Strength of each seed, U, shape (n,), from those of the sources."""
    return np.array([strengths[int(source)] for source in seeds.source])


def check_sources(channels: Channels, known: Sequence[int], name: str) -> None:
    """Refuse a channel of a source that the plan does not list."""
    unknown = sorted(set(channels.sources) - set(known))
    if unknown:
        raise InputError(
            f"a channel of plan '{name}' has ReferencedSourceNumber {unknown[0]}",
            f"one of the sources {sorted(known)} of the SourceSequence",
            "export it again",
        )
