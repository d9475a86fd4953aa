"""``seedbed analyse``: from a workbook or a register to results, Word, Excel, CSV, LaTeX and a page."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from tests.journey.clinic_files import write_files
from tests.journey.refusals import refusal

from seedbed.cli.app import run
from seedbed.patient.records import Patient
from seedbed.registry.clinic import open_clinic

WORKBOOK = Path(__file__).parents[2] / "examples" / "synthetic_cohort" / "register.xlsx"
DAY = ["--on", "2025-12-31"]
FILES = ("results.json", "tables.docx", "tables.xlsx", "tables.tex", "report.html", "csv/table_1.csv")
PAPER = ("table_1", "table_2", "table_3", "survival", "flow")
FURTHER = {
    "rates", "rates_everyone", "response_times", "tg_model", "follow_up", "restricted_means", "hazard_ratios",
    "e_values", "competing_risks", "weights", "balance", "weighted", "dose_response", "holm",
    "tests", "missing",
}  # fmt: skip
"""What docs/analysis.md promises beyond the paper, where the cohort has what it needs."""


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("register") / "register.sqlite"
    run(["registry", "import", str(WORKBOOK), "--register", str(where), "--json"])
    return where


@pytest.fixture(scope="module")
def out(register: Path) -> Path:
    folder = register.parent / "out"
    run(["analyse", str(register), "--out", str(folder), *DAY])
    return folder


@pytest.fixture(scope="module")
def results(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def test_all_files_are_written(out: Path, results: dict[str, Any]) -> None:
    assert all((out / name).stat().st_size for name in FILES)
    assert tuple(table["id"] for table in results["tables"]) == PAPER
    further = [table["id"] for table in results["better_than_the_paper"]]
    assert set(further) >= FURTHER
    assert len(set(further)) == len(further)
    assert all(table["rows"] for table in (*results["tables"], *results["better_than_the_paper"]))
    assert results["groups"] == [{"name": "A", "n": 14}, {"name": "B", "n": 25}, {"name": "C", "n": 13}]


def test_the_methods_say_what_was_run(results: dict[str, Any], register: Path) -> None:
    said = " ".join(results["methods"])
    with open_clinic(register) as clinic:
        number, digest = clinic.head()
    assert f"change set {number}, hash {digest}" in said
    assert "as of 2025-12-31" in said
    assert "Chen et al. 2025, section 2.5, edition 1" in said
    for name in ("seedbed", "python", "numpy", "scipy", "statsmodels", "surpyval"):
        assert f"{name} {results['versions'][name]}" in said
    for test in ("Fisher's exact test", "Kruskal-Wallis test", "Friedman test", "log-rank test"):
        assert test in said
    for estimate in ("overlap weights", "jackknife", "mixed model", "Aalen and Johansen", "Fine and Gray"):
        assert estimate.lower() in said.lower()
    assert str(register.parent) not in said


def test_sources_are_records_of_the_register(results: dict[str, Any], register: Path) -> None:
    with open_clinic(register) as clinic:
        names = {each.name for each in clinic.everything()}
    named = {
        source
        for column in results["patients"]["columns"].values()
        for sources in column["sources"]
        for source in sources
    }
    assert len(named) > 500
    assert named <= names


def test_a_workbook_gives_the_same_as_its_register(
    tmp_path: Path, results: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    run(["analyse", str(WORKBOOK), "--out", str(tmp_path / "out"), *DAY, "--json"])
    summary = json.loads(capsys.readouterr().out)
    assert summary["groups"] == {"A": 14, "B": 25, "C": 13}
    again = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert again["tables"] == results["tables"]
    assert again["better_than_the_paper"] == results["better_than_the_paper"]
    assert again["records"]["hash"].startswith("sha256 ")


def test_word_has_real_tables_with_footnotes(out: Path, results: dict[str, Any]) -> None:
    document = Document(str(out / "tables.docx"))
    every = [*results["tables"], *results["better_than_the_paper"]]
    assert len(document.tables) == len(every)
    for made, wanted in zip(document.tables, every, strict=True):
        assert [cell.text for cell in made.rows[0].cells] == wanted["columns"]
        assert len(made.rows) == 1 + len(wanted["rows"])
    lines = [each.text for each in document.paragraphs]
    assert all(note in lines for table in every for note in table["footnotes"])
    assert "Better than the paper" in lines
    assert 'w:eastAsia="SimSun"' in document.styles["Normal"].element.xml


def test_excel_and_csv_hold_the_same_texts(out: Path, results: dict[str, Any]) -> None:
    book = load_workbook(out / "tables.xlsx")
    for table in (*results["tables"], *results["better_than_the_paper"]):
        with (out / "csv" / f"{table['id']}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert rows[0] == table["columns"]
        for made, wanted in zip(rows[1:], table["rows"], strict=False):
            assert [each.strip() for each in made] == [
                wanted["label"],
                *(cell["text"] for cell in wanted["cells"]),
            ]
        sheet = book[table["id"][:31]]
        shown = [cell.value or "" for cell in sheet[3]]
        assert shown[: len(table["columns"])] == rows[1]
        assert not any(cell.data_type == "f" for row in sheet for cell in row)
    numbers = {tuple(cell.value for cell in row)[:4]: row[4].value for row in book["Numbers"]}
    assert numbers["table_1", "sex.male", "Group B (N=25)", "percent"] == 32.0


def test_latex_is_balanced_and_escaped(out: Path, results: dict[str, Any]) -> None:
    text = (out / "tables.tex").read_text(encoding="utf-8")
    every = [*results["tables"], *results["better_than_the_paper"]]
    assert text.count("\\begin{longtable}") == text.count("\\end{longtable}") == len(every)
    widths = {len(table["columns"]) - 1 for table in every}
    body = [line for line in text.splitlines() if line.endswith("\\\\")]
    assert all(line.count("&") - line.count("\\&") in {0, *widths} for line in body)
    assert not [line for line in body if "%" in line.replace("\\%", "")]


class _Counter(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables, self.fetched = 0, []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tables += tag == "table"
        self.fetched += [value for name, value in attrs if name in ("src", "href")]


def test_the_page_holds_every_table_and_fetches_nothing(out: Path, results: dict[str, Any]) -> None:
    counter = _Counter()
    page = (out / "report.html").read_text(encoding="utf-8")
    counter.feed(page)
    every = [*results["tables"], *results["better_than_the_paper"]]
    assert all(f'<section id="{table["id"]}">' in page for table in every)
    assert counter.tables == len(every) + 1  # and one of facts
    assert counter.fetched == []


def test_another_grouping_and_level(register: Path, tmp_path: Path) -> None:
    run(["analyse", str(register), "--out", str(tmp_path / "o"), "--group", "sex", "--alpha", "0.01", *DAY])
    found = json.loads((tmp_path / "o" / "results.json").read_text(encoding="utf-8"))
    assert found["groups"] == [{"name": "male", "n": 19}, {"name": "female", "n": 33}]
    assert found["rules"]["level"]["alpha"] == 0.01
    assert found["tables"][0]["columns"][1] == "male (N=19)"


def test_nothing_after_the_day_is_looked_at(register: Path, tmp_path: Path) -> None:
    run(["analyse", str(register), "--out", str(tmp_path / "o"), "--on", "2020-06-30"])
    found = json.loads((tmp_path / "o" / "results.json").read_text(encoding="utf-8"))
    with open_clinic(register) as clinic:
        everyone = len(clinic.records(Patient))
    left_out = sum(len(each["patients"]) for each in found["excluded"])
    assert 0 < len(found["patients"]["ids"]) < everyone
    assert len(found["patients"]["ids"]) + left_out == everyone
    dates = [
        part
        for column in found["patients"]["columns"].values()
        for sources in column["sources"]
        for source in sources
        for part in source.split(", ")
        if part[:2] == "20" and part[4:5] == "-"
    ]
    assert dates
    assert max(dates) <= "2020-06-30"


def test_one_patient_is_a_cohort_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["analyse", str(write_files(tmp_path / "files")), "--out", str(tmp_path / "out"), *DAY])
    said = capsys.readouterr().out
    assert "1 patients as of 2025-12-31: C 1" in said
    (written,) = [line for line in said.splitlines() if line.startswith("Written to ")]
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert written.startswith(f"Written to {tmp_path / 'out'}: {len(files)} files (1 json, 1 docx, ")
    for kind in ("csv", "svg", "png"):
        assert f" {sum(path.suffix == f'.{kind}' for path in files)} {kind}" in written
    found = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    columns = found["patients"]["columns"]
    assert columns["tg_0"]["values"] == [200.0]
    assert columns["tg_4"]["values"] == [0.04]
    assert "1 value beyond what can be measured counts as that limit" in columns["tg_4"]["notes"]
    assert columns["worst_grade"]["values"] == ["3"]
    assert columns["seeds"]["values"] == [40]
    assert columns["volume_0"]["values"] == [pytest.approx(3.14159265 * 40 * 30 * 20 / 6000)]


def test_refusals(register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = ["--out", str(tmp_path / "new"), *DAY]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    for arguments, said in (
        ([str(register), "--out", str(tmp_path / "full"), *DAY], "is there already"),
        ([str(register), *new, "--group", "rm"], "groups by 'rm'"),
        ([str(register), *new, "--alpha", "5"], "a level of 5"),
        ([str(register), *new, "--profile", "who"], "who"),
        ([str(tmp_path / "none.sqlite"), *new], "there is no register"),
        ([str(register), "--out", str(tmp_path / "new"), "--on", "1999-01-01"], "no patient who was treated"),
    ):
        assert said in refusal(["analyse", *arguments], capsys)
    assert not (tmp_path / "new").exists()


def test_a_wrong_cell_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "Patient ID,Lesion,Role\nS-01,T1,tarrget\n"
    files = write_files(tmp_path / "files", Lesions=bad)
    said = refusal(["analyse", str(files), "--out", str(tmp_path / "out"), *DAY], capsys)
    assert "Lesions!C2" in said
    assert "tarrget" in said
