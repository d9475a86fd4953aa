"""Other seeds found than were stated: a result to work on, and no signature until somebody said why."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.unit.journey.workbench.verifications.kept import RUN, begun, keep_run
from tests.unit.journey.workbench.verifications.test_by_hand import GRID

from seedbed.errors import InputError
from seedbed.journey.verification.finding import SURPLUS
from seedbed.journey.workbench.verifications.editing import edit_seeds
from seedbed.journey.workbench.verifications.judgement import Judgement, read_judgement
from seedbed.journey.workbench.verifications.numbering import Numbering, numbering_of, refuse_unexplained
from seedbed.journey.workbench.verifications.searching import refuse_other_search, searched_of
from seedbed.journey.workbench.verifications.state import verification_row, verification_state


def stated(verifications: Path, implanted: int) -> Path:
    """A verification that found three seeds, begun with another number implanted."""
    made = begun(verifications)
    keep_run(made)
    for path, name in ((made / "asked.json", "count"), (made / "runs" / RUN / "verify.json", "implanted")):
        path.write_text(json.dumps(json.loads(path.read_text()) | {name: implanted}), encoding="utf-8")
    return made


@pytest.fixture(params=[2, 4])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return stated(tmp_path / "0" / "verifications", request.param)


def edit(folder: Path, **what: Any) -> dict[str, Any]:
    version = read_judgement(folder).version
    edit_seeds(folder, what, version=version, by="A", grid=GRID)
    return verification_state(folder)


def refused(folder: Path) -> bool:
    numbering = numbering_of(folder)
    assert numbering is not None
    try:
        refuse_unexplained(numbering)
    except InputError:
        return True
    return False


def test_nothing_is_signed_until_the_number_is_corrected(folder: Path) -> None:
    assert refused(folder)
    state = edit(folder, kind="restate_count", implanted=3, why="counted the empty needles again")
    assert not refused(folder)
    assert (state["count"], state["numbering"]["first"] != 3, state["stale"]) == (3, True, True)
    assert state["same_seeds"]  # the dose stands, its interval and sheets do not
    assert verification_row(folder)["count"] == 3
    numbering = numbering_of(folder)
    assert numbering is not None
    (said,) = numbering.sentences()
    assert "corrected to 3" in said
    assert "counted the empty needles again (A, " in said
    assert edit(folder, kind="undo")["stale"] is False
    assert refused(folder)


def test_nothing_is_signed_until_it_is_said_why_and_that_is_of_these_numbers_alone(folder: Path) -> None:
    state = edit(folder, kind="explain_count", why="one was lost with the urine")
    assert not refused(folder)
    assert (state["stale"], state["same_seeds"]) == (True, True)  # record and sheets do not say it yet
    assert state["numbering"]["explained"]["by"] == "A"
    edit(folder, kind="remove_seed", seed=3, why="a clip")
    edit(folder, kind="remove_seed", seed=2, why="a clip")
    assert refused(folder)
    edit(folder, kind="undo")
    edit(folder, kind="undo")
    assert not refused(folder)


def test_as_many_as_were_stated_need_no_reason(folder: Path) -> None:
    if numbering_of(folder).implanted == 2:  # type: ignore[union-attr]
        edit(folder, kind="remove_seed", seed=3, why="a clip")
    else:
        edit(folder, kind="judge_seed", seed=4, state="accepted")
    assert not refused(folder)
    with pytest.raises(InputError, match="difference where there is none"):
        edit(folder, kind="explain_count", why="x")


@pytest.mark.parametrize("implanted", [0, -1, 1001, 2.5, None, "3"])
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, implanted: Any) -> None:
    folder = stated(tmp_path / "0" / "verifications", 2)
    with pytest.raises(InputError, match="implanted"):
        edit(folder, kind="restate_count", implanted=implanted, why="x")
    with pytest.raises(InputError, match="reason"):
        edit(folder, kind="restate_count", implanted=3, why=" ")
    with pytest.raises(InputError, match="stated already"):
        edit(folder, kind="restate_count", implanted=2, why="x")
    assert read_judgement(folder).version == 0


def test_the_least_certain_beyond_the_number_are_in_doubt_and_no_more_once_it_is_corrected(
    tmp_path: Path,
) -> None:
    folder = stated(tmp_path / "0" / "verifications", 1)
    seeds = {each["number"]: each for each in verification_state(folder)["seeds"]}
    assert [number for number, each in seeds.items() if each["doubtful"] and each["by_search"]] == [2, 3]
    assert (seeds[1]["doubt"], seeds[2]["doubt"], seeds[3]["doubt"]) == ("", SURPLUS, "little metal")
    after = edit(folder, kind="restate_count", implanted=3, why="a slip")
    assert [each["doubtful"] for each in after["seeds"] if each["by_search"]] == [False, False, True]


def test_a_refused_seed_is_none_of_too_many(tmp_path: Path) -> None:
    folder = stated(tmp_path / "0" / "verifications", 2)
    seeds = {each["number"]: each for each in verification_state(folder)["seeds"]}
    assert [number for number, each in seeds.items() if each["surplus"]] == [3]
    assert seeds[3]["doubt"] == "little metal"  # its own stays
    after = edit(folder, kind="judge_seed", seed=1, state="refused")
    assert not any(each["surplus"] for each in after["seeds"])


def test_what_is_decided_of_numbers_wants_new_sheets_and_what_is_taken_back_does_not(tmp_path: Path) -> None:
    folder = stated(tmp_path / "0" / "verifications", 2)
    assert verification_state(folder)["stale"] is False
    assert edit(folder, kind="explain_count", why="of an earlier implantation")["stale"]
    keep_run(folder, "b" * 16, judgement_version=1, at="2026-01-07T10:00:00+00:00")
    assert verification_state(folder)["stale"] is False
    assert edit(folder, kind="explain_count", why="a clip that was missed")["stale"]
    assert edit(folder, kind="undo")["stale"] is False
    assert edit(folder, kind="undo")["run"]["name"] == RUN  # withdrawn: that of before counts again
    assert edit(folder, kind="redo")["run"]["name"] == "b" * 16


def test_accepting_a_seed_doubted_for_the_number_alone_wants_new_sheets(tmp_path: Path) -> None:
    folder = stated(tmp_path / "0" / "verifications", 1)
    seeds = {each["number"]: each for each in verification_state(folder)["seeds"]}
    assert (seeds[2]["doubt"], verification_state(folder)["stale"]) == (SURPLUS, False)
    after = edit(folder, kind="judge_seed", seed=2, state="accepted")
    assert (after["stale"], after["same_seeds"]) == (True, True)


@pytest.mark.parametrize("same", [None, False, True])
def test_a_search_with_another_number_is_signed_only_where_it_gives_the_very_same_seeds(
    tmp_path: Path, same: bool | None
) -> None:
    folder = stated(tmp_path / "0" / "verifications", 2)
    refuse_other_search(searched_of(folder))
    assert edit(folder, kind="restate_count", implanted=3, why="a slip")["searched"]["other"]
    with pytest.raises(InputError, match="begin another verification with 3"):
        refuse_other_search(searched_of(folder))
    keep_run(folder, "b" * 16, judgement_version=1, at="2026-01-07T10:00:00+00:00")
    shown = folder / "runs" / ("b" * 16) / "shown.json"
    shown.write_text(json.dumps(json.loads(shown.read_text()) | {"same_search": same}), encoding="utf-8")
    state = verification_state(folder)
    assert state["searched"] == {"first": 2, "now": 3, "same": same, "other": same is not True}
    if same:
        refuse_other_search(searched_of(folder))
    else:
        with pytest.raises(InputError, match="made with 2 seeds stated"):
            refuse_other_search(searched_of(folder))
    assert edit(folder, kind="restate_count", implanted=4, why="again")["searched"]["same"] is None
    edit(folder, kind="undo")
    assert edit(folder, kind="undo")["searched"]["other"] is False


def test_what_was_said_of_the_number_is_of_no_seed() -> None:
    judgement = Judgement().changed(0, "open", by="A", why="x", kind="restated", implanted=5)
    assert (judgement.latest, judgement.added, judgement.placed) == ({}, [], {})
    assert judgement.changed(3, "refused", by="A").undone(by="A").undone(by="A").implanted(4) == 4
    assert not Numbering(5, None).differ
