"""Messages of several parts: what is wrapped comes out, what is cut is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dicom.pacs.web_parts import BrokenMessageError, unwrapped, wrapped


@given(st.binary(max_size=200))
def test_what_is_wrapped_comes_out(file: bytes) -> None:
    assert unwrapped(*wrapped(file)) == file


@given(st.binary(max_size=50), st.data())
def test_what_is_cut_is_refused(file: bytes, data: st.DataObject) -> None:
    content_type, body = wrapped(file)
    closing = len(b"--\r\n")
    length = data.draw(st.integers(0, len(body) - closing))
    with pytest.raises(BrokenMessageError):
        unwrapped(content_type, body[:length])


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<html>"),
        ("multipart/related", b"--b\r\n\r\nDICM\r\n--b--"),
        ("multipart/related; boundary=b", b"--b\r\n\r\nONE\r\n--b\r\n\r\nTWO\r\n--b--"),
        ("multipart/related; boundary=b", b"--b--"),
        ("multipart/related; boundary=b", b""),
        ("", b"DICM"),
    ],
)
def test_what_holds_no_single_file_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(BrokenMessageError):
        unwrapped(content_type, body)


def test_a_quoted_line_and_a_preface() -> None:
    """RFC 2046, 5.1.1: a preamble is ignored, a boundary may be quoted."""
    body = b"preface\r\n--a b\r\nContent-Type: application/dicom\r\n\r\nD\r\n\r\nICM\r\n--a b--\r\nend"
    assert unwrapped('multipart/related; type="application/dicom"; boundary="a b"', body) == b"D\r\n\r\nICM"
