"""Values that say nothing and are valid for their value representation (PS3.5, 6.2)."""

from typing import Any

from pydicom.datadict import keyword_for_tag

from seedbed.dicom.deidentification.pseudonym import Pseudonym

WORD = "ANONYMOUS"
BY_VR: dict[str, Any] = {
    "PN": "Anonymous", "AS": "000Y", "DA": "19000101", "DT": "19000101", "TM": "000000",
    "UR": "urn:anonymous",
    "IS": 0, "DS": 0, "FL": 0.0, "FD": 0.0, "OB": b"\0\0", "OW": b"\0\0", "UN": b"",
    **dict.fromkeys(("US", "SS", "UL", "SL", "UV", "SV", "AT"), 0),
    **dict.fromkeys(("OD", "OF", "OL", "OV"), b"\0" * 8),
}  # fmt: skip
"""What the profile calls a dummy value (PS3.15, Table E.1-1a); other text is ``ANONYMOUS``."""


def dummy(tag: int, vr: str, pseudonym: Pseudonym) -> Any:
    """Return a dummy value; name and ID of the patient are the code.

    Examples
    --------
    >>> pseudonym = Pseudonym("SB-7F3K2Q", -100, bytes(32))
    >>> dummy(0x00100010, "PN", pseudonym), dummy(0x00100020, "LO", pseudonym)
    ('Anonymous^SB-7F3K2Q', 'SB-7F3K2Q')
    >>> dummy(0x300A0002, "SH", pseudonym)
    'ANONYMOUS'
    """
    keyword = keyword_for_tag(tag)
    if keyword in ("PatientName", "PatientID"):
        return pseudonym.code if keyword == "PatientID" else f"Anonymous^{pseudonym.code}"
    return BY_VR.get(vr, WORD)
