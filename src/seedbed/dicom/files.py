"""DICOM files: open them, take values out of them, save them; what is malformed becomes one sentence."""

import struct
import warnings
import zlib
from collections.abc import Iterator, Sized
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.encaps import generate_frames
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.multival import MultiValue
from pydicom.uid import JPEG2000, JPEG2000Lossless, JPEGLSLossless, JPEGLSNearLossless, RLELossless
from pydicom.valuerep import format_number_as_ds

from seedbed.dicom.codestreams import check_run_lengths
from seedbed.dicom.encoding import check_encoding
from seedbed.errors import InputError

FloatArray = NDArray[np.float64]
MALFORMED = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError, RuntimeError, TypeError,
    ValueError, struct.error, zlib.error, InvalidDicomError, BytesLengthException,
)  # fmt: skip
"""What pydicom, its decoders and NumPy raise over a damaged file; KeyError and IndexError are lookups."""
SOUND_DECODERS = {
    RLELossless: "pydicom",
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    JPEG2000Lossless: "pylibjpeg",
    JPEG2000: "pylibjpeg",
}
"""Decoders that were never seen to end the process on damaged data; GDCM was."""
UNDEFINED_LENGTH = 0xFFFFFFFF
LONG_STRING = 64
SHORT_STRING = 16
DECIMAL_STRING = 16
SHORT_SENTENCE = 160
PIXEL_KEYWORDS = (
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated",
    "BitsStored", "PixelRepresentation",
)  # fmt: skip
SHOWN = 8
"""So many numbers are shown in a sentence (local rule)."""


