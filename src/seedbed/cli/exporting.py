"""The command ``seedbed export``: the objects of a case to a folder or a PACS."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seedbed.cli.pacs import stopped_sending
from seedbed.cli.printing import print_json, say

STOPPED = 130
errors = Console(stderr=True)


def export(
    case: Annotated[
        str,
        typer.Argument(
            metavar="CASE", help="A folder, as 'seedbed plan' writes it; or a Patient ID or Study UID."
        ),
    ],
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write; new or empty.")] = None,
    pacs: Annotated[str | None, typer.Option(metavar="NAME", help="PACS that the settings name.")] = None,
    also: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="DIR", help="Further objects of the patient, as the CT of a plan; may be repeated."
        ),
    ] = None,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Take all that tells who the patient is out of the copies.")
    ] = False,
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv", help="Table from code to patient; needed to de-identify, kept apart."
        ),
    ] = None,
    keep_characteristics: Annotated[
        bool, typer.Option("--keep-characteristics", help="Keep age, sex, size and weight in clean copies.")
    ] = False,
    structure_names: Annotated[
        bool, typer.Option(help="Keep names of structures that are made of known words in clean copies.")
    ] = True,
    store: Annotated[Path, typer.Option(envvar="SEEDBED_STORE", help="Folder of the store.")] = Path(
        "seedbed-store"
    ),
    settings: Annotated[
        Path, typer.Option(envvar="SEEDBED_SETTINGS", metavar="FILE", help="Settings file (TOML).")
    ] = Path("seedbed.toml"),
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Export the DICOM objects of a case, as they are or de-identified."""
    from seedbed.cli.progress import shown
    from seedbed.dicom.deidentification import Options
    from seedbed.errors import InputError
    from seedbed.journey.exporting import ExportRequest, export_case
    from seedbed.journey.pacs import refuse_incomplete

    if not deidentify and (keep_characteristics or not structure_names):
        raise InputError(
            "--keep-characteristics or --no-structure-names without --deidentify",
            "them with clean copies only",
            "add --deidentify and --key FILE.csv",
        )
    if deidentify != (key is not None):
        raise InputError(
            "--deidentify without --key" if deidentify else "--key without --deidentify",
            "both: the table from code to patient lies where you say, apart from the export",
            "add --key FILE.csv" if deidentify else "add --deidentify",
        )
    request = ExportRequest(
        case, to, pacs, settings, store, also=tuple(also or ()), key_file=key,
        cleaning=Options(keep_structure_names=structure_names, keep_characteristics=keep_characteristics),
    )  # fmt: skip
    try:
        with shown(errors) as progress:
            found = export_case(request, progress)
    except KeyboardInterrupt as stop:
        if pacs is None:
            raise
        say(f"seedbed: {stopped_sending(stop, pacs)}", errors)
        sys.exit(STOPPED)
    if as_json:
        print_json(found)
    else:
        _print(found)
    refuse_incomplete(found)


def _print(found: dict[str, Any]) -> None:
    how = "de-identified" if found["deidentified"] else "as they are"
    objects = ", ".join(f"{count} {kind}" for kind, count in found["objects"].items())
    say(f"{objects} to {found['to']}, {how}.")
    if "already" in found:
        had = f", {found['already']} it said it has already" if found["already"] else ""
        say(f"{found['stored']} accepted{had}.")
    for each in found["left_out"]:
        say(f"- Left out: {each['path']}: {each['reason']}")
    for note in found["notes"]:
        say(f"- {note}")
    if "key" in found:
        say(f"Table from code to patient: {Path(found['key']).resolve()}")
