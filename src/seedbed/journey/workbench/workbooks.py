"""Workbooks of the register in the browser: uploaded, checked, looked at, and then kept or left."""

import json
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.progress import Progress
from seedbed.journey.records.exporting import ExportQuestion, export_records, write_empty_template
from seedbed.journey.records.importing import (
    Imported,
    ImportQuestion,
    import_records,
    refuse_faults,
    write_faults,
)
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.ledger import Change

CHECK, KEEP, EXPORT = "workbook_check", "workbook_keep", "workbook_export"
WORKBOOK, ABOUT, CHECKED, FAULTS = "workbook.xlsx", "about.json", "checked.json", "faults.csv"
BOOK = "xl/workbook.xml"
"""What every workbook of Excel holds (ECMA-376 part 1)."""
MOST_UNPACKED = 2**30
"""Bytes that a workbook may unpack to (local rule)."""
MOST_SHOWN = 500
"""Faults, and changes, that a page lists; all are counted, and all faults stand in a file (local rule)."""
LEFT_S = 24 * 3600.0
"""So long a workbook waits for a decision; then it goes with the next that comes (local rule)."""


@dataclass(frozen=True)
class Uploaded:
    """A workbook that waits for a decision.

    Attributes
    ----------
    folder : Path
    called : str
        Its name where it comes from.
    by : str
        Who uploaded it.
    """

    folder: Path
    called: str
    by: str

    @property
    def file(self) -> Path:
        """The workbook; it never lies under its own name."""
        return self.folder / WORKBOOK

    def checked(self) -> dict[str, Any]:
        """Return what the check found.

        Raises
        ------
        NotFoundError
        """
        try:
            found: dict[str, Any] = json.loads((self.folder / CHECKED).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFoundError(
                "a workbook that was not checked", "one that was", "wait for the check"
            ) from error
        return found


def begin_workbook(workplace: Workplace, *, called: str, by: str) -> Uploaded:
    """Make the folder of a new workbook, whose file is written next; what was long left goes."""
    _sweep(workplace.uploads)
    folder = workplace.uploads / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    (folder / ABOUT).write_text(json.dumps({"called": called, "by": by}), encoding="utf-8")
    return Uploaded(folder, called, by)


def uploaded_workbook(workplace: Workplace, name: str, *, by: str) -> Uploaded:
    """Return one's own workbook that waits for a decision.

    Raises
    ------
    NotFoundError
    """
    folder = workplace.uploads / name
    about = folder / ABOUT
    if name.isalnum() and name.isascii() and about.is_file():
        said = json.loads(about.read_text(encoding="utf-8"))
        if said["by"] == by:
            return Uploaded(folder, said["called"], by)
    raise NotFoundError(f"no workbook '{name[:40]}'", "one that you uploaded", "upload it again")


def waiting_workbooks(workplace: Workplace, *, by: str) -> list[str]:
    """Return one's own workbooks that were checked and wait for a decision, the latest first."""
    checked = sorted(
        workplace.uploads.glob(f"*/{CHECKED}"), key=lambda file: file.stat().st_mtime, reverse=True
    )
    abouts = [file.with_name(ABOUT) for file in checked]
    return [each.parent.name for each in abouts if json.loads(each.read_text(encoding="utf-8"))["by"] == by]


def check_is_workbook(uploaded: Uploaded) -> None:
    """Refuse what is no workbook, before a job looks at it.

    Raises
    ------
    InputError
    """
    try:
        with zipfile.ZipFile(uploaded.file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        members = []
    if BOOK not in {each.filename for each in members}:
        raise InputError(
            f"'{uploaded.called}' is no workbook",
            "an .xlsx file without a password",
            "open it in a spreadsheet program and save it as .xlsx",
        )
    if sum(each.file_size for each in members) > MOST_UNPACKED:
        raise InputError(
            f"'{uploaded.called}' unpacks to more than {MOST_UNPACKED // 2**20} MiB",
            "a workbook of the register",
            "part it into several",
        )


def run_check(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Check an uploaded workbook as ``seedbed registry import --dry-run`` does, and tell what it would do.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``workbook``, its name here; ``by``; ``new_identity`` and ``restore`` as of `ImportQuestion`.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.records.importing.import_records`.
    """
    uploaded = uploaded_workbook(workplace, arguments["workbook"], by=arguments["by"])
    (uploaded.folder / CHECKED).unlink(missing_ok=True)
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
    imported = import_records(question, progress)
    told = {"called": uploaded.called, "at": _now(), "options": options, **_told(imported)}
    write_faults(imported, uploaded.folder / FAULTS)
    part = uploaded.folder / f"{CHECKED}.part"
    part.write_text(json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    part.replace(uploaded.folder / CHECKED)
    return {"workbook": uploaded.folder.name, "wrong": told["wrong"], "asked": told["asked"]}


def _told(imported: Imported) -> dict[str, Any]:
    found = imported.to_dict()
    planned = imported.planned
    changes = sorted(planned.changes, key=_worth_looking_at) if planned else []
    return {
        **{name: found[name] for name in ("read", "wrong", "asked", "remarks", "planned")},
        "faults": sorted(found["faults"], key=lambda each: each["severity"] != "wrong")[:MOST_SHOWN],
        "changes": [_change(each) for each in changes[:MOST_SHOWN]],
        "number": planned.number if planned else None,
    }


def _worth_looking_at(change: Change) -> int:
    """Put what replaces something before what is new."""
    return ("changed", "restored", "added", "voided").index(change.action)


def _change(change: Change) -> dict[str, Any]:
    old, new = json.loads(change.old or "{}"), json.loads(change.new or "{}")
    names = dict.fromkeys((*old, *new)) if change.action == "changed" else {}
    return {
        "kind": change.kind,
        "patient_id": change.patient_id,
        "key": json.loads(change.key)[1:],
        "action": change.action,
        "differences": {
            name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)
        },
    }


def keeping(
    workplace: Workplace, uploaded: Uploaded, *, number: int, keep_asked: bool, why: str
) -> Mapping[str, Any]:
    """Return the arguments of the job that keeps a workbook as it was checked.

    Raises
    ------
    InputError
        Something in it is wrong, or is asked about and not said to be true.
    ChangedElsewhereError
        The register was changed since, so that what was shown may no longer be what would be done.
    """
    checked = uploaded.checked()
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
        "keep_asked": keep_asked,
        "why": why,
    }


def run_keep(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Take a workbook into the register as it was shown: all of it, or nothing.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        As of `keeping`.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.records.importing.import_records`, and where the register was changed since.
    """
    uploaded = uploaded_workbook(workplace, arguments["workbook"], by=arguments["by"])
    question = ImportQuestion(
        source=uploaded.file,
        register=workplace.address.where,
        who=uploaded.by,
        why=arguments["why"],
        today=date.today(),
        keep_asked=arguments["keep_asked"],
        called=uploaded.called,
        after=arguments["number"],
        **uploaded.checked()["options"],
    )
    imported = import_records(question, progress)
    refuse_faults(imported, question)
    found = imported.to_dict()
    written = found["written"]
    detail = f"{uploaded.called}: {written['added']} added, {written['changed']} changed"
    workplace.trail.note(uploaded.by, "workbook kept", detail=detail)
    shutil.rmtree(uploaded.folder, ignore_errors=True)
    return {"called": uploaded.called, **{name: found[name] for name in ("read", "remarks", "written")}}


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
    made = begin_workbook(workplace, called=called, by=arguments["by"])
    where, language = workplace.address.where, arguments["language"]
    export_records(ExportQuestion(out=made.file, register=where, form="xlsx", language=language))
    return {"workbook": made.folder.name}


def empty_workbook(workplace: Workplace, *, language: str) -> bytes:
    """Return an empty workbook to fill in."""
    with TemporaryDirectory(dir=workplace.uploads) as folder:
        return write_empty_template(Path(folder) / WORKBOOK, language=language).read_bytes()


def _sweep(uploads: Path) -> None:
    for folder in _left(uploads):
        shutil.rmtree(folder, ignore_errors=True)


def _left(uploads: Path) -> Iterator[Path]:
    for about in uploads.glob(f"*/{ABOUT}"):
        if time() - about.stat().st_mtime > LEFT_S:
            yield about.parent


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
