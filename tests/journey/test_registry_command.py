"""The commands of the register: a clinic's files in, every answer out, back to every format, nothing lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.journey.clinic_files import FILES, write_files
from tests.journey.refusals import refusal

from seedbed.cli.app import run


@pytest.fixture
def register(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A register that holds the made-up patient."""
    place = str(tmp_path / "clinic.sqlite")
    run(
        ["registry", "import", str(write_files(tmp_path / "files")), "--register", place, "--by", "A. Tester"]
    )
    capsys.readouterr()
    return place


@pytest.fixture
def as_json(register: str, capsys: pytest.CaptureFixture[str]) -> Any:
    def read(*command: str, place: str = register) -> Any:
        capsys.readouterr()
        run([*command, "--register", place, "--json"])
        return json.loads(capsys.readouterr().out)

    return read


def test_response_by_recist_from_what_was_typed(as_json: Any) -> None:
    (tumour,) = as_json("follow", "S-01", "--on", "2025-07-01")["tumour"]
    # 28 mm is 30 % below 40 mm, sustained over more than 4 weeks (RECIST 1.1)
    assert [visit["overall_response"] for visit in tumour["visits"]] == ["PR", "PR"]
    assert [visit["target_sum_mm"] for visit in tumour["visits"]] == [28, 27]
    assert [visit["nadir_mm"] for visit in tumour["visits"]] == [40, 28]
    assert (tumour["best_response"], tumour["best_confirmed_response"]) == ("PR", "PR")


def test_volume_marker_pain_and_drug_from_what_was_typed(as_json: Any) -> None:
    found = as_json("follow", "S-01", "--on", "2025-07-01")
    assert found["problems"] == []
    (volume,) = found["volume"]
    assert volume["baseline_cc"] == pytest.approx(3.14159265 * 40 * 30 * 20 / 6 / 1000)
    # every diameter shrank to 0.7: the volume to 0.343
    assert volume["visits"][0]["reduction_pct"] == pytest.approx(100 * (1 - 0.7**3))
    marker = found["thyroglobulin"]["responses"]
    assert [each["category"] for each in marker] == ["decreased", "decreased"]
    assert [each["change_high_pct"] for each in marker] == pytest.approx([-50, -100 + 0.02])
    assert [visit["nrs_change"] for visit in found["pain"][0]["visits"]] == [-2, -4]
    (course,) = found["drug"]
    assert [row["from_mg"] for row in course["course"]["reductions"]] == [12]
    assert course["findings"] == []  # began on the day of the implantation, lowered after grade 3
    (event,) = found["adverse_events"]
    assert event["ctcae_term"] == "Palmar-plantar erythrodysesthesia syndrome"
    assert event["suggestions"]


def test_visits_due_early_late_and_missing(as_json: Any) -> None:
    found = as_json("due", "--patient", "S-01", "--on", "2025-12-01")
    by_month = {visit["month"]: visit for visit in found["visits"]}
    assert {month: visit["status"] for month, visit in by_month.items()} == {
        2: "seen",  # due 10 March, seen 12 March
        4: "late",  # due 10 May, seen 2 June: 23 days
        6: "missing",  # due 10 July
        12: "not yet due",
    }
    assert by_month[4]["days_off"] == 23
    lacking = {item["rule_id"] for item in by_month[2]["missing_items"]}
    assert lacking == {"ITEM-DRUG", "ITEM-SYMPTOMS", "ITEM-BLOOD", "ITEM-LIVER-KIDNEY", "ITEM-ADVERSE"}
    clinic = as_json("due", "--on", "2025-12-01")
    listed = {(row["month"], row["status"], row["days_off"]) for row in clinic["visits"]}
    assert listed == {(4, "late", 23), (6, "missing", 144)}
    assert as_json("due", "--on", "2025-12-01", "--status", "late")["visits"][0]["month"] == 4


def test_screening_says_unknown_where_nobody_said(as_json: Any) -> None:
    found = as_json("screen", "--patient", "S-01", "--on", "2025-01-09")
    facts = {
        fact["name"]: (fact["value"], fact["from"]) for each in found["criteria"] for fact in each["facts"]
    }
    assert found["decision"] == "undecided"
    assert facts["tsh_mu_per_l"] == ("0.03", "laboratory value S-01, 2025-01-08, tsh")
    assert facts["largest_diameter_mm"] == ("40", "measurement S-01, T1, 2025-01-05")
    assert "kps" in found["missing_facts"]


