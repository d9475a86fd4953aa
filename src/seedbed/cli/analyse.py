"""The command ``seedbed analyse``: a cohort to tables, results and a report."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path, PurePath
from typing import Annotated, Any

import typer

from seedbed.cli.clinic import AsJson, OnOption, the_day
from seedbed.cli.printing import errors, print_json, say


def analyse(
    source: Annotated[
        str, typer.Argument(metavar="REGISTER|FILE.xlsx|FOLDER", help="A register, or tables of records.")
    ],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new or empty folder for the files.")],
    group: Annotated[
        str, typer.Option(metavar="NAME", help="What makes the groups: arm, or a variable such as sex.")
    ] = "arm",
    on: OnOption = None,
    alpha: Annotated[
        float | None, typer.Option(metavar="LEVEL", help="Level of significance; 0.05 by the rules.")
    ] = None,
    profile: Annotated[
        str, typer.Option(help="recist11: RECIST 1.1; paper: the criteria of Chen et al. 2025.")
    ] = "recist11",
    reader: Annotated[
        str | None, typer.Option(metavar="NAME", help="Whose images count where several measured.")
    ] = None,
    analysis_rules: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Other rules of the analysis.")
    ] = None,
    rules: Annotated[
        Path | None, typer.Option("--rules", metavar="FILE", help="Rules file of another protocol.")
    ] = None,
    figure_width: Annotated[
        str, typer.Option(metavar="WIDTH", help="single or double: columns of a journal, 89 or 183 mm.")
    ] = "double",
    as_json: AsJson = False,
) -> None:
    """Compare the groups of a cohort: the paper's tables and better ones, figures; Word, Excel, LaTeX."""
    from seedbed.cli.progress import shown_in_one
    from seedbed.journey.analysis.analysing import AnalyseQuestion, analyse_cohort
    from seedbed.journey.analysis.many_processes import usable_processes

    question = AnalyseQuestion(
        source=source,
        out=out,
        group=group,
        on=the_day(on),
        today=date.today(),
        alpha=alpha,
        rules_file=analysis_rules,
        protocol_file=rules,
        profile=profile,
        reader=reader,
        figure_width=figure_width,
        processes=usable_processes(),
    )
    with shown_in_one(errors) as progress:
        found = analyse_cohort(question, progress).to_dict()
    if as_json:
        print_json(found)
    else:
        _show(found, out)


def _show(found: dict[str, Any], out: Path) -> None:
    groups = ", ".join(f"{name} {size}" for name, size in found["groups"].items())
    say(f"{found['patients']} patients as of {found['on']}: {groups}")
    for reason, count in found["excluded"].items():
        say(f"Left out: {count}, {reason}")
    for note in found["notes"]:
        say(f"Note: {note}")
    say(f"Written to {out}: {counted_by_kind(found['files'])}")


def counted_by_kind(files: Sequence[str]) -> str:
    """Count files by what their names end with, in the order in which they come.

    Examples
    --------
    >>> counted_by_kind(["a/results.json", "a/csv/flow.csv", "a/csv/rates.csv"])
    '3 files (1 json, 2 csv)'
    """
    kinds = Counter(PurePath(file).suffix.removeprefix(".") for file in files)
    return f"{len(files)} files ({', '.join(f'{count} {kind}' for kind, count in kinds.items())})"
