"""From what a user asks to what is verified: two CTs brought together, plan and contours laid on one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seedbed.dicom import CtSeries, PlanFile
from seedbed.dosimetry import Source
from seedbed.errors import InputError
from seedbed.imaging import Registration, register_cts
from seedbed.imaging.registration_quality import GOOD
from seedbed.implant import SeedImplant
from seedbed.journey.progress import Progress
from seedbed.journey.single_file import sha256
from seedbed.journey.structure_roles import folder_hash
from seedbed.journey.verification.carried import Contours, contours_on
from seedbed.journey.verification.frames import Scans
from seedbed.journey.verification.question import VerifyQuestion
from seedbed.journey.verification.reading import Files, read_files

REGISTERING = "Registering the two CTs"
SAME_GY = 0.005
NOT_NEEDED = "The planning CT was not used: plan and structures lie on the CT after implantation."


@dataclass(frozen=True)
class PlannedSeeds:
    """The plan, on the CT on which it was made and on that after implantation.

    Attributes
    ----------
    file : PlanFile
    here : SeedImplant
        Its seeds on the CT after implantation.
    moved : bool
        Whether they were carried there by a registration.
    """

    file: PlanFile
    here: SeedImplant
    moved: bool


@dataclass(frozen=True)
class Asked:
    """What is verified, and what goes beside it.

    Attributes
    ----------
    question : VerifyQuestion
    scans : Scans
    source : Source
    plan : PlannedSeeds or None
    contours : Contours or None
    registration : Registration or None
        From the planning CT to that after implantation.
    rx_gy : float or None
        Prescription.
    notes : tuple of str
        Sentences on everything that was assumed.
    inputs : Mapping of str to Mapping
        Name and SHA-256 of what was read, by what it is.
    """

    question: VerifyQuestion
    scans: Scans
    source: Source
    plan: PlannedSeeds | None
    contours: Contours | None
    registration: Registration | None
    rx_gy: float | None
    notes: tuple[str, ...]
    inputs: Mapping[str, Mapping[str, str]]

    @property
    def ct(self) -> CtSeries:
        """The CT after implantation."""
        return self.scans.after


def ask(question: VerifyQuestion, progress: Progress) -> Asked:
    """Read all files and bring them onto the CT after implantation.

    Raises
    ------
    SeedbedError
        Any input that cannot be used.
    """
    progress("Reading CT and structures", 0, 1)
    files = read_files(question)
    registration, notes = _registered(question, files, progress)
    plan = None
    if files.plan is not None:
        plan = _placed(files.plan, files.scans.after, registration if files.plan_before else None)
    contours = None
    if files.drawn is not None:
        contours, said = contours_on(files, question.organs, registration)
        notes += said
    planned_gy = files.plan.dose_gy if files.plan is not None and files.plan.dose_gy > 0 else None
    rx_gy = question.rx_gy or planned_gy
    _check_dose_wanted(contours, rx_gy)
    notes += [*_other_plan(files, contours, rx_gy, planned_gy), *files.notes]
    return Asked(
        question, files.scans, files.source, plan, contours, registration, rx_gy, tuple(notes),
        _inputs(question),
    )  # fmt: skip


def _registered(
    question: VerifyQuestion, files: Files, progress: Progress
) -> tuple[Registration | None, list[str]]:
    """Register the planning CT to that after implantation where anything depends on it.

    Raises
    ------
    InputError
        A match that is not good enough to carry anything over.
    """
    before, after = files.scans.before, files.scans.after
    if before is None:
        return None, []
    if not (files.drawn_before or files.plan_before or files.earlier is not None):
        return None, [NOT_NEEDED]
    progress(REGISTERING, 0, 1)
    around = files.drawn if files.drawn_before else files.earlier
    found = register_cts(
        before.volume, after.volume, around=around.target if around is not None else None,
        deformable=question.deformable, random_seed=question.random_seed, progress=progress,
    )  # fmt: skip
    quality = found.quality
    if not quality.usable:
        raise InputError(
            f"'{question.plan_ct_folder}' and '{question.ct_folder}' could not be registered: "
            f"{quality.words}",
            "two CTs that show the same part of the same patient",
            "check that they belong together, or draw the contours on the CT after implantation",
        )
    if quality.grade == GOOD:
        return found, []
    return found, [f"Registration of the two CTs, {quality.words}: judge it by the checker-board."]


def _other_plan(
    files: Files, contours: Contours | None, rx_gy: float | None, planned_gy: float | None
) -> list[str]:
    """Say where target or prescription are not those of the plan."""
    notes, plan = [], files.plan
    if plan is None or contours is None:
        return []
    if plan.target and plan.target != contours.drawn.whole.name and plan.target != contours.target.name:
        notes.append(f"The plan is of target '{plan.target}'; '{contours.target.name}' was judged.")
    if planned_gy is not None and rx_gy is not None and abs(planned_gy - rx_gy) > SAME_GY:
        notes.append(f"The plan prescribes {planned_gy:g} Gy; {rx_gy:g} Gy was asked for and judged by.")
    return notes


def _placed(file: PlanFile, after: CtSeries, registration: Registration | None) -> PlannedSeeds:
    """Put the planned seeds onto the CT after implantation.

    Raises
    ------
    InputError
        Seeds that would lie outside it.
    """
    here = file.implant
    if registration is not None:
        moved = registration.to_post(here.positions_mm)
        axes = None if here.axes is None else registration.rigid.turn(here.axes)
        here = replace(here, positions_mm=moved, axes=axes, needles=())
    grid = after.volume.grid
    outside = ((here.positions_mm < grid.lower_mm()) | (here.positions_mm > grid.upper_mm())).any(axis=1)
    if outside.any():
        raise InputError(
            f"{int(outside.sum())} of the plan's {here.count} seeds lie outside the CT, for example at "
            f"{np.round(here.positions_mm[outside][0], 1).tolist()} mm",
            f"a CT that shows {grid.lower_mm().round(1).tolist()} to {grid.upper_mm().round(1).tolist()} mm "
            "and every planned place in it",
            "choose the CT and the plan of one implantation",
        )
    return PlannedSeeds(file, here, registration is not None)


def _check_dose_wanted(contours: Contours | None, rx_gy: float | None) -> None:
    if contours is not None and rx_gy is None:
        raise InputError(
            "a target without a prescription", "a prescription in Gy", "state it with --rx, or give the plan"
        )


def _inputs(question: VerifyQuestion) -> dict[str, dict[str, str]]:
    """Name and SHA-256 of what was read, by what it is."""
    folders = {"ct": question.ct_folder, "plan_ct": question.plan_ct_folder}
    files = {
        "structures": question.structures_file,
        "plan_structures": question.plan_structures_file,
        "plan": question.plan_file,
        "seeds": question.seeds_file,
        "source": Path(source) if (source := question.source) and source.endswith(".toml") else None,
    }  # fmt: skip
    read = {key: (path, folder_hash(path)) for key, path in folders.items() if path is not None}
    read |= {key: (path, sha256(path)) for key, path in files.items() if path is not None}
    return {key: {"name": path.resolve().name, "sha256": digest} for key, (path, digest) in read.items()}
