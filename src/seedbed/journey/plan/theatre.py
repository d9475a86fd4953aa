"""What the theatre gets: the needle sheet in each language, and a guide template where one can be made."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.journey.plan.asking import Asked
from seedbed.journey.sheets import put_pdf
from seedbed.planning import Plan, Planned
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.guide import Guide, make_guide
from seedbed.planning.guide_skin import skin_mask
from seedbed.planning.needle_table import needle_table
from seedbed.report.guide_stl import write_guide_stl
from seedbed.report.needle_sheet import NeedleSheet, needle_page
from seedbed.report.sheet import SheetHead
from seedbed.report.words import sheet_name

GUIDE, NEEDLES = "guide.stl", "needles"
"""The file of the guide, and the name of the needle sheet without its ending."""


def write_theatre(
    asked: Asked, planned: Planned, pictures: Mapping[str, str], head: SheetHead, stage: Path
) -> list[str]:
    """Write needle sheets and guide; return a sentence on each of them that is lacking."""
    guide, notes = _guide(planned, asked.request.ct.grid) if asked.question.guide else (None, [])
    if guide is not None:
        write_guide_stl(guide, stage / GUIDE)
    sheet = _sheet(asked, planned.plan, pictures, head, guide)
    for language in asked.question.languages:
        page = needle_page(sheet, language=language)
        (stage / sheet_name(NEEDLES, language, "html")).write_text(page, encoding="utf-8")
        if asked.question.pdf:
            notes += put_pdf(page, stage / sheet_name(NEEDLES, language, "pdf"))
    return notes


def _guide(planned: Planned, grid: VoxelGrid) -> tuple[Guide | None, list[str]]:
    body = skin_mask(planned.anatomy.ct, body_on(planned.anatomy, grid))
    try:
        return make_guide(planned.plan.implant.needles, body, grid), []
    except (NoPlanError, InputError) as error:
        return None, [f"No guide template was made: {error}"]


def body_on(anatomy: Anatomy, grid: VoxelGrid) -> NDArray[np.bool_]:
    """Return the body, found on coarse voxels, on the voxels of a CT; beyond its ends it goes on as there."""
    pick = []
    for axis in (2, 1, 0):
        coarse = anatomy.body_grid
        place = (grid.axis_mm(axis) - coarse.origin_mm[axis]) / coarse.spacing_mm[axis]
        pick.append(np.clip(np.rint(place).astype(int), 0, coarse.shape[2 - axis] - 1))
    body: NDArray[np.bool_] = anatomy.body[np.ix_(*pick)]
    return body


def _sheet(
    asked: Asked, plan: Plan, pictures: Mapping[str, str], head: SheetHead, guide: Guide | None
) -> NeedleSheet:
    ask = asked.request
    table = needle_table(
        plan.implant, seed_length_mm=ask.source.capsule_length_mm, skin_unseen=plan.skin_unseen
    )
    return NeedleSheet(
        head=head,
        source=ask.source.title,
        u_per_mci=asked.u_per_mci,
        table=table,
        strengths_on=asked.purpose.implanted.date().isoformat(),
        day_stated=asked.question.implant_on is not None,
        pictures=pictures,
        target=ask.target.name,
        organs=tuple(organ.name for organ in ask.organs),
        guide=guide,
        prescription_gy=ask.goals.prescription_gy,
    )
