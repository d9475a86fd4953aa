"""Seeds put by hand, signatures and files of a verification over the wire, by two people of a department."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
from tests.unit.journey.workbench.verifications.kept import RUN, keep_run
from tests.unit.web.benches import API, Bench, code_of
from tests.unit.web.test_verifications import GRID, bench, page, verified

from seedbed.dosimetry import dose_function, load_source
from seedbed.implant import SeedImplant
from seedbed.journey.workbench.verifications.folder import find_verification

__all__ = ["bench"]
ADD: dict[str, Any] = {
    "kind": "add_seed", "position_mm": [0.0, -5.0, 0.0], "axis": [0.0, 0.0, 1.0], "why": "missed",
}  # fmt: skip
MOVE: dict[str, Any] = {"kind": "move_seed", "seed": 1, "position_mm": [-6.0, 0.0, 0.0], "why": "shadow"}
PLANES = {"planes": [{"axis": "z", "position_mm": 0.0}], "spacing_mm": 5.0}


SAID: dict[str, Any] = {"version": 0, "run": RUN, "meaning": "verified", "decided": "accept"}


def framed(octets: bytes) -> tuple[dict[str, Any], np.ndarray[Any, np.dtype[np.float32]]]:
    (length,) = struct.unpack("<I", octets[:4])
    return json.loads(octets[4 : 4 + length]), np.frombuffer(octets[4 + length :], "<f4")


def test_a_seed_added_by_hand_is_kept_with_who_and_why_and_its_dose_follows(bench: Bench) -> None:
    place = verified(bench)
    clinician, physicist = page(bench, "clinician"), page(bench, "physicist")
    before = clinician.get(place).json()
    after = clinician.post(f"{place}/edits", json={"version": 0, "edit": ADD})
    assert after.status_code == 200, after.text
    state = after.json()
    assert (state["version"], state["stale"], state["live"], state["can_undo"]) == (1, True, True, True)
    assert [(each["kind"], each["by"], each["why"]) for each in state["changes"]] == [
        ("added", "clinician", "missed")
    ]
    assert state["seeds"][-1]["hand"] == "added"
    assert state["metrics"]["given"] != before["metrics"]["given"]
    second = physicist.post(f"{place}/edits", json={"version": 0, "edit": MOVE})
    assert (second.status_code, code_of(second)) == (409, "changed_elsewhere")
    thumb = clinician.get(f"{place}/thumbs/5")
    assert thumb.content.startswith(b"\x89PNG")
    undone = physicist.post(f"{place}/edits", json={"version": 1, "edit": {"kind": "undo"}}).json()
    assert (undone["stale"], undone["version"], undone["metrics"]) == (False, 2, before["metrics"])
    entries = page(bench, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    assert "seed changed by hand" in {each["what"] for each in entries}
    assert page(bench, "viewer").post(f"{place}/edits", json={"version": 2, "edit": ADD}).status_code == 403


def test_a_drag_is_tried_and_not_kept_and_its_planes_are_those_of_its_seeds(bench: Bench) -> None:
    place, physicist = verified(bench), page(bench, "physicist")
    tried = physicist.post(f"{place}/preview", json={"version": 0, "edit": MOVE, **PLANES})
    head, dose = framed(tried.content)
    assert (head["state"]["live"], physicist.get(place).json()["version"]) == (True, 0)
    (plane,) = head["planes"]
    x = plane["origin_mm"][0] + 5.0 * np.arange(plane["columns"])
    y = plane["origin_mm"][1] + 5.0 * np.arange(plane["rows"])
    points = np.array([[a, b, 0.0] for b in y for a in x])
    places = np.array([[-6.0, 0, 0], [0, 0, 0], [5.0, 0, 0]])
    implant = SeedImplant("6711", places, np.tile([1.0, 0, 0], (3, 1)), np.full(3, 0.6))
    np.testing.assert_allclose(dose, dose_function(load_source("6711"), implant)(points), rtol=2e-3)
    physicist.post(f"{place}/edits", json={"version": 0, "edit": MOVE})
    kept = physicist.post(f"{place}/planes", json=PLANES | {"dose": "given"})
    np.testing.assert_array_equal(framed(kept.content)[1], dose)
    late = physicist.post(f"{place}/preview", json={"version": 0, "edit": MOVE})
    assert (late.status_code, code_of(late)) == (409, "changed_elsewhere")
    plain = physicist.post(f"{place}/preview", json={"version": 1})
    assert framed(plain.content)[0]["state"]["metrics"] == head["state"]["metrics"]


def test_an_edit_that_cannot_be_is_refused_in_a_sentence(bench: Bench) -> None:
    place, physicist = verified(bench), page(bench, "physicist")
    for edit in (
        ADD | {"why": ""},
        ADD | {"position_mm": [500.0, 0.0, 0.0]},
        MOVE | {"position_mm": None},
        {"kind": "move_seed", "position_mm": [0.0, 0.0, 0.0], "why": "x"},
        {"kind": "undo"},
    ):
        answer = physicist.post(f"{place}/edits", json={"version": 0, "edit": edit})
        assert (answer.status_code, code_of(answer)) == (400, "bad_input")
    assert physicist.get(place).json()["version"] == 0


def test_two_people_sign_and_then_it_is_locked(bench: Bench) -> None:
    place = verified(bench, sheets=True)
    clinician, physicist = page(bench, "clinician"), page(bench, "physicist")
    said = SAID | {"remark": "No seed missing."}
    signed = physicist.post(f"{place}/sign", json=said)
    assert signed.status_code == 200, signed.text
    (first,) = signed.json()["signatures"]
    assert (first["by"], first["role"], first["version"]) == ("physicist", "physicist", 0)
    assert "not judged: 2" in first["decision"]
    own = physicist.post(f"{place}/sign", json=said | {"meaning": "approved"})
    assert (own.status_code, code_of(own)) == (403, "forbidden")
    edited = clinician.post(f"{place}/edits", json={"version": 0, "edit": ADD}).json()
    assert edited["signatures"] == []  # they were under other seeds
    stale = clinician.post(f"{place}/sign", json=said | {"version": 1, "meaning": "approved"})
    assert (stale.status_code, code_of(stale)) == (400, "bad_input")
    clinician.post(f"{place}/edits", json={"version": 1, "edit": {"kind": "undo"}})
    late = clinician.post(f"{place}/sign", json=said | {"meaning": "approved"})
    assert (late.status_code, code_of(late)) == (409, "changed_elsewhere")
    approved = clinician.post(f"{place}/sign", json=said | {"version": 2, "meaning": "approved"}).json()
    assert approved["approved"]
    assert [each["meaning"] for each in approved["signatures"]] == ["verified", "approved"]
    tries = {
        "edits": {"version": 2, "edit": ADD}, "preview": {"version": 2, "edit": ADD}, "recompute": None,
        "judge": {"version": 2, "seed": 3, "state": "refused"}, "sheets": None, "top-up": None,
        "sign": said | {"version": 2, "meaning": "approved"},
    }  # fmt: skip
    for path, body in tries.items():
        answer = physicist.post(f"{place}/{path}", json=body)
        assert (path, answer.status_code, code_of(answer)) == (path, 423, "locked")
    entries = page(bench, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    assert "verification signed" in {each["what"] for each in entries}


def test_nobody_signs_what_they_did_not_see(bench: Bench) -> None:
    place, physicist = verified(bench, sheets=True), page(bench, "physicist")
    seen = physicist.get(place).json()["run"]["name"]
    folder = find_verification(bench.workplace.cases, place.rsplit("/", 1)[1])
    keep_run(folder, "b" * 16, sheets=True, top_up=True, by="B", at="2026-01-07T10:00:00+00:00")
    late = physicist.post(f"{place}/sign", json=SAID | {"run": seen})
    assert (late.status_code, code_of(late)) == (409, "changed_elsewhere")
    assert "by B" in late.json()["error"]["came"]
    state = physicist.get(place).json()
    assert (state["run"]["name"], state["signatures"]) == ("b" * 16, [])
    unnamed = {name: value for name, value in SAID.items() if name != "run"}
    assert physicist.post(f"{place}/sign", json=unnamed).status_code == 400
    assert physicist.post(f"{place}/sign", json=SAID | {"run": "b" * 16}).status_code == 200


def test_what_is_signed_is_not_calculated_again(bench: Bench) -> None:
    place, physicist = verified(bench, sheets=True), page(bench, "physicist")
    assert physicist.post(f"{place}/sign", json=SAID).status_code == 200
    for path in ("top-up", "sheets", "recompute"):
        answer = physicist.post(f"{place}/{path}")
        assert (path, answer.status_code, code_of(answer)) == (path, 423, "locked")
    assert len(physicist.get(place).json()["signatures"]) == 1


def test_the_files_of_a_calculation_are_listed_and_given(bench: Bench) -> None:
    place, viewer = verified(bench), page(bench, "viewer")
    listed = viewer.get(f"{place}/files").json()
    assert [each["name"] for each in listed["files"]] == ["seeds.csv", "verify.json"]
    assert (listed["stale"], listed["sheets"]) == (False, False)
    answer = viewer.get(f"{place}/files/verify.json")
    assert answer.json()["target"] == "GTV"
    assert "attachment" in answer.headers["content-disposition"]
    for name in ("run.json", "nothing.pdf", "pictures/nothing.png"):
        assert code_of(viewer.get(f"{place}/files/{name}")) == "not_found"
    unsigned = page(bench, "physicist").post(f"{place}/sign", json=SAID)
    assert (unsigned.status_code, code_of(unsigned)) == (400, "bad_input")
    job = page(bench, "physicist").post(f"{place}/sheets").json()
    assert job["kind"] == "verify"
    (bench.workplace.folder / "go").touch()


def test_the_planning_ct_is_given_voxel_by_voxel(bench: Bench) -> None:
    place, viewer = verified(bench), page(bench, "viewer")
    answer = viewer.get(f"{place}/planning-ct")
    assert (answer.headers["x-shape"], answer.headers["x-dtype"]) == ("17,41,41", "int16")
    assert np.frombuffer(answer.content, "<i2").size == np.prod(GRID.shape)
    assert page(bench, "researcher").get(f"{place}/planning-ct").status_code == 403


def test_nothing_is_signed_while_another_number_counts_than_was_implanted_and_nobody_said_why(
    bench: Bench,
) -> None:
    place = verified(bench, sheets=True)
    folder = find_verification(bench.workplace.cases, Path(place).name)
    for path, name in (
        (folder / "asked.json", "count"),
        (folder / "runs" / RUN / "verify.json", "implanted"),
    ):
        path.write_text(json.dumps(json.loads(path.read_text()) | {name: 2}), encoding="utf-8")
    clinician, physicist = page(bench, "clinician"), page(bench, "physicist")
    refused = physicist.post(f"{place}/sign", json=SAID)
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert "3 seeds that count where 2 were implanted" in refused.json()["error"]["came"]
    silent = {"kind": "explain_count", "why": " "}
    assert clinician.post(f"{place}/edits", json={"version": 0, "edit": silent}).status_code == 400
    explain = {"kind": "explain_count", "why": "one of an earlier implantation"}
    told = clinician.post(f"{place}/edits", json={"version": 0, "edit": explain}).json()
    assert (told["numbering"]["explained"]["by"], told["stale"]) == ("clinician", True)
    unsaid = physicist.post(f"{place}/sign", json=SAID | {"version": 1})
    assert (unsaid.status_code, code_of(unsaid)) == (400, "bad_input")  # the sheets do not hold the reason
    again(folder, "b" * 16, version=1, implanted=2)
    restate = {"kind": "restate_count", "implanted": 3, "why": "a slip"}
    assert (
        page(bench, "viewer").post(f"{place}/edits", json={"version": 1, "edit": restate}).status_code == 403
    )
    signed = physicist.post(f"{place}/sign", json=SAID | {"version": 1, "run": "b" * 16})
    assert signed.status_code == 200, signed.text
    (first,) = signed.json()["signatures"]
    assert "one of an earlier implantation (clinician, " in first["decision"]
    after = clinician.post(f"{place}/edits", json={"version": 1, "edit": restate}).json()
    assert (after["count"], after["stale"], after["same_seeds"], after["signatures"]) == (3, True, True, [])
    assert [each["by"] for each in after["signed_before"]] == ["physicist"]
    entries = page(bench, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    assert "number of seeds changed by hand" in {each["what"] for each in entries}
    again(folder, "c" * 16, version=2, implanted=3)
    other = physicist.post(f"{place}/sign", json=SAID | {"version": 2, "run": "c" * 16})
    assert (other.status_code, other.json()["error"]["do"]) == (400, "begin another verification with 3")
    for version in (2, 3):
        undo = {"version": version, "edit": {"kind": "undo"}}
        assert clinician.post(f"{place}/edits", json=undo).status_code == 200
    entries = page(bench, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    noted = " ".join(each["detail"] for each in entries)
    assert "explained undone, 3 count, 2 implanted: one of an earlier implantation" in noted
    assert "restated undone, 3 implanted: a slip" in noted


def again(folder: Path, run: str, *, version: int, implanted: int) -> None:
    """Write sheets of the same seeds once more, of a later judgement."""
    keep_run(folder, run, judgement_version=version, sheets=True, at=f"2026-01-0{6 + version}T10:00:00+00:00")
    path = folder / "runs" / run / "verify.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"implanted": implanted}), encoding="utf-8")
