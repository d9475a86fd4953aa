"""Texts as their file declares them, and what to do where the declaration is wrong: nothing in silence.

A text is decoded strictly by the declared Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1). Where that
fails, as for Chinese bytes in a file that declares none, other sets are tried in a fixed order (local rule),
and a note says which one was taken. Bytes that fit a western set as declared, but look like Chinese, are read
as declared, and a note says what else they could be.
"""

import re
import unicodedata
import warnings
from typing import Any, NamedTuple

from pydicom import Dataset
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.valuerep import TEXT_VR_DELIMS

from seedbed.dicom.files import text

NUMBERS = ("AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV")
"""Binary value representations, in which no text stands."""
ESCAPE = b"\x1b"
TO_GB2312 = "\x1b$)A"
"""The escape to ISO 2022 IR 58, which pydicom leaves in the text that it decodes."""
DEFAULT_SETS = ("", "ISO_IR 6", "ISO 2022 IR 6")
"""Terms of the default repertoire, which is ASCII."""
MULTI_BYTE_SETS = ("ISO_IR 192", "GB18030", "GBK")
TRIED = (("", "ISO 2022 IR 58"), ("ISO_IR 192",), ("GB18030",))
"""Tried in this order where a text is not as declared (local rule); the last fits the most bytes."""
MISSPELT = "Incorrect value for Specific Character Set|.*ignoring"
"""Terms that pydicom corrects ("ISO-IR 100") or leaves out where they may not follow others."""
BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
CHINESE_PAIRS = re.compile(rb"(?:[\xb0-\xf7][\xa1-\xfe])*[\xb0-\xd7][\xa1-\xfe](?:[\xb0-\xf7][\xa1-\xfe])*")
"""Characters of GB 2312 as GB18030 writes them, one at least of its common ones (rows 16 to 55)."""


class Reading(NamedTuple):
    """A text, and a remark where it is not simply as declared; empty otherwise."""

    text: str
    remark: str


def declared_sets(dataset: Dataset, parents: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    """Return the character sets that a dataset declares, those of its parent where it declares none."""
    if "SpecificCharacterSet" not in dataset:
        return parents
    return tuple(part.strip() for part in text(dataset, "SpecificCharacterSet").split("\\"))


def read_text(dataset: Dataset, keyword: str, sets: tuple[str, ...]) -> Reading:
    """Return a text of a dataset that has just been read, decoded as declared or as near as can be.

    Parameters
    ----------
    dataset : Dataset
    keyword : str
        An attribute for which DICOM allows all character sets: a name, a label.
    sets : tuple of str
        Declared character sets, as of `declared_sets`.
    """
    element: Any = dataset.get_item(Tag(keyword)) if keyword in dataset else None
    if isinstance(element, RawDataElement) and element.value and element.VR not in NUMBERS:
        return decode(element.value, sets)
    return Reading(text(dataset, keyword), "")


def decode(value: bytes, sets: tuple[str, ...]) -> Reading:
    r"""Decode bytes by the declared character sets, or else by others, with a remark.

    Examples
    --------
    >>> decode("甲状腺".encode("gb18030"), ("GB18030",))
    Reading(text='甲状腺', remark='')
    >>> print(decode("甲状腺".encode("gb18030"), ("",)).remark)
    '甲状腺' was read by the character set GB18030, since its bytes are not of the declared default repertoire
    >>> print(decode("甲状腺".encode("gb18030"), ("ISO_IR 100",)).remark)
    '¼××´ÏÙ' was read by the declared character set ISO_IR 100; by GB18030 it would be '甲状腺'
    """
    value = value.rstrip(b" \0")
    if value.isascii() and ESCAPE not in value:
        return Reading(value.decode("ascii"), "")
    found = _strictly(value, sets)
    if found is not None:
        return Reading(found, _doubt(value, found, sets))
    for others in TRIED:
        found = _strictly(value, others)
        if found is not None:
            return Reading(
                found,
                f"'{found}' was read by the character set {_listed(others)}, since its bytes are not of the "
                f"declared {_listed(sets)}",
            )
    shown = value.decode("ascii", "backslashreplace").replace(ESCAPE.decode(), "\\x1b")
    return Reading(shown, f"'{shown}' stands for bytes that no known character set explains")


def _strictly(value: bytes, sets: tuple[str, ...]) -> str | None:
    """Decode bytes that are not ASCII where every one of them means a character; None otherwise."""
    if ESCAPE not in value and sets[0] in DEFAULT_SETS:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", message=MISSPELT)
            found = decode_bytes(value, convert_encodings(list(sets)), TEXT_VR_DELIMS).replace(TO_GB2312, "")
    except (LookupError, UserWarning, ValueError):
        return None
    return None if {unicodedata.category(letter) for letter in found} & {"Cc", "Cn"} else found


def _doubt(value: bytes, found: str, sets: tuple[str, ...]) -> str:
    """Say what else bytes could mean that fit a set of single bytes, and UTF-8 or Chinese as well."""
    if ESCAPE in value or sets[0] in MULTI_BYTE_SETS:
        return ""
    for others in TRIED[1:]:
        other = _strictly(value, others)
        chinese = all(CHINESE_PAIRS.fullmatch(run) for run in BEYOND_ASCII.findall(value))
        if other is not None and (others == ("ISO_IR 192",) or chinese):
            return (
                f"'{found}' was read by the declared character set {_listed(sets)}; by {_listed(others)} it "
                f"would be '{other}'"
            )
    return ""


def _listed(sets: tuple[str, ...]) -> str:
    return " and ".join(part for part in sets if part not in DEFAULT_SETS) or "default repertoire"
