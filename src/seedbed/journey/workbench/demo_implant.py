"""A synthetic CT after implantation of a plan of the digital patient, so that verifying can be tried."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from seedbed.dicom import Identity, content_uid, write_ct_series
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume, displace_seeds, make_post_implant_ct
from seedbed.implant import SeedImplant
from seedbed.journey.case import read_script
from seedbed.journey.filing import filing
from seedbed.journey.import_files import ImportRequest
from seedbed.journey.importing import import_folder
from seedbed.journey.progress import Progress
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.case_folder import CaseRow, case_name, list_cases
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.workplace import Workplace

SERIES, SYNTHETIC = "Post-implant CT", "SYNTHETIC"
TRUTH = "demo-implant.json"
MOVED_MM = (6.0, -4.0, 5.0)
"""How far the patient lies from where the planning CT was made (local rule)."""
LATER = timedelta(days=1)


def check_demo_plan(row: CaseRow, implant: SeedImplant) -> None:
    """Refuse to implant a plan of anybody but the digital patient.

    Raises
    ------
    InputError
    """
    patient_id = read_script()["case"]["patient_id"]
    if row.patient_id != patient_id or not row.series_description.endswith(SYNTHETIC):
        raise InputError(
            "a synthetic implantation for a patient who is not the digital one",
            f"a plan on the synthetic CT of '{patient_id}'",
            "bring the digital patient in, and plan on its CT",
        )
    if not implant.count or implant.axes is None:
        raise InputError("a plan without seeds", "at least one seed with a direction", "plan it first")


def run_demo_implant(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Implant a plan with the usual errors, scan again, and bring that CT into the store.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``plan``; ``random_seed``; ``by``, who asked.

    Raises
    ------
    InputError
        See `check_demo_plan`.
    """
    rooms = workplace.rooms
    desk = rooms.plan(arguments["plan"])
    case, implant = rooms.case(desk.draft.case), desk.draft.implant
    check_demo_plan(case.row, implant)
    progress("Making the post-implant CT", 0, 1)
    rng = np.random.default_rng(arguments["random_seed"])
    true_mm, axes = displaced(implant, rng)
    scanned = make_post_implant_ct(case.ct.volume, true_mm, axes=axes, rng=rng)
    progress("Making the post-implant CT", 1, 1)
    with TemporaryDirectory(dir=workplace.uploads) as name:
        series = write_ct_series(_moved(scanned), Path(name), _scanned_later(case, arguments), series=SERIES)
        found = import_folder(ImportRequest(Path(name), workplace.store), progress).to_dict()
    made = case_name(series.series_uid)
    truth = {
        "case": made, "random_seed": arguments["random_seed"], "moved_mm": list(MOVED_MM),
        "positions_mm": (true_mm + MOVED_MM).tolist(), "axes": axes.tolist(),
    }  # fmt: skip
    with placed(desk.folder / TRUTH, [], kind="the synthetic truth", replaces=Path.is_file) as stage:
        stage.write_text(json.dumps(truth, indent=1), encoding="utf-8")
    patient_id = case.row.patient_id
    detail = f"{desk.draft.plan} on {made}, {implant.count} seeds"
    workplace.trail.note(arguments["by"], "synthetic implantation", patient_id=patient_id, detail=detail)
    with filing(workplace.store) as files:
        cases = [row.case for row in list_cases(files.store, patient_id=patient_id)]
    return {
        "patient_id": patient_id, "case": made, "cases": cases, "seeds": implant.count,
        "notes": found["notes"],
    }  # fmt: skip


def displaced(
    implant: SeedImplant, rng: np.random.Generator
) -> tuple[np.ndarray[Any, np.dtype[np.float64]], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return where the synthetic implantation leaves the seeds: near the plan, not on it.

    Raises
    ------
    InputError
        A plan whose seeds have no direction.
    """
    if implant.axes is None:
        raise InputError("seeds without a direction", "a direction for each", "plan it first")
    usual = read_script()["implantation"]
    return displace_seeds(
        implant.positions_mm, implant.axes, rng=rng, sd_mm=usual["seed_sd_mm"],
        needle_index=implant.needle_index, needle_sd_mm=usual["needle_sd_mm"],
        tilt_sd_deg=usual["tilt_sd_deg"],
    )  # fmt: skip


def _moved(ct: CtVolume) -> CtVolume:
    """Lay the patient elsewhere on the table."""
    x, y, z = (at + by for at, by in zip(ct.grid.origin_mm, MOVED_MM, strict=True))
    return CtVolume(VoxelGrid((x, y, z), ct.grid.spacing_mm, ct.grid.shape), ct.hu)


def _scanned_later(case: OpenCase, arguments: dict[str, Any]) -> Identity:
    """Return the identity of the second CT: the same patient, another study and frame of reference."""
    before = case.ct.identity
    made = before.made + LATER
    study = str(content_uid("post-implant", before.study_uid, arguments["plan"], arguments["random_seed"]))
    return replace(
        before,
        study_uid=study, study_date=f"{made:%Y%m%d}", study_time=f"{made:%H%M%S}", study_id="DEMO2",
        frame_uid=str(content_uid("frame", study)), made=made, synthetic=True,
    )  # fmt: skip
