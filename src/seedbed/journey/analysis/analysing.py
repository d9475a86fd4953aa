"""A cohort analysed: from a register or a spreadsheet to tables, figures, results and a report."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.cohort.analysis_rules import AnalysisRules, analysis_rules, read_analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.row_filters import RowFilter, filtered
from seedbed.cohort.table_sets import further_tables, paper_tables
from seedbed.cohort.tables import Table
from seedbed.errors import InputError, one_of
from seedbed.journey.analysis.batches import ImageQuestion
from seedbed.journey.analysis.building import SetQuestion, build_set, check_grouping
from seedbed.journey.analysis.describing import Origin, methods, versions
from seedbed.journey.analysis.drawing import Drawn, begin_courses
from seedbed.journey.analysis.many_processes import (
    Later,
    OtherProcesses,
    ended_by_error,
    other_processes,
)
from seedbed.journey.analysis.opening import opened_records, refuse_changed
from seedbed.journey.analysis.writing import check_folder, write_analysis
from seedbed.journey.progress import Progress, silent
from seedbed.protocol import load_rules
from seedbed.report.analysis_report import FIGURE_WIDTHS_MM, AnalysisReport, ReportFigure
from seedbed.response import load_profile


@dataclass(frozen=True, kw_only=True)
class AnalyseQuestion:
    """What is analysed, and where the files go.

    Attributes
    ----------
    source : Path or str
        A register (a file or a URL), or what `seedbed registry import` reads: a workbook, a table, a folder.
    out : Path
        A new or empty folder.
    group : str
        ``arm``, or a variable with classes such as ``sex``.
    on : date
        Nothing later is looked at.
    today : date
        Nothing in a spreadsheet is later.
    alpha : float or None
        Level of significance; that of the rules without it.
    rules_file : Path or None
        Rules of the analysis; the shipped ones without it.
    protocol_file : Path or None
        Rules file of another protocol.
    profile : {"recist11", "paper"}
    reader : str or None
        Whose reading counts where a patient has several.
    figure_width : {"double", "single"}
        Columns of a journal that figures are drawn for.
    processes : int
        How many judge the images, and draw, where there are thousands of patients; see `other_processes`.
    filters : tuple of RowFilter
        Patients outside of them are left out, and counted.
    origin : Origin or None
        Where the records came from, where `source` is a copy of them.
    traced : bool
        Whether the files name the records and days that each value came from.
    """

    source: Path | str
    out: Path
    group: str = "arm"
    on: date
    today: date
    alpha: float | None = None
    rules_file: Path | None = None
    protocol_file: Path | None = None
    profile: str = "recist11"
    reader: str | None = None
    figure_width: str = "double"
    processes: int = 1
    filters: tuple[RowFilter, ...] = ()
    origin: Origin | None = None
    traced: bool = True

    @property
    def rules(self) -> AnalysisRules:
        """The rules of the analysis."""
        chosen = analysis_rules() if self.rules_file is None else read_analysis_rules(self.rules_file)
        return chosen.at_level(self.alpha)


@dataclass(frozen=True, kw_only=True)
class Analysed:
    """An analysis.

    Attributes
    ----------
    data : AnalysisSet
    report : AnalysisReport
    files : tuple of Path
    """

    data: AnalysisSet
    report: AnalysisReport
    files: tuple[Path, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return a summary for machines; everything stands in results.json."""
        return {
            "patients": len(self.data.patients),
            "groups": dict(zip(self.data.groups, self.data.sizes, strict=True)),
            "on": self.data.on.isoformat(),
            "excluded": {each.reason: len(each.patients) for each in self.data.exclusions},
            "notes": list(self.report.notes),
            "files": [str(file) for file in self.files],
        }


def analyse_cohort(question: AnalyseQuestion, progress: Progress = silent) -> Analysed:
    """Build the analysis set, make every table and figure, and write all files.

    Raises
    ------
    InputError
        No such source, grouping, profile, width or rule; a spreadsheet with a wrong cell; nobody to
        analyse; a register that was changed while it was read.
    OutputError
        A folder that is not empty.
    """
    check_folder(question.out)
    check_grouping(question.group)
    _check_width(question.figure_width)
    with other_processes(question.processes) as others:
        return _analysed(question, others, progress)


