"""The plan sheet: what is asked, what the plan reaches of it, and its pictures, as one printable page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from seedbed.report.figures import ISODOSES
from seedbed.report.legend import isodose_text
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language

MARK: Final = 'content="seedbed plan sheet"'
"""What tells a sheet of ours from other files."""


@dataclass(frozen=True)
class PlanSheet:
    """What the sheet prints.

    Attributes
    ----------
    head : SheetHead
    plan : mapping
        What ``plan.json`` holds.
    rows : sequence of (str, str)
        Chief lines: what, and its value, in the language of the sheet.
    pictures : mapping of str to str, optional
        Addresses of ``axial``, ``dvh``, ``alternatives``, ``directions``.
    needle_pictures : sequence of (str, str)
        Names and addresses; for the screen alone, the needle sheet prints them.
    needle_sheet : str
        Address of the needle sheet.
    guide : bool
        Whether ``guide.stl`` lies beside the sheet.
    """

    head: SheetHead
    plan: Mapping[str, Any]
    rows: Sequence[tuple[str, str]]
    pictures: Mapping[str, str] | None = None
    needle_pictures: Sequence[tuple[str, str]] = ()
    needle_sheet: str = "needles.html"
    guide: bool = False


def plan_sheet(sheet: PlanSheet, *, language: Language = "en") -> str:
    """Write the sheet as one HTML page (A4).

    Parameters
    ----------
    sheet : PlanSheet
    language : {"en", "zh"}

    Returns
    -------
    str
        HTML; it needs the pictures at their addresses and nothing else.
    """
    rx = sheet.plan["prescription_gy"]
    lines = ", ".join(isodose_text(percent, rx) for percent, _ in ISODOSES)
    return render_sheet(
        "plan.html",
        sheet.head,
        {**vars(sheet), "isodoses": lines, "english": language == "en"},
        language=language,
    )
