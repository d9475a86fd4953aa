"""Pairs of CTs over the wire: the series of a patient, the job, pixels, PET, the figure, and who may look."""

import json
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient
from tests.unit.journey.workbench.pairs.paired_bench import (
    BALL_MM,
    GRID,
    MOTION,
    PATIENT,
    SUV,
    asked_of,
    case_of,
    keep_files,
    keep_known,
    write_pair_of_balls,
)
from tests.unit.journey.workbench.synthetic_jobs import HERE
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.journey.workbench.drawing import DRAWING
from seedbed.journey.workbench.verifications import thumbs
from seedbed.patient import PartialDate
from seedbed.patient.records import Implantation, Patient

PLACE = f"{API}/patients/{PATIENT}/pairs"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    root = tmp_path_factory.mktemp("pairs")
    write_pair_of_balls(root / "in")
    with bench_at(root, kinds={"pair": f"{HERE}:wait"}) as found:
        keep_files(found, root / "in")
        known = [
            Patient(patient_id=PATIENT, synthetic=True),
            Implantation(patient_id=PATIENT, implant="1", session=1, on=PartialDate("2026-01-08")),
        ]
        found.workplace.clinic.write(known, who="test", why="synthetic")
        yield found


@pytest.fixture(scope="module")
def viewer(bench: Bench) -> TestClient:
    return signed_in(bench, made(bench), "viewer")


def of(bench: Bench, **more: Any) -> dict[str, Any]:
    return {"before": case_of(bench, "Before"), "after": case_of(bench, "After")} | more


def test_the_series_of_a_patient(viewer: TestClient) -> None:
    found = viewer.get(f"{PLACE}/series").json()
    assert [each["series_description"].split(",")[0] for each in found["cts"]] == ["Before", "After"]
    assert [each["study_date"] for each in found["cts"]] == ["2026-01-05", "2026-07-06"]
    assert [each["days_from_implant"] for each in found["cts"]] == [-3, 179]
    assert [len(each["pets"]) for each in found["cts"]] == [1, 2]
    assert {each["series"] for each in found["pets"]} == {name for ct in found["cts"] for name in ct["pets"]}


def test_an_unknown_patient_has_no_series(viewer: TestClient) -> None:
    answer = viewer.get(f"{API}/patients/nobody/pairs/series")
    assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_a_pair_is_matched_once_as_a_job(bench: Bench, viewer: TestClient) -> None:
    wanted, clinician = of(bench, target="GTV"), signed_in(bench, made(bench), "clinician")
    assert viewer.get(PLACE, params=wanted).json()["state"] == "none"
    assert viewer.post(PLACE, json=wanted).status_code == 403
    first = clinician.post(PLACE, json=wanted).json()["job"]
    assert (first["kind"], clinician.post(PLACE, json=wanted).json()["job"]["id"]) == ("pair", first["id"])
    assert viewer.get(PLACE, params=wanted).json()["job"]["id"] == first["id"]
    (bench.workplace.folder / "go").touch()


def test_pixels_of_a_matched_pair(bench: Bench, viewer: TestClient) -> None:
    keep_known(bench, asked_of(bench))
    shown = viewer.get(PLACE, params=of(bench)).json()
    assert (shown["state"], shown["match"]["by"], shown["match"]["error_mm"]) == ("done", "registration", 0.4)
    np.testing.assert_allclose(shown["match"]["rotation"], MOTION.rotation)
    clinician = signed_in(bench, made(bench), "clinician")
    assert clinician.post(PLACE, json=of(bench)).json() == {"state": "done", "job": None}
    whole = viewer.get(f"{PLACE}/volume", params=of(bench))
    assert (whole.headers["X-Shape"], whole.headers["X-Dtype"]) == ("25,50,50", "int16")
    hu = np.frombuffer(whole.content, dtype="<i2").reshape(GRID.shape)
    plane = viewer.get(f"{PLACE}/plane", params=of(bench, position_mm=BALL_MM[2])).content
    length = struct.unpack("<I", plane[:4])[0]
    head = json.loads(plane[4 : 4 + length])
    both = np.frombuffer(plane[4 + length :], dtype="<i2").reshape(2, *head["shape"])
    assert np.array_equal(both[1], hu[head["index"]])
    _, j, i = np.rint(GRID.indices(BALL_MM[None])[0]).astype(int)
    assert both[:, j, i].min() > 250
    assert len(viewer.get(f"{PLACE}/structures", params=of(bench)).json()["structures"]) == 1


def test_pet_over_the_wire(bench: Bench, viewer: TestClient) -> None:
    keep_known(bench, asked_of(bench))
    cts = viewer.get(f"{PLACE}/series").json()["cts"]
    for which, ct in zip(("before", "after"), cts, strict=True):
        answer = viewer.get(f"{PLACE}/pet", params=of(bench, which=which, pet_series=ct["pets"][0]))
        assert (answer.status_code, answer.headers["X-Dtype"]) == (200, "float32")
        suv = np.frombuffer(answer.content, dtype="<f4")
        assert np.nanmax(suv) == pytest.approx(SUV[which], rel=1e-4)
        assert len(answer.headers["X-Origin"].split(",")) == len(answer.headers["X-Spacing"].split(",")) == 3


