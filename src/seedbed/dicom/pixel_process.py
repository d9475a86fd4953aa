"""A process of its own that decompresses pixels: the decoders are C++ and end their process on damaged data.

Started by `seedbed.dicom.decoding`. It is given a folder for the results and, on its standard input, paths
with a zero byte between them. Each file becomes ``<number>.npy``, or ``<number>.txt`` with what was wrong.
"""

import importlib.util
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.encaps import generate_frames
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from seedbed.dicom.codestreams import check_codestream

PLUGINS = {
    RLELossless: "pydicom",
    JPEGBaseline8Bit: "gdcm",
    JPEGExtended12Bit: "gdcm",
    JPEGLossless: "gdcm",
    JPEGLosslessSV1: "gdcm",
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    JPEG2000Lossless: "pylibjpeg",
    JPEG2000: "pylibjpeg",
    HTJ2KLossless: "pylibjpeg",
    HTJ2KLosslessRPCL: "pylibjpeg",
    HTJ2K: "pylibjpeg",
}
"""The decoder of each compression that answers damaged data with an error most often."""
MOST_MEMORY = 8 << 30
"""Bytes of addresses that decoding may take, libraries included; local rule."""
WARNINGS = ("Corrupt JPEG data", "Premature end of JPEG file")
"""What the JPEG library prints, and no more, where it goes on over damaged data."""
BIT_POSITIONS = [0x60000102 + (group << 16) for group in range(0, 0x20, 2)]
"""Overlay Bit Position: overlays may lie in the bits above those of pixels (PS3.5 section 8.1.1)."""


def decode(path: Path) -> Any:
    """Return the stored pixels of a file."""
    dataset = dcmread(path)
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    if not syntax.is_encapsulated:
        return dataset.pixel_array
    if syntax not in PLUGINS:
        raise NotImplementedError(f"transfer syntax {syntax.name}")
    for frame in _frames(dataset):
        check_codestream(frame, syntax, dataset.Rows * dataset.Columns)
    dataset.pixel_array_options(decoding_plugin=PLUGINS[syntax])
    if syntax == JPEGExtended12Bit:
        return _extended(dataset, path)
    if syntax in (JPEGLossless, JPEGLosslessSV1):
        return _bounded(dataset)
    return dataset.pixel_array


def _bounded(dataset: Dataset) -> Any:
    """Decode, and refuse values that Bits Stored cannot hold; the decoder would cut off what is above."""
    bits = dataset.BitsStored
    shared = any(dataset[tag].value for tag in BIT_POSITIONS if tag in dataset)
    if shared or dataset.PixelRepresentation or dataset.HighBit != bits - 1:
        return dataset.pixel_array
    dataset.BitsStored, dataset.HighBit = dataset.BitsAllocated, dataset.BitsAllocated - 1
    stored = dataset.pixel_array
    if int(stored.max()) >> bits:
        raise ValueError(f"a value of {stored.max()} in {bits} bits")
    return stored


def _frames(dataset: Dataset) -> Any:
    offsets, lengths = (dataset.get(f"ExtendedOffsetTable{part}") for part in ("", "Lengths"))
    return generate_frames(
        dataset.PixelData,
        number_of_frames=int(dataset.get("NumberOfFrames") or 1),
        extended_offsets=(offsets, lengths) if offsets and lengths else None,
    )


def _extended(dataset: Dataset, path: Path) -> Any:
    """Decode 12 bits of JPEG, which pydicom passes to no decoder, by GDCM's own reader of files."""
    import gdcm  # type: ignore[import-untyped]

    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    if not reader.Read():
        raise ValueError("GDCM cannot read it")
    image = reader.GetImage()
    size = image.GetPixelFormat().GetBitsAllocated() // 8
    stored = image.GetBuffer().encode("utf-8", "surrogateescape")
    kind = "i" if dataset.PixelRepresentation else "u"
    return np.frombuffer(stored, f"{kind}{size}").reshape(dataset.Rows, dataset.Columns)


def _limit_memory() -> None:
    """Let a file that asks for more memory than any image needs end this process and nothing else."""
    if importlib.util.find_spec("resource") is not None:  # Windows has none
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _decoded(path: Path, printed: BinaryIO) -> Any:
    """Decode a file, unless its decoder prints that it goes on over damage."""
    begin = printed.seek(0, os.SEEK_END)
    stored = decode(path)
    printed.seek(begin)
    said = printed.read().decode("latin-1")
    for warning in WARNINGS:
        if warning in said:
            raise ValueError(f"its decoder warns: {said[said.index(warning) :]}")
    return stored


def main() -> None:
    """Decode what the standard input names."""
    warnings.simplefilter("ignore")
    logging.disable()
    _limit_memory()
    folder = Path(sys.argv[1])
    with (folder / "printed").open("w+b") as printed:
        os.dup2(printed.fileno(), sys.stderr.fileno())
        for number, name in enumerate(sys.stdin.buffer.read().split(b"\0")):
            try:
                np.save(folder / f"{number}.npy", _decoded(Path(os.fsdecode(name)), printed))
            except Exception as error:  # noqa: BLE001
                said = " ".join(str(error).split())
                (folder / f"{number}.txt").write_text(f"{type(error).__name__}: {said}", encoding="utf-8")


if __name__ == "__main__":
    main()
