"""A folder of DICOM files imported into the store: one patient, all headers read before anything is kept."""

import os
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seedbed.dicom.image_folder import is_called_dicom
from seedbed.dicom.instance_facts import instance_facts, is_dicom_content, is_directory
from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError, OutputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.filing import Filing, filing
from seedbed.journey.incomplete import lacking
from seedbed.journey.one_patient import check_one_patient, other_names
from seedbed.journey.pacs import GetRequest, get_from_pacs
from seedbed.journey.progress import Progress
from seedbed.registry.queries import PatientRow, SeriesRow, StudyRow
from seedbed.registry.store import Kept
from seedbed.report import NOTICE

READING, KEEPING = "Reading headers", "Keeping files"
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
NAMED = 5
"""So many files are named in one sentence; the number is always said (local rule)."""


@dataclass(frozen=True)
class ImportRequest:
    """What is to be imported, and where to.

    Attributes
    ----------
    folder : Path
        Looked through with its subfolders.
    store : Path
    skip_damaged : bool
        Leave damaged files out instead of refusing all.
    """

    folder: Path
    store: Path
    skip_damaged: bool = False


@dataclass(frozen=True)
class Refused:
    """A file, or an object of a PACS, that was not imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Imported:
    """What was imported.

    Attributes
    ----------
    store : Path
    patients : tuple of PatientRow
        The patient, more than once where the store holds other names or birth dates under the same ID.
    studies, series : tuple
        As the store holds them now.
    new, already_there : dict of str to int
        Objects by series UID.
    refused : tuple of Refused
        What is not in the store: other content of a UID that is there, or not sent by the PACS.
    notes : tuple of str
        What is incomplete or deserves a look.
    damaged : tuple of Refused
        Damaged files, left out as asked.
    other_files : tuple of Path
        Files that are no DICOM objects.
    """

    store: Path
    patients: tuple[PatientRow, ...]
    studies: tuple[StudyRow, ...]
    series: tuple[SeriesRow, ...]
    new: dict[str, int]
    already_there: dict[str, int]
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]
    damaged: tuple[Refused, ...] = ()
    other_files: tuple[Path, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready for JSON."""
        counted = {"new": self.new, "already_there": self.already_there}
        series = [
            {**asdict(one), **{key: count.get(one.series_uid, 0) for key, count in counted.items()}}
            for one in self.series
        ]
        return {
            "seedbed": {"version": version("seedbed"), "notice": NOTICE},
            "store": str(self.store),
            "patients": [asdict(patient) for patient in self.patients],
            "studies": [asdict(study) for study in self.studies],
            "series": series,
            "new": sum(self.new.values()),
            "already_there": sum(self.already_there.values()),
            "other_files": [str(path) for path in self.other_files],
            "damaged": [asdict(each) for each in self.damaged],
            "refused": [asdict(each) for each in self.refused],
            "notes": list(self.notes),
        }


def import_folder(request: ImportRequest, progress: Progress | None = None) -> Imported:
    """Import all DICOM files below a folder into the store.

    All headers are read first: a folder of several patients, or with damaged files, is refused before
    anything is kept. Then files are kept one by one; what is kept stays after a stop, and the same import
    completes it.

    Parameters
    ----------
    request : ImportRequest
    progress : callable, optional
        Called with the step's name, what is done and what there is in all.

    Raises
    ------
    InputError
        No folder, no DICOM in it, several patients, damaged files, a folder that is no store.
    OutputError
        The store cannot be written.
    """
    tell = progress or (lambda _step, _done, _total: None)
    read = {path: _header(path) for path in _stepped(_files(request), READING, tell)}
    facts = {path: header for path, header in read.items() if isinstance(header, InstanceFacts)}
    damaged = tuple(header for header in read.values() if isinstance(header, Refused))
    other = tuple(path for path, header in read.items() if header is None)
    if damaged and not request.skip_damaged:
        raise _damaged(request.folder, damaged)
    if not facts:
        raise _no_dicom(request.folder, len(other))
    check_one_patient(list(facts.values()))
    with filing(request.store, origin=f"folder {request.folder.resolve()}") as files:
        kept = [(facts[path], _kept(files, path)) for path in _stepped(list(facts), KEEPING, tell)]
        there = {one.instance_uid: one for one, each in kept if isinstance(each, Kept)}
        new = {one.instance_uid for one, each in kept if isinstance(each, Kept) and each.new}
        refused = tuple(each for _, each in kept if isinstance(each, Refused))
        told = _told(files, list(there.values()), new, refused=refused)
    return replace(told, damaged=damaged, other_files=other, notes=(*_doubtful(other), *told.notes))


def import_study(request: GetRequest, progress: Progress | None = None) -> Imported:
    """Fetch a study or series from a PACS into the store, and say what it is, as of a folder.

    Parameters
    ----------
    request : GetRequest
    progress : callable, optional
        Called with the step's name, what is done and what there is in all.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.pacs.get_from_pacs`.
    """
    before: set[str] = set()
    if request.store.exists():
        with filing(request.store) as files:
            before = files.instance_uids(request.study_uid)
    got = get_from_pacs(request, progress or (lambda _step, _done, _total: None))
    refused = tuple(Refused(each["instance_uid"], each["reason"]) for each in got["failed"])
    with filing(request.store) as files:
        held = files.store.instances(study_uid=request.study_uid, series_uid=request.series_uid)
        there = [one.facts for one in held]
        new = {one.instance_uid for one in there} - before
        return _told(files, there, new, refused=refused)


