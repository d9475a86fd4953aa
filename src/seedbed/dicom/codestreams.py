"""Compressed pixels checked before their decoder sees them: decoders pass over much damage in silence.

An encoder that keeps to its standard writes all samples and ends with the last of them. Damage that leaves a
valid code of the same length, such as other bits in place of a sample, cannot be seen by anyone.
"""

import re
import struct
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import (
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000TransferSyntaxes,
    JPEGLossless,
    JPEGLosslessSV1,
    RLELossless,
)

from seedbed.dicom.code_blocks import check_code_blocks

RLE_HEADER, RLE_NOTHING, MOST_LITERALS = 64, 128, 127
LONGEST_REPEAT = 8
"""PS3.5 G.3.1 lets three equal bytes be a run, never literals; a few are forgiven, zeroed places are not
(local rule)."""
SOF3, DHT, SOS, DRI, EOI = 0xC3, 0xC4, 0xDA, 0xDD, 0xD9
RESTARTS = range(0xD0, 0xD8)
JPEG_MARKER = re.compile(rb"\xff+[\x01-\xfe]")
LONGEST_CODE, BYTE = 16, 8
STEEP, NO_RAMP = 4, bytes(16)
"""So many zero bytes would be a ramp that falls by 15 or more at each of a row of pixels (local rule)."""
J2K_START, J2K_TILE, J2K_END = b"\xff\x4f\xff\x51", b"\xff\x90", b"\xff\xd9"
J2K_IMPOSSIBLE = re.compile(rb"\xff[\x90\x93-\xff]")
"""What tile data cannot hold: packets never have more than FF8F, and only SOP and EPH stand between them."""
HTJ2K_MARKER = b"\xff\x50"


class _Codes(NamedTuple):
    """A Huffman table of differences.

    Attributes
    ----------
    lengths : ndarray, shape (65536,)
        Bits of a code and of the difference behind it, by its first 16 bits; 0 where no code begins so.
    first : int
        Bits of the differences whose code is all zeros.
    """

    lengths: NDArray[np.uint8]
    first: int


def check_codestream(frame: bytes, syntax: UID, pixels: int) -> None:
    """Refuse the compressed pixels of one image where they cannot be whole.

    Parameters
    ----------
    frame : bytes
    syntax : UID
        Transfer syntax; others than run lengths, lossless JPEG and JPEG 2000 are not looked at.
    pixels : int
        Rows times columns, of one sample each.

    Raises
    ------
    ValueError
        What is wrong.
    """
    if syntax == RLELossless:
        check_run_lengths(frame, pixels)
    elif syntax in (JPEGLossless, JPEGLosslessSV1):
        check_lossless_jpeg(frame, pixels)
    elif syntax in (*JPEG2000TransferSyntaxes, HTJ2KLossless, HTJ2KLosslessRPCL):
        check_jpeg_2000(frame)


def check_run_lengths(frame: bytes, pixels: int) -> None:
    r"""Refuse segments that do not decode to one byte of each pixel and nothing else (PS3.5 G.3 to G.5).

    Raises
    ------
    ValueError

    Examples
    --------
    >>> header = struct.pack("<16L", 1, 64, *[0] * 14)
    >>> check_run_lengths(header + b"\x02abc\xfed", 6)
    >>> check_run_lengths(header + b"\x02abc\xfed", 7)
    Traceback (most recent call last):
    ValueError: a segment of run lengths holds 6 bytes of 7
    """
    if len(frame) < RLE_HEADER:
        raise ValueError("the header of the run lengths is cut short")
    count, *offsets = struct.unpack("<16L", frame[:RLE_HEADER])
    starts = offsets[:count]
    if not starts or starts[0] != RLE_HEADER or any(offsets[count:]) or sorted(set(starts)) != starts:
        raise ValueError(f"the run lengths have {count} segments at {starts}")
    for start, end in pairwise([*starts, len(frame)]):
        _check_segment(frame[start:end], pixels)


def _check_segment(segment: bytes, pixels: int) -> None:
    place = done = 0
    literals = []
    while done < pixels and place < len(segment):
        head = segment[place]
        if head <= MOST_LITERALS:
            literals.append((place + 1, place + 2 + head))
            done, place = done + head + 1, place + head + 2
        else:
            done += 257 - head if head != RLE_NOTHING else 0
            place += 2 if head != RLE_NOTHING else 1
    if done != pixels or place > len(segment):
        raise ValueError(f"a segment of run lengths holds {done} bytes of {pixels}")
    if any(segment[place:]):
        raise ValueError(f"{len(segment) - place} bytes stand behind a whole segment of run lengths")
    if _repeats(segment, np.array(literals, dtype=np.intp).reshape(-1, 2)):
        raise ValueError(f"{LONGEST_REPEAT} equal bytes stand in run lengths one by one")


def _repeats(segment: bytes, literals: NDArray[np.intp]) -> bool:
    """Whether literal bytes repeat so often that they should be a run."""
    stored = np.frombuffer(segment, np.uint8)
    same = np.concatenate([[0], np.cumsum(stored[1:] == stored[:-1])])
    long = literals[literals[:, 1] - literals[:, 0] >= LONGEST_REPEAT]
    starts = [np.arange(start, end - LONGEST_REPEAT + 1) for start, end in long]
    first = np.concatenate([np.zeros(0, np.intp), *starts])
    return bool((same[first + LONGEST_REPEAT - 1] - same[first] == LONGEST_REPEAT - 1).any())


