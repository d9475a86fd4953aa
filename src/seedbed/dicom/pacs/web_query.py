"""Questions to a DICOMweb archive (QIDO-RS, PS3.18, 10.6), asked until nothing more comes."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from pydicom import Dataset

from seedbed.dicom.files import MALFORMED, lenient, text
from seedbed.dicom.pacs.answers import Level, Match
from seedbed.dicom.pacs.question import OF_ONE, RETURNED, identifier
from seedbed.dicom.pacs.web_parts import BrokenMessageError
from seedbed.dicom.pacs.web_session import JSON_TYPE, WebLine
from seedbed.errors import PacsError

UID = re.compile(r"(?=.{1,64}\Z)[0-9]+(\.[0-9]+)*")
"""PS3.5, 9.1; leading zeros are forgiven. It stands in addresses, where ``..`` would lead elsewhere."""
STUDY, SERIES, INSTANCE = OF_ONE["STUDY"], OF_ONE["SERIES"], OF_ONE["IMAGE"]
COUNTED: Mapping[Level, str] = {"PATIENT": STUDY, **OF_ONE}
"""DICOMweb knows no level of patients: they are those of the studies."""
SENT_PLAINLY = "*,"
NOTHING = (b"", b"[]")
PATIENT_GROUP = 0x0010
Page = Callable[..., list[dict[str, Any]]]


def search(line: WebLine, level: Level, keys: Mapping[str, str]) -> list[Match]:
    """Find what matches; keys without a value are only to be returned.

    Raises
    ------
    InputError
        A keyword is not DICOM's, or its value is not one for it.
    PacsError
        The archive did not answer, refused, or broke off.
    """
    identifier(level, keys)  # refuses what is no keyword or no value
    lists = {keyword: value.replace("\\", ",") for keyword, value in keys.items()}  # PS3.18, 8.3.4.1
    asked = {**dict.fromkeys(RETURNED[level], ""), **lists}
    datasets = _every_page(line, _page(line, level, asked), COUNTED[level])
    if not datasets and any(quote(value, safe=SENT_PLAINLY) != value for value in lists.values()):
        _check_decoding(line)
    found = [{**dict.fromkeys(asked, ""), **_values(each, level)} for each in datasets]
    return [Match(level, values) for values in _distinct(found)]


def _page(line: WebLine, level: Level, asked: Mapping[str, str]) -> Page:
    """Prepare the question; what came before is told by ``offset``."""
    filters = {keyword: value for keyword, value in asked.items() if value}
    fields = [keyword for keyword, value in asked.items() if not value]
    if level in ("PATIENT", "STUDY"):
        ask: Page = line.client.search_for_studies
    else:
        ask = line.client.search_for_series if level == "SERIES" else line.client.search_for_instances
        if UID.fullmatch(filters.get(STUDY, "")):
            ask = partial(ask, filters.pop(STUDY))
            if level == "IMAGE" and UID.fullmatch(filters.get(SERIES, "")):
                ask = partial(ask, filters.pop(SERIES))
    return partial(ask, fields=fields, search_filters=filters)


def _every_page(line: WebLine, page: Page, uid: str) -> list[Dataset]:
    """Ask on until a page brings nothing new: archives cut long answers, often without a word."""
    found: dict[str, Dataset] = {}
    rows = 0
    while True:
        answers = line.ask(partial(_read, page, rows or None, uid))
        fresh = {text(each, uid): each for each in answers if text(each, uid) not in found}
        if not fresh:
            return list(found.values())
        found |= fresh
        rows += len(answers)


def _read(page: Page, offset: int | None, uid: str) -> list[Dataset]:
    try:
        with lenient():
            answers = [Dataset.from_json(each) for each in page(offset=offset)]
    except OSError:
        raise
    except MALFORMED as error:
        raise BrokenMessageError(f"{type(error).__name__} in what it says of a search") from error
    if not all(text(each, uid) for each in answers):
        raise BrokenMessageError(f"a match without {uid}")
    return answers


def _check_decoding(line: WebLine) -> None:
    """Refuse an archive that finds nothing only because it does not decode what it is asked."""
    encoded, plain = (
        line.ask(partial(line.get, f"studies?limit=1&PatientID={any_id}", JSON_TYPE))[1].strip()
        for any_id in ("%3F*", "?*")
    )
    if encoded in NOTHING and plain not in NOTHING:
        raise PacsError(
            f"'{line.peer.name}' at {line.peer.url} does not decode what it is asked, and so finds no name "
            "with Chinese letters, accents, spaces or '^'",
            "an archive that decodes addresses (RFC 3986, 2.1)",
            "search by PatientID or StudyDate, ask over DIMSE, or have the archive updated",
        )


def _values(dataset: Dataset, level: Level) -> dict[str, str]:
    return {
        element.keyword: text(dataset, element.keyword)
        for element in dataset
        if element.keyword
        and element.VR != "SQ"
        and (level != "PATIENT" or element.tag.group == PATIENT_GROUP)
    }


def _distinct(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({tuple(sorted(each.items())): each for each in found}.values())
