"""The command ``seedbed plan``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seedbed.cli.plan_options import (
    AxesFromNeedlesOption,
    CorrectTiltOption,
    LanguageOption,
    PlannedDateOption,
    SeriesOption,
    SourceOption,
    day_of,
)
from seedbed.cli.printing import print_json
from seedbed.cli.spheres import read_sphere

Several = list[str] | None
STOPPING = "Stopping: the best plan so far is judged and written. Press Ctrl-C again to leave without it."


def plan(
    ct: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the CT series.")],
    structures: Annotated[Path, typer.Option(metavar="RS.dcm", help="RTSTRUCT that belongs to the CT.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")],
    rx: Annotated[float, typer.Option("--rx", "--prescription-gy", help="Prescription, Gy.")],
    target: Annotated[
        str | None, typer.Option(help="Structure to treat; may be left out if it is the only one.")
    ] = None,
    organ: Annotated[Several, typer.Option(help="Organ; say it again for more; all without it.")] = None,
    sphere: Annotated[
        str | None,
        typer.Option(metavar="X,Y,Z,R", help="Plan only the part of the target in this sphere, mm."),
    ] = None,
    series: SeriesOption = None,
    correct_tilt: CorrectTiltOption = False,
    activity_mci: Annotated[
        list[float] | None, typer.Option(help="Seed in stock at implantation, mCi; again for more.")
    ] = None,
    strength_u: Annotated[
        list[float] | None, typer.Option(help="Seed in stock at implantation, U; again for more.")
    ] = None,
    source: SourceOption = None,
    site: Annotated[str, typer.Option(help="surface, bone or other: goals and usual activity.")] = "other",
    goal: Annotated[
        Several, typer.Option(help="Change a goal, such as 'SpinalCord:Dmax<=45!'; again for more.")
    ] = None,
    mode: Annotated[str, typer.Option(help="parallel, fan, or fixed (only needles given).")] = "parallel",
    needle: Annotated[
        Several,
        typer.Option(metavar="NAME:X,Y,Z:X,Y,Z", help="Needle to keep, entry and tip in mm; again for more."),
    ] = None,
    needles: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Needles to keep: JSON, or a plan by Seedbed.")
    ] = None,
    given: Annotated[
        Path | None, typer.Option(metavar="PLAN.dcm", help="Seeds that lie there already: add to them.")
    ] = None,
    axes_from_needles: AxesFromNeedlesOption = False,
    needle_cost: Annotated[float | None, typer.Option(help="Cost of a needle, in seeds.")] = None,
    bound_seconds: Annotated[float, typer.Option(help="Time for the bound, s; 0 for none.")] = 5.0,
    alternatives: Annotated[bool, typer.Option(help="Look for further plans to choose from.")] = True,
    robust: Annotated[bool, typer.Option(help="Try displaced implants.")] = True,
    reserve: Annotated[
        bool, typer.Option("--reserve", help="Plan so much dose that displaced implants still give it.")
    ] = False,
    errors: Annotated[str, typer.Option(help="Published series of errors.")] = "thoracic template",
    breathing: Annotated[
        str | None, typer.Option(metavar="SITE", help="Site that moves with the breath.")
    ] = None,
    guide: Annotated[bool, typer.Option(help="Shape a guide template where one can be made.")] = True,
    pictures: Annotated[bool, typer.Option(help="Draw pictures.")] = True,
    implant_date: PlannedDateOption = None,
    language: LanguageOption = "en",
    pdf: Annotated[bool, typer.Option(help="Write the sheets as PDF too.")] = True,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:  # fmt: skip
    """Plan needles and seeds on a CT, with a bound on how much better any plan could be."""
    from seedbed.journey.plan import PlanQuestion
    from seedbed.journey.sheets import languages_of

    question = PlanQuestion(
        ct_folder=ct, structures_file=structures, out=out, rx_gy=rx, target=target,
        organs=tuple(organ or ()), sphere=read_sphere(sphere), series=series,
        correct_tilt=correct_tilt, activities_mci=tuple(activity_mci or ()),
        strengths_u=tuple(strength_u or ()), source=source, site=site, goals=tuple(goal or ()), mode=mode,
        needles=tuple(needle or ()), needles_file=needles, given_file=given,
        axes_from_needles=axes_from_needles, needle_cost=needle_cost, bound_seconds=bound_seconds,
        alternatives=alternatives, robust=robust, reserve=reserve, guide=guide, errors=errors,
        breathing=breathing, pictures=pictures, implant_on=day_of(implant_date), random_seed=seed,
        languages=languages_of(language), pdf=pdf,
    )  # fmt: skip
    found = _made(question)
    if as_json:
        print_json(found)
    else:
        _show(found, out)


def _made(question: Any) -> dict[str, Any]:
    from seedbed.cli.progress import shown_in_one
    from seedbed.cli.stopping import stop_when_asked
    from seedbed.journey.plan import make_plan

    console = Console(stderr=True)
    with (
        shown_in_one(console) as progress,
        stop_when_asked(lambda: console.print(STOPPING, style="yellow")) as stop,
    ):
        return make_plan(question, progress, stop)


def _show(found: dict[str, Any], out: Path) -> None:
    from seedbed.cli.plan_tables import choice_table, goal_table, plan_table

    console = Console()
    console.print(plan_table(found))
    console.print(goal_table(found))
    if found["alternatives"]:
        console.print(choice_table(found))
    for note in found["notes"]:
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)
    console.print(found["seedbed"]["notice"], markup=False, highlight=False)
    for line in file_lines(found["files"], out.resolve()):
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def file_lines(names: list[str], out: Path) -> list[str]:
    """Say what was written: what people read with its whole address, the rest by name.

    Examples
    --------
    >>> for line in file_lines(["dose.dcm", "plan.dcm", "plan.html"], Path("out")):
    ...     print(Path(line).name)
    plan.html
    Beside them: dose.dcm, plan.dcm
    """
    read = [name for name in names if name.endswith((".html", ".pdf", ".json"))]
    rest = ", ".join(name for name in names if name not in read)
    return [*(str(out / name) for name in read), *([f"Beside them: {rest}"] if rest else [])]
