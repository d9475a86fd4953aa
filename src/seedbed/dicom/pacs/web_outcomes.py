"""What a DICOMweb archive says of an instance that was sent (PS3.18, 10.5.3)."""

from dataclasses import dataclass

import requests
from pydicom import Dataset

from seedbed.dicom.files import MALFORMED, lenient, text
from seedbed.dicom.pacs.web_parts import BrokenMessageError

DUPLICATE = 0x0111
"""Duplicate SOP Instance: the archive has it and keeps what it has (PS3.7, C.4.4)."""
ANSWERED = frozenset({200, 202, 409})
"""What carries a Store Instances Response (PS3.18, table 10.5.3-1)."""


@dataclass(frozen=True)
class Outcome:
    """Stored, perhaps with a remark; already there; or neither, and the reason."""

    stored: bool = False
    already: bool = False
    reason: str = ""
    remark: str = ""


def outcome(response: requests.Response, uid: str) -> Outcome:
    """Read what an archive says of one instance; only what it names as stored counts as stored.

    Raises
    ------
    requests.HTTPError
        Another status, which says nothing of the instance.
    BrokenMessageError
        The answer is not in DICOM JSON.
    """
    if response.status_code not in ANSWERED:
        response.raise_for_status()
    answer = _read(response)
    for item in _of(answer, "FailedSOPSequence", uid):
        code = int(item.get("FailureReason") or 0)
        if code == DUPLICATE:
            return Outcome(already=True)
        return Outcome(reason=f"the archive said {_meaning(code)}")
    for item in _of(answer, "ReferencedSOPSequence", uid):
        code = int(item.get("WarningReason") or 0)
        return Outcome(stored=True, remark=_meaning(code) if code else "")
    return Outcome(reason=f"the archive does not say that it stored it (HTTP {response.status_code})")


def _meaning(code: int) -> str:
    from pynetdicom.status import STORAGE_SERVICE_CLASS_STATUS

    from seedbed.dicom.pacs.association import meaning

    return meaning(code, STORAGE_SERVICE_CLASS_STATUS, Dataset())


def _read(response: requests.Response) -> Dataset:
    try:
        with lenient():
            return Dataset.from_json(response.text)
    except MALFORMED as error:
        raise BrokenMessageError("what it says of an instance is not DICOM JSON") from error


def _of(answer: Dataset, keyword: str, uid: str) -> list[Dataset]:
    return [item for item in answer.get(keyword) or () if text(item, "ReferencedSOPInstanceUID") == uid]
