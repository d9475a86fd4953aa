"""RTPLAN of a permanent implant: the seeds read.

Each seed is a stay at one position (DICOM PS3.3 C.8.8.15: a channel of N steps has 2 N control points).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import RTPlanStorage

from seedbed.dicom.files import FloatArray, items, number, numbers, read_dataset, reading, require, text
from seedbed.dicom.plan_sources import read_strengths, strength_date
from seedbed.dosimetry import Source
from seedbed.errors import InputError
from seedbed.implant import SeedImplant

SAME_PLACE_MM = 1e-3
AFTERLOADERS = ("HDR", "MDR", "PDR")
Stay = tuple[FloatArray, FloatArray | None]


@dataclass(frozen=True)
class PlanFile:
    """A plan as it stands in an RTPLAN.

    Attributes
    ----------
    implant : SeedImplant
        Seeds; ``axes`` is None when the file gives no orientation. Seeds of one applicator share their
        ``needle_index``, its number less one; where the needles lie is not in the file.
    dose_gy : float
        Prescription dose; NaN-free, 0 when the file gives none.
    target : str
        Name of the prescription, from the dose reference.
    uid, structure_set_uid : str
    strength_date : str
        DICOM date to which the strengths refer.
    """

    implant: SeedImplant
    dose_gy: float
    target: str
    uid: str
    structure_set_uid: str
    strength_date: str


def read_plan(path: Path, source: Source) -> PlanFile:
    """Read the seeds of an RTPLAN.

    Raises
    ------
    InputError
        Not a brachytherapy RTPLAN, one of an afterloader, of another radionuclide or with strengths in other
        units, one without positions or strengths, incomplete or malformed.
    """
    with reading(path):
        plan = read_dataset(path)
        _check_kind(plan, path.name)
        prescriptions = plan.get("DoseReferenceSequence") or [Dataset()]
        structure_sets = plan.get("ReferencedStructureSetSequence") or [Dataset()]
        return PlanFile(
            _implant(plan, source, path.name),
            _dose_gy(prescriptions[0], path.name),
            text(prescriptions[0], "DoseReferenceDescription"),
            str(require(plan, "SOPInstanceUID", name=path.name)),
            text(structure_sets[0], "ReferencedSOPInstanceUID"),
            strength_date(plan, path.name),
        )


def _check_kind(plan: Dataset, name: str) -> None:
    if plan.get("SOPClassUID") != RTPlanStorage or "ApplicationSetupSequence" not in plan:
        raise InputError(
            f"file '{name}' is not a brachytherapy plan",
            "an RTPLAN with application setups",
            "choose the seed plan",
        )
    if plan.get("BrachyTreatmentType") in AFTERLOADERS:
        raise InputError(
            f"plan '{name}' has BrachyTreatmentType {plan.BrachyTreatmentType}",
            "a permanent implant, placed by hand",
            "choose the seed plan",
        )


def _dose_gy(prescription: Dataset, name: str) -> float:
    stated = text(prescription, "TargetPrescriptionDose")
    return number(prescription, "TargetPrescriptionDose", name=name) if stated else 0.0


def _implant(plan: Dataset, source: Source, name: str) -> SeedImplant:
    strengths = read_strengths(plan, source, name)
    setups = [
        items(setup, "ChannelSequence", name=name)
        for setup in items(plan, "ApplicationSetupSequence", name=name)
    ]
    channels = [channel for setup in setups for channel in setup]
    stays = [_stays(channel, name) for channel in channels]
    counts = [len(seeds) for seeds in stays]
    if not sum(counts):
        raise InputError(f"plan '{name}' holds no seed", "at least one control point", "export it again")
    per_channel = [_strength(channel, strengths, name) for channel in channels]
    axes = [axis for seeds in stays for _, axis in seeds if axis is not None]
    return SeedImplant(
        source=source.name,
        positions_mm=np.array([position for seeds in stays for position, _ in seeds]),
        axes=np.array(axes) if len(axes) == sum(counts) else None,
        strengths_u=np.repeat(per_channel, counts),
        needle_index=np.repeat(_needle_of_each_channel(setups), counts),
    )


def _strength(channel: Dataset, strengths: dict[int, float], name: str) -> float:
    source = int(number(channel, "ReferencedSourceNumber", name=name))
    if source not in strengths:
        raise InputError(
            f"a channel of plan '{name}' has ReferencedSourceNumber {source}",
            f"one of the sources {sorted(strengths)}",
            "export it again",
        )
    return strengths[source]


def _needle_of_each_channel(setups: list[list[Dataset]]) -> NDArray[np.int64]:
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


def _stays(channel: Dataset, name: str) -> list[Stay]:
    """Positions of a channel with their axis; the two control points of one stay count once."""
    stays: list[Stay] = []
    begun = False
    for point in channel.get("BrachyControlPointSequence") or []:
        position = numbers(point, "ControlPoint3DPosition", count=3, name=name)
        if begun and np.allclose(stays[-1][0], position, rtol=0, atol=SAME_PLACE_MM):
            begun = False  # the end of this stay; the same place once more is another seed
        else:
            stays.append((position, _axis(point, name)))
            begun = True
    return stays


def _axis(point: Dataset, name: str) -> FloatArray | None:
    if point.get("ControlPointOrientation") is None:
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
