"""A process of its own that decompresses pixels: the decoders are C++ and end their process on damaged data.

Started by `seedbed.dicom.decoding` as a script, without the package around it. It is given a folder for the
results and, on its standard input, paths with a zero byte between them. Each file becomes
``<number>.npy``, or ``<number>.txt`` with what was wrong.
"""

import importlib.util
import os
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread
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

PLUGINS = {
    RLELossless: "pydicom",
    JPEGBaseline8Bit: "pillow",
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


def decode(path: Path) -> Any:
    """Return the stored pixels of a file."""
    dataset = dcmread(path)
    syntax = UID(dataset.file_meta.TransferSyntaxUID)
    if not syntax.is_encapsulated:
        return dataset.pixel_array
    if syntax not in PLUGINS:
        raise NotImplementedError(f"transfer syntax {syntax.name}")
    if syntax == JPEGExtended12Bit:
        return _extended(dataset, path)
    dataset.pixel_array_options(decoding_plugin=PLUGINS[syntax])
    return dataset.pixel_array


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


def main() -> None:
    """Decode what the standard input names."""
    warnings.simplefilter("ignore")
    _limit_memory()
    folder = Path(sys.argv[1])
    for number, name in enumerate(sys.stdin.buffer.read().split(b"\0")):
        try:
            np.save(folder / f"{number}.npy", decode(Path(os.fsdecode(name))))
        except Exception as error:  # noqa: BLE001
            said = str(error).strip().replace("\n", " ")
            (folder / f"{number}.txt").write_text(f"{type(error).__name__}: {said}", encoding="utf-8")


if __name__ == "__main__":
    main()
