"""The files of an analysis: results for machines; tables for Word, Excel, LaTeX, CSV; figures; a report."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import Any

from seedbed.cohort.courses import Courses
from seedbed.cohort.endpoint_records import COLUMNS
from seedbed.cohort.frame import AnalysisSet, Column
from seedbed.errors import OutputError
from seedbed.journey.analysis.many_processes import OtherProcesses
from seedbed.report.analysis_report import AnalysisReport
from seedbed.report.tables_csv import NUMBER_COLUMNS, number_rows, text_rows
from seedbed.report.tables_docx import write_tables_docx
from seedbed.report.tables_html import analysis_page
from seedbed.report.tables_tex import tables_tex
from seedbed.report.tables_xlsx import write_tables_xlsx
from seedbed.sheets import write_csv
from seedbed.sheets.csv_files import FORMULA_STARTS

TRACES = ("start", "end", "records")
"""Columns of the endpoints that tell days and records of a patient."""
COLUMN_DEPTH = 4
"""Mappings within mappings down to what one column of the patients holds."""


def check_folder(out: Path) -> None:
    """Refuse a place where something is.

    Raises
    ------
    OutputError
    """
    if out.is_dir() and not any(out.iterdir()):
        return
    if out.exists():
        raise OutputError(f"'{out}' is there already", "a new or empty folder", "choose another with --out")


def write_analysis(
    out: Path,
    report: AnalysisReport,
    *,
    data: AnalysisSet,
    results: Mapping[str, Any],
    traced: bool = True,
    others: OtherProcesses | None = None,
) -> tuple[Path, ...]:
    """Write all files of an analysis into a folder, and return them.

    Parameters
    ----------
    out : Path
    report : AnalysisReport
    data : AnalysisSet
    results : mapping
    traced : bool
        Whether the endpoints name their days and records.
    others : OtherProcesses, optional
        Where there are any, one writes the documents meanwhile.
    """
    out.mkdir(parents=True, exist_ok=True)
    others = others or OtherProcesses(1)
    rows = replace(data.untraced(), courses=Courses())
    table = others.give(write_analysis_set, out / "csv" / "analysis_set.csv", rows)
    documents = others.give(write_documents, out, report)
    written = _write_results(out / "results.json", results)
    plain = tuple(_write_csv(out / "csv", report, data, traced))
    return (written, *documents(), *_write_figures(out, report), *plain, table())


def write_documents(out: Path, report: AnalysisReport) -> tuple[Path, ...]:
    """Write what people read, and return the files."""
    written = [write_tables_docx(out / "tables.docx", report), write_tables_xlsx(out / "tables.xlsx", report)]
    for name, text in (("tables.tex", tables_tex(report)), ("report.html", analysis_page(report))):
        (out / name).write_text(text, encoding="utf-8")
        written.append(out / name)
    return tuple(written)


def _write_results(path: Path, results: Mapping[str, Any]) -> Path:
    """Write the results; what is no number is null, never NaN."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_pieces(results, COLUMN_DEPTH))
        file.write("\n")
    return path


def _pieces(value: Any, depth: int) -> Iterator[str]:
    """Write what a column holds in one go, which is fast, and no more at once, which bounds the memory."""
    if not depth or not isinstance(value, Mapping):
        yield json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ": "))
        return
    yield "{"
    for at, (name, each) in enumerate(value.items()):
        yield f"{',' if at else ''}{json.dumps(name, ensure_ascii=False)}: "
        yield from _pieces(each, depth - 1)
    yield "}"


def _write_figures(out: Path, report: AnalysisReport) -> Iterator[Path]:
    for figure in report.figures:
        for name, content in figure.files.items():
            path = out / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
            yield path


def _write_csv(folder: Path, report: AnalysisReport, data: AnalysisSet, traced: bool) -> Iterator[Path]:
    for table in report.tables:
        yield write_csv(folder / f"{table.id}.csv", table.columns, text_rows(table))
    every = (row for table in report.tables for row in number_rows(table))
    yield write_csv(folder / "numbers.csv", NUMBER_COLUMNS, every)
    kept = [at for at, name in enumerate(COLUMNS) if traced or name not in TRACES]
    decided = data.courses.endpoints.rows(_plain_texts(data.patients))
    yield _write_plain(
        folder / "endpoints.csv",
        [COLUMNS[at] for at in kept],
        decided if traced else map(itemgetter(*kept), decided),
    )


def write_analysis_set(path: Path, data: AnalysisSet) -> Path:
    """Write a row for each patient."""
    path.parent.mkdir(exist_ok=True)
    names = _plain_texts(data.groups)
    columns = [_cells(column) for column in data.columns.values()]
    rows = zip(
        _plain_texts(data.patients), [names[at] for at in data.group_of.tolist()], *columns, strict=True
    )
    return _write_plain(path, ("patient_id", "group", *data.columns), rows)


def _write_plain(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    """Write rows whose texts are plain already; a float is written in full, None as nothing."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def _plain_texts(texts: Sequence[str]) -> list[str]:
    """Make texts plain that a spreadsheet would run as a formula, as `write_csv` does."""
    return [f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in texts]


def _cells(column: Column) -> list[Any]:
    """Return the values of a column as the cells of a CSV file."""
    if not column.variable.classes:
        return column.plain()
    named = dict(zip(column.variable.classes, _plain_texts(column.variable.classes), strict=True))
    return [named.get(value) for value in column.plain()]
