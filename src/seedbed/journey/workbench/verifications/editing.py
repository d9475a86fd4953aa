"""Seeds of a verification put right by hand: added, moved, taken away; each change kept with who and why."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.errors import InputError, one_of
from seedbed.geometry import VoxelGrid
from seedbed.journey.verification.question import MOST_SEEDS
from seedbed.journey.workbench.refusals import LockedError, NotFoundError
from seedbed.journey.workbench.verifications.folder import kept_runs, search_of
from seedbed.journey.workbench.verifications.judgement import (
    ACCEPTED,
    ADDED,
    EXPLAINED,
    MOVED,
    NO_SEED,
    OPEN,
    REFUSED,
    RESTATED,
    Judgement,
    Place,
    check_judgement,
    counted,
    read_judgement,
    write_judgement,
)
from seedbed.journey.workbench.verifications.seeds import Seen, refuse_seen, seen_by, settled

Edit = Mapping[str, Any]
LONGEST_WHY = 200


def _unnoted(_after: Judgement) -> None:
    """Write nothing down."""


def seen_of(folder: Path) -> Seen:
    """Return what the search of a verification saw.

    Raises
    ------
    InputError
        Nothing is calculated yet.
    """
    search = search_of(kept_runs(folder))
    if search is None:
        raise InputError("a verification without a result", "one that was calculated", "wait for the job")
    return seen_by(search)


def edit_seeds(
    folder: Path,
    edit: Edit,
    *,
    version: int,
    by: str,
    grid: VoxelGrid,
    noted: Callable[[Judgement], None] = _unnoted,
) -> Judgement:
    """Do an edit and keep it; hold the lock of the verification meanwhile.

    Parameters
    ----------
    folder : Path
        Of the verification.
    edit : mapping
        See `applied`.
    version : int
        Of the judgement that was seen.
    by : str
    grid : VoxelGrid
        Of the CT after implantation.
    noted : callable
        Writes down what is to be kept; where it cannot, nothing is kept.

    Raises
    ------
    ChangedElsewhereError, LockedError
        Another version is kept, or the verification is approved.
    SeedbedError
        An edit that cannot be; the seeds are then as they were.
    """
    refuse_locked(folder)
    before = read_judgement(folder)
    check_judgement(before, version)
    after = applied(seen_of(folder), before, edit, by=by, grid=grid)
    noted(after)
    write_judgement(folder, after)
    return after


def refuse_locked(folder: Path) -> None:
    """Refuse where the verification is approved.

    Raises
    ------
    LockedError
    """
    if any(each.approved for each in kept_runs(folder)):
        raise LockedError(
            "a change of a verification that is approved",
            "a verification without approval",
            "begin another verification on the same CT",
        )


def applied(seen: Seen, judgement: Judgement, edit: Edit, *, by: str, grid: VoxelGrid) -> Judgement:
    """Return the judgement after an edit.

    Parameters
    ----------
    seen : Seen
    judgement : Judgement
    edit : mapping
        ``kind``, one of `EDITS`, and what it needs: ``seed``, ``position_mm``, ``axis``, ``why``, ``state``,
        ``implanted``.
    by : str
    grid : VoxelGrid

    Raises
    ------
    InputError, NotFoundError
        An edit that is none, lacks something, or leaves a seed where none can be.
    """
    kind = str(edit.get("kind", ""))
    if kind not in EDITS:
        raise InputError(f"the edit '{kind[:40]}'", one_of(EDITS, kind), "choose one of them")
    after = EDITS[kind](seen, judgement, edit, by)
    if kind not in ("undo", *OF_ALL):
        settled(seen, after, grid)
    return after


def _add(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    number = max([seen.count, *(each.seed for each in judgement.changes)]) + 1
    after = judgement.changed(
        number, ACCEPTED, by=by, why=_why(edit), kind=ADDED, position_mm=_place(edit), axis=_axis(edit)
    )
    refuse_seen(seen, after, number)
    return after


def _move(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    number = _number(seen, judgement, edit)
    if judgement.state(number) == REFUSED:
        raise InputError(f"a move of seed {number}, which is refused", "one that counts", "accept it first")
    axis = _axis(edit) if edit.get("axis") is not None else seen.place(judgement, number)[1]
    after = judgement.changed(
        number, ACCEPTED, by=by, why=_why(edit), kind=MOVED, position_mm=_place(edit), axis=axis
    )
    refuse_seen(seen, after, number)
    return after


def _judge(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    number, state = _number(seen, judgement, edit), str(edit.get("state", ""))
    if state == OPEN and number in judgement.placed:
        raise InputError(
            f"seed {number} left open, which was put where it is by hand",
            "accepted or refused",
            "refuse it, or take the change back",
        )
    return judgement.changed(number, state, by=by)


def _remove(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    return judgement.changed(_number(seen, judgement, edit), REFUSED, by=by, why=_why(edit))


def _restate(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    implanted, stated = edit.get("implanted"), judgement.implanted(seen.implanted)
    if not isinstance(implanted, int) or not 1 <= implanted <= MOST_SEEDS:
        raise InputError(f"{implanted} seeds implanted", f"1 to {MOST_SEEDS}", "correct the number")
    if implanted == stated:
        raise InputError(
            f"{implanted} seeds implanted, which is stated already",
            "another number",
            "leave it, or correct it",
        )
    return judgement.changed(NO_SEED, OPEN, by=by, why=_why(edit), kind=RESTATED, implanted=implanted)


def _explain(seen: Seen, judgement: Judgement, edit: Edit, by: str) -> Judgement:
    counting = len(counted(judgement, seen.found.numbers.tolist(), seen.others))
    implanted = judgement.implanted(seen.implanted)
    if implanted is None or implanted == counting:
        raise InputError(
            "a reason for a difference where there is none",
            "another number of seeds that count than were implanted",
            "look at the two numbers again",
        )
    return judgement.changed(
        NO_SEED, OPEN, by=by, why=_why(edit), kind=EXPLAINED, implanted=implanted, counting=counting
    )


def _undo(_seen: Seen, judgement: Judgement, _edit: Edit, by: str) -> Judgement:
    return judgement.undone(by=by)


def _redo(_seen: Seen, judgement: Judgement, _edit: Edit, by: str) -> Judgement:
    return judgement.redone(by=by)


EDITS: Mapping[str, Callable[[Seen, Judgement, Edit, str], Judgement]] = {
    "add_seed": _add,
    "move_seed": _move,
    "remove_seed": _remove,
    "judge_seed": _judge,
    "restate_count": _restate,
    "explain_count": _explain,
    "undo": _undo,
    "redo": _redo,
}
OF_ALL = ("restate_count", "explain_count")
"""Edits that leave every seed as it is."""


def check_number(seen: Seen, judgement: Judgement, number: int) -> None:
    """Refuse a number that no seed has.

    Raises
    ------
    NotFoundError
    """
    if not 1 <= number <= seen.count and number not in judgement.added:
        raise NotFoundError(f"no seed {number}", "a seed of this verification", "choose one of the list")


def _number(seen: Seen, judgement: Judgement, edit: Edit) -> int:
    number = edit.get("seed")
    if not isinstance(number, int):
        raise InputError("an edit of no seed", "the number of one", "choose a seed")
    check_number(seen, judgement, number)
    return number


def _why(edit: Edit) -> str:
    why = " ".join(str(edit.get("why") or "").split())
    if not why or len(why) > LONGEST_WHY or not why.isprintable():
        raise InputError(
            f"'{why[:40]}' as the reason of a change", f"a line of 1 to {LONGEST_WHY} letters", "say why"
        )
    return why


def _place(edit: Edit) -> Place:
    if edit.get("position_mm") is None:
        raise InputError("a seed without a place", "x, y and z in mm", "point at its place")
    x, y, z = (round(float(value), 3) for value in edit["position_mm"])
    return x, y, z


def _axis(edit: Edit) -> Place | None:
    if edit.get("axis") is None:
        return None
    along = np.array([float(value) for value in edit["axis"]])
    length = float(np.linalg.norm(along))
    if not np.isfinite(length) or length < 1e-6:
        raise InputError("a direction of no length", "three numbers, not all zero", "correct it")
    x, y, z = (round(float(value), 6) for value in along / length)
    return x, y, z
