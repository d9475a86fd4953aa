"""RTPLAN of a permanent implant: one application setup, one channel a needle, two control points a seed.

Each seed is a stay at one position (DICOM PS3.3 C.8.8.15: a channel of N steps has 2 N control points).
Channel Total Time is written in seconds and gives every seed the mean life of its radionuclide
(``T_half / ln 2``), so that strength times time is the dose of complete decay.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import RTPlanStorage, RTStructureSetStorage

from seedbed.dicom.files import Identity, content_uid, decimal, new_dataset, read_dataset, require, save
from seedbed.dosimetry import Source
from seedbed.errors import InputError
from seedbed.implant import Needle, SeedImplant

SECONDS_PER_HOUR = 3600.0
SAME_PLACE_MM = 1e-3
HALF_LIFE_TOLERANCE = 0.01


@dataclass(frozen=True)
class PlanFile:
    """A plan as it stands in an RTPLAN.

    Attributes
    ----------
    implant : SeedImplant
        Seeds; ``axes`` is None when the file gives no orientation.
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
) -> str:
    """Write a permanent implant as an RTPLAN and return its SOP instance UID."""
    text = (implant.positions_mm.round(4).tolist(), implant.strengths_u.tolist(), dose_gy, target)
    uid = content_uid("RTPLAN", identity.study_uid, structure_set_uid, text)
    plan = new_dataset(identity, RTPlanStorage, "RTPLAN", instance_uid=uid, series="Seed plan")
    plan.RTPlanLabel, plan.RTPlanDescription = (
        "SEEDBED",
        "Permanent seed implant; research, not for treatment",
    )
    plan.RTPlanDate, plan.RTPlanTime = plan.SeriesDate, plan.SeriesTime
    plan.PlanIntent, plan.RTPlanGeometry = "RESEARCH", "PATIENT"
    plan.ReferencedStructureSetSequence = [_reference(RTStructureSetStorage, structure_set_uid)]
    plan.DoseReferenceSequence = [_prescription(dose_gy, target)]
    plan.FractionGroupSequence = [_fraction(dose_gy)]
    plan.BrachyTreatmentTechnique, plan.BrachyTreatmentType = "PERMANENT", "MANUAL"
    plan.TreatmentMachineSequence = [_machine()]
    strengths = sorted(set(implant.strengths_u.tolist()))
    plan.SourceSequence = [_source(n, source, s, implanted) for n, s in enumerate(strengths, start=1)]
    plan.ApplicationSetupSequence = [_setup(implant, source, strengths)]
    plan.ApprovalStatus = "UNAPPROVED"
    save(plan, path)
    return str(uid)


def read_plan(path: Path, source: Source) -> PlanFile:
    """Read the seeds of an RTPLAN.

    Raises
    ------
    InputError
        Not a brachytherapy RTPLAN, or one without positions or strengths.
    """
    plan = read_dataset(path)
    if plan.get("SOPClassUID") != RTPlanStorage or "ApplicationSetupSequence" not in plan:
        raise InputError(
            f"file '{path.name}' is not a brachytherapy plan",
            "an RTPLAN with application setups",
            "choose the seed plan",
        )
    _check_half_life(plan, source, path)
    strengths = {
        int(item.SourceNumber): float(str(require(item, "ReferenceAirKermaRate", path.name)))
        for item in plan.SourceSequence
    }
    channels = [channel for setup in plan.ApplicationSetupSequence for channel in setup.ChannelSequence]
    seeds = [
        (number, *seed, strengths[int(channel.ReferencedSourceNumber)])
        for number, channel in enumerate(channels)
        for seed in _stays(channel, path)
    ]
    if not seeds:
        raise InputError(f"plan '{path.name}' holds no seed", "at least one control point", "export it again")
    oriented = all(axis is not None for _, _, axis, _ in seeds)
    implant = SeedImplant(
        source=source.name,
        positions_mm=np.array([position for _, position, _, _ in seeds]),
        axes=np.array([axis for _, _, axis, _ in seeds]) if oriented else None,
        strengths_u=np.array([strength for *_, strength in seeds]),
        needle_index=np.array([number for number, *_ in seeds], dtype=np.int64),
    )
    doses = plan.get("DoseReferenceSequence", [])
    references = plan.get("ReferencedStructureSetSequence", [])
    return PlanFile(
        implant,
        float(doses[0].get("TargetPrescriptionDose", 0)) if doses else 0.0,
        str(doses[0].get("DoseReferenceDescription", "")) if doses else "",
        str(plan.SOPInstanceUID),
        str(references[0].ReferencedSOPInstanceUID) if references else "",
        str(plan.SourceSequence[0].get("SourceStrengthReferenceDate", "")),
    )


