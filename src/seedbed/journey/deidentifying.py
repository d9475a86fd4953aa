"""De-identify the files of patients: codes, clean copies, a search for what is left, then the export."""

import json
import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from pydicom import Dataset

from seedbed.dicom.deidentification import (
    Options,
    Pseudonym,
    Traces,
    deidentify,
    new_pseudonym,
    traces_of,
    why_left_out,
)
from seedbed.dicom.deidentification.checking import remains
from seedbed.dicom.deidentification.key_table import (
    KeyTable,
    Patient,
    RenamedStructure,
    locked,
    read_key_table,
    write_key_table,
)
from seedbed.dicom.deidentification.pseudonym import CODE
from seedbed.dicom.files import read_dataset, reading, save, text
from seedbed.errors import InputError, OutputError
from seedbed.journey.places import SUMMARY, check_empty, files_below, staged

Progress = Callable[[int, int], None]
Who = tuple[str, str]
"""Patient ID and its issuer."""
MODALITY = re.compile(r"[A-Z]{2,16}")
PLAIN_EXPORT = "export.json"
"""By this file an export with the patient's identity is known."""


@dataclass(frozen=True)
class LeftOut:
    """A file that is not in the export, and why, in a sentence."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Exported:
    """What was exported.

    Attributes
    ----------
    folder, key_file : Path
    files : dict of str to int
        Number of files by code and series, such as ``"SB-7F3K2Q/CT-1"``.
    left_out : tuple of LeftOut
        Files that nobody gets; their names may hold a name, so that they are not in the export.
    warnings : tuple of str
        Sentences without identity, each once.
    """

    folder: Path
    key_file: Path
    files: dict[str, int]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """A file that will be exported: where it is, whose, its series, and what its original says."""

    path: Path
    who: Who
    name: str
    birth_date: str
    series: tuple[str, str]
    traces: Traces = field(repr=False)


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


def deidentify_files(
    paths: Sequence[Path],
    out: Path,
    *,
    key_file: Path,
    options: Options | None = None,
    progress: Progress = _silent,
    rng: random.Random | None = None,
) -> Exported:
    """Write clean copies of DICOM files and the table that leads from code to patient.

    A patient who is in the table already keeps code, shift of dates and UIDs. Each written file is read again
    and searched for names, numbers, places, UIDs and dates of the originals; where anything is found, nothing
    is exported. The table is saved before the export appears, so that no export is without its table.

    Parameters
    ----------
    paths : sequence of Path
        Files, and folders with all that is in them.
    out : Path
        A new or empty folder. ``CODE/CT-1/0001.dcm`` and a summary are written.
    key_file : Path
        The table of identities (CSV), outside of ``out``, of any other export and of all that is read; only
        its owner may read it.
    options : Options, optional
    progress : callable, optional
        Told how many steps are done, and how many there are; a file is read in one and written in another.
    rng : random.Random, optional
        Source of codes, shifts and secrets; the system's own without.

    Raises
    ------
    InputError
        No file that can be exported, a damaged table, one ID for two people, or a file in which something of
        its patient was left.
    OutputError
        The table inside of an export or of what is read, an export inside of what is read, or a place that
        cannot be written.
    """
    _check_places(paths, out, key_file)
    files = _files(paths)
    found, left_out = _survey(files, progress)
    if not found:
        reasons = "; ".join(sorted({each.reason for each in left_out})) or "there is no file"
        raise InputError(
            f"nothing can be exported: {reasons}", "CT, RT or other clean objects", "choose others"
        )
    with locked(key_file):
        table = _with_patients(read_key_table(key_file), found, rng or secrets.SystemRandom())
        with staged(out) as stage:
            export = _Export(stage, table.pseudonyms(), options or Options(), _known(found))
            for number, each in enumerate(found, start=1):
                _add(export, each)
                progress(len(files) + number, len(files) + len(found))
            _summarise(export, len(left_out))
            write_key_table(table.with_structures(export.renamed), key_file)
    return Exported(out, key_file, dict(export.counts), tuple(left_out), tuple(export.warnings))


def _check_places(paths: Sequence[Path], out: Path, key_file: Path) -> None:
    target = out.resolve()
    if target in (key_file.resolve(), *key_file.resolve().parents):
        raise OutputError(
            f"the table of identities '{key_file}' would lie in the export '{out}'",
            "a table that does not travel with the export",
            "choose another place for it",
        )
    check_key_place(key_file, paths)
    within = [path for path in paths if path.resolve() in (target, *target.parents)]
    if within:
        raise OutputError(
            f"the export '{out}' would lie in '{within[0]}', which is read",
            "an export that is not read itself",
            "choose another folder",
        )
    check_empty(out)


def check_key_place(key_file: Path, read: Sequence[Path]) -> None:
    """Refuse a table of identities that would go along when a folder is handed on.

    Parameters
    ----------
    key_file : Path
    read : sequence of Path
        Files and folders that are exported.

    Raises
    ------
    OutputError
        It would lie in one of them, or in an earlier export.

    Examples
    --------
    >>> try:
    ...     check_key_place(Path("case/codes.csv"), [Path("case")])
    ... except OutputError as error:
    ...     print(error.came)
    the table of identities 'case/codes.csv' would lie in 'case', which is read
    """
    above = (key_file.resolve(), *key_file.resolve().parents)
    places = [(f"'{path}', which is read", path.resolve() in above) for path in read]
    places += [(f"'{path}', which holds an export", _holds_export(path)) for path in above[1:]]
    for place, refused in places:
        if refused:
            raise OutputError(
                f"the table of identities '{key_file}' would lie in {place}",
                "a place that is never handed on",
                "choose a folder of its own for it, which few people can read",
            )


def _holds_export(folder: Path) -> bool:
    """Whether a folder is an export: a clean one has a summary and folders of codes, another its own list."""
    if (folder / SUMMARY).is_file() and any(CODE.fullmatch(each.name) for each in folder.iterdir()):
        return True
    listed = folder / PLAIN_EXPORT
    return listed.is_file() and b'"seedbed"' in listed.read_bytes()


def _files(paths: Sequence[Path]) -> list[Path]:
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(f"there is no '{missing[0]}'", "files or folders that exist", "check the name")
    return sorted({file for path in paths for file in files_below(path)})


def _survey(files: Sequence[Path], progress: Progress) -> tuple[list[_Found], list[LeftOut]]:
    """Read every file once: whose it is, or why it is left out."""
    found: list[_Found] = []
    left_out: list[LeftOut] = []
    for number, path in enumerate(files, start=1):
        try:
            with reading(path):
                dataset = read_dataset(path)
                doubt = why_left_out(dataset)
                if not doubt:
                    found.append(_described(path, dataset))
        except InputError as error:
            doubt = error.came
        if doubt:
            left_out.append(LeftOut(path, doubt))
        progress(number, 2 * len(files))
    return found, left_out


def _described(path: Path, dataset: Dataset) -> _Found:
    modality = text(dataset, "Modality")
    return _Found(
        path,
        (text(dataset, "PatientID").strip(), text(dataset, "IssuerOfPatientID").strip()),
        text(dataset, "PatientName"),
        text(dataset, "PatientBirthDate").strip(),
        (modality if MODALITY.fullmatch(modality) else "OTHER", text(dataset, "SeriesInstanceUID")),
        traces_of(dataset),
    )


def _known(found: Sequence[_Found]) -> dict[Who, Traces]:
    """Return for each patient what all his files say of him."""
    parts: dict[Who, list[Traces]] = {}
    for each in found:
        parts.setdefault(each.who, []).append(each.traces)
    return {who: Traces.of_all(traces) for who, traces in parts.items()}


def _with_patients(table: KeyTable, found: Sequence[_Found], rng: random.Random) -> KeyTable:
    """Return the table with a code for every patient; who has one keeps it."""
    for each in found:
        patient = table.patient(*each.who)
        if patient is None:
            pseudonym = new_pseudonym(rng, table.codes())
            added = Patient(*each.who, each.name, each.birth_date, pseudonym)
            table = replace(table, patients=(*table.patients, added))
        elif each.birth_date and patient.birth_date and each.birth_date != patient.birth_date:
            raise InputError(
                f"'{each.path}' has the patient ID of {patient.pseudonym.code} and another birth date",
                "one person for each patient ID",
                "find out who it is and correct the ID or the birth date",
            )
    return table


@dataclass(frozen=True)
class _Export:
    """The growing export: where it is written, who becomes whom, and what has been counted so far."""

    stage: Path
    pseudonyms: dict[Who, Pseudonym]
    options: Options
    known: dict[Who, Traces]
    counts: Counter[str] = field(default_factory=Counter)
    series: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    renamed: set[RenamedStructure] = field(default_factory=set)
    warnings: dict[str, None] = field(default_factory=dict)


def _add(export: _Export, each: _Found) -> None:
    """Write the clean copy of one file, read it again, and refuse it if something of the patient is left."""
    pseudonym, known = export.pseudonyms[each.who], export.known[each.who]
    with reading(each.path):
        clean = deidentify(read_dataset(each.path), pseudonym, options=export.options, known=known)
    path = save(clean.dataset, export.stage / _place(export, pseudonym.code, each))
    left = remains(path, each.traces, known, date_shift_days=pseudonym.date_shift_days)
    if left:
        raise InputError(
            f"the clean copy of '{each.path}' still holds something of the patient in {', '.join(left)}",
            "nothing that is found again",
            "leave the file out, and tell the makers of Seedbed; nothing was exported",
        )
    uid = clean.dataset.SOPInstanceUID
    export.renamed.update(
        RenamedStructure(pseudonym.code, uid, new, old) for new, old in clean.structure_names
    )
    export.warnings.update(dict.fromkeys(f"{pseudonym.code}: {sentence}" for sentence in clean.warnings))


def _place(export: _Export, code: str, each: _Found) -> Path:
    """Return the next file name: code, modality with the number of the series, number of the file."""
    modality, series = each.series
    numbers = export.series.setdefault((code, modality), {})
    folder = f"{modality}-{numbers.setdefault(series, len(numbers) + 1)}"
    export.counts[f"{code}/{folder}"] += 1
    return Path(code, folder, f"{export.counts[f'{code}/{folder}']:04d}.dcm")


def _summarise(export: _Export, left_out: int) -> None:
    """Write what the export holds; nothing in it says who it is of."""
    content = {
        "seedbed": version("seedbed"),
        "files": dict(sorted(export.counts.items())),
        "left_out": left_out,
        "warnings": list(export.warnings),
    }
    (export.stage / SUMMARY).write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
