"""Read a clean file again and look for the person in it: in every element, and in its bytes as they lie.

The search does not ask what the cleaner did: any text must be of the list of what may stay, of known words,
or of what Seedbed writes itself, wherever it stands.
"""

import re
from pathlib import Path

from pydicom import Dataset, dcmread
from pydicom.datadict import keyword_for_tag
from pydicom.tag import BaseTag

from seedbed.dicom.deidentification.codes import CODED, OWN_SCHEME, code_stays, is_public
from seedbed.dicom.deidentification.dates import shifted_date
from seedbed.dicom.deidentification.dummies import BY_VR, WORD
from seedbed.dicom.deidentification.kept_text import in_form, is_of_known_words, stays
from seedbed.dicom.deidentification.pseudonym import CODE
from seedbed.dicom.deidentification.rules import DATES, FREE_TEXT, STATED_DATES, TEXT, TYPED_IN
from seedbed.dicom.deidentification.traces import Traces
from seedbed.dicom.deidentification.uids import in_bytes
from seedbed.dicom.deidentification.walk import walk, words
from seedbed.dicom.files import reading

PREAMBLE = 128
OWN = re.compile(
    rf"|{WORD}|(Anonymous\^)?{CODE.pattern}|Anonymous|SEEDBED|(ROI|Segment|Needle no\.) \d+"
    rf"|Seedbed [\w.+-]+|DICOM PS3.15 \w+ Annex E, Basic Profile"
)
"""What Seedbed writes in place of text, or of itself."""
OWN_CODE = re.compile(rf"{WORD}|{OWN_SCHEME}|[0-9A-F]{{16}}")


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
    moved = _moved(own.dates, date_shift_days), _moved(known.births, date_shift_days)
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


def _moved(dates: frozenset[str], days: int) -> frozenset[str]:
    return frozenset(shifted_date(day, days) or "" for day in dates)


def _holds(
    dataset: Dataset,
    tag: BaseTag,
    vr: str,
    known: Traces,
    *,
    moved: tuple[frozenset[str], frozenset[str]],
) -> bool:
    keyword = keyword_for_tag(tag)
    if tag.is_private or keyword == "PatientBirthDate":
        return tag.is_private or bool(words(dataset, tag)[:1] > [""])
    if vr in TEXT:
        return _tells(dataset, keyword, vr, words(dataset, tag), known=known)
    if vr in DATES:
        dates, births = moved
        allowed = dates - births if keyword in STATED_DATES else dates
        return any(value and value[:8] not in {*allowed, BY_VR[vr]} for value in words(dataset, tag))
    return vr == "UI" and not known.uids.isdisjoint(words(dataset, tag))


def _tells(holder: Dataset, keyword: str, vr: str, said: list[str], *, known: Traces) -> bool:
    """Tell whether text is neither of Seedbed nor of what may stay, or holds a name or number."""
    if all(OWN.fullmatch(value) for value in said) or _is_own_code(holder, keyword, said):
        return False
    free = vr in FREE_TEXT | {"PN", "UR"} or keyword in TYPED_IN
    if any(known.within(value, coded=not free) for value in said):
        return True
    if not free:
        return not all(in_form(vr, value) for value in said)
    of_code = keyword in CODED and all(code_stays(holder, keyword, value) for value in said)
    return vr in ("PN", "UR") or not (of_code or stays(keyword, said) or is_of_known_words(said))


def _is_own_code(holder: Dataset, keyword: str, said: list[str]) -> bool:
    """Tell whether text is of a code that stands for a private one."""
    if keyword not in CODED or is_public(holder):
        return False
    return all(OWN_CODE.fullmatch(value) or is_of_known_words([value]) for value in said)


def _within_bytes(content: bytes, known: Traces) -> bool:
    if not known.uids.isdisjoint(in_bytes(content)):
        return True
    folded = content.lower()
    return any(
        re.search(rb"(?<![a-z0-9])" + re.escape(value) + rb"(?![a-z0-9])", folded) is not None
        for value in known.encoded
        if value in folded
    )
