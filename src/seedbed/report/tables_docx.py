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
LABEL_SHARE = 0.35
"""Of the width of a table, for its labels (local rule)."""
NARROWEST_MM, LONGEST = 16.0, 26
"""Another column is this wide at least, and wider by its longest text, of so many letters at most."""
ROW_SPACE_PT, NOTE_SPACE_PT = 1.5, 2.0
"""Above and below the text of a cell, and below a footnote."""
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


def _set_space(paragraph: Any, above: float, below: float) -> None:
    from docx.shared import Pt

    paragraph.paragraph_format.space_before = Pt(above)
    paragraph.paragraph_format.space_after = Pt(below)


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
        _add_notes(document, list(under_table(table)))


def _add_notes(document: Any, lines: Sequence[str]) -> None:
    """Add what stands under a table, which stays together."""
    for at, line in enumerate(lines, 1):
        paragraph = document.add_paragraph()
        _set_size(paragraph.add_run(shown_text(line)).font, NOTE_PT)
        _set_space(paragraph, 0.0, NOTE_SPACE_PT)
        paragraph.paragraph_format.keep_with_next = at < len(lines)


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
    _mark(rows[0], "tblHeader")
    for line, row in zip(rows[1:], table.rows, strict=True):
        _write_row(line, row)
    _set_widths(made, table)
    _keep_together(rows, table)
    _draw_line(rows[0], "top", 12)
    _draw_line(rows[0], "bottom", 6)
    _draw_line(rows[-1], "bottom", 12)


def _set_widths(made: Any, table: Table) -> None:
    """Give labels their share of the width, and the rest to the columns by their longest texts."""
    from docx.shared import Mm

    grid = [list(table.columns), *table.grid()]
    longest = [max(len(line[at]) for line in grid if at < len(line)) for at in range(1, len(table.columns))]
    wanted = [min(max(each, 1), LONGEST) for each in longest]
    room = PAGE_MM[0] - 2 * MARGIN_MM
    least = min(NARROWEST_MM, (1 - LABEL_SHARE) * room / len(wanted))
    left = (1 - LABEL_SHARE) * room - least * len(wanted)
    widths = [LABEL_SHARE * room, *(least + left * each / sum(wanted) for each in wanted)]
    made.autofit = False
    for column, width in zip(made._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = Mm(width)
    for row in made._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = Mm(width)


def _keep_together(rows: Sequence[Any], table: Table) -> None:
    """Break no row across pages; keep headings with what follows, and the last row with the footnotes."""
    levels = [row.level for row in table.rows]
    for at, row in enumerate(rows):
        _mark(row, "cantSplit")
        is_heading = 0 < at < len(levels) and levels[at - 1] < levels[at]
        if at == 0 or is_heading or at == len(levels):
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


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
    _set_space(cell.paragraphs[0], ROW_SPACE_PT, ROW_SPACE_PT)


def _mark(row: Any, name: str) -> None:
    """Set a property of a row, such as to be repeated on each page."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement(f"w:{name}")
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
