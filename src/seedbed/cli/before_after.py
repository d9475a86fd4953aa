"""The command ``seedbed before-after``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from seedbed.cli.plan_options import CorrectTiltOption, day_of
from seedbed.cli.printing import errors, print_json, say


def before_after(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Folder of the CT before treatment.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Folder of the CT after treatment.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the figure.")],
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="X,Y,Z", help="Place to show, mm, LPS on the CT before; again for more."),
    ] = None,
    structures: Annotated[
        Path | None, typer.Option(metavar="RS.dcm", help="RTSTRUCT of the CT before, with the lesion.")
    ] = None,
    target: Annotated[
        str | None, typer.Option(help="Structure to show; may be left out if it is the only one.")
    ] = None,
    structures_after: Annotated[
        Path | None, typer.Option(metavar="RS.dcm", help="RTSTRUCT of the CT after.")
    ] = None,
    target_after: Annotated[str | None, typer.Option(help="The lesion there; as --target without.")] = None,
    pet_before: Annotated[
        Path | None, typer.Option(metavar="DIR", help="PET series of the examination before.")
    ] = None,
    pet_after: Annotated[
        Path | None, typer.Option(metavar="DIR", help="PET series of the examination after.")
    ] = None,
    pet_unit: Annotated[str, typer.Option(help="suv, by body weight, or bqml.")] = "suv",
    pet_max: Annotated[
        float | None, typer.Option(help="End of the PET scale; the largest value shown without.")
    ] = None,
    window: Annotated[
        str, typer.Option(metavar="NAME|LOW,HIGH", help="soft, lung or bone, or HU as in -160,240.")
    ] = "soft",
    field_mm: Annotated[
        float | None, typer.Option(help="Side of each picture, mm; 160 or as the lesion needs without.")
    ] = None,
    width: Annotated[str, typer.Option(help="Columns of a journal: single or double.")] = "double",
    match: Annotated[
        str, typer.Option(help="registration, or frame: the frame of reference that both share.")
    ] = "registration",
    dates: Annotated[bool, typer.Option(help="Print days of the studies; else only days between.")] = True,
    implant_date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Count days from here, with --no-dates.")
    ] = None,
    same_patient: Annotated[
        bool, typer.Option("--same-patient", help="Both are of one patient though identifiers differ.")
    ] = False,
    series_before: Annotated[
        str | None, typer.Option(metavar="UID|NUMBER|TEXT", help="CT series before, of several.")
    ] = None,
    series_after: Annotated[
        str | None, typer.Option(metavar="UID|NUMBER|TEXT", help="CT series after, of several.")
    ] = None,
    correct_tilt: CorrectTiltOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for machines.")] = False,
) -> None:  # fmt: skip
    """Show two CTs of one patient at matched planes, before and after treatment; with PET where given."""
    from seedbed.cli.progress import shown_in_one
    from seedbed.journey.before_after.making import draw_before_after
    from seedbed.journey.before_after.question import BeforeAfterQuestion, read_point, read_window

    chosen: Any = {"pet_unit": pet_unit, "width": width, "match_by": match}  # checked by the journey
    question = BeforeAfterQuestion(
        before_folder=before, after_folder=after, out=out, at_mm=tuple(read_point(text) for text in at or ()),
        structures_file=structures, structures_after_file=structures_after, target=target,
        target_after=target_after, pet_before_folder=pet_before, pet_after_folder=pet_after, pet_max=pet_max,
        window_hu=read_window(window), field_mm=field_mm, dates=dates, implant_on=day_of(implant_date),
        same_patient=same_patient, series_before=series_before, series_after=series_after,
        correct_tilt=correct_tilt, **chosen,
    )  # fmt: skip
    with shown_in_one(errors) as progress:
        found = draw_before_after(question, progress)
    if as_json:
        print_json(found)
    else:
        _show(found, out.resolve())


def _show(found: dict[str, Any], out: Path) -> None:
    say(found["caption"])
    for note in found["notes"]:
        say(f"- {note}")
    say(found["seedbed"]["notice"])
    for file in found["files"]:
        say(f"Written: {out / file}")
