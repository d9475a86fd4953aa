"""The command ``seedbed order``: the order and safety sheet."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.plan_options import LanguageOption
from seedbed.cli.printing import print_json
from seedbed.errors import InputError

if TYPE_CHECKING:
    from seedbed.implant.order import OrderSheet

console = Console()
DAY = "YYYY-MM-DD"


def order(
    seeds: Annotated[int, typer.Option(help="Seeds to implant.")],
    calibrated: Annotated[
        str, typer.Option(metavar=DAY, help="Day for which the maker states the strength.")
    ],
    implant: Annotated[str, typer.Option(metavar=DAY, help="Day of implantation.")],
    activity_mci: Annotated[float | None, typer.Option(help="Apparent activity of one seed, mCi.")] = None,
    strength_u: Annotated[float | None, typer.Option(help="Air-kerma strength of one seed, U.")] = None,
    stated_at: Annotated[
        str, typer.Option(metavar="DAY", help="Day of that strength: calibration or implant.")
    ] = "calibration",
    spare: Annotated[int, typer.Option(help="Spare seeds.")] = 0,
    source: Annotated[str, typer.Option(help="Seed model.")] = "6711",
    measured: Annotated[
        str | None,
        typer.Option(metavar="A,B,...", help="Assay, one value a seed, in the unit of the strength given."),
    ] = None,
    measured_on: Annotated[
        str | None, typer.Option(metavar=DAY, help="Day of the assay values; else the calibration day.")
    ] = None,
    distance_m: Annotated[float, typer.Option(help="Distance for the air-kerma rate, m.")] = 1.0,
    rate_msv_h: Annotated[
        float | None, typer.Option(help="Rate measured 1 m from the patient, mSv/h.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the sheet for printing, HTML.")] = None,
    plan: Annotated[
        Path | None, typer.Option(metavar="PLAN.dcm", help="Plan that the seeds are for, named on the sheet.")
    ] = None,
    language: LanguageOption = "en",
    pdf: Annotated[bool, typer.Option(help="Write the sheet as PDF too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Order seeds: activity by day, assay of 10 %, rate at a distance, release rule."""
    from seedbed.journey.order import OrderQuestion, make_order, order_as_dict
    from seedbed.journey.order_paper import OrderPaper, write_order
    from seedbed.journey.sheets import languages_of

    question = OrderQuestion(
        seeds=seeds,
        calibrated=_day(calibrated, "--calibrated"),
        implanted=_day(implant, "--implant"),
        activity_mci=activity_mci,
        strength_u=strength_u,
        stated_at=_stated_at(stated_at),
        spare=spare,
        source=source,
        measured=_numbers(measured),
        measured_on=None if measured_on is None else _day(measured_on, "--measured-on"),
        distance_m=distance_m,
        measured_msv_per_h=rate_msv_h,
    )
    languages = languages_of(language)
    if plan is not None and out is None:
        raise InputError(
            f"--plan '{plan}' without --out", "a sheet to name the plan on", "give --out as well"
        )
    sheet = make_order(question)
    written, notes = ([], []) if out is None else write_order(sheet, OrderPaper(out, plan, languages, pdf))
    if as_json:
        print_json(order_as_dict(sheet))
        return
    console.print(_table(sheet))
    for line in [*(f"- {note}" for note in notes), *(f"Sheet: {file.resolve()}" for file in written)]:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _table(sheet: "OrderSheet") -> Table:
    request = sheet.request
    title = f"{request.radionuclide}, calibrated {request.calibrated}, implanted {request.implanted}"
    table = Table("", "Calibration", "Implantation", title=escape(title), title_justify="left")
    for name, before, after in (
        ("One seed", sheet.seed_at_calibration, sheet.seed_at_implant),
        (f"{request.seeds} to implant", sheet.implanted_at_calibration, sheet.implanted_at_implant),
        (f"{request.delivered} delivered", sheet.delivered_at_calibration, sheet.delivered_at_implant),
    ):
        table.add_row(
            name, *(f"{each.u:.3f} U\n{each.mci:.3f} mCi\n{each.mbq:.1f} MBq" for each in (before, after))
        )
    if request.stated_at == "implant":
        wanted = f"for {request.strength_u:.3f} U on the day"
        table.add_row("Order", f"{sheet.seed_to_order.u:.3f} U a seed", wanted)
    else:
        wanted = f"were {request.strength_u:.3f} U wanted on the day, {sheet.seed_to_order.u:.3f} U"
        table.add_row("Order", f"{sheet.seed_at_calibration.u:.3f} U a seed", wanted)
    least = f"at least {sheet.assay_seeds} (10 %), loose {sheet.assay_seeds_loose}"
    table.add_row("Assay", least, _assay_cell(sheet))
    rate = f"at most {sheet.air_kerma_rate_ugy_per_h:.1f} uGy/h at {request.distance_m:g} m, without tissue"
    table.add_row("Air kerma", "", rate)
    table.add_row("Release", "", escape(sheet.release.sentence))
    rules = ", ".join(rule.id for rule in sheet.rules)
    table.caption = (
        f"Rules: {rules}. Research software, not a cleared medical device; a physicist checks every plan."
    )
    table.caption_justify = "left"
    return table


def _assay_cell(sheet: "OrderSheet") -> str:
    if sheet.assay is None:
        return "not measured yet"
    colour = "green" if sheet.assay.passed else "bold red"
    return f"[{colour}]{escape(sheet.assay.sentence)}[/]"


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{option} is '{text}'", "a day that exists", "write it like 2026-12-01") from error


def _stated_at(text: str) -> Literal["calibration", "implant"]:
    if text == "calibration":
        return "calibration"
    if text == "implant":
        return "implant"
    raise InputError(f"--stated-at is '{text}'", "'calibration' or 'implant'", "choose one of them")


def _numbers(text: str | None) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(",")) if text is not None else ()
    except ValueError as error:
        raise InputError(
            f"--measured is '{text}'", "numbers with commas between them", "write it like 0.69,0.71,0.70"
        ) from error
