"""The commands ``seedbed sources``: list, show and check seed models, and start a file of one's own."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import print_json

sources_app = typer.Typer(
    help="Seed models: list, show and check them; start a file for a seed of your own.", add_completion=False
)
console = Console()

AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]
Model = Annotated[str, typer.Argument(help="A listed model, or a file ending in .toml.", metavar="NAME|FILE")]
ModelOrAll = Annotated[
    str | None, typer.Argument(help="A model or file; all without it.", metavar="[NAME|FILE]")
]


@sources_app.callback(invoke_without_command=True)
def sources(context: typer.Context, as_json: AsJson = False) -> None:
    """List the seed models with their dose-rate constant, and how far it lies from Monte Carlo."""
    if not context.invoked_subcommand:
        list_all(as_json)


@sources_app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """List the seed models, as 'seedbed sources' does."""
    from seedbed.journey.sources import list_sources

    found = list_sources()
    if as_json:
        print_json(found)
        return
    console.print(_list_table(found["sources"]))


@sources_app.command()
def show(model: Model, as_json: AsJson = False) -> None:
    """Show all that is on file of a seed model, with its tables."""
    from seedbed.journey.sources import show_source

    found = show_source(model)
    if as_json:
        print_json(found)
        return
    console.print(_facts_table(found))
    console.print(_curves_table(found))
    console.print(_anisotropy_table(found))


@sources_app.command()
def check(model: ModelOrAll = None, as_json: AsJson = False) -> None:
    """Check a seed model, or all: definitions, smoothness, constant; leave with 2 where one fails."""
    from seedbed.journey.sources import check_all_sources, check_named_source, refuse_failed

    found = [check_named_source(model)] if model else check_all_sources()
    if as_json:
        print_json(found[0] if model else {"sources": found})
    for each in [] if as_json else found:
        table = Table("Check", "Passes", "Found", title=escape(each["name"]), title_justify="left")
        for finding in each["findings"]:
            table.add_row(finding["check"], _mark(finding), escape(finding["text"]))
        console.print(table)
    for each in found:
        refuse_failed(each)


@sources_app.command()
def template() -> None:
    """Print a file to fill from a vendor's sheet: seedbed sources template > MY_SEED.toml."""
    from seedbed.journey.sources import source_template

    typer.echo(source_template(), nl=False)


def _mark(finding: dict[str, Any]) -> str:
    if not finding["checked"]:
        return "-"
    return "[green]yes[/]" if finding["passes"] else "[bold red]no[/]"


def _list_table(rows: list[dict[str, Any]]) -> Table:
    headings = ("Name", "Seed", "Nuclide", "Lambda", "L mm", "Monte Carlo")
    table = Table(*headings, title="Seed models", title_justify="left")
    for column in table.columns[:2]:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*_list_row(row))
    table.caption = (
        "Lambda in cGy/(h U). Monte Carlo: how far it lies from the egs_brachy value (Safigholi et al. "
        "2020). "
        "'seedbed sources show NAME' names the source of every table."
    )
    table.caption_justify = "left"
    return table


def _list_row(row: dict[str, Any]) -> tuple[str, ...]:
    if row["problem"]:
        return f"[bold red]{escape(row['name'])} (not used)[/]", escape(row["problem"]), "-", "-", "-", "-"
    off = row["monte_carlo_deviation_pct"]
    return (
        escape(row["name"]),
        escape(row["title"]),
        row["radionuclide"],
        f"{row['dose_rate_constant_cgy_per_h_u']:.3f}",
        f"{row['active_length_mm']:.2f}",
        "-" if off is None else f"{off:+.1f} %",
    )


def _facts_table(found: dict[str, Any]) -> Table:
    table = Table(title=escape(found["title"]), title_justify="left", show_header=False)
    facts = {
        "Name": found["name"],
        "Radionuclide": f"{found['radionuclide']}, half-life {found['half_life_days']:g} d",
        "Lambda": f"{found['dose_rate_constant_cgy_per_h_u']:.3f} cGy/(h U)",
        "Active length": f"{found['active_length_mm']:g} mm",
        "Capsule": f"{found['capsule_length_mm']:g} x {found['capsule_diameter_mm']:g} mm",
        "Makers": ", ".join(found["manufacturers"]),
        "Also called": ", ".join(found["aliases"]),
        "Tables from": found["reference"],
        "Lambda from": found["dose_rate_constant_reference"],
        "Calculated": ", ".join(found["derived"]) or "nothing; all printed",
        "Note": found["note"],
        "Checks": "all passed"
        if found["passes"]
        else "FAILS: not used for dose; see 'seedbed sources check'",
    }
    for name, text in facts.items():
        table.add_row(name, escape(text))
    return table


def _curves_table(found: dict[str, Any]) -> Table:
    g = dict(zip(found["g_L"]["r_cm"], found["g_L"]["value"], strict=True))
    phi = dict(zip(found["phi_an"]["r_cm"], found["phi_an"]["value"], strict=True))
    table = Table("r cm", "g_L", "phi_an")
    for radius in sorted({*g, *phi}):
        cells = (f"{curve[radius]:.4g}" if radius in curve else "" for curve in (g, phi))
        table.add_row(f"{radius:g}", *cells)
    return table


def _anisotropy_table(found: dict[str, Any]) -> Table:
    f = found["F"]
    table = Table("F: degrees", *(f"{radius:g} cm" for radius in f["r_cm"]))
    for angle, row in zip(f["theta_deg"], f["value"], strict=True):
        table.add_row(f"{angle:g}", *(f"{value:.3f}" for value in row))
    return table
