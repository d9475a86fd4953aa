"""What the register does not take, and what it says then: one sentence, exit code 2, nothing written."""

import json
from pathlib import Path

import pytest
from tests.journey.clinic_files import FILES, write_files
from tests.journey.refusals import refusal

from seedbed.cli.app import run

VISITS = FILES["Visits"]
SIZES = FILES["Measurements"]


@pytest.mark.parametrize(
    ("files", "address", "sentence"),
    [
        ({"Visits": VISITS.replace("2025-03-12", "1960-03-12")}, "Visits!B3", "before the birth"),
        ({"Visits": VISITS.replace("2025-03-12", "2999-03-12")}, "Visits!B3", "in the future"),
        ({"Visits": VISITS.replace("2025-03-12", "2025-02-30")}, "Visits!B3", "2025-02-30"),
        ({"Visits": VISITS.replace("Tg [ng/mL]", "Tg [kg]")}, "Visits!G1", "kg"),
        ({"Visits": VISITS.replace(",2\n", ",12\n")}, "Visits!I3", "12"),
        ({"Measurements": SIZES.replace("28,28,21,14", "2.8,2.8,2.1,1.4")}, "Measurements!D3", "centimetres"),
        ({"Measurements": SIZES.replace("28,28,21,14", "-28,28,21,14")}, "Measurements!D3", "-28"),
        (
            {"Measurements": SIZES.replace("S-01,T1,2025-03-12", "S-01,T9,2025-03-12")},
            "Measurements!B3",
            "T9",
        ),
        (
            {"Patients": FILES["Patients"] + "S-01,M,1971-02,A,yes\n"},
            "Patients!A",
            "stands also in",
        ),
        ({"Adverse_events": "Patient ID,Term,Start,Grade\nS-01,,2025-02,2\n"}, "Adverse events!B2", "term"),
        (
            {"Adverse_events": "Patient ID,Term,Start,Grade\nS-01,Hypertenson,2025-02,2\n"},
            "Adverse events!B2",
            "perhaps Hypertension",
        ),
        (
            {"Adverse_events": "Patient ID,Term,Start,Grade\nS-01,Alopecia,2025-02,4\n"},
            "Adverse events!D2",
            "no grade 4",
        ),
        (
            {"Patients": FILES["Patients"] + "s-1,M,1971-02,A,yes\n"},
            "Patients!A3",
            "written almost as 'S-01'",
        ),
        (
            {"Adverse_events": FILES["Adverse events"] + "S-01,手足综合征,2025-01-25,2,drug\n"},
            "Adverse events!B3",
            "one event told twice?",
        ),
        ({"Deaths": "Patient ID,Date of death\nS-01,2025-05-01\n"}, "Visits!B4", "after the death"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: dict[str, str],
    address: str,
    sentence: str,
) -> None:
    register = tmp_path / "clinic.sqlite"
    folder = write_files(tmp_path / "files", **files)
    faults = tmp_path / "faults.csv"
    command = ["registry", "import", str(folder), "--register", str(register), "--faults", str(faults)]
    said = refusal(command, capsys)
    assert "nothing was written" in said
    listed = faults.read_text(encoding="utf-8-sig")
    assert address in listed
    assert sentence in listed
    assert not register.exists()


def test_partial_dates_keep_their_precision(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    register = str(tmp_path / "clinic.sqlite")
    folder = write_files(tmp_path / "files", Visits=VISITS.replace("2025-03-12", "2025-03"))
    run(["registry", "import", str(folder), "--register", register])
    capsys.readouterr()
    run(["registry", "history", "S-01", "--kind", "visit", "--register", register, "--json"])
    keys = [each["key"][1] for each in json.loads(capsys.readouterr().out)["changes"]]
    assert keys == ["2025-01-08", "2025-03", "2025-06-02"]


def test_what_is_asked_about_is_kept_on_the_users_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    small = SIZES.replace("27,27,21,14", "2.7,2.7,2.1,1.4")
    folder = str(write_files(tmp_path / "files", Measurements=small))
    assert "0 cells or rows" in refusal(["registry", "import", folder, "--register", register], capsys)
    run(["registry", "import", folder, "--register", register, "--yes"])
    assert "added" in capsys.readouterr().out


def test_the_rest_is_taken_when_the_user_leaves_the_bad_cells_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    folder = str(write_files(tmp_path / "files", Visits=VISITS.replace(",2\n", ",12\n")))
    run(["registry", "import", folder, "--register", register, "--leave-bad", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["wrong"], found["read"]["pain"], found["read"]["visit"]) == (1, 2, 3)


def test_what_is_asked_about_is_left_out_with_the_bad_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    small = SIZES.replace("27,27,21,14", "2.7,2.7,2.1,1.4")
    folder = str(write_files(tmp_path / "files", Measurements=small))
    run(["registry", "import", folder, "--register", register, "--leave-bad"])
    run(["registry", "history", "S-01", "--kind", "measurement", "--register", register])
    said = capsys.readouterr().out
    assert "measurement T1, 2025-03-12" in said
    assert "measurement T1, 2025-06-02" not in said


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("Deaths", "Patient ID,Date of death\nS-01,2025-05-01\n", "is after the death of the patient"),
        ("Measurements", SIZES.partition("S-01")[0] + "S-01,T1,2024-12-01,4.0,4.0,3.0,2.0\n", "centimetres"),
    ],
)
def test_what_comes_may_not_make_wrong_what_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, sentence: str
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    run(["registry", "import", str(write_files(tmp_path / "files")), "--register", register])
    more = tmp_path / "more"
    more.mkdir()
    (more / f"{name}.csv").write_text(text, encoding="utf-8")
    capsys.readouterr()
    said = refusal(["registry", "import", str(more), "--register", register], capsys)
    assert sentence in said
    assert "register, " in said


def test_a_voided_record_comes_back_when_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    folder = str(write_files(tmp_path / "files"))
    run(["registry", "import", folder, "--register", register])
    run(["registry", "void", "pain", "S-01", "2025-06-02", "--why", "typo", "--register", register])
    run(["registry", "import", folder, "--register", register])
    assert "1 record is voided in the register" in capsys.readouterr().out
    run(["registry", "restore", "pain", "S-01", "2025-06-02", "--why", "was right", "--register", register])
    run(["registry", "history", "S-01", "--kind", "pain", "--register", register, "--json"])
    said = capsys.readouterr().out
    changes = json.loads(said[said.index("{") :])["changes"]
    assert [each["action"] for each in changes] == ["added", "added", "added", "voided", "restored"]


def test_another_person_under_a_known_identifier_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = str(tmp_path / "clinic.sqlite")
    run(["registry", "import", str(write_files(tmp_path / "files")), "--register", register])
    other = str(write_files(tmp_path / "files", Patients=FILES["Patients"].replace("1961-05", "1955-01")))
    capsys.readouterr()
    said = refusal(["registry", "import", other, "--register", register, "--dry-run"], capsys)
    assert "Patients!C2" in said
    assert "two patients with one identifier, or a correction" in said
    run(["registry", "import", other, "--register", register, "--new-identity"])


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (["due", "--on", "yesterday"], "a day such as 2026-01-31"),
        (["due", "--status", "lost"], "status 'lost'"),
        (["follow", "S-99"], "there is no patient 'S-99'"),
        (["screen"], "neither facts nor a patient"),
        (["prescribe", "--patient", "S-99"], "there is no patient 'S-99'"),
        (["registry", "history", "S-99"], "there was never a patient 'S-99'"),
        (["registry", "void", "sorrow", "S-01", "--why", "x"], "kind of records 'sorrow'"),
        (["registry", "void", "pain", "S-01", "2020", "--why", "x"], "there is no pain S-01, 2020"),
        (["registry", "export", "out", "--as", "docx"], "format 'docx'"),
        (["registry", "check", "--head", "abc"], "at least its first 8"),
        (["registry", "check", "--head", "0123456789"], "was written down before is not in the chain"),
        (["registry", "import", "nowhere.xlsx"], "nowhere.xlsx"),
    ],
)
def test_a_wrong_command_is_told_in_one_sentence(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    run(["registry", "import", str(write_files(tmp_path / "files"))])
    capsys.readouterr()
    assert sentence in refusal(command, capsys)


def test_a_register_that_is_not_there_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["due"], ["follow", "S-01"], ["registry", "check"], ["registry", "export", "out"]):
        assert "there is no register" in refusal(command, capsys)
    assert list(tmp_path.iterdir()) == []
