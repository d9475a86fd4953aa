"""The command ``seedbed bed``: biological effect of a dose, always with its band."""

from math import isfinite
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.printing import print_json

if TYPE_CHECKING:
    from seedbed.dosimetry.bioeffect import BioEffect

console = Console()


def bed(
    dose_gy: Annotated[float, typer.Option(help="Dose of the implant to complete decay, Gy.")],
    source: Annotated[
        str | None, typer.Option(help="Seed model, for its half-life; 6711 by default.")
    ] = None,
    half_life_days: Annotated[
        float | None, typer.Option(help="Half-life instead of a seed model, days.")
    ] = None,
    tissue: Annotated[str, typer.Option(help="thyroid, late-organ or prostate-tg137.")] = "thyroid",
    external: Annotated[
        list[str] | None,
        typer.Option(metavar="NxD[/DAYS]", help="External beam before: 25x2, or 25x2/33. May be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Calculate BED and EQD2 of an implant, with the band over alpha/beta."""
    from seedbed.journey.bioeffect import BioEffectRequest, assess, bioeffect_as_dict, external_beam

    beams = tuple(external_beam(text) for text in external or ())
    found = assess(BioEffectRequest(dose_gy, source, half_life_days, tissue, beams))
    if as_json:
        print_json(bioeffect_as_dict(found))
        return
    console.print(_table(found))


def _table(found: "BioEffect") -> Table:
    title = f"{found.dose_gy:g} Gy to complete decay: {found.tissue}"
    table = Table("alpha/beta (Gy)", "BED (Gy)", "EQD2 (Gy)", title=escape(title), title_justify="left")
    for row in found.band:
        style = "bold" if row.alpha_beta_gy == found.alpha_beta_gy else ""
        table.add_row(f"{row.alpha_beta_gy:g}", f"{row.bed_gy:.1f}", f"{row.eqd2_gy:.1f}", style=style)
    days = f"{found.effective_days:.0f} days" if isfinite(found.effective_days) else "complete decay"
    until = found.remark or f"Effective until {days}."
    beams = f" External beam adds {found.external_bed_gy:.1f} Gy BED." if found.external_bed_gy else ""
    table.caption = escape(f"{until}{beams} {found.statement}")
    table.caption_justify = "left"
    return table
