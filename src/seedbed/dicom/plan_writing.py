"""RTPLAN of a permanent implant: one application setup, one channel a needle, two control points a seed.

A channel holds the seeds of one needle and one strength, or on demand each seed; a seed whose needle is not
known has a channel of its own. Channel Total Time is written in seconds and gives every seed the mean life
of its radionuclide (``T_half / ln 2``), so that strength times time is the dose of complete decay.
"""

from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import RTPlanStorage, RTStructureSetStorage

from seedbed.dicom.files import SHORT_STRING, FloatArray, decimal, reference, save, string
from seedbed.dicom.identity import Identity, new_dataset, set_uids
from seedbed.dicom.plan_sources import source_item
from seedbed.dosimetry import Source
from seedbed.errors import OutputError
from seedbed.implant import Needle, SeedImplant

Seeds = NDArray[np.int64]
SECONDS_PER_HOUR = 3600.0


def write_plan(
    implant: SeedImplant,
    source: Source,
    path: Path,
    identity: Identity,
    *,
    dose_gy: float,
    target: str,
    structure_set_uid: str,
    implanted: datetime,
    target_roi: int = 1,
    seed_channels: bool = False,
) -> str:
    """Write a permanent implant as an RTPLAN and return its SOP instance UID.

    Parameters
    ----------
    implant : SeedImplant
    source : Source
        Model of all seeds.
    path : Path
    identity : Identity
    dose_gy : float
        Prescription.
    target : str
        Name of the target.
    structure_set_uid : str
        SOP instance UID of the RTSTRUCT with the target; empty where there is none: the plan then refers to
        none, its geometry is that of the treatment device, and the target is a site instead of a ROI.
    implanted : datetime
        To which the strengths refer.
    target_roi : int
        ROI number of the target in that structure set.
    seed_channels : bool
        Give each seed a channel of its own with its mean life, as DICOM has it for permanent implants (PS3.3
        C.8.8.15.1), instead of one channel to the seeds of a needle.

    Raises
    ------
    OutputError
        A seed would be lost.
    InputError
        A name that DICOM cannot hold.
    """
    plan = new_dataset(identity, RTPlanStorage, "RTPLAN", series="Seed plan")
    plan.RTPlanLabel, plan.RTPlanDescription = (
        "SEEDBED",
        "Permanent seed implant; research, not for treatment",
    )
    plan.RTPlanDate, plan.RTPlanTime = plan.SeriesDate, plan.SeriesTime
    plan.PlanIntent, plan.RTPlanGeometry = "RESEARCH", "PATIENT" if structure_set_uid else "TREATMENT_DEVICE"
    if structure_set_uid:
        plan.ReferencedStructureSetSequence = [reference(RTStructureSetStorage, structure_set_uid)]
    plan.DoseReferenceSequence = [_prescription(dose_gy, target, target_roi if structure_set_uid else None)]
    plan.FractionGroupSequence = [_fraction(dose_gy)]
    plan.BrachyTreatmentTechnique, plan.BrachyTreatmentType = "PERMANENT", "MANUAL"
    plan.TreatmentMachineSequence = [_machine()]
    strengths = sorted(set(implant.strengths_u.tolist()))
    plan.SourceSequence = [source_item(n, source, s, implanted) for n, s in enumerate(strengths, start=1)]
    channels = _alone(channel_seeds(implant)) if seed_channels else channel_seeds(implant)
    setup = _setup(implant, source.mean_life_hours, strengths, channels)
    plan.ApplicationSetupSequence = [setup]
    plan.ApprovalStatus = "UNAPPROVED"
    _check_none_lost(setup, implant.count)
    uid = set_uids(plan)
    save(plan, path)
    return str(uid)


def _check_none_lost(setup: Dataset, count: int) -> None:
    written = sum(len(channel.BrachyControlPointSequence) for channel in setup.ChannelSequence)
    if written != 2 * count:
        raise OutputError(
            f"the plan has {written} control points for {count} seeds", "two for each", "report this"
        )


def _prescription(dose_gy: float, target: str, roi: int | None) -> Dataset:
    item = Dataset()
    item.DoseReferenceNumber, item.DoseReferenceType = 1, "TARGET"
    item.DoseReferenceStructureType = "SITE" if roi is None else "VOLUME"
    if roi is not None:
        item.ReferencedROINumber = roi
    item.DoseReferenceDescription = string(target)
    item.TargetPrescriptionDose = decimal(dose_gy)
    return item


