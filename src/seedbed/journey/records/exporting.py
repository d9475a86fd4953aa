"""The register written out: workbook, CSV files, SPSS, Parquet, REDCap, or CDISC-shaped tumour tables."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.journey.recist import JudgedSubject, judge_case
from seedbed.journey.records.outcomes import adtte_rows, disease_courses, earlier_progressions
from seedbed.journey.records.tumours import tumour_cases
from seedbed.patient.records import Patient, Record
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.sheets.cdisc_adtte import write_adtte
from seedbed.sheets.cdisc_writing import write_tumour_files
from seedbed.sheets.csv_folder import write_csv_folder
from seedbed.sheets.parquet import write_parquet_folder
from seedbed.sheets.redcap import write_redcap
from seedbed.sheets.spss import write_sav_folder
from seedbed.sheets.workbook_writing import write_template, write_workbook

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, kw_only=True)
class ExportQuestion:
    """What is written where.

    Attributes
    ----------
    out : Path
        A new file, or a new or empty folder.
    register : Path or str
    form : str, optional
        ``xlsx``, ``csv``, ``sav``, ``parquet``, ``redcap`` or ``cdisc``; by the ending of ``out`` without it.
    language : {"en", "zh"}
        Of the titles.
    patients : tuple of str
        All without any.
    names : bool
        Whether names of patients are written.
    """

    out: Path
    register: Path | str
    form: str | None = None
    language: str = "en"
    patients: tuple[str, ...] = ()
    names: bool = True


@dataclass(frozen=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...]
    records: int
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "files": [str(file) for file in self.files],
            "records": self.records,
            "remarks": list(self.remarks),
        }


def write_empty_template(path: Path, *, language: str = "en") -> Path:
    """Write an empty workbook to fill in.

    Raises
    ------
    InputError
        A file that is there, or another language.
    """
    _check_language(language)
    _check_new(path)
    return write_template(path, language)  # type: ignore[arg-type]


def export_records(question: ExportQuestion) -> Exported:
    """Write the register, or some patients of it; the register itself stays as it is.

    Raises
    ------
    InputError
        No such register, patient, format or language, or a place where something is.
    """
    _check_language(question.language)
    form = question.form or ("xlsx" if question.out.suffix.lower() == ".xlsx" else "csv")
    if form not in WRITERS:
        raise InputError(f"the format '{form}'", one_of(WRITERS, form), "correct --as")
    _check_new(question.out)
    with open_clinic(question.register) as clinic:
        _check_patients(clinic, question.patients)
        return WRITERS[form](clinic, question)


def _records(clinic: ClinicRegister, question: ExportQuestion) -> list[Record]:
    found = clinic.everything(patients=question.patients or None)
    if question.names:
        return found
    return [replace(each, person="") if isinstance(each, Patient) else each for each in found]


def _to_workbook(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    records = _records(clinic, question)
    path = write_workbook(question.out, records, language=question.language)  # type: ignore[arg-type]
    return Exported((path,), len(records))


def _to_csv(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    records = _records(clinic, question)
    files = write_csv_folder(question.out, records, language=question.language)  # type: ignore[arg-type]
    return Exported(tuple(files), len(records))


def _to_spss(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    records = _records(clinic, question)
    files = write_sav_folder(question.out, records, language=question.language)  # type: ignore[arg-type]
    return Exported(tuple(files), len(records))


def _to_parquet(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    records = _records(clinic, question)
    return Exported(tuple(write_parquet_folder(question.out, records)), len(records))


def _to_redcap(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    records = _records(clinic, question)
    path = question.out if question.out.suffix else question.out / "redcap.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return Exported((write_redcap(path, records),), len(records))


def _to_cdisc(clinic: ClinicRegister, question: ExportQuestion) -> Exported:
    patients = question.patients or None
    cases = tumour_cases(clinic, patients=patients)
    judged = [judge_case(case, profile="recist11") for case in cases]
    histories = {
        (each.case.subject, each.case.reader): each.history for each in judged if each.history is not None
    }
    times = adtte_rows(clinic, patients=patients)
    question.out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".seedbed-", dir=question.out.parent) as stage:
        paths = write_tumour_files(Path(stage), cases, histories)
        adtte = write_adtte(Path(stage) / "adtte.csv", times)
        files = _moved((paths.tu, paths.tr, paths.rs, adtte), question.out)
    return Exported(files, len(cases), tuple(_remarks(clinic, judged, patients)))


def _moved(files: Sequence[Path], folder: Path) -> tuple[Path, ...]:
    """Move files that are complete to their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(file.replace(folder / file.name) for file in files)


def _remarks(
    clinic: ClinicRegister, judged: Sequence[JudgedSubject], patients: Sequence[str] | None
) -> Iterator[str]:
    """Tell who was not judged, and where RECIST and the recorded progressions differ."""
    yield from (each.problem for each in judged if each.problem)
    for each in earlier_progressions(clinic, patients=patients):
        yield (
            f"{each.patient_id}: the progression of {each.on} was before the treatment; "
            "it is no event of the endpoints."
        )
    unrecorded = {
        course.patient_id: "ends with death" if course.died else "is censored"
        for course in disease_courses(clinic, patients=patients)
        if not course.progressions
    }
    for found in judged:
        progressed = found.history.progressed_when if found.history is not None else None
        if progressed is not None and found.case.subject in unrecorded:
            reader = f" ({found.case.reader})" if found.case.reader else ""
            yield (
                f"{found.case.subject}: PD by RECIST on {progressed}{reader}, "
                f"and no progression is recorded; LPFS {unrecorded[found.case.subject]}."
            )


WRITERS: Mapping[str, Callable[[ClinicRegister, ExportQuestion], Exported]] = MappingProxyType(
    {
        "xlsx": _to_workbook,
        "csv": _to_csv,
        "sav": _to_spss,
        "parquet": _to_parquet,
        "redcap": _to_redcap,
        "cdisc": _to_cdisc,
    }
)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise InputError(f"the language '{language}'", one_of(LANGUAGES, language), "correct --language")


def _check_new(out: Path) -> None:
    """Refuse to write over anything."""
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        raise InputError(
            f"'{out}' is there already", "a new file, or a new or empty folder", "choose another name"
        )


def _check_patients(clinic: ClinicRegister, wanted: Sequence[str]) -> None:
    known = {each.patient_id for each in clinic.records(Patient, patients=wanted or None)}
    lacking = [each for each in wanted if each not in known]
    if lacking:
        raise InputError(
            f"there is no patient '{lacking[0]}' in the register", "identifiers of patients", "check them"
        )