def refuse_incomplete(found: dict[str, Any]) -> None:
    """Raise where something was refused although the rest is in the store.

    Raises
    ------
    InputError
        How much is missing, and why the first is.
    """
    if found["refused"]:
        first = "the first: " if len(found["refused"]) > 1 else ""
        raise InputError(
            f"{_were(len(found['refused']), 'object')} not imported ({first}{found['refused'][0]['reason']})",
            "all of them",
            "look at each; what was kept stays in the store",
        )


def _files(request: ImportRequest) -> list[Path]:
    """Return all files below the folder, without those of the store itself."""
    folder, store = request.folder, request.store.resolve()
    if not folder.is_dir():
        raise _no_folder(folder)
    found: list[Path] = []
    for name, inner, names in os.walk(folder, onerror=_unreadable):
        inner[:] = [each for each in inner if Path(name, each).resolve() != store]
        found += [Path(name, each) for each in names]
    return sorted(found)


def _no_folder(path: Path) -> InputError:
    expected = "a folder with DICOM files"
    if not path.is_file():
        return InputError(f"there is no folder '{path}'", expected, "check the path")
    if path.suffix.lower() in ARCHIVES:
        return InputError(f"'{path}' is an archive", expected, "unpack it first and name the folder")
    return InputError(f"'{path}' is a file", expected, "name the folder that it lies in")


def _unreadable(error: OSError) -> None:
    raise InputError(
        f"folder '{error.filename}' cannot be read ({error.strerror})",
        "a folder whose subfolders can all be read",
        "ask for the permission, or import the readable ones one by one",
    ) from error


def _stepped(paths: Sequence[Path], step: str, tell: Progress) -> Iterator[Path]:
    for done, path in enumerate(paths, start=1):
        yield path
        tell(step, done, len(paths))


def _header(path: Path) -> InstanceFacts | Refused | None:
    """Return what a file's header says, why it cannot be used, or None for what is no DICOM object."""
    try:
        content = path.read_bytes()
        if is_directory(content):
            return None
        if not is_dicom_content(content) and not is_called_dicom(path):
            return None
        return instance_facts(content, str(path))
    except InputError as error:
        return Refused(str(path), str(error))
    except OSError as error:
        return Refused(str(path), f"file '{path}' cannot be read ({error.strerror or error})")


def _kept(files: Filing, path: Path) -> Kept | Refused:
    try:
        return files.keep(path.read_bytes(), str(path))
    except OutputError:
        raise
    except InputError as error:
        return Refused(str(path), str(error))


def _told(
    files: Filing,
    imported: Sequence[InstanceFacts],
    new: Container[str],
    *,
    refused: tuple[Refused, ...],
) -> Imported:
    store = files.store
    studies = {facts.study_uid for facts in imported}
    series = {facts.series_uid for facts in imported}
    patients = {facts.patient_id for facts in imported}
    held = [one.facts for patient in patients for one in store.instances(patient_id=patient)]
    return Imported(
        store=store.folder,
        patients=tuple(row for row in store.patients() if row.patient_id in patients),
        studies=tuple(row for row in store.studies() if row.study_uid in studies),
        series=tuple(row for row in store.series() if row.series_uid in series),
        new=Counter(facts.series_uid for facts in imported if facts.instance_uid in new),
        already_there=Counter(facts.series_uid for facts in imported if facts.instance_uid not in new),
        refused=refused,
        notes=(
            *files.notes,
            *_remarks(imported),
            *other_names(held),
            *lacking(imported, held),
        ),
    )


def _remarks(imported: Sequence[InstanceFacts]) -> Iterator[str]:
    for remark, count in Counter(facts.remark for facts in imported if facts.remark).items():
        yield f"{remark} ({counted(count, 'object')})."


def _doubtful(other: Sequence[Path]) -> Iterator[str]:
    """Files that are no DICOM and should perhaps not be passed over."""
    if archives := [path for path in other if path.suffix.lower() in ARCHIVES]:
        yield (
            f"{_were(len(archives), 'archive')} not looked into ({_named(archives)}); unpack to import what "
            f"is in there."
        )
    if empty := [path for path in other if path.is_file() and path.stat().st_size == 0]:
        yield (
            f"{_were(len(empty), 'empty file')} passed over ({_named(empty)}); a copy may have been "
            f"interrupted."
        )


def _were(count: int, what: str) -> str:
    return f"{counted(count, what)} {'was' if count == 1 else 'were'}"


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(f"'{path}'" for path in paths[:NAMED]) + (", ..." if len(paths) > NAMED else "")


def _damaged(folder: Path, damaged: Sequence[Refused]) -> InputError:
    named = "; ".join(each.reason.partition("; expected ")[0] for each in damaged[:NAMED])
    more = f"; and {len(damaged) - NAMED} more" if len(damaged) > NAMED else ""
    return InputError(
        f"folder '{folder}' holds {counted(len(damaged), 'damaged file')}, nothing was imported: "
        f"{named}{more}",
        "whole DICOM files",
        "export or copy what is damaged again, or leave it out with --skip-damaged",
    )


def _no_dicom(folder: Path, other: int) -> InputError:
    return InputError(
        f"folder '{folder}' holds {counted(other, 'file')} and no DICOM object among them",
        "DICOM files",
        "choose the folder that holds them, and unpack archives first",
    )
