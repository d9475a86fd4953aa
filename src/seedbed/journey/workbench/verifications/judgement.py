"""Which seeds on a CT are counted and where they lie: what the search found, and what people did since."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError, one_of
from seedbed.journey.single_file import placed
from seedbed.journey.workbench.plans.draft import now
from seedbed.journey.workbench.refusals import check_version

FILE: Final = "judgement.json"
OPEN, ACCEPTED, REFUSED = STATES = ("open", "accepted", "refused")
JUDGED, ADDED, MOVED, UNDONE, REDONE = ("judged", "added", "moved", "undone", "redone")
RESTATED, EXPLAINED = "restated", "explained"
NO_SEED: Final = 0
"""Stands for the number of a seed in a change that is of no single one."""
Place = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that a person did to one seed, or said of the number of all of them.

    Attributes
    ----------
    version : int
        Of the judgement that it made.
    seed : int
        Its number: found ones from 1, then what was seen and not counted, then those added by hand; 0 where
        it is of all.
    before, state : {"open", "accepted", "refused"}
    by, at : str
        Who, and when (UTC, ISO 8601).
    kind : {"judged", "added", "moved", "undone", "redone", "restated", "explained"}
        The last two: the number of seeds implanted was corrected; it was said why another number counts.
    position_mm, axis : (x, y, z) or None
        Where it was put by hand, and its direction; an axis of None there says that nobody knows it.
    why : str
    of : int or None
        The version that was taken back, or done again.
    implanted : int or None
        The number of seeds implanted that was stated, or that was so when it was said why another counts.
    counting : int or None
        How many counted when it was said why.
    """

    version: int
    seed: int
    before: str
    state: str
    by: str
    at: str
    kind: str = JUDGED
    position_mm: Place | None = None
    axis: Place | None = None
    why: str = ""
    of: int | None = None
    implanted: int | None = None
    counting: int | None = None


@dataclass(frozen=True)
class Judgement:
    """All that people did to the seeds of a verification, in order; nothing is ever taken out of it.

    Attributes
    ----------
    changes : tuple of Change
    """

    changes: tuple[Change, ...] = ()

    @property
    def version(self) -> int:
        """Counts the changes, from 0."""
        return len(self.changes)

    @cached_property
    def _stacks(self) -> tuple[list[Change], list[Change]]:
        """What holds, and what was taken back and can be done again, both the latest last."""
        done: list[Change] = []
        back: list[Change] = []
        for each in self.changes:
            if each.kind == UNDONE:
                back.append(done.pop())
            elif each.kind == REDONE:
                done.append(back.pop())
            else:
                done.append(each)
                back.clear()
        return done, back

    @property
    def standing(self) -> list[Change]:
        """Changes that hold: those that were not taken back."""
        return self._stacks[0]

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._stacks[0])

    @property
    def can_redo(self) -> bool:
        """Whether one was taken back since the last change."""
        return bool(self._stacks[1])

    @property
    def latest(self) -> Mapping[int, Change]:
        """The change that holds, of each seed on which there is one."""
        return {each.seed: each for each in self.standing if each.seed != NO_SEED}

    @property
    def placed(self) -> Mapping[int, Change]:
        """The change that put a seed where it is, of each that was added or moved by hand."""
        return {each.seed: each for each in self.standing if each.position_mm is not None}

    @property
    def added(self) -> list[int]:
        """Numbers of the seeds that were added by hand, refused ones too."""
        return [each.seed for each in self.standing if each.kind == ADDED]

    def implanted(self, first: int | None) -> int | None:
        """Return the number of seeds implanted as it is stated now; ``first`` is that of the beginning.

        Examples
        --------
        >>> said = Judgement().changed(NO_SEED, "open", by="A", why="x", kind="restated", implanted=13)
        >>> said.implanted(12), said.undone(by="B").implanted(12)
        (13, 12)
        """
        said = [each.implanted for each in self.standing if each.kind == RESTATED]
        return said[-1] if said else first

    def explained(self, counting: int, implanted: int | None) -> Change | None:
        """Return what was said last of why so many count where another number was implanted."""
        said = [each for each in self.standing if each.kind == EXPLAINED]
        return next(
            (each for each in said[::-1] if (each.counting, each.implanted) == (counting, implanted)), None
        )

    def state(self, seed: int) -> str:
        """Return what holds of a seed.

        Examples
        --------
        >>> Judgement().state(3)
        'open'
        """
        found = self.latest.get(seed)
        return OPEN if found is None else found.state

    def at_version(self, version: int) -> "Judgement":
        """Return the judgement as it was at a version."""
        return Judgement(self.changes[:version])

    def changed(self, seed: int, state: str, *, by: str, why: str = "", **put: Any) -> "Judgement":
        """Return the judgement after one more change.

        Parameters
        ----------
        seed : int
        state : {"open", "accepted", "refused"}
        by, why : str
        **put
            ``kind``; ``position_mm``, ``axis`` of a seed that is put somewhere; ``implanted``, ``counting``.

        Raises
        ------
        InputError
            A state that is none.

        Examples
        --------
        >>> after = Judgement().changed(3, "refused", by="A")
        >>> after.version, after.state(3), after.changes[0].before
        (1, 'refused', 'open')
        """
        if state not in STATES:
            raise InputError(f"the state '{state[:40]}'", one_of(STATES, state), "choose one of them")
        one = Change(
            version=self.version + 1, seed=seed, before=self.state(seed), state=state, by=by, at=now(),
            why=why, **put,
        )  # fmt: skip
        return Judgement((*self.changes, one))

    def undone(self, *, by: str) -> "Judgement":
        """Return the judgement after the latest change that holds was taken back.

        Raises
        ------
        InputError
            There is none.

        Examples
        --------
        >>> judgement = Judgement().changed(3, "refused", by="A").undone(by="B")
        >>> judgement.state(3), judgement.version, judgement.can_redo
        ('open', 2, True)
        """
        return self._stepped(UNDONE, self._stacks[0], by, "take back")

    def redone(self, *, by: str) -> "Judgement":
        """Return the judgement after the change that was taken back last was done again.

        Raises
        ------
        InputError
            There is none.
        """
        return self._stepped(REDONE, self._stacks[1], by, "do again")

    def _stepped(self, kind: str, stack: Sequence[Change], by: str, what: str) -> "Judgement":
        if not stack:
            raise InputError(f"no change to {what}", "a change of a seed before", "look at the list of seeds")
        of = stack[-1]
        step = Change(
            version=self.version + 1, seed=of.seed, before=self.state(of.seed), state=of.state, by=by,
            at=now(), kind=kind, of=of.version,
        )  # fmt: skip
        after = Judgement((*self.changes, step))
        told = replace(step, state=after.state(of.seed))
        return Judgement((*self.changes, told))


