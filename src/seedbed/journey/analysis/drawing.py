"""The figures of what happened to each patient, drawn while the groups are compared."""

from seedbed.cohort.frame import AnalysisSet
from seedbed.journey.analysis.many_processes import Later, OtherProcesses
from seedbed.report.analysis_report import ReportFigure

Drawn = tuple[ReportFigure | None, ...]


def begin_courses(data: AnalysisSet, others: OtherProcesses) -> Later[Drawn]:
    """Let another process draw the figures of the courses; without any, they are drawn when asked for."""
    return others.give(draw_courses, data.untraced())


def draw_courses(data: AnalysisSet) -> Drawn:
    """Draw the figures of what happened to each patient; None where there is nothing to draw."""
    from seedbed.report.cohort_figures.dose_figure import dose_figure  # loads what draws, here only
    from seedbed.report.cohort_figures.pain_figure import pain_figure
    from seedbed.report.cohort_figures.spider_figure import spider_figure
    from seedbed.report.cohort_figures.swimmer_figure import swimmer_figure
    from seedbed.report.cohort_figures.tg_figure import tg_figure
    from seedbed.report.cohort_figures.waterfall_figure import waterfall_figure

    draws = (waterfall_figure, spider_figure, swimmer_figure, tg_figure, pain_figure, dose_figure)
    return tuple(draw(data) for draw in draws)
