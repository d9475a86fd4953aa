"""The cohort in the browser: asked, analysed, kept; and nothing of identity for a researcher."""

import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zipfile import ZipFile, is_zipfile

import pytest
from docx import Document
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.unit.web.benches import API, bench_at, code_of, made, signed_in

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.row_filters import RowFilter, filtered
from seedbed.journey.analysis.building import SetQuestion, build_set
from seedbed.journey.records.importing import ImportQuestion, import_records
from seedbed.journey.workbench.kinds import KINDS
from seedbed.patient.records import Baseline, Patient, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.web.visit import Bench

COHORT = Path(__file__).parents[3] / "examples" / "synthetic_cohort" / "register.xlsx"
NAMES = ("Zzyzx Quillfeather", "Bartholomew Yonderly")
ASKED = {"group": "arm", "on": "2025-02-28", "profile": "recist11", "filters": []}
PATIENCE_S = 240.0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench_at(tmp_path_factory.mktemp("cohort"), kinds=KINDS) as found:
        asked = ImportQuestion(
            source=COHORT,
            register=found.workplace.folder / "register.sqlite",
            who="test",
            today=date(2026, 1, 1),
            keep_asked=True,
        )
        import_records(asked)
        _name_everybody(found.workplace.clinic)
        yield found


def _name_everybody(clinic: ClinicRegister) -> None:
    """Give the made-up patients made-up names and births to the day, so that a leak would show."""
    changed = [
        Patient(
            patient_id=each.patient_id,
            person=f"{NAMES[at % 2]} {at}",
            born=partial(f"{each.born.earliest.year}-07-{1 + at % 28:02d}") if each.born else None,
            note=f"neighbour of {NAMES[at % 2]}",
        )
        for at, each in enumerate(clinic.records(Patient))
    ]
    clinic.write(changed, who="test", why="synthetic names", new_identity=True)


@pytest.fixture(scope="module")
def app(bench: Bench) -> FastAPI:
    return made(bench)


@pytest.fixture(scope="module")
def clinician(bench: Bench, app: FastAPI) -> TestClient:
    return signed_in(bench, app, "clinician")


@pytest.fixture(scope="module")
def researcher(bench: Bench, app: FastAPI) -> TestClient:
    return signed_in(bench, app, "researcher")


def ask(client: TestClient, **changed: Any) -> str:
    """Ask, wait for the job, and return the name of the answer."""
    found = client.post(f"{API}/cohort/analyses", json={**ASKED, **changed}).json()
    until = monotonic() + PATIENCE_S
    while (job := found["job"]) is not None and job["state"] in ("waiting", "running"):
        assert monotonic() < until
        sleep(0.2)
        found["job"] = client.get(f"{API}/jobs/{job['id']}").json()
    assert job is None or job["state"] == "done", job
    return str(found["analysis"])


@pytest.fixture(scope="module")
def whole(clinician: TestClient) -> str:
    return ask(clinician)


@pytest.fixture(scope="module")
def coded(researcher: TestClient) -> str:
    return ask(researcher)


def test_the_tables_are_those_of_the_paper(clinician: TestClient, whole: str) -> None:
    """The made-up cohort has the counts of Table 2 of Chen et al. 2025: 14, 25 and 13 patients, p 0.006."""
    found = clinician.get(f"{API}/cohort/analyses/{whole}").json()
    assert found["groups"] == [["A", 14], ["B", 25], ["C", 13]]
    table = found["shown"]["tables"][1]
    assert table["title"] == "Table 2. Response at different times after treatment"
    assert {"text": "0.006", "strong": True} in table["rows"][0]["cells"]
    assert [cell["text"] for cell in table["rows"][1]["cells"]][:4] == [
        "0 (0%)",
        "3 (21%)",
        "10 (71%)",
        "1 (7%)",
    ]
    assert {"km_lpfs", "flow"} <= {each["id"] for each in found["shown"]["figures"]}


def test_the_same_question_is_answered_at_once(clinician: TestClient, whole: str) -> None:
    again = clinician.post(f"{API}/cohort/analyses", json=ASKED).json()
    assert again == {"analysis": whole, "job": None}
    listed = clinician.get(f"{API}/cohort/analyses").json()["analyses"]
    assert [(each["id"], each["current"], each["by"]) for each in listed] == [(whole, True, "clinician")]


