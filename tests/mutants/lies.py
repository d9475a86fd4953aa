"""Damage that no library would write: tags, types and lengths that lie, bombs, pixels that are none."""

import io
import struct
import zlib

import numpy as np
from pydicom import dcmread
from pydicom.uid import DeflatedExplicitVRLittleEndian
from tests.mutants.places import HEADER, LONG_VRS, one_of, place_of, places

Made = tuple[str, bytes] | None
ITEM = b"\xfe\xff\x00\xe0"
UNDEFINED = b"\xff\xff\xff\xff"
DEPTH = 2000
MANY = 32000
LENGTHS = (0, 2, 7, 0x7FFFFFF0, 0xFFFFFFFE, 0xFFFFFFFF)
SHORT = ("AE", "AS", "CS", "DA", "DS", "FD", "FL", "IS", "LO", "PN", "SH", "SL", "SS", "TM", "UI", "UL", "US")
CHARACTER_SETS = (
    "ISO_IR 192",
    "GB18030",
    "GBK",
    "ISO_IR 100",
    "ISO 2022 IR 58",
    "\\ISO 2022 IR 58",
    "no set",
)
MORE_THAN_ARE = {"NumberOfFrames": b"2000000000", "Rows": b"\xff\xff", "Columns": b"\xff\xff"}


def exchange_tags(content: bytes, rng: np.random.Generator) -> Made:
    """Give two elements each other's tag."""
    one, other = one_of(places(content), rng), one_of(places(content), rng)
    if one is None or other is None:
        return None
    changed = bytearray(content)
    first, second = (slice(place.start, place.start + 4) for place in (one, other))
    changed[first], changed[second] = content[second], content[first]
    return "", bytes(changed)


def other_vr(content: bytes, rng: np.random.Generator) -> Made:
    """Say another value representation, in a header of the same length."""
    place = one_of(places(content), rng)
    if place is None:
        return None
    known = sorted(LONG_VRS - {"SQ"}) if place.vr in LONG_VRS else SHORT
    vr = known[int(rng.integers(len(known)))].encode()
    return place.keyword, content[: place.start + 4] + vr + content[place.start + 6 :]


def lying_item(content: bytes, rng: np.random.Generator) -> Made:
    """Say another length of an item of a sequence."""
    starts = [at for at in range(HEADER, len(content) - 8) if content.startswith(ITEM, at)]
    if not starts:
        return None
    at = starts[int(rng.integers(len(starts)))] + 4
    lie = int(LENGTHS[int(rng.integers(len(LENGTHS)))])
    return "", content[:at] + struct.pack("<L", lie) + content[at + 4 :]


def no_delimiter(content: bytes, rng: np.random.Generator) -> Made:
    """Say that a sequence ends where a delimiter stands, and have none."""
    place = one_of(places(content, {"SQ"}), rng)
    return None if place is None else ("", content[: place.value - 4] + UNDEFINED + content[place.value :])


def nest_deeply(content: bytes, rng: np.random.Generator) -> Made:
    """Put sequences into sequences in front of everything."""
    meta = dcmread(io.BytesIO(content)).file_meta
    start = 144 + int(meta.FileMetaInformationGroupLength)
    depth = DEPTH + int(rng.integers(DEPTH))
    opened = b"\x08\x00\x40\x11SQ\0\0" + UNDEFINED + ITEM + UNDEFINED
    ended = b"\xfe\xff\x0d\xe0\0\0\0\0" + b"\xfe\xff\xdd\xe0\0\0\0\0"
    return "", content[:start] + opened * depth + ended * depth + content[start:]


def huge_count(content: bytes, rng: np.random.Generator) -> Made:
    """Say that there are more pixels than a computer can hold."""
    keyword = list(MORE_THAN_ARE)[int(rng.integers(len(MORE_THAN_ARE)))]
    place = place_of(content, keyword)
    return None if place is None else (keyword, place.replaced(content, MORE_THAN_ARE[keyword]))


def many_values(content: bytes, rng: np.random.Generator) -> Made:
    place = one_of(places(content, {"DS", "IS"}), rng)
    return None if place is None else (place.keyword, place.replaced(content, b"\\".join([b"1"] * MANY)))


def long_text(content: bytes, rng: np.random.Generator) -> Made:
    place = one_of(places(content, {"LO", "SH", "CS", "PN", "UI", "DA", "TM"}), rng)
    return None if place is None else (place.keyword, place.replaced(content, b"A1" * MANY))


def other_character_set(content: bytes, rng: np.random.Generator) -> Made:
    said = CHARACTER_SETS[int(rng.integers(len(CHARACTER_SETS)))].encode()
    place = place_of(content, "SpecificCharacterSet")
    return None if place is None else (place.keyword, place.replaced(content, said))


def deflate(content: bytes, rng: np.random.Generator) -> Made:
    """Deflate the file, whole or cut short or with a byte changed."""
    dataset = dcmread(io.BytesIO(content))
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        return None
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    whole = bytearray(buffer.getvalue())
    at = int(rng.integers(len(whole) // 2, len(whole)))
    if rng.random() < 0.3:
        return "", bytes(whole)
    if rng.random() < 0.5:
        return "", bytes(whole[:at])
    whole[at] ^= 255
    return "", bytes(whole)


def bomb(content: bytes, size: int) -> bytes:
    """Return a file that says it is deflated and inflates to many MiB of zeros."""
    place = place_of(content, "TransferSyntaxUID")
    assert place is not None
    said = place.replaced(content, DeflatedExplicitVRLittleEndian.encode())
    meta = dcmread(io.BytesIO(content)).file_meta
    grown = len(said) - len(content)
    start = 144 + int(meta.FileMetaInformationGroupLength) + grown
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packing.compress(bytes(1 << 20)) + packing.flush(zlib.Z_FULL_FLUSH)
    return said[:start] + block * size + packing.flush()


def noise_in_pixels(content: bytes, rng: np.random.Generator) -> Made:
    """Overwrite some pixels, or some of what they are packed in."""
    at = content.rfind(b"\xe0\x7f\x10\x00O")
    if at < 0:
        return None
    start = int(rng.integers(at + 12, len(content) - 8))
    noise = rng.bytes(min(int(rng.integers(1, 64)), len(content) - start))
    return "", content[:start] + noise + content[start + len(noise) :]


LIES = (
    exchange_tags, other_vr, lying_item, no_delimiter, nest_deeply, huge_count, many_values, long_text,
    other_character_set, deflate, noise_in_pixels,
)  # fmt: skip
