"""How a file says that it is encoded: checked before the rest of it is read."""

import zlib
from collections.abc import Iterator
from typing import BinaryIO

from pydicom import Dataset
from pydicom.filereader import read_dataset, read_preamble
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from seedbed.errors import InputError

META_GROUP = 0x0002
LARGEST_INFLATED = 1 << 30
"""Bytes to which a deflated file may grow; local rule."""
PIECE = 1 << 20
LONGEST_UID = 64


def read_meta(file: BinaryIO) -> Dataset:
    """Read the File Meta Information alone (PS3.10 section 7.1); the file then stands behind it.

    Raises
    ------
    InvalidDicomError
        No DICOM file.
    """

    def ended(tag: BaseTag, _vr: str | None, _length: int) -> bool:
        return tag.group != META_GROUP

    read_preamble(file, force=False)
    return read_dataset(file, is_implicit_VR=False, is_little_endian=True, stop_when=ended)


def check_encoding(file: BinaryIO, name: str) -> None:
    r"""Refuse a transfer syntax that nobody here knows, and deflated content that grows without bounds.

    pydicom takes an unknown syntax for explicit little endian, and inflates without a limit.

    Parameters
    ----------
    file : file opened for bytes
        At its start.
    name : str
        What the sentences call it.

    Raises
    ------
    InputError
        An unknown Transfer Syntax UID; deflated content that is damaged or has more than 1 GiB.
    InvalidDicomError
        No DICOM file.

    Examples
    --------
    >>> from io import BytesIO
    >>> meta = b"DICM" + b"\x02\0\x10\0UI\x08\x001.2.3.4\0"
    >>> try:
    ...     check_encoding(BytesIO(bytes(128) + meta), "ct.dcm")
    ... except InputError as error:
    ...     print(error.came)
    file 'ct.dcm' has the TransferSyntaxUID 1.2.3.4
    """
    said = read_meta(file).get("TransferSyntaxUID") or ""
    syntax = UID(str(said), validation_mode=0)
    if syntax and not syntax.is_transfer_syntax:
        raise InputError(
            f"file '{name}' has the TransferSyntaxUID {syntax[:LONGEST_UID]}",
            "one that DICOM defines (PS3.5 section 10)",
            "export it again, uncompressed",
        )
    if syntax == DeflatedExplicitVRLittleEndian:
        _check_inflated(file, name)


def _check_inflated(file: BinaryIO, name: str) -> None:
    fault, size = "", 0
    try:
        for piece in _inflated(file):
            size += piece
            if size > LARGEST_INFLATED:
                fault = f"holds more than {LARGEST_INFLATED >> 20} MiB"
                break
    except zlib.error as error:
        fault = f"cannot be inflated ({error})"
    if fault:
        raise InputError(
            f"file '{name}' is deflated by its TransferSyntaxUID ({DeflatedExplicitVRLittleEndian}) and "
            f"{fault}",
            "complete content that memory can hold",
            "export it again, uncompressed",
        )


def _inflated(file: BinaryIO) -> Iterator[int]:
    """Yield the sizes of the pieces of what is deflated (PS3.5 section A.5), which are thrown away."""
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    while not inflating.eof:
        packed = inflating.unconsumed_tail or file.read(PIECE)
        found = inflating.decompress(packed, PIECE)
        if not packed and not found:
            return
        yield len(found)
