"""A cohort analysed: from a register or a spreadsheet to tables, figures, results and a report."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from seedbed.cohort.analysis_rules import AnalysisRules, analysis_rules, read_analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.table_sets import further_tables, paper_tables
from seedbed.cohort.tables import Table
from seedbed.errors import InputError, one_of
from seedbed.journey.analysis.building import SetQuestion, build_set, check_grouping
from seedbed.journey.analysis.describing import Origin, methods, versions
from seedbed.journey.analysis.images import ImageQuestion
from seedbed.journey.analysis.writing import check_folder, write_analysis
from seedbed.journey.progress import Progress, silent
from seedbed.journey.records.importing import ImportQuestion, file_hash, import_records
from seedbed.protocol import load_rules
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.register import is_url
from seedbed.report.analysis_report import FIGURE_WIDTHS_MM, AnalysisReport, ReportFigure
from seedbed.response import load_profile
from seedbed.sheets.reader import READERS


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
        How many judge the images where there are thousands of patients; see `judge_batches`.
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
    rules, criteria = question.rules, load_profile(question.profile).criteria
    progress("Reading", 0, 4)
    with _opened(question) as (clinic, origin, remarks):
        data = build_set(clinic, _set_question(question, rules), progress)
        _refuse_changed(clinic, origin)
    progress("Comparing", 1, 4)
    paper = paper_tables(data, rules)
    further = further_tables(data, rules, tested=paper)
    progress("Drawing", 2, 4)
    figures, lacking = _pictured(data, paper, further, rules=rules, width=question.figure_width)
    said = methods(data, rules, tables=(*paper, *further), origin=origin, criteria=criteria)
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
    files = write_analysis(question.out, report, data=data, results=results)
    return Analysed(data=data, report=report, files=files)


def _check_width(width: str) -> None:
    if width not in FIGURE_WIDTHS_MM:
        raise InputError(
            f"figures of width '{width}'", one_of(FIGURE_WIDTHS_MM, width), "correct --figure-width"
        )


def _pictured(
    data: AnalysisSet,
    paper: tuple[Table, ...],
    further: tuple[Table, ...],
    *,
    rules: AnalysisRules,
    width: str,
) -> tuple[tuple[ReportFigure, ...], tuple[tuple[str, str], ...]]:
    """Return the figures, and the lacking ones with the reason; what draws them is loaded here."""
    from seedbed.journey.analysis.picturing import cohort_figures, not_drawn

    figures = cohort_figures(data, paper, further, rules, width=width)
    return figures, not_drawn(figures)


def _set_question(question: AnalyseQuestion, rules: AnalysisRules) -> SetQuestion:
    return SetQuestion(
        group_by=question.group,
        on=question.on,
        rules=rules,
        protocol=load_rules(question.protocol_file),
        images=ImageQuestion(profile=question.profile, reader=question.reader, processes=question.processes),
    )


@contextmanager
def _opened(question: AnalyseQuestion) -> Iterator[tuple[ClinicRegister, Origin, tuple[str, ...]]]:
    """Open a register, or take a spreadsheet into one that lasts as long as this."""
    source = question.source
    if is_url(source) or not _is_sheet(Path(source)):
        with open_clinic(source) as clinic:
            number, digest = clinic.head()
            yield clinic, Origin(name=_name(clinic), what="register", hash=digest, change_set=number), ()
        return
    with TemporaryDirectory() as folder:
        register = Path(folder) / "register.sqlite"
        remarks = _taken_in(Path(source), register, today=question.today)
        with open_clinic(register) as clinic:
            yield (
                clinic,
                Origin(name=Path(source).name, what="spreadsheet", hash=file_hash(Path(source))),
                remarks,
            )


def _name(clinic: ClinicRegister) -> str:
    """Name a register without the folder that it lies in, which tells of the clinic's computers."""
    return clinic.place if is_url(clinic.where) else Path(clinic.where).name


def _is_sheet(source: Path) -> bool:
    return source.is_dir() or source.suffix.casefold() in READERS


def _taken_in(source: Path, register: Path, *, today: date) -> tuple[str, ...]:
    """Import a spreadsheet by the rules of the register; what it asks about is kept, and told."""
    asked = ImportQuestion(
        source=source, register=register, who="seedbed analyse", today=today, keep_asked=True
    )
    imported = import_records(asked)
    wrong = [fault for fault in imported.faults if fault.severity == "wrong"]
    if wrong:
        raise InputError(
            f"{len(wrong)} cells or rows of '{source.name}' are wrong, the first: {wrong[0].address}: "
            f"{wrong[0].sentence.rstrip('.')}",
            "a spreadsheet in which every cell is right",
            "correct it; 'seedbed registry import' lists all, and can leave them out",
        )
    told = [f"{fault.address}: {fault.sentence}" for fault in imported.faults]
    return (*imported.remarks, *told)


def _refuse_changed(clinic: ClinicRegister, origin: Origin) -> None:
    """Refuse numbers from two states of a register."""
    if origin.what == "register" and clinic.head() != (origin.change_set, origin.hash):
        raise InputError(
            "the register was changed while it was read", "records of one state", "run the analysis again"
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
                    "sources": column.sources,
                    "notes": list(column.notes),
                }
                for name, column in data.columns.items()
            },
        },
    }
