"""The header of one DICOM object: who, what and where; whole, or refused. Two objects compared."""

import re
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import FileDataset
from pydicom.sequence import Sequence
from pydicom.tag import BaseTag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    RTDoseStorage,
    RTPlanStorage,
    RTStructureSetStorage,
)
from pydicom.values import convert_SQ

from seedbed.dicom.character_sets import Reading, declared_sets, decode, read_text
from seedbed.dicom.decoding import decoded_apart
from seedbed.dicom.encoding import check_encoding, read_meta
from seedbed.dicom.files import MALFORMED, UNDEFINED_LENGTH, check_complete, lenient, reading, text
from seedbed.dicom.plain_header import OddError, PlainHeader, plain_header
from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts

NEEDED = {
    "SOPInstanceUID": "(0008,0018)",
    "SOPClassUID": "(0008,0016)",
    "SeriesInstanceUID": "(0020,000E)",
    "StudyInstanceUID": "(0020,000D)",
}
LONGEST_UID = 64
UID_TEXT = re.compile(rf"[0-9.]{{1,{LONGEST_UID}}}")
"""PS3.5 section 9.1; leading zeros are forgiven."""
CODES = {
    "instance_uid": "SOPInstanceUID", "class_uid": "SOPClassUID", "series_uid": "SeriesInstanceUID",
    "study_uid": "StudyInstanceUID", "patient_birth_date": "PatientBirthDate", "patient_sex": "PatientSex",
    "study_date": "StudyDate", "modality": "Modality", "series_number": "SeriesNumber",
    "instance_number": "InstanceNumber", "image_type": "ImageType", "position_mm": "ImagePositionPatient",
    "orientation": "ImageOrientationPatient",
}  # fmt: skip
TEXTS = {
    "patient_id": "PatientID", "issuer_of_patient_id": "IssuerOfPatientID", "patient_name": "PatientName",
    "study_description": "StudyDescription", "accession_number": "AccessionNumber",
    "series_description": "SeriesDescription",
}  # fmt: skip
"""Texts in any character set."""
REFERENCES = {RTPlanStorage: "ReferencedStructureSetSequence", RTDoseStorage: "ReferencedRTPlanSequence"}
NESTED = (RTStructureSetStorage, *REFERENCES)
"""Classes that say in sequences what they belong to."""
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData", "PixelDataProviderURL")
IMAGE = "Image Storage"
"""In the names of all storage classes of images (PS3.4 B.5)."""
PIXEL_TAGS = (0x7FE00001, 0x7FE00002, 0x7FE00008, 0x7FE00009, 0x7FE00010)
PREAMBLE, PREFIX = 128, b"DICM"
DELIMITERS = (b"\xfe\xff\xdd\xe0\0\0\0\0", b"\xff\xfe\xe0\xdd\0\0\0\0")
"""Sequence Delimitation Item (PS3.5 section 7.5), little and big endian."""
OF_COMPRESSION = (0x00082111, 0x00089215, 0x00282110)
"""Derivation Description and Code Sequence, Lossy Image Compression (PS3.3 C.7.6.1.1.3, C.7.6.1.1.5)."""
PADDING_TAG = 0xFFFCFFFC
ITEM = b"\xfe\xff\x00\xe0"
SAME_TEXTS = 1024
"""So many texts are remembered as decoded: those of a series are the same in each slice (local rule)."""
ALONE = Lock()
"""Held where filters of warnings change: they are the whole program's, and threads would mix them up."""


def is_dicom_content(content: bytes) -> bool:
    """Whether content begins as a DICOM file does (PS3.10 section 7.1).

    Examples
    --------
    >>> is_dicom_content(bytes(128) + b"DICM"), is_dicom_content(b"%PDF-1.7")
    (True, False)
    """
    return content[PREAMBLE : PREAMBLE + len(PREFIX)] == PREFIX


def is_directory(content: bytes) -> bool:
    """Whether content is the table of contents of a medium, a DICOMDIR, which is no object (PS3.3 F)."""
    with ALONE, lenient():
        try:
            meta = read_meta(BytesIO(content))
        except MALFORMED:
            return False
    return bool(meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage)


