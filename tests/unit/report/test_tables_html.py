"""The page: everything escaped but the figures, which stand in it as they are."""

from tests.unit.report.analysis_reports import report

from seedbed.report.analysis_report import ReportFigure
from seedbed.report.tables_html import analysis_page


def test_texts_are_escaped() -> None:
    page = analysis_page(report())
    assert "&lt;b&gt;50%&lt;/b&gt;" in page
    assert '<td class="strong">0.063</td>' in page
    assert "One &lt;note&gt;." in page
    assert "Tests: Kruskal-Wallis test: age." in page
    assert "<h2>Figures</h2>" not in page


def test_figures_have_their_place() -> None:
    figure = ReportFigure("km_os", "Overall survival", "<svg><path d='M0 0'/></svg>", b"", "At risk & so on")
    page = analysis_page(report((figure,)))
    assert "<svg><path d='M0 0'/></svg>" in page
    assert page.index("<h2>Figures</h2>") < page.index("<h2>Better than the paper</h2>")
    assert "At risk &amp; so on" in page
