"""The needle sheet for the theatre as one printable page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from string import ascii_uppercase
from typing import Any, Final

from markupsafe import Markup

from seedbed.planning.guide import Guide
from seedbed.planning.needle_table import NeedleRow, NeedleTable
from seedbed.planning.needle_warnings import NeedleWarning
from seedbed.report.guide_figure import guide_figure
from seedbed.report.legend import picture_legend
from seedbed.report.loading_figure import loading_figure
from seedbed.report.sheet import SheetHead, render_sheet
from seedbed.report.words import Language, Say, say_in

MARK: Final = 'content="seedbed needle sheet"'
"""What tells a sheet of ours from other files."""


@dataclass(frozen=True)
class NeedleSheet:
    """What the sheet prints.

    Attributes
    ----------
    head : SheetHead
    source : str
        Seed model.
    u_per_mci : float
        Air-kerma strength of 1 mCi apparent activity, U.
    table : NeedleTable
    strengths_on : str
        Day on which the strengths hold; empty where not known.
    day_stated : bool
        Whether that is the day of implantation as somebody stated it.
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

    head: SheetHead
    source: str
    u_per_mci: float
    table: NeedleTable
    strengths_on: str = ""
    day_stated: bool = True
    pictures: Mapping[str, str] = field(default_factory=dict)
    target: str = "target"
    organs: tuple[str, ...] = ()
    guide: Guide | None = None
    prescription_gy: float | None = None


def needle_page(sheet: NeedleSheet, *, language: Language = "en") -> str:
    """Write the sheet as one HTML page (A4) that needs nothing else.

    Parameters
    ----------
    sheet : NeedleSheet
    language : {"en", "zh"}

    Returns
    -------
    str
        HTML.
    """
    say, rows = say_in(language), sheet.table.rows
    strengths = _strengths(sheet)
    letters = _letters(strengths)
    longest = max(sum(part.length_mm for part in row.loading) for row in rows)
    return render_sheet(
        "needle_sheet.html",
        sheet.head,
        {
            "sheet": sheet,
            "rows": rows,
            "seeds": sum(len(row.seeds) for row in rows),
            "total_u": sum(sum(row.strengths_u) for row in rows),
            "strengths": strengths,
            "letters": ", ".join(f"{letter} = {u} U" for u, letter in letters.items()),
            "drawings": [loading_figure(row, letters, longest_mm=longest) for row in rows],
            "loading": lambda row: _loading(row, letters, say),
            "pushed": lambda row: push_text(row, say),
            "warned": lambda warning: warning_text(warning, say),
            "english": language == "en",
            "legend": picture_legend(sheet.target, sheet.organs, prescription_gy=sheet.prescription_gy),
            **_template_parts(sheet.guide),
        },
        language=language,
    )


def push_text(row: NeedleRow, say: Say) -> str:
    """Say in a language what `NeedleRow.words` says in English.

    Parameters
    ----------
    row : NeedleRow
    say : callable
        See `seedbed.report.words.say_in`.
    """
    flat, _, lean = row.words.partition(", ")
    sides = flat.removeprefix("towards the patient's ").split(" and ")
    push = say("push", sides=say("push.and").join(say(f"push.{side}") for side in sides))
    if not lean:
        return push
    return say("push.lean", push=push, degrees=abs(row.tilt_deg), end=say(f"push.{lean.split()[-1]}"))


def warning_text(warning: NeedleWarning, say: Say) -> str:
    """Say in a language what a warning says in English.

    Parameters
    ----------
    warning : NeedleWarning
    say : callable
        See `seedbed.report.words.say_in`.
    """
    return say(f"needle.warn.{warning.kind}", **warning.values)


def _loading(row: NeedleRow, letters: Mapping[str, str], say: Say) -> str:
    """Write the loading in one line from the tip; seeds with the letters of their strengths."""
    strengths = iter(row.strengths_u)
    parts = [say("tip")]
    for part in row.loading:
        if part.kind == "spacer":
            parts.append(f"{part.length_mm:.1f}")
        else:
            parts.append(f"{say('seed')} {letters.get(f'{next(strengths):.3f}', '')}".strip())
    return ", ".join(parts)


def _template_parts(guide: Guide | None) -> dict[str, Any]:
    """Drawing, matrix and size of a guide template, or none of them."""
    if guide is None:
        return dict.fromkeys(("guide", "drawing", "matrix", "size"))
    drawing = Markup(guide_figure(guide))  # noqa: S704 - drawn here, its text is escaped
    size = guide.outline_mm.max(axis=0).tolist()
    return {"guide": guide, "drawing": drawing, "matrix": guide.frame.matrix.tolist(), "size": size}


def _strengths(sheet: NeedleSheet) -> list[tuple[str, str, int]]:
    """Return each strength, in U and mCi to three decimals, and how many seeds have it."""
    all_u = sorted(strength for row in sheet.table.rows for strength in row.strengths_u)
    texts = [f"{strength:.3f}" for strength in all_u]
    mci = {text: f"{strength / sheet.u_per_mci:.3f}" for text, strength in zip(texts, all_u, strict=True)}
    return [(text, mci[text], texts.count(text)) for text in mci]


def _letters(strengths: list[tuple[str, str, int]]) -> dict[str, str]:
    """Return a letter for each strength, where there are several."""
    if len(strengths) < 2:
        return {}
    return dict(zip((text for text, _, _ in strengths), ascii_uppercase, strict=False))
