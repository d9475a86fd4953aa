"""``seedbed analyse`` draws figures: files, the page, Word, and what is not drawn with its reason."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from docx import Document
from PIL import Image
from tests.journey.refusals import refusal

from seedbed.cli.app import run

WORKBOOK = Path(__file__).parents[2] / "examples" / "synthetic_cohort" / "register.xlsx"
ALWAYS = {"flow", "km_lpfs", "km_pfs", "km_os", "forest_hazard_ratio"}
UPRIGHT_PAGE_MM = (210.0, 297.0)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("analysis") / "out"
    run(["analyse", str(WORKBOOK), "--out", str(folder), "--on", "2025-12-31", "--figure-width", "single"])
    return folder


@pytest.fixture(scope="module")
def results(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "results.json").read_text(encoding="utf-8"))
    return found


def test_files_are_those_that_the_results_name(out: Path, results: dict[str, Any]) -> None:
    figures = results["figures"]
    assert {each["id"] for each in figures} >= ALWAYS
    assert all(each["title"] and each["caption"].endswith(".") for each in figures)
    named = {name for each in figures for name in each["files"]}
    assert named == {f"figures/{path.name}" for path in (out / "figures").iterdir()}
    for name in named:
        if name.endswith(".svg"):
            assert ElementTree.parse(out / name).getroot().tag.endswith("svg")  # noqa: S314 - made here


def test_figures_have_the_width_that_was_asked_for(out: Path) -> None:
    with Image.open(out / "figures" / "km_os.png") as picture:
        assert picture.width / picture.info["dpi"][0] * 25.4 == pytest.approx(89, abs=0.2)


def test_what_is_not_drawn_has_a_reason(results: dict[str, Any]) -> None:
    drawn = {each["id"] for each in results["figures"]}
    for each in results["figures_not_drawn"]:
        assert each["id"] not in drawn
        assert f"No figure '{each['id']}': {each['reason']}" in results["notes"]


def test_the_page_holds_every_figure_and_each_id_once(out: Path, results: dict[str, Any]) -> None:
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == len(results["figures"])
    ids = [part.partition('"')[0] for part in page.split(' id="')[1:]]
    assert len(ids) == len(set(ids))
    assert "src=" not in page


def test_word_has_every_figure_with_title_and_caption_on_upright_pages(
    out: Path, results: dict[str, Any]
) -> None:
    document = Document(str(out / "tables.docx"))
    assert len(document.inline_shapes) == len(results["figures"])
    lines = [each.text for each in document.paragraphs]
    for number, each in enumerate(results["figures"], 1):
        assert lines[lines.index(f"Figure {number}. {each['title']}") + 2] == each["caption"]
    last = document.sections[-1]
    assert (round(last.page_width.mm), round(last.page_height.mm)) == UPRIGHT_PAGE_MM
    room = last.page_width - last.left_margin - last.right_margin
    assert all(each.width <= room for each in document.inline_shapes)


def test_another_width_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(
        ["analyse", str(WORKBOOK), "--out", str(tmp_path / "o"), "--figure-width", "triple"], capsys
    )
    assert "figures of width 'triple'" in said
    assert not (tmp_path / "o").exists()


def test_nothing_draws_before_it_is_asked() -> None:
    said = (
        "import sys, seedbed.cli.analyse, seedbed.journey.analysis.analysing as a; "
        "print('matplotlib' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
