"""The command ``seedbed audit``: a published study, typed in, against its own arithmetic."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import print_json, say

console = Console()
COLOURS = {"certain": "bold red", "likely": "yellow", "possible": "cyan"}


def audit(
    paper: Annotated[Path, typer.Argument(metavar="PAPER.toml", help="The typed paper; see docs/audit.md.")],
    everything: Annotated[bool, typer.Option("--all", help="List what is fine as well.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Check the printed numbers of a study against each other; what it finds is a result, not an error."""
    from seedbed.journey.audit import audit_paper

    found = audit_paper(paper).to_dict()
    if as_json:
        print_json(found)
        return
    say(found["paper"]["source"])
    console.print(_table(found["findings"]))
    for number, one in enumerate(found["findings"], start=1):
        say(f"{number}. {one['arithmetic']}. To settle: {one['settle']}.")
    for key, title in (("no_power", "Cannot be told"), ("fine", "Fine")):
        if key == "no_power" or everything:
            say(f"{title}:" if found[key] else f"{title}: nothing")
            for one in found[key]:
                say(f"  {one['class']}, {_place(one['where'])}: {one['text']}")
    counts = found["counts"]
    sure = ", ".join(f"{count} {name}" for name, count in counts["by_certainty"].items())
    say(
        f"{counts['findings']} findings ({sure}); {counts['fine']} fine; {counts['no_power']} cannot be told."
    )


def _table(findings: list[dict[str, Any]]) -> Table:
    table = Table("No.", "Sure", "Where", "Finding", box=SIMPLE_HEAD, padding=0)
    for column in table.columns:
        column.overflow = "fold"
    for number, one in enumerate(findings, start=1):
        sure = one["certainty"]
        table.add_row(
            str(number), f"[{COLOURS[sure]}]{sure}[/]", escape(_place(one["where"])), escape(one["text"])
        )
    return table


def _place(where: dict[str, str]) -> str:
    group = where["column"] and f"group {where['column']}"
    return ", ".join(filter(None, (where["place"], where["row"], group)))
