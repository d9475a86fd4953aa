"""Cases over the wire: the digital patient imported, its slices, its structures drawn and kept."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.unit.journey.workbench.test_drawn import IDENTITY, square
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.dicom import write_ct_series, write_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.filing import filing

GRID = VoxelGrid((-40.0, -40.0, -10.0), (2.0, 2.0, 2.5), (9, 41, 41))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A workplace whose store holds one synthetic CT with a target."""
    hu = np.arange(np.prod(GRID.shape), dtype=np.float32).reshape(GRID.shape) % 1999 - 999
    ct = write_ct_series(CtVolume(GRID, hu), tmp_path / "in" / "ct", IDENTITY, series="CT")
    box = Structure("GTV", (PlanarContour(0.0, np.array(square(6))),), 2.5)
    write_structures([box], ct, tmp_path / "in" / "rs.dcm", IDENTITY, types=["GTV"])
    with bench_at(tmp_path) as found:
        with filing(found.workplace.store) as files:
            for path in sorted((tmp_path / "in").rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        yield found


@pytest.fixture
def page(bench: Bench) -> TestClient:
    return signed_in(bench, made(bench), "clinician")


def the_case(page: TestClient) -> dict[str, Any]:
    (row,) = page.get(f"{API}/cases").json()["cases"]
    return page.get(f"{API}/cases/{row['case']}").json()


def drawn(version: int, half: float = 8.0) -> dict[str, Any]:
    planes = [{"z_mm": z, "polygons": [square(half)]} for z in (-5.0, 5.0)]
    return {"version": version, "role": "target", "colour": "#ff0000", "planes": planes}


def test_the_volume_is_the_ct(page: TestClient) -> None:
    case = the_case(page)
    answer = page.get(f"{API}/cases/{case['case']}/volume")
    assert answer.headers["X-Shape"] == "9,41,41"
    expected = np.arange(np.prod(GRID.shape)).reshape(GRID.shape) % 1999 - 999
    np.testing.assert_array_equal(np.frombuffer(answer.content, "<i2").reshape(9, 41, 41), expected)
    for axis, index in (("z", 4), ("y", 7), ("x", 40)):
        one = page.get(f"{API}/cases/{case['case']}/slice", params={"axis": axis, "index": index})
        np.testing.assert_array_equal(
            np.frombuffer(one.content, "<i2"), expected.take(index, axis="zyx".index(axis)).ravel()
        )
    assert case["geometry"] == {
        "origin_mm": [-40.0, -40.0, -10.0],
        "spacing_mm": [2.0, 2.0, 2.5],
        "shape": [9, 41, 41],
    }


def test_structures_are_drawn_changed_and_taken_away(page: TestClient) -> None:
    case = the_case(page)
    place = f"{API}/cases/{case['case']}/structures"
    assert [each["name"] for each in case["structures"]] == ["GTV"]
    changed = page.put(f"{place}?name=GTV", json=drawn(1))
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == 2
    new = page.put(place, params={"name": "Lymph node 淋巴结"}, json=drawn(0))
    assert new.json()["version"] == 1
    assert [each["name"] for each in page.get(place).json()["structures"]] == ["GTV", "Lymph node 淋巴结"]
    assert page.delete(place, params={"name": "GTV", "version": 2}).status_code == 200
    assert [each["name"] for each in page.get(place).json()["structures"]] == ["Lymph node 淋巴结"]


def test_the_second_of_two_who_draw_is_told(page: TestClient) -> None:
    place = f"{API}/cases/{the_case(page)['case']}/structures?name=GTV"
    assert page.put(place, json=drawn(1)).status_code == 200
    second = page.put(place, json=drawn(1, 9.0))
    assert (second.status_code, code_of(second)) == (409, "changed_elsewhere")
    assert "clinician" in second.json()["error"]["came"]


@pytest.mark.parametrize("name", ["GTVp/GTVn", "GTV 1/2", "..", ".", "a?b#c%2F&d=e", "/"])
def test_any_printed_name_is_kept_under_itself(page: TestClient, name: str) -> None:
    place = f"{API}/cases/{the_case(page)['case']}/structures"
    made = page.put(place, params={"name": name}, json=drawn(0))
    assert (made.status_code, made.json().get("name")) == (200, name), made.text
    between = page.post(f"{place}/interpolate", params={"name": name}, json={"planes": drawn(0)["planes"]})
    assert between.status_code == 200
    assert page.get(f"{place}/mesh", params={"name": name}).status_code == 200
    assert [each["name"] for each in page.get(place).json()["structures"]] == ["GTV", name]
    assert page.delete(place, params={"name": name, "version": 1}).json() == {"deleted": name}


@pytest.mark.parametrize("name", ["", "   ", "a\\b", "x" * 65, "GTV\t1"])
def test_a_name_that_cannot_be_kept_is_refused_with_a_sentence(page: TestClient, name: str) -> None:
    place = f"{API}/cases/{the_case(page)['case']}/structures"
    refused = page.put(place, params={"name": name}, json=drawn(0))
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert [each["name"] for each in page.get(place).json()["structures"]] == ["GTV"]


def test_contours_between_are_proposed_and_not_kept(page: TestClient) -> None:
    place = f"{API}/cases/{the_case(page)['case']}/structures"
    asked = {"planes": drawn(0)["planes"]}
    found = page.post(f"{place}/interpolate?name=GTV", json=asked).json()["planes"]
    assert [each["z_mm"] for each in found] == [-2.5, 0.0, 2.5]
    for each in found:
        points = np.array(each["polygons"][0])
        assert np.abs(points).max() == pytest.approx(8.0, abs=0.4)
    assert page.get(place).json()["structures"][0]["version"] == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases/0000000000000000", 404),
        ("/cases/..%2F..%2Fetc/volume", 404),
        ("/cases/{case}/slice?index=9", 404),
        ("/cases/{case}/slice?index=-1", 400),
        ("/cases/{case}/slice?index=0&axis=q", 400),
    ],
)
def test_what_is_not_there_is_a_sentence(page: TestClient, path: str, status: int) -> None:
    answer = page.get(API + path.replace("{case}", the_case(page)["case"]))
    assert answer.status_code == status
    assert code_of(answer)


