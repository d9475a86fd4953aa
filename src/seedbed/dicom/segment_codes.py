"""What a segment is, in DICOM's codes: a sourced table."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pydicom import Dataset

from seedbed.tables import read_table

PARTS = ("scheme", "code", "meaning")


@dataclass(frozen=True)
class Coded:
    """A coded concept: scheme, code, meaning."""

    scheme: str
    code: str
    meaning: str


@dataclass(frozen=True)
class SegmentCode:
    """Category and type of a segment, and the RT ROI interpreted type that it stands for."""

    kind: str
    category: Coded
    type: Coded


def coded_item(coded: Coded) -> Dataset:
    """Return a concept as an item of a code sequence (PS3.3 8.8).

    Examples
    --------
    >>> coded_item(code_of("GTV").type).CodeValue
    '108369006'
    """
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = coded.code, coded.scheme, coded.meaning
    return item


@cache
def segment_codes() -> dict[str, SegmentCode]:
    """Return the codes by kind, the empty kind for what is not listed.

    Examples
    --------
    >>> segment_codes()["GTV"].type.meaning
    'Neoplasm'
    """
    table = read_table(files("seedbed.dicom") / "segment_codes.csv")
    return {
        row["kind"]: SegmentCode(
            row["kind"],
            category=Coded(*(row[f"category_{part}"] for part in PARTS)),
            type=Coded(*(row[f"type_{part}"] for part in PARTS)),
        )
        for row in table.rows
    }


def code_of(kind: str) -> SegmentCode:
    """Return the codes of a kind, those of tissue where it has none of its own.

    Examples
    --------
    >>> code_of("AVOIDANCE").type.meaning
    'Tissue'
    """
    return segment_codes().get(kind, segment_codes()[""])


def kind_of(scheme: str, code: str) -> str:
    """Return the kind that the type of a segment stands for; empty where it is not listed.

    Examples
    --------
    >>> kind_of("SCT", "91772007"), kind_of("SCT", "69748006")
    ('ORGAN', '')
    """
    known = {(each.type.scheme, each.type.code): each.kind for each in segment_codes().values()}
    return known.get((scheme, code), "")
