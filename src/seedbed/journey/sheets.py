"""Printed sheets as files: whom they are about, and a PDF beside each HTML where one can be made."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from seedbed.dicom import Identity, iso
from seedbed.errors import InputError, OutputError, one_of
from seedbed.journey.single_file import check_free, placed, sha256
from seedbed.patient.records import Patient
from seedbed.report.pdf import make_pdf, subject_of
from seedbed.report.sheet import SheetHead
from seedbed.report.words import LANGUAGES, Language

BOTH, NO_PDF = "both", "No PDF was written: "


@dataclass(frozen=True)
class SheetPlace:
    """Where a sheet of its own goes.

    Attributes
    ----------
    out : Path
        The HTML file; other languages and the PDF lie beside it.
    languages : tuple of {"en", "zh"}
    pdf : bool
        Whether a PDF is written too.
    """

    out: Path
    languages: tuple[Language, ...] = ("en",)
    pdf: bool = True

    def files(self, language: Language) -> tuple[Path, Path]:
        """Return where HTML and PDF of a language go.

        Examples
        --------
        >>> [path.name for path in SheetPlace(Path("order.html")).files("zh")]
        ['order.zh.html', 'order.zh.pdf']
        """
        stem = self.out.stem if language == "en" else f"{self.out.stem}.{language}"
        return self.out.with_name(f"{stem}{self.out.suffix}"), self.out.with_name(f"{stem}.pdf")


@dataclass(frozen=True)
class SheetKind:
    """One kind of sheet: an earlier one may be replaced, nothing else.

    Attributes
    ----------
    name : str
        In words, such as "earlier order sheet".
    mark : str
        What tells its HTML from other files, such as ``content="seedbed order sheet"``.
    """

    name: str
    mark: str

    def made(self, place: Path) -> bool:
        """Whether a file is a sheet of this kind, HTML or PDF."""
        with suppress(OSError, UnicodeDecodeError):
            if place.suffix == ".pdf":
                return f'content="{subject_of(place)}"' == self.mark
            return self.mark in place.read_text(encoding="utf-8")
        return False


def check_place(place: SheetPlace, kind: SheetKind) -> None:
    """Refuse a place that `write_sheet` would refuse, before anything is decided or recorded.

    Raises
    ------
    InputError
        The name is that of a PDF.
    OutputError
        A place is a folder, another file, or cannot be reached.
    """
    if place.out.suffix.lower() == ".pdf":
        raise InputError(
            f"the sheet would go to '{place.out}'",
            "a name that ends in .html; the PDF lies beside it",
            "change the name",
        )
    for language in place.languages:
        for path in place.files(language) if place.pdf else place.files(language)[:1]:
            check_free(path, [], kind=kind.name, replaces=kind.made)


def write_sheet(
    page_in: Callable[[Language], str], place: SheetPlace, kind: SheetKind
) -> tuple[list[Path], list[str]]:
    """Write a sheet in each language; an earlier one is replaced, in all languages, nothing else is.

    Parameters
    ----------
    page_in : callable
        Gives the HTML in a language.
    place : SheetPlace
    kind : SheetKind

    Returns
    -------
    tuple of (list of Path, list of str)
        Files written, and a sentence for each PDF that is lacking.

    Raises
    ------
    InputError, OutputError
        See `check_place`; or a file cannot be written.
    """
    check_place(place, kind)
    content, notes = _contents(page_in, place)
    for path, data in content.items():
        with placed(path, [], kind=kind.name, replaces=kind.made) as stage:
            stage.write_bytes(data)
    for old in {path for language in LANGUAGES for path in place.files(language)} - content.keys():
        if kind.made(old):
            old.unlink()
    return list(content), notes


def _contents(page_in: Callable[[Language], str], place: SheetPlace) -> tuple[dict[Path, bytes], list[str]]:
    """Return what goes into each file, and a sentence for each PDF that cannot be made."""
    content: dict[Path, bytes] = {}
    notes: list[str] = []
    for language in place.languages:
        page = page_in(language)
        html, pdf = place.files(language)
        content[html] = page.encode()
        try:
            if place.pdf:
                content[pdf] = make_pdf(page, pdf.name)
        except OutputError as error:
            notes.append(f"{NO_PDF}{error}")
    return content, notes


def languages_of(text: str) -> tuple[Language, ...]:
    """Return the languages that a user asked for.

    Raises
    ------
    InputError
        None of the languages, nor ``both``.

    Examples
    --------
    >>> languages_of("zh"), languages_of("both")
    (('zh',), ('en', 'zh'))
    """
    found = LANGUAGES if text == BOTH else tuple(each for each in LANGUAGES if each == text)
    if not found:
        raise InputError(
            f"language '{text}'", one_of([*LANGUAGES, BOTH], text), "choose one of them with --language"
        )
    return found


def sheet_head(identity: Identity, plan: str, plan_file: Path | None) -> SheetHead:
    """Say whom and which plan sheets are about.

    Parameters
    ----------
    identity : Identity
    plan : str
        The plan in one line.
    plan_file : Path or None
        Its RTPLAN; its SHA-256 stands on each page. None where there is no plan.
    """
    return SheetHead(
        dated=identity.made.date(),
        version=version("seedbed"),
        patient_name=shown_name(identity.patient_name),
        patient_id=identity.patient_id,
        birth_date=iso(identity.patient_birth_date),
        study_date=iso(identity.study_date),
        plan=plan,
        plan_sha256=sha256(plan_file) if plan_file is not None else "",
    )


def clinic_head(patient: Patient, *, on: date) -> SheetHead:
    """Say which patient of the register a sheet is about, as of a day.

    Examples
    --------
    >>> clinic_head(Patient(patient_id="S-01"), on=date(2026, 3, 2)).patient_id
    'S-01'
    """
    return SheetHead(
        dated=on,
        version=version("seedbed"),
        patient_name=patient.person,
        patient_id=patient.patient_id,
        birth_date=str(patient.born or ""),
    )


def shown_name(name: str) -> str:
    """Write a DICOM person name as people read it (PS3.5 section 6.2.1): components apart, all groups.

    Examples
    --------
    >>> shown_name("Wang^XiaoDong=王^小东"), shown_name("Test^Plan")
    ('Wang XiaoDong / 王 小东', 'Test Plan')
    """
    groups = (" ".join(part for part in group.split("^") if part) for group in name.split("="))
    return " / ".join(dict.fromkeys(group for group in groups if group))


def put_pdf(html: str, path: Path) -> list[str]:
    """Write a sheet as PDF, or return the sentence that says why there is none."""
    try:
        content = make_pdf(html, path.name)
    except OutputError as error:
        return [f"{NO_PDF}{error}"]
    path.write_bytes(content)
    return []
