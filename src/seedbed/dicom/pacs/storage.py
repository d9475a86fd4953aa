"""Kinds of objects and their encodings: what to propose and accept, so that each travels as it is stored."""

from collections.abc import Iterable
from importlib.resources import files

from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)
from pynetdicom import ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts
from pynetdicom.presentation import PresentationContext, build_context

from seedbed.tables.reader import read_table

PLAIN = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
"""Any two systems share one of these, and an object goes from one to the other without loss."""
_NOT_HELD = ("JPIP", "SMPTE")  # the pixels of these lie elsewhere or are streamed
COMPRESSED = tuple(
    syntax
    for syntax in map(UID, ALL_TRANSFER_SYNTAXES)
    if syntax.is_compressed and not syntax.is_deflated and not syntax.name.startswith(_NOT_HELD)
)
HELD = (*PLAIN, ExplicitVRBigEndian, *COMPRESSED)
"""Not what is deflated as a whole: it may grow without bounds, and any system can send it plain instead."""
MOST_CONTEXTS = 128
"""PS3.8, 9.3.2.2: the numbers of contexts are the odd ones from 1 to 255."""


def accepted_contexts() -> list[PresentationContext]:
    """Return what a receiver accepts: every storage class, in every encoding that holds the pixels."""
    return [
        build_context(context.abstract_syntax or "", list(HELD)) for context in AllStoragePresentationContexts
    ]


def usual_classes() -> list[UID]:
    """Return the kinds of objects to expect where a PACS does not say what it holds.

    Examples
    --------
    >>> usual_classes()[0].name
    'CT Image Storage'
    """
    table = read_table(files("seedbed.dicom.pacs") / "storage_classes.csv")
    return [UID(row["uid"]) for row in table.rows]


def proposed_contexts(classes: Iterable[str], most: int, *, plain: bool = True) -> list[PresentationContext]:
    """Return contexts by which a PACS can send each object as it stores it.

    Of one context the PACS picks one encoding, so each has a context of its own as far as they reach; the
    rarest share the last.

    Parameters
    ----------
    classes : iterable of str
        UIDs of the kinds of objects.
    most : int
        Number of contexts to have at most.
    plain : bool
        Whether to propose the plain encodings too.

    Examples
    --------
    >>> [len(each.transfer_syntax) for each in proposed_contexts(["1.2.840.10008.5.1.4.1.1.2"], 3)]
    [2, 1, ...]
    """
    kinds = sorted(set(classes))[:most]
    singles: list[list[str | UID]] = [[*PLAIN]] if plain else []
    singles += [[syntax] for syntax in BY_USE]
    alone = min(most // max(len(kinds), 1), len(singles)) - 1
    groups = [*singles[:alone], [syntax for group in singles[alone:] for syntax in group]]
    return [build_context(kind, group) for kind in kinds for group in groups]


_FIRST = (
    "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.81", "1.2.840.10008.1.2.4.201",
)  # fmt: skip
BY_USE = (*map(UID, _FIRST), *(syntax for syntax in HELD[2:] if syntax not in _FIRST))
"""All encodings but the plain ones; local rule: those that archives use come first."""
