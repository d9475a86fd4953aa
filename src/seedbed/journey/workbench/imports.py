"""Uploaded files brought into the store, and the digital patient for who wants to try."""

import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError
from seedbed.journey.case import digital_case
from seedbed.journey.counted_notes import noted
from seedbed.journey.filing import filing
from seedbed.journey.import_files import ImportRequest, named
from seedbed.journey.importing import Imported, import_folder, import_patients, refuse_incomplete
from seedbed.journey.progress import Progress
from seedbed.journey.workbench.case_folder import list_cases
from seedbed.journey.workbench.upload_names import shown_name, take_names
from seedbed.journey.workbench.workplace import Workplace
from seedbed.patient.records import Patient

UPLOAD = "upload"
MOST_UNPACKED = 16 * 2**30
"""Bytes that an archive may unpack to (local rule)."""
MOST_FILES = 100_000
MOST_LISTED = 100
"""Files that are no DICOM which a result names; their number is always said (local rule)."""
THE_UPLOAD = "the upload"
DEMO_SEED = 0


def run_import(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Import the files that were uploaded into a folder below `Workplace.uploads`, which goes then.

    Sentences name them as they are called where they come from, members of an archive with its name before.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``folder``, its name; ``by``, who asked.

    Raises
    ------
    InputError
        As of `seedbed.journey.importing.import_patients`; files of which the store could take none; an
        archive that cannot be unpacked or is too large.
    """
    folder = workplace.uploads / PurePosixPath(arguments["folder"]).name
    try:
        names = _names(folder)
        for archive in sorted(folder.glob("*.zip")):
            names |= _unpack(archive, names.get(archive, archive.name), progress)
        request = ImportRequest(folder, workplace.store, names=names, place=THE_UPLOAD)
        return _told(workplace, import_patients(request, progress), arguments["by"], names)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _names(folder: Path) -> dict[Path, str]:
    """Return what the files of an upload, which lie under their numbers, are called."""
    of_number = take_names(folder)
    numbered = [file for file in folder.iterdir() if file.is_file() and file.stem.isdecimal()]
    return {file: of_number.get(int(file.stem), f"file {int(file.stem)}") for file in numbered}


def _unpack(archive: Path, name: str, progress: Progress) -> dict[Path, str]:
    """Unpack an archive beside itself, under numbers, and take it away; returns what its files are called."""
    names = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [each for each in opened.infolist() if not each.is_dir()]
            _check_archive(name, members)
            for number, member in enumerate(members):
                progress("Unpacking", number, len(members))
                place = archive.with_name(f"{archive.stem}-{number:06d}.bin")
                names[place] = shown_name(f"{name}/{member.filename}")
                with opened.open(member) as packed, place.open("wb") as out:
                    shutil.copyfileobj(packed, out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(
            f"'{name}' cannot be unpacked ({str(error)[:80]})",
            "a .zip archive without a password",
            "pack it again, or choose the folder itself",
        ) from error
    archive.unlink()
    return names


def _check_archive(name: str, members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    if size > MOST_UNPACKED or len(members) > MOST_FILES:
        raise InputError(
            f"'{name}' holds {len(members)} files of {size / 2**30:.1f} GB",
            f"at most {MOST_FILES} files of {MOST_UNPACKED / 2**30:.0f} GB in all",
            "pack one study",
        )


def _told(
    workplace: Workplace, imported: Sequence[Imported], by: str, names: Mapping[Path, str]
) -> dict[str, Any]:
    """Tell what came of each patient, and note it in the trail of each."""
    other = [names.get(path, path.name) for each in imported for path in each.other_files]
    parts = [each.to_dict() for each in imported]
    together = {name: [one for part in parts for one in part[name]] for name in ("damaged", "refused")}
    notes = [*_passed_over(other), *(note for part in parts for note in part["notes"])]
    came = [part for part in parts if part["patients"]]
    if not came:
        refuse_incomplete(together)
    patients = [part["patients"][0]["patient_id"] for part in came]
    for name, part in zip(patients, came, strict=True):
        workplace.trail.note(
            by, "images imported", patient_id=name, detail=counted(part["new"], "new object")
        )
    with filing(workplace.store) as files:
        cases = [row.case for name in patients for row in list_cases(files.store, patient_id=name)]
    called = ("patient_id", "patient_name", "patient_birth_date")
    return {
        "patient_id": patients[0],
        "patients": [{name: each[name] for name in called} for part in came for each in part["patients"]],
        "imported": [
            {"patient_id": name, "new": part["new"], "already_there": part["already_there"]}
            for name, part in zip(patients, came, strict=True)
        ],
        "cases": cases,
        **{name: sum(part[name] for part in parts) for name in ("new", "already_there")},
        **together,
        "other_files": other[:MOST_LISTED],
        "notes": list(dict.fromkeys(notes)),
    }


def _passed_over(other: Sequence[str]) -> Iterator[str]:
    """Say which files are no DICOM objects."""
    yield from noted(
        len(other),
        f"file is no DICOM object and was passed over ({named(other)}).",
        f"files are no DICOM objects and were passed over ({named(other)}).",
    )


def run_demo(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Bring the digital patient into store and register; it says that it is synthetic."""
    with TemporaryDirectory(dir=workplace.uploads) as name:
        progress("Drawing the digital patient", 0, 1)
        case = digital_case(Path(name), np.random.default_rng(DEMO_SEED))
        found = import_folder(ImportRequest(Path(name), workplace.store), progress)
    patient_id = case.ct.identity.patient_id
    if not workplace.clinic.records(Patient, patients=[patient_id]):
        made = Patient(patient_id=patient_id, synthetic=True, note="Digital patient of the demonstration")
        workplace.clinic.write([made], who=arguments["by"], why="the demonstration")
    return _told(workplace, (found,), arguments["by"], {})
