"""The command ``seedbed recist``: response of many subjects from CDISC tumour records."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import errors, print_json, say

console = Console()


def recist(
    tu: Annotated[Path, typer.Option(help="Tumour identification (CDISC TU) as CSV.")],
    tr: Annotated[Path, typer.Option(help="Tumour results (CDISC TR) as CSV.")],
    profile: Annotated[
        str, typer.Option(help="recist11: RECIST 1.1; paper: the criteria of Chen et al. 2025.")
    ] = "recist11",
    subject: Annotated[str | None, typer.Option(help="Only this subject.")] = None,
    reader: Annotated[str | None, typer.Option(help="Only this reader.")] = None,
    compare: Annotated[bool, typer.Option(help="Name where the two profiles differ, and why.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for TU, TR and RS records.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Judge tumour response for every subject and reader; leave with 2 where a row cannot be used."""
    from seedbed.journey.recist import RecistRequest, judge_files, refuse_faults

    result = judge_files(
        RecistRequest(tu=tu, tr=tr, profile=profile, subject=subject, reader=reader, compare=compare, out=out)
    )
    found = result.to_dict()
    if as_json:
        print_json(found)
    else:
        _print(found)
    for sentence in result.faults:
        say(sentence, errors)
    refuse_faults(result)


def _print(found: dict[str, Any]) -> None:
    for subject in found["subjects"]:
        console.print(_table(subject, found["criteria"]))
        for visit in subject["visits"]:
            say(f"  {visit['visit'] or visit['on']}: {visit['reason']} [{', '.join(visit['rule_ids'])}]")
        for note in subject["notes"]:
            say(f"  note: {note}")
    for row in found.get("differences", []):
        where = f"{row['visit']} {row['on'] or ''}".strip()
        say(
            f"{row['subject']}, {row['reader']}, {where or row['what']}: recist11 {row['recist11']}, "
            f"paper {row['paper']}. {row['why']}"
        )


def _table(subject: dict[str, Any], criteria: str) -> Table:
    headings = ("Visit", "On", "Sum", "Nadir", "Base %", "Nadir %", "Target", "Other", "Overall")
    title = f"{subject['subject']}, {subject['reader']}: {criteria}; sums in mm"
    table = Table(*headings, title=escape(title), title_justify="left", box=SIMPLE_HEAD, padding=0)
    for column in table.columns:
        column.overflow = "fold"
    table.columns[1].no_wrap = True
    baseline = "-" if subject["baseline_sum_mm"] is None else f"{subject['baseline_sum_mm']:g}"
    first = (escape(subject["baseline_visit"] or "baseline"), subject["baseline_on"], baseline)
    table.add_row(*first, *[""] * (len(headings) - len(first)))
    for visit in subject["visits"]:
        table.add_row(*_cells(visit))
    progressed = f"; progressed {subject['progressed_on']}" if subject["progressed_on"] else ""
    table.caption = (
        f"Best {subject['best_response']}, confirmed {subject['best_confirmed_response']}{progressed}"
    )
    table.caption_justify = "left"
    return table


def _cells(visit: dict[str, Any]) -> tuple[str, ...]:
    numbers = (visit["target_sum_mm"], visit["nadir_mm"])
    changes = (visit["change_from_baseline_pct"], visit["change_from_nadir_pct"])
    overall = visit["overall_response"]
    return (
        escape(visit["visit"]),
        visit["on"] or "-",
        *("-" if number is None else f"{number:g}" for number in numbers),
        *("-" if change is None else f"{change:+.1f}" for change in changes),
        visit["target_response"] or "-",
        visit["non_target_response"] or "-",
        f"[bold red]{overall}{', new lesion' if visit['new_lesion'] else ''}[/]"
        if overall == "PD"
        else overall,
    )
