"""A pair as the page shows it: how it was matched and how well, where to look, seeds, contours, sizes."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from seedbed.geometry import RigidTransform, Structure, VoxelGrid, axial_diameters
from seedbed.geometry.grid import FloatArray
from seedbed.imaging.registration_quality import DOUBTFUL, GOOD
from seedbed.journey.before_after.matching import Match
from seedbed.journey.before_after.oblique import corners_of, section_through
from seedbed.journey.before_after.places import LEAST_SEEDS, through_lesion, through_seeds
from seedbed.journey.before_after.words import match_words
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.kept_arrays import drop_files
from seedbed.journey.workbench.pairs.asked import AskedPair, opened_as_asked
from seedbed.journey.workbench.pairs.matching import KeptMatch, target_of
from seedbed.journey.workbench.plans.draft import FILE as DRAFT
from seedbed.journey.workbench.plans.draft import read_draft
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.verifications.folder import list_verifications
from seedbed.journey.workbench.verifications.state import verification_state
from seedbed.journey.workbench.workplace import Workplace

WIDEST_MM: Final = 160.0
"""Wider structures of the CT after are not cut again: the skin would take minutes; local rule."""
SECTIONS: Final = "sections"
UP: Final = (0.0, 0.0, 1.0)
Mark = dict[str, Any]


def pair_dict(workplace: Workplace, asked: AskedPair, kept: KeptMatch) -> dict[str, Any]:
    """Return a matched pair for the browser; all places lie on the CT before, LPS mm.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    kept : KeptMatch
    """
    before = opened_as_asked(workplace.rooms, asked.before)
    structures = workplace.rooms.structures(before)
    target = target_of(structures, kept.around) if kept.around in _names(structures) else None
    seeds = {
        "before": seeds_known(workplace.cases / asked.before.case, RigidTransform.none()),
        "after": seeds_known(workplace.cases / asked.after.case, kept.match.rigid.inverse()),
    }
    return {
        **asked.arguments(),
        "match": match_dict(kept.match),
        "around": kept.around,
        "matched_by": kept.by,
        "matched_at": kept.at,
        "spacing_mm": {
            "before": list(before.ct.volume.grid.spacing_mm), "after": list(kept.after_grid.spacing_mm)
        },
        "places": places(before, kept, target, structures, _found(seeds)),
        "seeds": seeds,
        "notes": list(kept.notes),
    }  # fmt: skip


def match_dict(match: Match) -> dict[str, Any]:
    """Return a match for the browser, with its quality in numbers and words."""
    quality = match.quality
    return {
        "by": match.by,
        "grade": GOOD if match.grade == GOOD else DOUBTFUL,
        "why": match.grade.partition(": ")[2],
        "words": match_words(match),
        "error_mm": match.error_mm,
        "correlation": quality.correlation_after,
        "bone_overlap": quality.bone_overlap_after,
        "shared_part": quality.shared_part,
        "shift_mm": float(np.linalg.norm(quality.shift_mm)),
        "angle_deg": match.rigid.angle_deg,
        "tilt_deg": match.tilt_deg,
        "rotation": match.rigid.rotation.tolist(),
        "translation_mm": match.rigid.shift_mm.tolist(),
    }


def places(
    before: OpenCase, kept: KeptMatch, target: Drawn | None, structures: list[Drawn], seeds_mm: FloatArray
) -> list[dict[str, Any]]:
    """Say where to look: planes of the lesion, seeds, middles of structures, else what both show.

    Parameters
    ----------
    before : OpenCase
    kept : KeptMatch
    target : Drawn or None
    structures : list of Drawn
        Of the CT before.
    seeds_mm : ndarray, shape (n, 3)
        Seeds that are known, on the CT before.
    """
    grid = before.ct.volume.grid
    found = []
    if target is not None:
        planes = through_lesion(target.structure, grid)
        main = next(each.z_mm for each in planes if each.main)
        for place in planes:
            why = "largest" if place.main else "above" if place.z_mm > main else "below"
            found.append(_place(why, (*place.middle_mm, place.z_mm), target.structure.name))
    inside = seeds_mm[grid.contains(seeds_mm)] if len(seeds_mm) else seeds_mm
    if len(inside) >= LEAST_SEEDS:
        for at, place in enumerate(through_seeds(inside, grid)):
            found.append(_place("seeds", (*place.middle_mm, place.z_mm), str(at + 1)))
    for each in structures:
        if each is not target and each.role != "outline":
            lower, upper = each.structure.bounds_mm
            found.append(_place("structure", tuple(((lower + upper) / 2).tolist()), each.structure.name))
    return found or [_place("middle", _shared_middle(grid, kept), "")]


def seeds_known(folder: Path, to_before: RigidTransform) -> dict[str, list[Mark]]:
    """Return seeds of the approved plan and of the latest verification of a case, on the CT before.

    Parameters
    ----------
    folder : Path
        Of the case.
    to_before : RigidTransform
        From its CT to the CT before.
    """
    return {"planned": _moved(_planned(folder), to_before), "found": _moved(_counted(folder), to_before)}


def sections(workplace: Workplace, asked: AskedPair, kept: KeptMatch) -> dict[str, Any]:
    """Return the structures of the CT after, cut by the planes of the CT before.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    kept : KeptMatch

    Returns
    -------
    dict
        ``structures`` as `Drawn.to_dict` gives them, on planes of the CT before; ``left_out``, names of those
        that are too wide; ``lesion``, its longest diameter and volume on each CT.
    """
    rooms = workplace.rooms
    before, after = (opened_as_asked(rooms, row) for row in (asked.before, asked.after))
    drawn, first = rooms.structures(after), rooms.structures(before)
    target = target_of(first, kept.around) if kept.around in _names(first) else None
    state = _state_of(drawn, target, before.ct.volume.grid, kept)
    path = asked.folder(workplace.cases) / f"{SECTIONS}-{state}.json"
    with rooms.alone(f"sections {path.parent}"):  # cut once, not by each who asks meanwhile
        with suppress(FileNotFoundError):
            found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            return found
        document = _cut(drawn, target, before.ct.volume.grid, kept.match.rigid)
        with placed(path, [], kind="sections of structures", replaces=Path.is_file) as stage:
            stage.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        drop_files(each for each in path.parent.glob(f"{SECTIONS}-*.json") if each != path)
        return document


def _cut(drawn: list[Drawn], target: Drawn | None, grid: VoxelGrid, rigid: RigidTransform) -> dict[str, Any]:
    small = [each for each in drawn if _widest_mm(each.structure) <= WIDEST_MM]
    cut = [_section(each, rigid, grid) for each in small]
    return {
        "structures": [each for each in cut if each["planes"]],
        "left_out": [each.structure.name for each in drawn if each not in small],
        "lesion": None if target is None else _sizes(target, _after_target(drawn, target)),
    }


def _state_of(drawn: list[Drawn], target: Drawn | None, grid: VoxelGrid, kept: KeptMatch) -> str:
    """Name all that sections depend on; the contours too, for imported structures have no versions."""
    motion = (kept.match.rigid.rotation.tolist(), kept.match.rigid.shift_mm.tolist())
    state = hashlib.sha256(repr((kept.at, motion, grid, target is not None)).encode())
    for each in (*drawn, *([] if target is None else [target])):
        state.update(repr((each.summary(), each.structure.kind)).encode())
        for contour in each.structure.contours:
            state.update(np.array([contour.z_mm, len(contour.points_mm)], dtype="<f8").tobytes())
            state.update(np.ascontiguousarray(contour.points_mm, dtype="<f8").tobytes())
    return state.hexdigest()[:16]


def _section(drawn: Drawn, rigid: RigidTransform, grid: VoxelGrid) -> dict[str, Any]:
    planes = []
    low, high = _heights_mm(drawn.structure, rigid)
    for z in grid.axis_mm(2).tolist():
        section = section_through(drawn.structure, rigid, z) if low <= z <= high else None
        if section is not None:
            rings = [np.round(each.points_mm, 2).tolist() for each in section.contours]
            planes.append({"z_mm": z, "polygons": rings})
    return {**drawn.summary(), "plane_distance_mm": grid.spacing_mm[2], "planes": planes}


def _heights_mm(structure: Structure, rigid: RigidTransform) -> tuple[float, float]:
    """Return between which planes of the CT before a structure of the CT after can lie."""
    heights = corners_of(structure, rigid.inverse())[:, 2]
    return float(heights.min()) - structure.plane_distance_mm, float(
        heights.max()
    ) + structure.plane_distance_mm


def _widest_mm(structure: Structure) -> float:
    lower, upper = structure.bounds_mm
    return float((upper - lower)[:2].max())


def _names(structures: list[Drawn]) -> set[str]:
    return {each.structure.name for each in structures}


def _after_target(drawn: list[Drawn], target: Drawn) -> Drawn | None:
    """Return the structure of the same name on the CT after, or its only target."""
    named = next((each for each in drawn if each.structure.name == target.structure.name), None)
    targets = [each for each in drawn if each.role == "target"]
    return named or (targets[0] if len(targets) == 1 else None)


def _sizes(before: Drawn, after: Drawn | None) -> dict[str, Any]:
    """Return the longest axial diameter and the volume of the lesion on each CT, on its own planes."""
    sizes = {
        of: None if one is None else {
            "name": one.structure.name,
            "longest_mm": axial_diameters(one.structure).longest_mm,
            "volume_cc": one.structure.volume_mm3 / 1000,
        }
        for of, one in (("before", before), ("after", after))
    }  # fmt: skip
    return {"name": before.structure.name, **sizes}


def _place(why: str, at_mm: tuple[float, ...], name: str) -> dict[str, Any]:
    return {"why": why, "name": name, "position_mm": [float(each) for each in at_mm]}


def _shared_middle(grid: VoxelGrid, kept: KeptMatch) -> tuple[float, ...]:
    """Return the middle of the voxels of the CT before that the CT after shows, in steps of about 10 mm."""
    points = VoxelGrid.around(grid.lower_mm(), grid.upper_mm(), 10.0).points_mm()
    points = points[grid.contains(points)]
    shared = points[kept.after_grid.contains(kept.match.rigid.apply(points))]
    return tuple((shared if len(shared) else points).mean(axis=0).tolist())


def _found(seeds: dict[str, dict[str, list[Mark]]]) -> FloatArray:
    """Return the seeds that say where to look: those found after, else any that are known."""
    rows = (seeds[of][kind] for of, kind in (("after", "found"), ("before", "found"), ("before", "planned")))
    first = next((each for each in rows if each), [])
    return np.array([each["position_mm"] for each in first], dtype=float).reshape(-1, 3)


def _counted(folder: Path) -> list[Mark]:
    for each in list_verifications(folder / "verifications"):
        state = verification_state(each)
        if state["state"] == "done":
            return [
                {"position_mm": seed["position_mm"], "axis": seed["axis"] or UP}
                for seed in state["seeds"]
                if seed["counts"]
            ]
    return []


def _planned(folder: Path) -> list[Mark]:
    drafts = [read_draft(path.parent) for path in (folder / "plans").glob(f"*/{DRAFT}")]
    latest = max((each for each in drafts if each.approved), key=lambda each: each.at, default=None)
    if latest is None:
        return []
    axes = latest.implant.axes
    known = np.tile(UP, (latest.implant.count, 1)) if axes is None else axes
    return [
        {"position_mm": place.tolist(), "axis": axis.tolist() if axis.any() else list(UP)}
        for place, axis in zip(latest.implant.positions_mm, known, strict=True)
    ]


def _moved(marks: list[Mark], motion: RigidTransform) -> list[Mark]:
    if not marks:
        return []
    positions = motion.apply(np.array([each["position_mm"] for each in marks]))
    axes = motion.turn(np.array([each["axis"] for each in marks]))
    return [
        {"position_mm": np.round(place, 3).tolist(), "axis": np.round(axis, 5).tolist()}
        for place, axis in zip(positions, axes, strict=True)
    ]
