"""A folder of DICOM files imported into the store: one patient, all headers read before anything is kept."""

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError, OutputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.counted_notes import noted
from seedbed.journey.filing import Filing, filing
from seedbed.journey.import_files import (
    ImportRequest,
    ReadFiles,
    Refused,
    doubtful,
    read_files,
    stepped,
)
from seedbed.journey.incomplete import lacking
from seedbed.journey.one_patient import check_one_patient, check_patients, other_names
from seedbed.journey.pacs import GetRequest, get_from_pacs
from seedbed.journey.progress import Progress, silent
from seedbed.registry.queries import PatientRow, SeriesRow, StudyRow
from seedbed.registry.store import Kept
from seedbed.report import NOTICE

KEEPING = "Keeping files"


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
    tell = progress or silent
    read = read_files(request, tell)
    check_one_patient(list(read.facts.values()))
    (found,) = _imported(request, read, tell)
    notes = (*doubtful(read.other, request), *found.notes)
    return replace(found, damaged=read.damaged, other_files=read.other, notes=notes)


def import_patients(request: ImportRequest, progress: Progress | None = None) -> tuple[Imported, ...]:
    """Import all DICOM files below a folder, of one patient or of several, and tell what is of each.

    Nothing is kept before all headers are read, as of `import_folder`. What is of no patient, such as other
    files and what is to be said of them, comes with the first.

    Raises
    ------
    InputError
        As of `import_folder`; patients that cannot be told apart with certainty, as of
        `seedbed.journey.one_patient.check_patients`.
    OutputError
        The store cannot be written.
    """
    tell = progress or silent
    read = read_files(request, tell)
    check_patients(list(read.facts.values()))
    first, *more = _imported(request, read, tell)
    notes = (*doubtful(read.other, request), *first.notes)
    told = replace(first, damaged=read.damaged, other_files=read.other, notes=notes)
    return (told, *more)


def _imported(request: ImportRequest, read: ReadFiles, tell: Progress) -> list[Imported]:
    """Keep the files, and tell of each patient what came."""
    facts = read.facts
    with filing(request.store, origin=f"folder {request.folder.resolve()}") as files:
        paths = stepped(list(facts), KEEPING, tell)
        kept = [(facts[path], _kept(files, path, request)) for path in paths]
        new = {one.instance_uid for one, each in kept if isinstance(each, Kept) and each.new}
        found = []
        parts: dict[str, list[tuple[InstanceFacts, Kept | Refused]]] = {}
        for one, each in kept:
            parts.setdefault(one.patient_id, []).append((one, each))
        for own in parts.values():
            there = {one.instance_uid: one for one, each in own if isinstance(each, Kept)}
            refused = tuple(each for _, each in own if isinstance(each, Refused))
            found.append(_told(files, list(there.values()), new, refused=refused))
        return found


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
    got = get_from_pacs(request, progress or silent)
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
        How much is missing, which is the first, and why.
    """
    if found["refused"]:
        count, first = len(found["refused"]), found["refused"][0]
        said = f"'{first['name']}': {first['reason']}"
        one, more = f"object was not imported ({said})", f"objects were not imported (the first: {said})"
        (came,) = noted(count, one, more)
        raise InputError(
            came,
            "all of them",
            "look at each; what was kept stays in the store",
        )


def _kept(files: Filing, path: Path, request: ImportRequest) -> Kept | Refused:
    try:
        return files.keep(path.read_bytes(), request.called(path))
    except OutputError:
        raise
    except InputError as error:
        return request.refused(path, error)


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
