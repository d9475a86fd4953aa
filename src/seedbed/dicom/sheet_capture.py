"""Secondary capture: the pages of a printed sheet as colour images, so that a PACS shows them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.uid import RLELossless, SecondaryCaptureImageStorage

from seedbed.dicom.files import MALFORMED, save, string
from seedbed.dicom.identity import MANUFACTURER, Identity, new_dataset, set_uids, shared_series
from seedbed.errors import InputError, OutputError

Page = NDArray[np.uint8]
DPI = 150.0
POINTS_PER_INCH = 72.0
COLOURS = 3
LARGEST_DPI = 600.0
MODALITY = "OT"


def write_capture(pages: Sequence[Page], folder: Path, identity: Identity, *, title: str) -> tuple[str, ...]:
    """Write the pages of a sheet as one series of secondary captures and return their SOP instance UIDs.

    One file a page, ``page_01.dcm`` and so on: Secondary Capture Image Storage, modality OT, conversion type
    WSD, RLE without loss since a page is mostly white. Burned In Annotation is YES: what the sheet says of
    the patient stands in the picture, and no de-identification of the header takes it away.

    Parameters
    ----------
    pages : sequence of ndarray of uint8, shape (rows, columns, 3)
        Red, green, blue.
    folder : Path
        Made where it is not there; files in it are never replaced.
    identity : Identity
        Patient and study.
    title : str
        What the sheet is: series description.

    Raises
    ------
    InputError
        No page, one that is no colour image of 8 bit, a title that DICOM cannot hold.
    OutputError
        A page is there already.

    Examples
    --------
    >>> from datetime import datetime
    >>> from tempfile import TemporaryDirectory
    >>> who = Identity(
    ...     "P1", "SYNTHETIC^One", "", "O", "1.2.3", "20260301", "101500", "", "", "", datetime(2026, 3, 1)
    ... )
    >>> with TemporaryDirectory() as name:
    ...     _ = write_capture([np.zeros((2, 3, 3), dtype=np.uint8)], Path(name), who, title="Needle sheet")
    ...     [path.name for path in Path(name).iterdir()]
    ['page_01.dcm']
    """
    for page in pages:
        _check_page(page)
    if not pages:
        raise InputError("a sheet without pages", "at least one page", "print it first")
    shown = [(page.shape, page.tobytes()) for page in pages]
    series_uid = shared_series(identity, title, *shown)
    made = [_capture(page, n, identity, (title, series_uid)) for n, page in enumerate(pages, start=1)]
    paths = [folder / f"page_{number:02d}.dcm" for number in range(1, len(made) + 1)]
    there = [path.name for path in paths if path.exists()]
    if there:
        raise OutputError(f"'{there[0]}' is in folder '{folder}' already", "a new folder", "choose another")
    for dataset, path in zip(made, paths, strict=True):
        save(dataset, path)
    return tuple(str(dataset.SOPInstanceUID) for dataset in made)


def _check_page(page: NDArray[Any]) -> None:
    if page.dtype != np.uint8 or page.ndim != COLOURS or page.shape[2] != COLOURS or 0 in page.shape:
        raise InputError(
            f"a page of shape {page.shape} and {page.dtype}",
            "rows x columns x 3 of uint8",
            "render it in colour",
        )


def _capture(page: Page, number: int, identity: Identity, series: tuple[str, str]) -> FileDataset:
    """One page as an image of the series ``(title, UID)``."""
    title, series_uid = series
    capture = new_dataset(identity, SecondaryCaptureImageStorage, MODALITY, series=string(title))
    del capture.FrameOfReferenceUID, capture.PositionReferenceIndicator
    capture.SeriesInstanceUID, capture.InstanceNumber = series_uid, number
    capture.ConversionType, capture.BurnedInAnnotation = "WSD", "YES"
    capture.SecondaryCaptureDeviceManufacturer = MANUFACTURER
    capture.DateOfSecondaryCapture, capture.TimeOfSecondaryCapture = capture.SeriesDate, capture.SeriesTime
    capture.ContentDate, capture.ContentTime = capture.SeriesDate, capture.SeriesTime
    capture.ImageType, capture.PatientOrientation = ["DERIVED", "SECONDARY"], ""
    capture.DerivationDescription = string(f"Printed sheet, page {number}: {title}")
    capture.SamplesPerPixel, capture.PhotometricInterpretation = COLOURS, "RGB"
    capture.PlanarConfiguration, capture.PixelRepresentation = 0, 0
    capture.BitsAllocated, capture.BitsStored, capture.HighBit = 8, 8, 7
    capture.Rows, capture.Columns = page.shape[:2]
    capture.compress(RLELossless, page, encoding_plugin="pydicom", generate_instance_uid=False)
    set_uids(capture)
    return capture


def pdf_pages(path: Path, *, dpi: float = DPI) -> list[Page]:
    """Render the pages of a PDF, each of shape (rows, columns, 3), red, green, blue.

    Parameters
    ----------
    path : Path
    dpi : float
        Points per inch, above 0 and up to 600.

    Raises
    ------
    InputError
        No such file, no PDF, one that is locked, or no resolution.
    """
    if not 0 < dpi <= LARGEST_DPI:
        raise InputError(
            f"{dpi:g} dpi", f"more than 0 and at most {LARGEST_DPI:g}", "choose 150, for example"
        )
    try:
        with pypdfium2.PdfDocument(path) as document:
            scale = dpi / POINTS_PER_INCH
            return [_rendered(page, scale) for page in document]
    except (pypdfium2.PdfiumError, *MALFORMED) as error:
        raise InputError(
            f"file '{path}' cannot be read as PDF ({type(error).__name__})",
            "a printed sheet",
            "print it again",
        ) from error


def _rendered(page: Any, scale: float) -> Page:
    bitmap = page.render(scale=scale, rev_byteorder=True)
    found: Page = np.array(bitmap.to_numpy()[:, :, :COLOURS], dtype=np.uint8)
    return found
