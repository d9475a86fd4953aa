"""What is done to an attribute: by Table E.1-1 where it lists it, by stricter rules of our own else.

A choice such as X/Z/D depends on the attribute's type in its object (PS3.15, Table E.1-1a). The type is not
looked up: the choice that is valid for any type is made, a dummy, or empty where no dummy is offered. A
sequence is rather emptied or removed where it may be; where the table asks for a dummy alone, its items stay
and are cleaned, or hold a dummy code.
"""

from enum import Enum
from functools import lru_cache

from pydicom.datadict import dictionary_has_tag, dictionary_VR, keyword_for_tag

from seedbed.dicom.deidentification.profile import row_of
from seedbed.dicom.deidentification.pseudonym import Options

TEXT = frozenset({"AE", "AS", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"})
FREE_TEXT = frozenset({"AE", "LO", "LT", "SH", "ST", "UC", "UT"})
"""Where anything may be typed in."""
DATES = frozenset({"DA", "DT"})
TEMPORAL = DATES | {"TM"}
STRUCTURE_NAMES = frozenset({"ROIName", "ROIObservationLabel", "DoseReferenceDescription", "SegmentLabel"})
"""Descriptors that name a structure; only these are cleaned, all others are removed (local rule)."""
TYPED_IN = frozenset({"ContentLabel"})
"""Code strings that people choose (local rule)."""
CALENDARS = frozenset({
    "PatientBirthDateInAlternativeCalendar", "PatientDeathDateInAlternativeCalendar",
    "PatientAlternativeCalendar",
})  # fmt: skip
"""Birth and death in another calendar, which the table does not list (local rule)."""
OVERWRITTEN = frozenset({"DeidentificationMethod", "DeidentificationMethodCodeSequence"})
"""What an earlier de-identification said, and Seedbed says anew."""
STATED_DATES = frozenset({"Date", "DateTime"})
"""Where a report states a date, which may be the one of birth."""
NAMED_BY_CODE = frozenset({"PatientName", "PatientID"})


class Action(Enum):
    """What is done to an attribute; items of a sequence that is kept are cleaned in turn."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    KEEP = "K"
    CLEAN = "C"
    NEW_UID = "U"
    SHIFT = "shift"


PLAIN = {action.value: action for action in Action}


def is_known(tag: int) -> bool:
    """Tell whether an attribute is of the standard and not of a repeating group (curves, overlays).

    Overlays are removed whole: without their pixels the rest of the group is not valid (local rule).
    """
    group = tag >> 16
    return (
        group & 1 == 0
        and tag & 0xFFFF != 0
        and group & 0xFF00 not in (0x5000, 0x6000)
        and dictionary_has_tag(tag)
    )


def representation(tag: int) -> str:
    """Return the value representation of a known attribute, the first where there is a choice."""
    return dictionary_VR(tag).split(" ")[0]


@lru_cache(maxsize=8192)
def action_for(tag: int, options: Options) -> Action:
    """Return what is done to an attribute.

    Examples
    --------
    >>> action_for(0x0020000D, Options()).name  # Study Instance UID
    'NEW_UID'
    >>> action_for(0x00081030, Options()).name  # Study Description
    'REMOVE'
    """
    if not is_known(tag):
        return Action.REMOVE
    row, vr, keyword = row_of(tag), representation(tag), keyword_for_tag(tag)
    if keyword in NAMED_BY_CODE:
        return Action.DUMMY
    if row is None:
        return _unlisted(vr, keyword)
    if "modified_dates" in row.options and (vr in TEMPORAL or keyword == "TimezoneOffsetFromUTC"):
        return Action.SHIFT if vr in DATES else _stated(vr)
    if options.keep_characteristics and row.options.get("characteristics") == "K":
        return _stated(vr)
    if keyword in STRUCTURE_NAMES and options.keep_structure_names:
        return Action.CLEAN
    return _resolved(row.basic, vr)


def _resolved(basic: str, vr: str) -> Action:
    choices = basic.rstrip("*").split("/")
    if vr == "UI" and choices != ["X"]:
        return Action.NEW_UID
    if vr != "SQ":
        return PLAIN[choices[-1]]
    return Action.KEEP if "U" in choices else next(PLAIN[choice] for choice in "ZXD" if choice in choices)


def _stated(vr: str) -> Action:
    """Keep what has a form; text stays by its own list only."""
    return Action.CLEAN if vr in FREE_TEXT else Action.KEEP


def _unlisted(vr: str, keyword: str) -> Action:
    """Attributes that the table does not list: numbers and code strings stay, others not (local rule)."""
    if vr in ("UN", "UR") or keyword in CALENDARS | OVERWRITTEN:
        return Action.REMOVE
    if vr == "PN":
        return Action.DUMMY
    if vr == "UI":
        return Action.NEW_UID
    if vr in DATES:
        return Action.SHIFT
    return Action.CLEAN if keyword in TYPED_IN else _stated(vr)
