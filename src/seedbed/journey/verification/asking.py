"""From what a user asks to what is verified: files read, two CTs brought together, names found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seedbed.dicom import (
    CtSeries,
    PlanFile,
    PlanReading,
    read_ct_series,
    read_plan_file,
    read_structure_set_header,
)
from seedbed.dosimetry import Source, load_source
from seedbed.errors import InputError
from seedbed.imaging import Registration, register_cts
from seedbed.implant import SeedImplant
from seedbed.journey.contoured_ct import ContouredCt, contoured
from seedbed.journey.progress import Progress
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.single_file import sha256
from seedbed.journey.structure_roles import folder_hash
from seedbed.journey.verification.carried import Contours, contours_on
from seedbed.journey.verification.frames import Scans
from seedbed.journey.verification.question import VerifyQuestion

SOURCE = "6711"
REGISTERING = "Registering the two CTs"


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
    inputs : Mapping of str to str
        What was read, with its SHA-256.
    """

    question: VerifyQuestion
    scans: Scans
    source: Source
    plan: PlannedSeeds | None
    contours: Contours | None
    registration: Registration | None
    rx_gy: float | None
    notes: tuple[str, ...]
    inputs: Mapping[str, str]

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
    source, file = _read_plan(question)
    progress("Reading CT and structures", 0, 1)
    scans = _read_scans(question)
    _check_patients(question, scans, file)
    drawn, drawn_before = _read_contours(question, scans)
    frame = _frame_of(file, question) if file is not None else ""
    planned_before = file is not None and scans.lies_before(frame, f"plan '{_name(question.plan_file)}'")
    registration = _registered(question, scans, drawn if drawn_before else None, progress)
    plan = None if file is None else _placed(file, scans.after, registration if planned_before else None)
    contours, said = (
        (None, ())
        if drawn is None
        else contours_on(
            scans.after, drawn, question.organs,
            registration=registration if drawn_before else None,
            before=_read_before(question, scans, drawn),
            drawn_here=question.drawn_on == "ct" or _drawn_here(question, scans),
        )
    )  # fmt: skip
    rx_gy = question.rx_gy or (file.dose_gy if file is not None and file.dose_gy > 0 else None)
    _check_dose_wanted(contours, rx_gy)
    return Asked(
        question, scans, source, plan, contours, registration, rx_gy,
        (*_notes(scans, drawn, file), *said), _inputs(question),
    )  # fmt: skip


def _read_plan(question: VerifyQuestion) -> tuple[Source, PlanFile | None]:
    source = None if question.source is None else load_source(question.source)
    if question.plan_file is None:
        return source or load_source(SOURCE), None
    reading = PlanReading(
        permanent=False, axes_from_needles=question.axes_from_needles, implanted_on=question.implant_on
    )
    file = read_plan_file(question.plan_file, source, reading)
    return file.source, file


def _read_scans(question: VerifyQuestion) -> Scans:
    after = read_ct_series(question.ct_folder, series=question.series, correct_tilt=question.correct_tilt)
    if question.plan_ct_folder is None:
        return Scans(after)
    before = read_ct_series(
        question.plan_ct_folder, series=question.plan_series, correct_tilt=question.correct_tilt
    )
    if before.series_uid == after.series_uid:
        raise InputError(
            f"the planning CT '{question.plan_ct_folder}' is the CT after implantation itself",
            "two CTs",
            "leave --plan-ct out where there is only one",
        )
    return Scans(after, before)


def _check_patients(question: VerifyQuestion, scans: Scans, file: PlanFile | None) -> None:
    ids = {f"CT '{question.ct_folder}'": scans.after.identity.patient_id}
    if scans.before is not None:
        ids[f"planning CT '{question.plan_ct_folder}'"] = scans.before.identity.patient_id
    if file is not None:
        ids[f"plan '{_name(question.plan_file)}'"] = file.identity.patient_id
    if question.structures_file is not None:
        header = read_structure_set_header(question.structures_file)
        ids[f"structure set '{question.structures_file.name}'"] = header.patient_id
    check_same_patient(ids)


