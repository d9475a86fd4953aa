"""Options that several commands on plans share."""

from datetime import date, datetime
from typing import Annotated

import typer

from seedbed.errors import InputError

SourceOption = Annotated[
    str | None,
    typer.Option(metavar="NAME|FILE", help="Seed model; without it the one that the plan names."),
]
AxesFromNeedlesOption = Annotated[
    bool, typer.Option("--axes-from-needles", help="Take missing directions from straight needles.")
]
PermanentOption = Annotated[
    bool, typer.Option("--permanent", help="The seeds stay, although the plan does not say so.")
]
ImplantDateOption = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="Let strengths decay to this day of implantation."),
]
PlannedDateOption = Annotated[
    str | None,
    typer.Option(
        metavar="YYYY-MM-DD",
        help="Day of implantation, to which the strengths in stock refer; without it the day of the CT.",
    ),
]
SeriesOption = Annotated[
    str | None,
    typer.Option(metavar="UID|NUMBER|TEXT", help="CT series, where the folder holds several."),
]
CorrectTiltOption = Annotated[
    bool, typer.Option("--correct-tilt", help="Resample a tilted or oblique CT; it is refused without.")
]
LanguageOption = Annotated[str, typer.Option(help="Language of the sheets: en, zh or both.")]


def day_of(text: str | None) -> date | None:
    """Read ``YYYY-MM-DD``."""
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise InputError(f"the day of implantation '{text}'", "a date", "write it like 2026-03-31") from None
