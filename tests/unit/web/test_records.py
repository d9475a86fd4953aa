"""Records typed, checked, saved, changed by two at once, and voided, over the wire."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.patient import PartialDate
from seedbed.patient.records import KINDS, LesionRecord, Measurement, Patient
from seedbed.registry.proof import prove

PLACE = f"{API}/patients/SYN-1/records"
TODAY = date.today().isoformat()


@contextmanager
def filled(folder: Path) -> Iterator[Bench]:
    """A workplace with one synthetic patient with a lesion of 30 mm."""
    with bench_at(folder) as found:
        records = (
            Patient(patient_id="SYN-1", person="Synthetic One", sex="female", born=PartialDate("1961-05")),
            LesionRecord(patient_id="SYN-1", lesion="T1", role="target"),
            Measurement(patient_id="SYN-1", lesion="T1", on=PartialDate("2026-01-05"), longest_mm=30.0),
        )
        found.workplace.clinic.write(records, who="tester", why="synthetic")
        yield found


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with filled(tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser of a workplace in which nothing is written."""
    with filled(tmp_path_factory.mktemp("read")) as found:
        yield signed_in(found, made(found), "clinician")


@pytest.fixture
def page(bench: Bench) -> TestClient:
    return signed_in(bench, made(bench), "clinician")


def check(page: TestClient, kind: str, record: dict[str, str], version: int = 0) -> dict[str, Any]:
    answer = page.post(f"{PLACE}/{kind}/check", json={"record": record, "version": version})
    assert answer.status_code == 200, answer.text
    return answer.json()


def faults(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["severity"], each["field"]) for each in found["faults"]}


def save(page: TestClient, kind: str, record: dict[str, str], **rest: Any) -> Any:
    return page.put(f"{PLACE}/{kind}", json={"record": record, **rest})


def test_every_kind_is_described_with_labels_units_and_choices(reader: TestClient) -> None:
    kinds = {each["kind"]: each for each in reader.get(f"{API}/records/kinds").json()["kinds"]}
    assert {*kinds} == {*KINDS}
    measurement = {each["name"]: each for each in kinds["measurement"]["fields"]}
    assert measurement["longest_mm"]["label"] == {"en": "Longest diameter", "zh": "最长径"}
    assert (measurement["longest_mm"]["unit"], measurement["longest_mm"]["range"]) == ("mm", [0, 500])
    assert measurement["on"]["required"]
    assert "patient_id" not in measurement
    states = {each["value"]: (each["en"], each["zh"]) for each in measurement["state"]["choices"]}
    assert states["absent"] == ("absent", "消失")
    assert kinds["measurement"]["refers_to"] == {"lesion": "lesion"}


