"""Edits of a plan as the browser sends them."""

from collections.abc import Callable, Mapping
from typing import Any

from seedbed.errors import InputError, SeedbedError, one_of
from seedbed.planning.editing import PlanEditor, PlanState

Edit = Mapping[str, Any]


def apply_edit(editor: PlanEditor, edit: Edit) -> PlanState:
    """Do one edit.

    Parameters
    ----------
    editor : PlanEditor
    edit : mapping
        ``kind``, one of `EDITS`, and what that edit needs: ``seed``, ``needle`` (numbers from 0),
        ``position_mm``, ``axis``, ``entry_mm``, ``tip_mm``, ``depths_mm``, ``strength_u``, ``seeds``.

    Raises
    ------
    SeedbedError
        An edit that is none, lacks something, or that the plan refuses; the plan is then as it was.
    """
    kind = str(edit.get("kind", ""))
    if kind not in EDITS:
        raise InputError(f"the edit '{kind[:40]}'", one_of(EDITS, kind), "choose one of them")
    try:
        return EDITS[kind](editor, edit)
    except SeedbedError:
        raise
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise InputError(
            f"the edit '{kind}' with values that cannot be used ({str(error)[:80]})",
            "seeds and needles by their numbers, places of three numbers in mm",
            "correct it",
        ) from error


def _move_seed(editor: PlanEditor, edit: Edit) -> PlanState:
    return editor.move_seed(int(edit["seed"]), _place(edit["position_mm"]), _maybe_place(edit, "axis"))


def _add_seed(editor: PlanEditor, edit: Edit) -> PlanState:
    needle = edit.get("needle")
    return editor.add_seed(
        _place(edit["position_mm"]),
        strength_u=float(edit["strength_u"]),
        needle=None if needle is None else int(needle),
        axis=_maybe_place(edit, "axis"),
    )


def _remove_seed(editor: PlanEditor, edit: Edit) -> PlanState:
    return editor.remove_seed(int(edit["seed"]))


def _move_needle(editor: PlanEditor, edit: Edit) -> PlanState:
    return editor.move_needle(int(edit["needle"]), _place(edit["entry_mm"]), _place(edit["tip_mm"]))


def _add_needle(editor: PlanEditor, edit: Edit) -> PlanState:
    depths = [float(depth) for depth in edit["depths_mm"]]
    entry, tip = _place(edit["entry_mm"]), _place(edit["tip_mm"])
    return editor.add_needle(entry, tip, depths, strength_u=float(edit["strength_u"]))


def _remove_needle(editor: PlanEditor, edit: Edit) -> PlanState:
    return editor.remove_needle(int(edit["needle"]))


def _set_strength(editor: PlanEditor, edit: Edit) -> PlanState:
    seeds = edit.get("seeds")
    return editor.set_strength(float(edit["strength_u"]), None if seeds is None else [int(n) for n in seeds])


def _undo(editor: PlanEditor, _edit: Edit) -> PlanState:
    return editor.undo()


def _redo(editor: PlanEditor, _edit: Edit) -> PlanState:
    return editor.redo()


EDITS: Mapping[str, Callable[[PlanEditor, Edit], PlanState]] = {
    "move_seed": _move_seed,
    "add_seed": _add_seed,
    "remove_seed": _remove_seed,
    "move_needle": _move_needle,
    "add_needle": _add_needle,
    "remove_needle": _remove_needle,
    "set_strength": _set_strength,
    "undo": _undo,
    "redo": _redo,
}


def _place(value: Any) -> tuple[float, float, float]:
    x, y, z = (float(each) for each in value)
    return x, y, z


def _maybe_place(edit: Edit, name: str) -> tuple[float, float, float] | None:
    value = edit.get(name)
    return None if value is None else _place(value)
