"""The plan on one page."""

from typing import Any

from seedbed.journey.plan.asking import Asked
from seedbed.journey.plan.pictures import ALTERNATIVES, AXIAL, DIRECTIONS, DVH, FOLDER, needle_file
from seedbed.journey.plan.words import plan_rows
from seedbed.report import render_page

PAGE = "plan.html"
PICTURES = {
    "axial": f"{FOLDER}/{AXIAL}",
    "dvh": f"{FOLDER}/{DVH}",
    "directions": f"{FOLDER}/{DIRECTIONS}",
    "alternatives": f"{FOLDER}/{ALTERNATIVES}",
}


def plan_page(asked: Asked, document: dict[str, Any]) -> str:
    """Write the page; pictures and files are linked, they lie beside it."""
    who = asked.purpose.identity
    return render_page(
        "plan.html",
        {
            "plan": document,
            "patient": " ".join(part for part in (who.patient_name, who.patient_id) if part),
            "rows": plan_rows(document),
            "pictures": PICTURES if asked.question.pictures else None,
            "needle_pictures": [
                (each["name"], f"{FOLDER}/{needle_file(number, each['name'])}")
                for number, each in enumerate(document["needles"])
            ],
        },
    )
