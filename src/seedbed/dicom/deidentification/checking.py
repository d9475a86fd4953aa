"""Read a clean file again and look for the person in it: in every element, and in its bytes as they lie."""

import re
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.datadict import keyword_for_tag
from pydicom.tag import BaseTag

from seedbed.dicom.deidentification.dates import shifted_date
from seedbed.dicom.deidentification.rules import DATES, TEXT
from seedbed.dicom.deidentification.traces import Traces
from seedbed.dicom.deidentification.uids import in_bytes
from seedbed.dicom.deidentification.walk import walk, words
from seedbed.dicom.files import reading

PREAMBLE = 128


def remains(path: Path, own: Traces, known: Traces, *, date_shift_days: int) -> list[str]:
    """Return where a written file still holds something of the original; nothing is what is wanted.

    Parameters
    ----------
    path : Path
        A file that was de-identified.
    own : Traces
        Of the original of this file: each date that is found must be one of its dates, moved.
    known : Traces
        Of all files of the patient: names, numbers, places and UIDs must not be found.
    date_shift_days : int

    Returns
    -------
    list of str
        Keywords of attributes, or "its bytes".

    Raises
    ------
    InputError
        A file that cannot be read.
    """
    content = path.read_bytes()
    moved = frozenset(shifted_date(day, date_shift_days) or "" for day in own.dates)
    with reading(path):
        dataset = dcmread(path)
        found = [
            keyword_for_tag(tag) or str(tag)
            for part in (dataset, dataset.file_meta)
            for holder, tag, vr in walk(part)
            if _holds(holder, tag, vr, known, moved=moved)
        ]
    if any(content[:PREAMBLE]) or _within_bytes(content, known):
        found.append("its bytes")
    return found


def _holds(dataset: Dataset, tag: BaseTag, vr: str, known: Traces, *, moved: frozenset[str]) -> bool:
    if tag.is_private or keyword_for_tag(tag) == "PatientBirthDate":
        return tag.is_private or bool(words(dataset, tag)[:1] > [""])
    if vr in TEXT:
        return any(map(known.within, words(dataset, tag)))
    if vr in DATES:
        return any(value and value[:8] not in moved for value in words(dataset, tag))
    return vr == "UI" and not known.uids.isdisjoint(words(dataset, tag))


def _within_bytes(content: bytes, known: Traces) -> bool:
    if not known.uids.isdisjoint(in_bytes(content)):
        return True
    folded = content.lower()
    return any(
        re.search(rb"(?<![a-z0-9])" + re.escape(value) + rb"(?![a-z0-9])", folded) is not None
        for value in known.encoded
        if value in folded
    )
