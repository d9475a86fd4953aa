"""The sheets of the clinic as files: ``seedbed prescribe --sheet`` and ``seedbed drug --sheet``."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.journey.clinic_files import FILES, write_files
from tests.journey.refusals import refusal
from tests.unit.report.reading_pdf import A4_PT, read_pdf, squeezed

from seedbed.cli.app import run
from seedbed.errors import OutputError
from seedbed.patient.records import Decision
from seedbed.registry.clinic import open_clinic

FACTS = """
treatment_date = 2026-03-02
kps = 70.0
last_external_beam_date = 2025-11-20
cumulative_i131_gbq = 25.9
"""
SCREENING = "Patient ID,on,had_external_beam,cumulative_i131_gbq\nS-01,2025-01-09,no,30\n"
DRUG = ("drug", "S-01", "--on", "2025-03-01")
PRESCRIBE = ("prescribe", "--patient", "S-01", "--site", "bone", "--on", "2025-01-09")
NAME = "<script>alert(1)</script> Made Up"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register that holds the made-up patient, with facts that decide the dose and a hostile name."""
    folder = tmp_path_factory.mktemp("register")
    patients = f'Patient ID,Name,Sex,Date of birth,Group,Synthetic\nS-01,"{NAME}",F,1961-05,C,yes\n'
    files = write_files(folder / "files", Patients=patients, Screening=SCREENING)
    run(["registry", "import", str(files), "--register", str(folder / "clinic.sqlite"), "--by", "A. Tester"])
    return folder / "clinic.sqlite"


