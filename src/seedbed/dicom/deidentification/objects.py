"""Which objects can be de-identified, and why the others are left out: text in pixels is never exported."""

from functools import cache
from importlib.resources import files

from pydicom import Dataset
from pydicom.uid import UID

from seedbed.dicom.files import text
from seedbed.tables import read_table

NEEDED = ("PatientID", "SOPInstanceUID", "StudyInstanceUID")
SCREENS = frozenset(
    {"SCREEN SAVE", "SCREENSAVE", "SCREEN", "SECONDARY CAPTURE", "REPORT", "DOSE_INFO", "PROTOCOL"}
)
"""Values of Image Type by which scanners mark pictures of their screen (local rule)."""
SLICES = "AXIAL"
"""Value 3 of Image Type of a cross-section (PS3.3, C.8.2.1.1.1)."""
MONOCHROME = frozenset({"MONOCHROME1", "MONOCHROME2"})


@cache
def _pixels_of() -> dict[str, str]:
    table = read_table(files("seedbed.dicom.deidentification").joinpath("objects.csv"))
    return {row["uid"]: row["pixels"] for row in table.rows}


def why_left_out(dataset: Dataset) -> str:
    """Say why an object cannot be de-identified without somebody looking at it; empty where it can.

    Examples
    --------
    >>> report = Dataset()
    >>> report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
    >>> why_left_out(report)
    'it is an Encapsulated PDF Storage, which may hold a name where no program finds it'
    """
    sop_class = text(dataset, "SOPClassUID")
    pixels = _pixels_of().get(sop_class)
    if pixels is None:
        return f"it is {_named(sop_class)}, which may hold a name where no program finds it"
    missing = [keyword for keyword in NEEDED if not text(dataset, keyword).strip()]
    if missing:
        return f"it has no {missing[0]}"
    meta = getattr(dataset, "file_meta", Dataset())
    syntax = UID(text(meta, "TransferSyntaxUID"))
    if syntax and not (syntax.is_transfer_syntax and not syntax.is_private):
        return "its transfer syntax is private or not known"
    return _pixel_doubt(dataset, pixels)


def is_report(dataset: Dataset) -> bool:
    """Tell whether an object is a structured report."""
    return _pixels_of().get(text(dataset, "SOPClassUID")) == "report"


def _named(sop_class: str) -> str:
    name = UID(sop_class).name if sop_class else "of no stated class"
    article = "an" if name[:1] in "AEIOU" else "a"
    return name if not sop_class else f"{article} {name}"


def _pixel_doubt(dataset: Dataset, pixels: str) -> str:
    burnt = text(dataset, "BurnedInAnnotation").strip().upper()
    kinds = {kind.strip().upper() for kind in text(dataset, "ImageType").split("\\")}
    if burnt == "YES":
        return "Burned In Annotation is YES: its pixels hold text"
    if kinds & SCREENS:
        return f"Image Type says {', '.join(sorted(kinds & SCREENS))}: its pixels hold text"
    if pixels == "stated" and burnt != "NO":
        return "Burned In Annotation is not stated, and images of this kind often hold text"
    if pixels != "image" or burnt == "NO":
        return ""
    if text(dataset, "PhotometricInterpretation").strip() not in MONOCHROME:
        return "it is a picture in colour without the statement that its pixels hold no text"
    if {"DERIVED", "SECONDARY"} <= kinds and SLICES not in kinds:
        return "Image Type is DERIVED, SECONDARY without the statement that its pixels hold no text"
    return ""
