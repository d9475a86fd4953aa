"""The dose of seeds as people left them, against the sum of TG-43 over them and its cold regions."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.journey.workbench.test_drawn import IDENTITY
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.dicom import CtSeries
from seedbed.dosimetry import dose_function, load_source
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.drawn import drawn_of
from seedbed.journey.workbench.verifications.editing import edit_seeds, seen_of
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, latest_of
from seedbed.journey.workbench.verifications.judgement import Judgement, read_judgement
from seedbed.journey.workbench.verifications.live import LiveDose
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
    run = latest_of(kept_runs(folder))
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
