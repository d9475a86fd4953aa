"""The command ``seedbed serve``: the workbench in the browser."""

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from seedbed.cli.printing import say
from seedbed.errors import InputError

if TYPE_CHECKING:
    from seedbed.journey.workbench.workplace import WorkplaceAddress
    from seedbed.web.serving import Opened


def serve(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder of the workplace; $SEEDBED_HOME or ~/Seedbed without it."
        ),
    ] = None,
    register: Annotated[
        str, typer.Option(metavar="FILE|URL", help="The register; one in the folder without it.")
    ] = "",
    host: Annotated[str | None, typer.Option(help="Where it listens; this machine alone without it.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="8643 without it; 0 for any.")] = None,
    browser: Annotated[bool, typer.Option(help="Open it in the browser.")] = True,
    tls_cert: Annotated[Path | None, typer.Option(metavar="PEM", help="Certificate.")] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="PEM", help="Its private key.")] = None,
    behind_proxy: Annotated[
        str | None,
        typer.Option(metavar="ORIGIN", help="What browsers show, as https://seedbed.hospital.local."),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Settings of the server.")
    ] = None,
    add_administrator: Annotated[
        str | None, typer.Option(metavar="NAME", help="Add an account, asking for its password, and end.")
    ] = None,
) -> None:
    """Serve the workbench until Ctrl-C: for one user on this machine, or for a department."""
    from seedbed.journey.workbench.workplace import WorkplaceAddress, usual_folder
    from seedbed.web.serving import serve as serve_workplace
    from seedbed.web.settings import load_settings

    stated = {
        "host": host,
        "port": port,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "behind_proxy": behind_proxy,
    }
    chosen = load_settings(settings, stated)
    address = WorkplaceAddress((data or usual_folder()).resolve(), register, chosen.limits)
    if add_administrator is not None:
        _add(address, add_administrator)
        return
    opened: list[Opened] = []

    def ready(now: "Opened") -> None:
        say(_line(now, again=bool(opened)))
        sys.stdout.flush()
        if browser and not opened:
            webbrowser.open(now.address)
        opened.append(now)

    serve_workplace(chosen, address, ready=ready)


def _add(address: "WorkplaceAddress", name: str) -> None:
    from seedbed.journey.workbench.accounts import ADMINISTRATOR, add
    from seedbed.journey.workbench.workplace import open_workplace

    password = typer.prompt("Password", hide_input=True)
    if typer.prompt("Again", hide_input=True) != password:
        raise InputError("two different passwords", "the same twice", "start again")
    with open_workplace(address) as workplace:
        account = add(
            workplace, name, display_name=name, roles=[ADMINISTRATOR], password=password, by="seedbed serve"
        )
        workplace.trail.note("seedbed serve", "account added", detail=f"{account.name}: {ADMINISTRATOR}")
    say(f"Added: {account.name}, {ADMINISTRATOR}.")


def _line(opened: "Opened", *, again: bool) -> str:
    if not opened.local:
        return f"Seedbed is at {opened.address} (Ctrl-C ends it)"
    if again:
        return f"To sign in again: {opened.address}"
    return f"Seedbed is at {opened.address} (single user; the address signs in once; Ctrl-C ends it)"
