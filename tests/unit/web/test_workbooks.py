"""A register filled from a workbook over the wire: checked and shown, then kept as it was shown, or left."""

import os
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient
from tests.unit.journey.workbench.synthetic_jobs import KINDS as SYNTHETIC_JOBS
from tests.unit.web.benches import API, Bench, bench_at, code_of, made, signed_in

from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.workbook_folder import BOOK, MOST_UNPACKED
from seedbed.journey.workbench.workbook_left import ABOUT, LEFT_S
from seedbed.patient import PartialDate
from seedbed.patient.records import Patient, Record, VisitRecord
from seedbed.registry.history import history
from seedbed.sheets import read_records
from seedbed.sheets.workbook_writing import write_workbook
from seedbed.web.settings import Settings, Sizes, Work

NAME = "患者 <b>50%.xlsx"
ON = PartialDate.of(date(2024, 2, 5))
SLOW = "wait"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_at(tmp_path, kinds=KINDS) as found:
        yield found


@pytest.fixture
def page(bench: Bench) -> TestClient:
    return signed_in(bench, made(bench), "clinician")


def visit(patient: str, **more: Any) -> VisitRecord:
    return VisitRecord(patient_id=patient, on=ON, **more)


def workbook(folder: Path, *records: Record) -> bytes:
    file = folder / "made.xlsx"
    file.unlink(missing_ok=True)
    return write_workbook(file, records).read_bytes()


def sent(page: TestClient, content: bytes, name: str = NAME) -> Any:
    return page.post(f"{API}/workbooks", content=content, headers={"X-File-Name": quote(name, safe="")})


def ended(page: TestClient, job: dict[str, Any]) -> dict[str, Any]:
    page.get(f"{API}/jobs/{job['id']}/events")  # until it has ended
    found: dict[str, Any] = page.get(f"{API}/jobs/{job['id']}").json()
    return found


def checked(page: TestClient, content: bytes) -> tuple[str, dict[str, Any]]:
    """Upload a workbook; return the address of it, and what the check found."""
    answer = sent(page, content)
    assert answer.status_code == 201, answer.text
    job = ended(page, answer.json()["job"])
    assert job["state"] == "done", job["error"]
    place = f"{API}/workbooks/{answer.json()['workbook']}"
    return place, page.get(place).json()


def decision(found: dict[str, Any], **more: Any) -> dict[str, Any]:
    """To keep a workbook as it was shown."""
    return {"number": found["number"], "shown": found["shown"], **more}


