"""What a clean object says of itself: a header of its own, and what was done to it."""

from importlib.metadata import version

from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from seedbed.dicom.deidentification.codes import code
from seedbed.dicom.deidentification.objects import is_report
from seedbed.dicom.deidentification.profile import profile_table
from seedbed.dicom.deidentification.pseudonym import Options
from seedbed.dicom.files import text
from seedbed.dicom.identity import IMPLEMENTATION_UID

METHODS = {
    "basic": ("113100", "Basic Application Confidentiality Profile"),
    "dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "names": ("113105", "Clean Descriptors Option"),
    "report": ("113104", "Clean Structured Content Option"),
    "characteristics": ("113108", "Retain Patient Characteristics Option"),
}
"""Codes of PS3.16, CID 7050."""


def state_methods(clean: Dataset, options: Options) -> None:
    """Say in the object itself what was done (PS3.3, C.7.1.1)."""
    used = ["basic", "dates"]
    used += ["names"] * options.keep_structure_names + ["report"] * is_report(clean)
    used += ["characteristics"] * options.keep_characteristics
    clean.PatientIdentityRemoved = "YES"
    edition = profile_table().meta["source"].split(",")[0]
    clean.DeidentificationMethod = [f"Seedbed {version('seedbed')}", f"{edition} Annex E, Basic Profile"]
    clean.DeidentificationMethodCodeSequence = [
        code(METHODS[name][0], "DCM", METHODS[name][1]) for name in used
    ]
    clean.LongitudinalTemporalInformationModified = "MODIFIED"
    if "PatientName" not in clean:
        clean.PatientName = f"Anonymous^{clean.PatientID}"


def as_file(clean: Dataset, source: Dataset) -> FileDataset:
    """Return a file with a new header and an empty preamble; nothing of the old header but its encoding."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(clean.SOPClassUID)
    meta.MediaStorageSOPInstanceUID = UID(clean.SOPInstanceUID)
    implicit = ImplicitVRLittleEndian if source.original_encoding[0] else ExplicitVRLittleEndian
    old = getattr(source, "file_meta", Dataset())
    meta.TransferSyntaxUID = UID(text(old, "TransferSyntaxUID") or implicit)
    meta.ImplementationClassUID, meta.ImplementationVersionName = IMPLEMENTATION_UID, "SEEDBED"
    file = FileDataset("", clean, preamble=b"\0" * 128, file_meta=meta)
    file.set_original_encoding(*clean.original_encoding)
    return file
