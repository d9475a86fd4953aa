"""Damaged DICOM files, made from sound ones: each knows what was done to it and to which attribute.

Every mutant follows from its number: the same corpus comes out each time.
"""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset
from pydicom.tag import BaseTag
from tests.mutants.lies import LIES as LYING
from tests.mutants.places import HEADER, places

JUNK = (
    "",
    "abc",
    "1e999",
    "nan",
    "-1",
    "0",
    "999999999999999999999",
    "1\\2\\3\\4\\5\\6\\7",
    "é靶",
    "\x00\x01",
)
LIES = (0, 1, 3, 0xFFFF, 0x7FFF, 0xFFFFFFFF, 0x7FFFFFF0)


@dataclass(frozen=True)
class Mutant:
    """A damaged file.

    Attributes
    ----------
    number : int
    kind : str
        What was done.
    keyword : str
        The attribute that was touched; empty where it is not one.
    content : bytes
    """

    number: int
    kind: str
    keyword: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.keyword}".strip()


Made = tuple[str, bytes] | None
Mutation = Callable[[bytes, np.random.Generator], Made]


def mutants(content: bytes, count: int, *, first: int = 0) -> Iterator[Mutant]:
    """Yield damaged copies of a file, every kind in turn, numbered from ``first``."""
    kinds = list(MUTATIONS.items())
    for number in range(first, first + count):
        name, change = kinds[number % len(kinds)]
        made = change(content, np.random.default_rng(number))
        if made is not None and made[1] != content:
            yield Mutant(number, name, *made)


def _read(content: bytes) -> FileDataset:
    return dcmread(io.BytesIO(content))


def _written(dataset: Dataset) -> bytes | None:
    """Write what pydicom is willing to write; it refuses some nonsense."""
    buffer = io.BytesIO()
    try:
        dataset.save_as(buffer, enforce_file_format=False)
    except (ValueError, TypeError, AttributeError, OverflowError, struct.error, KeyError):
        return None
    return buffer.getvalue()


def _elements(dataset: Dataset) -> list[tuple[Dataset, BaseTag]]:
    """All attributes, those of nested items too."""
    found = []
    for element in dataset:
        found.append((dataset, element.tag))
        if element.VR == "SQ":
            for item in element.value:
                found += _elements(item)
    return found


def _one(dataset: Dataset, rng: np.random.Generator, vrs: str = "") -> tuple[Dataset, BaseTag] | None:
    wanted = vrs.split()
    choices = [(d, t) for d, t in _elements(dataset) if not wanted or d[t].VR in wanted]
    return choices[int(rng.integers(len(choices)))] if choices else None


def _changed(
    content: bytes, rng: np.random.Generator, vrs: str, act: Callable[[Dataset, BaseTag], None]
) -> Made:
    dataset = _read(content)
    picked = _one(dataset, rng, vrs)
    if picked is None:
        return None
    place, tag = picked
    keyword = place[tag].keyword
    try:
        act(place, tag)
    except (ValueError, TypeError, OverflowError):
        return None
    made = _written(dataset)
    return None if made is None else (keyword, made)


def truncate(content: bytes, rng: np.random.Generator) -> Made:
    return "", content[: int(rng.integers(len(content)))]


def truncate_near_an_end(content: bytes, rng: np.random.Generator) -> Made:
    return "", content[: -int(rng.integers(1, 40))]


def delete(content: bytes, rng: np.random.Generator) -> Made:
    return _changed(content, rng, "", lambda place, tag: place.__delitem__(tag))


def blank_uid(content: bytes, rng: np.random.Generator) -> Made:
    return _changed(content, rng, "UI", lambda place, tag: setattr(place[tag], "value", ""))


def other_uid(content: bytes, rng: np.random.Generator) -> Made:
    return _changed(
        content, rng, "UI", lambda place, tag: setattr(place[tag], "value", f"1.2.{rng.integers(9**9)}")
    )


def blank_number(content: bytes, rng: np.random.Generator) -> Made:
    return _changed(content, rng, "DS IS", lambda place, tag: setattr(place[tag], "value", None))


def empty_sequence(content: bytes, rng: np.random.Generator) -> Made:
    return _changed(content, rng, "SQ", lambda place, tag: setattr(place[tag], "value", []))


def double_item(content: bytes, rng: np.random.Generator) -> Made:
    def act(place: Dataset, tag: BaseTag) -> None:
        place[tag].value = [*place[tag].value, *place[tag].value[-1:]]

    return _changed(content, rng, "SQ", act)


def drop_item(content: bytes, rng: np.random.Generator) -> Made:
    def act(place: Dataset, tag: BaseTag) -> None:
        place[tag].value = list(place[tag].value)[1:]

    return _changed(content, rng, "SQ", act)


