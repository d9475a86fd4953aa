"""The commands ``seedbed grade`` and ``seedbed ctcae``: grade a laboratory value, find and show terms."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import print_json, say

ctcae_app = typer.Typer(
    help="Terms of CTCAE v5.0: search and show them; import your own copy of the publication.",
    add_completion=False,
    no_args_is_help=True,
)
console = Console()

AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
Folder = Annotated[
    Path | None,
    typer.Option(help="Folder of your own copy; also by SEEDBED_CTCAE.", metavar="DIR"),
]
Limit = Annotated[str | None, typer.Option(metavar="NUMBER", help="In the unit of the value.")]
NO_COPY = (
    "Sentences: none. 'seedbed ctcae import FILE' reads those of your own copy of CTCAE v5.0 (US National "
    "Cancer Institute)."
)


def grade(
    term: Annotated[str, typer.Option(help="A term of CTCAE v5.0 or a laboratory quantity.")],
    value: Annotated[str, typer.Option(metavar="NUMBER", help="The value; a blood pressure as 150/95.")],
    unit: Annotated[str, typer.Option(help="Its unit, such as g/L or 10^9/L; none for a ratio.")] = "",
    low: Limit = None,
    high: Limit = None,
    baseline: Limit = None,
    as_json: AsJson = False,
) -> None:
    """Grade a laboratory value by CTCAE v5.0."""
    from seedbed.journey.toxicity import grade as grade_one

    found = grade_one(term, value, unit, low=low, high=high, baseline=baseline)
    if as_json:
        print_json(found)
        return
    say(f"Grade {found['grade']}: {found['term']}")
    say(f"Value:   {found['text']}")
    for name, number in found["limits"].items():
        say(f"{name + ':':<9}{number}")
    for caveat in found["caveats"]:
        say(f"Note:    {caveat}")
    say(f"Source:  {found['source']}; rule {found['rule']}")


@ctcae_app.command()
def search(
    text: Annotated[list[str], typer.Argument(help="A name, synonym or part of it, English or Chinese.")],
    as_json: AsJson = False,
) -> None:
    """Find terms of CTCAE v5.0 by name, synonym, words or a misspelling."""
    from seedbed.journey.toxicity import search_terms

    found = search_terms(" ".join(text))
    if as_json:
        print_json(found)
        return
    if not found["terms"]:
        say("No term of CTCAE v5.0 found; try another word, or the term 'Other, specify' of the organ class.")
        return
    table = Table("Term", "Organ class", "Grades", "Found by")
    for row in found["terms"]:
        grades = " ".join(map(str, row["grades"]))
        table.add_row(escape(row["term"]), escape(row["organ_class"]), grades, row["how"])
    console.print(table)


@ctcae_app.command("import")
def import_copy(
    file: Annotated[Path, typer.Argument(help="Your copy: CSV, or the Excel file of the NCI.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Read the sentences of your own copy of CTCAE v5.0; they stay in a folder of yours."""
    from seedbed.journey.toxicity import import_ctcae

    found = import_ctcae(file, _folder(folder))
    if as_json:
        print_json(found)
        return
    say(f"Kept the sentences of {found['terms']} terms in {found['path']}")
    for title, names in (
        ("Lacking", "lacking"),
        ("Not of version 5.0", "unknown"),
        ("Other grades", "other_grades"),
    ):
        if found[names]:
            say(f"{title}: {', '.join(found[names])}")


@ctcae_app.command()
def show(
    term: Annotated[list[str], typer.Argument(help="A term of CTCAE v5.0 or a synonym.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show a term: its grades, the numbers of laboratory values, and the sentences of your own copy."""
    from seedbed.journey.toxicity import show_term

    found = show_term(" ".join(term), _folder(folder))
    if as_json:
        print_json(found)
        return
    say(f"{found['term']} ({found['organ_class']})")
    say(f"Grades: {', '.join(map(str, found['grades']))}")
    for scale in found["laboratory"]:
        _print_scale(scale)
    if found["sentences"] is None:
        say(NO_COPY)
        return
    for number, sentence in enumerate(found["sentences"], start=1):
        say(f"Grade {number}: {sentence or '-'}")
    say(f"Definition: {found['definition'] or '-'}")


def _print_scale(scale: dict[str, Any]) -> None:
    when = f", {scale['when']}" if scale["when"] else ""
    say(
        f"By {scale['analyte']}{when}: "
        + "; ".join(f"{each} {text}" for each, text in scale["grades"].items())
    )


def _folder(given: Path | None) -> Path:
    from seedbed.journey.toxicity import ctcae_folder

    return ctcae_folder(given, Path(typer.get_app_dir("seedbed")) / "ctcae")
