"""RTPLAN of a permanent implant: the seeds read, from Seedbed or from any other planning system.

Each seed is a stay at one position (DICOM PS3.3 C.8.8.15: a channel of N steps has 2 N control points).
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydicom import Dataset
from pydicom.uid import RTPlanStorage

from seedbed.dicom.files import read_dataset, reading, require, text
from seedbed.dicom.identity import MANUFACTURER, Identity, identity_of, with_study
from seedbed.dicom.plan_axes import axis_notes, straight_axes
from seedbed.dicom.plan_channels import PlanSeeds, check_sources, place_seeds, read_channels, strength_of_each
from seedbed.dicom.plan_dates import PlanDates, brought_to, check_change, date_notes, plan_dates
from seedbed.dicom.plan_models import ModelChoice, choose_model
from seedbed.dicom.plan_remarks import plan_notes, prescription
from seedbed.dicom.plan_sources import read_strength, source_numbers, strength_notes
from seedbed.dicom.plan_times import UNITS_PER_DAY, ChannelTimes, read_times
from seedbed.dosimetry import Source
from seedbed.errors import InputError
from seedbed.implant import SeedImplant

AFTERLOADERS = ("HDR", "MDR", "PDR")
PERMANENT = "PERMANENT"
NO_STUDY = (
    "The plan names no study; a Study Instance UID was made from its own UID, which no other object shares."
)


@dataclass(frozen=True)
class PlanReading:
    """What the reader of a plan may take for given.

    Attributes
    ----------
    permanent : bool
        Take the implant for permanent although the plan does not say so.
    axes_from_needles : bool
        Take missing directions from the straight lines on which the seeds of a needle lie.
    implanted_on : date or None
        Let the strengths decay from their reference date to this day; None takes them as they are written,
        as of the implantation.
    """

    permanent: bool = False
    axes_from_needles: bool = False
    implanted_on: date | None = None


@dataclass(frozen=True)
class PlanFile:
    """A plan as it stands in an RTPLAN.

    Attributes
    ----------
    implant : SeedImplant
        Seeds; the axis of one whose orientation the file lacks is not known. Seeds of one applicator share
        their ``needle_index``, its number less one; where the needles lie is not in the file.
    dose_gy : float
        Prescription dose; NaN-free, 0 when the file gives none.
    target : str
        Name of the prescription, from the dose reference.
    uid, structure_set_uid : str
    model : ModelChoice
        The seed model, and whether the plan or the user named it.
    dates : PlanDates
    identity : Identity
        Patient, study and frame of reference.
    technique : str
        Brachy Treatment Technique as written.
    channel_time_unit : str
        ``"s"``, ``"d"`` or ``"unknown"``: how Channel Total Time is written. It enters no dose.
    notes : tuple of str
        Sentences on everything that was assumed.
    """

    implant: SeedImplant
    dose_gy: float
    target: str
    uid: str
    structure_set_uid: str
    model: ModelChoice
    dates: PlanDates
    identity: Identity
    technique: str
    channel_time_unit: str
    notes: tuple[str, ...] = ()

    @property
    def source(self) -> Source:
        """The seed model."""
        return self.model.source

    @property
    def strength_date(self) -> str:
        """DICOM date to which the strengths refer as written."""
        return self.dates.strength


def read_plan(path: Path, source: Source) -> PlanFile:
    """Read the seeds of an RTPLAN as seeds of a model; see `read_plan_file`."""
    return read_plan_file(path, source)


def read_plan_file(path: Path, source: Source | None = None, taken: PlanReading | None = None) -> PlanFile:
    """Read the seeds of an RTPLAN of any planning system.

    Parameters
    ----------
    path : Path
    source : Source or None
        Seed model by the user's word; None to take the one that the plan names.
    taken : PlanReading, optional
        What may be taken for given.

    Raises
    ------
    InputError
        Not a brachytherapy RTPLAN, one of an afterloader or of a temporary implant, no known seed model or
        several, another radionuclide, strengths in other units, a plan without positions or strengths,
        incomplete, malformed or such that it can be read in two ways.
    """
    with reading(path):
        plan = read_dataset(path)
        _check_kind(plan, path.name)
        return _read(plan, source, taken or PlanReading(), path.name)


def _read(plan: Dataset, source: Source | None, taken: PlanReading, name: str) -> PlanFile:
    channels = read_channels(plan, name)
    listed = source_numbers(plan, name)
    check_sources(channels, list(listed), name)
    used = {key: listed[key] for key in channels.sources}
    model = choose_model(list(used.values()), source, name)
    half_life = model.source.half_life_days
    seeds = place_seeds(channels, model.source, name)
    strengths = {key: read_strength(item, model.source, name) for key, item in used.items()}
    times = read_times(seeds.times, half_life)
    _check_permanent(plan, times, taken, name)
    dates = plan_dates(plan, strengths, taken.implanted_on, name)
    if text(plan, "Manufacturer") != MANUFACTURER:  # its own plans date strengths by the implantation
        check_change(dates, half_life, name)
    implant = _implant(seeds, model, brought_to(strengths, taken.implanted_on, half_life, name), taken, name)
    notes = (
        *model.notes,
        *seeds.notes,
        *strength_notes(strengths.values(), used.values(), model.source),
        *_time_notes(plan, times),
        *date_notes(dates, half_life),
        *axis_notes(seeds, taken.axes_from_needles),
        *plan_notes(plan, name),
    )
    return _plan_file(plan, implant, model, dates, (times.unit, notes), name)


def _plan_file(
    plan: Dataset,
    implant: SeedImplant,
    model: ModelChoice,
    dates: PlanDates,
    remarks: tuple[str, tuple[str, ...]],
    name: str,
) -> PlanFile:
    uid = str(require(plan, "SOPInstanceUID", name=name))
    reference, dose_gy = prescription(plan, name)
    stated = identity_of(plan)
    no_study = () if stated.study_uid else (NO_STUDY,)
    structure_sets = plan.get("ReferencedStructureSetSequence") or [Dataset()]
    return PlanFile(
        implant=implant,
        dose_gy=dose_gy,
        target=text(reference, "DoseReferenceDescription"),
        uid=uid,
        structure_set_uid=text(structure_sets[0], "ReferencedSOPInstanceUID"),
        model=model,
        dates=dates,
        identity=with_study(stated, uid),
        technique=text(plan, "BrachyTreatmentTechnique"),
        channel_time_unit=remarks[0],
        notes=(*remarks[1], *no_study),
    )


def _implant(
    seeds: PlanSeeds, model: ModelChoice, strengths_u: dict[int, float], taken: PlanReading, name: str
) -> SeedImplant:
    return SeedImplant(
        source=model.source.name,
        positions_mm=seeds.positions_mm,
        axes=straight_axes(seeds, name) if taken.axes_from_needles else seeds.stated_axes,
        strengths_u=strength_of_each(seeds, strengths_u),
        needle_index=seeds.needle_index,
    )


def _check_kind(plan: Dataset, name: str) -> None:
    if plan.get("SOPClassUID") != RTPlanStorage or "ApplicationSetupSequence" not in plan:
        raise InputError(
            f"file '{name}' is not a brachytherapy plan (SOPClassUID {text(plan, 'SOPClassUID') or 'none'}"
            f"{'' if 'ApplicationSetupSequence' in plan else ', no ApplicationSetupSequence'})",
            f"an RTPLAN ({RTPlanStorage}) with application setups",
            "choose the seed plan",
        )
    said = text(plan, "BrachyTreatmentType")
    if said.strip().upper() in AFTERLOADERS:
        raise InputError(
            f"plan '{name}' has BrachyTreatmentType {said}",
            "a permanent implant, placed by hand",
            "choose the seed plan",
        )


def _check_permanent(plan: Dataset, times: ChannelTimes, taken: PlanReading, name: str) -> None:
    """Refuse a plan that neither says that its seeds stay nor has times of a life."""
    said = text(plan, "BrachyTreatmentTechnique")
    if said != PERMANENT and not times.for_life and not taken.permanent:
        raise InputError(
            f"plan '{name}' has the BrachyTreatmentTechnique '{said}' and channel times that are neither the "
            "half-life nor the mean life of its seeds",
            f"{PERMANENT}, or times that say that the seeds stay",
            "say --permanent if the seeds stay for good",
        )


def _time_notes(plan: Dataset, times: ChannelTimes) -> tuple[str, ...]:
    notes = []
    said = text(plan, "BrachyTreatmentTechnique")
    if said != PERMANENT:
        why = "by its channel times" if times.for_life else "by the user's word"
        notes.append(f"The plan has the technique '{said}'; its seeds were taken to stay for good {why}.")
    if times.unit != "s":
        read = {"d": "is written in days"}.get(times.unit, "is missing or in no unit that is known")
        notes.append(f"Channel Total Time {read}; no dose depends on it.")
    if times.short:
        days = ", ".join(
            f"{time:.10g} ({time / UNITS_PER_DAY['s']:.3g} d if in seconds)" for time in times.short
        )
        notes.append(
            f"Channel Total Time is written as {days}, no life of a seed; the seeds were taken to stay "
            "for good."
        )
    return tuple(notes)
