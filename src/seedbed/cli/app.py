"""Commands: each parses, calls one function of the journey and prints."""

import io
import os
import sys
import traceback
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seedbed.cli.analyse import analyse
from seedbed.cli.audit import audit
from seedbed.cli.before_after import before_after
from seedbed.cli.bioeffect import bed
from seedbed.cli.clinic import due, prescribe, screen
from seedbed.cli.ctcae import ctcae_app, grade
from seedbed.cli.dose import dose, dvh
from seedbed.cli.exporting import export
from seedbed.cli.follow import drug, follow
from seedbed.cli.importing import import_files
from seedbed.cli.order import order
from seedbed.cli.pacs import pacs_app
from seedbed.cli.plan import plan
from seedbed.cli.printing import print_json
from seedbed.cli.recist import recist
from seedbed.cli.registry import registry_app
from seedbed.cli.serve import serve
from seedbed.cli.sign import sign
from seedbed.cli.sources import sources_app
from seedbed.cli.spheres import read_sphere
from seedbed.cli.statistics import fisher, km
from seedbed.cli.uncertainty import uncertainty
from seedbed.cli.verify import verify
from seedbed.errors import SeedbedError
from seedbed.journey.keyboard import anything_kept, heard

BAD_INPUT, BUG, STOPPED = 2, 1, 130

USAGE_ERROR: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""The base of what Typer raises on a wrong command line; some versions bundle Click, some import it."""

app = typer.Typer(
    name="seedbed",
    help="Plan, verify and follow iodine-125 seed implants. Research software, not a cleared medical device: "
    "a physicist checks every plan.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)


def run(arguments: list[str] | None = None) -> None:
    """Run a command; turn every error into one sentence and an exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    _write_any_text()
    try:
        with heard():
            if app(given or ["--help"], standalone_mode=False) == STOPPED:
                raise KeyboardInterrupt  # some versions of Typer turn the stop into a return value
    except USAGE_ERROR as error:
        _leave(
            f"{error.format_message().rstrip('.')}; expected a command and options that 'seedbed --help' "
            "lists; correct the command line.",
            BAD_INPUT,
        )
    except SeedbedError as error:
        _leave(str(error), BAD_INPUT)
    except KeyboardInterrupt:
        _leave(f"stopped; {'what was ready is kept' if anything_kept() else 'nothing was written'}.", STOPPED)
    except OSError as error:
        _leave(
            f"'{error.filename or 'a file'}' could not be used ({_why(error)}); expected a file "
            "that can be read or a folder with room to write; check the name, the permissions and the space.",
            BAD_INPUT,
        )
    except Exception as error:  # noqa: BLE001 - the last resort: a user never sees a traceback
        if os.environ.get("SEEDBED_DEBUG"):
            traceback.print_exc()
        _leave(
            f"an error in Seedbed itself ({type(error).__name__}: {error}); please report it with the output "
            "of the same command run with SEEDBED_DEBUG=1.",
            BUG,
        )


def _why(error: OSError) -> str:
    """Say what the system said, without what a library added to it."""
    return error.strerror or str(error).partition("\n")[0]


def _write_any_text() -> None:
    """Write UTF-8 to files and pipes; on a terminal show '?' for what its own encoding lacks.

    Western and Chinese Windows give pipes an encoding that lacks letters of ours.
    """
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, io.TextIOWrapper):
            continue  # a test's or an editor's own stream
        with suppress(ValueError, OSError):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _leave(sentence: str, code: int) -> None:
    errors.print(f"seedbed: {sentence}", style="bold red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(code)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.print(f"seedbed {version('seedbed')}", highlight=False)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Take options that come before a command."""


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Folder for the results.")] = Path("seedbed-demo"),
    ct: Annotated[Path | None, typer.Option(help="Folder with a real CT series.")] = None,
    structures: Annotated[Path | None, typer.Option(help="RTSTRUCT file that belongs to the CT.")] = None,
    target: Annotated[str | None, typer.Option(help="Name of the structure to treat.")] = None,
    sphere: Annotated[
        str | None,
        typer.Option(metavar="X,Y,Z,R", help="Treat only the part of the target in this sphere, mm."),
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="Rules file of another protocol.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the random numbers.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the report in the browser.")] = True,
) -> None:
    """Take one patient through every step: the digital patient, or a real CT."""
    from seedbed.cli.progress import shown
    from seedbed.journey.demo import DemoRequest, run_demo

    request = DemoRequest(
        out=out,
        ct_folder=ct,
        structures_file=structures,
        target=target,
        sphere=read_sphere(sphere),
        rules_file=rules,
        random_seed=seed,
    )
    with shown(errors) as progress:
        summary = run_demo(request, progress)
    from seedbed.cli.tables import demo_table

    console.print(demo_table(summary))
    report = (out / "report.html").resolve()
    console.print(f"Report:  {report}", highlight=False, soft_wrap=True)
    console.print(f"Numbers: {(out / 'summary.json').resolve()}", highlight=False, soft_wrap=True)
    if browser and sys.stdout.isatty():
        webbrowser.open(report.as_uri())


@app.command()
def reproduce(
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Recompute the published p-values and numbers of the paper from its printed tables."""
    from seedbed.journey.reproduce import reproduce as recompute

    found = recompute().to_dict()
    if as_json:
        print_json(found)
        return
    from seedbed.cli.reproduce_tables import reproduction_report

    for table in reproduction_report(found):
        console.print(table)


@app.command()
def rules(
    file: Annotated[
        Path | None, typer.Argument(help="A rules file; the shipped protocol without it.")
    ] = None,
) -> None:
    """Check a rules file and list its rules with their place in the paper."""
    from seedbed.cli.tables import rules_table
    from seedbed.protocol import load_rules

    console.print(rules_table(load_rules(file)))


for command in (
    plan,
    dose,
    dvh,
    uncertainty,
    bed,
    order,
    verify,
    sign,
    serve,
    recist,
    audit,
    km,
    screen,
    prescribe,
    due,
    follow,
    drug,
):
    app.command()(command)
app.command(context_settings={"ignore_unknown_options": True})(fisher)
app.command()(analyse)
app.command()(before_after)
app.command("import")(import_files)
app.command()(export)
app.command()(grade)
app.add_typer(pacs_app, name="pacs")
app.add_typer(sources_app, name="sources")
app.add_typer(ctcae_app, name="ctcae")
app.add_typer(registry_app, name="registry")