def instance_facts(content: bytes, name: str) -> InstanceFacts:
    r"""Take the facts from the bytes of one DICOM file, and refuse a file that is not whole.

    Text is decoded by the declared Specific Character Set (PS3.5 section 6.1.2), or as near as can be with a
    remark. No pixel is decoded.

    Parameters
    ----------
    content : bytes
        The whole file, with its File Meta Information (PS3.10 section 7.1).
    name : str
        What the sentences call it.

    Raises
    ------
    InputError
        No DICOM file, one that ends too early, or one without a UID that it must have.

    Examples
    --------
    >>> try:
    ...     instance_facts(b"%PDF-1.7", "letter.pdf")
    ... except InputError as error:
    ...     print(error.came)
    file 'letter.pdf' is not a DICOM file
    """
    try:
        return _plain_facts(plain_header(content))
    except OddError:
        with ALONE:
            return _any_facts(content, name)


def _plain_facts(header: PlainHeader) -> InstanceFacts:
    """Take the facts from an ordinary header; whatever cannot be said for certain makes it odd."""
    codes = {field: header.code(keyword) for field, keyword in CODES.items()}
    if codes["class_uid"] in NESTED or not all(UID_TEXT.fullmatch(header.code(uid)) for uid in NEEDED):
        raise OddError
    if _is_image(header, codes["class_uid"]) and not any(keyword in header for keyword in PIXELS):
        raise OddError
    sets = tuple(part.strip() for part in header.code("SpecificCharacterSet").split("\\"))
    read = {field: _decoded(header.value(keyword), sets) for field, keyword in TEXTS.items()}
    frame = header.code("FrameOfReferenceUID")
    return _facts(codes, read, frame_uid=frame, transfer_syntax_uid=header.syntax)


@lru_cache(SAME_TEXTS)
def _decoded(value: bytes, sets: tuple[str, ...]) -> Reading:
    with ALONE:
        return decode(value, sets)


def _any_facts(content: bytes, name: str) -> InstanceFacts:
    """Take the facts from any header that pydicom can read, or say what is wrong with it."""
    with reading(Path(name)):
        dataset = _read_whole(content, name)
        for keyword, tag in NEEDED.items():
            said = text(dataset, keyword).strip()
            if not said:
                raise _lacking(name, keyword, tag)
            if not UID_TEXT.fullmatch(said):
                raise InputError(
                    f"file '{name}' has the {keyword} {said[:LONGEST_UID]!r} {tag}",
                    f"digits and points, {LONGEST_UID} at most",
                    "export it again from the system that made it",
                )
        syntax = text(dataset.file_meta, "TransferSyntaxUID")
        if not syntax:
            raise _lacking(name, "TransferSyntaxUID", "(0002,0010)")
        _check_pixels(dataset, name)
        sets = declared_sets(dataset)
        return _facts(
            {field: text(dataset, keyword).strip() for field, keyword in CODES.items()},
            {field: read_text(dataset, keyword, sets) for field, keyword in TEXTS.items()},
            frame_uid=_frame(dataset),
            referenced_uid=_referenced(dataset),
            transfer_syntax_uid=syntax,
        )


def _facts(codes: dict[str, str], texts: dict[str, Reading], **uids: str) -> InstanceFacts:
    return InstanceFacts(
        **codes,
        **{field: found.text.strip() for field, found in texts.items()},
        **uids,
        remark="; ".join(found.remark for found in texts.values() if found.remark),
    )