def test_looking_is_in_the_trail_and_a_viewer_may_not_draw(bench: Bench) -> None:
    app = made(bench)
    viewer = signed_in(bench, app, "viewer")
    case = the_case(viewer)
    assert viewer.put(f"{API}/cases/{case['case']}/structures?name=GTV", json=drawn(1)).status_code == 403
    administrator = signed_in(bench, app, "administrator")
    entries = administrator.get(f"{API}/trail", params={"patient": "SYN-1"}).json()["entries"]
    assert any(each["who"] == "viewer" for each in entries)


def test_files_are_uploaded_by_one_and_started_by_nobody_else(bench: Bench) -> None:
    app = made(bench)
    one, other = signed_in(bench, app, "physicist"), signed_in(bench, app, "clinician")
    upload = one.post(f"{API}/imports").json()["upload"]
    sent = one.put(f"{API}/imports/{upload}/files/0", content=b"no DICOM" * 1000)
    assert sent.json() == {"number": 0, "size_bytes": 8000}
    assert other.post(f"{API}/imports/{upload}").status_code == 404
    assert one.delete(f"{API}/imports/{upload}").status_code == 200
    assert not list(bench.workplace.uploads.iterdir())


def test_structures_come_again_only_after_a_change(page: TestClient) -> None:
    """The tag is of what they are, so that it cannot outlive a change; pressed or not they are the same."""
    case = the_case(page)
    place = f"{API}/cases/{case['case']}/structures"
    pressed = page.get(place, headers={"Accept-Encoding": "gzip"})
    plain = page.get(place, headers={"Accept-Encoding": "identity"})
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert (pressed.json(), pressed.headers["ETag"]) == (plain.json(), plain.headers["ETag"])
    asked = {"If-None-Match": f'W/"other", {plain.headers["ETag"]}'}
    same = page.get(place, headers=asked)
    assert (same.status_code, same.content, same.headers["Cache-Control"]) == (304, b"", "no-store")
    page.put(f"{place}?name=GTV", json=drawn(1))
    changed = page.get(place, headers=asked)
    assert (changed.status_code, changed.json()["structures"][0]["version"]) == (200, 2)
    assert the_case(page)["structures"][0]["version"] == 2