def test_files_come_as_what_they_are(clinician: TestClient, whole: str) -> None:
    root = f"{API}/cohort/analyses/{whole}/files"
    figure = clinician.get(f"{root}/figures/km_lpfs.svg")
    assert figure.headers["content-type"] == "image/svg+xml"
    assert figure.headers["content-disposition"].startswith("inline")
    assert "script-src" not in figure.headers["content-security-policy"]
    assert "sandbox" in figure.headers["content-security-policy"]
    page = clinician.get(f"{root}/report.html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in page.headers["content-security-policy"]
    assert Document(BytesIO(clinician.get(f"{root}/tables.docx").content)).tables
    with ZipFile(BytesIO(clinician.get(f"{API}/cohort/analyses/{whole}/archive").content)) as archive:
        listed = clinician.get(f"{API}/cohort/analyses/{whole}").json()["files"]
        assert sorted(archive.namelist()) == [each["name"] for each in listed]


@pytest.mark.parametrize(
    "path",
    ["../shown.json", "..%2Fabout.json", "figures/../../about.json", "figures", "%2Fetc%2Fpasswd", "none"],
)
def test_only_listed_files_are_sent(clinician: TestClient, whole: str, path: str) -> None:
    assert clinician.get(f"{API}/cohort/analyses/{whole}/files/{path}").status_code == 404


@pytest.mark.parametrize("name", ["..", "none", "%2e%2e", "0" * 24, "x" * 64])
def test_no_other_folder_is_an_analysis(clinician: TestClient, name: str) -> None:
    assert clinician.get(f"{API}/cohort/analyses/{name}").status_code in (404, 405)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"group": "shoe size"}, "shoe size"),
        ({"profile": "who"}, "who"),
        ({"on": "1800-01-01"}, "data cut on 1800-01-01"),
        ({"on": "2999-01-01"}, "data cut on 2999-01-01"),
        ({"filters": [{"variable": "os_months", "low": 12}]}, "filter by 'os_months'"),
        ({"filters": [{"variable": "sex"}]}, "filter by 'sex'"),
        ({"filters": [{"variable": "sex", "low": 1}]}, "sex: at least 1"),
        ({"filters": [{"variable": "age_years", "low": 70, "high": 60}]}, "70 to 60"),
        ({"filters": [{"variable": "kps", "low": 70}, {"variable": "kps", "high": 80}]}, "two filters"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(
    clinician: TestClient, changed: dict[str, Any], said: str
) -> None:
    response = clinician.post(f"{API}/cohort/analyses", json={**ASKED, **changed})
    assert (response.status_code, code_of(response)) == (400, "bad_input")
    assert said in response.json()["error"]["came"]


def test_what_can_be_asked_is_listed(clinician: TestClient, researcher: TestClient) -> None:
    found = clinician.get(f"{API}/cohort/variables").json()
    assert {each["name"] for each in found["arms"]} == {"A", "B", "C"}
    assert [each["patients"] for each in found["arms"]] == [14, 25, 13]
    sex = next(each for each in found["filters"] if each["name"] == "sex")
    assert sex["classes"] == ["male", "female"]
    assert (found["coded"], researcher.get(f"{API}/cohort/variables").json()["coded"]) == (False, True)


def test_filters_keep_the_patients_that_the_paper_counts(bench: Bench) -> None:
    """Of Table 1: 7, 17 and 9 women; for the second filter the records are counted one by one."""
    clinic = bench.workplace.clinic
    women = {each.patient_id: each.arm for each in clinic.records(Patient) if each.sex == "female"}
    bones = {each.patient_id for each in clinic.records(Baseline) if each.metastasis == "bone only"}
    question = SetQuestion(group_by="arm", on=date(2025, 2, 28), rules=analysis_rules())
    data = build_set(clinic, question)
    found = filtered(data, [RowFilter(variable="sex", classes=("female",))])
    assert dict(zip(found.groups, found.sizes, strict=True)) == {"A": 7, "B": 17, "C": 9}
    assert {*found.patients} == {*women}
    both = filtered(found, [RowFilter(variable="metastasis", classes=("bone only",))])
    assert {*both.patients} == {*women} & bones
    assert len(both.patients) > 0


def test_a_filter_that_leaves_nobody_fails_with_a_sentence(clinician: TestClient) -> None:
    asked = {**ASKED, "filters": [{"variable": "age_years", "low": 149}]}
    found = clinician.post(f"{API}/cohort/analyses", json=asked).json()
    job, until = found["job"], monotonic() + PATIENCE_S
    while job["state"] in ("waiting", "running"):
        assert monotonic() < until
        sleep(0.2)
        job = clinician.get(f"{API}/jobs/{job['id']}").json()
    assert job["state"] == "failed"
    assert job["error"]["came"] == "filters that leave nobody"


def identities(clinic: ClinicRegister) -> list[str]:
    """What tells who a patient is: identifiers, names, dates of birth."""
    found = [*NAMES, *(word for name in NAMES for word in name.split())]
    for each in clinic.records(Patient):
        assert each.born is not None
        found += [each.patient_id, each.person, each.born.text]
    return found


def parts_of(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """What is in a file, and in the files within it."""
    yield name, content.decode("utf-8", errors="replace")
    if is_zipfile(BytesIO(content)):
        with ZipFile(BytesIO(content)) as archive:
            for each in archive.namelist():
                yield from parts_of(f"{name}/{each}", archive.read(each))


def test_nothing_that_a_researcher_can_fetch_tells_who_a_patient_is(
    bench: Bench, researcher: TestClient, coded: str
) -> None:
    root = f"{API}/cohort/analyses/{coded}"
    paths = [f"{root}/files/{each['name']}" for each in researcher.get(root).json()["files"]]
    assert len(paths) > 30
    paths += [root, f"{root}/archive", f"{API}/cohort/analyses", f"{API}/cohort/variables", f"{API}/jobs"]
    secret = identities(bench.workplace.clinic)
    assert len(secret) > 150
    for path in paths:
        answer = researcher.get(path)
        assert answer.status_code == 200, path
        for name, text in parts_of(path, answer.content):
            assert [each for each in secret if each in text] == [], name


def test_the_search_for_identity_would_find_it(bench: Bench, clinician: TestClient, whole: str) -> None:
    answer = clinician.get(f"{API}/cohort/analyses/{whole}/archive")
    said = "".join(text for _, text in parts_of("all", answer.content))
    assert any(each.patient_id in said for each in bench.workplace.clinic.records(Patient))


def texts_of(table: dict[str, Any]) -> list[list[str]]:
    """What is printed: the unrounded numbers differ in the last digit by the order of the patients."""
    return [[row["label"], *(cell["text"] for cell in row["cells"])] for row in table["rows"]]


def test_coded_patients_have_the_same_numbers(
    clinician: TestClient, whole: str, researcher: TestClient, coded: str
) -> None:
    """The paper's tables of a cohort do not depend on what its patients are called."""
    mine, theirs = (
        client.get(f"{API}/cohort/analyses/{name}").json()["shown"]["tables"]
        for client, name in ((researcher, coded), (clinician, whole))
    )
    assert len(mine) == 5
    assert [texts_of(each) for each in mine] == [texts_of(each) for each in theirs]


def test_codes_stay_and_dates_are_not_shown(researcher: TestClient, coded: str) -> None:
    root = f"{API}/cohort/analyses/{coded}/files"
    results = json.loads(researcher.get(f"{root}/results.json").content)
    ids = results["patients"]["ids"]
    assert len({*ids}) == 52
    assert all(re.fullmatch(r"R-[A-Z2-7]{12}", each) for each in ids)
    assert all(each["sources"] is None for each in results["patients"]["columns"].values())
    endpoints = researcher.get(f"{root}/csv/endpoints.csv").text
    assert "patient_id,endpoint,days,months,event" in endpoints.splitlines()[0]
    assert not re.search(r"\d{4}-\d\d-\d\d", endpoints)


def test_each_sees_their_own_kind_of_analysis_alone(
    clinician: TestClient, whole: str, researcher: TestClient, coded: str
) -> None:
    assert researcher.get(f"{API}/cohort/analyses/{whole}").status_code == 404
    assert researcher.get(f"{API}/cohort/analyses/{whole}/files/results.json").status_code == 404
    assert researcher.get(f"{API}/cohort/analyses/{whole}/archive").status_code == 404
    assert clinician.get(f"{API}/cohort/analyses/{coded}").status_code == 404
    assert [each["id"] for each in researcher.get(f"{API}/cohort/analyses").json()["analyses"]] == [coded]


def test_a_changed_register_is_analysed_anew(bench: Bench, clinician: TestClient, whole: str) -> None:
    bench.workplace.clinic.write([Patient(patient_id="SYN-NEW", synthetic=True)], who="test", why="synthetic")
    listed = clinician.get(f"{API}/cohort/analyses").json()["analyses"]
    assert [each["current"] for each in listed if each["id"] == whole] == [False]
    again = clinician.post(f"{API}/cohort/analyses", json=ASKED).json()
    assert again["job"] is not None
    assert again["analysis"] != whole
    second = clinician.post(f"{API}/cohort/analyses", json=ASKED).json()
    assert second["job"]["id"] == again["job"]["id"]
    clinician.delete(f"{API}/jobs/{again['job']['id']}")
