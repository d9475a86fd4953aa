"""A plan on the desk: edited by hand with dose, histograms and goals at once, and kept at every change."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from seedbed.dosimetry import Dvh
from seedbed.errors import SeedbedError
from seedbed.geometry import VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_numbers, structure_numbers
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.drawn import Drawn, drawn_of
from seedbed.journey.workbench.plans.draft import (
    STRUCTURES,
    Draft,
    PlanParts,
    implant_dict,
    parts_of,
    read_draft,
    write_draft,
)
from seedbed.journey.workbench.plans.edits import Edit, apply_edit
from seedbed.journey.workbench.plans.planes import PlaneDoses, ShownPlane, shown_plane
from seedbed.journey.workbench.refusals import LockedError, check_version
from seedbed.planning.editing import PlanEditor, PlanState

CURVE_POINTS = 200
"""Points of a histogram that is drawn (local rule)."""


class PlanDesk:
    """One plan, open for any number of people; one edit at a time.

    Parameters
    ----------
    folder : Path
        Of the plan, as `lay_down` made it.
    grid : VoxelGrid
        Of the CT.
    """

    def __init__(self, folder: Path, grid: VoxelGrid) -> None:
        self.folder, self.grid = folder, grid
        self._lock = RLock()
        self._draft = read_draft(folder)
        self.drawn = _read_structures(folder)
        self.parts: PlanParts = parts_of(self._draft.start, self.drawn)
        self._editor = self._open()
        self._planes = PlaneDoses(self.parts.source)

    @property
    def draft(self) -> Draft:
        """The plan as it is kept."""
        return self._draft

    def state(self) -> dict[str, Any]:
        """Return all that the page shows."""
        with self._lock:
            return self._told(self._editor.state)

    def edit(self, edit: Edit, *, version: int, by: str) -> dict[str, Any]:
        """Do an edit and keep it.

        Raises
        ------
        ChangedElsewhereError
            The plan is no longer the version that was edited.
        SeedbedError
            The plan is approved, or refuses the edit; it is then as it was.
        """
        with self._lock:
            self._refuse_other(version)
            return self._kept(apply_edit(self._editor, edit), by)

    def adopt(self, implant: SeedImplant, *, version: int, by: str) -> dict[str, Any]:
        """Take another implant, such as one that the planner made; it can be undone.

        Raises
        ------
        ChangedElsewhereError, SeedbedError
            As `edit`.
        """
        with self._lock:
            self._refuse_other(version)
            return self._kept(self._editor.adopt(implant), by)

    def preview(self, edit: Edit, planes: Sequence[ShownPlane]) -> tuple[dict[str, Any], bytes]:
        """Return what an edit would give, and its dose in planes; the plan stays as it is."""
        with self._lock:
            self._refuse_locked()
            with self._editor.trial():
                tried = apply_edit(self._editor, edit)
                return self._told(tried), self._planes.dose(tried.implant, planes)

    def dose(self, planes: Sequence[ShownPlane]) -> bytes:
        """Return the dose of the plan in planes, Gy, float32."""
        with self._lock:
            return self._planes.dose(self._editor.state.implant, planes)

    def plane(self, axis: str, position_mm: float, spacing_mm: float) -> ShownPlane:
        """Lay a plane around the target."""
        return shown_plane(axis, position_mm, spacing_mm=spacing_mm, target=self.parts.target, grid=self.grid)

    def sign(self, signature: dict[str, Any]) -> dict[str, Any]:
        """Put a signature under the plan as it is; who may sign is judged before."""
        with self._lock:
            self._draft = replace(self._draft, signatures=(*self._draft.signatures, signature))
            write_draft(self.folder, self._draft)
            return self._told(self._editor.state)

    def _open(self) -> PlanEditor:
        parts = self.parts
        return PlanEditor(parts.source, self._draft.implant, parts.target, parts.organs, goals=parts.goals)

    def _kept(self, after: PlanState, by: str) -> dict[str, Any]:
        """Write the plan; where that fails it is as it is kept, on the desk too."""
        draft = self._draft.changed(after.implant, by)
        try:
            write_draft(self.folder, draft)
        except SeedbedError:
            self._editor = self._open()
            raise
        self._draft = draft
        return self._told(after)

    def _refuse_other(self, version: int) -> None:
        self._refuse_locked()
        check_version("this plan", version, self._draft.version, who=self._draft.by, at=self._draft.at)

    def _refuse_locked(self) -> None:
        if self._draft.approved:
            raise LockedError(
                "an edit of a plan that is approved",
                "a plan without approval",
                "copy it, and change the copy",
            )

    def _told(self, state: PlanState) -> dict[str, Any]:
        draft = self._draft
        rx = draft.start.prescription_gy
        return {
            **{
                name: getattr(draft, name)
                for name in ("plan", "case", "version", "made", "made_by", "at", "by")
            },
            **asdict(draft.start),
            **implant_dict(state.implant),
            "state": "approved" if draft.approved else "draft",
            "signatures": list(draft.signatures),
            "seed_count": state.implant.count,
            "goals_list": [str(goal) for goal in self.parts.goals.goals],
            "goals": [goal_numbers(result) | {"goal": str(result.goal)} for result in state.results],
            "dvhs": [curve(name, dvh) for name, dvh in state.dvhs.items()],
            "metrics": {name: structure_numbers(dvh, rx) for name, dvh in state.dvhs.items()},
            "can_undo": self._editor.can_undo,
            "can_redo": self._editor.can_redo,
            "capsule": {
                "length_mm": self.parts.source.capsule_length_mm,
                "diameter_mm": self.parts.source.capsule_diameter_mm,
            },
        }


def curve(name: str, dvh: Dvh, points: int = CURVE_POINTS) -> dict[str, Any]:
    """Thin a histogram for drawing: dose at evenly spaced volumes, and both ends.

    Examples
    --------
    >>> dvh = Dvh.of("cube", np.array([10.0, 30.0]), np.array([1.0, 1.0]))
    >>> curve("cube", dvh, 3)["dose_gy"]
    [30.0, 30.0, 10.0]
    """
    volume_pct = np.linspace(0.0, 100.0, points)
    share = 100.0 * dvh.volume_cc / dvh.volume_cc[-1]
    places = np.minimum(np.searchsorted(share, volume_pct, side="left"), len(share) - 1)
    return {
        "structure": name,
        "volume_cc": round(float(dvh.total_cc), 4),
        "dose_gy": np.round(dvh.dose_gy[places], 3).tolist(),
        "volume_pct": np.round(volume_pct, 3).tolist(),
    }


def lay_down(plans: Path, draft: Draft, drawn: Sequence[Drawn]) -> Path:
    """Make the folder of a new plan, with the structures that it is made on; return it."""
    folder = plans / draft.plan
    text = json.dumps({"structures": [each.to_dict() for each in drawn]}, ensure_ascii=False)
    with placed(folder / STRUCTURES, [], kind="structures", replaces=lambda _: False) as stage:
        stage.write_text(text, encoding="utf-8")
    write_draft(folder, draft)
    return folder


def _read_structures(folder: Path) -> list[Drawn]:
    kept = json.loads((folder / STRUCTURES).read_text(encoding="utf-8"))
    return [drawn_of(each) for each in kept["structures"]]