def _analysed(question: AnalyseQuestion, others: OtherProcesses, progress: Progress) -> Analysed:
    rules, criteria = question.rules, load_profile(question.profile).criteria
    progress("Reading", 0, 4)
    with (
        opened_records(question.source, today=question.today) as (clinic, found, remarks),
        ended_by_error(others),  # before a spreadsheet's register goes
    ):
        data = build_set(clinic, _set_question(question, rules), progress, others=others)
        if found.what == "register":
            refuse_changed(clinic, (found.change_set, found.hash))
    origin, data = question.origin or found, filtered(data, question.filters)
    courses = begin_courses(data, others)
    progress("Comparing", 1, 4)
    paper = paper_tables(data, rules)
    further = further_tables(data, rules, tested=paper)
    progress("Drawing", 2, 4)
    figures, lacking = _pictured(
        data, (paper, further), courses, rules=rules, width=question.figure_width, progress=progress
    )
    said = methods(data, rules, tables=(*paper, *further), origin=origin, criteria=criteria)
    said = (*said, *_chosen(question.filters))
    report = AnalysisReport(
        title="Analysis of the cohort",
        dated=question.on,
        version=versions()["seedbed"],
        facts=_facts(data, rules, origin=origin, criteria=criteria),
        paper=paper,
        further=further,
        methods=said,
        notes=(*remarks, *data.notes, *(f"No figure '{name}': {why}" for name, why in lacking)),
        figures=figures,
    )
    progress("Writing", 3, 4)
    results = _results(data, report, rules=rules, origin=origin, question=question)
    results["figures_not_drawn"] = [{"id": name, "reason": why} for name, why in lacking]
    files = write_analysis(
        question.out, report, data=data, results=results, traced=question.traced, others=others
    )
    return Analysed(data=data, report=report, files=files)


def _chosen(filters: tuple[RowFilter, ...]) -> tuple[str, ...]:
    """Say in the methods who was chosen."""
    if not filters:
        return ()
    listed = "; ".join(each.text for each in filters)
    return (
        f"Patients were chosen by what was known before treatment ({listed}); who lacks it was left out.",
    )


def _check_width(width: str) -> None:
    if width not in FIGURE_WIDTHS_MM:
        raise InputError(
            f"figures of width '{width}'", one_of(FIGURE_WIDTHS_MM, width), "correct --figure-width"
        )


def _pictured(
    data: AnalysisSet,
    tables: tuple[tuple[Table, ...], tuple[Table, ...]],
    courses: Later[Drawn],
    *,
    rules: AnalysisRules,
    width: str,
    progress: Progress,
) -> tuple[tuple[ReportFigure, ...], tuple[tuple[str, str], ...]]:
    """Return the figures, and the lacking ones with the reason; what draws them is loaded here."""
    from seedbed.journey.analysis.picturing import cohort_figures, not_drawn

    figures = cohort_figures(data, *tables, rules, courses=courses, width=width, progress=progress)
    return figures, not_drawn(figures)


def _set_question(question: AnalyseQuestion, rules: AnalysisRules) -> SetQuestion:
    return SetQuestion(
        group_by=question.group,
        on=question.on,
        rules=rules,
        protocol=load_rules(question.protocol_file),
        images=ImageQuestion(profile=question.profile, reader=question.reader),
    )


def _facts(
    data: AnalysisSet, rules: AnalysisRules, *, origin: Origin, criteria: str
) -> tuple[tuple[str, str], ...]:
    return (
        ("Patients", f"{len(data.patients)}: {', '.join(data.titles())}"),
        ("Groups by", data.group_by),
        ("As of", data.on.isoformat()),
        ("Records", origin.sentence.removeprefix("Records: ")),
        ("Response", criteria),
        ("Rules", f"{rules.source.name}, edition {rules.source.edition}; level {rules.level.alpha:g}"),
    )


def _results(
    data: AnalysisSet,
    report: AnalysisReport,
    *,
    rules: AnalysisRules,
    origin: Origin,
    question: AnalyseQuestion,
) -> dict[str, Any]:
    """Return everything for machines: each number, how it was made, and the records it came from."""
    return {
        "on": data.on.isoformat(),
        "group_by": data.group_by,
        "groups": [{"name": name, "n": size} for name, size in zip(data.groups, data.sizes, strict=True)],
        "records": vars(origin),
        "profile": question.profile,
        "filters": [vars(each) for each in question.filters],
        "versions": versions(),
        "rules": rules.model_dump(mode="json"),
        "excluded": [{"reason": each.reason, "patients": list(each.patients)} for each in data.exclusions],
        "tables": [table.to_dict() for table in report.paper],
        "better_than_the_paper": [table.to_dict() for table in report.further],
        "methods": list(report.methods),
        "notes": list(report.notes),
        "figures": [
            {"id": each.id, "title": each.title, "caption": each.caption, "files": list(each.files)}
            for each in report.figures
        ],
        "patients": {
            "ids": list(data.patients),
            "groups": [data.groups[at] for at in data.group_of.tolist()],
            "columns": {
                name: {
                    "label": column.variable.label,
                    "unit": column.variable.unit,
                    "values": column.plain(),
                    "sources": column.sources if question.traced else None,
                    "notes": list(column.notes),
                }
                for name, column in data.columns.items()
            },
        },
    }
