"""Plans over the wire: begun, edited, previewed, planned, taken, signed by two, written as DICOM."""

import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from pydicom import dcmread
from starlette.testclient import TestClient
from tests.unit.journey.workbench.test_drawn import IDENTITY, square
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.dicom import read_dose_file, read_plan_file, write_ct_series, write_structures
from seedbed.dosimetry import load_source, total_dose
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.filing import filing
from seedbed.journey.progress import silent
from seedbed.journey.workbench import rooms
from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.plan_sheets import run_plan_sheets
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError

GRID = VoxelGrid((-60.0, -60.0, -60.0), (2.0, 2.0, 2.5), (49, 61, 61))
NEEDLE = {
    "kind": "add_needle", "entry_mm": [4, 4, 50], "tip_mm": [4, 4, -8], "depths_mm": [46.0, 55.0],
    "strength_u": 0.7,
}  # fmt: skip
START = {"prescription_gy": 60, "target": "GTV", "strengths_u": [0.7, 0.5]}
LONGEST_S = 90
SLOW = "tests.unit.journey.workbench.synthetic_jobs:wait"


def box(name: str, half: float, at: float) -> Structure:
    shape = np.array(square(half)) + np.array([at, 0.0])
    return Structure(name, tuple(PlanarContour(z, shape) for z in (-5.0, -2.5, 0.0, 2.5, 5.0)), 2.5)


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic CT of water with a target and an organ."""
    folder = tmp_path_factory.mktemp("in")
    hu = np.zeros(GRID.shape, dtype=np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), folder / "ct", IDENTITY, series="CT")
    shapes = [box("GTV", 8, 0), box("Cord", 4, 25)]
    write_structures(shapes, ct, folder / "rs.dcm", IDENTITY, types=["GTV", "ORGAN"])
    return folder


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory, images: Path) -> Iterator[Bench]:
    kinds = {"plan": SLOW, "plan_approval": KINDS["plan_approval"]}
    with bench_at(tmp_path_factory.mktemp("bench"), kinds=kinds) as found:
        with filing(found.workplace.store) as files:
            for path in sorted(images.rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        yield found


@pytest.fixture(scope="module")
def app(bench: Bench) -> FastAPI:
    return made(bench)


@pytest.fixture(scope="module")
def page(bench: Bench, app: FastAPI) -> TestClient:
    return signed_in(bench, app, "physicist")


@pytest.fixture(scope="module")
def case(page: TestClient) -> str:
    (row,) = page.get(f"{API}/cases").json()["cases"]
    return str(row["case"])


@pytest.fixture
def plan(page: TestClient, case: str) -> dict[str, Any]:
    """A plan of one needle with two seeds, version 2."""
    begun = page.post(f"{API}/cases/{case}/plans", json=START)
    assert begun.status_code == 201, begun.text
    return edited(page, begun.json(), NEEDLE)


def edited(page: TestClient, plan: dict[str, Any], edit: dict[str, Any]) -> dict[str, Any]:
    answer = page.post(f"{API}/plans/{plan['plan']}/edits", json={"version": plan["version"], "edit": edit})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def parted(octets: bytes) -> tuple[dict[str, Any], bytes]:
    (length,) = struct.unpack("<I", octets[:4])
    assert length % 4 == 0
    return json.loads(octets[4 : 4 + length]), octets[4 + length :]


def approve(page: TestClient, plan: dict[str, Any]) -> dict[str, Any]:
    """Approve version 2 of a plan; returns the plan after the job."""
    place = f"{API}/plans/{plan['plan']}"
    begun = page.post(f"{place}/sign", json={"version": 2, "meaning": "approved"})
    assert begun.status_code == 202, begun.text
    assert ended(page, begun.json()["id"])["state"] == "done"
    return dict(page.get(place).json())


def ended(page: TestClient, job: str) -> dict[str, Any]:
    end = monotonic() + LONGEST_S
    while (found := page.get(f"{API}/jobs/{job}").json())["state"] in ("waiting", "running"):
        assert monotonic() < end, found
        sleep(0.05)
    return dict(found)


def test_a_plan_is_begun_and_edited(page: TestClient, plan: dict[str, Any]) -> None:
    assert (plan["version"], plan["seed_count"], plan["state"], plan["by"]) == (2, 2, "draft", "physicist")
    np.testing.assert_allclose([seed["position_mm"][2] for seed in plan["seeds"]], [4.0, -5.0])
    weaker = edited(page, plan, {"kind": "set_strength", "strength_u": 0.5, "seeds": [1]})
    assert [seed["strength_u"] for seed in weaker["seeds"]] == [0.7, 0.5]
    back = edited(page, weaker, {"kind": "undo"})
    assert (back["seeds"], back["dvhs"], back["version"]) == (plan["seeds"], plan["dvhs"], 4)


def test_a_draft_is_deleted_and_nobody_finds_or_edits_it_again(
    bench: Bench, page: TestClient, case: str, plan: dict[str, Any]
) -> None:
    place = f"{API}/plans/{plan['plan']}"
    desk = bench.workplace.rooms.plan(plan["plan"])
    assert code_of(page.delete(place, params={"version": 1})) == "changed_elsewhere"
    assert page.delete(place, params={"version": 2}).json() == {"deleted": plan["plan"]}
    assert code_of(page.get(place)) == "not_found"
    assert plan["plan"] not in {each["plan"] for each in page.get(f"{API}/cases/{case}").json()["plans"]}
    with pytest.raises(NotFoundError):
        desk.edit(NEEDLE, version=2, by="who had it open")
    (kept,) = bench.workplace.cases.glob(f"{case}/plans-deleted/{plan['plan']}/draft.json")
    assert json.loads(kept.read_text(encoding="utf-8"))["version"] == 2


def test_a_signed_plan_is_not_deleted(page: TestClient, plan: dict[str, Any]) -> None:
    place = f"{API}/plans/{plan['plan']}"
    signed = page.post(f"{place}/sign", json={"version": 2, "meaning": "planned"})
    assert signed.status_code == 200, signed.text
    assert code_of(page.delete(place, params={"version": 2})) == "locked"
    assert page.get(place).json()["version"] == 2


def test_a_plan_without_its_target_is_not_begun(page: TestClient, case: str) -> None:
    answer = page.post(f"{API}/cases/{case}/plans", json=START | {"target": "Nothing"})
    assert (answer.status_code, code_of(answer)) == (400, "bad_input")


def test_who_saw_an_older_version_is_told_who_changed_it(page: TestClient, plan: dict[str, Any]) -> None:
    body = {"version": 1, "edit": {"kind": "remove_seed", "seed": 0}}
    answer = page.post(f"{API}/plans/{plan['plan']}/edits", json=body)
    assert (answer.status_code, code_of(answer)) == (409, "changed_elsewhere")
    assert "physicist" in answer.text
    assert page.get(f"{API}/plans/{plan['plan']}").json() == plan


def test_an_edit_that_runs_while_others_open_their_plans_is_not_lost(
    tmp_path: Path, images: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is at a plan is at the same plan though others were opened since: the later edit is refused."""
    monkeypatch.setattr(rooms, "PLANS_OPEN", 1)
    with bench_at(tmp_path) as bench:
        with filing(bench.workplace.store) as files:
            for path in sorted(images.rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        page = signed_in(bench, made(bench), "physicist")
        (row,) = page.get(f"{API}/cases").json()["cases"]
        begun = [page.post(f"{API}/cases/{row['case']}/plans", json=START).json() for _ in range(3)]
        first = begun[0]["plan"]
        at_work = bench.workplace.rooms.plan(first)
        for other in begun[1:]:
            page.get(f"{API}/plans/{other['plan']}")
        edited = page.post(f"{API}/plans/{first}/edits", json={"version": 1, "edit": NEEDLE})
        assert edited.status_code == 200, edited.text
        with pytest.raises(ChangedElsewhereError):
            at_work.edit(NEEDLE, version=1, by="another")
        assert page.get(f"{API}/plans/{first}").json() == edited.json()


def test_a_plan_comes_again_only_after_a_change(page: TestClient, plan: dict[str, Any]) -> None:
    path = f"{API}/plans/{plan['plan']}"
    first = page.get(path)
    asked = {"If-None-Match": first.headers["ETag"]}
    assert (page.get(path, headers=asked).status_code, page.get(path, headers=asked).content) == (304, b"")
    page.post(f"{path}/edits", json={"version": 2, "edit": {"kind": "remove_seed", "seed": 0}})
    again = page.get(path, headers=asked)
    assert (again.status_code, again.json()["version"]) == (200, 3)


def test_a_preview_leaves_the_plan(page: TestClient, plan: dict[str, Any]) -> None:
    move = {"kind": "move_seed", "seed": 0, "position_mm": [4, 4, 1.0]}
    body = {"edit": move, "planes": [{"axis": "z", "position_mm": 0}], "spacing_mm": 2}
    head, octets = parted(page.post(f"{API}/plans/{plan['plan']}/preview", json=body).content)
    assert [seed["index"] for seed in head["state"]["seeds"]] == [0]
    assert page.get(f"{API}/plans/{plan['plan']}").json() == plan
    done = edited(page, plan, move)
    assert done["goals"] == head["state"]["goals"]
    (plane,) = head["planes"]
    assert len(octets) == 4 * plane["columns"] * plane["rows"]


def test_the_dose_of_planes_is_that_of_tg43(page: TestClient, plan: dict[str, Any]) -> None:
    oblique = {
        "origin_mm": [-10, 0, -10],
        "u": [0.6, 0, 0.8],
        "v": [0, 1, 0],
        "shape": [5, 9],
        "spacing_mm": 2,
    }
    body = {"planes": [{"axis": "y", "position_mm": 1.5}, oblique], "spacing_mm": 2}
    head, octets = parted(page.post(f"{API}/plans/{plan['plan']}/planes", json=body).content)
    dose = np.frombuffer(octets, "<f4")
    across, turned = head["planes"]
    count = across["columns"] * across["rows"]
    x, z = across["origin_mm"]
    u, v = np.array(turned["u"]), np.array(turned["v"])
    places = np.array([
        [x + 2 * 6, 1.5, z + 2 * 3],
        np.array(turned["origin_mm"]) + 2 * 4 * u + 2 * 3 * v,
    ])  # fmt: skip
    seeds = plan["seeds"]
    expected = total_dose(
        load_source("6711"), np.array([seed["position_mm"] for seed in seeds]),
        np.array([seed["axis"] for seed in seeds]), np.array([seed["strength_u"] for seed in seeds]), places,
    )  # fmt: skip
    found = [dose[3 * across["columns"] + 6], dose[count:].reshape(5, 9)[3, 4]]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_ct_in_any_plane_and_surfaces(page: TestClient, case: str, plan: dict[str, Any]) -> None:
    body = {"origin_mm": [0, 0, 0], "u": [0, 0.6, 0.8], "v": [1, 0, 0], "shape": [3, 4]}
    answer = page.post(f"{API}/cases/{case}/oblique", json=body)
    assert answer.headers["X-Shape"] == "1,3,4"
    assert (np.frombuffer(answer.content, "<i2") == 0).all()
    head, octets = parted(page.get(f"{API}/cases/{case}/structures/mesh?name=GTV").content)
    vertices = np.frombuffer(octets[: 12 * head["vertices"]], "<f4").reshape(-1, 3)
    np.testing.assert_allclose(np.ptp(vertices, axis=0), [16, 16, 12.5], atol=1.5)
    assert len(octets) == 12 * (head["vertices"] + head["faces"])
    surface, _ = parted(page.post(f"{API}/plans/{plan['plan']}/isosurface", json={"dose_gy": 40}).content)
    assert surface["faces"] > 100
    assert code_of(page.get(f"{API}/cases/{case}/structures/mesh?name=Nothing")) == "not_found"


def write_run(folder: Path) -> None:
    """A run of the planner with two plans, in the form of its plan.json."""

    def found(name: str, z: float) -> dict[str, Any]:
        return {
            "name": name, "mode": "parallel", "seed_count": 1, "needle_count": 1, "total_activity_mci": 0.55,
            "hard_goals_met": False, "d90_p5_gy": None, "metrics": {"target": {"d90_gy": 20.0}},
            "needles": [{"name": "N1", "entry_mm": [0, 0, 50], "tip_mm": [0, 0, -8]}],
            "seeds": [{"position_mm": [0, 0, z], "axis": [0, 0, -1], "strength_u": 0.7, "needle": "N1"}],
        }  # fmt: skip

    folder.mkdir(parents=True)
    document = found("A", 0.0) | {"alternatives": [found("B", 3.0)], "random_seed": 5}
    (folder / "plan.json").write_text(json.dumps(document), encoding="utf-8")


def test_one_of_the_planners_plans_is_taken_and_can_be_undone(
    bench: Bench, page: TestClient, plan: dict[str, Any]
) -> None:
    place = f"{API}/plans/{plan['plan']}"
    assert page.get(f"{place}/runs").json() == {"runs": [], "job": None}
    write_run(bench.workplace.cases / plan["case"] / "plans" / plan["plan"] / "runs" / "ab12")
    (run,) = page.get(f"{place}/runs").json()["runs"]
    assert (run["run"], run["random_seed"], [each["name"] for each in run["found"]]) == (
        "ab12",
        5,
        ["A", "B"],
    )
    taken = page.post(f"{place}/take", json={"version": 2, "run": "ab12", "number": 1}).json()
    assert [seed["position_mm"] for seed in taken["seeds"]] == [[0, 0, 3.0]]
    assert edited(page, taken, {"kind": "undo"})["seeds"] == plan["seeds"]
    for body in ({"run": "ab12", "number": 2}, {"run": "cd", "number": 0}):
        assert code_of(page.post(f"{place}/take", json=body | {"version": 4})) == "not_found"
    late = page.post(f"{place}/take", json={"version": 2, "run": "ab12", "number": 0})
    assert code_of(late) == "changed_elsewhere"


def test_the_planner_that_works_is_found_again(page: TestClient, case: str, plan: dict[str, Any]) -> None:
    place = f"{API}/plans/{plan['plan']}"
    job = page.post(f"{place}/optimise", json={"mode": "fan", "random_seed": 3}).json()
    assert (job["kind"], job["case"]) == ("plan", case)
    assert page.get(f"{place}/runs").json()["job"]["id"] == job["id"]
    other = page.post(f"{API}/cases/{case}/plans", json=START).json()["plan"]
    assert page.get(f"{API}/plans/{other}/runs").json()["job"] is None
    page.delete(f"{API}/jobs/{job['id']}")


def test_two_people_sign_and_the_plan_is_locked(
    bench: Bench, app: FastAPI, page: TestClient, plan: dict[str, Any]
) -> None:
    place = f"{API}/plans/{plan['plan']}"
    early = page.post(f"{place}/sign", json={"version": 2, "meaning": "approved"})
    assert code_of(early) == "bad_input"
    signed = page.post(f"{place}/sign", json={"version": 2, "meaning": "planned"}).json()
    (signature,) = signed["signatures"]
    missed = [each for each in plan["goals"] if each["hard"] and not each["met"]]
    assert len(signature["hard_goals_missed"]) == len(missed) > 0
    for sentence, goal in zip(signature["hard_goals_missed"], missed, strict=True):
        assert sentence.startswith(f"{goal['structure']} {goal['metric']} {goal['sense']} {goal['limit']:g} ")
        assert ", missed by " in sentence
    assert (signature["by"], signature["version"], signature["single_user"]) == ("physicist", 2, False)
    assert code_of(page.post(f"{place}/sign", json={"version": 2, "meaning": "planned"})) == "bad_input"
    own = page.post(f"{place}/sign", json={"version": 2, "meaning": "approved"})
    assert (own.status_code, code_of(own)) == (403, "forbidden")
    assert page.get(f"{place}/files").json() == {"files": [], "job": None, "approval": None}
    second = signed_in(bench, app, "clinician")
    locked = approve(second, plan)
    assert (locked["state"], [each["by"] for each in locked["signatures"]]) == (
        "approved",
        ["physicist", "clinician"],
    )
    undone = page.post(f"{place}/edits", json={"version": 2, "edit": {"kind": "undo"}})
    assert (undone.status_code, code_of(undone)) == (423, "locked")
    assert page.post(f"{place}/optimise", json={}).status_code == 423


def test_the_files_of_an_approved_plan_are_read_back_to_the_same_seeds(
    bench: Bench, app: FastAPI, page: TestClient, plan: dict[str, Any], tmp_path: Path
) -> None:
    place = f"{API}/plans/{plan['plan']}"
    page.post(f"{place}/sign", json={"version": 2, "meaning": "planned"})
    approve(signed_in(bench, app, "clinician"), plan)
    names = [each["name"] for each in page.get(f"{place}/files").json()["files"]]
    assert {"plan.dcm", "dose.dcm", "structures.dcm"} <= {*names}
    for name in names:
        (tmp_path / name).write_bytes(page.get(f"{place}/files/{name}").content)
    found = read_plan_file(tmp_path / "plan.dcm").implant
    np.testing.assert_allclose(found.positions_mm, [seed["position_mm"] for seed in plan["seeds"]], atol=0.01)
    np.testing.assert_allclose(found.strengths_u, 0.7, rtol=1e-4)
    assert read_dose_file(tmp_path / "dose.dcm").dose_gy.max() > 60
    assert code_of(page.get(f"{place}/files/draft.json")) == "not_found"


def test_a_copy_has_the_seeds_and_goals_and_can_be_changed(
    bench: Bench, app: FastAPI, page: TestClient, case: str
) -> None:
    asked = START | {"goals": ["target:V150<=70?"]}
    begun = page.post(f"{API}/cases/{case}/plans", json=asked)
    assert begun.status_code == 201, begun.text
    plan = edited(page, begun.json(), NEEDLE)
    assert plan["goal_changes"] == asked["goals"]
    body = asked | {"copy_of": plan["plan"]}
    copy = page.post(f"{API}/cases/{case}/plans", json=body).json()
    assert copy["plan"] != plan["plan"]
    assert (copy["seeds"], copy["needles"], copy["goals"]) == (plan["seeds"], plan["needles"], plan["goals"])
    assert edited(page, copy, {"kind": "remove_seed", "seed": 0})["seed_count"] == 1
    assert page.get(f"{API}/plans/{plan['plan']}").json()["seed_count"] == 2


def test_a_plan_lies_on_its_ct_as_it_is_now_and_is_not_opened_twice(tmp_path: Path, images: Path) -> None:
    """The rest of the CT comes while the plan is open: its planes lie there, and no edit is lost."""
    slices = sorted((images / "ct").glob("*.dcm"), key=lambda path: dcmread(path).ImagePositionPatient[2])
    with bench_at(tmp_path) as bench:

        def keep(paths: list[Path]) -> None:
            with filing(bench.workplace.store) as files:
                for path in paths:
                    files.keep(path.read_bytes(), path.name)

        keep([*slices[:40], images / "rs.dcm"])
        client, opened = signed_in(bench, made(bench), "physicist"), bench.workplace.rooms
        case = opened.listed()[0].case
        plan = client.post(f"{API}/cases/{case}/plans", json=START).json()["plan"]
        desk = opened.plan(plan)
        assert desk.grid.shape[0] == 40
        edited = client.post(f"{API}/plans/{plan}/edits", json={"version": 1, "edit": NEEDLE})
        assert edited.json()["version"] == 2
        keep(slices[40:])
        assert opened.plan(plan) is desk
        assert desk.grid == opened.case(case).ct.volume.grid
        assert desk.grid.shape == GRID.shape
        assert desk.draft.version == 2


def test_sheets_are_of_approved_plans(page: TestClient, plan: dict[str, Any]) -> None:
    assert code_of(page.post(f"{API}/plans/{plan['plan']}/sheets")) == "bad_input"


def test_an_approved_plan_gets_its_sheets_in_both_languages(
    bench: Bench, app: FastAPI, page: TestClient, plan: dict[str, Any]
) -> None:
    place = f"{API}/plans/{plan['plan']}"
    page.post(f"{place}/sign", json={"version": 2, "meaning": "planned"})
    approve(signed_in(bench, app, "clinician"), plan)
    run_plan_sheets(bench.workplace, {"plan": plan["plan"]}, silent, lambda: False)
    names = {each["name"] for each in page.get(f"{place}/files").json()["files"]}
    stems = ("plan", "needles", "plan.zh", "needles.zh")
    assert {"plan.json", "plan.dcm", "pictures/dvh.png", *(f"{stem}.html" for stem in stems)} <= names
    document = page.get(f"{place}/files/plan.json").json()
    approved = page.get(f"{place}/files/plan.dcm").content
    assert document["plan_sha256"] == hashlib.sha256(approved).hexdigest()
    places = [seed["position_mm"] for seed in document["seeds"]]
    np.testing.assert_allclose(places, [seed["position_mm"] for seed in plan["seeds"]])
    reached = {(each["structure"], each["metric"]): each["value"] for each in document["goals"]}
    for goal in plan["goals"]:
        assert reached[goal["structure"], goal["metric"]] == pytest.approx(goal["value"], rel=0.05, abs=0.5)
    chinese = page.get(f"{place}/files/needles.zh.html").text
    assert "针" in chinese
    assert document["plan_sha256"][:4] in chinese
    picture = page.get(f"{place}/files/pictures/dvh.png")
    assert picture.content.startswith(b"\x89PNG")
    assert code_of(page.get(f"{place}/files/pictures/nothing.png")) == "not_found"
