"""The plan sheet."""

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

from seedbed.journey.plan.asking import Asked
from seedbed.journey.plan.pictures import ALTERNATIVES, AXIAL, DIRECTIONS, DVH, FOLDER, needle_file
from seedbed.journey.plan.theatre import GUIDE, NEEDLES
from seedbed.journey.plan.words import plan_rows
from seedbed.journey.sheets import put_pdf
from seedbed.report.plan_sheet import PlanSheet, plan_sheet
from seedbed.report.sheet import SheetHead
from seedbed.report.words import Language, say_in, sheet_name

PAGE = "plan"
"""Name of the sheet, without its ending."""
PICTURES = {
    "axial": f"{FOLDER}/{AXIAL}",
    "dvh": f"{FOLDER}/{DVH}",
    "directions": f"{FOLDER}/{DIRECTIONS}",
    "alternatives": f"{FOLDER}/{ALTERNATIVES}",
}


def write_plan_sheets(asked: Asked, document: dict[str, Any], head: SheetHead, stage: Path) -> list[str]:
    """Write the plan sheet in each language; return a sentence where a PDF is lacking.

    In the HTML pictures are linked, they lie beside it; in the PDF they are.
    """
    notes = []
    for language in asked.question.languages:
        linked = _sheet(asked, document, head, stage, language)
        page = plan_sheet(linked, language=language)
        (stage / sheet_name(PAGE, language, "html")).write_text(page, encoding="utf-8")
        if asked.question.pdf:
            held = plan_sheet(_with_pictures(linked, stage), language=language)
            notes += put_pdf(held, stage / sheet_name(PAGE, language, "pdf"))
    return notes


def _sheet(
    asked: Asked, document: dict[str, Any], head: SheetHead, stage: Path, language: Language
) -> PlanSheet:
    drawn = asked.question.pictures
    needles = [
        (each["name"], f"{FOLDER}/{needle_file(number, each['name'])}")
        for number, each in enumerate(document["needles"])
    ]
    return PlanSheet(
        head=head,
        plan=document,
        rows=plan_rows(document, say_in(language)),
        pictures=PICTURES if drawn else None,
        needle_pictures=needles if drawn else (),
        needle_sheet=sheet_name(NEEDLES, language, "html"),
        guide=(stage / GUIDE).exists(),
    )


def _with_pictures(sheet: PlanSheet, stage: Path) -> PlanSheet:
    """Hold the pictures themselves; those of needles are on the needle sheet."""
    if sheet.pictures is None:
        return sheet
    held = {key: _data_address(stage / name) for key, name in sheet.pictures.items()}
    return replace(sheet, pictures=held, needle_pictures=())


def _data_address(picture: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode("ascii")
