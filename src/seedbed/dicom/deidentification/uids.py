"""New UIDs that follow from the old ones by a secret key: equal stays equal, different stays different."""

import hmac
import re

from pydicom.uid import UID

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


def new_uid(uid: str, secret: bytes) -> str:
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
    return f"2.25.{int.from_bytes(hmac.digest(secret, bare.encode(), 'sha256')[:16], 'big')}"


def in_bytes(content: bytes) -> set[str]:
    """Return what looks like a UID within bytes."""
    return {found.decode() for found in IN_BYTES.findall(content)}
