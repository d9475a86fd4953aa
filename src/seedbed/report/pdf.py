"""A sheet as a PDF: its HTML, laid out by WeasyPrint without a network.

WeasyPrint needs the library Pango, which Windows does not bring; without it, and where a letter has no font,
there is no PDF, and the error says what to do.
"""

import contextlib
import hashlib
import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from seedbed.errors import OutputError

PRINT_INSTEAD: Final = "print the HTML sheet from Chrome or Edge, version 131 or newer"
MISSING_LETTER: Final = ".notdef"
"""How WeasyPrint's warning of a letter without a font begins."""
SHOWN_LETTERS: Final = 5


def make_pdf(html: str, name: str) -> bytes:
    """Lay out a sheet as a PDF; the same HTML gives the same bytes with the same fonts.

    Parameters
    ----------
    html : str
        Pictures as data addresses; nothing else is fetched.
    name : str
        Of the file, for messages.

    Raises
    ------
    OutputError
        Pango is missing, a letter has no font, or a picture cannot be shown.

    Notes
    -----
    Fonts are embedded. The date in the file is that of ``dcterms.created`` in the HTML, its identifier the
    SHA-256 of the HTML.
    """
    weasyprint = _weasyprint()
    identifier = hashlib.sha256(html.encode()).hexdigest().encode()
    with _complaints() as complaints:
        fetcher = weasyprint.urls.URLFetcher(allowed_protocols=["data"])
        content: bytes = weasyprint.HTML(string=html, url_fetcher=fetcher).write_pdf(
            pdf_identifier=identifier
        )
    _check(complaints, name)
    return content


def _weasyprint() -> Any:
    """Load the library; what it prints where Pango is missing is said in a sentence instead."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            import weasyprint
            import weasyprint.urls
    except (OSError, ImportError) as error:
        raise OutputError(
            "the library Pango, which lays out PDF files, cannot be loaded", "Pango", PRINT_INSTEAD
        ) from error
    return weasyprint


class _Complaints(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@contextlib.contextmanager
def _complaints() -> Iterator[list[logging.LogRecord]]:
    """Collect what WeasyPrint complains about."""
    log, handler = logging.getLogger("weasyprint"), _Complaints()
    log.addHandler(handler)
    try:
        yield handler.records
    finally:
        log.removeHandler(handler)


def _letter(complaint: logging.LogRecord) -> str:
    """Return the letter of a warning, which names it as its first value."""
    return str(complaint.args[0]) if isinstance(complaint.args, tuple) and complaint.args else "?"


def _check(complaints: list[logging.LogRecord], name: str) -> None:
    """Refuse a page with a box in place of a letter, or without a picture; odd CSS is harmless."""
    letters = {_letter(each) for each in complaints if MISSING_LETTER in str(each.msg)}
    if letters:
        some = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in sorted(letters)[:SHOWN_LETTERS])
        raise OutputError(
            f"no font on this computer has {len(letters)} letters of '{name}', such as {some}",
            "a font with them",
            f"install Noto Sans CJK SC, or {PRINT_INSTEAD}",
        )
    failed = [each.getMessage() for each in complaints if each.levelno >= logging.ERROR]
    if failed:
        raise OutputError(f"'{name}' lacks a part: {failed[0][:200]}", "all pictures", PRINT_INSTEAD)


def subject_of(path: Path) -> str:
    """Return what a PDF says that it is; empty where it says nothing or is no PDF.

    Notes
    -----
    WeasyPrint writes the ``description`` of the HTML as the PDF's subject.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            return str(document.get_metadata_value("Subject"))
    except (pypdfium2.PdfiumError, OSError):
        return ""
