"""The command ``seedbed uncertainty``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from seedbed.cli.plan_options import (
    AxesFromNeedlesOption,
    ImplantDateOption,
    PermanentOption,
    SourceOption,
    day_of,
)
from seedbed.cli.printing import print_json


def uncertainty(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.dcm", help="RTPLAN of a seed implant.")],
    rtstruct: Annotated[Path, typer.Argument(metavar="RTSTRUCT.dcm", help="RTSTRUCT of the same patient.")],
    target: Annotated[str, typer.Option(help="Structure that was to be treated.")],
    organ: Annotated[
        list[str] | None, typer.Option(help="Organ; say it again for more; all without it.")
    ] = None,
    prescription_gy: Annotated[
        float | None, typer.Option(help="Prescription; without it that of the plan.")
    ] = None,
    errors: Annotated[str, typer.Option(help="Published series of errors.")] = "thoracic template",
    trials: Annotated[int, typer.Option(help="Displaced implants to try.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random numbers.")] = 0,
    source: SourceOption = None,
    permanent: PermanentOption = False,
    axes_from_needles: AxesFromNeedlesOption = False,
    implant_date: ImplantDateOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:
    """Simulate what displaced seeds, other strengths and other contours do to D90, V100 and D2cc."""
    from seedbed.cli.progress import shown
    from seedbed.dicom import PlanReading
    from seedbed.journey.uncertainty import UncertaintyRequest, uncertainty_of

    request = UncertaintyRequest(
        plan,
        rtstruct,
        target,
        tuple(organ or ()),
        prescription_gy=prescription_gy,
        errors=errors,
        trials=trials,
        random_seed=seed,
        source=source,
        reading=PlanReading(permanent, axes_from_needles, day_of(implant_date)),
    )
    with shown(Console(stderr=True)) as progress:
        found = uncertainty_of(request, progress)
    if as_json:
        print_json(found)
        return
    console = Console()
    console.print(_table(found))
    for note in (*found["notes"], *found["errors_from"]):
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)


def _table(found: dict[str, Any]) -> Table:
    title = f"{found['trials']} displaced implants, errors of '{found['errors']['name']}'"
    columns = ("Structure", "Metric", "Planned", "Mean", "SD", "5 % below", "5 % above")
    table = Table(*columns, title=escape(title), title_justify="left", caption_justify="left")
    for spread in found["spreads"]:
        low, high = spread["percentiles"]["5"], spread["percentiles"]["95"]
        numbers = (spread["planned"], spread["mean"], spread["sd"], low, high)
        metric = f"{spread['metric']} {spread['unit']}"
        table.add_row(escape(spread["structure"]), metric, *(f"{number:.1f}" for number in numbers))
    for column in table.columns[2:]:
        column.justify = "right"
    table.caption = f"Random seed {found['random_seed']}. {found['seedbed']['notice']}"
    return table
