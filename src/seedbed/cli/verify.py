"""The command ``seedbed verify``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seedbed.cli.plan import file_lines
from seedbed.cli.plan_options import (
    AxesFromNeedlesOption,
    CorrectTiltOption,
    ImplantDateOption,
    LanguageOption,
    PermanentOption,
    SeriesOption,
    SourceOption,
    day_of,
)
from seedbed.cli.printing import print_json, say
from seedbed.cli.spheres import read_sphere

Several = list[str] | None


def verify(
    ct: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the CT after implantation.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    structures: Annotated[
        Path | None, typer.Option(metavar="RS.dcm", help="RTSTRUCT with the target.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Structure treated; may be left out if it is the only one.")
    ] = None,
    organ: Annotated[Several, typer.Option(help="Organ; say it again for more; all without it.")] = None,
    sphere: Annotated[
        str | None,
        typer.Option(metavar="X,Y,Z,R", help="Judge only the part of the target in this sphere, mm."),
    ] = None,
    plan: Annotated[
        Path | None, typer.Option(metavar="RP.dcm", help="RTPLAN of what was planned.")
    ] = None,
    plan_ct: Annotated[
        Path | None, typer.Option(metavar="DIR", help="CT of the planning: registered to the CT.")
    ] = None,
    plan_structures: Annotated[
        Path | None,
        typer.Option(metavar="RS.dcm", help="Target as drawn on the planning CT too: tells swelling."),
    ] = None,
    drawn_on: Annotated[
        str | None,
        typer.Option(metavar="ct|plan-ct", help="Which CT the structures lie on, where both share a frame."),
    ] = None,
    deformable: Annotated[
        bool, typer.Option("--deformable", help="Let the registration bend, after the rigid one.")
    ] = False,
    count: Annotated[int | None, typer.Option(help="Seeds implanted; used, never forced.")] = None,
    seeds: Annotated[
        Path | None,
        typer.Option(metavar="seeds.csv", help="The list of seeds as you corrected it."),
    ] = None,
    rx: Annotated[
        float | None, typer.Option("--rx", "--prescription-gy", help="Prescription, Gy; else the plan's.")
    ] = None,
    activity_mci: Annotated[
        float | None, typer.Option(help="Each seed at implantation, mCi; else as planned.")
    ] = None,
    strength_u: Annotated[
        float | None, typer.Option(help="Each seed at implantation, U; else as planned.")
    ] = None,
    source: SourceOption = None,
    implant_date: ImplantDateOption = None,
    permanent: PermanentOption = False,
    axes_from_needles: AxesFromNeedlesOption = False,
    series: SeriesOption = None,
    plan_series: Annotated[
        str | None, typer.Option(metavar="UID|NUMBER|TEXT", help="CT series of the planning, of several.")
    ] = None,
    correct_tilt: CorrectTiltOption = False,
    top_up: Annotated[bool, typer.Option(help="Plan further seeds where the target is cold.")] = True,
    stock_mci: Annotated[
        list[float] | None, typer.Option(help="Seed in stock for a top-up, mCi; again for more.")
    ] = None,
    stock_u: Annotated[
        list[float] | None, typer.Option(help="Seed in stock for a top-up, U; again for more.")
    ] = None,
    site: Annotated[str, typer.Option(help="surface, bone or other: goals of the top-up.")] = "other",
    goal: Annotated[
        Several, typer.Option(help="Change a goal, such as 'SpinalCord:Dmax<=45!'; again for more.")
    ] = None,
    mode: Annotated[str, typer.Option(help="Needles of a top-up: parallel or fan.")] = "parallel",
    pictures: Annotated[bool, typer.Option(help="Draw pictures.")] = True,
    language: LanguageOption = "en",
    pdf: Annotated[bool, typer.Option(help="Write the sheet as PDF too.")] = True,
    follows: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Signed verification that this one amends.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:  # fmt: skip
    """Find every seed on the CT after implantation, and say what dose was given and where it is cold."""
    from seedbed.cli.progress import shown_in_one
    from seedbed.journey.sheets import languages_of
    from seedbed.journey.verification.making import verify_implant
    from seedbed.journey.verification.question import VerifyQuestion

    question = VerifyQuestion(
        ct_folder=ct, out=out, structures_file=structures, target=target, organs=tuple(organ or ()),
        sphere=read_sphere(sphere), plan_file=plan, plan_ct_folder=plan_ct,
        plan_structures_file=plan_structures, drawn_on=drawn_on, permanent=permanent,
        deformable=deformable, series=series, plan_series=plan_series, correct_tilt=correct_tilt,
        axes_from_needles=axes_from_needles, count=count, seeds_file=seeds, rx_gy=rx, strength_u=strength_u,
        activity_mci=activity_mci, source=source, implant_on=day_of(implant_date), site=site,
        goals=tuple(goal or ()), stock_u=tuple(stock_u or ()), stock_mci=tuple(stock_mci or ()), mode=mode,
        top_up=top_up, pictures=pictures, pdf=pdf, follows=follows, random_seed=seed,
        languages=languages_of(language),
    )  # fmt: skip
    with shown_in_one(Console(stderr=True)) as progress:
        found = verify_implant(question, progress)
    if as_json:
        print_json(found)
    else:
        _show(found, out)


def _show(found: dict[str, Any], out: Path) -> None:
    from seedbed.cli.verify_tables import dose_table, seeds_table

    console = Console()
    console.print(seeds_table(found))
    if found["dose"] is not None:
        console.print(dose_table(found))
        for words in found["cold_words"]:
            say(f"Cold: {words}", console)
    for note in found["notes"]:
        say(f"- {note}", console)
    say(found["seedbed"]["notice"], console)
    for line in file_lines(found["files"], out.resolve()):
        say(line, console)
