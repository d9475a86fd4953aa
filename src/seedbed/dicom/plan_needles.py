"""Needles of a plan that Seedbed wrote: DICOM itself has no place for where a needle enters."""

from pathlib import Path

import numpy as np
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, items, number, numbers, read_dataset, reading, text
from seedbed.dicom.identity import MANUFACTURER
from seedbed.errors import InputError
from seedbed.implant import Needle


def read_own_needles(path: Path) -> tuple[Needle, ...]:
    """Read the needles of an RTPLAN by Seedbed: lengths of channels, and seeds that point along them.

    Raises
    ------
    InputError
        A plan by another program, or one without needles.
    """
    with reading(path):
        plan = read_dataset(path)
        if text(plan, "Manufacturer") != MANUFACTURER or text(plan, "Modality") != "RTPLAN":
            raise InputError(
                f"'{path.name}' is no plan by Seedbed, and DICOM does not say where needles enter",
                "a plan by Seedbed, or a JSON file of needles with name, entry_mm and tip_mm",
                "write the needles as JSON",
            )
        setups = items(plan, "ApplicationSetupSequence", name=path.name)
        channels = [c for setup in setups for c in items(setup, "ChannelSequence", name=path.name)]
        found = [_needle(channel, path.name) for channel in channels if text(channel, "ChannelLength")]
    if not found:
        raise InputError(
            f"plan '{path.name}' has no needle", "channels with a length", "give needles with --needle"
        )
    return tuple({needle.name: needle for needle in found}.values())


def _needle(channel: Dataset, name: str) -> Needle:
    """Return the needle of a channel: a seed lies its relative position outwards from the tip."""
    point = items(channel, "BrachyControlPointSequence", name=name)[0]
    along = numbers(point, "ControlPointOrientation", count=3, name=name)
    place = numbers(point, "ControlPoint3DPosition", count=3, name=name)
    tip = place + number(point, "ControlPointRelativePosition", name=name) * along / np.linalg.norm(along)
    entry = tip - number(channel, "ChannelLength", name=name) * along / np.linalg.norm(along)
    return Needle(text(channel, "SourceApplicatorID"), _vector(entry), _vector(tip))


def _vector(point: FloatArray) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return x, y, z
