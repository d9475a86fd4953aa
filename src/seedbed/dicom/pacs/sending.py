"""Send files to a system (C-STORE, PS3.4 Annex B), each as it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import UID
from pynetdicom import _config
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.status import STORAGE_SERVICE_CLASS_STATUS, code_to_category

from seedbed.dicom.files import reading
from seedbed.dicom.pacs.answers import Progress, Sent, counting
from seedbed.dicom.pacs.association import Link, associated, meaning
from seedbed.dicom.pacs.outgoing import Outgoing, outgoing
from seedbed.dicom.pacs.settings import DimsePeer, Here
from seedbed.dicom.pacs.storage import MOST_CONTEXTS, PLAIN
from seedbed.dicom.pacs.trying import LostError, persist
from seedbed.errors import InputError, PacsError

_config.STORE_SEND_CHUNKED_DATASET = True  # a file that is named by its path travels byte for byte

DOING = "sent an object"
DUPLICATE = 0x0111
"""PS3.7, C.5.6: the system has an instance of that UID."""


@dataclass
class _Course:
    """How far a transfer has come."""

    files: tuple[Outgoing, ...]
    progress: Progress
    stored: int = 0
    already: int = 0
    done: set[Path] = field(default_factory=set)
    failed: list[tuple[Path, str]] = field(default_factory=list)
    remarks: list[tuple[Path, str]] = field(default_factory=list)

    def finish(self, file: Outgoing, *, already: bool, remark: str) -> None:
        self.already += already
        self.stored += not already
        self.remarks += [(file.path, remark)] if remark else []
        self._pass(file)

    def fail(self, file: Outgoing, reason: str) -> None:
        self.failed.append((file.path, reason))
        self._pass(file)

    def _pass(self, file: Outgoing) -> None:
        self.done.add(file.path)
        self.progress("send", len(self.done), len(self.files))


def send(peer: DimsePeer, here: Here, paths: Sequence[Path], *, progress: Progress) -> Sent:
    """Send files; see `seedbed.dicom.pacs.send`.

    Raises
    ------
    PacsError
        The system did not answer, refused, or broke off too often.
    InputError
        A file is no DICOM file, or is another object than its header says.
    StoppedError
        Ctrl-C after the headers were read.
    """
    course = _Course(tuple(outgoing(path) for path in dict.fromkeys(paths)), progress)
    with counting(lambda: course.stored + course.already, len(course.files)):
        for kinds in _parts(sorted({file.kind for file in course.files})):
            _send_part(peer, here, [file for file in course.files if file.kind in kinds], course)
    return Sent(course.stored, course.already, tuple(course.failed), tuple(course.remarks))


def _parts(kinds: list[tuple[UID, UID]]) -> Iterator[list[tuple[UID, UID]]]:
    for start in range(0, len(kinds), MOST_CONTEXTS):
        yield kinds[start : start + MOST_CONTEXTS]


def _send_part(peer: DimsePeer, here: Here, files: Sequence[Outgoing], course: _Course) -> None:
    """Send files of so many kinds as one association can hold."""
    try:
        persist(peer, lambda: _send(peer, here, files, course), lambda: len(course.done))
    except LostError as error:
        had = f"{course.stored + course.already} of {len(course.files)} objects were acknowledged"
        raise PacsError(f"{error.came} ({had})", error.expected, error.do) from error


def _send(peer: DimsePeer, here: Here, files: Sequence[Outgoing], course: _Course) -> None:
    """Send what is not done over one association."""
    left = [file for file in files if file.path not in course.done]
    with associated(peer, here, [_context(kind) for kind in sorted({file.kind for file in left})]) as link:
        for file in left:
            if refusal := _refusal(link, file):
                course.fail(file, refusal)
            else:
                _store(link, file, course)


def _context(kind: tuple[UID, UID]) -> PresentationContext:
    sop_class, syntax = kind
    others = PLAIN if syntax in PLAIN else ()
    return build_context(sop_class, list(dict.fromkeys((syntax, *others))))


def _accepted(link: Link, file: Outgoing) -> set[UID]:
    found = (each for each in link.association.accepted_contexts if each.abstract_syntax == file.sop_class)
    return {each.transfer_syntax[0] for each in found}


def _refusal(link: Link, file: Outgoing) -> str:
    accepted = _accepted(link, file)
    if file.syntax in accepted or (file.syntax in PLAIN and accepted.intersection(PLAIN)):
        return ""
    return f"the system does not accept {file.sop_class.name} in {file.syntax.name}, and it is not re-encoded"


def _store(link: Link, file: Outgoing, course: _Course) -> None:
    """Send one file; byte for byte where the system takes its encoding, else in the other plain one."""
    as_is = file.syntax in _accepted(link, file)
    with link.asking(DOING):
        try:
            with reading(file.path):
                status = link.association.send_c_store(file.path if as_is else dcmread(file.path))
        except InputError as error:
            return course.fail(file, error.came)
    code = link.code(status, DOING)
    words = meaning(code, STORAGE_SERVICE_CLASS_STATUS, status)
    category = code_to_category(code)
    if code != DUPLICATE and category not in ("Success", "Warning"):
        return course.fail(file, f"the system said {words}")
    return course.finish(file, already=code == DUPLICATE, remark=words if category == "Warning" else "")