@contextmanager
def lenient() -> Iterator[None]:
    """Handle values that break a length rule without a warning; real scanners write them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=UserWarning, module="pydicom")
        yield


@contextmanager
def reading(path: Path, refusal: type[InputError] = InputError) -> Iterator[None]:
    """Turn what a malformed file raises into one sentence that names the file, and the attribute if known.

    Sentences that were already found pass as they are.

    Raises
    ------
    InputError
        Or its kind ``refusal``.
    """
    try:
        with lenient():
            yield
    except MALFORMED as error:
        raise refusal(
            f"file '{path}' {_fault(error)}", "a complete DICOM file", "export it again or choose another"
        ) from error


def _fault(error: Exception) -> str:
    if isinstance(error, InvalidDicomError):
        return "is not a DICOM file"
    if isinstance(error, AttributeError) and isinstance(error.obj, Dataset):
        return f"has no {error.name}"
    return f"cannot be read ({type(error).__name__}: {_said(error)})"


def _said(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")[:SHORT_SENTENCE]


def read_dataset(path: Path) -> FileDataset:
    """Read one DICOM file to its end; to be called within `reading`.

    Raises
    ------
    InputError
        No such file, one that ends too early, or one that is encoded in a way nobody here knows.
    """
    if not path.is_file():
        what = f"'{path}' is a folder" if path.is_dir() else f"there is no file '{path}'"
        raise InputError(what, "one DICOM file", "check the name")
    with path.open("rb") as file:
        check_encoding(file, str(path))
    dataset = dcmread(path)
    check_complete(dataset, path)
    return dataset


def check_complete(dataset: FileDataset, path: Path) -> None:
    """Refuse a file that ends within an element: pydicom reads the beginning of it without a word."""
    for tag in list(dataset.keys()):
        element: Any = dataset.get_item(tag)
        if isinstance(element, RawDataElement) and element.length not in (
            UNDEFINED_LENGTH,
            len(element.value or b""),
        ):
            syntax = text(dataset.file_meta, "TransferSyntaxUID") or "none"
            raise InputError(
                f"file '{path}' ends within {tag}, read by its TransferSyntaxUID {syntax}",
                "a complete file",
                "export it again",
            )


def require(dataset: Dataset, keyword: str, *, name: str, refusal: type[InputError] = InputError) -> Any:
    """Return the value of an attribute of file ``name``, or say in a sentence that it is missing."""
    value: Any = dataset.get(keyword)
    if value is None or (isinstance(value, Sized) and len(value) == 0):
        raise refusal(
            f"'{name}' has no {keyword}",
            f"a DICOM object with {keyword}",
            "export it again with this attribute",
        )
    return value


def numbers(
    dataset: Dataset, keyword: str, *, count: int, name: str, refusal: type[InputError] = InputError
) -> FloatArray:
    """Return the finite numbers of an attribute, shape (count,), or say in a sentence what stands there."""
    try:
        found = np.array(require(dataset, keyword, name=name, refusal=refusal), dtype=float).ravel()
    except (TypeError, ValueError) as error:
        raise refusal(
            f"'{name}' has a {keyword} that is no number ({str(error)[:SHORT_SENTENCE]})",
            f"finite numbers, {count} in all",
            "export it again",
        ) from error
    if found.shape != (count,) or not np.isfinite(found).all():
        shown = f"{found.tolist()}" if found.size <= SHOWN else f"of {found.size} values"
        raise refusal(f"'{name}' has {keyword} {shown}", f"finite numbers, {count} in all", "export it again")
    return found


def number(dataset: Dataset, keyword: str, *, name: str, refusal: type[InputError] = InputError) -> float:
    """Return the one finite number of an attribute, or say in a sentence what stands there."""
    return float(numbers(dataset, keyword, count=1, name=name, refusal=refusal)[0])


def items(dataset: Dataset, keyword: str, *, name: str) -> list[Dataset]:
    """Return the items of a sequence, which may be empty, or say in a sentence that it is missing."""
    if keyword not in dataset:
        raise InputError(f"'{name}' has no {keyword}", "a complete DICOM object", "export it again")
    return list(dataset[keyword].value or [])


def text(dataset: Dataset, keyword: str) -> str:
    r"""Return an attribute as one text, empty where it is missing.

    Examples
    --------
    >>> roi = Dataset()
    >>> roi.ROIName = "GTV\\node"  # two values to DICOM
    >>> print(text(roi, "ROIName"))
    GTV\node
    """
    value = dataset.get(keyword)
    if value is None:
        return ""
    return "\\".join(map(str, value)) if isinstance(value, (list, MultiValue)) else str(value)


def string(value: str, longest: int = LONG_STRING) -> str:
    r"""Return a name as DICOM can hold it: cut to its length, refused where it would not come back.

    Raises
    ------
    InputError
        A backslash, which parts values in DICOM, or a control character.

    Examples
    --------
    >>> len(string("G" * 80))
    64
    """
    if "\\" in value or not value.isprintable():
        raise InputError(
            f"the name {value!r} cannot be written to DICOM",
            "a name without backslash and control characters",
            "rename it",
        )
    return value[:longest]


def pixels(
    dataset: Dataset, shape: tuple[int, ...], *, name: str, refusal: type[InputError] = InputError
) -> NDArray[Any]:
    """Decode the stored pixels, or say in a sentence why not."""
    try:
        stored = decoded(dataset)
    except MALFORMED as error:
        raise undecoded(dataset, error, name=name, refusal=refusal) from error
    if stored.shape != shape:
        raise refusal(
            f"'{name}' has PixelData of shape {stored.shape}",
            f"{shape}, as NumberOfFrames, Rows and Columns say",
            "export it again",
        )
    return stored


def undecoded(
    dataset: Dataset, error: Exception, *, name: str, refusal: type[InputError] = InputError
) -> InputError:
    """Return the sentence on pixels that a decoder did not take."""
    why = _said(error) or type(error).__name__
    return refusal(
        f"the PixelData of '{name}' ({_encoding(dataset)}) cannot be decoded ({why})",
        "complete pixel data, uncompressed or in a supported compression",
        "export it again, uncompressed",
    )


def _encoding(dataset: Dataset) -> str:
    """Say what decides how pixels are read."""
    syntax = getattr(dataset, "file_meta", Dataset()).get("TransferSyntaxUID", "none")
    said = [f"{keyword} {text(dataset, keyword)[:SHORT_STRING] or 'none'}" for keyword in PIXEL_KEYWORDS]
    return ", ".join([f"TransferSyntaxUID {syntax}", *said])


def decoded(dataset: Dataset) -> NDArray[Any]:
    """Return the stored pixels, of a compressed object by a decoder that answers damage with an error.

    Raises
    ------
    NotImplementedError
        A compression whose only decoder may end the process on damaged data; images are decoded by
        `seedbed.dicom.decoding`, in a process of their own.
    """
    syntax = dataset.file_meta.TransferSyntaxUID if "file_meta" in dataset.__dict__ else None
    if syntax is not None and syntax.is_encapsulated:
        if syntax not in SOUND_DECODERS:
            raise NotImplementedError(f"transfer syntax {syntax.name}")
        if syntax == RLELossless:
            count = int(dataset.get("NumberOfFrames") or 1)
            for frame in generate_frames(dataset.PixelData, number_of_frames=count):
                check_run_lengths(frame, dataset.Rows * dataset.Columns)
        dataset.pixel_array_options(decoding_plugin=SOUND_DECODERS[syntax])
    stored: NDArray[Any] = dataset.pixel_array
    return stored


def reference(sop_class: str, uid: str) -> Dataset:
    """Return a reference to another object."""
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = sop_class, uid
    return item


def save(dataset: FileDataset, path: Path) -> Path:
    """Write a dataset as a DICOM file.

    Raises
    ------
    InputError
        Values that DICOM cannot hold, as those of a damaged file may be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with lenient():
            dataset.save_as(path, enforce_file_format=True)
    except OSError:
        raise
    except MALFORMED as error:
        raise InputError(
            f"'{path.name}' cannot be written ({_said(error)})",
            "values that DICOM can hold",
            "export the original again",
        ) from error
    return path


def decimal(value: float) -> str:
    """Write a number as a DICOM decimal string of at most 16 characters."""
    text = repr(float(value) + 0.0)
    short = len(text) <= DECIMAL_STRING and np.isfinite(value)
    return text if short else format_number_as_ds(float(value))  # refuses what is not finite