def check_lossless_jpeg(frame: bytes, pixels: int) -> None:
    """Refuse lossless JPEG whose codes do not end with its last sample (ISO/IEC 10918-1 annexes F, H).

    What is lossy or in colours is not looked at.

    Raises
    ------
    ValueError
    """
    place, interval, lossless = 2, 0, False
    tables: dict[int, _Codes] = {}
    while True:
        marker, body = _jpeg_segment(frame, place)
        place += 4 + len(body)
        lossless |= marker == SOF3
        if marker == DHT:
            tables.update(_code_lengths(body))
        elif marker == DRI:
            (interval,) = struct.unpack(">H", body)
        elif marker == SOS:
            break
    if not lossless or body[0] != 1:
        return
    coded = _intervals(frame, place)
    each = interval or pixels
    if len(coded) != -(-pixels // each):
        raise ValueError(f"{len(coded)} restart intervals of {-(-pixels // each)}")
    table = tables[body[2] >> 4]
    for number, part in enumerate(coded):
        if table.first >= STEEP and NO_RAMP in part:
            raise ValueError(f"{len(NO_RAMP)} zero bytes stand among coded samples")
        _check_codes(part, table.lengths, min(each, pixels - number * each))


def _jpeg_segment(frame: bytes, place: int) -> tuple[int, bytes]:
    mark, marker, length = struct.unpack(">BBH", frame[place : place + 4])
    body = frame[place + 4 : place + 2 + length]
    if mark != 0xFF or length < 2 or len(body) != length - 2:
        raise ValueError(f"no marker of JPEG where one has to be, at byte {place}")
    return marker, body


def _code_lengths(body: bytes) -> dict[int, _Codes]:
    tables = {}
    while body:
        counts, symbols = body[1 : 1 + LONGEST_CODE], body[1 + LONGEST_CODE :]
        table, code, used = np.zeros(1 << LONGEST_CODE, np.uint8), 0, 0
        for length, count in enumerate(counts, start=1):
            room = 1 << (LONGEST_CODE - length)
            for symbol in symbols[used : used + count]:
                table[code : code + room] = length + symbol % LONGEST_CODE  # 16 has no bits behind it
                code += room
            used += count
        tables[body[0]] = _Codes(table, symbols[0])
        body = symbols[used:]
    return tables


def _intervals(frame: bytes, place: int) -> list[bytes]:
    """Coded bits from one restart marker to the next, without stuffed bytes."""
    coded: list[bytes] = []
    for found in JPEG_MARKER.finditer(frame, place):
        marker = found[0][-1]
        coded.append(frame[place : found.start()].replace(b"\xff\0", b"\xff"))
        place = found.end()
        if marker == EOI:
            return coded
        if marker != RESTARTS[(len(coded) - 1) % len(RESTARTS)]:
            raise ValueError(f"the marker FF{marker:02X} stands among coded samples")
    raise ValueError("no end of image behind the coded samples")


def _check_codes(coded: bytes, lengths: NDArray[np.uint8], samples: int) -> None:
    """Go from code to code; fewer than 8 bits may be left behind the last, all of them ones (or zeros)."""
    padded = np.frombuffer(coded + b"\xff\xff\xff", np.uint8).astype(np.uint32)
    three = padded[:-2] << 16 | padded[1:-1] << 8 | padded[2:]
    ahead = (three[:, np.newaxis] >> np.arange(BYTE, 0, -1, dtype=np.uint32)) & 0xFFFF
    following = memoryview(np.arange(ahead.size) + lengths[ahead.ravel()])
    place, last = 0, BYTE * len(coded)
    for _ in range(samples):
        if place >= last:
            raise ValueError("the codes end before the last sample")
        place = following[place]
    left = last - place
    rest = int.from_bytes(coded[-1:]) & ((1 << max(left, 0)) - 1)
    if not 0 <= left < BYTE or rest not in (0, (1 << left) - 1):
        raise ValueError(f"the last sample ends {left} bits before the codes end")


def check_jpeg_2000(frame: bytes) -> None:
    """Refuse JPEG 2000 whose tiles or code blocks do not end where they should (ISO/IEC 15444-1 annex A).

    Raises
    ------
    ValueError
    """
    start = frame.find(J2K_START)
    if start < 0:
        raise ValueError("no JPEG 2000 codestream")
    stream = frame[start:]
    place = stream.find(J2K_TILE)
    main = stream[: max(place, 0)]
    while stream[place : place + 2] == J2K_TILE:
        (length,) = struct.unpack(">L", stream[place + 6 : place + 10])
        end = place + length if length else stream.rfind(J2K_END)
        _check_tile(stream[place:end], whole=HTJ2K_MARKER not in main)
        place = end
    behind = stream[place + 2 :]
    if stream[place : place + 2] != J2K_END or (len(behind) > 1 and any(behind)):
        raise ValueError(f"the tiles do not end with the codestream, but at byte {place} of {len(stream)}")
    check_code_blocks(stream)


def _check_tile(tile: bytes, *, whole: bool) -> None:
    data = tile.find(b"\xff\x93")
    if len(tile) < 12 or data < 0:
        raise ValueError("a tile of JPEG 2000 has no data")
    found = J2K_IMPOSSIBLE.search(tile, data + 2)
    if whole and found:
        raise ValueError(f"the bytes {found[0].hex().upper()} stand among the data of a tile")
