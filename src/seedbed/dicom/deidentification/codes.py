"""Coded items: codes of the standard stay, codes of a house lose what they say, facts of the person go."""

import hmac
import re
from functools import cache
from importlib.resources import files

from pydicom import Dataset
from pydicom.sequence import Sequence

from seedbed.dicom.deidentification.dummies import BY_VR, WORD
from seedbed.dicom.files import text
from seedbed.tables import read_table

OWN_SCHEME = "99SEEDBED"
VALUES = frozenset({"CodeValue", "LongCodeValue", "CodingSchemeVersion"})
MEANINGS = frozenset({"CodeMeaning", "ExtendedCodeMeaning"})
CODED = VALUES | MEANINGS | {"CodingSchemeDesignator"}
UNSPACED = re.compile(r"[!-~]*")
VALUE_LETTERS = 16


def _rows(name: str) -> tuple[dict[str, str], ...]:
    return read_table(files("seedbed.dicom.deidentification").joinpath(name)).rows


@cache
def schemes() -> frozenset[str]:
    """Return the designators of coding schemes whose codes are the same everywhere."""
    return frozenset(row["designator"] for row in _rows("code_schemes.csv"))


@cache
def subject_concepts() -> frozenset[tuple[str, str]]:
    """Return scheme and value of the concepts that say who a report is of."""
    return frozenset((row["scheme"], row["code"]) for row in _rows("subject_concepts.csv"))


def is_public(item: Dataset) -> bool:
    """Tell whether an item is a code of a scheme that is the same everywhere.

    Examples
    --------
    >>> is_public(code("121033", "DCM", "Subject Age")), is_public(code("7", "99LOCAL", "Prof. Sun"))
    (True, False)
    """
    return text(item, "CodingSchemeDesignator").strip("\0 ") in schemes()


def code_stays(item: Dataset, keyword: str, value: str) -> bool:
    """Tell whether a part of a coded item stays: of a public scheme, its value without spaces."""
    return is_public(item) and (keyword in MEANINGS or UNSPACED.fullmatch(value.strip("\0 ")) is not None)


def private_part(keyword: str, value: str, key: bytes) -> str:
    """Return what stands for a part of a private code: values that are equal stay equal, but say nothing."""
    if keyword in MEANINGS:
        return WORD
    if keyword not in VALUES:
        return OWN_SCHEME
    return hmac.digest(key, value.encode(), "sha256").hex()[:VALUE_LETTERS].upper()


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """Return a coded item."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def anonymous_code() -> Dataset:
    """Return the code that stands for any that must not be told."""
    return code(WORD, OWN_SCHEME, "Anonymous")


def is_of_subject(item: Dataset) -> bool:
    """Tell whether a content item says who a report is of, by its concept (PS3.16, TID 1007)."""
    names = item.get("ConceptNameCodeSequence")
    return isinstance(names, Sequence) and any(
        (text(name, "CodingSchemeDesignator").strip(), text(name, "CodeValue").strip()) in subject_concepts()
        for name in names
    )


def forget(item: Dataset) -> None:
    """Empty a content item and all beneath it; each keeps its place, to which others refer."""
    empty = {
        "TextValue": WORD, "PersonName": BY_VR["PN"], "Date": BY_VR["DA"], "DateTime": BY_VR["DT"],
        "Time": BY_VR["TM"], "NumericValue": None, "FloatingPointValue": None, "MeasuredValueSequence": [],
        "ConceptCodeSequence": [anonymous_code()],
    }  # fmt: skip
    for keyword, value in empty.items():
        if keyword in item:
            setattr(item, keyword, value)
    for deeper in item.get("ContentSequence") or ():
        forget(deeper)
