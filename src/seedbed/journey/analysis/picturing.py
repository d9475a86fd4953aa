"""The figures of an analysis: each is drawn where there is something to draw, else the reason is told."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.comparing import GroupTest
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.survival_tables import ENDPOINTS, GroupTimes, log_rank_test
from seedbed.cohort.tables import Table
from seedbed.journey.analysis.drawing import Drawn, draw_courses
from seedbed.journey.analysis.many_processes import Later
from seedbed.journey.progress import Progress, silent
from seedbed.report.analysis_report import FIGURE_WIDTHS_MM, ReportFigure
from seedbed.report.cohort_figures.balance_figure import balance_figure, balance_rows
from seedbed.report.cohort_figures.flow_figure import flow_figure
from seedbed.report.cohort_figures.forest_figure import forest_figures
from seedbed.report.cohort_figures.incidence_figure import incidence_figure
from seedbed.report.cohort_figures.survival_figure import survival_figure

REASONS: Final = {
    **{f"km_{name}": f"nobody has a time of {title.lower()} above zero" for name, title in ENDPOINTS.items()},
    "incidence_lpfs": "whether local progression or death came first is not known, or all times are zero",
    "forest_hazard_ratio": "no hazard ratio can be estimated",
    "balance": "the groups were not weighted",
    "waterfall": "nobody has diameters before treatment and after",
    "spider": "nobody has diameters before treatment and after",
    "swimmer": "nobody was followed beyond the first day of treatment",
    "tg": "nobody has values of thyroglobulin over time",
    "pain": "no visit has values of pain of 3 patients of a group",
    "dose_response": "too few lesions have a verified dose and an answer",
}
"""Of each figure that may be lacking, why."""


def cohort_figures(
    data: AnalysisSet,
    paper: Sequence[Table],
    further: Sequence[Table],
    rules: AnalysisRules,
    *,
    courses: Later[Drawn] | None = None,
    width: str = "double",
    progress: Progress = silent,
) -> tuple[ReportFigure, ...]:
    """Draw all figures of an analysis for which there is something to draw.

    Parameters
    ----------
    data : AnalysisSet
    paper, further : sequence of Table
        The tests and ratios in the figures are those of these tables.
    rules : AnalysisRules
    courses : callable, optional
        Gives the figures of `begin_courses`, where they were begun before.
    width : {"double", "single"}
        Columns of a journal; a flow chart of many groups is wider.
    progress : callable
        Told after each figure.
    """
    tables = {table.id: table for table in (*paper, *further)}
    of_groups = _of_groups(data, tables, rules, FIGURE_WIDTHS_MM[width])
    found, most = [], 1 + len(REASONS)
    for done, each in enumerate(chain(of_groups, _of_courses(data, courses)), 1):
        progress("Drawing the figures", min(done, most), most)
        found += [] if each is None else [each]
    return tuple(found)


def not_drawn(figures: Sequence[ReportFigure]) -> tuple[tuple[str, str], ...]:
    """Return the figures that are lacking, each with the reason.

    Examples
    --------
    >>> not_drawn([ReportFigure(each, "", "", b"") for each in REASONS if each != "balance"])
    (('balance', 'the groups were not weighted'),)
    """
    there = {each.id for each in figures}
    return tuple((id, reason) for id, reason in REASONS.items() if id not in there)


def _of_courses(data: AnalysisSet, begun: Later[Drawn] | None) -> Iterator[ReportFigure | None]:
    yield from draw_courses(data) if begun is None else begun()


def _of_groups(
    data: AnalysisSet, tables: dict[str, Table], rules: AnalysisRules, width_mm: float
) -> Iterator[ReportFigure | None]:
    yield flow_figure(data, width_mm=width_mm)
    for endpoint in ENDPOINTS:
        yield survival_figure(
            data,
            endpoint,
            test=_test(data, tables.get("survival"), endpoint, rules),
            ratios=preferred_ratios(data, tables.get("hazard_ratios"), endpoint),
            width_mm=width_mm,
        )
    gray = _tested(tables.get("competing_risks"), "competing.local_progression")
    yield incidence_figure(data, test=gray, width_mm=width_mm)
    yield from forest_figures(tables.values(), width_mm=width_mm)
    if "balance" in tables:
        yield balance_figure(balance_rows(tables["balance"]), width_mm=width_mm)


def _test(data: AnalysisSet, table: Table | None, endpoint: str, rules: AnalysisRules) -> GroupTest:
    """Return the log-rank test that the table has; without the table it is done."""
    return _tested(table, endpoint) or log_rank_test(GroupTimes.of(data, endpoint), rules)


def _tested(table: Table | None, row_id: str) -> GroupTest | None:
    rows = table.rows if table is not None else ()
    return next((row.tests[0] for row in rows if row.id == row_id and row.tests), None)


def preferred_ratios(data: AnalysisSet, table: Table | None, endpoint: str) -> dict[str, str]:
    """Return the hazard ratios of a table by group: the last of each, Firth's where events are few."""
    found = {}
    for row in table.rows if table is not None else ():
        for name in data.groups:
            if (
                row.level
                and row.id.startswith(f"{endpoint}.{name}.")
                and "hazard_ratio" in row.cells[0].numbers
            ):
                found[name] = row.cells[0].text
    return found