def _read_contours(question: VerifyQuestion, scans: Scans) -> tuple[ContouredCt | None, bool]:
    """Read the structures on the CT on which they lie, and say whether that is the planning CT."""
    path = question.structures_file
    if path is None:
        return None, False
    header = read_structure_set_header(path)
    before = scans.lies_before(header.frame_uid, f"structure set '{path.name}'", drawn_on=question.drawn_on)
    series = scans.before if before and scans.before is not None else scans.after
    folder = question.plan_ct_folder if before else question.ct_folder
    drawn = contoured(series, path, ct_name=str(folder), target_name=question.target, sphere=question.sphere)
    return drawn, before


def _drawn_here(question: VerifyQuestion, scans: Scans) -> bool:
    """Whether the structure set names the series after implantation as its own."""
    path = question.structures_file
    return path is not None and scans.after.series_uid in read_structure_set_header(path).series_uids


def _read_before(question: VerifyQuestion, scans: Scans, drawn: ContouredCt) -> ContouredCt | None:
    """Read the target as it was drawn on the planning CT, beside that drawn on the other.

    Raises
    ------
    InputError
        Contours that lie on the planning CT already.
    """
    path = question.plan_structures_file
    if path is None or scans.before is None:
        return None
    if drawn.ct is scans.before:
        raise InputError(
            f"'{path.name}' and the structures both lie on the planning CT",
            "--structures drawn on the CT after implantation beside it",
            "leave --plan-structures out, or say --drawn-on ct",
        )
    return contoured(
        scans.before, path, ct_name=str(question.plan_ct_folder), target_name=question.target,
        sphere=question.sphere,
    )  # fmt: skip


def _frame_of(file: PlanFile, question: VerifyQuestion) -> str:
    """Return the frame of a plan: its own, or that of the structure set to which it refers."""
    if file.identity.frame_uid or question.structures_file is None:
        return file.identity.frame_uid
    header = read_structure_set_header(question.structures_file)
    return header.frame_uid if header.uid == file.structure_set_uid else ""


def _registered(
    question: VerifyQuestion, scans: Scans, drawn: ContouredCt | None, progress: Progress
) -> Registration | None:
    """Register the planning CT to that after implantation; refuse what cannot be used.

    Raises
    ------
    InputError
        A match that is not good enough to carry anything over.
    """
    if scans.before is None:
        return None
    progress(REGISTERING, 0, 1)
    found = register_cts(
        scans.before.volume, scans.after.volume,
        around=drawn.target if drawn is not None else None,
        deformable=question.deformable, random_seed=question.random_seed, progress=progress,
    )  # fmt: skip
    if not found.quality.usable:
        raise InputError(
            f"'{question.plan_ct_folder}' and '{question.ct_folder}' could not be registered: "
            f"{found.quality.words}",
            "two CTs that show the same part of the same patient",
            "check that they belong together, or draw the contours on the CT after implantation",
        )
    return found


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


def _notes(scans: Scans, drawn: ContouredCt | None, file: PlanFile | None) -> tuple[str, ...]:
    """Sentences of all readers, each once."""
    before = scans.before.notes if scans.before is not None else ()
    contours = drawn.notes if drawn is not None else ()
    plan = file.notes if file is not None else ()
    return tuple(dict.fromkeys((*scans.after.notes, *before, *contours, *plan)))


def _inputs(question: VerifyQuestion) -> dict[str, str]:
    """SHA-256 of what was read."""
    found = {"ct_folder": folder_hash(question.ct_folder)}
    if question.plan_ct_folder is not None:
        found["plan_ct_folder"] = folder_hash(question.plan_ct_folder)
    found |= {path.name: sha256(path) for path in question.files}
    if question.source is not None and question.source.endswith(".toml"):
        found[Path(question.source).name] = sha256(Path(question.source))
    return found


def _name(path: Path | None) -> str:
    return path.name if path is not None else ""
