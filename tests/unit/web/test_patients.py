"""The list and the page of patients over the wire: what is due, what happened, who may see it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from dateutil.relativedelta import relativedelta
from starlette.testclient import TestClient
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.errors import InputError
from seedbed.journey.workbench.clinic.counting import Keeper
from seedbed.patient import PartialDate
from seedbed.patient.records import (
    AdverseEvent,
    Death,
    DrugCourse,
    Implantation,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    Patient,
    Record,
    ScreeningFacts,
    VisitRecord,
)
from seedbed.web.routes.patients import patient_named

TODAY = date.today()
START = TODAY - relativedelta(months=5)
SCRIPT = "<script>alert(1)</script>"


def day(when: date) -> PartialDate:
    return PartialDate.of(when)


def months(count: int) -> date:
    return START + relativedelta(months=count)


RECORDS: tuple[Record, ...] = (
    Patient(
        patient_id="SYN-1", person="合成 A", sex="female", born=PartialDate("1961"), arm="B", synthetic=True
    ),
    Patient(patient_id="SYN-2", person=SCRIPT, arm="A", synthetic=True),
    Patient(patient_id="SYN/3 %", arm="A", synthetic=True),
    LesionRecord(patient_id="SYN-1", lesion="T1", role="target"),
    Implantation(patient_id="SYN-1", implant="1", session=1, on=day(START), seeds_implanted=40, d90_gy=121.0),
    Implantation(patient_id="SYN/3 %", implant="1", session=1, on=day(TODAY - timedelta(days=10))),
    DrugCourse(patient_id="SYN-1", course="1", drug="anlotinib", start=day(START)),
    VisitRecord(patient_id="SYN-1", on=day(months(2)), kps=90),
    Measurement(patient_id="SYN-1", lesion="T1", on=day(START - timedelta(days=5)), longest_mm=30.0),
    Measurement(patient_id="SYN-1", lesion="T1", on=day(months(2)), longest_mm=20.0),
    LaboratoryValue(patient_id="SYN-1", on=day(START), analyte="tg", value=12.0, unit="ng/mL"),
    LaboratoryValue(
        patient_id="SYN-1", on=day(months(2)), analyte="tg", value=0.04, comparator="<", unit="ng/mL"
    ),
    LaboratoryValue(patient_id="SYN-1", on=day(months(2)), analyte="tsh", value=0.02, unit="mU/L"),
    Pain(patient_id="SYN-1", on=day(START), nrs=6.0),
    Pain(patient_id="SYN-1", on=day(months(2)), nrs=2.0),
    AdverseEvent(patient_id="SYN-1", term="Hypertension", start=day(months(1)), grade=2),
)
"""Synthetic: treated five months ago, seen at month 2, not at month 4, whose window of 14 days is over."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_at(tmp_path) as found:
        found.workplace.clinic.write(RECORDS, who="tester", why="synthetic")
        yield found


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A browser of a workplace in which nothing is written."""
    with bench_at(tmp_path_factory.mktemp("read")) as found:
        found.workplace.clinic.write(RECORDS, who="tester", why="synthetic")
        yield signed_in(found, made(found), "clinician")


@pytest.fixture
def page(bench: Bench) -> TestClient:
    return signed_in(bench, made(bench), "clinician")


def listed(client: TestClient, **asked: Any) -> dict[str, Any]:
    answer = client.get(f"{API}/patients", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def identifiers(found: dict[str, Any]) -> list[str]:
    return [each["patient_id"] for each in found["patients"]]


def test_the_list_says_what_is_due_and_when_next(reader: TestClient) -> None:
    found = listed(reader)
    assert identifiers(found) == ["SYN-1", "SYN-2", "SYN/3 %"]
    one = found["patients"][0]
    assert one["last_visit"] == months(2).isoformat()
    assert [(each["month"], each["on"], each["state"]) for each in one["due"]] == [
        (4, months(4).isoformat(), "missing")
    ]
    assert one["next_due"] == months(6).isoformat()
    assert found["counts"]["missing"] == 1
    assert found["counts"]["not started"] == 1
    third = found["patients"][2]
    assert third["next_due"] == (TODAY - timedelta(days=10) + relativedelta(months=2)).isoformat()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"search": "syn-2"}, ["SYN-2"]),
        ({"search": "合成"}, ["SYN-1"]),
        ({"due": "missing"}, ["SYN-1"]),
        ({"due": "not started"}, ["SYN-2"]),
        ({"arm": "A"}, ["SYN-2", "SYN/3 %"]),
        ({"sort": "longest_open"}, ["SYN-1", "SYN-2", "SYN/3 %"]),
        ({"sort": "patient_id", "descending": True}, ["SYN/3 %", "SYN-2", "SYN-1"]),
        ({"per_page": 1, "page": 2}, ["SYN-2"]),
        ({"per_page": 1, "page": 9}, []),
    ],
)
def test_the_list_is_searched_parted_and_sorted(
    reader: TestClient, asked: dict[str, Any], expected: list[str]
) -> None:
    assert identifiers(listed(reader, **asked)) == expected


def test_a_name_with_a_script_is_a_text(reader: TestClient) -> None:
    answer = reader.get(f"{API}/patients", params={"search": "SYN-2"})
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["patients"][0]["name"] == SCRIPT


def test_the_list_follows_every_change(bench: Bench, page: TestClient) -> None:
    """After a change of one patient the list is what it is when all are counted anew."""
    assert listed(page)["counts"]["missing"] == 1
    clinic = bench.workplace.clinic
    changes = (
        VisitRecord(patient_id="SYN-1", on=day(months(4))),
        VisitRecord(patient_id="SYN-1", on=day(months(4) + timedelta(days=20))),
        VisitRecord(patient_id="SYN/3 %", on=day(TODAY)),
        Implantation(patient_id="SYN-2", implant="1", session=1, on=PartialDate("2024-03")),
        Death(patient_id="SYN-2", on=PartialDate("2025-01-20")),
    )
    for change in changes:
        clinic.write([change], who="tester", why="synthetic")
        now, anew = listed(page), Keeper(clinic).at(TODAY)
        assert now["patients"] == [each.to_dict() for each in anew.patients]
        assert now["counts"] == anew.counts
    assert listed(page)["patients"][0]["due"] == []


def test_the_page_of_a_patient_has_the_response_and_the_curves(reader: TestClient) -> None:
    found = reader.get(f"{API}/patients/SYN-1").json()
    assert found["identity"]["person"] == "合成 A"
    assert found["problems"] == []
    (reader,) = found["trends"]["diameters"]
    points = [(each["sum_mm"], each["response"]) for each in reader["points"]]
    assert points == [(30.0, "baseline"), (20.0, "PR")]
    first, second = found["trends"]["tg"]
    assert (first["value"], first["comparator"], first["tsh"]) == (12.0, "", None)
    assert (second["value"], second["comparator"], second["tsh"]) == (0.04, "<", "0.02")
    assert [each["nrs"] for each in found["trends"]["pain"][0]["points"]] == [6.0, 2.0]
    kinds = {each["kind"] for each in found["timeline"]}
    assert {"implant", "drug", "visit", "image", "event"} <= kinds
    assert [(each["month"], each["status"]) for each in found["due"]["visits"]] == [
        (2, "seen"),
        (4, "missing"),
        (6, "not yet due"),
    ]


def test_the_age_is_as_exact_as_the_birth(reader: TestClient) -> None:
    low, high = reader.get(f"{API}/patients/SYN-1").json()["identity"]["age_years"]
    assert (low, high) == (TODAY.year - 1962 + (TODAY.month == 12 and TODAY.day == 31), TODAY.year - 1961)


def test_who_was_never_treated_has_a_page_and_no_visits_due(reader: TestClient) -> None:
    found = reader.get(f"{API}/patients/SYN-2").json()
    assert found["due"] is None
    assert "has not begun" in found["why_not_due"]


@pytest.mark.parametrize("patient", ["X/1", "50%", "50%25", "a b", "甲", "X/records/visit", "S.01", "~a"])
def test_any_identifier_is_encoded_once_in_an_address(bench: Bench, page: TestClient, patient: str) -> None:
    bench.workplace.clinic.write([Patient(patient_id=patient)], who="tester", why="synthetic")
    place = f"{API}/patients/{quote(patient, safe='')}"
    assert page.get(place).json()["identity"]["patient_id"] == patient
    saved = page.put(f"{place}/records/visit", json={"record": {"on": "2024-02-05", "kps": "90"}})
    assert saved.status_code == 200, saved.text
    (visit,) = page.get(f"{place}/records/visit").json()["records"]
    assert visit["record"]["kps"] == 90
    assert page.get(f"{API}/patients/{quote(quote(patient, safe=''), safe='')}").status_code == (
        200 if patient in ("S.01", "~a") else 404
    )


def test_an_address_that_is_decoded_elsewhere_is_not_decoded_again(bench: Bench, page: TestClient) -> None:
    bench.workplace.clinic.write([Patient(patient_id="a/b")], who="tester", why="synthetic")
    for prefix in ("/api/v1/%70atients", "/api/v1%2Fpatients", "/api%2Fv1/patients"):
        assert "identity" not in page.get(f"{prefix}/a%252Fb").text
    assert page.get(f"{API}/patients/a%2Fb").json()["identity"]["patient_id"] == "a/b"


def test_a_full_stop_alone_is_an_identifier_behind_a_tilde() -> None:
    """Browsers take it, and its encoding, for a step up or for none."""
    assert [patient_named(each) for each in ("~.", "~..", "~~.", "~a", "SYN-1")] == [
        *(".", "..", "~.", "~a", "SYN-1")
    ]
    for wrong in ("%20", "%00", "%FF"):
        with pytest.raises(InputError):
            patient_named(wrong)


def test_screening_is_told_and_kept_only_when_asked(bench: Bench, page: TestClient) -> None:
    facts = ScreeningFacts(patient_id="SYN-1", on=day(TODAY), kps=50.0)
    bench.workplace.clinic.write([facts], who="tester", why="synthetic")
    dry = page.post(f"{API}/patients/SYN-1/screen", json={}).json()
    assert dry["recorded"] is False
    assert dry["decision"] == "not eligible"
    assert dry["against"] == ["I4"]
    assert page.get(f"{API}/patients/SYN-1").json()["decisions"] == []
    kept = page.post(f"{API}/patients/SYN-1/screen", json={"keep": True}).json()
    assert kept["recorded"] is True
    (decision,) = page.get(f"{API}/patients/SYN-1").json()["decisions"]
    assert (decision["subject"], decision["by"], decision["decided"]) == (
        "screening",
        "clinician",
        dry["decision"],
    )


def test_a_prescription_needs_its_facts_and_names_its_rule(bench: Bench, page: TestClient) -> None:
    undecided = page.post(f"{API}/patients/SYN-2/prescribe", json={})
    assert (undecided.status_code, code_of(undecided)) == (400, "bad_input")
    facts = ScreeningFacts(
        patient_id="SYN-2", on=day(TODAY), had_external_beam=False, cumulative_i131_gbq=5.0
    )
    bench.workplace.clinic.write([facts], who="tester", why="synthetic")
    found = page.post(f"{API}/patients/SYN-2/prescribe", json={"site": "bone", "keep": True})
    assert found.status_code == 200, found.text
    assert found.json()["dose_gy"] == 120.0
    assert found.json()["rule_id"]
    assert found.json()["activity"]["default_mci"] > 0


def test_nobody_else_is_not_found(reader: TestClient) -> None:
    for method, path in (("get", "/patients/NOBODY"), ("post", "/patients/NOBODY/screen")):
        answer = getattr(reader, method)(API + path, **({"json": {}} if method == "post" else {}))
        assert (answer.status_code, code_of(answer)) == (404, "not_found")


def test_every_look_is_in_the_trail(bench: Bench) -> None:
    app = made(bench)
    viewer = signed_in(bench, app, "viewer")
    listed(viewer, search="SYN-1")
    viewer.get(f"{API}/patients/SYN-1")
    entries = signed_in(bench, app, "administrator").get(f"{API}/trail").json()["entries"]
    seen = {(each["who"], each["what"], each["patient_id"]) for each in entries}
    assert {("viewer", "patient list", ""), ("viewer", "patient", "SYN-1")} <= seen


@pytest.mark.parametrize("role", ["researcher", "administrator"])
def test_who_may_not_know_patients_sees_none(bench: Bench, role: str) -> None:
    client = signed_in(bench, made(bench), role)
    for path in ("/patients", "/patients/SYN-1", "/records/kinds", "/patients/SYN-1/records/visit"):
        answer = client.get(API + path)
        assert (answer.status_code, code_of(answer)) == (403, "forbidden")
        assert "SYN" not in answer.text


@pytest.mark.parametrize("name", ["screening", "prescription"])
def test_the_rules_are_read_as_a_table_with_their_source(reader: TestClient, name: str) -> None:
    found = reader.get(f"{API}/rules/{name}").json()
    assert "Front Endocrinol" in found["source"]
    assert all(each["text"] and each["source"] for each in found.get("criteria") or found["doses"])
