"""Printed sheets as files: whom they are about, and a PDF beside each HTML where one can be made."""

from importlib.metadata import version
from pathlib import Path

from seedbed.dicom import Identity, iso
from seedbed.errors import InputError, OutputError, one_of
from seedbed.journey.single_file import sha256
from seedbed.report.pdf import make_pdf
from seedbed.report.sheet import SheetHead
from seedbed.report.words import LANGUAGES, Language

BOTH, NO_PDF = "both", "No PDF was written: "


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
