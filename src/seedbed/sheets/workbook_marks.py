"""What a workbook says of its cells beside their values: errors, formulas without one, how they are shown.

The program that reads the values fast gives an error of a formula as an empty cell, 98 % as 0.98, and the
month 2026-02 as its first day; so these cells are looked for in the XML of the workbook (ECMA-376 part 1:
18.3.1.4 cells, 18.8.30 number formats).
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final
from xml.etree.ElementTree import Element, XMLParser, fromstring

from seedbed.errors import TableError
from seedbed.sheets.workbook_reach import check_reach, column_of

MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PERCENT_FORMATS: Final = ("9", "10")
"""Built-in formats 0% and 0.00% (ECMA-376 part 1, 18.8.30)."""
MONTH_FORMATS: Final = ("17", "27", "50", "52", "57")
"""Built-in formats mmm-yy and, in Chinese workbooks, yyyy年m月 (ECMA-376 part 1, 18.8.30)."""
UNSHOWN: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Parts of a format that are no code: quoted, escaped, fillers, conditions and colours."""
CELL: Final = re.compile(
    rb"<(?:\w+:)?c\b(?P<attributes>[^>]*?)(?:/>|>(?P<inner>.*?)</(?:\w+:)?c>)", re.DOTALL
)
REFERENCE: Final = re.compile(rb'\br="([A-Z]+)(\d+)"')
STYLE: Final = re.compile(rb'\bs="(\d+)"')
TYPE: Final = re.compile(rb'\bt="(\w+)"')
FORMULA: Final = re.compile(rb"<(?:\w+:)?f[\s/>]")
SHOWN: Final = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)</")
DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError)
"""What a damaged or protected archive raises, beside what its parts do."""
MOST_BYTES: Final = 2_000_000_000
"""A part of a workbook that unpacks to more is refused (local rule)."""
Place = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True)
class Marks:
    """Cells of a sheet that are more, or less, than their value.

    Attributes
    ----------
    unreadable : Mapping
        What stands in a cell that has no value.
    shown : Mapping
        How a cell is shown: ``%``, ``month``, or as many ``0`` as its digits are filled up to.
    """

    unreadable: Mapping[Place, str]
    shown: Mapping[Place, str]


@dataclass(frozen=True)
class WorkbookMarks:
    """The marks of all sheets, and the calendar of the workbook.

    Attributes
    ----------
    sheets : Mapping
    counts_from_1904 : bool
    """

    sheets: Mapping[str, Marks]
    counts_from_1904: bool


def read_marks(path: Path, called: str) -> WorkbookMarks:
    """Read the marks of a workbook, which sentences call so.

    Raises
    ------
    TableError
        No workbook of Excel's newer kind, a damaged or a protected one, a sheet that reaches too far.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            book = _xml(archive, "xl/workbook.xml")
            targets = {
                each.get("Id"): _part(each.get("Target", ""))
                for each in _xml(archive, "xl/_rels/workbook.xml.rels")
            }
            styles = _formats(archive)
            parts = {
                sheet.get("name", ""): targets[sheet.get(LINK)]
                for sheet in book.iter(f"{MAIN}sheet")
                if "worksheets/" in targets.get(sheet.get(LINK), "")
            }
            for name, part in parts.items():
                with archive.open(part) as opened:
                    check_reach(opened, called, name)
            sheets = {name: _marks(archive, part, styles) for name, part in parts.items()}
            settings = book.find(f"{MAIN}workbookPr")
            return WorkbookMarks(sheets, settings is not None and settings.get("date1904") in ("1", "true"))
    except (*DAMAGED, KeyError, SyntaxError, OSError, ValueError) as error:
        raise TableError(
            f"'{called}' is no workbook that can be read ({type(error).__name__})",
            "an .xlsx file without a password",
            "open it in a spreadsheet program and save it as .xlsx",
        ) from error


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_BYTES:
        raise ValueError(f"{name} is longer than {MOST_BYTES} bytes")
    return archive.read(name)


def _xml(archive: zipfile.ZipFile, name: str) -> Element:
    """Return a small part as a tree; one with entities of its own is refused, so it cannot grow."""
    content = _read(archive, name)
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ValueError(f"{name} declares entities")
    return fromstring(content, XMLParser())  # noqa: S314


def _formats(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """Return how the styles show numbers that are shown as something else."""
    if "xl/styles.xml" not in archive.namelist():
        return {}
    tree = _xml(archive, "xl/styles.xml")
    codes = {each.get("numFmtId", ""): each.get("formatCode", "") for each in tree.iter(f"{MAIN}numFmt")}
    styles = tree.find(f"{MAIN}cellXfs")
    ids = [style.get("numFmtId", "") for style in (styles if styles is not None else ())]
    shown = {b"%d" % number: _shown(each, codes.get(each, "")) for number, each in enumerate(ids)}
    return {style: how for style, how in shown.items() if how}


def _shown(number: str, code: str) -> str:
    """Return how a number format shows a number, where that is another than its value."""
    plain = UNSHOWN.sub("", code).casefold()
    if number in PERCENT_FORMATS or "%" in plain:
        return "%"
    if (number in MONTH_FORMATS and not code) or ({*"ym"} <= {*plain} and not {*"dhs"} & {*plain}):
        return "month"
    return code if re.fullmatch("0{2,}", code) else ""


def _marks(archive: zipfile.ZipFile, part: str, styles: Mapping[bytes, str]) -> Marks:
    content = _read(archive, part)
    shown: dict[Place, str] = {}
    if any(b's="%s"' % style in content for style in styles):
        for found in CELL.finditer(content):
            style = STYLE.search(found["attributes"])
            if style and style[1] in styles and found["inner"]:
                shown[_place(found["attributes"])] = styles[style[1]]
    return Marks(dict(_unreadable(content)), shown)


def _unreadable(content: bytes) -> Iterator[tuple[Place, str]]:
    if b't="e"' not in content and FORMULA.search(content) is None:
        return
    for found in CELL.finditer(content):
        kind, inner = TYPE.search(found["attributes"]), found["inner"] or b""
        value = SHOWN.search(inner)
        if kind and kind[1] == b"e":
            error = value[1].decode("ascii", "replace") if value else "an error"
            yield _place(found["attributes"]), f"{error}, an error of the spreadsheet"
        elif FORMULA.search(inner) and value is None and not (kind and kind[1] == b"str"):
            yield _place(found["attributes"]), "a formula whose value was never worked out"


def _place(attributes: bytes) -> Place:
    found = REFERENCE.search(attributes)
    if found is None:
        raise ValueError("a cell without its place")
    return int(found[2]) - 1, column_of(found[1].decode("ascii")) - 1