def test_a_workbook_is_shown_then_kept_as_it_was_shown(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    clinic = bench.workplace.clinic
    clinic.write([Patient(patient_id="A"), visit("A", kps=80)], who="S", why="synthetic")
    content = workbook(tmp_path, Patient(patient_id="A"), visit("A", kps=90), Patient(patient_id="B"))
    place, found = checked(page, content)
    assert (found["called"], found["wrong"], found["asked"], found["faults"]) == (NAME, 0, 0, [])
    assert found["planned"] == {"added": 1, "changed": 1, "restored": 0, "unchanged": 1, "left_voided": 0}
    assert [(each["action"], each["kind"], each["patient_id"]) for each in found["changes"]] == [
        ("changed", "visit", "A"),
        ("added", "patient", "B"),
    ]
    assert found["changes"][0]["differences"] == {"kps": [80, 90]}
    assert [each.patient_id for each in clinic.records(Patient)] == ["A"]

    answer = page.post(f"{place}/keep", json=decision(found, why="synthetic: from paper"))
    job = ended(page, answer.json())
    assert job["result"]["written"] | {"hash": ""} == {
        **found["planned"],
        "change_set": found["number"] + 1,
        "hash": "",
    }
    assert [each.patient_id for each in clinic.records(Patient)] == ["A", "B"]
    (change,) = [each for each in history(clinic, patient_id="A") if each.number > found["number"]]
    assert (change.who, change.why) == ("clinician", "synthetic: from paper")
    assert page.get(place).status_code == 404
    assert not [*bench.workplace.uploads.iterdir()]
    noted = [(each.what, each.detail) for each in bench.workplace.trail.page()[1]]
    assert ("workbook kept", f"{NAME}: 1 added, 1 changed") in noted
    assert ("workbook checked", NAME) in noted


def test_every_fault_is_told_with_its_cell_and_nothing_is_kept(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    book = load_workbook(BytesIO(workbook(tmp_path, Patient(patient_id="A"), visit("A", kps=90))))
    sheet = book["Visits"]
    titles = {
        cell.value: cell.column_letter for row in sheet.iter_rows(max_row=3) for cell in row if cell.value
    }
    row = next(cell.row for cell in sheet[titles["Patient"]] if cell.value == "A")
    kps, on = f"{titles['KPS']}{row}", f"{titles['Date of visit']}{row + 1}"
    sheet[kps] = 850
    sheet[f"{titles['Patient']}{row + 1}"], sheet[on] = "A", "some day"
    book.save(tmp_path / "wrong.xlsx")
    place, found = checked(page, (tmp_path / "wrong.xlsx").read_bytes())
    assert {f"Visits!{kps}", f"Visits!{on}"} <= {each["address"] for each in found["faults"]}
    assert found["wrong"] == len(found["faults"]) >= 2
    assert (found["planned"], found["changes"]) == (None, [])
    said = page.get(f"{place}/faults").text
    assert f"Visits!{kps}" in said
    assert "some day" in said
    refused = page.post(f"{place}/keep", json=decision(found, number=0, keep_asked=True))
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert bench.workplace.clinic.head()[0] == 0


def test_what_is_asked_about_is_kept_only_when_somebody_says_so(page: TestClient, tmp_path: Path) -> None:
    likes = workbook(tmp_path, Patient(patient_id="S-01"), Patient(patient_id="s-1"))
    place, found = checked(page, likes)
    assert found["asked"] >= 1
    assert {each["severity"] for each in found["faults"]} == {"ask"}
    assert found["planned"]["added"] == 2
    refused = page.post(f"{place}/keep", json=decision(found))
    assert (refused.status_code, "are asked about" in refused.json()["error"]["came"]) == (400, True)
    job = ended(page, page.post(f"{place}/keep", json=decision(found, keep_asked=True)).json())
    assert job["result"]["written"]["added"] == 2


def test_a_register_that_was_changed_since_is_a_conflict(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    place, found = checked(page, workbook(tmp_path, Patient(patient_id="A", arm="x")))
    bench.workplace.clinic.write([Patient(patient_id="A", arm="y")], who="other", why="synthetic")
    refused = page.post(f"{place}/keep", json=decision(found))
    assert (refused.status_code, code_of(refused)) == (409, "changed_elsewhere")
    (there,) = bench.workplace.clinic.records(Patient)
    assert there.arm == "y"
    ended(page, page.post(f"{place}/check", json={}).json())
    again = page.get(place).json()
    assert again["changes"][0]["differences"] == {"arm": ["y", "x"]}
    assert page.post(f"{place}/keep", json=decision(found)).status_code == 409
    ended(page, page.post(f"{place}/keep", json=decision(again)).json())
    assert bench.workplace.clinic.records(Patient)[0].arm == "x"


def test_a_correction_of_who_somebody_is_must_be_said_to_be_one(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    bench.workplace.clinic.write([Patient(patient_id="A", sex="female")], who="S", why="synthetic")
    place, found = checked(page, workbook(tmp_path, Patient(patient_id="A", sex="male")))
    assert "two patients with one identifier, or a correction" in found["faults"][0]["sentence"]
    ended(page, page.post(f"{place}/check", json={"new_identity": True}).json())
    found = page.get(place).json()
    assert (found["wrong"], found["planned"]["changed"]) == (0, 1)
    ended(page, page.post(f"{place}/keep", json=decision(found)).json())
    assert bench.workplace.clinic.records(Patient)[0].sex == "male"


@pytest.mark.parametrize("content", [b"", b"text", b"PK\3\4 and no more"])
def test_what_is_no_workbook_is_one_sentence(bench: Bench, page: TestClient, content: bytes) -> None:
    refused = sent(page, content)
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert refused.json()["error"]["came"] == f"'{NAME}' is no workbook"
    assert not [*bench.workplace.uploads.iterdir()]


def test_a_workbook_of_something_else_is_named_as_its_owner_does(page: TestClient, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(workbook(tmp_path)))
    for name in book.sheetnames[1:]:
        del book[name]
    book.create_sheet("Menu")["A1"] = "soup"
    book.save(tmp_path / "menu.xlsx")
    job = ended(page, sent(page, (tmp_path / "menu.xlsx").read_bytes()).json()["job"])
    assert job["state"] == "failed"
    assert job["error"]["came"].startswith(f"'{NAME}' has no records ({NAME}: the sheet 'Menu' is not known")
    assert "upload" not in str(job["error"])


def test_a_workbook_above_the_limit_is_cut_off(tmp_path: Path) -> None:
    settings = Settings(sizes=Sizes(body_mb=0.01))
    with bench_at(tmp_path, settings=settings) as bench:
        page = signed_in(bench, made(bench), "clinician")
        refused = sent(page, b"PK" + bytes(50_000))
        assert (refused.status_code, code_of(refused)) == (413, "too_large")
        assert not [*bench.workplace.uploads.iterdir()]


def test_a_workbook_that_unpacks_to_too_much_is_refused(bench: Bench, page: TestClient) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(BOOK, bytes(1000))
        for number in range(1 + MOST_UNPACKED // 2**28):
            archive.writestr(f"xl/{number}", b"")
        for each in archive.filelist[1:]:
            each.file_size = 2**28  # the size that the directory of the archive states
    refused = sent(page, packed.getvalue())
    assert (refused.status_code, "unpacks to more than" in refused.text) == (400, True)


def test_what_was_long_left_goes_with_the_next(bench: Bench, page: TestClient, tmp_path: Path) -> None:
    content = workbook(tmp_path, Patient(patient_id="A"))
    left, _ = checked(page, content)
    about = bench.workplace.uploads / left.rpartition("/")[2] / ABOUT
    os.utime(about, (time() - LEFT_S - 60,) * 2)
    place, _ = checked(page, content)
    assert (page.get(left).status_code, page.get(place).status_code) == (404, 200)


@pytest.mark.parametrize("name", ["a%0Ab.xlsx", "%FF.xlsx", "x" * 501])
def test_a_name_that_cannot_be_shown_is_refused(bench: Bench, page: TestClient, name: str) -> None:
    refused = page.post(f"{API}/workbooks", content=b"PK", headers={"X-File-Name": name})
    assert (refused.status_code, code_of(refused)) == (400, "bad_input")
    assert not [*bench.workplace.uploads.iterdir()]


def test_a_workbook_is_looked_at_and_kept_by_nobody_else(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    place, found = checked(page, workbook(tmp_path, Patient(patient_id="A")))
    other = signed_in(bench, made(bench), "physicist")
    assert page.get(f"{API}/workbooks").json()["workbooks"] == [place.rpartition("/")[2]]
    assert other.get(f"{API}/workbooks").json()["workbooks"] == []
    assert other.get(place).status_code == 404
    assert other.post(f"{place}/keep", json=decision(found)).status_code == 404
    assert page.delete(place).status_code == 200
    assert not [*bench.workplace.uploads.iterdir()]
    assert bench.workplace.clinic.head()[0] == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_empty_workbook_and_that_of_the_register_can_be_brought_in(
    bench: Bench, page: TestClient, tmp_path: Path, language: str
) -> None:
    bench.workplace.clinic.write([Patient(patient_id="A"), visit("A", kps=80)], who="S", why="synthetic")
    job = ended(page, page.post(f"{API}/workbooks/register?language={language}").json())
    for name, place in (
        ("template", f"template?language={language}"),
        ("register", f"{job['result']['workbook']}/file"),
    ):
        answer = page.get(f"{API}/workbooks/{place}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        (tmp_path / f"{name}.xlsx").write_bytes(answer.content)
    other = signed_in(bench, made(bench), "physicist")
    assert other.get(f"{API}/workbooks/{place}").status_code == 404
    assert read_records(tmp_path / "template.xlsx").records == ()
    _, found = checked(page, (tmp_path / "register.xlsx").read_bytes())
    assert found["planned"] == {"added": 0, "changed": 0, "restored": 0, "unchanged": 2, "left_voided": 0}
    noted = [(each.what, each.detail) for each in bench.workplace.trail.page()[1] if "export" in each.what]
    called = f"seedbed-register-{date.today()}.xlsx"
    assert noted == [
        ("register exported", f"{called}: all records of all patients"),
        ("register exported", f"{called}: all records of all patients (1)"),
        ("register to be exported", "workbook"),
    ]


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Bench]:
    """A workplace of one job at a time, which can be taken by one that waits."""
    kinds = {**KINDS, SLOW: SYNTHETIC_JOBS[SLOW]}
    with bench_at(tmp_path, kinds=kinds, settings=Settings(jobs=Work(at_once=1))) as found:
        yield found


def test_presses_at_one_time_are_one_job_and_another_decision_is_refused(busy: Bench, tmp_path: Path) -> None:
    page = signed_in(busy, made(busy), "clinician")
    place, found = checked(page, workbook(tmp_path, Patient(patient_id="A"), Patient(patient_id="B")))
    slow = busy.jobs.start(SLOW, {}, by="other")
    with ThreadPoolExecutor(4) as threads:
        answers = [*threads.map(lambda _: page.post(f"{place}/keep", json=decision(found)), range(4))]
    assert [each.status_code for each in answers] == [200] * 4
    (job,) = {each.json()["id"]: each.json() for each in answers}.values()
    for refused in (
        page.post(f"{place}/keep", json=decision(found, why="another")),
        page.post(f"{place}/check", json={"restore": True}),
        page.delete(place),
    ):
        assert (refused.status_code, code_of(refused)) == (409, "changed_elsewhere")
        assert "is being taken into the register" in refused.text
    busy.jobs.stop(slow.id)
    assert ended(page, job)["result"]["written"]["added"] == 2
    noted = [each.what for each in busy.workplace.trail.page()[1]]
    assert noted.count("workbook to be kept") == 1


def test_nothing_is_kept_while_it_is_checked_again(busy: Bench, tmp_path: Path) -> None:
    page = signed_in(busy, made(busy), "clinician")
    place, found = checked(page, workbook(tmp_path, Patient(patient_id="A")))
    slow = busy.jobs.start(SLOW, {}, by="other")
    again = page.post(f"{place}/check", json={"restore": True}).json()
    assert page.post(f"{place}/check", json={"restore": True}).json()["id"] == again["id"]
    refused = page.post(f"{place}/keep", json=decision(found))
    assert (refused.status_code, code_of(refused)) == (409, "changed_elsewhere")
    assert "is being checked again" in refused.text
    assert page.get(place).status_code == 404
    assert page.get(f"{API}/workbooks").json()["workbooks"] == []
    busy.jobs.stop(again["id"])
    busy.jobs.stop(slow.id)
    assert page.post(f"{place}/keep", json=decision(found)).status_code == 404


def test_who_sees_what_is_there_of_a_patient_is_in_its_trail(
    bench: Bench, page: TestClient, tmp_path: Path
) -> None:
    bench.workplace.clinic.write([Patient(patient_id="A", arm="x")], who="S", why="synthetic")
    place, found = checked(
        page, workbook(tmp_path, Patient(patient_id="A", arm="y"), Patient(patient_id="B"))
    )
    assert "patients" not in found
    assert page.get(place).json() == found
    assert page.get(f"{place}/file").status_code == 200
    noted = [(each.patient_id, each.what) for each in bench.workplace.trail.page()[1] if each.patient_id]
    assert noted == [("A", "workbook")]
    assert "register exported" not in {each.what for each in bench.workplace.trail.page()[1]}
