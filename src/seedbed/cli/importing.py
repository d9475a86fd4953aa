"""The command ``seedbed import``: DICOM files of a folder or a PACS into the store."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.pacs import SETTINGS, STORE, SettingsOption, StoreOption
from seedbed.cli.printing import print_json, say
from seedbed.errors import InputError

STOPPED = 130
STOPPED_SENTENCE = (
    "seedbed: stopped; what was kept stays in the store, and the same command completes the import."
)
console = Console()
errors = Console(stderr=True)


def import_files(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder with the files of one patient.")
    ] = None,
    store: StoreOption = STORE,
    skip_damaged: Annotated[
        bool, typer.Option("--skip-damaged", help="Leave damaged files out, instead of refusing all.")
    ] = False,
    pacs: Annotated[
        str | None, typer.Option(metavar="NAME", help="Fetch from this PACS instead of a folder.")
    ] = None,
    study: Annotated[str | None, typer.Option(metavar="UID", help="Study to fetch from the PACS.")] = None,
    settings: SettingsOption = SETTINGS,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Import the DICOM files of one patient into the store: a folder with its subfolders, or from a PACS."""
    from seedbed.cli.progress import shown
    from seedbed.journey.import_files import ImportRequest
    from seedbed.journey.importing import import_folder, import_study, refuse_incomplete
    from seedbed.journey.pacs import GetRequest

    try:
        with shown(errors) as progress:
            if folder is not None and pacs is None and study is None:
                request = ImportRequest(folder=folder, store=store, skip_damaged=skip_damaged)
                found = import_folder(request, progress).to_dict()
            elif folder is None and pacs is not None and study is not None:
                wanted = GetRequest(settings=settings, name=pacs, study_uid=study, store=store)
                found = import_study(wanted, progress).to_dict()
            else:
                raise _neither()
    except KeyboardInterrupt:
        say(STOPPED_SENTENCE, errors)
        sys.exit(STOPPED)
    if as_json:
        print_json(found)
    else:
        _print(found)
    refuse_incomplete(found)


def _neither() -> InputError:
    return InputError(
        "the command names no one place to import from",
        "a folder, or --pacs with --study",
        "say 'seedbed import DIR' or 'seedbed import --pacs NAME --study UID'",
    )


def _print(found: dict[str, Any]) -> None:
    console.print(_table(found))
    for each in found["damaged"]:
        say(f"- Damaged, left out: {each['reason']}")
    for each in found["refused"]:
        say(f"- Not imported: {each['name']}: {each['reason']}")
    for note in found["notes"]:
        say(f"- {note}")
    if found["other_files"]:
        say(f"- {_no_objects(len(found['other_files']))} passed over.")
    say(f"Store: {Path(found['store']).resolve()}")


def _no_objects(count: int) -> str:
    return (
        "1 file is no DICOM object and was" if count == 1 else f"{count} files are no DICOM objects and were"
    )


def _table(found: dict[str, Any]) -> Table:
    who = ", ".join(f"{one['patient_id']} {one['patient_name']}" for one in found["patients"])
    title = f"Patient {who}: {found['new']} new, {found['already_there']} already there"
    table = Table("Study", "Series", "Description", title=escape(title), title_justify="left")
    for heading in ("Objects", "New"):
        table.add_column(heading, justify="right")
    studies = {study["study_uid"]: study for study in found["studies"]}
    for one in found["series"]:
        study = studies[one["study_uid"]]
        table.add_row(
            escape(f"{study['study_date']} {study['study_description']}".strip()),
            escape(one["modality"]),
            escape(one["series_description"]),
            str(one["instances"]),
            str(one["new"]),
        )
    return table
