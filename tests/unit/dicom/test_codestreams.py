"""Codestreams written by hand, from the standards alone: whole ones pass, each fault is told."""

import struct

import pytest
from pydicom.uid import JPEG2000Lossless, JPEGLossless, JPEGLSLossless, RLELossless

from seedbed.dicom.codestreams import check_codestream


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(coded: bytes, *, restart: int = 0, first: int = 0, end: bytes = b"\xff\xd9") -> bytes:
    """Four pixels of lossless JPEG: code 0 is a difference of ``first`` bits, code 10 one of one bit."""
    frame = segment(0xC3, bytes([12, 0, 2, 0, 2, 1, 1, 0x11, 0]))
    table = segment(0xC4, bytes([0, 1, 1, *[0] * 14, first, 1]))
    every = segment(0xDD, struct.pack(">H", restart)) if restart else b""
    return b"\xff\xd8" + frame + table + every + segment(0xDA, bytes([1, 1, 0, 1, 0, 0])) + coded + end


def runs(*segments: bytes) -> bytes:
    starts = [64 + sum(map(len, segments[:number])) for number in range(len(segments))]
    return struct.pack("<16L", len(starts), *starts, *[0] * (15 - len(starts))) + b"".join(segments)


def jpeg_2000(data: bytes, *, length: int | None = None, end: bytes = b"\xff\xd9") -> bytes:
    tile = b"\xff\x93" + data
    stated = 12 + len(tile) if length is None else length
    return b"\xff\x4f\xff\x51\0\2" + b"\xff\x90\0\x0a\0\0" + struct.pack(">LBB", stated, 0, 1) + tile + end


@pytest.mark.parametrize(
    "frame",
    [
        jpeg(b"\x2c"),  # 0 0 10.1 10.0: differences 0, 0, +1, -1
        jpeg(b"\x2c", end=b"\xff\xff\xd9\0"),  # a filled marker, and an even length
        jpeg(b"\x3f\xff\xd0\xb3", restart=2),  # 0 0, filled with ones; 10.1 10.0, filled with ones
    ],
)
def test_whole_lossless_jpeg_passes(frame: bytes) -> None:
    check_codestream(frame, JPEGLossless, 4)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (jpeg(b"\x2c\x00"), "the last sample ends 8 bits before"),
        (jpeg(b"\x0b"), "the last sample ends 4 bits before"),  # 0 0 0 0 and neither ones nor zeros
        (jpeg(b"\xb6"), "the codes end before the last sample"),
        (jpeg(b"\xff\0\xff\0"), "the last sample ends 16 bits before"),  # no code begins with 11
        (jpeg(b"\x2c", restart=2), "1 restart intervals of 2"),
        (jpeg(b"\x3f\xff\xd1\xb3", restart=2), "the marker FFD1 stands among coded samples"),
        (jpeg(b"\x3f\xff\xa5\xb3"), "the marker FFA5 stands among coded samples"),
        (jpeg(b"\x2c", end=b""), "no end of image"),
        (jpeg(bytes(20), first=5), "16 zero bytes stand among coded samples"),
        (jpeg(b"\x2c")[:30], "no marker of JPEG where one has to be"),
    ],
)
def test_lossless_jpeg_that_does_not_end_with_its_last_sample_is_refused(frame: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_codestream(frame, JPEGLossless, 4)


@pytest.mark.parametrize(
    "frame",
    [runs(b"\x03abcd"), runs(b"\xfda", b"\x01ab\xffc"), runs(b"\x80\x03abcd\0", b"\xfda")],
)
def test_whole_run_lengths_pass(frame: bytes) -> None:
    check_codestream(frame, RLELossless, 4)


@pytest.mark.parametrize(
    ("frame", "pixels", "said"),
    [
        (runs(b"\x03abcd"), 5, "holds 4 bytes of 5"),
        (runs(b"\x03abcd"), 3, "holds 4 bytes of 3"),
        (runs(b"\xfda", b"\xfca"), 4, "holds 5 bytes of 4"),
        (runs(b"\x03abc"), 4, "holds 4 bytes of 4"),
        (runs(b"\x03abcd\xffe"), 4, "2 bytes stand behind a whole segment"),
        (runs(b"\x08a" + bytes(8)), 9, "8 equal bytes"),
        (runs(b"\x03abcd")[:40], 4, "cut short"),
        (b"\0" * 70, 4, "0 segments"),
        (struct.pack("<16L", 2, 64, 63, *[0] * 13) + b"\xfda", 4, r"segments at \[64, 63\]"),
    ],
)
def test_run_lengths_of_other_lengths_are_refused(frame: bytes, pixels: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_codestream(frame, RLELossless, pixels)


@pytest.mark.parametrize(
    "frame",
    [
        jpeg_2000(b"\x01\xff\x8f\x02"),
        jpeg_2000(b"\x01\xff\x91\0\4\0\0\x02", length=0),  # a marker SOP; to the end of the codestream
        jpeg_2000(b"\x01", end=b"\xff\xd9\xff"),  # as Kakadu 2.2 fills to an even length
    ],
)
def test_whole_tiles_of_jpeg_2000_pass(frame: bytes) -> None:
    check_codestream(frame, JPEG2000Lossless, 4)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (jpeg_2000(b"\x01\xff\xa0\x02"), "the bytes FFA0 stand among the data"),
        (jpeg_2000(b"\x01\x02", length=15), "the tiles do not end with the codestream"),
        (jpeg_2000(b"\x01", end=b""), "the tiles do not end with the codestream"),
        (jpeg_2000(b"\x01", end=b"\xff\xd9\0\1"), "the tiles do not end with the codestream"),
        (jpeg_2000(b"\x01", length=4), "a tile of JPEG 2000 has no data"),
        (bytes(40), "no JPEG 2000 codestream"),
    ],
)
def test_tiles_that_do_not_chain_are_refused(frame: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        check_codestream(frame, JPEG2000Lossless, 4)


def test_lossy_jpeg_and_other_compressions_are_not_looked_at() -> None:
    check_codestream(jpeg(b"\xb6").replace(b"\xff\xc3", b"\xff\xc0"), JPEGLossless, 4)
    check_codestream(b"", JPEGLSLossless, 4)