def counted(judgement: Judgement, found: Sequence[int], others: Sequence[int]) -> list[int]:
    """Return the numbers of the seeds that count for the dose.

    Parameters
    ----------
    judgement : Judgement
    found : sequence of int
        Seeds that the search counted: they count unless somebody refused them.
    others : sequence of int
        What it saw and did not count: counts where somebody accepted it, as do seeds added by hand.

    Examples
    --------
    >>> judgement = Judgement().changed(1, "refused", by="A").changed(4, "accepted", by="A")
    >>> counted(judgement, [1, 2, 3], [4, 5])
    [2, 3, 4]
    """
    kept = [seed for seed in found if judgement.state(seed) != REFUSED]
    return kept + [seed for seed in (*others, *judgement.added) if judgement.state(seed) == ACCEPTED]


def places_by_hand(judgement: Judgement, numbers: Iterable[int]) -> dict[int, tuple[Place, Place | None]]:
    """Return position and axis of those seeds of a list that were put where they are by hand.

    Examples
    --------
    >>> put = {"kind": "added", "position_mm": (1.0, 2.0, 3.0)}
    >>> judgement = Judgement().changed(7, "accepted", by="A", **put)
    >>> places_by_hand(judgement, [6, 7])
    {7: ((1.0, 2.0, 3.0), None)}
    """
    put = judgement.placed
    found = {seed: (put[seed].position_mm, put[seed].axis) for seed in numbers if seed in put}
    return {seed: (place, axis) for seed, (place, axis) in found.items() if place is not None}


def read_judgement(folder: Path) -> Judgement:
    """Read the decisions of a verification; none where nobody has decided yet."""
    path = folder / FILE
    if not path.is_file():
        return Judgement()
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Judgement(tuple(_change(each) for each in kept["changes"]))


def _change(values: dict[str, Any]) -> Change:
    triples = {name: tuple(values[name]) for name in ("position_mm", "axis") if values.get(name) is not None}
    return Change(**values | triples)


def judgement_dict(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as it is kept."""
    return {"version": judgement.version, "changes": [asdict(each) for each in judgement.changes]}


def write_judgement(folder: Path, judgement: Judgement) -> None:
    """Write the judgement of a verification, whole or not at all."""
    with placed(folder / FILE, [], kind="a judgement", replaces=Path.is_file) as stage:
        text = json.dumps(judgement_dict(judgement), ensure_ascii=False, indent=1, allow_nan=False)
        stage.write_text(text, encoding="utf-8")


def check_judgement(judgement: Judgement, version: int) -> None:
    """Refuse a change of another version than the one that is kept.

    Raises
    ------
    ChangedElsewhereError
        Somebody decided since.
    """
    last = judgement.changes[-1] if judgement.changes else None
    check_version(
        "the judgement of the seeds", version, judgement.version,
        who=last.by if last else "", at=last.at if last else "",
    )  # fmt: skip
