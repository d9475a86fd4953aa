"""One DICOM object without the person: a clean copy by Table E.1-1, what was removed, and what to look at."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from pydicom import Dataset
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import FileDataset
from pydicom.tag import BaseTag

from seedbed.dicom.deidentification.codes import (
    CODED,
    MEANINGS,
    anonymous_code,
    code_stays,
    forget,
    is_of_subject,
    private_part,
)
from seedbed.dicom.deidentification.dates import dates_in, shifted_date, shifted_datetime
from seedbed.dicom.deidentification.dummies import BY_VR, WORD, dummy
from seedbed.dicom.deidentification.kept_text import in_form, is_of_known_words, stays
from seedbed.dicom.deidentification.objects import why_left_out
from seedbed.dicom.deidentification.profile import row_of
from seedbed.dicom.deidentification.pseudonym import Options, Pseudonym
from seedbed.dicom.deidentification.rules import STATED_DATES, TEXT, Action, action_for, representation
from seedbed.dicom.deidentification.stating import as_file, state_methods
from seedbed.dicom.deidentification.traces import Traces, traces_of
from seedbed.dicom.deidentification.uids import new_uid, uid_key
from seedbed.dicom.deidentification.walk import words, written_vr
from seedbed.dicom.files import lenient, text
from seedbed.errors import InputError

NUMBERED = {
    "ROIName": ("ROI", "ROINumber"),
    "ROIObservationLabel": ("ROI", "ReferencedROINumber"),
    "DoseReferenceDescription": ("ROI", "ReferencedROINumber"),
    "SegmentLabel": ("Segment", "SegmentNumber"),
    "SourceApplicatorID": ("Needle no.", "SourceApplicatorNumber"),
}
"""What names a structure or needle, what it becomes, and where its number stands in the same item. None of
these names is of known words, so that a new name is never one that another kept."""
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
    key: bytes = field(repr=False)
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
        wanted = options or Options()
        every = Traces.of_all([traces, known]) if known else traces
        job = _Job(pseudonym, wanted, every, uid_key(pseudonym, wanted))
        clean = _cleaned(dataset, job)
        state_methods(clean, job.options)
    _look_at_face(clean, job)
    return Deidentified(as_file(clean, dataset), tuple(job.removed), tuple(job.names), tuple(job.warnings))


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


def _item(source: Dataset, job: _Job) -> Dataset:
    clean = _cleaned(source, job)
    if is_of_subject(source):
        forget(clean)
        job.warn("a report says who it is of, such as sex, age or birth date; these items were emptied")
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
        return [new_uid(uid, job.key) for uid in before]
    if action is Action.SHIFT:
        return _shifted(before, vr, keyword_for_tag(tag), job)
    if action is Action.CLEAN:
        return _clean_text(source, tag, before, job)
    return [dummy(int(tag), vr, job.pseudonym)] if action is Action.DUMMY else []


def _sequence(source: Dataset, tag: BaseTag, action: Action, job: _Job) -> DataElement | None:
    if action is Action.DUMMY and "CodeSequence" in keyword_for_tag(tag):
        return DataElement(tag, "SQ", [anonymous_code()])
    if action in (Action.KEEP, Action.DUMMY):
        if written_vr(source, tag) != "SQ" or source[tag].VR != "SQ":
            job.warn(f"{keyword_for_tag(tag)} is no sequence and was removed")
            return None
        return DataElement(tag, "SQ", [_item(item, job) for item in source[tag].value or ()])
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
        said = _in_form(tag, vr, words(source, tag), job)
        if any(job.traces.within(value, coded=True) for value in said):
            return _emptied(tag, vr, "held a name, number, UID or date of the patient", job)
        if keyword_for_tag(tag) == "PatientAge":
            said = [_age(age) for age in said]
        return DataElement(tag, vr, said[0] if len(said) == 1 else said or None)
    elif written_vr(source, tag) in TEXT | {"UI"}:
        return _emptied(tag, vr, "is written as text", job)
    return element if raw else DataElement(tag, element.VR, deepcopy(element.value))


def _in_form(tag: BaseTag, vr: str, said: list[str], job: _Job) -> list[str]:
    """Return the values of a code string or age, with a dummy for each that is free text."""
    bad = [value for value in said if not in_form(vr, value)]
    if bad:
        job.warn(f"{keyword_for_tag(tag)} is no {'age' if vr == 'AS' else 'code string'} and was replaced")
    return [("" if vr == "AS" else WORD) if value in bad else value for value in said]


def _emptied(tag: BaseTag, vr: str, why: str, job: _Job) -> DataElement:
    keyword = keyword_for_tag(tag)
    job.warn(f"{keyword} {why} and was emptied")
    job.removed[keyword] = None
    return DataElement(tag, vr, None)


def _age(age: str) -> str:
    number = age[:-1]
    return "090Y" if age.endswith("Y") and number.isdecimal() and int(number) > OLDEST_YEARS else age


def _shifted(before: list[str], vr: str, keyword: str, job: _Job) -> list[str]:
    if keyword in STATED_DATES and any(dates_in(value) & job.traces.births for value in before):
        job.warn(f"{keyword} is the birth date and was replaced")
        return [BY_VR[vr]]
    move = shifted_date if vr == "DA" else shifted_datetime
    moved = [move(value, job.pseudonym.date_shift_days) for value in before]
    whole = [value for value in moved if value is not None]
    if len(whole) < len(moved):
        job.warn(f"{keyword} holds no whole date and was emptied")
        return []
    return whole


def _clean_text(source: Dataset, tag: BaseTag, said: list[str], job: _Job) -> list[str]:
    """Keep a text that may stay; give a structure a number in place of its name, and other text a dummy."""
    keyword = keyword_for_tag(tag)
    named = any(map(job.traces.within, said))
    if not named and _may_stay(source, keyword, said, job):
        return said
    kind, counted = NUMBERED.get(keyword, ("", ""))
    number = text(source, counted) if counted else ""
    if number:
        job.names[f"{kind} {number}", "\\".join(said)] = None
        return [f"{kind} {number}"]
    job.removed[keyword] = None
    if keyword in CODED:
        job.warn("a code of a private or unknown coding scheme was replaced")
        return [private_part(keyword, "\\".join(said), job.key)]
    if row_of(int(tag)) is None:
        why = "held a name, number, UID or date of the patient" if named else "is text that may be of anybody"
        job.warn(f"{keyword} {why} and was replaced")
    return [WORD]


def _may_stay(source: Dataset, keyword: str, said: list[str], job: _Job) -> bool:
    if stays(keyword, said) or (
        keyword in CODED and all(code_stays(source, keyword, value) for value in said)
    ):
        return True
    wanted = job.options.keep_structure_names and keyword not in CODED - MEANINGS
    return wanted and is_of_known_words(said)


def _look_at_face(clean: Dataset, job: _Job) -> None:
    part = text(clean, "BodyPartExamined").strip().upper()
    if text(clean, "Modality") in ("CT", "MR", "PT") and part in HEAD:
        where = f"are of {part}" if part else "do not say of which body part they are"
        job.warn(
            f"the images {where}: a face that is in them can be made visible; crop it, or give them only to "
            "people who may know the patient"
        )
