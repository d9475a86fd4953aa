"""The commands ``seedbed pacs``: ask, find, fetch, send, receive."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.errors import InputError, one_of

pacs_app = typer.Typer(
    help="PACS: does it answer, what does it hold; fetch from it, send to it, receive.", add_completion=False
)
console = Console()
errors = Console(stderr=True)

LEVELS = ("PATIENT", "STUDY", "SERIES", "IMAGE")
COLUMNS = {
    "PATIENT": ("PatientID", "PatientName", "PatientBirthDate", "PatientSex"),
    "STUDY": ("StudyDate", "PatientID", "PatientName", "ModalitiesInStudy", "StudyDescription"),
    "SERIES": ("Modality", "SeriesNumber", "SeriesDescription", "NumberOfSeriesRelatedInstances"),
    "IMAGE": ("InstanceNumber", "SOPClassUID"),
}
UIDS = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}
"""What the next command takes; each stands on a line of its own, unbroken."""
LOOK_S = 0.2
STOPPED = 130

Name = Annotated[str, typer.Argument(metavar="NAME", help="A PACS that the settings name.")]
SettingsOption = Annotated[
    Path, typer.Option("--settings", envvar="SEEDBED_SETTINGS", metavar="FILE", help="Settings file (TOML).")
]
StoreOption = Annotated[
    Path, typer.Option(envvar="SEEDBED_STORE", help="Folder of the store; made where there is none.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
SETTINGS, STORE = Path("seedbed.toml"), Path("seedbed-store")


@pacs_app.command()
def echo(name: Name, settings: SettingsOption = SETTINGS, as_json: AsJson = False) -> None:
    """Ask a system whether it answers."""
    from seedbed.journey.pacs import echo_pacs

    found = echo_pacs(settings, name)
    if as_json:
        _print_json(found)
    else:
        _say(f"{name} answers ({found['address']}).")


@pacs_app.command()
def find(
    name: Name,
    patient_id: Annotated[str, typer.Option(help="Patient ID; * and ? stand for any letters.")] = "",
    patient_name: Annotated[str, typer.Option(help="Name, as in 'WANG*' or '王*'.")] = "",
    study_date: Annotated[
        str, typer.Option(metavar="DAY[-DAY]", help="20260131, or a range 20260101-20260131.")
    ] = "",
    modality: Annotated[str, typer.Option(help="CT, RTPLAN, ...")] = "",
    study: Annotated[str, typer.Option(metavar="UID", help="List the series of this study.")] = "",
    series: Annotated[str, typer.Option(metavar="UID", help="List the objects of this series.")] = "",
    level: Annotated[str | None, typer.Option(help="patient, study, series or image.")] = None,
    settings: SettingsOption = SETTINGS,
    as_json: AsJson = False,
) -> None:
    """Ask a PACS what it holds: studies, or the series of a study."""
    from seedbed.journey.pacs import FindRequest, find_in_pacs

    request = FindRequest(
        settings=settings,
        name=name,
        level=_level(level),
        patient_id=patient_id,
        patient_name=patient_name,
        study_date=study_date,
        modality=modality,
        study_uid=study,
        series_uid=series,
    )
    found = find_in_pacs(request)
    if as_json:
        _print_json(found)
        return
    console.print(_matches(found))
    _say_uids(found)
    _say_notes(found)


@pacs_app.command()
def get(
    name: Name,
    study: Annotated[str, typer.Option(metavar="UID", help="Study to fetch.")],
    series: Annotated[str | None, typer.Option(metavar="UID", help="Only this series of it.")] = None,
    store: StoreOption = STORE,
    move: Annotated[
        bool,
        typer.Option("--move", help="Have it sent to our own port (C-MOVE), not over the asking connection."),
    ] = False,
    settings: SettingsOption = SETTINGS,
    as_json: AsJson = False,
) -> None:
    """Fetch a study or series into the store; what is there already is not fetched again."""
    from seedbed.cli.progress import shown
    from seedbed.journey.pacs import GetRequest, get_from_pacs, refuse_incomplete

    request = GetRequest(
        settings=settings, name=name, study_uid=study, store=store, series_uid=series, move=move
    )
    try:
        with shown(errors) as progress:
            found = get_from_pacs(request, progress)
    except KeyboardInterrupt as stop:
        _leave_stopped(stopped_fetching(stop))
    if as_json:
        _print_json(found)
    else:
        _say(f"{_objects(found['count'])} fetched, {found['already']} already there.")
        _say_failed(found, "instance_uid")
        if store.exists():
            _say(f"Store: {store.resolve()}")
    refuse_incomplete(found)


@pacs_app.command()
def send(
    name: Name,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="DICOM files, or folders of them.")],
    settings: SettingsOption = SETTINGS,
    as_json: AsJson = False,
) -> None:
    """Send DICOM files, each as it is."""
    from seedbed.cli.progress import shown
    from seedbed.journey.pacs import refuse_incomplete, send_to_pacs

    try:
        with shown(errors) as progress:
            found = send_to_pacs(settings, name, paths, progress)
    except KeyboardInterrupt as stop:
        _leave_stopped(stopped_sending(stop, name))
    if as_json:
        _print_json(found)
    else:
        had = f", {found['already']} it said it has already" if found["already"] else ""
        _say(f"{_objects(found['stored'])} accepted by {name}{had}.")
        _say_failed(found, "path")
        if found["other_files"]:
            _say(f"- Passed over, as no DICOM objects: {', '.join(found['other_files'])}.")
    refuse_incomplete(found)


@pacs_app.command()
def serve(store: StoreOption = STORE, settings: SettingsOption = SETTINGS) -> None:
    """Receive into the store what other systems send, until Ctrl-C."""
    from seedbed.cli.stopping import stop_when_asked
    from seedbed.journey.pacs import serve as serve_into

    stated = None if settings == SETTINGS and not settings.exists() else settings
    if stated is None:
        _say(
            f"There is no settings file '{settings}': the defaults below are used, and only programs on this "
            "machine can send. [here] in the settings changes both; see the chapter PACS (docs/pacs.md)."
        )
    with stop_when_asked(lambda: _say("Stopping; running transfers are finished.")) as asked:
        found = serve_into(stated, store, ready=_say_ready, told=_say_visit, stop=_Asked(asked))
    _say(f"{_objects(found['count'])} received. Store: {store.resolve()}")


def stopped_fetching(stop: KeyboardInterrupt) -> str:
    """Say how far a fetch had come when Ctrl-C ended it."""
    from seedbed.dicom.pacs import StoppedError

    if not isinstance(stop, StoppedError):
        return "stopped; nothing was fetched."
    return (
        f"stopped; {stop.done} of {_objects(stop.total)} were fetched and stay in the store; "
        "the same command fetches the rest."
    )


def stopped_sending(stop: KeyboardInterrupt, name: str) -> str:
    """Say how much a PACS had accepted when Ctrl-C ended the sending; it may have one object more."""
    from seedbed.dicom.pacs import StoppedError

    if not isinstance(stop, StoppedError):
        return "stopped; nothing was sent."
    return (
        f"stopped; {name} accepted {stop.done} of {_objects(stop.total)}, and may have one more; "
        "the same command sends all of them, those once more."
    )


def _leave_stopped(sentence: str) -> NoReturn:
    errors.print(f"seedbed: {sentence}", style="bold red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(STOPPED)


class _Asked:
    """Waits until the user asks to stop; asking twice, or ending the process, stops the wait too."""

    def __init__(self, asked: Any) -> None:
        self.asked = asked

    def wait(self, timeout: float | None = None) -> bool:
        end = None if timeout is None else time.monotonic() + timeout
        try:
            while not self.asked() and (end is None or time.monotonic() < end):
                time.sleep(LOOK_S)
        except KeyboardInterrupt:
            return True
        return bool(self.asked())


def _level(text: str | None) -> Any:
    if text is not None and text.upper() not in LEVELS:
        raise InputError(
            f"--level is '{text}'", one_of([each.lower() for each in LEVELS], text), "choose one of them"
        )
    return text and text.upper()


def _matches(found: dict[str, Any]) -> Table:
    columns, count = COLUMNS[found["level"]], len(found["matches"])
    title = f"{escape(found['pacs'])}: {count} {'match' if count == 1 else 'matches'}"
    table = Table("No.", title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for number, match in enumerate(found["matches"], start=1):
        values = (escape(match.get(column, "").replace("\\", ", ")) for column in columns)
        table.add_row(str(number), *values)
    return table


def _say_uids(found: dict[str, Any]) -> None:
    """Give the UIDs below the table, where no column breaks them."""
    keyword = UIDS.get(found["level"])
    if keyword is None or not found["matches"]:
        return
    _say(f"No.  {keyword}")
    for number, match in enumerate(found["matches"], start=1):
        _say(f"{number:>3}  {match.get(keyword) or 'not said'}")


def _say_ready(found: dict[str, Any]) -> None:
    callers = ", ".join(found["allowed_callers"]) or "any system (the settings name no allowed_callers)"
    where = f"{found['address']}:{found['port']}{' with TLS' if found['tls'] else ''}"
    _say(f"Listening at {where} as {found['ae_title']}; may send: {callers}.")
    for note in found["notes"]:
        _say(f"- {note}")


def _say_visit(visit: dict[str, Any]) -> None:
    who = f"{visit['caller'] or 'A caller'} at {visit['address']}"
    for study_uid, count in visit["studies"].items():
        _say(f"{who}: {_objects(count)} of study {study_uid} received.")
    for each in visit["failed"]:
        _say(f"{who}: {each['instance_uid']} was not kept: {each['reason']}.")
    if visit["problem"]:
        _say(f"{who}: {visit['problem']}.")


def _say_failed(found: dict[str, Any], key: str) -> None:
    for each in found["failed"]:
        _say(f"- Missing: {each[key]}: {each['reason']}.")
    _say_notes(found)


def _say_notes(found: dict[str, Any]) -> None:
    for note in found["notes"]:
        _say(f"- {note}")


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"


def _say(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _print_json(found: dict[str, Any]) -> None:
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False))