@pytest.mark.parametrize(
    ("kind", "record", "expected"),
    [
        ("visit", {"on": "2026-02-03", "weight_kg": "61,5"}, set()),
        ("visit", {"on": ""}, {("lacking", "on")}),
        ("visit", {"on": "2026-02-30"}, {("wrong", "on")}),
        ("visit", {"on": "1960"}, {("wrong", "on")}),
        ("visit", {"on": "2999-01-01"}, {("wrong", "on")}),
        ("visit", {"on": "2026-02", "kps": "101"}, {("wrong", "kps")}),
        ("visit", {"on": "2026-02", "weight_kg": "1,234"}, {("wrong", "weight_kg")}),
        ("visit", {"on": "2026-02", "weight_kg": "NaN"}, {("wrong", "weight_kg")}),
        ("visit", {"on": "2026-02", "weight_kg": "--"}, {("wrong", "weight_kg")}),
        ("visit", {"on": "2026-02", "note": "不详"}, {("wrong", "note")}),
        ("visit", {"on": "N/A"}, {("wrong", "on")}),
        ("visit", {"on": "2026-02", "weight_kg": "  "}, set()),
        (
            "laboratory-value",
            {"on": "2026-02", "analyte": "Tg", "value": "-", "unit": "ng/mL"},
            {("wrong", "value")},
        ),
        ("measurement", {"lesion": "T9", "on": "2026-02", "longest_mm": "20"}, {("wrong", "lesion")}),
        ("measurement", {"lesion": "T1", "on": "2026-03-05", "longest_mm": "2"}, {("ask", "longest_mm")}),
        ("measurement", {"lesion": "T1", "on": "2026-01-05", "longest_mm": "31"}, {("wrong", "reader")}),
        ("adverse-event", {"term": "Hypertension", "start": "2026-02", "grade": "9"}, {("wrong", "grade")}),
        ("laboratory-value", {"on": "2026-02", "analyte": "Tg", "value": "<0.04", "unit": "ng/mL"}, set()),
        (
            "laboratory-value",
            {"on": "2026-02", "analyte": "Tg", "value": "1", "unit": "mmol/L"},
            {("wrong", "unit")},
        ),
    ],
)
def test_what_is_typed_is_checked_field_by_field(
    reader: TestClient, kind: str, record: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    assert faults(check(reader, kind, record)) == expected


@pytest.mark.parametrize("text", ["NaN", "--", "inf", "1e999", "未查", "n.a."])
def test_what_was_typed_is_never_dropped_without_a_word(page: TestClient, text: str) -> None:
    answer = save(page, "visit", {"on": "2026-02-03", "weight_kg": text})
    assert answer.status_code == 400, answer.text
    assert "weight_kg" in answer.text
    assert page.get(f"{PLACE}/visit").json()["records"] == []


def test_a_form_is_read_as_a_spreadsheet_is(reader: TestClient) -> None:
    typed = {"on": "2026/2/3", "analyte": "Tg", "value": "<0,04", "unit": "ng/mL"}
    found = check(reader, "laboratory-value", typed)
    assert found["record"] == {
        "patient_id": "SYN-1",
        "on": "2026-02-03",
        "analyte": "tg",
        "value": 0.04,
        "comparator": "<",
        "unit": "ng/mL",
    }


def test_a_record_is_written_read_changed_emptied_and_voided(bench: Bench, page: TestClient) -> None:
    first = save(page, "visit", {"on": "2026-02-03", "kps": "90", "weight_kg": "61,5", "note": "synthetic"})
    assert first.status_code == 200, first.text
    version = first.json()["version"]
    changed = {"on": "2026-02-03", "kps": "80", "note": ""}
    second = save(page, "visit", changed, version=version, why="misread")
    assert second.status_code == 200, second.text
    assert bench.workplace.clinic.head()[0] == version + 1  # one change set
    found = page.get(f"{PLACE}/visit").json()
    (record,) = found["records"]
    assert record["record"] == {"patient_id": "SYN-1", "on": "2026-02-03", "kps": 80}
    assert (record["who"], record["why"]) == ("clinician", "misread")
    void = {"key": record["key"], "version": record["version"], "why": "another patient's"}
    assert page.post(f"{PLACE}/visit/void", json=void).status_code == 200
    found = page.get(f"{PLACE}/visit").json()
    assert found["records"] == []
    assert found["history"][0]["action"] == "voided"
    assert found["history"][-1]["new"]["weight_kg"] == 61.5
    assert prove(bench.workplace.clinic).sound


def test_the_second_of_two_who_change_a_record_is_told(bench: Bench, page: TestClient) -> None:
    version = save(page, "visit", {"on": "2026-02-03", "kps": "90"}).json()["version"]
    other = signed_in(bench, made(bench), "physicist")
    assert save(other, "visit", {"on": "2026-02-03", "kps": "70"}, version=version).status_code == 200
    late = save(page, "visit", {"on": "2026-02-03", "kps": "80"}, version=version)
    assert (late.status_code, code_of(late)) == (409, "changed_elsewhere")
    assert "physicist" in late.json()["error"]["came"]
    (record,) = page.get(f"{PLACE}/visit").json()["records"]
    assert record["record"]["kps"] == 70
    void = {"key": record["key"], "version": version, "why": "old"}
    assert page.post(f"{PLACE}/visit/void", json=void).status_code == 409


def test_another_record_saved_meanwhile_is_no_conflict(bench: Bench, page: TestClient) -> None:
    version = save(page, "visit", {"on": "2026-02-03", "kps": "90"}).json()["version"]
    bench.workplace.clinic.write([Patient(patient_id="SYN-2")], who="tester", why="synthetic")
    assert save(page, "visit", {"on": "2026-02-03", "kps": "80"}, version=version).status_code == 200


def test_a_new_record_does_not_go_over_one_that_is_there(page: TestClient) -> None:
    assert save(page, "visit", {"on": "2026-02-03", "kps": "90"}).status_code == 200
    again = save(page, "visit", {"on": "2026-02-03", "weight_kg": "60"})
    assert (again.status_code, code_of(again)) == (409, "changed_elsewhere")


def test_what_is_asked_about_is_kept_only_when_confirmed(page: TestClient) -> None:
    small = {"lesion": "T1", "on": "2026-03-05", "longest_mm": "2"}
    refused = save(page, "measurement", small)
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    (asked,) = check(page, "measurement", small)["faults"]
    assert save(page, "measurement", small, confirmed=["something else"]).status_code == 400
    assert save(page, "measurement", small, confirmed=[asked["sentence"]]).status_code == 200


def test_another_sex_under_an_identifier_is_asked_about(page: TestClient) -> None:
    (patient,) = page.get(f"{PLACE}/patient").json()["records"]
    typed = {"person": "Synthetic One", "sex": "male", "born": "1961-05"}
    found = check(page, "patient", typed, patient["version"])
    assert faults(found) == {("ask", "sex")}
    confirmed = [each["sentence"] for each in found["faults"]]
    saved = save(page, "patient", typed, version=patient["version"], confirmed=confirmed, why="slip")
    assert saved.status_code == 200, saved.text
    assert page.get(f"{API}/patients/SYN-1").json()["identity"]["sex"] == "male"


def test_a_new_patient_whose_identifier_is_alike_is_asked_about(page: TestClient) -> None:
    place = f"{API}/patients/NEW-7/records/patient"
    found = page.post(f"{place}/check", json={"record": {"sex": "male"}}).json()
    assert faults(found) == set()
    alike = f"{API}/patients/syn-01/records/patient"
    found = page.post(f"{alike}/check", json={"record": {"sex": "male"}}).json()
    assert faults(found) == {("ask", "patient_id")}
    assert page.put(place, json={"record": {"sex": "male"}}).status_code == 200
    assert page.get(f"{API}/patients/NEW-7").status_code == 200


def test_a_lesion_with_measurements_is_voided_only_with_them(page: TestClient) -> None:
    (lesion,) = page.get(f"{PLACE}/lesion").json()["records"]
    void = {"key": lesion["key"], "version": lesion["version"], "why": "no lesion"}
    refused = page.post(f"{PLACE}/lesion/void", json=void)
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert page.post(f"{PLACE}/lesion/void", json={**void, "dependents": True}).status_code == 200
    assert page.get(f"{PLACE}/measurement").json()["records"] == []


def test_a_lesion_with_measurements_is_emptied_in_one_change(bench: Bench, page: TestClient) -> None:
    (lesion,) = page.get(f"{PLACE}/lesion").json()["records"]
    before, _ = bench.workplace.clinic.head()
    emptied = save(page, "lesion", {"lesion": "T1", "role": ""}, version=lesion["version"], why="not known")
    assert emptied.status_code == 200, emptied.text
    found = page.get(f"{PLACE}/lesion").json()
    assert found["records"][0]["record"] == {"patient_id": "SYN-1", "lesion": "T1"}
    assert bench.workplace.clinic.head()[0] == before + 1
    assert found["history"][0]["action"] == "changed"
    assert found["history"][0]["differences"]["role"] == [lesion["record"]["role"], None]
    assert len(page.get(f"{PLACE}/measurement").json()["records"]) > 0


def test_a_voided_record_counts_again_only_when_that_is_confirmed(page: TestClient) -> None:
    version = save(page, "visit", {"on": "2026-02-03", "kps": "90"}).json()["version"]
    key = ["SYN-1", "2026-02-03"]
    page.post(f"{PLACE}/visit/void", json={"key": key, "version": version, "why": "slip"})
    typed = {"on": "2026-02-03", "kps": "80"}
    (asked,) = check(page, "visit", typed)["faults"]
    assert asked["severity"] == "ask"
    assert "slip" in asked["sentence"]
    assert save(page, "visit", typed).status_code == 400
    assert save(page, "visit", typed, confirmed=[asked["sentence"]]).status_code == 200
    (record,) = page.get(f"{PLACE}/visit").json()["records"]
    assert record["record"]["kps"] == 80


def test_changes_are_in_the_trail_and_a_viewer_changes_nothing(bench: Bench, page: TestClient) -> None:
    save(page, "visit", {"on": TODAY})
    app = made(bench)
    viewer = signed_in(bench, app, "viewer")
    assert viewer.get(f"{PLACE}/visit").status_code == 200
    assert save(viewer, "visit", {"on": "2026-02-03"}).status_code == 403
    entries = signed_in(bench, app, "administrator").get(f"{API}/trail", params={"patient": "SYN-1"}).json()
    seen = {(each["who"], each["what"]) for each in entries["entries"]}
    assert {("clinician", "record saved"), ("viewer", "records")} <= seen


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/nonsense", None, 404),
        ("put", "/visit", {"record": {"colour": "red"}}, 400),
        ("put", "/visit", {"record": {"on": 5}}, 400),
        ("post", "/visit/void", {"key": ["SYN-1", "2026"], "version": 1, "why": "x"}, 404),
        ("post", "/visit/void", {"key": ["SYN-2", "2026"], "version": 1, "why": "x"}, 404),
        ("post", "/visit/void", {"key": ["SYN-1", "2026"], "version": 1, "why": " "}, 400),
    ],
)
def test_what_is_not_there_is_a_sentence(
    reader: TestClient, method: str, path: str, body: Any, status: int
) -> None:
    answer = reader.request(method, PLACE + path, json=body)
    assert (answer.status_code, bool(code_of(answer))) == (status, True)


def test_a_visit_of_tomorrow_is_refused_today(reader: TestClient) -> None:
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    assert faults(check(reader, "visit", {"on": tomorrow})) == {("wrong", "on")}