@pytest.fixture
def at(filled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder, with that register by default."""
    monkeypatch.setenv("SEEDBED_REGISTER", str(filled))
    return tmp_path


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]) -> Any:
    def read(*command: str) -> Any:
        capsys.readouterr()
        run([*command, "--json"])
        return json.loads(capsys.readouterr().out)

    return read


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("command", [PRESCRIBE, DRUG], ids=["prescribe", "drug"])
def test_both_languages_lie_beside_each_other_with_patient_and_version_on_each_page(
    at: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    run([*command, "--sheet", str(at / "new" / "s.html"), "--language", "both"])
    said = capsys.readouterr().out
    assert names(at / "new") == ["s.html", "s.pdf", "s.zh.html", "s.zh.pdf"]
    assert all(str(at / "new" / name) in said for name in names(at / "new"))
    notices = {"s.pdf": "notaclearedmedicaldevice", "s.zh.pdf": "非获准医疗器械"}
    for name, notice in notices.items():
        read = read_pdf((at / "new" / name).read_bytes())
        assert read.texts
        assert all(read.fonts.values()), "each font is embedded"
        for text, size in zip(read.texts, read.sizes, strict=True):
            assert size == pytest.approx(A4_PT, abs=0.5)
            assert all(part in text for part in ("S-01", "MadeUp", "1961-05", "Seedbed", notice))
    for name in ("s.html", "s.zh.html"):
        page = (at / "new" / name).read_text(encoding="utf-8")
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert not re.search(r"(src|href)=", page)


def test_another_program_reads_the_decision_in_the_pdf(at: Path) -> None:
    """PDFium, which did not write it."""
    run([*PRESCRIBE, "--sheet", str(at / "s.html")])
    texts = read_pdf((at / "s.pdf").read_bytes()).texts
    assert all(squeezed("UNDECIDED · 100 Gy by RX-100") in text for text in texts)
    for said in (
        "To be stated", "kps", "33.3 MBq · 0.900 mCi · 1.143 U", "ACT-BONE", "Physician, signature, date",
        "Physicist, signature, date", "screening S-01, 2025-01-09", "measurement S-01, T1, 2025-01-05",
    ):  # fmt: skip
        assert squeezed(said) in "".join(texts)


def test_the_screening_is_told_beside_the_dose(at: Path, as_json: Any) -> None:
    found = as_json(*PRESCRIBE, "--sheet", str(at / "s.html"), "--no-pdf")
    alone = as_json("screen", "--patient", "S-01", "--on", "2025-01-09")
    assert found["dose_gy"] == 100
    assert found["screening"]["decision"] == alone["decision"] == "undecided"
    assert found["screening"]["missing_facts"] == alone["missing_facts"]
    assert found["sheet"] == {"files": [str(at / "s.html")], "notes": []}
    assert "screening" not in as_json(*PRESCRIBE)


def test_the_terminal_says_that_the_patient_is_not_eligible(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.toml"
    facts.write_text(FACTS, encoding="utf-8")
    run(["prescribe", str(facts), "--on", "2026-03-01", "--sheet", str(tmp_path / "s.html"), "--no-pdf"])
    said = capsys.readouterr().out
    assert "Screening: not eligible" in said
    assert "Against it: I4" in said
    page = (tmp_path / "s.html").read_text(encoding="utf-8")
    assert "NOT ELIGIBLE" in page
    assert "facts of the file facts.toml" in page
    assert names(tmp_path) == ["facts.toml", "s.html"]


def test_drug_sheet_holds_the_calendar_that_is_printed(at: Path, as_json: Any) -> None:
    found = as_json(*DRUG, "--cycles", "2", "--sheet", str(at / "d.html"))
    page = (at / "d.html").read_text(encoding="utf-8")
    assert "anlotinib 10 mg: go on" in page
    assert page.count('<span class="box"></span>') == 2 * 14
    for cycle in found["calendar"]["cycles"]:
        assert f"{cycle['first_dose']} to {cycle['last_dose']}, rest until {cycle['rest_until']}" in page
    text = "".join(read_pdf((at / "d.pdf").read_bytes()).texts)
    assert "2025-01-31:from12to10mg" in text
    assert "DRUG-CONTINUE" in text


def test_a_new_sheet_replaces_the_old_one_in_all_languages(at: Path) -> None:
    run([*DRUG, "--sheet", str(at / "d.html"), "--language", "both"])
    run([*DRUG, "--sheet", str(at / "d.html"), "--no-pdf"])
    assert names(at) == ["d.html"]


@pytest.mark.parametrize("command", [PRESCRIBE, DRUG], ids=["prescribe", "drug"])
def test_no_other_file_is_replaced(
    at: Path, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    other = DRUG if command is PRESCRIBE else PRESCRIBE
    (at / "notes.html").write_text("mine")
    (at / "a.pdf").write_bytes(b"%PDF- mine")
    run([*other, "--sheet", str(at / "other.html"), "--no-pdf"])
    before = (at / "other.html").read_bytes()
    for name in ("notes.html", "a.html", "other.html", ""):
        said = refusal([*command, "--sheet", str(at / name)], capsys)
        assert "exists and is no earlier" in said
    assert (at / "notes.html").read_text() == "mine"
    assert (at / "a.pdf").read_bytes() == b"%PDF- mine"
    assert (at / "other.html").read_bytes() == before
    assert names(at) == ["a.pdf", "notes.html", "other.html"]


@pytest.mark.parametrize("command", [PRESCRIBE, DRUG], ids=["prescribe", "drug"])
@pytest.mark.parametrize(
    ("name", "more", "said"),
    [("s.pdf", (), "ends in .html"), ("s.html", ("--language", "cn"), "language 'cn'")],
)
def test_a_wrong_name_or_language_is_refused_in_one_sentence(
    at: Path,
    command: tuple[str, ...],
    name: str,
    more: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert said in refusal([*command, "--sheet", str(at / name), *more], capsys)
    assert names(at) == []


def test_a_decision_is_not_recorded_where_its_sheet_has_no_place(
    at: Path, filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (at / "notes.html").write_text("mine")
    refusal([*PRESCRIBE, "--record", "B. Doctor", "--sheet", str(at / "notes.html")], capsys)
    with open_clinic(filled) as clinic:
        assert clinic.records(Decision, patients=["S-01"]) == []


def test_no_sheet_without_a_dose_or_a_course(at: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (at / "facts.toml").write_text("kps = 90.0\n", encoding="utf-8")
    sheet = str(at / "s.html")
    assert "nobody has stated" in refusal(["prescribe", str(at / "facts.toml"), "--sheet", sheet], capsys)
    assert "no course of anlotinib" in refusal(
        ["drug", "S-01", "--on", "2024-01-01", "--sheet", sheet], capsys
    )
    assert "there is no patient" in refusal(["prescribe", "--patient", "S-02", "--sheet", sheet], capsys)
    assert names(at) == ["facts.toml"]


def test_an_event_of_unknown_cause_leaves_the_dose_undecided_and_no_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = FILES["Adverse events"].replace("2025-01-25,3,drug", "2025-02-25,3,unknown")
    place = str(tmp_path / "clinic.sqlite")
    files = write_files(tmp_path / "files", Adverse_events=events)
    run(["registry", "import", str(files), "--register", place])
    said = refusal([*DRUG, "--register", place, "--sheet", str(tmp_path / "d.html")], capsys)
    assert "whether it comes from the drug" in said
    assert not (tmp_path / "d.html").exists()


def test_without_pango_the_html_is_written_and_a_sentence_says_so(
    at: Path, as_json: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(html: str, name: str) -> bytes:
        raise OutputError("the library Pango cannot be loaded", "Pango", "print the HTML sheet")

    monkeypatch.setattr("seedbed.journey.sheets.make_pdf", refuse)
    (note,) = as_json(*DRUG, "--sheet", str(at / "d.html"))["sheet"]["notes"]
    assert note.startswith("No PDF was written: the library Pango cannot be loaded")
    assert names(at) == ["d.html"]
