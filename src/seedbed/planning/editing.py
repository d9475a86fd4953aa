"""Edit a plan by hand and see dose-volume histograms and goals at once; undo as far as one likes.

The dose at samples of each structure is kept for each needle by itself: an edit calculates only the needles
that it changes, and the sum depends on the implant alone, not on the way that led to it. Nothing drifts.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from seedbed.dosimetry import Dvh, GridDose, Source
from seedbed.dosimetry.grids import FARTHEST_MM
from seedbed.errors import DoseError, NoPlanError, one_of
from seedbed.geometry import Structure, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.planning import edits
from seedbed.planning.capsules import refuse_overlap
from seedbed.planning.edits import Place
from seedbed.planning.goals import GoalResult, PlanGoals, judge_goals
from seedbed.planning.grid_editing import GridFollower
from seedbed.planning.sample_doses import SAMPLES, SampleDoses
from seedbed.planning.seed_differences import changed_seeds

SAME_STRENGTH = 1e-3
"""Share within which a strength is one in stock; local rule."""


@dataclass(frozen=True)
class PlanState:
    """A plan as it is after an edit.

    Attributes
    ----------
    implant : SeedImplant
    dvhs : mapping of str to Dvh
        By name of structure, the target under ``"target"``; on some 15 000 samples each.
    results : tuple of GoalResult
        Each goal, met or missed, and by how much.
    """

    implant: SeedImplant
    dvhs: Mapping[str, Dvh]
    results: tuple[GoalResult, ...]


class PlanEditor:
    """A plan under the hands of a planner.

    Each edit answers with the new `PlanState`, or raises one sentence and leaves the plan as it was. Seeds
    and needles are counted from 0. An edit after `undo` drops what could have been redone.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        To begin with; may be empty.
    target : Structure
    organs : sequence of Structure
    goals : PlanGoals
    grid : VoxelGrid, optional
        For `grid_dose`.
    samples : int
        In each structure.

    Raises
    ------
    SeedbedError
        A structure without volume, two of one name, a goal for another structure, a seed more than 200 mm
        outside the target.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> from seedbed.geometry import PlanarContour
    >>> from seedbed.planning.goals import Goal
    >>> square = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", (PlanarContour(-2.5, square), PlanarContour(2.5, square)), 5.0)
    >>> goals = PlanGoals(80.0, (Goal("target", "V100", "at least", 95.0, True, "local rule"),), (0.5,))
    >>> empty = SeedImplant("6711", np.empty((0, 3)), None, np.empty(0))
    >>> editor = PlanEditor(load_source("6711"), empty, box, goals=goals, samples=2000)
    >>> state = editor.add_needle((0, 0, 60), (0, 0, -5), [57.0, 62.0], strength_u=0.5)
    >>> state.implant.count, state.results[0].met
    (2, False)
    >>> editor.undo().implant.count
    0
    """

    def __init__(
        self,
        source: Source,
        implant: SeedImplant,
        target: Structure,
        organs: Sequence[Structure] = (),
        *,
        goals: PlanGoals,
        grid: VoxelGrid | None = None,
        samples: int = SAMPLES,
    ) -> None:
        self._source, self._goals, self._target = source, goals, target
        self._doses = SampleDoses(source, target, organs, samples)
        self._grid = None if grid is None else GridFollower(source, grid)
        self._refuse_far(implant, list(range(implant.count)))
        self._past: list[SeedImplant] = []
        self._future: list[SeedImplant] = []
        self._state = self._judged(implant)

    @property
    def state(self) -> PlanState:
        """The plan as it is."""
        return self._state

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to do again."""
        return bool(self._future)

    def move_seed(self, seed: int, position_mm: Place, axis: Place | None = None) -> PlanState:
        """Put a seed elsewhere, mm, turned to ``axis`` where one is given; on its needle if it has one."""
        return self.adopt(edits.seed_moved(self._state.implant, seed, position_mm, axis))

    def add_seed(
        self, position_mm: Place, *, strength_u: float, needle: int | None = None, axis: Place | None = None
    ) -> PlanState:
        """Add a seed, U, which becomes the last; on a needle it points along it."""
        self._refuse_strength(strength_u)
        implant = self._state.implant
        return self.adopt(
            edits.seed_added(implant, position_mm, strength_u=strength_u, needle=needle, axis=axis)
        )

    def remove_seed(self, seed: int) -> PlanState:
        """Take a seed away; its needle stays."""
        return self.adopt(self._state.implant.without_seed(seed))

    def move_needle(self, needle: int, entry_mm: Place, tip_mm: Place) -> PlanState:
        """Put a needle elsewhere; its seeds move with it rigidly, as far from its tip as before."""
        return self.adopt(edits.needle_moved(self._state.implant, needle, entry_mm, tip_mm))

    def add_needle(
        self, entry_mm: Place, tip_mm: Place, depths_mm: Sequence[float], *, strength_u: float
    ) -> PlanState:
        """Add a needle with seeds at depths from its entry, mm."""
        self._refuse_strength(strength_u)
        return self.adopt(
            edits.needle_added(self._state.implant, entry_mm, tip_mm, depths_mm, strength_u=strength_u)
        )

    def remove_needle(self, needle: int) -> PlanState:
        """Take a needle away, with its seeds."""
        return self.adopt(edits.needle_removed(self._state.implant, needle))

    def set_strength(self, strength_u: float, seeds: Sequence[int] | None = None) -> PlanState:
        """Give seeds another strength in stock, U; all where none are named."""
        self._refuse_strength(strength_u)
        return self.adopt(edits.strength_set(self._state.implant, strength_u, seeds))

    def adopt(self, implant: SeedImplant) -> PlanState:
        """Take another implant as the plan, in one step that can be undone: the rest planned anew, for one.

        Raises
        ------
        NoPlanError
            A seed that is new or elsewhere lies in another seed, or more than 200 mm outside the target.
        """
        changed = changed_seeds(self._state.implant, implant)
        self._refuse_far(implant, changed)
        refuse_overlap(self._source, implant, changed)
        state = self._judged(implant)
        self._past.append(self._state.implant)
        self._future.clear()
        self._state = state
        return state

    def undo(self) -> PlanState:
        """Take the last edit back.

        Raises
        ------
        NoPlanError
            No edit is left.
        """
        return self._step(self._past, self._future, "undo")

    def redo(self) -> PlanState:
        """Do the edit again that was taken back last.

        Raises
        ------
        NoPlanError
            Nothing was taken back since the last edit.
        """
        return self._step(self._future, self._past, "redo")

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Try edits: at the end of the block the plan, and what can be undone, are as they were.

        Examples
        --------
        >>> from seedbed.dosimetry import load_source
        >>> from seedbed.geometry import PlanarContour
        >>> square = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
        >>> box, one = Structure("box", (PlanarContour(0.0, square),), 5.0), np.ones(1)
        >>> seed = SeedImplant("6711", np.zeros((1, 3)), None, one)
        >>> goals = PlanGoals(80.0, (), (1.0,))
        >>> editor = PlanEditor(load_source("6711"), seed, box, goals=goals, samples=500)
        >>> with editor.trial():
        ...     editor.remove_seed(0).implant.count
        0
        >>> editor.state.implant.count, editor.can_undo
        (1, False)
        """
        past, future, state = list(self._past), list(self._future), self._state
        try:
            yield
        finally:
            self._past, self._future, self._state = past, future, state

    def grid_dose(self) -> GridDose:
        """Dose of the plan on the grid, calculated by difference from the last time it was asked for.

        Raises
        ------
        DoseError
            The editor was given no grid.
        """
        if self._grid is None:
            raise DoseError(
                "an editor without a dose grid", "one, to show the dose", "give it when you begin"
            )
        return self._grid.dose_of(self._state.implant)

    def _step(self, back: list[SeedImplant], forth: list[SeedImplant], what: str) -> PlanState:
        if not back:
            raise NoPlanError(f"nothing to {what}", f"an edit to {what}", "edit the plan first")
        state = self._judged(back[-1])
        back.pop()
        forth.append(self._state.implant)
        self._state = state
        return state

    def _judged(self, implant: SeedImplant) -> PlanState:
        dvhs = self._doses.dvhs(implant)
        return PlanState(implant, dvhs, tuple(judge_goals(self._goals, dvhs)))

    def _refuse_strength(self, strength_u: float) -> None:
        stock = self._goals.strengths_u
        if stock and not any(abs(strength_u - each) <= SAME_STRENGTH * each for each in stock):
            raise NoPlanError(
                f"a seed of {strength_u:g} U",
                one_of([f"{each:g}" for each in stock]),
                "choose a strength in stock, or add it to the goals",
            )

    def _refuse_far(self, implant: SeedImplant, seeds: list[int]) -> None:
        places = implant.positions_mm[seeds]
        lower, upper = self._target.bounds_mm
        beyond = np.linalg.norm(places - np.clip(places, lower, upper), axis=1)
        if beyond.size and beyond.max() > FARTHEST_MM:
            worst = int(beyond.argmax())
            raise NoPlanError(
                f"seed {seeds[worst]} lies {beyond[worst]:.0f} mm outside target '{self._target.name}'",
                f"seeds in the frame of the target, at most {FARTHEST_MM:g} mm outside",
                "check its place",
            )
