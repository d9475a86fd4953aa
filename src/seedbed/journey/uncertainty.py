"""What random errors may do to the dose of a seed plan from any planning system."""

import math
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seedbed.dicom import PlanReading, choose, read_plan_file, read_structure_set_header, read_structures_of
from seedbed.dosimetry import load_source
from seedbed.dosimetry.placement_errors import load_errors
from seedbed.dosimetry.uncertainty import Spread, Uncertainty, simulate_uncertainty
from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.journey.progress import Progress
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.single_file import hashes
from seedbed.report import NOTICE

STEP = "Trying displaced implants"
PERCENTILES = (5, 25, 50, 75, 95)
OUTLINE = "EXTERNAL"


@dataclass(frozen=True)
class UncertaintyRequest:
    """What the user asks of a plan.

    Attributes
    ----------
    plan, structures : Path
        RTPLAN and RTSTRUCT of one frame of reference.
    target : str
        Name of the structure that was to be treated.
    organs : tuple of str
        Names of organs; empty for all other structures but the outline of the body.
    prescription_gy : float or None
        None to take that of the plan.
    errors : str
        A series of `seedbed.dosimetry.placement_errors.error_names`.
    trials, random_seed : int
    source : str or None
        Seed model by the user's word; None to take the one that the plan names.
    reading : PlanReading
        What may be taken for given of the plan.
    """

    plan: Path
    structures: Path
    target: str
    organs: tuple[str, ...] = ()
    prescription_gy: float | None = None
    errors: str = "thoracic template"
    trials: int = 200
    random_seed: int = 0
    source: str | None = None
    reading: PlanReading = field(default_factory=PlanReading)


def uncertainty_of(request: UncertaintyRequest, progress: Progress | None = None) -> dict[str, Any]:
    """Simulate random errors of a plan; return all numbers, ready for JSON.

    Raises
    ------
    SeedbedError
        Any input that cannot be used.
    """
    errors = load_errors(request.errors)
    source = None if request.source is None else load_source(request.source)
    plan = read_plan_file(request.plan, source, request.reading)
    header = read_structure_set_header(request.structures)
    check_same_patient(
        {
            f"plan '{request.plan.name}'": plan.identity.patient_id,
            f"'{request.structures.name}'": header.patient_id,
        }
    )
    structures = read_structures_of(request.structures, plan.identity.frame_uid, of="plan")
    target = choose(structures, request.target)
    found = simulate_uncertainty(
        plan.source,
        plan.implant,
        target,
        _organs(structures, request),
        prescription_gy=_prescription(request, plan.dose_gy),
        errors=errors,
        trials=request.trials,
        random_seed=request.random_seed,
        progress=None if progress is None else (lambda done, total: progress(STEP, done, total)),
    )
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        **uncertainty_numbers(found),
        "source": plan.source.name,
        "notes": [*plan.notes, *header.notes],
        "inputs_sha256": hashes(request.plan, request.structures),
    }


def uncertainty_numbers(found: Uncertainty) -> dict[str, Any]:
    """Return a simulation in numbers, ready for JSON."""
    errors = {key: value for key, value in vars(found.errors).items() if key != "sources"}
    return {
        "errors": errors,
        "errors_from": list(found.errors.sources),
        "prescription_gy": found.prescription_gy,
        "trials": found.trials,
        "random_seed": found.random_seed,
        "spreads": [_spread_numbers(spread) for spread in found.spreads],
    }


def _spread_numbers(spread: Spread) -> dict[str, Any]:
    return {
        "structure": spread.structure,
        "metric": spread.metric,
        "unit": spread.unit,
        "planned": spread.planned,
        "mean": spread.mean,
        "sd": spread.sd,
        "percentiles": {str(share): spread.percentile(share) for share in PERCENTILES},
    }


def _organs(structures: dict[str, Structure], request: UncertaintyRequest) -> list[Structure]:
    if request.organs:
        return [choose(structures, name, "organ") for name in dict.fromkeys(request.organs)]
    return [s for s in structures.values() if s.name != request.target and s.kind != OUTLINE]


def _prescription(request: UncertaintyRequest, planned_gy: float) -> float:
    stated = request.prescription_gy
    if stated is not None and not 0 < stated < math.inf:
        raise InputError(f"the prescription is {stated} Gy", "a positive number of Gy", "correct it")
    if stated is None and not planned_gy > 0:
        raise InputError(
            f"plan '{request.plan.name}' gives no prescription dose",
            "one, for V100",
            "state it with --prescription-gy",
        )
    return planned_gy if stated is None else stated
