"""One object that is being sent to us: its bytes, and the answer that it gets."""

import errno
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pydicom import Dataset
from pydicom.filereader import read_partial
from pydicom.tag import Tag
from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dsutils import encode_file_meta

from seedbed.dicom.files import MALFORMED
from seedbed.dicom.identity import IMPLEMENTATION_UID
from seedbed.dicom.pacs.answers import LARGEST_OBJECT

SUCCESS, OUT_OF_RESOURCES, NOT_MATCHING, NOT_KEPT = 0x0000, 0xA700, 0xA900, 0xC000
"""PS3.4, table B.2-1."""
NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
UIDS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID")
LAST_UID = Tag("StudyInstanceUID")


@dataclass(frozen=True)
class Incoming:
    """One object that another system sends: a whole DICOM file, and the UIDs it goes by."""

    content: bytes
    sop_class_uid: str
    instance_uid: str
    study_uid: str


Take = Callable[[Incoming], object]
"""Returns only when an object is safe on disk."""


@dataclass(frozen=True)
class Taken:
    """What became of an object that was sent: the ``answer`` to it; ``reason`` says why it was not kept."""

    answer: Dataset
    instance_uid: str
    study_uid: str = ""
    reason: str = ""


def take(event: evt.Event, keep: Take) -> Taken:
    """Keep an object that is being sent; nothing that it or ``keep`` does ends the association.

    Parameters
    ----------
    event : Event
        A C-STORE request.
    keep : callable

    Returns
    -------
    Taken
        Its answer is success only when ``keep`` has returned.
    """
    request: Any = event.request
    announced = str(request.AffectedSOPInstanceUID)
    if isinstance(request.DataSet, _Dropped):
        return Taken(_answer(OUT_OF_RESOURCES), announced, reason=f"it has more than {LARGEST_OBJECT} bytes")
    try:
        incoming = incoming_of(event)
    except MALFORMED as error:
        return Taken(_answer(NOT_KEPT), announced, reason=f"it cannot be read ({type(error).__name__})")
    if problem := _mismatch(incoming, request):
        return Taken(_answer(NOT_MATCHING), announced, reason=problem)
    try:
        keep(incoming)
    except Exception as error:  # noqa: BLE001 - whatever it is, the sender must not think we have it
        full = isinstance(error, OSError) and error.errno in NO_ROOM
        code = OUT_OF_RESOURCES if full else NOT_KEPT
        return Taken(_answer(code), announced, reason=f"it could not be kept ({words(error)})")
    return Taken(_answer(SUCCESS), announced, incoming.study_uid)


class _Dropped(BytesIO):
    """Stands in for an object that is too large; nothing of it is kept."""

    def write(self, part: Any, /) -> int:
        return len(part)


def drop_too_large(event: evt.Event) -> None:
    """Let go of an object in memory once it is too large; `take` then refuses it when it has come to its end.

    Parameters
    ----------
    event : Event
        A part of a message has come.
    """
    message = event.assoc.dimse.message
    if isinstance(message, C_STORE_RQ) and message.data_set and message.data_set.tell() > LARGEST_OBJECT:
        message.data_set = _Dropped()


def _mismatch(incoming: Incoming, request: Any) -> str:
    """Say how an object differs from what was announced; its UIDs are what it is found by later."""
    came, announced = incoming.instance_uid, request.AffectedSOPInstanceUID
    if came != announced or incoming.sop_class_uid != request.AffectedSOPClassUID:
        return f"'{came}' came, a {UID(incoming.sop_class_uid).name}, instead of what was announced"
    return "" if incoming.study_uid else "it names no study"


def _answer(code: int) -> Dataset:
    answer = Dataset()
    answer.Status = code
    if code != SUCCESS:
        answer.ErrorComment = "Seedbed could not keep this object"
    return answer


def words(error: Exception) -> str:
    """Say what an error is, without the number of the system's."""
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__


def incoming_of(event: evt.Event) -> Incoming:
    """Take an object out of a C-STORE request, byte for byte, as a whole DICOM file (PS3.10, 7.1)."""
    meta = event.file_meta
    meta.ImplementationClassUID, meta.ImplementationVersionName = IMPLEMENTATION_UID, "SEEDBED"
    stream = event.encoded_dataset(include_meta=False)
    content = b"".join((bytes(128), b"DICM", encode_file_meta(meta), stream))
    head = read_partial(
        BytesIO(content),
        stop_when=lambda tag, _vr, _length: tag > LAST_UID,
        specific_tags=list(map(Tag, UIDS)),
    )
    return Incoming(content, *(_uid(head, keyword) for keyword in UIDS))


def _uid(head: Dataset, keyword: str) -> str:
    """Return a UID as it was sent; it is compared, and judged by whoever keeps the file."""
    if keyword not in head:
        return ""
    value: Any = head.get_item(keyword).value
    return value.decode("ascii", "replace").strip("\0 ") if isinstance(value, bytes) else str(value or "")
