"""Dose of a seed plan from any planning system, written as an RTDOSE."""

import math
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import (
    PlanFile,
    PlanReading,
    content_uid,
    is_own_dose,
    iso,
    read_plan_file,
    read_structure_set_header,
    read_structures_of,
    write_dose,
)
from seedbed.dosimetry import GridDose, grid_dose, load_source
from seedbed.errors import InputError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant, radionuclide
from seedbed.journey.progress import Progress
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.single_file import check_free, hashes, placed
from seedbed.report import NOTICE
from seedbed.units import MBQ_PER_MCI

FloatArray = NDArray[np.float64]
STEP, KIND = "Calculating dose", "RTDOSE"
FINEST_MM, COARSEST_MM = 0.05, 10.0
"""Voxels of a dose grid (local rule): a dose on coarser ones says nothing about seeds."""
MOST_VOXELS = 200_000_000
"""A larger grid is refused: its dose alone would take more than 1.6 GB (local rule)."""
OUTLINE = "EXTERNAL"


@dataclass(frozen=True)
class DoseRequest:
    """What the user asks of the dose of a plan.

    Attributes
    ----------
    plan, out : Path
        The RTPLAN, and the RTDOSE to write.
    source : str or None
        Seed model by the user's word, a listed name or a file; None to take the one that the plan names.
    structures : Path or None
        An RTSTRUCT that the grid is to cover too, all but the outline of the body.
    grid_mm, margin_mm : float
        Distance of the voxels, and how far the grid reaches beyond seeds and structures.
    until_days : float or None
        Days after implantation; None for complete decay.
    cutoff_mm : float or None
        Distance beyond which a seed is not counted.
    one_dimensional : bool
        Use the one-dimensional formula although directions are known.
    reading : PlanReading
        What may be taken for given of the plan.
    """

    plan: Path
    out: Path
    source: str | None = None
    structures: Path | None = None
    grid_mm: float = 1.0
    margin_mm: float = 30.0
    until_days: float | None = None
    cutoff_mm: float | None = None
    one_dimensional: bool = False
    reading: PlanReading = field(default_factory=PlanReading)


@dataclass(frozen=True)
class CalculatedDose:
    """The dose of a plan as it was written.

    Attributes
    ----------
    request : DoseRequest
    plan : PlanFile
    dose : GridDose
    uid : str
        SOP instance UID of the RTDOSE.
    inputs : dict of str to str
        What was read, with its SHA-256.
    notes : tuple of str
        Sentences on everything that was assumed.
    """

    request: DoseRequest
    plan: PlanFile
    dose: GridDose
    uid: str
    inputs: dict[str, str]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return all of it but the voxels, ready for JSON."""
        return {
            "seedbed": {"version": version("seedbed"), "notice": NOTICE},
            "plan": _plan_numbers(self.plan),
            "source": _source_numbers(self.plan),
            "implant": _implant_numbers(self.plan, self.dose),
            "dose": _dose_numbers(self.request, self.dose),
            "notes": list(self.notes),
            "inputs_sha256": self.inputs,
            "output": {"path": str(self.request.out), "uid": self.uid},
        }


def calculate_dose(request: DoseRequest, progress: Progress | None = None) -> CalculatedDose:
    """Calculate the dose of a plan on a grid around its seeds and write it as an RTDOSE linked to the plan.

    Parameters
    ----------
    request : DoseRequest
    progress : callable, optional
        Called with the step's name, what is done and what there is in all.

    Raises
    ------
    SeedbedError
        Any input that cannot be used; nothing is written then.
    """
    _check_request(request)
    read = [request.plan, *([request.structures] if request.structures else [])]
    check_free(request.out, read, kind=KIND, replaces=is_own_dose)
    source = None if request.source is None else load_source(request.source)
    plan = _linked(_with_structures(read_plan_file(request.plan, source, request.reading), request), request)
    implant = replace(plan.implant, axes=None) if request.one_dimensional else plan.implant
    grid = grid_around(_places(plan, request), request.grid_mm, request.margin_mm)
    dose = grid_dose(
        plan.source,
        implant,
        grid,
        cutoff_mm=request.cutoff_mm,
        until_days=math.inf if request.until_days is None else request.until_days,
        progress=None if progress is None else (lambda done, total: progress(STEP, done, total)),
    )
    comment = _comment(request, implant.axes is None)
    with placed(request.out, read, kind=KIND, replaces=is_own_dose) as stage:
        uid = write_dose(dose.dose_gy, grid, stage, plan.identity, plan_uid=plan.uid, comment=comment)
    return CalculatedDose(request, plan, dose, uid, hashes(*read), _notes(plan, request))


def grid_around(places_mm: FloatArray, grid_mm: float, margin_mm: float) -> VoxelGrid:
    """Return a grid of cubic voxels around places, with a margin.

    Parameters
    ----------
    places_mm : ndarray, shape (n, 3)
    grid_mm, margin_mm : float

    Raises
    ------
    InputError
        More than `MOST_VOXELS` voxels.

    Examples
    --------
    >>> grid_around(np.zeros((1, 3)), 1.0, 2.0).shape
    (5, 5, 5)
    """
    lower, upper = places_mm.min(axis=0) - margin_mm, places_mm.max(axis=0) + margin_mm
    voxels = float(np.prod((upper - lower) / grid_mm + 1))
    if not voxels <= MOST_VOXELS:
        raise InputError(
            f"a grid of {grid_mm:g} mm over {' x '.join(f'{side:.0f}' for side in upper - lower)} mm has "
            f"{voxels:.2g} voxels",
            f"at most {MOST_VOXELS:.0e}",
            "take a coarser grid or a smaller margin",
        )
    return VoxelGrid.around(lower, upper, grid_mm)


def _check_request(request: DoseRequest) -> None:
    numbers = {
        "grid": (
            request.grid_mm,
            FINEST_MM <= request.grid_mm <= COARSEST_MM,
            f"{FINEST_MM:g} to {COARSEST_MM:g} mm",
        ),
        "margin": (request.margin_mm, 0.0 <= request.margin_mm < math.inf, "zero or more mm"),
        "time": (
            request.until_days,
            request.until_days is None or 0.0 < request.until_days < math.inf,
            "a positive number of days",
        ),
    }
    for what, (value, sound, expected) in numbers.items():
        if not sound:
            raise InputError(f"the {what} is {value}", expected, "correct it or leave it out")


def _with_structures(plan: PlanFile, request: DoseRequest) -> PlanFile:
    """Return the plan with what was noted of its structure set, which must be of the same patient."""
    if request.structures is None:
        return plan
    header = read_structure_set_header(request.structures)
    check_same_patient(
        {
            f"plan '{request.plan.name}'": plan.identity.patient_id,
            f"'{request.structures.name}'": header.patient_id,
        }
    )
    return replace(plan, notes=(*plan.notes, *header.notes))


def _linked(plan: PlanFile, request: DoseRequest) -> PlanFile:
    """Return the plan with a frame of reference: its own, its structure set's, or a new one."""
    if plan.identity.frame_uid:
        return plan
    if request.structures is None:
        frame = str(content_uid("frame", plan.uid))
        note = (
            "The plan has no frame of reference; the dose has a new one, which no contours share. Give the "
            "structure set of the plan with --structures to take its frame."
        )
    else:
        header = read_structure_set_header(request.structures)
        if not header.frame_uid or header.uid != plan.structure_set_uid:
            raise InputError(
                f"plan '{request.plan.name}' has no frame of reference, and '{request.structures.name}' is "
                "not the structure set that it was made on",
                f"that with the UID {plan.structure_set_uid or '(the plan names none)'}",
                "give that structure set, or leave --structures out",
            )
        frame = header.frame_uid
        note = "The plan has no frame of reference; that of its structure set was taken."
    return replace(plan, identity=replace(plan.identity, frame_uid=frame), notes=(*plan.notes, note))


