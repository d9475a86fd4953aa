"""The tables of an analysis as one HTML page that needs nothing else."""

from markupsafe import Markup

from seedbed.report.analysis_report import AnalysisReport, under_table
from seedbed.report.page import render_page


def analysis_page(report: AnalysisReport) -> str:
    """Write the report as one HTML page.

    Parameters
    ----------
    report : AnalysisReport

    Returns
    -------
    str
        HTML; every text is escaped, the figures stand in it as they are.
    """
    figures = [(figure, Markup(figure.svg)) for figure in report.figures]  # noqa: S704 - drawn by this program
    return render_page("analysis.html", {"report": report, "figures": figures, "under_table": under_table})