def test_a_decision_is_recorded_with_rules_and_facts(
    register: str, as_json: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "more"
    folder.mkdir()
    facts = "Patient ID,on,had_external_beam,cumulative_i131_gbq\nS-01,2025-01-09,no,30\n"
    (folder / "Screening.csv").write_text(facts, encoding="utf-8")
    run(["registry", "import", str(folder), "--register", register])
    run(
        [
            "prescribe",
            "--patient",
            "S-01",
            "--on",
            "2025-01-09",
            "--record",
            "B. Doctor",
            "--register",
            register,
        ]
    )
    said = capsys.readouterr().out
    assert "100 Gy, by RX-100" in said
    last = as_json("registry", "history", "S-01", "--kind", "decision")["changes"][-1]
    assert (last["who"], last["new"]["decided"], last["new"]["rules"]) == ("B. Doctor", "100 Gy", "RX-100")
    assert "cumulative_i131_gbq = 30 GBq" in last["new"]["facts"]


def test_facts_of_a_file_are_screened_and_prescribed_without_a_register(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "synthetic.toml"
    facts.write_text("kps = 70\nhad_external_beam = false\ncumulative_i131_gbq = 3.7\n", encoding="utf-8")
    run(["screen", str(facts), "--json"])
    screened = json.loads(capsys.readouterr().out)
    assert (screened["decision"], screened["against"]) == ("not eligible", ["I4"])
    run(["prescribe", str(facts), "--site", "bone", "--json"])
    prescribed = json.loads(capsys.readouterr().out)
    assert (prescribed["dose_gy"], prescribed["rule_id"]) == (120, "RX-120")
    assert prescribed["activity"]["default_mbq"] == 33.3


def test_the_same_file_again_changes_nothing(register: str, tmp_path: Path, as_json: Any) -> None:
    before = as_json("registry", "check")
    again = as_json("registry", "import", str(tmp_path / "files"))
    assert again["written"]["unchanged"] == before["records"]
    assert as_json("registry", "check")["head"] == before["head"]


def test_a_correction_is_in_the_history(register: str, tmp_path: Path, as_json: Any) -> None:
    corrected = FILES["Visits"].replace("61.5", "62.5", 1)
    write_files(tmp_path / "files", Visits=corrected)
    run(["registry", "import", str(tmp_path / "files"), "--register", register, "--by", "C", "--why", "typo"])
    last = as_json("registry", "history", "S-01", "--kind", "visit")["changes"][-1]
    assert (last["who"], last["why"], last["differences"]) == ("C", "typo", {"weight_kg": [61.5, 62.5]})


def test_a_voided_record_is_gone_from_the_answers_and_kept_in_the_history(
    register: str, as_json: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run(
        [
            "registry",
            "void",
            "measurement",
            "S-01",
            "T1",
            "2025-06-02",
            "--why",
            "other patient",
            "--register",
            register,
        ]
    )
    assert len(as_json("follow", "S-01", "--on", "2025-07-01")["tumour"][0]["visits"]) == 1
    changes = as_json("registry", "history", "S-01", "--kind", "measurement")["changes"]
    assert [each["action"] for each in changes] == ["added", "added", "added", "voided"]
    assert as_json("registry", "check")["sound"]


@pytest.mark.parametrize("form", ["xlsx", "csv", "sav", "parquet", "redcap"])
def test_every_format_brings_all_records_back(register: str, tmp_path: Path, as_json: Any, form: str) -> None:
    out = tmp_path / f"out-{form}{'.xlsx' if form == 'xlsx' else ''}"
    (*_, last) = as_json("registry", "export", str(out), "--as", form)["files"]
    other = str(tmp_path / "other.sqlite")
    run(["registry", "import", last if form == "redcap" else str(out), "--register", other])
    written = as_json("registry", "import", str(tmp_path / "files"), place=other)["written"]
    records = as_json("registry", "check")["records"]
    assert (written["unchanged"], written["added"], written["changed"]) == (records, 0, 0)


def test_cdisc_tables_bring_the_same_responses_back(
    register: str, tmp_path: Path, as_json: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "cdisc"
    as_json("registry", "export", str(out), "--as", "cdisc")
    run(["recist", "--tu", str(out / "tu.csv"), "--tr", str(out / "tr.csv"), "--json"])
    (subject,) = json.loads(capsys.readouterr().out)["subjects"]
    assert [visit["overall_response"] for visit in subject["visits"]] == ["PR", "PR"]
    header, *rows = (out / "adtte.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("STUDYID,USUBJID,PARAMCD")
    assert [row.split(",")[2] for row in rows] == ["LPFS", "PFS", "OS"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_template_has_a_sheet_for_what_the_clinic_types(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    path = tmp_path / "template.xlsx"
    run(["registry", "template", str(path), "--language", language])
    names = load_workbook(path).sheetnames
    wanted = {"en": ("Patients", "Visits", "Measurements"), "zh": ("患者", "随访", "病灶测量")}[language]
    assert {*wanted} <= {*names}
    refused = refusal(["registry", "import", str(path), "--register", str(tmp_path / "r.sqlite")], capsys)
    assert "has no records" in refused
    assert not (tmp_path / "r.sqlite").exists()


def test_the_next_dose_and_the_days_of_the_next_cycles(as_json: Any) -> None:
    found = as_json("drug", "S-01", "--on", "2025-03-01", "--cycles", "2")
    assert (found["current_mg"], found["decision"]["dose_mg"]) == (10, 10)
    # lowered on 31 January, a new cycle; every 21 days: 21 February, 14 March, 4 April
    assert [each["first_dose"] for each in found["calendar"]["cycles"]] == ["2025-03-14", "2025-04-04"]


def test_a_dry_run_tells_what_the_import_then_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place, files = tmp_path / "new.sqlite", str(write_files(tmp_path / "files"))

    def told(*more: str) -> Any:
        capsys.readouterr()
        run(["registry", "import", files, "--register", str(place), "--json", *more])
        return json.loads(capsys.readouterr().out)

    planned = told("--dry-run")
    assert planned["written"] is None
    assert not place.exists()
    written = told()
    assert written["planned"] is None
    assert planned["planned"] == {name: written["written"][name] for name in planned["planned"]}
    again = told("--dry-run")["planned"]
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, planned["planned"]["added"])
    run(["registry", "import", files, "--register", str(place), "--dry-run"])
    assert f"Would be written: 0 added, 0 changed, 0 restored, {again['unchanged']} as they are." in (
        " ".join(capsys.readouterr().out.split())
    )