def test_two_tracers_do_not_stand_on_one_scale(bench: Bench, viewer: TestClient) -> None:
    keep_known(bench, asked_of(bench))
    before, after = viewer.get(f"{PLACE}/series").json()["cts"]
    asked = of(bench, which="before", pet_series=before["pets"][0])
    assert viewer.get(f"{PLACE}/pet", params=asked | {"beside": after["pets"][0]}).status_code == 200
    for answer in (
        viewer.get(f"{PLACE}/pet", params=asked | {"beside": after["pets"][1]}),
        viewer.get(
            f"{PLACE}/picture",
            params=of(bench, pet_before=before["pets"][0], pet_after=after["pets"][1]),
        ),
    ):
        assert answer.status_code == 400
        assert "same tracer" in answer.json()["error"]["expected"]


def test_the_figure_is_drawn_and_noted(bench: Bench, viewer: TestClient) -> None:
    keep_known(bench, asked_of(bench))
    at = ",".join(str(each) for each in BALL_MM)
    asked = of(bench, at=at, window="-160,240", form="svg", dates=False, field_mm=60)
    answer = viewer.get(f"{PLACE}/picture", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    assert "days before the implant" in answer.text
    assert "2026" not in answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="before-after.svg"'
    trail = signed_in(bench, made(bench), "administrator").get(f"{API}/trail", params={"patient": PATIENT})
    assert {"pair of images", "picture made"} <= {each["what"] for each in trail.json()["entries"]}


def test_figure_and_list_count_days_from_the_same_implantations(bench: Bench, viewer: TestClient) -> None:
    """Two implantations and one whose day is not known: 2026-06-01 to 2026-07-06 are 35 days."""
    keep_known(bench, asked_of(bench))
    clinic = bench.workplace.clinic
    asked = of(bench, at=",".join(str(each) for each in BALL_MM), form="svg", dates=False)
    for number, on in (("2", "2026-06-01"), ("3", "2026-05")):
        more = Implantation(patient_id=PATIENT, implant=number, session=1, on=PartialDate(on))
        clinic.write([more], who="test", why="synthetic")
        known = " known to the day" if number == "3" else ""
        found = viewer.get(f"{PLACE}/series").json()
        assert [each["days_from_implant"] for each in found["cts"]] == [-3, 35]
        assert found["implants_unsure"] == ([on] if known else [])
        figure = viewer.get(f"{PLACE}/picture", params=asked).text
        assert f"3 days before implant 1 of 2{known}" in figure
        assert f"day 35 after implant 2 of 2{known}" in figure


def test_one_picture_is_drawn_at_a_time(bench: Bench, viewer: TestClient) -> None:
    """Whoever draws holds the one lock of the process, thumbs of seeds as well as figures."""
    keep_known(bench, asked_of(bench))
    asked = of(bench, at=",".join(str(each) for each in BALL_MM))
    with ThreadPoolExecutor(1) as threads:
        with DRAWING:
            waiting = threads.submit(viewer.get, f"{PLACE}/picture", params=asked)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
        assert waiting.result(60).status_code == 200
    assert thumbs.DRAWING is DRAWING


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"after": "Before"}, 400, "the same CT"),
        ({"before": "After", "after": "Before"}, 400, "StudyDate"),
        ({"after": "Other"}, 400, "another patient"),
        ({"by": "frame"}, 400, "different frames"),
        ({"after": "none"}, 404, "no case"),
    ],
)
def test_a_pair_that_cannot_be_is_one_sentence(
    bench: Bench, viewer: TestClient, change: dict[str, str], status: int, said: str
) -> None:
    names = {
        key: value if value in ("frame", "none") else case_of(bench, value) for key, value in change.items()
    }
    for answer in (
        viewer.get(PLACE, params=of(bench) | names),
        signed_in(bench, made(bench), "clinician").post(PLACE, json=of(bench) | names),
        viewer.get(f"{PLACE}/volume", params=of(bench) | names),
    ):
        assert answer.status_code == status
        code_of(answer)
        assert said in answer.json()["error"]["came"]


def test_what_was_not_matched_has_no_pixels(bench: Bench, viewer: TestClient) -> None:
    for part in ("volume", "structures", "plane?position_mm=0", "picture"):
        answer = viewer.get(f"{PLACE}/{part}", params=of(bench, target="Other name"))
        assert (answer.status_code, code_of(answer)) == (404, "not_found") or "position_mm" in part


def test_one_pet_alone_is_refused_for_the_figure(bench: Bench, viewer: TestClient) -> None:
    keep_known(bench, asked_of(bench))
    answer = viewer.get(f"{PLACE}/picture", params=of(bench, pet_before="0" * 16))
    assert (answer.status_code, answer.json()["error"]["came"]) == (400, "one PET series")


def test_researchers_see_none_of_it(bench: Bench) -> None:
    client = signed_in(bench, made(bench), "researcher")
    for part in ("", "/series", "/volume", "/plane", "/pet", "/picture", "/structures"):
        assert client.get(PLACE + part, params=of(bench)).status_code == 403
    assert client.post(PLACE, json=of(bench)).status_code == 403


def test_names_of_files_stay_inside(bench: Bench, tmp_path: Path) -> None:
    """Whatever is called a target, the pair is kept in a folder of 16 hexadecimal digits."""
    asked = asked_of(bench, target="../../x")
    folder = asked.folder(tmp_path)
    assert folder.parent == tmp_path / asked.before.case / "pairs"
    assert len(folder.name) == 16
