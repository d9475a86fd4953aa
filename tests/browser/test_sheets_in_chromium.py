"""Sheets printed by a real browser: A4, and patient, plan and page number on each page."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright
from tests.unit.report.reading_pdf import A4_PT, read_pdf
from tests.unit.report.test_needle_sheet import page as needle_sheet

from seedbed.report.sheet import SheetHead

HOSTILE = '"; } </style><script>document.title = "broken"</script> \\ 王小东'
HEAD = SheetHead(
    date(2026, 1, 5), "9.9", patient_name=HOSTILE, patient_id="P-17", birth_date="1960-02-29",
    plan="GTV, 120 Gy", plan_sha256="0123456789abcdef" * 4,
)  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    return path


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_browser_prints_patient_plan_and_page_on_each_page(
    chromium: str, tmp_path: Path, language: str
) -> None:
    file = tmp_path / "needles.html"
    file.write_text(needle_sheet(head=HEAD, pictures={}, language=language), encoding="utf-8")
    title, content, asked = printed(chromium, file)
    read = read_pdf(content)
    count = len(read.texts)
    assert count >= 2
    assert asked == [file.as_uri()]
    assert title != "broken"
    for number, (text, size) in enumerate(zip(read.texts, read.sizes, strict=True), start=1):
        assert size == pytest.approx(A4_PT, abs=1.0)
        for part in ('";}</style><script>', "王小东", "P-17", "1960-02-29", "SHA-2560123456789abcdef"):
            assert part in text, (number, part)
        assert (f"Page{number}of{count}" if language == "en" else f"第{number}页，共{count}页") in text


def printed(chromium: str, file: Path) -> tuple[str, bytes, list[Any]]:
    """Open a file without a network; return its title, its print and what it asked for."""
    asked: list[Any] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(offline=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        title, content = page.title(), page.pdf(prefer_css_page_size=True)
        browser.close()
    return title, content, asked
