"""Questions to a PACS (C-FIND, PS3.4 Annex C.4.1)."""

from collections.abc import Mapping
from typing import Any

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    PatientRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelFind,
)
from pynetdicom.status import QR_FIND_SERVICE_CLASS_STATUS, code_to_category

from seedbed.dicom.files import MALFORMED, lenient, text
from seedbed.dicom.pacs.answers import Level, Match
from seedbed.dicom.pacs.association import Link, associated, meaning, said
from seedbed.dicom.pacs.question import RETURNED, identifier
from seedbed.dicom.pacs.settings import DimsePeer, Here
from seedbed.dicom.pacs.trying import persist
from seedbed.errors import PacsError

DOING = "asked what it holds"
SYNTAXES: list[str | UID] = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]


def find(peer: DimsePeer, here: Here, level: Level, keys: Mapping[str, str]) -> list[Match]:
    """Ask a PACS what it holds; see `seedbed.dicom.pacs.find`.

    Raises
    ------
    InputError
        A keyword is not DICOM's.
    PacsError
        The PACS did not answer, refused, or broke off.
    """

    def once() -> list[Match]:
        with associated(peer, here, find_contexts()) as link:
            return asked(link, level, keys)

    return persist(peer, once)


def find_contexts() -> list[PresentationContext]:
    """Return what to propose for questions."""
    models = (StudyRootQueryRetrieveInformationModelFind, PatientRootQueryRetrieveInformationModelFind)
    return [build_context(model, SYNTAXES) for model in models]


def asked(link: Link, level: Level, keys: Mapping[str, str]) -> list[Match]:
    """Ask one question over an association that stands.

    Raises
    ------
    PacsError
        As `find`.
    """
    model = (
        PatientRootQueryRetrieveInformationModelFind
        if level == "PATIENT"
        else StudyRootQueryRetrieveInformationModelFind
    )
    question = identifier(level, {**dict.fromkeys(RETURNED[level], ""), **keys})
    if not link.accepts(model):
        raise PacsError(
            f"{said(link.peer)} takes no questions about {_PLURALS[level]}",
            f"a system that offers {model.name}",
            "ask at another level, or ask whoever runs it",
        )
    matches: list[Match] = []
    with link.asking(DOING):
        answers = link.association.send_c_find(question, model)
    for status, answer in answers:
        code = link.code(status, DOING)
        if code_to_category(code) == "Pending":
            matches.append(Match(level, _values(answer, link.peer)))
        elif code:
            raise PacsError(
                f"{said(link.peer)} answered a question about {_PLURALS[level]} with status "
                f"{meaning(code, QR_FIND_SERVICE_CLASS_STATUS, status)}",
                "status 0x0000",
                "ask for less, or ask whoever runs it",
            )
    return matches


_PLURALS = {"PATIENT": "patients", "STUDY": "studies", "SERIES": "series", "IMAGE": "instances"}


def _values(answer: Dataset | None, peer: DimsePeer) -> dict[str, str]:
    """Take the texts out of an answer; sequences and private attributes are left out."""
    try:
        with lenient():
            if answer is None:
                raise ValueError("no dataset")
            found = {keyword_for_tag(element.tag): element for element in answer if element.VR != "SQ"}
            return {keyword: text(answer, keyword) for keyword in found if keyword}
    except MALFORMED as error:
        raise PacsError(
            f"an answer of {said(peer)} cannot be read ({type(error).__name__}: {_first_line(error)})",
            "answers in DICOM",
            "ask whoever runs it",
        ) from error


def _first_line(error: Exception) -> str:
    lines: list[Any] = str(error).splitlines() or [""]
    return str(lines[0]).rstrip(".")
