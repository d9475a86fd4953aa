"""Pictures of a plan as PNG files."""

import base64
from pathlib import Path
from typing import Any

from seedbed.dosimetry import dose_function
from seedbed.implant import SeedImplant
from seedbed.journey.plan.asking import Asked
from seedbed.journey.plan.numbers import with_given
from seedbed.journey.progress import Progress
from seedbed.planning import Plan, Planned
from seedbed.planning.needles import DirectionReport
from seedbed.report.direction_figure import direction_figure
from seedbed.report.figures import SliceView
from seedbed.report.needle_figures import NeedleView, needle_figure
from seedbed.report.plan_figures import alternatives_figure, goals_figure, planes_figure

STEP = "Drawing pictures"
FOLDER = "pictures"
AXIAL, DVH, DIRECTIONS, ALTERNATIVES = "axial.png", "dvh.png", "directions.png", "alternatives.png"


def draw_all(
    asked: Asked, planned: Planned, document: dict[str, Any], directions: tuple[DirectionReport, ...],
    *, folder: Path, progress: Progress,
) -> dict[str, str]:  # fmt: skip
    """Write all pictures and return those of the needles, data addresses by the needles' names.

    None are drawn where none were asked for.
    """
    if not asked.question.pictures:
        return {}
    plan, ask = planned.plan, asked.request
    folder.mkdir()
    steps = 3 + len(plan.implant.needles)
    progress(STEP, 0, steps)
    whole = with_given(plan, asked)
    save(_planes(asked, plan, whole), folder / AXIAL)
    save(_dvh(asked, plan), folder / DVH)
    progress(STEP, 1, steps)
    chosen = (plan.needles.azimuth_deg, plan.needles.tilt_deg)
    organs = [organ.name for organ in ask.organs]
    save(direction_figure(directions, chosen, organs=organs), folder / DIRECTIONS)
    progress(STEP, 2, steps)
    save(alternatives_figure(_choices(document)), folder / ALTERNATIVES)
    view = NeedleView(
        ask.ct,
        whole,
        ask.target,
        ask.organs,
        dose_function(ask.source, whole),
        ask.goals.prescription_gy,
        plan.skin_unseen,
    )
    found = {}
    for number, needle in enumerate(plan.implant.needles):
        progress(STEP, 3 + number, steps)
        found[needle.name] = needle_figure(view, number)
        save(found[needle.name], folder / needle_file(number, needle.name))
    return found


def needle_file(number: int, name: str) -> str:
    """Name of a needle's picture; letters that a file name may lack become lines."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in name)
    return f"needle_{number + 1:02d}_{safe}.png"


def save(address: str, path: Path) -> None:
    """Write the PNG of a data address."""
    path.write_bytes(base64.b64decode(address.partition(",")[2]))


def _planes(asked: Asked, plan: Plan, whole: SeedImplant) -> str:
    ask = asked.request
    title = (
        f"{ask.target.name}: {plan.implant.count} seeds on {len(plan.implant.needles)} needles, "
        f"{ask.goals.prescription_gy:g} Gy"
    )
    view = SliceView(title, ask.ct, whole, dose_function(ask.source, whole))
    return planes_figure(view, ask.target, ask.organs, prescription_gy=ask.goals.prescription_gy)


def _dvh(asked: Asked, plan: Plan) -> str:
    return goals_figure(
        plan.dvhs, plan.results, target=asked.request.target.name,
        prescription_gy=asked.request.goals.prescription_gy,
    )  # fmt: skip


def _choices(document: dict[str, Any]) -> list[tuple[str, dict[str, float]]]:
    """Plans with the numbers by which one chooses."""
    robust = document["robustness"]
    lows = [robust and robust["d90_gy"]["p5"], *(each["d90_p5_gy"] for each in document["alternatives"])]
    rows = []
    for plan, low in zip([document, *document["alternatives"]], lows, strict=True):
        target = plan["metrics"]["target"]
        numbers = {
            "needles": plan["needle_count"],
            "seeds": plan["seed_count"],
            "V150 (%)": target["v150_pct"],
            "V200 (%)": target["v200_pct"],
            "D90 (Gy)": target["d90_gy"],
        }
        rows.append((plan["name"], numbers if low is None else numbers | {"D90, 5 % below (Gy)": low}))
    return rows if None not in lows else [(name, _without_low(numbers)) for name, numbers in rows]


def _without_low(numbers: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in numbers.items() if "below" not in name}
