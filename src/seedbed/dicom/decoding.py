"""Stored pixels of slices, one after the other; compressed ones are decoded in a process of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    JPEG2000TransferSyntaxes,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
)

from seedbed.dicom.code_blocks import openjpeg
from seedbed.dicom.files import pixels, read_dataset, reading
from seedbed.dicom.slices import Slice
from seedbed.errors import ImageError

LOSSY = (JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLSNearLossless)
PERHAPS_LOSSY = (JPEG2000, HTJ2K)
FOLDER = Path(__file__).parent
PROCESS = """
import runpy, sys, types
for name, folder in zip(("seedbed", "seedbed.dicom"), sys.argv[2:4], strict=True):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [folder]
runpy.run_module("seedbed.dicom.pixel_process", run_name="__main__")
"""
"""The other process takes `seedbed.dicom.pixel_process` without the package around it, to begin at once."""
BATCH = 64
"""Slices decoded by one process; local rule."""
START_SECONDS, SLICE_SECONDS = 60.0, 2.0
"""Longest time of a process, and for each slice beside; local rule."""


def stored_pixels(slices: Sequence[Slice]) -> Iterator[NDArray[Any]]:
    """Yield the stored pixels of each slice, shape (rows, columns), reading its file again.

    Raises
    ------
    ImageError
        Pixels that are cut short or damaged, a compression nobody here knows, another size than Rows and
        Columns say.
    """
    for first in range(0, len(slices), BATCH):
        batch = slices[first : first + BATCH]
        packed = [one for one in batch if _is_packed(one)]
        with TemporaryDirectory(prefix="seedbed-") as name:
            found = _decode_apart(packed, Path(name)) if packed else {}
            for one in batch:
                yield _checked(found[one.path], one) if one.path in found else _plain(one)


def lossy_notes(slices: Sequence[Slice]) -> tuple[str, ...]:
    """Say of how many slices a compression has changed the pixels (PS3.3 C.7.6.1.1.5), or hides damage."""
    marked = [one for one in slices if _is_lossy(one)]
    unsure = [one for one in slices if not _is_lossy(one) and _syntax(one) in PERHAPS_LOSSY]
    notes = []
    if marked:
        ratio = marked[0].word("LossyImageCompressionRatio")
        were = "was" if len(marked) == 1 else "were"
        notes.append(
            f"{len(marked)} of {len(slices)} slices {were} compressed with loss (as in "
            f"'{marked[0].path.name}', {_syntax(marked[0]).name}, LossyImageCompressionRatio "
            f"{ratio or 'not stated'}): the values are not those that were scanned"
        )
    if unsure:
        notes.append(
            f"{len(unsure)} of {len(slices)} slices {_are(unsure)} in a compression that may lose (as in "
            f"'{unsure[0].path.name}', {_syntax(unsure[0]).name}), and LossyImageCompression does not say so"
        )
    hidden = [one for one in slices if _syntax(one) in JPEG2000TransferSyntaxes]
    if hidden and openjpeg() is None:
        notes.append(
            f"{len(hidden)} of {len(slices)} slices {_are(hidden)} in JPEG 2000 (as in "
            f"'{hidden[0].path.name}'), whose code blocks cannot be checked on this computer: damage within "
            f"them would not be seen"
        )
    return tuple(notes)


def _are(slices: Sequence[Slice]) -> str:
    return "is" if len(slices) == 1 else "are"


def _is_lossy(one: Slice) -> bool:
    return one.word("LossyImageCompression") == "01" or _syntax(one) in LOSSY


def _syntax(one: Slice) -> UID:
    return UID(one.dataset.file_meta.get("TransferSyntaxUID", ""))


def _is_packed(one: Slice) -> bool:
    with reading(one.path, ImageError):
        return _syntax(one).is_encapsulated


def _plain(one: Slice) -> NDArray[Any]:
    with reading(one.path, ImageError):
        return pixels(read_dataset(one.path), one.shape, name=one.path.name, refusal=ImageError)


def decoded_apart(contents: Sequence[bytes]) -> list[NDArray[Any]]:
    """Return the stored pixels of DICOM files, decoded in another process.

    Parameters
    ----------
    contents : sequence of bytes
        Whole files.

    Raises
    ------
    ValueError
        One that cannot be decoded, with what is wrong.
    """
    with TemporaryDirectory(prefix="seedbed-") as name:
        folder = Path(name)
        paths = [folder / f"{number}.dcm" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        outcomes = _run(paths, folder)
        for outcome in outcomes:
            if isinstance(outcome, str):
                raise ValueError(outcome)
        return [np.load(outcome) for outcome in outcomes]


def _decode_apart(slices: list[Slice], folder: Path) -> dict[Path, Path]:
    """Decode slices in another process and return the files of their pixels."""
    found = {}
    for one, outcome in zip(slices, _run([one.path for one in slices], folder), strict=True):
        if isinstance(outcome, str):
            raise _undecoded(one, outcome)
        found[one.path] = outcome
    return found


def _run(paths: Sequence[Path], folder: Path) -> list[Path | str]:
    """Decode files in another process; return the array of each, or what is wrong with it."""
    command = [sys.executable, "-P", "-c", PROCESS, str(folder), str(FOLDER.parent), str(FOLDER)]
    listed = b"\0".join(os.fsencode(path.resolve()) for path in paths)
    patience = START_SECONDS + SLICE_SECONDS * len(paths)
    try:
        subprocess.run(command, input=listed, capture_output=True, timeout=patience, check=False)  # noqa: S603
        ended = "its decoder broke down over it"
    except subprocess.TimeoutExpired:
        ended = f"its decoder came to no end within {patience:.0f} s"
    return [_outcome(folder / str(number), ended) for number in range(len(paths))]


def _outcome(stem: Path, ended: str) -> Path | str:
    array, fault = stem.with_suffix(".npy"), stem.with_suffix(".txt")
    if fault.is_file():
        return fault.read_text(encoding="utf-8")
    return array if array.is_file() else ended


def _undecoded(one: Slice, why: str) -> ImageError:
    return ImageError(
        f"the PixelData of '{one.path.name}' (TransferSyntaxUID {_syntax(one).name}) cannot be decoded "
        f"({why[:200].rstrip('.')})",
        "complete pixels, uncompressed or in a supported compression",
        "export the series again, uncompressed",
    )


def _checked(array: Path, one: Slice) -> NDArray[Any]:
    try:
        stored: NDArray[Any] = np.load(array)
    except (ValueError, EOFError, OSError) as error:
        raise _undecoded(one, "its decoder broke down over it") from error
    if stored.shape != one.shape:
        raise ImageError(
            f"'{one.path.name}' has pixels of shape {stored.shape}", f"{one.shape}", "export it again"
        )
    return stored
