"""Word documents, read back."""

from pathlib import Path

from docx import Document
from docx.oxml.ns import qn
from tests.unit.report.analysis_reports import TABLE, report

from seedbed.report.tables_docx import write_tables_docx


def test_tables_lines_footnotes_and_chinese(tmp_path: Path) -> None:
    document = Document(str(write_tables_docx(tmp_path / "t.docx", report())))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[0].cells] == list(TABLE.columns)
    assert table.cell(1, 2).paragraphs[0].runs[0].bold
    assert not table.cell(1, 1).paragraphs[0].runs[0].bold
    assert table.cell(1, 0).text.endswith("联合组 ?")
    assert [cell.text for cell in table.rows[2].cells] == ["Not known", "\u22121", ""]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    borders = [side.tag.rpartition("}")[2] for side in table.cell(0, 0)._tc.tcPr.find(qn("w:tcBorders"))]
    assert borders == ["top", "bottom"]
    lines = [each.text for each in document.paragraphs]
    assert {"A footnote with 5 % and <tags>.", "What was run & how.", "One <note>."} <= set(lines)


def test_rows_stay_whole_and_with_their_title_and_footnotes(tmp_path: Path) -> None:
    document = Document(str(write_tables_docx(tmp_path / "t.docx", report())))
    (table,) = document.tables
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert (kept[0], kept[-1]) == (True, True)
    title = next(each for each in document.paragraphs if each.text == TABLE.title)
    assert title.style.paragraph_format.keep_with_next
    lines = [each.text for each in document.paragraphs]
    first = document.paragraphs[lines.index(TABLE.footnotes[0])]
    assert first.paragraph_format.keep_with_next


def test_labels_have_their_share_of_the_width(tmp_path: Path) -> None:
    document = Document(str(write_tables_docx(tmp_path / "t.docx", report())))
    section, (table,) = document.sections[0], document.tables
    room = section.page_width - section.left_margin - section.right_margin
    for row in table.rows:
        widths = [cell.width for cell in row.cells]
        assert widths[0] >= 0.349 * room
        assert min(widths[1:]) >= 15.9 * 36000  # millimetres
        assert abs(sum(widths) - room) < 36000


def test_every_style_has_a_chinese_font(tmp_path: Path) -> None:
    document = Document(str(write_tables_docx(tmp_path / "t.docx", report())))
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "SimSun"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert document.core_properties.author == "Seedbed 0.1.0"
