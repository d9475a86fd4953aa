"""A plan on the desk: edited by hand with dose, histograms and goals at once, and kept at every change."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from threading import RLock
from typing import Any

import numpy as np

from seedbed.dosimetry import Dvh
from seedbed.errors import OutputError, SeedbedError
from seedbed.geometry import VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_numbers, goal_words, structure_numbers
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.drawn import Drawn, drawn_of
from seedbed.journey.workbench.encoded import Encoded, encoded
from seedbed.journey.workbench.meshes import SurfaceMesh, dose_grid, dose_mesh
from seedbed.journey.workbench.plans.draft import (
    STRUCTURES,
    Draft,
    PlanParts,
    implant_dict,
    now,
    parts_of,
    read_draft,
    write_draft,
)
from seedbed.journey.workbench.plans.edits import Edit, apply_edit
from seedbed.journey.workbench.plans.planes import AnyPlane, PlaneDoses, ShownPlane, shown_plane
from seedbed.journey.workbench.refusals import LockedError, NotFoundError, check_version
from seedbed.planning.editing import PlanEditor, PlanState
from seedbed.planning.needle_doses import NeedleDoses

CURVE_POINTS = 200
"""Points of a histogram that is drawn (local rule)."""
BOX_BYTES = 96_000_000
"""Doses of needles kept for surfaces, beyond those of the plan (local rule)."""


def _unnoted(_after: Draft) -> None:
    """Write nothing down."""


class PlanDesk:
    """One plan, open for any number of people; one edit at a time.

    Parameters
    ----------
    folder : Path
        Of the plan, as `lay_down` made it.
    grid : VoxelGrid
        Of the CT.
    patient_id : str
        Whose plan it is.
    """

    def __init__(self, folder: Path, grid: VoxelGrid, patient_id: str) -> None:
        self.folder, self.grid, self.patient_id = folder, grid, patient_id
        self._lock, self._being_signed, self._gone = RLock(), "", False
        self._draft = read_draft(folder)
        self.drawn = _read_structures(folder)
        self.parts: PlanParts = parts_of(self._draft.start, self.drawn)
        self._editor = self._open()
        self._planes = PlaneDoses(self.parts.source)
        self._box: NeedleDoses | None = None
        self._encoded: tuple[Draft, Encoded] | None = None

    @property
    def draft(self) -> Draft:
        """The plan as it is kept."""
        return self._draft

    def state(self) -> dict[str, Any]:
        """Return all that the page shows."""
        with self._lock:
            return self._told(self._editor.state)

    def state_encoded(self) -> Encoded:
        """Return `state` as the browser gets it; written anew only after a change."""
        with self._lock:
            if self._encoded is None or self._encoded[0] is not self._draft:
                self._encoded = (self._draft, encoded(self.state()))
            return self._encoded[1]

    def edit(
        self, edit: Edit, *, version: int, by: str, noted: Callable[[Draft], None] = _unnoted
    ) -> dict[str, Any]:
        """Do an edit and keep it.

        Parameters
        ----------
        edit : mapping
        version : int
            That was seen.
        by : str
        noted : callable
            Writes down what is to be kept; where it cannot, nothing is kept.

        Raises
        ------
        ChangedElsewhereError
            The plan is no longer the version that was edited.
        SeedbedError
            The plan is approved, or refuses the edit; it is then as it was.
        """
        with self._lock:
            self._refuse_other(version)
            return self._kept(apply_edit(self._editor, edit), by, noted)

    def adopt(
        self, implant: SeedImplant, *, version: int, by: str, noted: Callable[[Draft], None] = _unnoted
    ) -> dict[str, Any]:
        """Take another implant, such as one that the planner made; it can be undone.

        Raises
        ------
        ChangedElsewhereError, SeedbedError
            As `edit`.
        """
        with self._lock:
            self._refuse_other(version)
            return self._kept(self._editor.adopt(implant), by, noted)

    def preview(self, edit: Edit, planes: Sequence[AnyPlane]) -> tuple[dict[str, Any], bytes]:
        """Return what an edit would change, and its dose in planes; the plan stays as it is.

        What is told leaves out what the page has already: `state` with ``seeds``, ``needles``, ``goals`` and
        the doses of ``dvhs`` in its place is the state of the plan after the edit.
        """
        with self._lock:
            self.refuse_locked()
            with self._editor.trial():
                tried = apply_edit(self._editor, edit)
                return self._changed(tried), self._planes.dose(tried.implant, planes)

    def isosurface(self, level_gy: float) -> SurfaceMesh:
        """Lay a surface where the dose of the plan has a level.

        Raises
        ------
        InputError
            A level that is not above 0.
        """
        grid = dose_grid(self.parts.target)
        with self._lock:
            implant = self._editor.state.implant
            if self._box is None:
                self._box = NeedleDoses(self.parts.source, grid.points_mm(), kept_bytes=BOX_BYTES)
            dose = self._box.dose(implant).reshape(grid.shape)
        return dose_mesh(dose, level_gy, grid)

    def dose(self, planes: Sequence[AnyPlane]) -> bytes:
        """Return the dose of the plan in planes, Gy, float32."""
        with self._lock:
            return self._planes.dose(self._editor.state.implant, planes)

    def plane(self, axis: str, position_mm: float, spacing_mm: float) -> ShownPlane:
        """Lay a plane around the target."""
        return shown_plane(axis, position_mm, spacing_mm=spacing_mm, target=self.parts.target, grid=self.grid)

    @contextmanager
    def alone(self, by: str) -> Iterator[None]:
        """Keep the plan as it is while it is signed: it can be looked at, and not be changed.

        Parameters
        ----------
        by : str
            Who signs it; others are told so.

        Raises
        ------
        LockedError
            Somebody is signing it already.
        """
        with self._lock:
            self._refuse_being_signed()
            self._being_signed = f"{by} since {now()}"
        try:
            yield
        finally:
            self._being_signed = ""

    def check_version(self, version: int) -> None:
        """Refuse another version than the one that is kept.

        Raises
        ------
        ChangedElsewhereError
        """
        check_version("this plan", version, self._draft.version, who=self._draft.by, at=self._draft.at)

    def refuse_locked(self) -> None:
        """Refuse where the plan is approved, or is being signed.

        Raises
        ------
        LockedError
        """
        self._refuse_being_signed()
        if self._draft.approved:
            raise LockedError(
                "an edit of a plan that is approved",
                "a plan without approval",
                "copy it, and change the copy",
            )

    def _refuse_being_signed(self) -> None:
        if self._gone:
            raise NotFoundError("a plan that was deleted", "a plan of a case", "choose one of the list")
        if self._being_signed:
            raise LockedError(
                f"a plan that is being signed by {self._being_signed}",
                "a plan that nobody is signing",
                "wait until that has ended, and load it again",
            )

    def put_away(self, folder: Path, *, version: int, noted: Callable[[], None]) -> None:
        """Take a draft that nobody signed off the desk; its folder is kept in another place.

        Parameters
        ----------
        folder : Path
            Where it goes.
        version : int
            That was seen.
        noted : callable
            Writes down that it is deleted; where it cannot, it is not.

        Raises
        ------
        ChangedElsewhereError, LockedError
            Another version is kept; it is signed, or being signed.
        OutputError
            It cannot be moved.
        """
        with self._lock:
            self._refuse_other(version)
            if self._draft.signatures:
                raise LockedError(
                    "a plan that somebody has signed",
                    "a draft without signatures",
                    "keep it, or edit it first",
                )
            noted()
            try:
                folder.parent.mkdir(exist_ok=True)
                self.folder.rename(folder)
            except OSError as error:
                raise OutputError(
                    f"the plan could not be taken away ({error.strerror or error})",
                    "a folder that can be written",
                    "check the disk of the workplace",
                ) from error
            self._gone = True

    def missed(self) -> list[str]:
        """Return the hard goals that the plan misses, in words."""
        results = self._editor.state.results
        return [goal_words(result) for result in results if result.goal.hard and not result.met]

    def sign(self, signature: dict[str, Any]) -> dict[str, Any]:
        """Put a signature under the plan as it is; who may sign is judged before.

        Raises
        ------
        OutputError
            It cannot be written; the plan then has no such signature.
        """
        with self._lock:
            draft = replace(self._draft, signatures=(*self._draft.signatures, signature))
            write_draft(self.folder, draft)
            self._draft = draft
            return self._told(self._editor.state)

    def _open(self) -> PlanEditor:
        parts = self.parts
        return PlanEditor(parts.source, self._draft.implant, parts.target, parts.organs, goals=parts.goals)

    def _kept(self, after: PlanState, by: str, noted: Callable[[Draft], None]) -> dict[str, Any]:
        """Write the plan; where that fails it is as it is kept, on the desk too."""
        draft = self._draft.changed(after.implant, by)
        try:
            noted(draft)
            write_draft(self.folder, draft)
        except SeedbedError:
            self._editor, self._encoded = self._open(), None
            raise
        self._draft = draft
        return self._told(after)

    def _refuse_other(self, version: int) -> None:
        self.refuse_locked()
        self.check_version(version)

    def _changed(self, state: PlanState) -> dict[str, Any]:
        """Return what an edit can change; seeds and needles that are as they were are left out."""
        before, after = implant_dict(self._draft.implant), implant_dict(state.implant)
        same = [len(before[name]) == len(after[name]) for name in ("seeds", "needles")]
        whole = not all(same)
        curves = [curve(name, dvh) for name, dvh in state.dvhs.items()]
        return {
            "version": self._draft.version,
            "whole": whole,
            **{
                name: [new for at, new in enumerate(after[name]) if whole or new != before[name][at]]
                for name in ("seeds", "needles")
            },
            "seed_count": state.implant.count,
            "goals": _goals(state),
            "dvhs": [{name: each[name] for name in ("structure", "dose_gy")} for each in curves],
        }

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
            "goal_changes": list(draft.start.goals),
            "goals": _goals(state),
            "dvhs": [curve(name, dvh) for name, dvh in state.dvhs.items()],
            "metrics": {name: structure_numbers(dvh, rx) for name, dvh in state.dvhs.items()},
            "can_undo": self._editor.can_undo,
            "can_redo": self._editor.can_redo,
            "capsule": {
                "length_mm": self.parts.source.capsule_length_mm,
                "diameter_mm": self.parts.source.capsule_diameter_mm,
            },
        }


def _goals(state: PlanState) -> list[dict[str, Any]]:
    return [goal_numbers(result) | {"goal": str(result.goal)} for result in state.results]


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
