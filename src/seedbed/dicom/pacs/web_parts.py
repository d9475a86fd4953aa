"""Messages of several parts, in which DICOMweb carries DICOM files (PS3.18, 8.6.1.2 and 10.4)."""

from email.message import Message
from uuid import uuid4

DICOM_TYPE = "application/dicom"
WRAPPER = "multipart/related"


class BrokenMessageError(ValueError):
    """A message that ends too early, or that holds something other than one DICOM file."""


def unwrapped(content_type: str, body: bytes) -> bytes:
    r"""Return the one DICOM file of a message, to the byte.

    A message without its closing line was cut off on its way. Servers that send the file bare are understood.

    Parameters
    ----------
    content_type : str
        The header of that name.
    body : bytes
        The whole message.

    Returns
    -------
    bytes
        The file.

    Raises
    ------
    BrokenMessageError
        No file, several files, or a part of one.

    Examples
    --------
    >>> unwrapped("multipart/related; boundary=b", b"--b\r\nContent-Length: 4\r\n\r\nDICM\r\n--b--")
    b'DICM'
    """
    header = Message()
    header["Content-Type"] = content_type
    kind, boundary = header.get_content_type(), header.get_boundary()
    if kind == DICOM_TYPE:
        return body
    if kind != WRAPPER or not boundary:
        raise BrokenMessageError(f"it is of type '{kind}'")
    return _only_part(body, b"--" + boundary.encode())


def _only_part(body: bytes, line: bytes) -> bytes:
    first, last = body.find(line), body.rfind(b"\r\n" + line + b"--")
    if first < 0 or last < first:
        raise BrokenMessageError("it ends too early")
    _head, gap, file = body[first:last].partition(b"\r\n\r\n")
    if not gap or b"\r\n" + line in file:
        raise BrokenMessageError("it does not hold exactly one file")
    return file


def wrapped(file: bytes) -> tuple[str, bytes]:
    r"""Wrap one DICOM file, unchanged, as a message.

    Returns
    -------
    content_type : str
        The header that goes with it.
    body : bytes
        The message.

    Examples
    --------
    >>> unwrapped(*wrapped(b"\0\r\nDICM"))
    b'\x00\r\nDICM'
    """
    line = uuid4().hex
    head = f"--{line}\r\nContent-Type: {DICOM_TYPE}\r\n\r\n".encode()
    return f'{WRAPPER}; type="{DICOM_TYPE}"; boundary={line}', head + file + f"\r\n--{line}--\r\n".encode()
