"""A file that is to be sent: what it says it is, read before anything travels."""

from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.uid import UID

from seedbed.dicom.encoding import check_encoding
from seedbed.dicom.files import reading, require, text
from seedbed.errors import InputError

HEAD = ("SOPClassUID", "SOPInstanceUID")


@dataclass(frozen=True)
class Outgoing:
    """A file and what it holds: which kind of object, which one, in which encoding."""

    path: Path
    sop_class: UID
    instance_uid: str
    syntax: UID

    @property
    def kind(self) -> tuple[UID, UID]:
        """What two systems agree on before such a file travels."""
        return self.sop_class, self.syntax


def outgoing(path: Path) -> Outgoing:
    """Read what a file says it is; what travels beside it (PS3.10, 7.1) must say the same.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Outgoing

    Raises
    ------
    InputError
        No DICOM file, one in an unknown encoding, or another object than its header says.

    Examples
    --------
    >>> try:
    ...     outgoing(Path("no-such-folder/ct.dcm"))
    ... except InputError as error:
    ...     print(error.expected)
    a complete DICOM file
    """
    name = str(path)
    with reading(path):
        with path.open("rb") as file:
            check_encoding(file, name)
        head = dcmread(path, stop_before_pixels=True, specific_tags=list(HEAD))
        sop_class, uid, syntax = (
            str(require(head.file_meta, keyword, name=name))
            for keyword in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID", "TransferSyntaxUID")
        )
        if tuple(text(head, keyword) for keyword in HEAD) != (sop_class, uid):
            raise InputError(
                f"'{path}' holds another object than its header says",
                "the same UIDs in both",
                "export it again",
            )
    return Outgoing(path, UID(sop_class), uid, UID(syntax))
