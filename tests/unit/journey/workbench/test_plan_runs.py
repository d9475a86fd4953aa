"""The planner's plans told and taken: from its plan.json to an implant."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.plan_runs import (
    implant_of_run,
    question_of,
    question_with,
    runs_of,
    summaries,
)
from seedbed.journey.workbench.plans.desk import PlanDesk, lay_down
from seedbed.journey.workbench.plans.draft import PlanStart, begin
from seedbed.journey.workbench.refusals import NotFoundError

GRID = VoxelGrid((-60.0, -60.0, -60.0), (2.0, 2.0, 2.0), (61, 61, 61))
SQUARE = 8 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
START = PlanStart(prescription_gy=60.0, target="GTV", strengths_u=(0.7,), goals=("target:V150<=70?",))


def found(name: str, *depths: float) -> dict[str, Any]:
    seeds = [
        {"position_mm": [1, 2, z], "axis": [0, 0, -1], "strength_u": 0.7, "needle": "N1"} for z in depths
    ]
    needles = [{"name": "N1", "entry_mm": [1, 2, 50], "tip_mm": [1, 2, -8]}]
    return {"name": name, "seed_count": len(seeds), "seeds": seeds, "needles": needles}


@pytest.fixture
def desk(tmp_path: Path) -> PlanDesk:
    box = Structure("GTV", tuple(PlanarContour(z, SQUARE) for z in (-4.0, 0.0, 4.0)), 4.0)
    draft = begin("0" * 16, START, by="A")
    return PlanDesk(lay_down(tmp_path, draft, [Drawn(box, "target", "#ff0000", 1)]), GRID, "SYN-1")


def write(desk: PlanDesk, run: str, document: dict[str, Any]) -> None:
    folder = desk.folder / "runs" / run
    folder.mkdir(parents=True)
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")


def test_the_first_plan_tells_what_displaced_needles_leave() -> None:
    """Of the chosen plan it stands under robustness, of the others beside them."""
    other = found("B") | {"d90_p5_gy": 51.0}
    document = found("A") | {"robustness": {"d90_gy": {"p5": 55.0}}, "alternatives": [other]}
    assert [each["d90_p5_gy"] for each in summaries(document)] == [55.0, 51.0]
    assert summaries(document | {"robustness": None})[0]["d90_p5_gy"] is None


def test_a_plan_of_a_run_is_read_with_its_needles(desk: PlanDesk) -> None:
    write(desk, "ab", found("A", 0.0) | {"alternatives": [found("B", 0.0, 5.0)], "random_seed": 1})
    implant = implant_of_run(desk, "ab", 1)
    assert implant.positions_mm.tolist() == [[1, 2, 0], [1, 2, 5]]
    assert implant.needle_index.tolist() == [0, 0]
    assert implant.needles[0].entry_mm == (1, 2, 50)
    assert [each["run"] for each in runs_of(desk)] == ["ab"]


@pytest.mark.parametrize(("run", "number"), [("ab", 1), ("ab", -1), ("cd", 0), ("../ab", 0), ("..", 0)])
def test_a_plan_that_is_not_there(desk: PlanDesk, run: str, number: int) -> None:
    write(desk, "ab", found("A", 0.0) | {"alternatives": [], "random_seed": 1})
    if run == "../ab":
        assert implant_of_run(desk, run, number).count == 1  # the name alone counts
        return
    with pytest.raises(NotFoundError):
        implant_of_run(desk, run, number)


def test_two_needles_of_one_name_are_refused(desk: PlanDesk) -> None:
    document = found("A", 0.0)
    document["needles"] *= 2
    write(desk, "ab", document | {"alternatives": [], "random_seed": 1})
    with pytest.raises(InputError, match="one name"):
        implant_of_run(desk, "ab", 0)


def test_the_planner_is_asked_what_the_plan_was_begun_with(tmp_path: Path) -> None:
    asked = question_of(START, ct=tmp_path / "ct", structures=tmp_path / "s.dcm", out=tmp_path / "out")
    asked = question_with(asked, {"mode": "fan", "random_seed": 9})
    assert (asked.rx_gy, asked.target, asked.strengths_u) == (60.0, "GTV", (0.7,))
    assert (asked.goals, asked.mode, asked.random_seed) == (START.goals, "fan", 9)
