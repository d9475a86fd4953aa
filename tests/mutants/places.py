"""Where the elements of a file stand in its bytes, so that they can be written as no library would."""

import io
from dataclasses import dataclass

import numpy as np
from pydicom import dcmread

HEADER = 132
LONG_VRS = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "UC", "UN", "UR", "UT", "SV", "UV"}


@dataclass(frozen=True)
class Place:
    """Where an element with an explicit VR stands in a file."""

    keyword: str
    vr: str
    value: int
    length: int

    @property
    def size(self) -> int:
        """Bytes that its length takes."""
        return 4 if self.vr in LONG_VRS else 2

    @property
    def start(self) -> int:
        """Where its tag begins."""
        return self.value - (12 if self.vr in LONG_VRS else 8)

    def replaced(self, content: bytes, value: bytes) -> bytes:
        """Return the file with another value here, of any length."""
        value += b"\0" * (len(value) % 2)
        length = len(value).to_bytes(self.size, "little")
        return content[: self.value - self.size] + length + value + content[self.value + self.length :]


def places(content: bytes, vrs: set[str] | None = None) -> list[Place]:
    """Elements of the meta group and of the outermost level of a sound file, sequences only if asked for."""
    dataset = dcmread(io.BytesIO(content))
    every = [element for part in (dataset.file_meta, dataset) for element in part]
    found = []
    for element in every:
        value = int(element.file_tell or 0)
        size = 4 if element.VR in LONG_VRS else 2
        length = int.from_bytes(content[value - size : value], "little")
        whole = value > HEADER + 8 and value + length <= len(content)
        if whole and (element.VR in vrs if vrs else element.VR != "SQ"):
            found.append(Place(element.keyword, element.VR, value, length))
    return found


def one_of(found: list[Place], rng: np.random.Generator) -> Place | None:
    """Draw one."""
    return found[int(rng.integers(len(found)))] if found else None


def place_of(content: bytes, keyword: str) -> Place | None:
    """Return the element of a keyword, if it is there."""
    return next((place for place in places(content) if place.keyword == keyword), None)
