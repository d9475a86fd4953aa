"""The report in a real browser that has no network."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def chromium() -> str:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    return path


def test_the_report_opens_offline_with_all_its_pictures(
    demo_run: tuple[Path, dict[str, Any]], chromium: str
) -> None:
    out, summary = demo_run
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(offline=True).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((out / "report.html").as_uri())
        widths = page.eval_on_selector_all("img", "images => images.map(image => image.naturalWidth)")
        drawings = page.locator("svg path").count()
        heading = page.locator("h1").inner_text()
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        browser.close()
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert complaints == []
    assert len(widths) == 2
    assert min(widths) > 500
    assert drawings > 20
    assert heading == summary["case"]["title"]
    assert overflow <= 0
