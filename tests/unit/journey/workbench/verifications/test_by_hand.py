"""Seeds put by hand: each change is kept, can be taken back, and never wears the confidence of the search."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.errors import InputError, SeedbedError
from seedbed.geometry import VoxelGrid
from seedbed.journey.workbench.refusals import LockedError, NotFoundError
from seedbed.journey.workbench.verifications.editing import edit_seeds, seen_of
from seedbed.journey.workbench.verifications.folder import APPROVAL
from seedbed.journey.workbench.verifications.judgement import Judgement, counted, read_judgement
from seedbed.journey.workbench.verifications.latest import current_run
from seedbed.journey.workbench.verifications.seeds import seeds_counted
from seedbed.journey.workbench.verifications.sentences import sentences
from seedbed.journey.workbench.verifications.state import verification_state
from seedbed.verification.seed_edits import compare_edits

GRID = VoxelGrid((-40.0, -40.0, -20.0), (2.0, 2.0, 2.5), (17, 41, 41))
ADD = {"kind": "add_seed", "position_mm": [10.0, 4.0, 0.0], "axis": [0.0, 0.0, 2.0], "why": "missed"}
MOVE = {"kind": "move_seed", "seed": 2, "position_mm": [0.0, 3.0, 0.0], "why": "beside its shadow"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made)
    return made


def edit(folder: Path, what: dict[str, Any], by: str = "A") -> dict[int, dict[str, Any]]:
    version = read_judgement(folder).version
    edit_seeds(folder, what, version=version, by=by, grid=GRID)
    return {each["number"]: each for each in verification_state(folder)["seeds"]}


def test_an_added_seed_has_no_confidence_and_counts_until_it_is_taken_away(folder: Path) -> None:
    seed = edit(folder, ADD)[5]
    assert (seed["hand"], seed["confidence"], seed["counts"], seed["by"], seed["why"]) == (
        "added", None, True, "A", "missed"
    )  # fmt: skip
    assert seed["axis"] == (0.0, 0.0, 1.0)
    assert verification_state(folder)["stale"]
    assert not edit(folder, {"kind": "remove_seed", "seed": 5, "why": "a clip"})[5]["counts"]
    assert not verification_state(folder)["stale"]
    assert edit(folder, ADD | {"position_mm": [12.0, 4.0, 0.0]})[6]["hand"] == "added"


def test_a_moved_seed_is_told_from_what_the_search_saw(folder: Path) -> None:
    seed = edit(folder, MOVE)[2]
    assert (seed["hand"], seed["position_mm"], seed["from_mm"]) == ("moved", (0.0, 3.0, 0.0), [0.0, 0.0, 0.0])
    assert seed["axis"] == (1.0, 0.0, 0.0)
    assert verification_state(folder)["stale"]
    edits = compare_edits(
        seen_of(folder).found, seeds_counted(seen_of(folder), read_judgement(folder)), slice_mm=2.5
    )
    assert [(each.number, each.to_mm) for each in edits.moved] == [(2, (0.0, 3.0, 0.0))]
    assert (edits.kept, edits.added, edits.deleted) == ((1, 3), (), ())


def test_an_accepted_doubt_is_by_hand_and_a_certain_seed_is_not(folder: Path) -> None:
    seeds = edit(folder, {"kind": "judge_seed", "seed": 3, "state": "accepted"})
    assert [seeds[number]["hand"] for number in (1, 3, 4)] == ["", "accepted", ""]
    assert edit(folder, {"kind": "judge_seed", "seed": 1, "state": "accepted"})[1]["hand"] == ""


@given(some.lists(some.sampled_from(["add", "move", "refuse", "undo", "redo"]), max_size=25))
def test_undo_and_redo_go_through_every_change_and_none_is_lost(said: list[str]) -> None:
    judgement, shown = Judgement(), [Judgement()]
    back: list[Judgement] = []
    put = {"kind": "added", "position_mm": (1.0, 2.0, 3.0)}

    def seeds(of: Judgement) -> Any:
        return counted(of, [1, 2], [3]), {seed: each.position_mm for seed, each in of.placed.items()}

    for step, what in enumerate(said, start=1):
        if what == "undo" and not judgement.can_undo:
            assert len(shown) == 1
            with pytest.raises(InputError):
                judgement.undone(by="A")
        elif what == "redo" and not judgement.can_redo:
            assert not back
            with pytest.raises(InputError):
                judgement.redone(by="A")
        elif what == "undo":
            judgement = judgement.undone(by="A")
            back.append(shown.pop())
        elif what == "redo":
            judgement = judgement.redone(by="A")
            shown.append(back.pop())
        else:
            if what == "add":
                judgement = judgement.changed(10 + step, "accepted", by="A", **put)
            elif what == "move":
                moved = {"kind": "moved", "position_mm": (float(step), 0.0, 0.0)}
                judgement = judgement.changed(1, "accepted", by="A", **moved)
            else:
                judgement = judgement.changed(2, "refused", by="A")
            shown.append(judgement)
            back.clear()
        assert seeds(judgement) == seeds(shown[-1])
    assert [each.version for each in judgement.changes] == list(range(1, judgement.version + 1))


def test_what_is_taken_back_is_kept_and_the_dose_holds_again(folder: Path) -> None:
    edit(folder, ADD, by="A")
    seeds = edit(folder, {"kind": "undo"}, by="B")
    assert sorted(seeds) == [1, 2, 3, 4]
    state = verification_state(folder)
    assert (state["stale"], state["can_undo"], state["can_redo"]) == (False, False, True)
    assert [(each["kind"], each["by"], each["of"]) for each in state["changes"]] == [
        ("added", "A", None), ("undone", "B", 1)
    ]  # fmt: skip
    assert edit(folder, {"kind": "redo"})[5]["counts"]
    assert sentences(read_judgement(folder), [5])[0].startswith(
        "Seed 5 was added by hand at (10.0, 4.0, 0.0) mm"
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (ADD | {"position_mm": [-5.0, 0.05, 0.0]}, "search saw number 1"),
        (ADD | {"position_mm": [-5.0, 0.5, 0.0]}, "apart"),
        (ADD | {"position_mm": [900.0, 0.0, 0.0]}, "outside the CT"),
        (ADD | {"why": "  "}, "reason"),
        (ADD | {"axis": [0.0, 0.0, 0.0]}, "no length"),
        (MOVE | {"position_mm": [0.0, 35.0, 0.0]}, "moved by 35.0 mm"),
        (MOVE | {"seed": 4, "position_mm": [5.0, 0.3, 0.0]}, "apart"),
        ({"kind": "add_seed", "why": "missed"}, "without a place"),
        ({"kind": "turn"}, "the edit 'turn'"),
        ({"kind": "redo"}, "no change to do again"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(folder: Path, what: dict[str, Any], said: str) -> None:
    with pytest.raises(SeedbedError, match=said.replace("(", r"\(")):
        edit(folder, what)
    assert read_judgement(folder).version == 0


def test_a_seed_that_is_refused_stays_where_it_is(folder: Path) -> None:
    edit(folder, {"kind": "remove_seed", "seed": 2, "why": "found twice"})
    with pytest.raises(InputError, match="refused"):
        edit(folder, MOVE)
    with pytest.raises(NotFoundError):
        edit(folder, {"kind": "remove_seed", "seed": 9, "why": "x"})


@pytest.mark.parametrize("how", [ADD, MOVE, MOVE | {"seed": 4, "position_mm": [0.0, 8.0, 0.0]}])
def test_a_seed_put_by_hand_is_not_left_open_and_is_told_only_where_it_counts(
    folder: Path, how: dict[str, Any]
) -> None:
    edit(folder, how)
    number = how.get("seed", 5)
    with pytest.raises(InputError, match=f"seed {number} left open"):
        edit(folder, {"kind": "judge_seed", "seed": number, "state": "open"})
    for state in ("refused", "accepted", "refused"):
        seeds = edit(folder, {"kind": "judge_seed", "seed": number, "state": state})
        kept = [each for each in seeds if seeds[each]["counts"]]
        told = [each for each in sentences(read_judgement(folder), kept) if f"Seed {number} was" in each]
        assert (number in kept) == any(" by hand at " in each or " by hand to " in each for each in told)


def test_what_was_left_open_before_that_was_refused_is_not_told_as_counted() -> None:
    put = {"kind": "added", "position_mm": (1.0, 2.0, 3.0)}
    judgement = Judgement().changed(7, "accepted", by="A", **put).changed(7, "open", by="B")
    assert sentences(judgement, counted(judgement, [1, 2, 3], [4])) == []


def test_every_seed_of_a_small_implant_may_be_moved(folder: Path) -> None:
    for number, x in ((1, -6.0), (2, 1.0), (3, 7.0)):
        edit(folder, {"kind": "move_seed", "seed": number, "position_mm": [x, 0.0, 0.5], "why": "shadow"})
    seen, judgement = seen_of(folder), read_judgement(folder)
    edits = compare_edits(seen.found, seeds_counted(seen, judgement), slice_mm=2.5)
    assert [each.number for each in edits.moved] == [1, 2, 3]
    with pytest.raises(InputError) as refused:
        edit(folder, MOVE | {"position_mm": [0.0, 35.0, 0.0]})
    assert "list" not in refused.value.do


def test_an_approved_verification_is_changed_no_more(folder: Path) -> None:
    run = current_run(folder)
    assert run is not None
    (run.folder / APPROVAL).write_text("{}", encoding="utf-8")
    with pytest.raises(LockedError):
        edit_seeds(folder, ADD, version=0, by="A", grid=GRID)
    keep_run(folder, "f" * 16, judgement_version=3, top_up=True, sheets=True)
    assert current_run(folder).run.name == run.run.name  # type: ignore[union-attr]


def test_places_are_those_of_the_search_but_where_a_hand_was(folder: Path) -> None:
    seen = seen_of(folder)
    np.testing.assert_allclose(seen.places_mm, [[-5, 0, 0], [0, 0, 0], [5, 0, 0], [0, 6, 0]])
    edit(folder, MOVE)
    assert seen.place(read_judgement(folder), 2) == ((0.0, 3.0, 0.0), (1.0, 0.0, 0.0))
    assert seen.place(read_judgement(folder), 4) == ((0.0, 6.0, 0.0), (0.0, 1.0, 0.0))