def _places(plan: PlanFile, request: DoseRequest) -> FloatArray:
    """Places that the grid is to cover: seeds, and the corners of structures."""
    structures: dict[str, Structure] = {}
    if request.structures is not None:
        structures = read_structures_of(request.structures, plan.identity.frame_uid, of="plan")
    corners = [c for s in structures.values() if s.kind != OUTLINE for c in s.bounds_mm]
    return np.vstack([plan.implant.positions_mm, *corners])


def _comment(request: DoseRequest, one_dimensional: bool) -> str:
    time = "to complete decay" if request.until_days is None else f"of {request.until_days:g} d"
    return f"Dose {time}, water, TG-43U1" + (", one-dimensional" if one_dimensional else "")


def _notes(plan: PlanFile, request: DoseRequest) -> tuple[str, ...]:
    if request.one_dimensional and plan.implant.axes is not None:
        return (*plan.notes, "The one-dimensional formula was used as asked, although directions are known.")
    return plan.notes


def _plan_numbers(plan: PlanFile) -> dict[str, Any]:
    dates = plan.dates
    return {
        "uid": plan.uid,
        "target": plan.target,
        "prescription_gy": plan.dose_gy or None,
        "technique": plan.technique,
        "channel_time_unit": plan.channel_time_unit,
        "plan_date": iso(dates.plan) or None,
        "strength_date": iso(dates.strength) or None,
        "implanted_on": iso(dates.implanted) or None,
        "implant_date_stated": dates.stated,
    }


def _source_numbers(plan: PlanFile) -> dict[str, Any]:
    source = plan.source
    return {
        "name": source.name,
        "title": source.title,
        "radionuclide": source.radionuclide,
        "half_life_days": source.half_life_days,
        "reference": source.reference,
        "chosen_by": "user" if plan.model.by_user else "plan",
        "plan_says": plan.model.stated,
    }


def _implant_numbers(plan: PlanFile, dose: GridDose) -> dict[str, Any]:
    strengths = plan.implant.strengths_u
    total = float(strengths.sum())
    mci = total / radionuclide(plan.source.radionuclide).u_per_mci
    return {
        "seeds": plan.implant.count,
        "total_strength_u": total,
        "total_activity_mci": mci,
        "total_activity_mbq": mci * MBQ_PER_MCI,
        "weakest_u": float(strengths.min()),
        "strongest_u": float(strengths.max()),
        "formula": _formula(dose.implant),
    }


def _formula(implant: SeedImplant) -> str:
    known = implant.axis_known
    if known.all():
        return "two-dimensional"
    return "two-dimensional where the direction is known" if known.any() else "one-dimensional"


def _dose_numbers(request: DoseRequest, dose: GridDose) -> dict[str, Any]:
    return {
        "until_days": request.until_days,
        "max_gy": float(dose.dose_gy.max()),
        "cutoff_mm": request.cutoff_mm,
        "dropped_at_most_gy": float(dose.dropped_gy),
        "grid": {
            "origin_mm": list(dose.grid.origin_mm),
            "spacing_mm": list(dose.grid.spacing_mm),
            "shape_zyx": list(dose.grid.shape),
        },
    }
