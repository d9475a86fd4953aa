"""A case: one CT series of the store, and the folder that holds what was made of it.

The CT's files are linked into the folder, so that every step that reads a folder of DICOM reads this one.
"""

import hashlib
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seedbed.errors import OutputError
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.registry.store import Store

if TYPE_CHECKING:
    from seedbed.dicom import CtSeries

NAME = re.compile(r"[0-9a-f]{16}")
CT = "CT"


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """A CT series that can be planned on or verified.

    Attributes
    ----------
    case : str
        Name of the case: 16 hexadecimal digits.
    series_uid, frame_uid, patient_id, patient_name, study_date, series_description : str
        As the files say.
    images, structure_sets : int
        Files of the series; structure sets of its frame of reference.
    """

    case: str
    series_uid: str
    frame_uid: str
    patient_id: str
    patient_name: str
    study_date: str
    series_description: str
    images: int
    structure_sets: int


def case_name(series_uid: str) -> str:
    """Name the case of a series; the same series has the same name wherever it is.

    Examples
    --------
    >>> len(case_name("1.2.3")), case_name("1.2.3") == case_name("1.2.4")
    (16, False)
    """
    return hashlib.sha256(series_uid.encode("ascii", "replace")).hexdigest()[:16]


def list_cases(store: Store, *, patient_id: str | None = None) -> list[CaseRow]:
    """Return the CT series of a store, newest study first, all or those of a patient."""
    names = {study.study_uid: study for study in store.studies(patient_id=patient_id)}
    every = [series for series in store.series() if series.study_uid in names]
    sets: Counter[tuple[str, str]] = Counter()
    for series in every:
        if series.modality == "RTSTRUCT":
            sets[series.patient_id, series.frame_uid] += series.instances
    found = [
        CaseRow(
            case=case_name(series.series_uid),
            series_uid=series.series_uid,
            frame_uid=series.frame_uid,
            patient_id=series.patient_id,
            patient_name=names[series.study_uid].patient_name,
            study_date=names[series.study_uid].study_date,
            series_description=series.series_description,
            images=series.instances,
            structure_sets=sets[series.patient_id, series.frame_uid],
        )
        for series in every
        if series.modality == CT
    ]
    return sorted(found, key=lambda row: (row.study_date, row.case), reverse=True)


def find_case(store: Store, case: str) -> CaseRow:
    """Return a case by its name.

    Raises
    ------
    NotFoundError
        There is none.
    """
    return case_of(list_cases(store) if NAME.fullmatch(case) else [], case)


def case_of(rows: Iterable[CaseRow], case: str) -> CaseRow:
    """Return the case of a name among others.

    Raises
    ------
    NotFoundError
        There is none.
    """
    found = next((row for row in rows if row.case == case), None)
    if found is None:
        raise NotFoundError(f"no case '{case[:40]}'", "a case of the list of images", "choose one there")
    return found


def case_folder(cases: Path, store: Store, row: CaseRow) -> Path:
    """Return the folder of a case with its CT in ``ct``; made and filled where it lacks.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    folder = cases / row.case
    images = folder / "ct"
    wanted = {
        stored.path.name: stored.path
        for stored in store.instances(series_uid=row.series_uid, patient_id=row.patient_id)
    }
    linked_folder(images, wanted)
    return folder


def linked_folder(images: Path, wanted: Mapping[str, Path]) -> None:
    """Have a folder hold links to these files, by their names in it, and nothing else.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    try:
        images.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in images.iterdir()}
        for name in there - set(wanted):
            (images / name).unlink()
        for name in sorted(set(wanted) - there):
            _link(wanted[name], images / name)
    except OSError as error:
        raise OutputError(
            f"the folder of the case could not be filled ({error.strerror or error})",
            "a folder that can be written, with room, and the files of the store in their place",
            "check the disk, then 'seedbed store' in the handbook",
        ) from error


def _link(source: Path, place: Path) -> None:
    """Link a file, which takes no room; copy it where another disk holds the store."""
    try:
        os.link(source, place)
    except OSError:
        stage = place.with_name(f".{place.name}.part")
        try:
            shutil.copyfile(source, stage)
            stage.replace(place)
        finally:
            with suppress(FileNotFoundError):
                stage.unlink()


def structure_files(store: Store, row: CaseRow) -> list[Path]:
    """Return the structure sets drawn in the frame of reference of a case, the newest kept first."""
    found = [
        stored
        for stored in store.instances(patient_id=row.patient_id)
        if stored.facts.modality == "RTSTRUCT" and stored.facts.frame_uid == row.frame_uid
    ]
    return [stored.path for stored in sorted(found, key=lambda each: each.kept_at, reverse=True)]


def series_of(store: Store, row: CaseRow) -> Iterator[CaseRow]:
    """Yield the other CT series of the same patient."""
    yield from (other for other in list_cases(store, patient_id=row.patient_id) if other.case != row.case)


def read_case_ct(folder: Path) -> "CtSeries":
    """Read the CT of a case; a tilted one is resampled, which its notes say.

    Raises
    ------
    ImageError
        See `seedbed.dicom.read_ct_series`.
    """
    from seedbed.dicom import read_ct_series  # reading images: not before one is opened

    return read_ct_series(folder / "ct", correct_tilt=True)
