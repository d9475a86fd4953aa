"""Tables and figures as a Word document: real tables with three lines, footnotes, methods in words."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

from seedbed.cohort.tables import Row, Table
from seedbed.report.analysis_report import (
    CHINESE_FONT,
    AnalysisReport,
    ReportFigure,
    shown_text,
    under_table,
)

LATIN_FONT = "Times New Roman"
BODY_PT, TABLE_PT, NOTE_PT = 10.5, 9.0, 8.0
INDENT_MM = 3.0
PAGE_MM = (297.0, 210.0)
MARGIN_MM = 18.0
FIGURE_MM = (174.0, 205.0)
"""Largest width and height of a figure on an upright page, with its title and caption."""


def write_tables_docx(path: Path, report: AnalysisReport) -> Path:
    """Write the tables of a report as a Word document.

    Parameters
    ----------
    path : Path
    report : AnalysisReport

    Notes
    -----
    Letters are set in Times New Roman, Chinese ones in SimSun; Word takes others where these are missing.
    """
    from docx import Document

    document = Document()
    _set_page(document, report)
    document.add_heading(shown_text(report.title), level=1)
    for name, value in report.facts:
        document.add_paragraph(shown_text(f"{name}: {value}"))
    _add_tables(document, "Tables of the paper", report.paper)
    _add_tables(document, "Better than the paper", report.further)
    _add_texts(document, "Statistical methods", report.methods)
    _add_texts(document, "What could not be used", report.notes)
    _add_figures(document, report.figures)
    document.save(str(path))
    return path


def _set_page(document: Any, report: AnalysisReport) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = (Mm(size) for size in PAGE_MM)
    for side in ("left", "right", "top", "bottom"):
        setattr(section, f"{side}_margin", Mm(MARGIN_MM))
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        _set_font(document.styles[name])
    _set_size(document.styles["Normal"].font, BODY_PT)
    about = document.core_properties
    about.title, about.author = shown_text(report.title), f"Seedbed {report.version}"
    about.created = about.modified = datetime.combine(report.dated, time(), UTC)
    about.comments = ""


def _set_font(style: Any) -> None:
    from docx.oxml.ns import qn

    style.font.name = LATIN_FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), CHINESE_FONT)


def _set_size(font: Any, points: float) -> None:
    from docx.shared import Pt

    font.size = Pt(points)


def _add_texts(document: Any, title: str, lines: tuple[str, ...]) -> None:
    if lines:
        document.add_heading(title, level=2)
    for line in lines:
        document.add_paragraph(shown_text(line))


def _add_tables(document: Any, title: str, tables: tuple[Table, ...]) -> None:
    document.add_heading(title, level=2)
    for table in tables:
        document.add_heading(shown_text(table.title), level=3)
        _add_table(document, table)
        for line in under_table(table):
            _set_size(document.add_paragraph().add_run(shown_text(line)).font, NOTE_PT)


def _add_figures(document: Any, figures: Sequence[ReportFigure]) -> None:
    """Add the figures on upright pages of their own, each with number, title and caption."""
    if not figures:
        return
    from docx.enum.section import WD_ORIENT, WD_SECTION
    from docx.shared import Mm

    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_height, section.page_width = (Mm(size) for size in PAGE_MM)
    document.add_heading("Figures", level=2)
    for number, figure in enumerate(figures, 1):
        document.add_heading(shown_text(f"Figure {number}. {figure.title}"), level=3)
        _add_picture(document, figure)
        _set_size(document.add_paragraph().add_run(shown_text(figure.caption)).font, NOTE_PT)


def _add_picture(document: Any, figure: ReportFigure) -> None:
    """Add a picture in its own size, or as large as the page allows."""
    from docx.shared import Mm

    shape = document.add_picture(BytesIO(figure.png))
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    width, height = FIGURE_MM
    scale = min(1.0, Mm(width) / shape.width, Mm(height) / shape.height)
    shape.width, shape.height = int(scale * shape.width), int(scale * shape.height)
    shape._inline.docPr.set("descr", shown_text(figure.title))


def _add_table(document: Any, table: Table) -> None:
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    rows = list(made.rows)
    for cell, title in zip(rows[0].cells, table.columns, strict=True):
        _write(cell, title, bold=True)
    _repeat_on_each_page(rows[0])
    for line, row in zip(rows[1:], table.rows, strict=True):
        _write_row(line, row)
    _draw_line(rows[0], "top", 12)
    _draw_line(rows[0], "bottom", 6)
    _draw_line(rows[-1], "bottom", 12)


def _write_row(line: Any, row: Row) -> None:
    from docx.shared import Mm

    cells = line.cells
    _write(cells[0], row.label, bold=row.level == 0)
    cells[0].paragraphs[0].paragraph_format.left_indent = Mm(INDENT_MM * row.level)
    for cell, found in zip(cells[1:], row.cells, strict=False):
        _write(cell, found.text, bold=found.strong)


def _write(cell: Any, text: str, *, bold: bool = False) -> None:
    run = cell.paragraphs[0].add_run(shown_text(text))
    run.bold = bold
    _set_size(run.font, TABLE_PT)


def _repeat_on_each_page(row: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _draw_line(row: Any, side: str, eighths: int) -> None:
    """Draw a line along a row, so many eighths of a point thick."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
