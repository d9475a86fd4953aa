"""Decisions on seeds: each is kept, none is lost, and they say which seeds the dose counts."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.verifications.doses import doses_of
from seedbed.journey.workbench.verifications.editing import edit_seeds
from seedbed.journey.workbench.verifications.folder import (
    find_verification,
    kept_runs,
    list_verifications,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import (
    STATES,
    Judgement,
    counted,
    read_judgement,
)
from seedbed.journey.workbench.verifications.latest import current_run
from seedbed.journey.workbench.verifications.seeds import numbers_of, seeds_counted, seen_by
from seedbed.journey.workbench.verifications.state import verification_row, verification_state
from seedbed.verification.seed_edits import compare_edits
from seedbed.verification.seed_list import found_table

GRID = VoxelGrid((-40.0, -40.0, -20.0), (2.0, 2.0, 2.5), (17, 41, 41))


def judge_seed(folder: Path, seed: int, state: str, *, version: int, by: str) -> None:
    edit_seeds(
        folder, {"kind": "judge_seed", "seed": seed, "state": state}, version=version, by=by, grid=GRID
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made)
    return made


@given(some.lists(some.tuples(some.integers(1, 4), some.sampled_from(STATES)), max_size=20))
def test_every_decision_is_kept_and_the_last_on_a_seed_holds(said: list[tuple[int, str]]) -> None:
    judgement = Judgement()
    for seed, state in said:
        judgement = judgement.changed(seed, state, by="A")
    assert [(each.seed, each.state) for each in judgement.changes] == said
    assert [each.version for each in judgement.changes] == list(range(1, len(said) + 1))
    last = dict(said)
    assert all(judgement.state(seed) == last.get(seed, "open") for seed in range(1, 5))
    count = counted(judgement, [1, 2, 3], [4])
    assert count == sorted(set(count))
    assert (4 in count) == (last.get(4) == "accepted")
    assert all((seed in count) == (last.get(seed) != "refused") for seed in (1, 2, 3))


def test_the_second_of_two_who_judge_is_told_and_nothing_is_lost(folder: Path) -> None:
    judge_seed(folder, 3, "refused", version=0, by="A")
    with pytest.raises(ChangedElsewhereError, match="by A"):
        judge_seed(folder, 3, "accepted", version=0, by="B")
    judge_seed(folder, 3, "accepted", version=1, by="B")
    assert [(each.by, each.state) for each in read_judgement(folder).changes] == [
        ("A", "refused"),
        ("B", "accepted"),
    ]
    with pytest.raises(InputError, match="'perhaps'"):
        judge_seed(folder, 3, "perhaps", version=2, by="B")


def test_a_dose_of_other_seeds_is_stale_until_the_decision_is_taken_back(folder: Path) -> None:
    assert not verification_state(folder)["stale"]
    judge_seed(folder, 3, "accepted", version=0, by="A")
    state = verification_state(folder)
    assert (state["stale"], state["same_seeds"], state["localisation"]) == (True, True, None)
    judge_seed(folder, 4, "accepted", version=1, by="A")
    state = verification_state(folder)
    assert state["stale"]
    assert [(each["number"], each["counts"], each["in_dose"]) for each in state["seeds"]] == [
        (1, True, True), (2, True, True), (3, True, True), (4, True, False)
    ]  # fmt: skip
    judge_seed(folder, 4, "open", version=2, by="A")
    assert verification_state(folder)["same_seeds"]  # its dose counts already, its interval is another
    judge_seed(folder, 3, "open", version=3, by="A")
    state = verification_state(folder)
    assert (state["stale"], state["same_seeds"]) == (False, False)


def test_the_list_of_a_run_is_told_as_these_edits_and_no_others(folder: Path) -> None:
    (search,) = kept_runs(folder)
    assert numbers_of(search) == ([1, 2, 3], [4])
    judgement = Judgement().changed(2, "refused", by="A").changed(4, "accepted", by="A")
    table = seeds_counted(seen_by(search), judgement)
    found = found_table(
        np.array([[-5.0, 0, 0], [0, 0, 0], [5, 0, 0]]), np.tile([1.0, 0, 0], (3, 1)),
        confidence=np.array([0.99, 0.95, 0.6]), axis_sd_deg=np.full(3, 4.0), position_sd_mm=np.full(3, 0.3),
    )  # fmt: skip
    edits = compare_edits(found, table, slice_mm=2.5)
    assert (edits.kept, edits.deleted, edits.added, edits.moved) == ((1, 3), (2,), (4,), ())
    np.testing.assert_allclose(edits.final.positions_mm[-1], [0.0, 6.0, 0.0])
    np.testing.assert_allclose(edits.final.axes[-1], [0.0, 1.0, 0.0])


def test_the_latest_decisions_make_the_run_that_counts(folder: Path) -> None:
    judge_seed(folder, 3, "refused", version=0, by="A")
    judge_seed(folder, 3, "refused", version=1, by="B")
    keep_run(folder, "b" * 16, judgement_version=2, counted=[1, 2], at="2026-01-06T11:00:00+00:00")
    keep_run(folder, "c" * 16, judgement_version=1, counted=[1], at="2026-01-06T12:00:00+00:00")
    assert [current_run(folder).run.name, search_of(kept_runs(folder)).run.name] == ["b" * 16, "a" * 16]
    keep_run(folder, "d" * 16, judgement_version=2, counted=[1, 2], top_up=True)
    assert current_run(folder).run.name == "d" * 16


def test_what_the_page_shows(folder: Path) -> None:
    state = verification_state(folder)
    assert [each["doubtful"] for each in state["seeds"]] == [False, False, True, True]
    assert [each["by_search"] for each in state["seeds"]] == [True, True, True, False]
    assert [each["pair"] for each in state["seeds"]] == [1, None, None, None]
    (region,) = state["cold"]
    assert len(region["deep"]) == 1
    assert verification_row(folder)["d90_gy"] == 55.0
    assert set(doses_of(folder).implants) == {"given", "planned"}


def test_without_a_calculation_it_says_so(tmp_path: Path) -> None:
    made = begun(tmp_path / "0" / "verifications")
    assert verification_state(made)["state"] == verification_row(made)["state"] == "none"
    with pytest.raises(InputError, match="without a result"):
        doses_of(made)
    assert list_verifications(made.parent) == [made]
    assert find_verification(tmp_path, made.name) == made
    for name in ("0" * 16, "../../x", "*"):
        with pytest.raises(NotFoundError):
            find_verification(tmp_path, name)
