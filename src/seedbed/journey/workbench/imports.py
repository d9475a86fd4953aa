"""Uploaded files brought into the store, and the digital patient for who wants to try."""

import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError
from seedbed.journey.case import digital_case
from seedbed.journey.filing import filing
from seedbed.journey.import_files import ImportRequest
from seedbed.journey.importing import Imported, import_folder, import_patients, refuse_incomplete
from seedbed.journey.progress import Progress
from seedbed.journey.workbench.case_folder import list_cases
from seedbed.journey.workbench.workplace import Workplace
from seedbed.patient.records import Patient

UPLOAD = "upload"
MOST_UNPACKED = 16 * 2**30
"""Bytes that an archive may unpack to (local rule)."""
MOST_FILES = 100_000
DEMO_SEED = 0


def run_import(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Import the files that were uploaded into a folder below `Workplace.uploads`, which goes then.

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
        for archive in sorted(folder.glob("*.zip")):
            _unpack(archive, folder, progress)
        found = import_patients(ImportRequest(folder, workplace.store, skip_damaged=False), progress)
        return _told(workplace, found, arguments["by"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: Path, folder: Path, progress: Progress) -> None:
    """Unpack an archive beside itself, and take it away."""
    try:
        with zipfile.ZipFile(archive) as opened:
            members = [each for each in opened.infolist() if not each.is_dir()]
            _check_archive(archive, members)
            for number, member in enumerate(members):
                progress("Unpacking", number, len(members))
                place = folder / f"{archive.stem}-{number:06d}{Path(member.filename).suffix[:8]}"
                with opened.open(member) as packed, place.open("wb") as out:
                    shutil.copyfileobj(packed, out)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise InputError(
            f"'{archive.name}' cannot be unpacked ({str(error)[:80]})",
            "a .zip archive without a password",
            "pack it again, or choose the folder itself",
        ) from error
    archive.unlink()


def _check_archive(archive: Path, members: list[zipfile.ZipInfo]) -> None:
    size = sum(member.file_size for member in members)
    if size > MOST_UNPACKED or len(members) > MOST_FILES:
        raise InputError(
            f"'{archive.name}' holds {len(members)} files of {size / 2**30:.1f} GB",
            f"at most {MOST_FILES} files of {MOST_UNPACKED / 2**30:.0f} GB in all",
            "pack one study",
        )


def _told(workplace: Workplace, imported: Sequence[Imported], by: str) -> dict[str, Any]:
    """Tell what came of each patient, and note it in the trail of each."""
    parts = [each.to_dict() for each in imported]
    together = {name: [one for part in parts for one in part[name]] for name in ("damaged", "refused")}
    came = [part for part in parts if part["patients"]]
    if not came:
        refuse_incomplete(together)
    names = [part["patients"][0]["patient_id"] for part in came]
    for name, part in zip(names, came, strict=True):
        workplace.trail.note(
            by, "images imported", patient_id=name, detail=counted(part["new"], "new object")
        )
    with filing(workplace.store) as files:
        cases = [row.case for name in names for row in list_cases(files.store, patient_id=name)]
    called = ("patient_id", "patient_name", "patient_birth_date")
    return {
        "patient_id": names[0],
        "patients": [{name: each[name] for name in called} for part in came for each in part["patients"]],
        "imported": [
            {"patient_id": name, "new": part["new"], "already_there": part["already_there"]}
            for name, part in zip(names, came, strict=True)
        ],
        "cases": cases,
        **{name: sum(part[name] for part in parts) for name in ("new", "already_there")},
        **together,
        "notes": list(dict.fromkeys(note for part in parts for note in part["notes"])),
    }


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
    return _told(workplace, (found,), arguments["by"])