def _fraction(dose_gy: float) -> Dataset:
    setup, group = Dataset(), Dataset()
    setup.ReferencedBrachyApplicationSetupNumber = 1
    setup.BrachyApplicationSetupDose = decimal(dose_gy)
    group.FractionGroupNumber, group.NumberOfFractionsPlanned = 1, 1
    group.NumberOfBeams, group.NumberOfBrachyApplicationSetups = 0, 1
    group.ReferencedBrachyApplicationSetupSequence = [setup]
    return group


def _machine() -> Dataset:
    item = Dataset()
    item.TreatmentMachineName = "MANUAL"
    return item


def _setup(implant: SeedImplant, hours: float, strengths: list[float], channels: list[Seeds]) -> Dataset:
    item = Dataset()
    item.ApplicationSetupType, item.ApplicationSetupNumber = "PERCUTANEOUS", 1
    item.TotalReferenceAirKerma = decimal(float(implant.strengths_u.sum()) * hours)
    item.ChannelSequence = []
    for number, seeds in enumerate(channels, start=1):
        channel = _channel(implant, seeds, hours)
        channel.ChannelNumber = number
        channel.ReferencedSourceNumber = strengths.index(float(implant.strengths_u[seeds[0]])) + 1
        item.ChannelSequence.append(channel)
    return item


def channel_seeds(implant: SeedImplant) -> list[Seeds]:
    """Return the seeds of each channel: one needle and one strength; seeds without a needle each alone.

    Examples
    --------
    >>> two = SeedImplant("6711", np.zeros((3, 3)), None, np.array([0.5, 0.5, 0.7]),
    ...                   needle_index=np.array([0, 0, 0]))
    >>> [seeds.tolist() for seeds in channel_seeds(two)]
    [[0, 1], [2]]
    """
    needles, strengths = implant.needle_index, implant.strengths_u
    together = sorted(set(zip(needles[needles >= 0].tolist(), strengths[needles >= 0].tolist(), strict=True)))
    known = [np.flatnonzero((needles == needle) & (strengths == strength)) for needle, strength in together]
    return known + [np.array([seed]) for seed in np.flatnonzero(needles < 0)]


def _alone(channels: list[Seeds]) -> list[Seeds]:
    return [np.array([seed]) for seeds in channels for seed in seeds]


def _channel(implant: SeedImplant, seeds: Seeds, hours: float) -> Dataset:
    item = Dataset()
    number = int(implant.needle_index[seeds[0]])
    needle = _needle(implant, number)
    deepest = np.array(needle.tip_mm) if needle else implant.positions_mm[seeds[0]]
    item.ChannelLength = decimal(needle.length_mm) if needle else None
    item.ChannelTotalTime = decimal(len(seeds) * hours * SECONDS_PER_HOUR)
    item.SourceMovementType = "FIXED"
    item.TransferTubeNumber = None
    if number >= 0:
        _applicator(item, number, implant)
    item.NumberOfControlPoints = 2 * len(seeds)
    item.FinalCumulativeTimeWeight = decimal(len(seeds))
    item.BrachyControlPointSequence = [
        _control_point(implant, int(seed), deepest, 2 * order + end, order + end)
        for order, seed in enumerate(seeds)
        for end in (0, 1)
    ]
    return item


def _applicator(item: Dataset, number: int, implant: SeedImplant) -> None:
    """Name the needle and its length; where the needle is not known, the length that its seeds take."""
    needle = _needle(implant, number)
    name = needle.name if needle else f"N{number + 1}"
    item.SourceApplicatorNumber, item.ReferencedROINumber = number + 1, None
    item.SourceApplicatorID, item.SourceApplicatorType = string(name, SHORT_STRING), "RIGID"
    item.SourceApplicatorName = string(f"Needle {name}")
    item.SourceApplicatorLength = decimal(needle.length_mm if needle else _extent_mm(implant, number))


def _needle(implant: SeedImplant, number: int) -> Needle | None:
    return implant.needles[number] if 0 <= number < len(implant.needles) else None


def _extent_mm(implant: SeedImplant, number: int) -> float:
    places = implant.positions_mm[implant.needle_index == number]
    return float(np.linalg.norm(places - places[0], axis=1).max())


def _control_point(implant: SeedImplant, seed: int, deepest: FloatArray, index: int, weight: int) -> Dataset:
    item = Dataset()
    position = implant.positions_mm[seed]
    item.ControlPointIndex, item.CumulativeTimeWeight = index, decimal(weight)
    item.ControlPointRelativePosition = decimal(float(np.linalg.norm(position - deepest)))
    item.ControlPoint3DPosition = [decimal(round(float(value), 4)) for value in position]
    if implant.axis_known[seed]:
        item.ControlPointOrientation = [float(value) for value in implant.directions[seed]]
    return item
