"""Verifications over the wire: begun by an approved plan, seeds judged by two people, pictures, doses."""

import json
import struct
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.unit.journey.workbench.synthetic_jobs import HERE
from tests.unit.journey.workbench.test_drawn import IDENTITY, square
from tests.unit.journey.workbench.verifications.kept import begun, keep_run
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.dicom import Identity, write_ct_series
from seedbed.dosimetry import dose_function, load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import SeedImplant
from seedbed.journey.filing import filing
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.plans.desk import lay_down
from seedbed.journey.workbench.plans.draft import Draft, PlanStart, begin

GRID = VoxelGrid((-40.0, -40.0, -20.0), (2.0, 2.0, 2.5), (17, 41, 41))
AFTER = replace(IDENTITY, study_uid="1.2.4", frame_uid="1.2.4.9", study_date="20260303")
OTHER = replace(IDENTITY, patient_id="SYN-2", study_uid="1.2.5", frame_uid="1.2.5.9")
KINDS = {"verify": f"{HERE}:wait", "demo_implant": f"{HERE}:wait"}
APPROVAL = {"meaning": "approved", "by": "B", "at": "2026-03-02T12:00:00+00:00"}
NAMES = {"Planning": IDENTITY, "Post": AFTER, "Other": OTHER}


def ct(folder: Path, name: str, identity: Identity) -> None:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    write_ct_series(CtVolume(GRID, hu), folder / name, identity, series=name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A workplace with two CTs of one synthetic patient and one of another."""
    for name, identity in NAMES.items():
        ct(tmp_path / "in", name, identity)
    with bench_at(tmp_path, kinds=KINDS) as found:
        with filing(found.workplace.store) as files:
            for path in sorted((tmp_path / "in").rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        yield found


def case_of(bench: Bench, name: str) -> str:
    return next(row.case for row in bench.workplace.rooms.listed() if row.series_description.startswith(name))


def plan_on(bench: Bench, name: str, *, approved: bool = True) -> Draft:
    """Lay a plan of one seed down on a CT."""
    case = bench.workplace.rooms.case(case_of(bench, name))
    planes = tuple(PlanarContour(z, np.array(square(8))) for z in (-2.5, 0.0, 2.5))
    drawn = Drawn(Structure("GTV", planes, 2.5, kind="GTV"), "target", "#ff0000", 1)
    start = PlanStart(prescription_gy=60.0, target="GTV", strengths_u=(0.6,))
    one = SeedImplant("6711", np.zeros((1, 3)), np.array([[1.0, 0, 0]]), np.full(1, 0.6))
    draft = begin(case.row.case, start, by="A").changed(one, "A")
    draft = replace(draft, signatures=(APPROVAL,) if approved else ())
    lay_down(case.plans, draft, [drawn])
    return draft


def verified(bench: Bench, **more: Any) -> str:
    """A verification of the CT after implantation that is calculated."""
    case = bench.workplace.rooms.case(case_of(bench, "Post"))
    plan = plan_on(bench, "Planning")
    folder = begun(case.verifications, case.row.case)
    path = folder / "asked.json"
    asked = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(asked | {"plan": plan.plan, "plan_case": plan.case}), encoding="utf-8")
    keep_run(folder, **more)
    return f"{API}/verifications/{folder.name}"


def page(bench: Bench, *roles: str) -> TestClient:
    return signed_in(bench, made(bench), *roles)


def test_a_verification_is_begun_by_an_approved_plan(bench: Bench) -> None:
    plan = plan_on(bench, "Planning")
    place = f"{API}/cases/{case_of(bench, 'Post')}/verifications"
    clinician = page(bench, "clinician")
    before = clinician.get(place).json()
    assert (before["verifications"], [each["plan"] for each in before["plans"]]) == ([], [plan.plan])
    for wrong in ({"implanted_on": "1800-01-01"}, {"implanted_on": "2999-01-01"}, {"count": 0}):
        refused = clinician.post(place, json={"plan": plan.plan, **wrong})
        assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert clinician.get(place).json()["verifications"] == []
    asked = {"plan": plan.plan, "count": 1, "implanted_on": "2026-03-02"}
    answer = clinician.post(place, json=asked)
    assert answer.status_code == 201, answer.text
    assert answer.json()["job"]["kind"] == "verify"
    (row,) = clinician.get(place).json()["verifications"]
    assert (row["state"], row["plan"], row["count"], row["implanted_on"], row["by"]) == (
        "none", plan.plan, 1, "2026-03-02", "clinician"
    )  # fmt: skip
    one = clinician.get(f"{API}/verifications/{row['verification']}").json()
    assert (one["state"], one["version"]) == ("none", 0)
    (bench.workplace.folder / "go").touch()


@pytest.mark.parametrize(
    ("on", "approved", "said"),
    [("Planning", False, "not approved"), ("Post", True, "on this CT"), ("Other", True, "another patient")],
)
def test_other_plans_are_refused_and_nothing_is_begun(
    bench: Bench, on: str, approved: bool, said: str
) -> None:
    plan = plan_on(bench, on, approved=approved)
    place = f"{API}/cases/{case_of(bench, 'Post')}/verifications"
    answer = page(bench, "physicist").post(place, json={"plan": plan.plan})
    assert (answer.status_code, code_of(answer)) == (400, "bad_input")
    assert said in answer.json()["error"]["came"]
    assert page(bench, "physicist").get(place).json()["verifications"] == []


def test_two_people_judge_and_the_second_is_told(bench: Bench) -> None:
    place = verified(bench)
    clinician, physicist = page(bench, "clinician"), page(bench, "physicist")
    first = clinician.post(f"{place}/judge", json={"version": 0, "seed": 3, "state": "refused"})
    assert first.status_code == 200, first.text
    assert (first.json()["version"], first.json()["stale"]) == (1, True)
    second = physicist.post(f"{place}/judge", json={"version": 0, "seed": 3, "state": "accepted"})
    assert (second.status_code, code_of(second)) == (409, "changed_elsewhere")
    assert "clinician" in second.json()["error"]["came"]
    seen = physicist.get(place).json()
    assert [(each["number"], each["state"], each["by"]) for each in seen["seeds"] if each["by"]] == [
        (3, "refused", "clinician")
    ]
    unknown = physicist.post(f"{place}/judge", json={"version": 1, "seed": 5, "state": "refused"})
    assert (unknown.status_code, code_of(unknown)) == (404, "not_found")
    assert physicist.get(place).json()["version"] == 1
    entries = page(bench, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    assert "seed judged" in {each["what"] for each in entries}


def test_roles(bench: Bench) -> None:
    place = verified(bench)
    decision = {"version": 0, "seed": 3, "state": "refused"}
    assert page(bench, "viewer").post(f"{place}/judge", json=decision).status_code == 403
    assert page(bench, "clinician").post(f"{place}/top-up").status_code == 403
    assert page(bench, "researcher").get(place).status_code == 403
    assert page(bench, "viewer").get(place).status_code == 200
    assert page(bench, "clinician").post(f"{place}/recompute").json()["kind"] == "verify"
    assert page(bench, "physicist").post(f"{place}/top-up").json()["kind"] == "verify"
    (bench.workplace.folder / "go").touch()


def test_pictures_are_of_what_was_seen_and_kept(bench: Bench) -> None:
    place, viewer = verified(bench), page(bench, "viewer")
    for number in (1, 4):
        answer = viewer.get(f"{place}/thumbs/{number}")
        assert answer.headers["content-type"] == "image/png"
        assert answer.content == viewer.get(f"{place}/thumbs/{number}").content
        assert answer.content.startswith(b"\x89PNG")
    assert code_of(viewer.get(f"{place}/thumbs/5")) == "not_found"


def test_doses_in_planes_are_those_of_the_seeds(bench: Bench) -> None:
    place, viewer = verified(bench), page(bench, "viewer")
    asked: dict[str, Any] = {"planes": [{"axis": "z", "position_mm": 0.0}], "spacing_mm": 5.0}
    source = load_source("6711")
    axis = np.array([[1.0, 0, 0]])
    places = np.array([[-5.0, 0, 0], [0, 0, 0], [5.0, 0, 0]])
    planned = SeedImplant("6711", np.array([[-5.0, 0, -1.0]]), None, np.full(1, 0.6))
    given = SeedImplant("6711", places, np.repeat(axis, 3, axis=0), np.full(3, 0.6))
    for which, implant in (("given", given), ("planned", planned)):
        octets = viewer.post(f"{place}/planes", json=asked | {"dose": which}).content
        (length,) = struct.unpack("<I", octets[:4])
        (plane,) = json.loads(octets[4 : 4 + length])["planes"]
        x = plane["origin_mm"][0] + 5.0 * np.arange(plane["columns"])
        y = plane["origin_mm"][1] + 5.0 * np.arange(plane["rows"])
        points = np.array([[a, b, 0.0] for b in y for a in x])
        dose = np.frombuffer(octets[4 + length :], "<f4")
        np.testing.assert_allclose(dose, dose_function(source, implant)(points), rtol=2e-3)
    none = viewer.post(f"{place}/planes", json=asked | {"dose": "top_up"})
    assert (none.status_code, code_of(none)) == (400, "bad_input")
    assert viewer.get(f"{place}/structures").json()["structures"][0]["name"] == "GTV"


def test_only_the_digital_patient_is_implanted_synthetically(bench: Bench) -> None:
    plan = plan_on(bench, "Planning")
    answer = page(bench, "physicist").post(f"{API}/plans/{plan.plan}/demo-implant", json={})
    assert (answer.status_code, code_of(answer)) == (400, "bad_input")
    assert "not the digital one" in answer.json()["error"]["came"]