def same_object(one: bytes, other: bytes) -> bool:
    """Whether two DICOM files hold the same data set, however it is written.

    File Meta Information, implicit or explicit VR, lengths of groups and sequences, and trailing padding
    do not count: archives rewrite them. Where one of both is compressed, pixels are decoded and compared, and
    what compression adds to the header does not count.

    Parameters
    ----------
    one, other : bytes
        Whole files that `instance_facts` takes.
    """
    try:
        with ALONE, lenient():
            first, second = dcmread(BytesIO(one)), dcmread(BytesIO(other))
            syntaxes = [file.file_meta.TransferSyntaxUID for file in (first, second)]
            repacked = syntaxes[0] != syntaxes[1] and any(syntax.is_encapsulated for syntax in syntaxes)
            left_out = (*PIXEL_TAGS, *OF_COMPRESSION) if repacked else ()
            same = _plain(first, leave_out=left_out) == _plain(second, leave_out=left_out)
        if same and repacked:
            pixels = decoded_apart([one, other])
            return np.array_equal(pixels[0], pixels[1])
        return same
    except MALFORMED:
        return False


def _read_whole(content: bytes, name: str) -> FileDataset:
    check_encoding(BytesIO(content), name)
    dataset = dcmread(BytesIO(content))
    check_complete(dataset, Path(name))
    if not _ends_with_an_element(dataset, content):
        raise InputError(
            f"file '{name}' does not end with a whole element after its {len(content)} bytes",
            "a complete file with nothing behind it",
            "export it again",
        )
    return dataset


def _ends_with_an_element(dataset: FileDataset, content: bytes) -> bool:
    """Whether the element that was read last ends the file: pydicom passes over what is cut behind it."""
    if dataset.file_meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian:
        return True  # inflating has checked it
    last: Any = dataset.get_item(list(dataset.keys())[-1]) if dataset else None
    if isinstance(last, RawDataElement) and last.length != UNDEFINED_LENGTH:
        return last.value_tell + last.length == len(content)
    return content.endswith(DELIMITERS)


def _check_pixels(dataset: Dataset, name: str) -> None:
    """Refuse an image without pixels: the file was cut before them, between two elements."""
    if _is_image(dataset, text(dataset, "SOPClassUID")) and not any(keyword in dataset for keyword in PIXELS):
        raise InputError(
            f"file '{name}' holds an image and ends before its pixels", "a complete file", "export it again"
        )


def _is_image(header: PlainHeader | Dataset, class_uid: str) -> bool:
    return IMAGE in UID(class_uid).name or ("Rows" in header and "BitsAllocated" in header)


def _lacking(name: str, keyword: str, tag: str) -> InputError:
    return InputError(
        f"file '{name}' has no {keyword} {tag}",
        "a DICOM object with its unique identifiers",
        "export it again from the system that made it",
    )


def _frame(dataset: Dataset) -> str:
    """Frame of reference; of a structure set the one that its structures, its list or its header name."""
    if dataset.SOPClassUID != RTStructureSetStorage:
        return text(dataset, "FrameOfReferenceUID").strip()
    stated = (
        ("StructureSetROISequence", "ReferencedFrameOfReferenceUID"),
        ("ReferencedFrameOfReferenceSequence", "FrameOfReferenceUID"),
    )
    found = [text(item, uid) for items, uid in stated for item in dataset.get(items) or []]
    return next((uid for uid in [*found, text(dataset, "FrameOfReferenceUID")] if uid), "")


def _referenced(dataset: Dataset) -> str:
    sequence = REFERENCES.get(UID(str(dataset.SOPClassUID)), "")
    items = (dataset.get(sequence) if sequence else None) or []
    return next((text(item, "ReferencedSOPInstanceUID") for item in items), "")


def _plain(dataset: Dataset, leave_out: tuple[int, ...] = ()) -> dict[int, Any]:
    """Tags and stored bytes, sequences as lists, without what only says how things are written."""
    written = (tag for tag in list(dataset.keys()) if tag.element != 0 and tag != PADDING_TAG)
    return {int(tag): _stored(dataset, tag) for tag in written if tag not in leave_out}


def _stored(dataset: Dataset, tag: BaseTag) -> Any:
    element: Any = dataset.get_item(tag)
    value = element.value or b""
    if isinstance(element, RawDataElement) and value[:4] == ITEM and element.VR in (None, "UN", "SQ"):
        value = convert_SQ(value, element.is_implicit_VR, element.is_little_endian)
    return [_plain(item) for item in value] if isinstance(value, Sequence) else value
