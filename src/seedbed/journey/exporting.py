"""A case handed on: its DICOM objects copied to a folder or sent to a PACS, as they are or de-identified."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seedbed.dicom.deidentification import Options
from seedbed.dicom.instance_facts import instance_facts, is_dicom_content, is_directory
from seedbed.errors import InputError, OutputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.deidentifying import PLAIN_EXPORT, check_key_place, deidentify_files
from seedbed.journey.filing import filing
from seedbed.journey.incomplete import lacking
from seedbed.journey.one_patient import check_one_patient
from seedbed.journey.pacs import send_to_pacs
from seedbed.journey.places import check_empty, files_below, staged
from seedbed.journey.progress import Progress, silent
from seedbed.journey.single_file import sha256
from seedbed.report import NOTICE

CLEANING, COPYING = "De-identifying", "Copying"


@dataclass(frozen=True)
class ExportRequest:
    """What is handed on, and where to.

    Attributes
    ----------
    case : str
        A folder, such as one that ``seedbed plan`` wrote, or a file; else a Patient ID or a Study Instance
        UID of the store.
    out : Path or None
        A new or empty folder.
    pacs : str or None
        A PACS that the settings name. One of the two is given.
    settings, store : Path
    also : tuple of Path
        Further files and folders of the same patient, such as the CT of a plan.
    key_file : Path or None
        Table of identities: the export is de-identified where it is given.
    cleaning : Options
        What is kept then.
    """

    case: str
    out: Path | None
    pacs: str | None
    settings: Path
    store: Path
    also: tuple[Path, ...] = ()
    key_file: Path | None = None
    cleaning: Options = field(default_factory=Options)


@dataclass(frozen=True)
class _Case:
    """Objects that go out, each file with what its header says, and sentences on what seems to lack."""

    facts: Mapping[Path, InstanceFacts]
    notes: tuple[str, ...]


def export_case(request: ExportRequest, progress: Progress = silent) -> dict[str, Any]:
    """Hand a case on, all of it or, to a folder, nothing.

    Returns
    -------
    dict
        What went where, ready for JSON: ``objects`` by modality, ``left_out``, ``failed``, ``notes``.

    Raises
    ------
    InputError
        No such case, several patients, a damaged file, two different objects of one UID, two places or none.
    OutputError
        A place that holds something else or cannot be written.
    PacsError
        The PACS did not answer or refused all.
    """
    _check_request(request)
    case = _case(request)
    if request.key_file is not None:
        return _deidentified(request, case, request.key_file, progress)
    if request.out is not None:
        _copy(case, request.out, progress)
        return _told(request, case, _modalities(case.facts.values()))
    sent = send_to_pacs(request.settings, str(request.pacs), list(case.facts), progress)
    return _sent(_told(request, case, _modalities(case.facts.values())), sent)


def _check_request(request: ExportRequest) -> None:
    if (request.out is None) == (request.pacs is None):
        raise InputError(
            "no place to export to"
            if request.out is None
            else "two places to export to, a folder and a PACS",
            "one place",
            "say --to FOLDER or --pacs NAME",
        )
    if request.out is not None:
        check_empty(request.out)
    if request.key_file is not None:
        check_key_place(request.key_file, [Path(request.case), *request.also, request.store])


def _case(request: ExportRequest) -> _Case:
    """Find the objects of a case; a file that is there twice goes once."""
    paths = [*_paths_of(request), *(path for place in request.also for path in _files(place))]
    facts: dict[str, tuple[Path, InstanceFacts]] = {}
    for path in paths:
        found = _facts(path)
        if found is None:
            continue
        known = facts.setdefault(found.instance_uid, (path, found))[0]
        if known != path and sha256(known) != sha256(path):
            raise InputError(
                f"'{known}' and '{path}' differ and have one SOPInstanceUID, {found.instance_uid}",
                "one object for each UID",
                "leave one of them out",
            )
    if not facts:
        raise InputError(
            f"'{request.case}' holds no DICOM object",
            "a folder or a case with DICOM objects",
            "choose another",
        )
    headers = [found for _, found in facts.values()]
    check_one_patient(headers)
    notes = tuple(note.replace("in the store", "in the export") for note in lacking(headers, headers))
    return _Case(dict(facts.values()), notes)


def _paths_of(request: ExportRequest) -> list[Path]:
    place = Path(request.case)
    if place.exists():
        return _files(place)
    if not request.store.is_dir():
        raise InputError(
            f"there is no folder '{request.case}', and no store '{request.store}' to look for it",
            "a folder with DICOM files, or a Patient ID or Study Instance UID of a store",
            "check the name, or say where the store is with --store",
        )
    with filing(request.store) as files:
        for wanted in ({"study_uid": request.case}, {"patient_id": request.case}):
            if held := files.store.instances(**wanted):
                return [one.path for one in held]
    raise InputError(
        f"'{request.case}' is no folder, and the store '{request.store}' knows no such patient or study",
        "a folder, a Patient ID or a Study Instance UID",
        "check it; 'seedbed import' fills the store",
    )


def _files(place: Path) -> list[Path]:
    if not place.exists():
        raise InputError(f"there is no '{place}'", "a file or a folder", "check the name")
    return files_below(place)


def _facts(path: Path) -> InstanceFacts | None:
    """Return what a DICOM file says of itself; None for pages, pictures and tables beside it."""
    content = path.read_bytes()
    if is_directory(content) or not (is_dicom_content(content) or path.suffix.lower() == ".dcm"):
        return None
    return instance_facts(content, str(path))


def _copy(case: _Case, out: Path, progress: Progress) -> None:
    """Copy all objects, compare each copy with its original, and show the folder when all are there."""
    with staged(out, holds=PLAIN_EXPORT) as stage:
        for done, (path, name) in enumerate(_names(case.facts), start=1):
            _copy_one(path, stage / name, out)
            progress(COPYING, done, len(case.facts))
        listed = {"seedbed": version("seedbed"), "objects": _modalities(case.facts.values())}
        (stage / PLAIN_EXPORT).write_text(json.dumps(listed, indent=2) + "\n", encoding="utf-8")


def _copy_one(path: Path, copy: Path, out: Path) -> None:
    try:
        content = path.read_bytes()
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"'{path}' could not be copied to '{out}' ({error.strerror or error})",
            "a file that can be read, and a folder with room to write",
            "check permissions and space",
        ) from error
    if copy.read_bytes() != content:
        raise OutputError(f"the copy of '{path}' differs from it", "the same bytes", "check the disk")


def _names(facts: Mapping[Path, InstanceFacts]) -> Iterator[tuple[Path, Path]]:
    """Yield each file with its place: a folder a series, numbered in it; no name tells the patient."""
    series: dict[str, str] = {}
    count: Counter[str] = Counter()
    for path, one in facts.items():
        modality = one.modality if one.modality.isalpha() else "OTHER"
        if one.series_uid not in series:
            number = sum(name.startswith(f"{modality}-") for name in series.values()) + 1
            series[one.series_uid] = f"{modality}-{number}"
        folder = series[one.series_uid]
        count[folder] += 1
        yield path, Path(folder, f"{count[folder]:04d}.dcm")


def _deidentified(request: ExportRequest, case: _Case, key_file: Path, progress: Progress) -> dict[str, Any]:
    """Export clean copies; to a PACS from a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory(prefix="seedbed-") as name:
        out = request.out or Path(name) / "clean"
        done = deidentify_files(
            list(case.facts),
            out,
            key_file=key_file,
            options=request.cleaning,
            progress=lambda n, of: progress(CLEANING, n, of),
        )
        told = _told(request, replace(case, notes=(*done.warnings, *_clean(case.notes))), done.files)
        told["key"] = str(key_file)
        told["left_out"] = [{"path": str(each.path), "reason": each.reason} for each in done.left_out]
        if request.pacs is None:
            return told
        clean = sorted(out.rglob("*.dcm"))
        return _sent(told, send_to_pacs(request.settings, request.pacs, clean, progress))


def _clean(notes: Sequence[str]) -> Iterator[str]:
    """Say that something lacks without the UIDs of the originals."""
    if notes:
        yield f"{len(notes)} objects refer to others that are not in the export."


def _modalities(facts: Iterable[InstanceFacts]) -> dict[str, int]:
    return dict(sorted(Counter(one.modality or "OTHER" for one in facts).items()))


def _told(request: ExportRequest, case: _Case, objects: dict[str, int]) -> dict[str, Any]:
    return {
        "seedbed": {"version": version("seedbed"), "notice": NOTICE},
        "case": request.case,
        "to": str(request.out) if request.out is not None else request.pacs,
        "deidentified": request.key_file is not None,
        "objects": objects,
        "left_out": [],
        "failed": [],
        "notes": list(case.notes),
    }


def _sent(told: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """Add how sending went."""
    counts = {key: sent[key] for key in ("stored", "already", "failed")}
    return {**told, **counts, "notes": [*told["notes"], *sent["notes"]]}
