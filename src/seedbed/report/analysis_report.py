"""What the documents of an analysis are made of: tables, methods, notes, and figures where there are any."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from seedbed.cohort.tables import Table

CHINESE_FONT = "SimSun"
"""What Word shows Chinese letters in; where it is not installed, Word takes another of its own."""

FIGURE_WIDTHS_MM = {"single": 89.0, "double": 183.0}
"""One column of a journal and two (Nature, Lancet and Frontiers lie within 4 mm of them)."""


@dataclass(frozen=True)
class ReportFigure:
    """A figure of the report.

    Attributes
    ----------
    id, title : str
    svg : str
        The picture, as SVG that may stand in a page.
    png : bytes
        The same for Word and slides.
    caption : str
    """

    id: str
    title: str
    svg: str
    png: bytes
    caption: str = ""

    @property
    def files(self) -> dict[str, str | bytes]:
        """Names of its files and what is in them."""
        head = '<?xml version="1.0" encoding="utf-8"?>\n'
        return {f"figures/{self.id}.svg": head + self.svg, f"figures/{self.id}.png": self.png}


@dataclass(frozen=True, kw_only=True)
class AnalysisReport:
    """All that the documents show.

    Attributes
    ----------
    title : str
    dated : date
        Day of the analysis.
    version : str
        Of Seedbed.
    facts : tuple of (str, str)
        What was analysed, line by line.
    paper : tuple of Table
        The tables of the paper.
    further : tuple of Table
        Those that go beyond it, set apart.
    methods : tuple of str
        Paragraphs.
    notes : tuple of str
        What could not be used, and why.
    figures : tuple of ReportFigure
    """

    title: str
    dated: date
    version: str
    facts: tuple[tuple[str, str], ...]
    paper: tuple[Table, ...]
    further: tuple[Table, ...]
    methods: tuple[str, ...]
    notes: tuple[str, ...] = ()
    figures: tuple[ReportFigure, ...] = field(default=())

    @property
    def tables(self) -> tuple[Table, ...]:
        """All tables in their order."""
        return (*self.paper, *self.further)


def shown_text(text: str) -> str:
    r"""Return a text that any document can hold: a question mark for what is not printable.

    Examples
    --------
    >>> shown_text("A\x01B")
    'A?B'
    """
    return text if text.isprintable() else "".join(each if each.isprintable() else "?" for each in text)


def under_table(table: Table) -> Iterator[str]:
    """Return the lines under a table: footnotes, and how the p-values were found."""
    yield from table.footnotes
    if table.methods:
        yield f"Tests: {table.methods}."
