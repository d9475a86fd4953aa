"""Commands on doses: ``seedbed dose`` and ``seedbed dvh``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from seedbed.cli.plan_options import (
    AxesFromNeedlesOption,
    ImplantDateOption,
    PermanentOption,
    SourceOption,
    day_of,
)
from seedbed.cli.printing import print_json

JsonOption = Annotated[bool, typer.Option("--json", help="Print for machines.")]


def dose(
    plan: Annotated[Path, typer.Argument(metavar="PLAN.dcm", help="RTPLAN of a seed implant.")],
    out: Annotated[Path, typer.Option(metavar="DOSE.dcm", help="RTDOSE to write.")],
    source: SourceOption = None,
    grid_mm: Annotated[float, typer.Option(help="Distance of the voxels, mm.")] = 1.0,
    margin_mm: Annotated[
        float, typer.Option(help="Reach of the grid beyond seeds and structures, mm.")
    ] = 30.0,
    structures: Annotated[
        Path | None, typer.Option(metavar="RTSTRUCT.dcm", help="Structures that the grid is to cover too.")
    ] = None,
    until_days: Annotated[
        float | None, typer.Option(help="Dose of so many days; without it to complete decay.")
    ] = None,
    cutoff_mm: Annotated[float | None, typer.Option(help="Leave out seeds farther than this, mm.")] = None,
    one_dimensional: Annotated[
        bool, typer.Option("--one-dimensional", help="Use no directions, although they are known.")
    ] = False,
    axes_from_needles: AxesFromNeedlesOption = False,
    permanent: PermanentOption = False,
    implant_date: ImplantDateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calculate the dose of a seed plan, from any planning system, and write it as an RTDOSE."""
    from seedbed.cli.progress import shown
    from seedbed.dicom import PlanReading
    from seedbed.journey.dose import DoseRequest, calculate_dose

    request = DoseRequest(
        plan=plan,
        out=out,
        source=source,
        structures=structures,
        grid_mm=grid_mm,
        margin_mm=margin_mm,
        until_days=until_days,
        cutoff_mm=cutoff_mm,
        one_dimensional=one_dimensional,
        reading=PlanReading(permanent, axes_from_needles, day_of(implant_date)),
    )
    with shown(Console(stderr=True)) as progress:
        found = calculate_dose(request, progress).to_dict()
    if as_json:
        print_json(found)
    else:
        _print_dose(found)


def dvh(
    dose: Annotated[Path, typer.Argument(metavar="DOSE.dcm", help="RTDOSE.")],
    rtstruct: Annotated[Path, typer.Argument(metavar="RTSTRUCT.dcm", help="RTSTRUCT of the same patient.")],
    structure: Annotated[
        list[str] | None, typer.Option(help="Structure; say it again for more; all without it.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="Metric such as D90, V150, D2cc, V80Gy; say it again for more.")
    ] = None,
    prescription_gy: Annotated[
        float | None, typer.Option(help="Prescription, for V100 and the like.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="Structure to judge: CN, EI, HI, peripheral doses, natural dose ratio."),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write the curves.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Calculate dose-volume histograms and metrics of structures in a dose."""
    from seedbed.cli.progress import shown
    from seedbed.journey.dvh import DvhRequest, dvh_of

    request = DvhRequest(
        dose=dose,
        structures=rtstruct,
        names=tuple(structure or ()),
        metrics=tuple(metric or ()),
        prescription_gy=prescription_gy,
        target=target,
        csv=csv,
    )
    with shown(Console(stderr=True)) as progress:
        found = dvh_of(request, progress).to_dict()
    if as_json:
        print_json(found)
    else:
        _print_dvh(found)


def _print_dose(found: dict[str, Any]) -> None:
    from seedbed.cli.dose_tables import dose_table

    console = Console()
    console.print(dose_table(found))
    for note in found["notes"]:
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Dose: {found['output']['path']}", markup=False, highlight=False, soft_wrap=True)


def _print_dvh(found: dict[str, Any]) -> None:
    from seedbed.cli.dose_tables import conformity_table, dvh_tables

    console = Console()
    if found["conformity"] is not None:
        console.print(conformity_table(found["conformity"]))
    for table in dvh_tables(found):
        console.print(table)
    for note in found["notes"]:
        console.print(f"- {note}", markup=False, highlight=False, soft_wrap=True)
    for each in found["structures"]:
        for warning in each["warnings"]:
            console.print(f"{each['structure']}: {warning}", markup=False, highlight=False, soft_wrap=True)
    for each in found["left_out"]:
        console.print(
            f"{each['structure']} left out: {each['why']}", markup=False, highlight=False, soft_wrap=True
        )
