"""New UIDs that follow from the old ones by a secret key: equal stays equal, different stays different."""

import hmac
import re

from pydicom.uid import UID

from seedbed.dicom.deidentification.profile import profile_table
from seedbed.dicom.deidentification.pseudonym import Options, Pseudonym

RULES = 2
"""Edition of our own rules: to be raised when they leave something else in an object (local rule)."""
REGISTERED = ("1.2.840.10008.1.2.", "1.2.840.10008.5.1.4.", "2.16.840.1.113883.6.")
"""Roots of transfer syntaxes, SOP classes and coding systems, for those that the dictionary lacks."""
IN_TEXT = re.compile(r"[0-2](?:\.\d+){3,}")
IN_BYTES = re.compile(rb"[0-2](?:\.\d+){3,}")


def names_a_definition(uid: str) -> bool:
    """Tell whether a UID is of the standard, such as a SOP class, and so of no patient.

    Examples
    --------
    >>> names_a_definition("1.2.840.10008.5.1.4.1.1.2"), names_a_definition("1.2.840.10008.77.5")
    (True, False)
    """
    return UID(uid).name != uid or uid.startswith(REGISTERED)


def uid_key(pseudonym: Pseudonym, options: Options) -> bytes:
    """Return the key from which new UIDs follow: with other options or rules an object has another UID.

    Examples
    --------
    >>> pseudonym = Pseudonym("SB-7F3K2Q", -100, bytes(32))
    >>> uid_key(pseudonym, Options()) == uid_key(pseudonym, Options(keep_characteristics=True))
    False
    """
    said = f"{profile_table().meta['source']}; rules {RULES}; {options}"
    return hmac.digest(pseudonym.secret, said.encode(), "sha256")


def new_uid(uid: str, key: bytes) -> str:
    """Return the UID that stands for another: HMAC-SHA256 of it, 128 bits of which follow the root 2.25.

    The root 2.25 is for UIDs made of a 128-bit number (ISO/IEC 9834-8, PS3.5 B.2). UIDs of the standard and
    empty ones stay.

    Examples
    --------
    >>> new_uid("1.2.3", b"key") == new_uid("1.2.3", b"key") != new_uid("1.2.4", b"key")
    True
    >>> new_uid("1.2.840.10008.1.2.1", b"key")
    '1.2.840.10008.1.2.1'
    """
    bare = uid.strip("\0 ")
    if not bare or names_a_definition(bare):
        return bare
    return f"2.25.{int.from_bytes(hmac.digest(key, bare.encode(), 'sha256')[:16], 'big')}"


def in_bytes(content: bytes) -> set[str]:
    """Return what looks like a UID within bytes."""
    return {found.decode() for found in IN_BYTES.findall(content)}
