"""Pictures of a verification as PNG files, and the same as data addresses for the sheet."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import Structure
from seedbed.imaging import CtVolume, Registration
from seedbed.journey.plan.pictures import save
from seedbed.journey.progress import Progress
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.finding import Finding
from seedbed.journey.verification.judging import JudgedDose
from seedbed.journey.verification.placing import Placement
from seedbed.journey.verification.sheet_facts import all_cold, needle_rows
from seedbed.planning.goals import TARGET
from seedbed.report.before_after_figures import BeforeAfter, dvh_before_after
from seedbed.report.checker_figures import checker_figure
from seedbed.report.cold_figures import ColdView, cold_figure
from seedbed.report.displacement_figures import displacement_figure
from seedbed.report.seed_figures import SeedInDoubt, doubtful_seed, doubtful_sheet
from seedbed.report.verification_figures import ImplantView, found_and_planned

FloatArray = NDArray[np.float64]
STEP = "Drawing pictures"
FOLDER = "pictures"
MOST_IN_DOUBT = 60
"""So many seeds get a picture of their own; of a series with more, the least certain. Local rule."""


@dataclass(frozen=True)
class Drawn:
    """Pictures as data addresses.

    Attributes
    ----------
    figures : dict of str to str
        By the keys of `seedbed.report.verification_sheet.FIGURES`.
    doubtful : list of str
        Pages of seeds in doubt.
    """

    figures: dict[str, str] = field(default_factory=dict)
    doubtful: list[str] = field(default_factory=list)


def draw_all(
    asked: Asked,
    found: Finding,
    placement: Placement | None,
    dose: JudgedDose | None,
    *,
    folder: Path,
    progress: Progress,
) -> Drawn:
    """Write all pictures and return them; none where none were asked for."""
    if not asked.question.pictures:
        return Drawn()
    folder.mkdir()
    figures = {"overview_is": _overview(asked, found, placement)}
    progress(STEP, 1, 5)
    if placement is not None:
        away = placement.drifted.match.distance_mm
        figures["displacement_is"] = displacement_figure(needle_rows(placement), away)
    progress(STEP, 2, 5)
    if dose is not None and asked.contours is not None:
        figures["before_after_is"] = _histograms(dose, asked.contours.target.name)
        figures["cold_slices_is"] = _cold(asked, asked.contours.target, found, dose)
    progress(STEP, 3, 5)
    if asked.registration is not None and asked.scans.before is not None:
        figures["checker_is"] = _checker(asked, asked.scans.before.volume, asked.registration)
    for key, address in figures.items():
        save(address, folder / f"{key.removesuffix('_is')}.png")
    progress(STEP, 4, 5)
    doubtful = _in_doubt(asked, found, folder)
    progress(STEP, 5, 5)
    return Drawn(figures, doubtful)


def _overview(asked: Asked, found: Finding, placement: Placement | None) -> str:
    view = ImplantView(
        asked.ct.volume,
        found.seeds.positions_mm,
        found.seeds.axes,
        np.empty((0, 3)) if asked.plan is None else asked.plan.here.positions_mm,
        match=None if placement is None else placement.drifted.match,
        target=None if asked.contours is None else asked.contours.target,
        doubtful=frozenset(found.doubtful),
        numbers=found.seeds.numbers.tolist(),
    )
    return found_and_planned(view)


def _histograms(dose: JudgedDose, target_name: str) -> str:
    after = {} if dose.top_up is None or dose.top_up.planned is None else dose.top_up.planned.plan.dvhs
    rows = [
        BeforeAfter(name, given, dose.planned.get(name), after.get(name))
        for name, given in dose.given.items()
    ]
    target = next(row for row in rows if row.name == TARGET)
    return dvh_before_after(
        BeforeAfter(target_name, target.given, target.planned, target.after),
        [row for row in rows if row is not target],
        prescription_gy=dose.goals.prescription_gy,
        d90_gy=dose.interval("D90")[1:],
    )


def _cold(asked: Asked, target: Structure, found: Finding, dose: JudgedDose) -> str:
    planned = dose.top_up.planned if dose.top_up is not None else None
    added = np.empty((0, 3)) if planned is None else planned.plan.implant.positions_mm
    view = ColdView(
        asked.ct.volume, target, dose.dose_at, dose.goals.prescription_gy,
        found.seeds.positions_mm, found.seeds.axes, added, asked.ct.number_of_plane,
    )  # fmt: skip
    return cold_figure(view, all_cold(dose)[0])


def _checker(asked: Asked, before: CtVolume, registration: Registration) -> str:
    target = None if asked.contours is None or not asked.contours.carried else asked.contours.before
    shown = None if target is None else target.target
    lower, upper = shown.bounds_mm if shown is not None else (before.grid.lower_mm(), before.grid.upper_mm())
    return checker_figure(
        before,
        registration.resample_post(asked.ct.volume),
        point_mm=(np.asarray(lower) + np.asarray(upper)) / 2,
        target=shown,
    )


def _in_doubt(asked: Asked, found: Finding, folder: Path) -> list[str]:
    """Draw each seed in doubt and each refused one, and pages of all of them."""
    seeds, others = found.seeds, {}
    for number, where in zip(seeds.numbers, seeds.positions_mm, strict=True):
        others[str(number)] = where
    listed = [
        SeedInDoubt(
            str(seeds.numbers[n]), seeds.positions_mm[n], seeds.axes[n] if seeds.axes[n].any() else None,
            float(seeds.confidence[n]), seeds.doubt[n],
        )
        for n in sorted(found.doubtful, key=lambda n: seeds.confidence[n])
    ]  # fmt: skip
    listed += [
        SeedInDoubt(
            f"R{number}", each.position_mm, each.axis, float(each.confidence), f"Not counted: {each.why}"
        )
        for number, each in ((at + 1, each) for at, each in found.unsettled.items())
    ]
    listed = listed[:MOST_IN_DOUBT]
    for each in listed:
        name = f"refused_{each.label[1:]}" if each.label.startswith("R") else f"seed_{each.label}"
        save(doubtful_seed(asked.ct.volume, each, others_mm=others), folder / f"{name}.png")
    return doubtful_sheet(asked.ct.volume, listed, others_mm=others)
