"""The whole journey of one patient, thin and true at each step."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dosimetry import load_source
from seedbed.errors import InputError
from seedbed.journey.case import Case, digital_case, read_script, real_case
from seedbed.journey.clinic import FollowUp, decide, follow
from seedbed.journey.contoured_ct import Sphere
from seedbed.journey.demo_report import demo_pictures, demo_report
from seedbed.journey.demo_verification import VERIFICATION, write_verification
from seedbed.journey.implanting import PlannedDose, implant_and_verify, plan_and_write
from seedbed.journey.places import SUMMARY, staged
from seedbed.journey.progress import Progress, silent
from seedbed.journey.record import JourneyRecord
from seedbed.journey.summary import summarise
from seedbed.protocol import Protocol, load_rules
from seedbed.sheets import write_csv

SOURCE = "6711"


@dataclass(frozen=True)
class DemoRequest:
    """What the user asks of the demonstration.

    Attributes
    ----------
    out : Path
        Folder for the results.
    ct_folder, structures_file : Path or None
        A real CT and its RTSTRUCT; the digital patient without both.
    target : str or None
        Structure to treat; may be left out where there is only one.
    sphere : (x, y, z, radius) or None
        Treat only the part of the target inside, LPS mm.
    rules_file : Path or None
        Another protocol.
    random_seed : int or None
        For the digital patient and the synthetic implantation.
    """

    out: Path
    ct_folder: Path | None = None
    structures_file: Path | None = None
    target: str | None = None
    sphere: Sphere | None = None
    rules_file: Path | None = None
    random_seed: int | None = None


def run_demo(request: DemoRequest, progress: Progress = silent) -> dict[str, Any]:
    """Take one patient through every step and write the results to ``request.out``.

    Parameters
    ----------
    request : DemoRequest
    progress : callable
        Called with the step's name, what is done and what there is in all.

    Returns
    -------
    dict
        What ``summary.json`` holds.

    Raises
    ------
    SeedbedError
        Any input that cannot be used; nothing is written then.
    """
    _check_request(request)
    protocol = load_rules(request.rules_file)
    seed = read_script()["case"]["random_seed"] if request.random_seed is None else request.random_seed
    with staged(request.out, owns=VERIFICATION) as stage:
        rng = np.random.default_rng(seed)
        progress("Preparing the patient", 0, 1)
        case = _case(request, stage / "dicom", rng)
        progress("Preparing the patient", 1, 1)
        return _treat(case, protocol, stage, rng=rng, random_seed=seed, progress=progress)


def _check_request(request: DemoRequest) -> None:
    given = [value for value in (request.ct_folder, request.structures_file) if value is not None]
    if len(given) == 1:
        raise InputError(
            f"only '{given[0]}' was given",
            "both --ct (a folder) and --structures (an RTSTRUCT), or neither",
            "give the other as well",
        )
    if request.ct_folder is not None and request.out.resolve().is_relative_to(request.ct_folder.resolve()):
        raise InputError(
            f"the results would go to '{request.out}', inside the folder of the CT",
            "a folder outside it, since a CT is written too",
            "choose another with --out",
        )
    if not given and (request.target is not None or request.sphere is not None):
        raise InputError(
            "a target or a sphere was given without a CT",
            "--ct and --structures beside it",
            "name the CT and its structure set, or leave the target out for the digital patient",
        )


def _case(request: DemoRequest, folder: Path, rng: np.random.Generator) -> Case:
    if request.ct_folder is None or request.structures_file is None:
        return digital_case(folder, rng)
    return real_case(
        request.ct_folder,
        request.structures_file,
        target_name=request.target,
        sphere=request.sphere,
        dicom_folder=folder,
    )


def _treat(
    case: Case,
    protocol: Protocol,
    stage: Path,
    *,
    rng: np.random.Generator,
    random_seed: int,
    progress: Progress,
) -> dict[str, Any]:
    decisions = decide(case, protocol)
    source = load_source(SOURCE)
    planned = plan_and_write(
        case,
        source,
        decisions.prescription,
        decisions.activity,
        folder=stage / "dicom",
        random_seed=random_seed,
        progress=progress,
    )
    verified = implant_and_verify(
        case, planned, decisions.prescription, folder=stage / "dicom", rng=rng, progress=progress
    )
    record = JourneyRecord(case, protocol, decisions, planned, verified, follow(case, protocol), random_seed)
    progress("Writing the report", 0, 1)
    summary = summarise(record)
    pictures = demo_pictures(record)
    page = demo_report(record, summary, pictures)
    (stage / "report.html").write_text(page, encoding="utf-8")
    write_verification(record, summary, pictures, stage)
    _write_sheets(planned, record.follow_up, stage / "sheets")
    text = json.dumps(summary, indent=2, ensure_ascii=False, allow_nan=False)
    (stage / SUMMARY).write_text(text + "\n", encoding="utf-8")
    progress("Writing the report", 1, 1)
    return summary


def _write_sheets(planned: PlannedDose, follow_up: FollowUp, folder: Path) -> None:
    implant = planned.plan.implant
    write_csv(
        folder / "needles.csv",
        ["needle", "entry_x_mm", "entry_y_mm", "entry_z_mm", "tip_x_mm", "tip_y_mm", "tip_z_mm", "length_mm",
         "seeds"],
        [
            (needle.name, *needle.entry_mm, *needle.tip_mm, needle.length_mm,
             int((implant.needle_index == number).sum()))
            for number, needle in enumerate(implant.needles)
        ],
    )  # fmt: skip
    write_csv(
        folder / "seeds.csv",
        ["seed", "needle", "x_mm", "y_mm", "z_mm", "depth_from_entry_mm", "strength_u"],
        [
            (number + 1, needle.name, *map(float, position),
             float(np.linalg.norm(position - np.array(needle.entry_mm))), float(strength))
            for number, (position, strength, needle) in enumerate(
                zip(implant.positions_mm, implant.strengths_u,
                    [implant.needles[index] for index in implant.needle_index], strict=True)
            )
        ],
    )  # fmt: skip
    write_csv(
        folder / "drug_calendar.csv",
        ["cycle", "dose_mg", "first_dose", "last_dose", "rest_until", "capsules"],
        [
            (c.number, c.dose_mg, c.first_dose, c.last_dose, c.rest_until, c.capsules)
            for c in follow_up.drug.cycles
        ],
    )
    write_csv(
        folder / "visits.csv",
        ["visit", "due", "items"],
        [(visit.label, visit.on, "; ".join(item.text for item in visit.items)) for visit in follow_up.visits],
    )
