"""Two CTs laid on each other once, as a job; what was found is kept and read again."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from seedbed.errors import ImageError, InputError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.imaging import RegistrationQuality
from seedbed.journey.before_after.matching import Match, match_pair
from seedbed.journey.before_after.reading import Pair, Side, check_one_person
from seedbed.journey.progress import Progress, Stopped, stopping
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.pairs.asked import AskedPair, ask_pair, opened_as_asked
from seedbed.journey.workbench.pairs.pixels import after_on_before, drop_old_pixels
from seedbed.journey.workbench.plans.draft import now
from seedbed.journey.workbench.workplace import Workplace

KIND: Final = "pair"
FILE = "match.json"
TARGET_KIND = "GTV"


@dataclass(frozen=True, kw_only=True)
class KeptMatch:
    """How two CTs lie on each other, as it is kept.

    Attributes
    ----------
    match : Match
    images : (int, int)
        Files of the two CTs that were matched.
    after_grid : VoxelGrid
        Of the CT after.
    around : str
        Structure about which they were matched; empty where all of both was.
    notes : tuple of str
        On how the CTs were read.
    by, at : str
        Who asked, and when.
    """

    match: Match
    images: tuple[int, int]
    after_grid: VoxelGrid
    around: str
    notes: tuple[str, ...]
    by: str
    at: str


def run_pair(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Match two CTs and keep the motion, and the CT after on the voxels of the CT before.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        As `AskedPair.arguments` gives them, and ``asked_by``.

    Raises
    ------
    SeedbedError
        A CT that cannot be read, two people, CTs that do not match.
    """
    told = stopping(progress, stop)
    rooms = workplace.rooms
    asked = ask_pair(
        rooms, arguments["patient"], before=arguments["before"], after=arguments["after"],
        by=arguments["by"], target=arguments["target"],
    )  # fmt: skip
    folder = asked.folder(workplace.cases)
    try:
        kept = _matched(workplace, asked, told, by=arguments["asked_by"])
        told("Laying the CT after on the CT before", 0, 1)
        keep_match(folder, kept)
        after_on_before(workplace, asked, kept.match)
    except Stopped:
        return None
    drop_old_pixels(workplace.cases, asked, kept.match)
    return {"patient_id": asked.before.patient_id, "before": asked.before.case, "after": asked.after.case}


def _matched(workplace: Workplace, asked: AskedPair, told: Progress, *, by: str) -> KeptMatch:
    rooms = workplace.rooms
    told("Reading the CT before", 0, 2)
    before = opened_as_asked(rooms, asked.before)
    told("Reading the CT after", 1, 2)
    after = opened_as_asked(rooms, asked.after)
    check_one_person({"CT before": before.ct.identity, "CT after": after.ct.identity})
    target = target_of(rooms.structures(before), asked.target)
    lesion = None if target is None else target.structure
    pair = Pair(Side(before.ct, lesion), Side(after.ct), ())
    try:
        match = match_pair(pair, (), asked.by, told)
    except ImageError as error:
        if asked.by != "frame":
            raise
        raise ImageError(error.came, error.expected, "lay them on each other by images") from error
    notes = [f"{of}: {note}" for of, one in (("Before", before), ("After", after)) for note in one.ct.notes]
    return KeptMatch(
        match=match, images=asked.images, after_grid=after.ct.volume.grid,
        around="" if target is None else target.structure.name, notes=tuple(dict.fromkeys(notes)),
        by=by, at=now(),
    )  # fmt: skip


def target_of(structures: Sequence[Drawn], name: str) -> Drawn | None:
    """Return the structure of a name, or of the targets a GTV before others, the largest first.

    Parameters
    ----------
    structures : sequence of Drawn
    name : str
        Empty: any target; None is returned where there is none.

    Raises
    ------
    InputError
        No structure of that name.
    """
    if name:
        found = next((each for each in structures if each.structure.name == name), None)
        if found is None:
            raise InputError(
                f"no structure '{name}' on the CT before", "one that is drawn there", "choose one of them"
            )
        return found
    targets = [each for each in structures if each.role == "target"]
    return max(
        targets,
        key=lambda each: (each.structure.kind == TARGET_KIND, each.structure.volume_mm3),
        default=None,
    )


def keep_match(folder: Path, kept: KeptMatch) -> None:
    """Write a match; one that was kept before is replaced.

    Raises
    ------
    OutputError
    """
    text = json.dumps(kept_dict(kept), ensure_ascii=False, indent=1, allow_nan=False)
    with placed(folder / FILE, [], kind="a match of two CTs", replaces=Path.is_file) as stage:
        stage.write_text(text, encoding="utf-8")


def read_match(folder: Path, asked: AskedPair) -> KeptMatch | None:
    """Read a match; None where there is none, or where a CT has got files since."""
    path = folder / FILE
    if not path.is_file():
        return None
    kept = kept_of(json.loads(path.read_text(encoding="utf-8")))
    return kept if kept.images == asked.images else None


def kept_dict(kept: KeptMatch) -> dict[str, Any]:
    """Return a match as plain values."""
    match, quality, grid = kept.match, kept.match.quality, kept.after_grid
    return {
        "by": match.by,
        "rotation": match.rigid.rotation.tolist(),
        "shift_mm": match.rigid.shift_mm.tolist(),
        "error_mm": match.error_mm,
        "grade": match.grade,
        "quality": {
            each.name: _plain(getattr(quality, each.name)) for each in fields(RegistrationQuality)
        },
        "after_grid": {
            "origin_mm": list(grid.origin_mm), "spacing_mm": list(grid.spacing_mm), "shape": list(grid.shape)
        },
        "images": list(kept.images),
        "around": kept.around,
        "notes": list(kept.notes),
        "asked_by": kept.by,
        "at": kept.at,
    }  # fmt: skip


def kept_of(values: dict[str, Any]) -> KeptMatch:
    """Read a match as `kept_dict` writes it."""
    seen, grid = values["quality"], values["after_grid"]
    turned = {name: np.asarray(seen[name], dtype=float) for name in ("shift_mm", "turn_deg")}
    quality = RegistrationQuality(**seen | turned)
    rigid = RigidTransform(np.array(values["rotation"]), np.array(values["shift_mm"]))
    match = Match(values["by"], rigid, quality, values["error_mm"], values["grade"])
    return KeptMatch(
        match=match, images=(values["images"][0], values["images"][1]),
        after_grid=VoxelGrid(tuple(grid["origin_mm"]), tuple(grid["spacing_mm"]), tuple(grid["shape"])),
        around=values["around"], notes=tuple(values["notes"]), by=values["asked_by"], at=values["at"],
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value
