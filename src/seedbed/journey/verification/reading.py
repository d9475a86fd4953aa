"""The files of a verification, read: CTs, plan, structures, each on the CT on which it lies."""

from dataclasses import dataclass
from pathlib import Path

from seedbed.dicom import (
    PlanFile,
    PlanReading,
    StructureSetHeader,
    read_ct_series,
    read_plan_file,
    read_structure_set_header,
)
from seedbed.dosimetry import Source, load_source
from seedbed.errors import InputError
from seedbed.journey.contoured_ct import ContouredCt, contoured
from seedbed.journey.same_patient import check_same_patient
from seedbed.journey.verification.frames import Scans
from seedbed.journey.verification.question import VerifyQuestion

SOURCE = "6711"
NO_MODEL = f"No seed model was stated: {SOURCE} was taken; state it where it is another (--source)."
UNDECIDED = (
    "{what} lies in a frame of reference that both CTs share and does not say on which: it was taken to lie "
    "on the planning CT{do}."
)


@dataclass(frozen=True)
class Files:
    """What was read.

    Attributes
    ----------
    scans : Scans
    source : Source
    plan : PlanFile or None
    plan_before, drawn_before : bool
        Whether plan and structures lie on the planning CT.
    drawn : ContouredCt or None
        Structures on the CT on which they lie.
    drawn_here : bool
        Whether they were drawn on the CT after implantation, by their own word or the user's.
    earlier : ContouredCt or None
        Structures drawn on the planning CT, beside those drawn on the other.
    notes : tuple of str
        Sentences on everything that was assumed.
    """

    scans: Scans
    source: Source
    plan: PlanFile | None
    plan_before: bool
    drawn: ContouredCt | None
    drawn_before: bool
    drawn_here: bool
    earlier: ContouredCt | None
    notes: tuple[str, ...]


def read_files(question: VerifyQuestion) -> Files:
    """Read all files and tell on which CT each lies.

    Raises
    ------
    SeedbedError
        Any file that cannot be used, two patients, a frame of reference of neither CT.
    """
    source, plan = _read_plan(question)
    scans = _read_scans(question)
    path = question.structures_file
    header = None if path is None else read_structure_set_header(path)
    _check_patients(question, scans, plan, header)
    _check_day(question, scans)
    drawn, on_planning, said = _read_contours(question, scans, header)
    plan_before, assumed = _place_plan(question, scans, plan, header)
    earlier = _read_earlier(question, scans, drawn)
    named = header is not None and scans.after.series_uid in header.series_uids
    notes = [*scans.after.notes, *(scans.before.notes if scans.before is not None else ())]
    notes += [note for read in (drawn, earlier, plan) if read is not None for note in read.notes]
    here = not on_planning and (named or question.drawn_on == "ct")
    if question.source is None and plan is None:
        notes.append(NO_MODEL)
    return Files(
        scans, source, plan, plan_before, drawn, on_planning, here, earlier,
        tuple(dict.fromkeys([*notes, *said, *assumed])),
    )  # fmt: skip


def _read_plan(question: VerifyQuestion) -> tuple[Source, PlanFile | None]:
    source = None if question.source is None else load_source(question.source)
    if question.plan_file is None:
        return source or load_source(SOURCE), None
    reading = PlanReading(
        permanent=question.permanent,
        axes_from_needles=question.axes_from_needles,
        implanted_on=question.implant_on,
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


def _check_patients(
    question: VerifyQuestion, scans: Scans, plan: PlanFile | None, header: StructureSetHeader | None
) -> None:
    ids = {f"CT '{question.ct_folder}'": scans.after.identity.patient_id}
    if scans.before is not None:
        ids[f"planning CT '{question.plan_ct_folder}'"] = scans.before.identity.patient_id
    if plan is not None:
        ids[f"plan '{_name(question.plan_file)}'"] = plan.identity.patient_id
    if header is not None:
        ids[f"structure set '{_name(question.structures_file)}'"] = header.patient_id
    check_same_patient(ids)


def _check_day(question: VerifyQuestion, scans: Scans) -> None:
    """Refuse an implantation after the CT that shows its seeds."""
    day, shown = question.implant_on, scans.after.identity.study_date
    if day is not None and shown and day.strftime("%Y%m%d") > shown:
        raise InputError(
            f"an implantation on {day.isoformat()}, after the CT of {shown[:4]}-{shown[4:6]}-{shown[6:8]}",
            "a CT on or after the day of implantation",
            "correct the day of implantation (--implant-date), or choose the CT after it",
        )


def _read_contours(
    question: VerifyQuestion, scans: Scans, header: StructureSetHeader | None
) -> tuple[ContouredCt | None, bool, list[str]]:
    """Read the structures on the CT on which they lie; say whether that is the planning CT, and by what."""
    path = question.structures_file
    if path is None or header is None:
        return None, False, []
    what, said = f"Structure set '{path.name}'", question.drawn_on
    before = scans.lies_before(header.frame_uid, what, series_uids=header.series_uids, said=said)
    series = scans.before if before and scans.before is not None else scans.after
    folder = question.plan_ct_folder if before else question.ct_folder
    drawn = contoured(series, path, ct_name=str(folder), target_name=question.target, sphere=question.sphere)
    unsure = scans.undecided(header.frame_uid, header.series_uids, said)
    do = "; say so where it does not (--drawn-on)"
    return drawn, before, [UNDECIDED.format(what=what, do=do)] if unsure else []


def _place_plan(
    question: VerifyQuestion, scans: Scans, plan: PlanFile | None, header: StructureSetHeader | None
) -> tuple[bool, list[str]]:
    """Tell whether a plan lies on the planning CT; it names images by the structure set that it refers to."""
    if plan is None:
        return False, []
    own = header is not None and header.uid == plan.structure_set_uid
    series = header.series_uids if own and header is not None else ()
    frame = plan.identity.frame_uid or (header.frame_uid if own and header is not None else "")
    what = f"Plan '{_name(question.plan_file)}'"
    before = scans.lies_before(frame, what, series_uids=series)
    return before, [UNDECIDED.format(what=what, do="")] if scans.undecided(frame, series) else []


def _read_earlier(question: VerifyQuestion, scans: Scans, drawn: ContouredCt | None) -> ContouredCt | None:
    """Read the target as it was drawn on the planning CT, beside that drawn on the other.

    Raises
    ------
    InputError
        Contours that lie on the planning CT already.
    """
    path = question.plan_structures_file
    if path is None or scans.before is None or drawn is None:
        return None
    if drawn.ct is scans.before:
        raise InputError(
            f"'{path.name}' and the structures both lie on the planning CT",
            "--structures drawn on the CT after implantation beside it",
            "leave --plan-structures out, or say --drawn-on ct",
        )
    folder = str(question.plan_ct_folder)
    return contoured(scans.before, path, ct_name=folder, target_name=question.target, sphere=None)


def _name(path: Path | None) -> str:
    return path.name if path is not None else ""
