"""The needle sheet for the theatre as one printable page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from markupsafe import Markup

from seedbed.planning.guide import Guide
from seedbed.planning.needle_table import NeedleTable
from seedbed.report.figures import ISODOSES, ORGAN_COLOURS, TARGET_COLOUR
from seedbed.report.guide_figure import guide_figure
from seedbed.report.page import render_page

MARK: Final = 'content="seedbed needle sheet"'
"""What tells a sheet of ours from other files."""


@dataclass(frozen=True)
class NeedleSheet:
    """What the sheet prints.

    Attributes
    ----------
    patient, plan : str
        One line each: who, and which plan.
    source : str
        Seed model.
    table : NeedleTable
    pictures : mapping of str to str
        PNG data addresses by needle name, as `seedbed.report.needle_figures.needle_figures` draws them; may
        be empty.
    target : str
        Name of the target in the pictures.
    organs : tuple of str
        Names of the organs in the pictures, in their order.
    guide : Guide, optional
    prescription_gy : float, optional
        100 % of the isodose lines in the pictures.
    """

    patient: str
    plan: str
    source: str
    table: NeedleTable
    pictures: Mapping[str, str] = field(default_factory=dict)
    target: str = "target"
    organs: tuple[str, ...] = ()
    guide: Guide | None = None
    prescription_gy: float | None = None


def needle_page(sheet: NeedleSheet, program_version: str) -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : NeedleSheet
    program_version : str
        Of Seedbed, to be printed.

    Returns
    -------
    str
        HTML.
    """
    return render_page(
        "needle_sheet.html",
        {
            "sheet": sheet,
            "rows": sheet.table.rows,
            "seeds": sum(len(row.seeds) for row in sheet.table.rows),
            "strengths": _strengths(sheet.table),
            "legend": _legend(sheet),
            "version": program_version,
            **_template_parts(sheet.guide),
        },
    )


def _template_parts(guide: Guide | None) -> dict[str, Any]:
    """Drawing, matrix and size of a guide template, or none of them."""
    if guide is None:
        return dict.fromkeys(("guide", "drawing", "matrix", "size"))
    drawing = Markup(guide_figure(guide))  # noqa: S704 - drawn here, its text is escaped
    size = guide.outline_mm.max(axis=0).tolist()
    return {"guide": guide, "drawing": drawing, "matrix": guide.frame.matrix.tolist(), "size": size}


def _strengths(table: NeedleTable) -> list[tuple[str, int]]:
    """How many seeds of each strength, in U to three decimals."""
    texts = [f"{strength:.3f}" for row in table.rows for strength in row.strengths_u]
    return [(text, texts.count(text)) for text in sorted(set(texts))]


def _legend(sheet: NeedleSheet) -> list[tuple[str, str]]:
    """Colour and name of all lines in the pictures."""
    lines = [(TARGET_COLOUR, sheet.target)]
    lines += [(ORGAN_COLOURS[n % len(ORGAN_COLOURS)], name) for n, name in enumerate(sheet.organs)]
    if sheet.prescription_gy is not None:
        lines += [
            (colour, f"{percent} % = {percent / 100 * sheet.prescription_gy:g} Gy")
            for percent, colour in ISODOSES
        ]
    return lines
