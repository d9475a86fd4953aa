"""Workbooks of the register in the browser: checked, looked at, and then kept; and one of what is there."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seedbed.errors import InputError, OutputError
from seedbed.journey.progress import Progress
from seedbed.journey.records.exporting import ExportQuestion, export_records, write_empty_template
from seedbed.journey.records.importing import (
    Imported,
    ImportQuestion,
    import_records,
    refuse_faults,
    write_faults,
)
from seedbed.journey.workbench.refusals import ChangedElsewhereError
from seedbed.journey.workbench.workbook_folder import (
    CHECKED,
    FAULTS,
    WORKBOOK,
    Uploaded,
    begin_workbook,
    uploaded_workbook,
)
from seedbed.journey.workbench.workbook_shown import for_pages, mark, told, told_of
from seedbed.journey.workbench.workbook_trail import note_patients
from seedbed.journey.workbench.workplace import Workplace
from seedbed.patient.records import Patient

CHECK, KEEP, EXPORT = "workbook_check", "workbook_keep", "workbook_export"
MOST_TRIES = 3
"""So often a workbook is checked while others write, before they are waited for (local rule)."""


def run_check(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any]:
    """Check an uploaded workbook as ``seedbed registry import --dry-run`` does, and tell what it would do.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``workbook``, its name here; ``by``; ``new_identity`` and ``restore`` as of `ImportQuestion`.

    Raises
    ------
    ChangedElsewhereError
        The register was changed each time while the workbook was checked.
    SeedbedError
        As of `seedbed.journey.records.importing.import_records`.
    """
    uploaded = uploaded_workbook(workplace, arguments["workbook"], by=arguments["by"])
    uploaded.forget_check()
    options: dict[str, Any] = {name: bool(arguments[name]) for name in ("new_identity", "restore")}
    question = ImportQuestion(
        source=uploaded.file,
        register=workplace.address.where,
        who=uploaded.by,
        today=date.today(),
        keep_asked=True,
        dry_run=True,
        called=uploaded.called,
        **options,
    )
    number, imported = _at_one_number(workplace, question, _until(stop, progress))
    found = {
        "called": uploaded.called,
        "at": _now(),
        "options": options,
        **told(imported),
        "number": number if imported.planned else None,
        "shown": mark(imported, options, number),
    }
    found["patients"] = sorted({*found["patients"], *_told_of(workplace, imported)})
    faults = tuple(replace(each, sentence=for_pages(each.sentence)) for each in imported.faults)
    write_faults(replace(imported, faults=faults), uploaded.folder / FAULTS)
    part = uploaded.folder / f"{CHECKED}.part"
    part.write_text(json.dumps(found, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    part.replace(uploaded.folder / CHECKED)
    return {"workbook": uploaded.folder.name, "wrong": found["wrong"], "asked": found["asked"]}


def _at_one_number(
    workplace: Workplace, question: ImportQuestion, progress: Progress
) -> tuple[int, Imported]:
    """Check a workbook against a register that nobody changes meanwhile; returns its number too."""
    for _ in range(MOST_TRIES):
        number = workplace.clinic.head()[0]
        imported = import_records(question, progress)
        if workplace.clinic.head()[0] == number:
            return number, imported
    raise ChangedElsewhereError(
        "the register was changed while the workbook was checked",
        "a register that stays as it is for so long",
        "check it again",
    )


def _told_of(workplace: Workplace, imported: Imported) -> Iterator[str]:
    if imported.faults:
        there = workplace.clinic.records(Patient)
        yield from told_of(imported.faults, {each.patient_id for each in there})


def _until(stop: Callable[[], bool], progress: Progress) -> Progress:
    """Tell how far work is until it is asked to stop; then it ends before its next step."""

    def tell(step: str, done: int, total: int) -> None:
        if stop():
            raise InputError("the work was stopped", "work that goes on", "begin it again")
        progress(step, done, total)

    return tell


def keeping(
    workplace: Workplace, uploaded: Uploaded, *, number: int, shown: str, keep_asked: bool, why: str
) -> Mapping[str, Any]:
    """Return the arguments of the job that keeps a workbook as it was shown.

    Raises
    ------
    InputError
        Something in it is wrong, or is asked about and not said to be true.
    ChangedElsewhereError
        The register was changed since, or the workbook was checked otherwise, so that what was shown may no
        longer be what would be done.
    """
    checked = uploaded.checked()
    if shown != checked["shown"]:
        raise ChangedElsewhereError(
            "the workbook was checked again since it was shown",
            "what was shown of it",
            "check it again, and look at it",
        )
    if checked["wrong"] or checked["planned"] is None:
        raise InputError(
            f"a workbook in which {checked['wrong']} cells or rows are wrong",
            "one in which every cell is right",
            "correct it and upload it again",
        )
    if checked["asked"] and not keep_asked:
        raise InputError(
            f"a workbook of which {checked['asked']} cells or rows are asked about",
            "one in which every cell is right, or the word that they are true",
            "look at them",
        )
    there = workplace.clinic.head()[0]
    if not number == checked["number"] == there:
        raise ChangedElsewhereError(
            "the register was changed since the workbook was checked",
            "what was shown of it",
            "check it again, and look at it",
        )
    return {
        "workbook": uploaded.folder.name,
        "by": uploaded.by,
        "number": number,
        "shown": shown,
        "options": checked["options"],
        "keep_asked": keep_asked,
        "why": why,
    }


def run_keep(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any]:
    """Take a workbook into the register as it was shown: all of it, or nothing.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        As of `keeping`.

    Raises
    ------
    ChangedElsewhereError
        Something else is found in it than was shown.
    SeedbedError
        As of `seedbed.journey.records.importing.import_records`, and where the register was changed since.
    """
    uploaded = uploaded_workbook(workplace, arguments["workbook"], by=arguments["by"])
    options: dict[str, Any] = arguments["options"]
    question = ImportQuestion(
        source=uploaded.file,
        register=workplace.address.where,
        who=uploaded.by,
        why=arguments["why"],
        today=date.today(),
        keep_asked=arguments["keep_asked"],
        called=uploaded.called,
        after=arguments["number"],
        **options,
    )
    until = _until(stop, progress)
    planned = import_records(replace(question, dry_run=True, keep_asked=True), until)
    if mark(planned, options, arguments["number"]) != arguments["shown"]:
        raise ChangedElsewhereError(
            "something else is found in the workbook than was shown",
            "what was shown of it",
            "check it again, and look at it",
        )
    imported = import_records(question, until)
    refuse_faults(imported, question)
    found = imported.to_dict()
    remarks = [*found["remarks"], *_noted(workplace, uploaded, planned, found["written"])]
    shutil.rmtree(uploaded.folder, ignore_errors=True)
    return {
        "called": uploaded.called,
        "read": found["read"],
        "remarks": [for_pages(each) for each in remarks],
        "written": found["written"],
    }


def _noted(
    workplace: Workplace, uploaded: Uploaded, planned: Imported, written: Mapping[str, Any]
) -> Iterator[str]:
    """Write what was kept into the trail, which is told where it fails: the records are kept all the same."""
    patients = {each.patient_id for each in planned.planned.changes} if planned.planned else set()
    detail = f"{uploaded.called}: {written['added']} added, {written['changed']} changed"
    try:
        workplace.trail.note(uploaded.by, "workbook kept", detail=detail)
        note_patients(workplace, uploaded.by, "workbook kept", patients=patients, detail=uploaded.called)
    except OutputError as error:
        yield f"The workbook is kept, and the access trail does not say so of all its patients: {error}"


def run_export(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Write the present register as a workbook, which can be changed and brought in again.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``by``; ``language`` of the titles, ``en`` or ``zh``.
    """
    progress("Writing", 0, 1)
    called = f"seedbed-register-{date.today()}.xlsx"
    made = begin_workbook(workplace, called=called, by=arguments["by"], of_register=True)
    where, language = workplace.address.where, arguments["language"]
    export_records(ExportQuestion(out=made.file, register=where, form="xlsx", language=language))
    count = len(workplace.clinic.records(Patient))
    detail = f"{called}: all records of all patients ({count})"
    workplace.trail.note(made.by, "register exported", detail=detail)
    return {"workbook": made.folder.name}


def empty_workbook(workplace: Workplace, *, language: str) -> bytes:
    """Return an empty workbook to fill in."""
    with TemporaryDirectory(dir=workplace.uploads) as folder:
        return write_empty_template(Path(folder) / WORKBOOK, language=language).read_bytes()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
