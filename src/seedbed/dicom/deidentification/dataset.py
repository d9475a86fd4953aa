"""One DICOM object without the person: a clean copy by Table E.1-1, what was removed, and what to look at."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from seedbed.dicom.deidentification.dates import shifted_date, shifted_datetime
from seedbed.dicom.deidentification.dummies import WORD, dummy
from seedbed.dicom.deidentification.objects import is_report, why_left_out
from seedbed.dicom.deidentification.profile import profile_table
from seedbed.dicom.deidentification.pseudonym import Options, Pseudonym
from seedbed.dicom.deidentification.rules import TEXT, Action, action_for, representation
from seedbed.dicom.deidentification.structure_names import is_safe
from seedbed.dicom.deidentification.traces import Traces, traces_of
from seedbed.dicom.deidentification.uids import new_uid
from seedbed.dicom.deidentification.walk import words, written_vr
from seedbed.dicom.files import lenient, text
from seedbed.dicom.identity import IMPLEMENTATION_UID
from seedbed.errors import InputError

METHODS = {
    "basic": ("113100", "Basic Application Confidentiality Profile"),
    "dates": ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    "names": ("113105", "Clean Descriptors Option"),
    "report": ("113104", "Clean Structured Content Option"),
    "characteristics": ("113108", "Retain Patient Characteristics Option"),
}
"""Codes of PS3.16, CID 7050."""
NUMBERED = {
    "ROIName": ("ROI", "ROINumber"),
    "ROIObservationLabel": ("ROI", "ReferencedROINumber"),
    "DoseReferenceDescription": ("ROI", "ReferencedROINumber"),
    "SegmentLabel": ("Segment", "SegmentNumber"),
}
"""What names a structure, what it becomes, and where its number stands in the same item."""
NUMERALS = b"0123456789+-.:eE\\ \0"
HEAD = frozenset({"HEAD", "HEADNECK", "BRAIN", "SKULL", "FACE", "ORBIT", "SINUS", "JAW", "EAR", "NECK", ""})
"""Body Part Examined where a face may be in the image; an empty one tells nothing (local rule)."""
OLDEST_YEARS = 89
"""Higher ages are written as 90 years (45 CFR 164.514(b)(2)(i)(C))."""


@dataclass(frozen=True)
class Deidentified:
    """A clean object.

    Attributes
    ----------
    dataset : FileDataset
        Ready to be saved.
    removed : tuple of str
        Keywords or tags of what was removed or emptied, each once, in order.
    structure_names : tuple of (str, str)
        New and original name of each structure that was renamed; belongs to the table of identities only.
    warnings : tuple of str
        Sentences, without any identity, on what somebody should look at.
    """

    dataset: FileDataset
    removed: tuple[str, ...]
    structure_names: tuple[tuple[str, str], ...] = field(repr=False)
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Job:
    pseudonym: Pseudonym
    options: Options
    traces: Traces
    removed: dict[str, None] = field(default_factory=dict)
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)

    def warn(self, sentence: str) -> None:
        self.warnings[sentence] = None


def deidentify(
    dataset: Dataset, pseudonym: Pseudonym, *, options: Options | None = None, known: Traces | None = None
) -> Deidentified:
    """Return a copy of a DICOM object that no longer says who it is of.

    Basic profile of PS3.15, Annex E, with the options Retain Longitudinal Temporal Information With Modified
    Dates and, unless not wanted, Clean Descriptors for names of structures. What is given is not changed.

    Parameters
    ----------
    dataset : Dataset
        As read by pydicom.
    pseudonym : Pseudonym
        Who the patient becomes: the same in all files of one patient.
    options : Options, optional
    known : Traces, optional
        Names and numbers from other files of the patient, which are searched for as well.

    Raises
    ------
    InputError
        An object whose pixels or document may hold a name (see `why_left_out`).

    Examples
    --------
    >>> dose = Dataset()
    >>> dose.SOPClassUID, dose.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.481.2", "1.2.3.4"
    >>> dose.StudyInstanceUID, dose.PatientID, dose.StudyDate = "1.2.3", "P1", "20260301"
    >>> clean = deidentify(dose, Pseudonym("SB-7F3K2Q", -100, bytes(32))).dataset
    >>> clean.PatientID, clean.StudyDate
    ('SB-7F3K2Q', '20251121')
    """
    doubt = why_left_out(dataset)
    if doubt:
        raise InputError(
            f"the object cannot be de-identified: {doubt}",
            "a CT, MR, PET, segmentation, RT or measurement object without text in its pixels",
            "leave it out, or look at it and state Burned In Annotation NO",
        )
    with lenient():
        traces = traces_of(dataset)
        job = _Job(pseudonym, options or Options(), Traces.of_all([traces, known]) if known else traces)
        clean = _cleaned(dataset, job)
        _state(clean, job.options)
    _look_at_face(clean, job)
    return Deidentified(_as_file(clean, dataset), tuple(job.removed), tuple(job.names), tuple(job.warnings))


def _cleaned(source: Dataset, job: _Job) -> Dataset:
    clean = Dataset()
    for tag in list(source.keys()):
        element = _element(source, tag, job)
        if element is None:
            job.removed[keyword_for_tag(tag) or str(tag)] = None
        else:
            clean[tag] = element
    implicit, little = source.original_encoding
    clean.set_original_encoding(implicit, little, source.original_character_set)
    return clean


def _element(source: Dataset, tag: BaseTag, job: _Job) -> DataElement | RawDataElement | None:
    action = action_for(int(tag), job.options)
    if action is Action.REMOVE:
        return None
    vr = representation(tag)
    if vr == "SQ":
        return _sequence(source, tag, action, job)
    if action is Action.KEEP:
        return _kept(source, tag, vr, job)
    before = words(source, tag) if vr in TEXT or vr in ("UI", "DA", "DT") else [str(source[tag].value)]
    after: Any = [] if not any(before) else _changed(source, tag, action, before, job)
    if not after:
        job.removed[keyword_for_tag(tag)] = None
    return DataElement(tag, vr, after[0] if len(after) == 1 else after or None)


def _changed(source: Dataset, tag: BaseTag, action: Action, before: list[str], job: _Job) -> Sequence[Any]:
    vr = representation(tag)
    if action is Action.NEW_UID:
        return [new_uid(uid, job.pseudonym.secret) for uid in before]
    if action is Action.SHIFT:
        return _shifted(before, vr, keyword_for_tag(tag), job)
    if action is Action.CLEAN:
        return _clean_text(source, tag, "\\".join(before), job)
    return [dummy(int(tag), vr, job.pseudonym)] if action is Action.DUMMY else []


def _sequence(source: Dataset, tag: BaseTag, action: Action, job: _Job) -> DataElement | None:
    if action is Action.DUMMY and "CodeSequence" in keyword_for_tag(tag):
        return DataElement(tag, "SQ", [_code(WORD, "99SEEDBED", "Anonymous")])
    if action in (Action.KEEP, Action.DUMMY):
        if written_vr(source, tag) != "SQ" or source[tag].VR != "SQ":
            job.warn(f"{keyword_for_tag(tag)} is no sequence and was removed")
            return None
        return DataElement(tag, "SQ", [_cleaned(item, job) for item in source[tag].value or ()])
    job.removed[keyword_for_tag(tag)] = None
    return DataElement(tag, "SQ", [])


def _kept(source: Dataset, tag: BaseTag, vr: str, job: _Job) -> DataElement | RawDataElement:
    """Return an element as it is, unless a name or number of the patient stands in it."""
    element: Any = source.get_item(tag)
    raw = isinstance(element, RawDataElement)
    if vr in ("DS", "IS", "TM"):
        if raw and (element.value or b"").translate(None, NUMERALS):
            return _emptied(tag, vr, "holds no number", job)
    elif vr in TEXT:
        said = words(source, tag)
        if any(map(job.traces.within, said)):
            return _emptied(tag, vr, "held a name, number, UID or date of the patient", job)
        if keyword_for_tag(tag) == "PatientAge":
            said = [_age(age) for age in said]
        return DataElement(tag, vr, said[0] if len(said) == 1 else said or None)
    elif written_vr(source, tag) in TEXT | {"UI"}:
        return _emptied(tag, vr, "is written as text", job)
    return element if raw else DataElement(tag, element.VR, deepcopy(element.value))


def _emptied(tag: BaseTag, vr: str, why: str, job: _Job) -> DataElement:
    keyword = keyword_for_tag(tag)
    job.warn(f"{keyword} {why} and was emptied")
    job.removed[keyword] = None
    return DataElement(tag, vr, None)


def _age(age: str) -> str:
    number = age[:-1]
    return "090Y" if age.endswith("Y") and number.isdecimal() and int(number) > OLDEST_YEARS else age


def _shifted(before: list[str], vr: str, keyword: str, job: _Job) -> list[str]:
    move = shifted_date if vr == "DA" else shifted_datetime
    moved = [move(value, job.pseudonym.date_shift_days) for value in before]
    whole = [value for value in moved if value is not None]
    if len(whole) < len(moved):
        job.warn(f"{keyword} holds no whole date and was emptied")
        return []
    return whole


def _clean_text(source: Dataset, tag: BaseTag, said: str, job: _Job) -> list[str]:
    """Keep a text of known words; give a structure a number in place of its name, and other text a dummy."""
    keyword = keyword_for_tag(tag)
    if is_safe(said) and not job.traces.within(said):
        return [said]
    kind, counted = NUMBERED.get(keyword, ("", ""))
    number = text(source, counted) if counted else ""
    if number:
        job.names[f"{kind} {number}", said] = None
        return [f"{kind} {number}"]
    job.removed[keyword] = None
    return [WORD]


def _state(clean: Dataset, options: Options) -> None:
    """Say in the object itself what was done (PS3.3, C.7.1.1)."""
    used = ["basic", "dates"]
    used += ["names"] * options.keep_structure_names + ["report"] * is_report(clean)
    used += ["characteristics"] * options.keep_characteristics
    clean.PatientIdentityRemoved = "YES"
    edition = profile_table().meta["source"].split(",")[0]
    clean.DeidentificationMethod = [f"Seedbed {version('seedbed')}", f"{edition} Annex E, Basic Profile"]
    clean.DeidentificationMethodCodeSequence = [
        _code(METHODS[name][0], "DCM", METHODS[name][1]) for name in used
    ]
    clean.LongitudinalTemporalInformationModified = "MODIFIED"
    if "PatientName" not in clean:
        clean.PatientName = f"Anonymous^{clean.PatientID}"


def _code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def _look_at_face(clean: Dataset, job: _Job) -> None:
    part = text(clean, "BodyPartExamined").strip().upper()
    if text(clean, "Modality") in ("CT", "MR", "PT") and part in HEAD:
        where = f"are of {part}" if part else "do not say of which body part they are"
        job.warn(
            f"the images {where}: a face that is in them can be made visible; crop it, or give them only to "
            "people who may know the patient"
        )


def _as_file(clean: Dataset, source: Dataset) -> FileDataset:
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
