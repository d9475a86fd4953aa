"""The dose of seeds as people left them, against the sum of TG-43 over them and its cold regions."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from tests.unit.journey.workbench.test_drawn import IDENTITY
from tests.unit.journey.workbench.verifications.kept import RUN, begun, keep_run

from seedbed.dicom import CtSeries
from seedbed.dosimetry import dose_function, load_source
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.drawn import drawn_of
from seedbed.journey.workbench.verifications import live
from seedbed.journey.workbench.verifications.editing import edit_seeds, seen_of
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, search_of
from seedbed.journey.workbench.verifications.judgement import Judgement, read_judgement
from seedbed.journey.workbench.verifications.latest import current_run
from seedbed.journey.workbench.verifications.live import LiveDose, live_of
from seedbed.journey.workbench.verifications.state import seeds_now, verification_state
from seedbed.planning.goals import PlanGoals
from seedbed.planning.plan import judged, samples_of_record
from seedbed.verification import cold_report

GRID = VoxelGrid((-40.0, -40.0, -20.0), (2.0, 2.0, 2.5), (17, 41, 41))
HU = CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32))
CT = CtSeries(HU, IDENTITY, "1.2.9", (), np.empty(0))
ADD = {"kind": "add_seed", "position_mm": [0.0, -5.0, 0.0], "axis": [0.0, 0.0, 1.0], "why": "missed"}
SOURCE = load_source("6711")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = begun(tmp_path / "0" / "verifications")
    keep_run(made)
    return made


def run_of(folder: Path) -> KeptRun:
    run = current_run(folder)
    assert run is not None
    return run


def test_seeds_by_hand_give_the_dose_of_record_of_their_places(folder: Path) -> None:
    live = LiveDose(run_of(folder), CT)
    edit_seeds(folder, ADD, version=0, by="A", grid=GRID)
    implant = live.implant(seen_of(folder), read_judgement(folder))
    np.testing.assert_allclose(implant.positions_mm, [[-5, 0, 0], [0, 0, 0], [5, 0, 0], [0, -5, 0]])
    np.testing.assert_allclose(implant.directions, [[1, 0, 0]] * 3 + [[0, 0, 1]])
    assert set(implant.strengths_u.tolist()) == {0.6}
    target = drawn_of(run_of(folder).structures()[0]).structure
    numbers = live.numbers(implant)
    record, _ = judged(PlanGoals(60.0, (), (0.6,)), SOURCE, implant, samples_of_record(target, ()))
    assert numbers["metrics"]["target"]["d90_gy"] == pytest.approx(record["target"].dose_to_pct(90), rel=6e-3)
    assert numbers["metrics"]["target"]["v100_pct"] == pytest.approx(record["target"].volume_pct(60), abs=0.3)
    cold = cold_report(target, dose_function(SOURCE, implant), 60.0)
    assert numbers["cold"]["cold_cc"] == pytest.approx(list(cold.cold_cc), rel=1e-2)
    (goal, *_) = numbers["goals"]
    assert goal["structure"] == "target"


def strengths(folder: Path, run: str, given: dict[int, float]) -> None:
    """Write the seeds of a run with these strengths, and no others."""
    path = folder / "runs" / run / "verify.json"
    kept = json.loads(path.read_text(encoding="utf-8"))
    seeds = [
        each | {"strength_u": given[each["number"]]} for each in kept["seeds"] if each["number"] in given
    ]
    path.write_text(json.dumps(kept | {"seeds": seeds}), encoding="utf-8")


def test_a_seed_that_the_latest_calculation_left_out_has_the_strength_of_the_first(folder: Path) -> None:
    strengths(folder, RUN, {1: 0.9, 2: 0.6, 3: 0.5})
    gone = {"kind": "remove_seed", "seed": 1, "why": "a clip"}
    edit_seeds(folder, gone, version=0, by="A", grid=GRID)
    keep_run(folder, "b" * 16, judgement_version=1, counted=[2, 3], at="2026-01-07T10:00:00+00:00")
    strengths(folder, "b" * 16, {2: 0.7, 3: 0.5})
    accepted = {"kind": "judge_seed", "seed": 1, "state": "accepted"}
    edit_seeds(folder, accepted, version=1, by="A", grid=GRID)
    edit_seeds(folder, ADD, version=2, by="A", grid=GRID)
    (latest,) = [each for each in kept_runs(folder) if each.run.name == "b" * 16]
    live = live_of(latest, CT, search_of(kept_runs(folder)))
    implant = live.implant(seen_of(folder), read_judgement(folder))
    assert implant.strengths_u.tolist() == [0.9, 0.7, 0.5, 0.6]


def test_one_verification_is_opened_while_another_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [begun(tmp_path / name / "verifications") for name in "01"]
    for each in folders:
        keep_run(each)
    (slow, quick), laid = [run_of(each) for each in folders], live.LiveDose
    began, go = Event(), Event()

    def opened(run: KeptRun, *more: Any) -> LiveDose:
        if run.folder == slow.folder:
            began.set()
            assert go.wait(20)
        return laid(run, *more)

    monkeypatch.setattr(live, "LiveDose", opened)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(live_of, slow, CT)
        assert began.wait(20)
        try:
            assert pool.submit(live_of, quick, CT).result(timeout=20).grid == GRID
        finally:
            go.set()
        assert live_of(slow, CT) is first.result(timeout=20)


def test_a_seed_whose_direction_nobody_knows_is_taken_without(folder: Path) -> None:
    live = LiveDose(run_of(folder), CT)
    plain = {name: value for name, value in ADD.items() if name != "axis"}
    edit_seeds(folder, plain, version=0, by="A", grid=GRID)
    implant = live.implant(seen_of(folder), read_judgement(folder))
    assert implant.axis_known.tolist() == [True, True, True, False]


def test_without_any_seed_there_is_no_dose_and_all_is_cold(folder: Path) -> None:
    live = LiveDose(run_of(folder), CT)
    judgement = Judgement()
    for seed in (1, 2, 3):
        judgement = judgement.changed(seed, "refused", by="A")
    numbers = live.numbers(live.implant(seen_of(folder), judgement))
    assert numbers["metrics"]["target"]["v100_pct"] == 0.0
    assert numbers["metrics"]["target"]["max_gy"] == 0.0
    assert numbers["cold"]["under_100_pct"][0]["share_pct"] == pytest.approx(100.0)


def test_the_page_shows_the_calculation_until_a_seed_changes_and_then_the_seeds(folder: Path) -> None:
    before = verification_state(folder, CT)
    assert (before["live"], before["metrics"]["given"]["target"]["d90_gy"]) == (False, 55.0)
    assert seeds_now(folder, CT) is None
    edit_seeds(folder, ADD, version=0, by="A", grid=GRID)
    after = verification_state(folder, CT)
    assert (after["live"], after["stale"], after["localisation"], after["top_up"]) == (True, True, None, None)
    assert after["metrics"]["planned"] == before["metrics"]["planned"]
    implant = seeds_now(folder, CT)
    assert implant is not None
    assert implant.count == 4
    numbers = LiveDose(run_of(folder), CT).numbers(implant)
    assert after["metrics"]["given"] == numbers["metrics"]
    assert [each["volume_cc"] for each in after["cold"]] == [
        each["volume_cc"] for each in numbers["cold"]["under_100_pct"]
    ]


def test_a_ct_that_has_got_images_since_has_its_own_planes(folder: Path) -> None:
    grid = VoxelGrid((-40.0, -40.0, -30.0), GRID.spacing_mm, (25, 41, 41))
    longer = CtSeries(
        CtVolume(grid, np.zeros(grid.shape, dtype=np.float32)), IDENTITY, "1.2.9", (), np.empty(0)
    )
    run = run_of(folder)
    first = live_of(run, CT)
    assert (live_of(run, CT) is first, first.grid) == (True, GRID)
    assert live_of(run, longer).grid == grid
