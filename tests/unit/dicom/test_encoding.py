"""What a file says of its own encoding, checked before it is read."""

import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
)
from tests.unit.dicom.conftest import raw_slice

from seedbed.dicom import encoding
from seedbed.dicom.encoding import check_encoding, read_meta
from seedbed.dicom.files import lenient, read_dataset
from seedbed.errors import InputError

MIB = 1 << 20


def file_of(syntax: str, content: bytes = b"") -> bytes:
    """A file of a preamble, a Transfer Syntax UID and something behind it (PS3.10 section 7.1)."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    said = b"\x02\0\x10\0UI" + len(uid).to_bytes(2, "little") + uid
    return bytes(128) + b"DICM" + said + content


def deflated(size: int) -> bytes:
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packing.compress(bytes(size)) + packing.flush()


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, JPEG2000Lossless, ""]
)
def test_what_dicom_defines_is_let_through_and_so_is_nothing(syntax: UID) -> None:
    check_encoding(BytesIO(file_of(syntax, b"\x08\0\x05\0CS\0\0")), "ct.dcm")


@pytest.mark.parametrize(
    "syntax", ["1.2.3.4", "1.2.840.10008.1.1", "1.2.840.113619.5.2", "A" * 90, "1.2\\1.3"]
)
def test_what_is_no_transfer_syntax_of_dicom_is_refused(syntax: str) -> None:
    said = r"'ct.dcm' has the TransferSyntaxUID .{0,64}; expected"
    with lenient(), pytest.raises(InputError, match=said) as refused:
        check_encoding(BytesIO(file_of(syntax)), "ct.dcm")
    assert len(str(refused.value)) < 250


def test_deflated_content_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "LARGEST_INFLATED", 3 * MIB)
    check_encoding(BytesIO(file_of(DeflatedExplicitVRLittleEndian, deflated(3 * MIB))), "rd.dcm")
    with pytest.raises(InputError, match=r"TransferSyntaxUID .* holds more than 3 MiB"):
        check_encoding(BytesIO(file_of(DeflatedExplicitVRLittleEndian, deflated(3 * MIB + 1))), "rd.dcm")


def test_content_that_is_not_deflated_although_the_file_says_so_is_refused() -> None:
    with pytest.raises(InputError, match=r"TransferSyntaxUID .* cannot be inflated"):
        check_encoding(BytesIO(file_of(DeflatedExplicitVRLittleEndian, b"\xff" * 99)), "rd.dcm")


def test_the_file_then_stands_behind_the_meta_information() -> None:
    file = BytesIO(file_of(ExplicitVRLittleEndian, b"\x08\0\x05\0CS\0\0"))
    assert read_meta(file).TransferSyntaxUID == ExplicitVRLittleEndian
    assert file.read() == b"\x08\0\x05\0CS\0\0"


def test_what_is_no_dicom_is_said_by_pydicom() -> None:
    with pytest.raises(InvalidDicomError):
        read_meta(BytesIO(b"%PDF-1.7"))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_a_sound_file_is_read_whatever_its_encoding(tmp_path: Path, syntax: UID) -> None:
    dataset = raw_slice(np.arange(12).reshape(3, 4), series="1.2.3.4", study="1.2.3", frame="1.2.9", number=5)
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.save_as(tmp_path / "ct.dcm", implicit_vr=False, little_endian=True)
    assert read_dataset(tmp_path / "ct.dcm").PixelData == dataset.PixelData