def _check_half_life(plan: Dataset, source: Source, path: Path) -> None:
    """Refuse a plan whose seeds decay otherwise than the model they are read as."""
    for item in plan.get("SourceSequence", []):
        stated = float(item.get("SourceIsotopeHalfLife") or source.half_life_days)
        if abs(stated / source.half_life_days - 1) > HALF_LIFE_TOLERANCE:
            raise InputError(
                f"plan '{path.name}' has seeds with a half-life of {stated:g} d",
                f"{source.half_life_days:g} d, that of model {source.name}",
                "choose the seed model of the plan",
            )


def _reference(sop_class: str, uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


def _prescription(dose_gy: float, target: str) -> Dataset:
    item = Dataset()
    item.DoseReferenceNumber, item.ReferencedROINumber = 1, 1
    item.DoseReferenceStructureType, item.DoseReferenceType = "VOLUME", "TARGET"
    item.DoseReferenceDescription = target
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


def _source(number: int, source: Source, strength_u: float, implanted: datetime) -> Dataset:
    item = Dataset()
    item.SourceNumber, item.SourceType = number, "LINE"
    item.SourceManufacturer, item.SourceModelID = source.title[:64], source.name[:16]
    item.ActiveSourceDiameter = decimal(source.capsule_diameter_mm)
    item.ActiveSourceLength = decimal(source.active_length_mm)
    item.SourceIsotopeName = source.radionuclide
    item.SourceIsotopeHalfLife = decimal(source.half_life_days)
    item.SourceStrengthUnits = "AIR_KERMA_RATE"
    item.ReferenceAirKermaRate = decimal(strength_u)
    item.SourceStrengthReferenceDate = implanted.strftime("%Y%m%d")
    item.SourceStrengthReferenceTime = implanted.strftime("%H%M%S")
    return item


def _setup(implant: SeedImplant, source: Source, strengths: list[float]) -> Dataset:
    item = Dataset()
    item.ApplicationSetupType, item.ApplicationSetupNumber = "PERCUTANEOUS", 1
    hours = source.mean_life_hours
    item.TotalReferenceAirKerma = decimal(float(implant.strengths_u.sum()) * hours)
    item.ChannelSequence = []
    for number, needle in enumerate(implant.needles):
        for strength in strengths:  # a channel holds one source
            seeds = np.flatnonzero((implant.needle_index == number) & (implant.strengths_u == strength))
            if seeds.size:
                channel = _channel(needle, implant, seeds, hours)
                channel.ChannelNumber = len(item.ChannelSequence) + 1
                channel.SourceApplicatorNumber = number + 1
                channel.ReferencedSourceNumber = strengths.index(strength) + 1
                item.ChannelSequence.append(channel)
    return item


def _channel(needle: Needle, implant: SeedImplant, seeds: np.ndarray, hours: float) -> Dataset:
    item = Dataset()
    item.ChannelLength = decimal(needle.length_mm)
    item.ChannelTotalTime = decimal(len(seeds) * hours * SECONDS_PER_HOUR)
    item.SourceMovementType = "FIXED"
    item.SourceApplicatorID, item.SourceApplicatorType = needle.name, "RIGID"
    item.SourceApplicatorName = f"18G needle {needle.name}"
    item.SourceApplicatorLength = decimal(needle.length_mm)
    item.NumberOfControlPoints = 2 * len(seeds)
    item.FinalCumulativeTimeWeight = decimal(len(seeds))
    item.BrachyControlPointSequence = [
        _control_point(needle, implant, int(seed), 2 * order + end, order + end)
        for order, seed in enumerate(seeds)
        for end in (0, 1)
    ]
    return item


def _control_point(needle: Needle, implant: SeedImplant, seed: int, index: int, weight: int) -> Dataset:
    item = Dataset()
    position = implant.positions_mm[seed]
    item.ControlPointIndex, item.CumulativeTimeWeight = index, decimal(weight)
    item.ControlPointRelativePosition = decimal(float(np.linalg.norm(position - np.array(needle.tip_mm))))
    item.ControlPoint3DPosition = [decimal(round(float(value), 4)) for value in position]
    if implant.axes is not None:
        item.ControlPointOrientation = [float(value) for value in implant.axes[seed]]
    return item


def _stays(channel: Dataset, path: Path) -> list[tuple[list[float], list[float] | None]]:
    """Positions of a channel with their axis; the two control points of one stay count once."""
    stays: list[tuple[list[float], list[float] | None]] = []
    for point in channel.get("BrachyControlPointSequence", []):
        position = [float(value) for value in _sequence(require(point, "ControlPoint3DPosition", path.name))]
        if stays and np.allclose(stays[-1][0], position, atol=SAME_PLACE_MM):
            continue
        orientation = point.get("ControlPointOrientation")
        stays.append((position, None if orientation is None else _unit(orientation)))
    return stays


def _sequence(value: object) -> list[float]:
    return list(value)  # type: ignore[call-overload,no-any-return]


def _unit(orientation: object) -> list[float]:
    vector = np.array(_sequence(orientation), dtype=float)
    return list(vector / np.linalg.norm(vector))
