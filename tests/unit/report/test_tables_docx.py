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


def test_every_style_has_a_chinese_font(tmp_path: Path) -> None:
    document = Document(str(write_tables_docx(tmp_path / "t.docx", report())))
    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "SimSun"
        assert fonts.get(qn("w:eastAsiaTheme")) is None
    assert document.core_properties.author == "Seedbed 0.1.0"