def swap_values(content: bytes, rng: np.random.Generator) -> Made:
    """Give two attributes of one VR each other's value."""
    dataset = _read(content)
    vrs = ("DS", "UI", "IS", "US", "LO", "SH", "CS")
    vr = vrs[int(rng.integers(len(vrs)))]
    first, second = _one(dataset, rng, vr), _one(dataset, rng, vr)
    if first is None or second is None:
        return None
    one, other = first[0][first[1]], second[0][second[1]]
    one.value, other.value = other.value, one.value
    made = _written(dataset)
    return None if made is None else (one.keyword, made)


def raw_junk(content: bytes, rng: np.random.Generator) -> Made:
    """Write text that is no value of its VR, as bytes, since pydicom would refuse to."""
    found = places(content, {"DS", "IS", "UI", "CS", "DA", "TM", "PN", "LO"})
    place = found[int(rng.integers(len(found)))]
    junk = JUNK[int(rng.integers(len(JUNK)))].encode("utf-8")
    return place.keyword, place.replaced(content, junk)


def lie_about_length(content: bytes, rng: np.random.Generator) -> Made:
    found = places(content)
    place = found[int(rng.integers(len(found)))]
    lie = LIES[int(rng.integers(len(LIES)))] % 256**place.size
    start = place.value - place.size
    return "", content[:start] + lie.to_bytes(place.size, "little") + content[place.value :]


def flip_header_bits(content: bytes, rng: np.random.Generator) -> Made:
    damaged = bytearray(content)
    for place in rng.integers(HEADER, min(len(content), 3000), size=int(rng.integers(1, 6))):
        damaged[int(place)] ^= 1 << int(rng.integers(8))
    return "", bytes(damaged)


def zero_a_stretch(content: bytes, rng: np.random.Generator) -> Made:
    start = int(rng.integers(HEADER, len(content) - 10))
    stop = min(len(content), start + int(rng.integers(1, 200)))
    return "", content[:start] + bytes(stop - start) + content[stop:]


def cut_a_stretch(content: bytes, rng: np.random.Generator) -> Made:
    start = int(rng.integers(HEADER, len(content) - 10))
    return "", content[:start] + content[start + int(rng.integers(1, 200)) :]


def random_number(content: bytes, rng: np.random.Generator) -> Made:
    def act(place: Dataset, tag: BaseTag) -> None:
        many = max(place[tag].VM, 1)
        drawn = [f"{value:.6g}" for value in rng.normal(0, 10.0 ** rng.integers(-3, 6), size=many)]
        place[tag].value = drawn if many > 1 else drawn[0]

    return _changed(content, rng, "DS", act)


def small_integer(content: bytes, rng: np.random.Generator) -> Made:
    def act(place: Dataset, tag: BaseTag) -> None:
        place[tag].value = int(rng.choice([0, 1, 2, 7, 31, 64, 65535]))

    return _changed(content, rng, "US", act)


def other_syntax(content: bytes, rng: np.random.Generator) -> Made:
    """Say another transfer syntax than the file has; the bytes stay."""
    syntaxes = (
        "1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5",
        "1.2.3.4",
    )  # fmt: skip
    said = syntaxes[int(rng.integers(len(syntaxes)))].encode()
    place = next(each for each in places(content, {"UI"}) if each.keyword == "TransferSyntaxUID")
    return place.keyword, place.replaced(content, said)


def other_patient(content: bytes, rng: np.random.Generator) -> Made:
    dataset = _read(content)
    dataset.PatientID = f"OTHER{rng.integers(1000)}"
    made = _written(dataset)
    return None if made is None else ("PatientID", made)


def short_pixels(content: bytes, rng: np.random.Generator) -> Made:
    dataset = _read(content)
    if "PixelData" not in dataset:
        return None
    kept = int(rng.integers(0, len(dataset.PixelData)))
    dataset.PixelData = dataset.PixelData[: kept - kept % 2]
    made = _written(dataset)
    return None if made is None else ("PixelData", made)


def no_dicom(content: bytes, rng: np.random.Generator) -> Made:
    begun = int(rng.integers(0, HEADER + 1))
    return "", content[:begun] + rng.bytes(400)


def lone_meta(content: bytes, rng: np.random.Generator) -> Made:
    """Leave the preamble, and bytes at random behind the mark of a DICOM file."""
    return "", content[:HEADER] + rng.bytes(int(rng.integers(0, 2000)))


MUTATIONS: dict[str, Mutation] = {
    each.__name__: each
    for each in (
        truncate, truncate_near_an_end, delete, blank_uid, other_uid, blank_number, empty_sequence,
        double_item, drop_item, swap_values, raw_junk, lie_about_length, flip_header_bits, zero_a_stretch,
        cut_a_stretch, random_number, small_integer, other_syntax, other_patient, short_pixels,
        no_dicom, lone_meta, *LYING,
    )
}  # fmt: skip
