"""The cohort in a browser: asked, its curves seen, its tables taken to Word."""

from datetime import date
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import LONGEST_S, Served

from seedbed.journey.records.importing import ImportQuestion, import_records

COHORT = Path(__file__).parents[3] / "examples" / "synthetic_cohort" / "register.xlsx"


def test_the_cohort_is_analysed_and_its_tables_open_in_word(
    served: Served, page: Page, tmp_path: Path
) -> None:
    import_records(
        ImportQuestion(
            source=COHORT,
            register=served.folder / "register.sqlite",
            who="test",
            today=date(2026, 1, 1),
            keep_asked=True,
        )
    )
    page.get_by_role("link", name="Cohort").click()
    page.get_by_label("Data cut").fill("2025-02-28")
    page.get_by_role("button", name="Analyse", exact=True).click()
    expect(page.get_by_role("heading", name="52 patients")).to_be_visible(timeout=2 * LONGEST_S * 1000)
    expect(page.get_by_role("columnheader", name="Group B (N=25)")).to_be_visible()
    page.get_by_role("tab", name="Figures").click()
    curves = page.get_by_role("img", name="Local progression-free survival by arm", exact=True)
    curves.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth > 300", arg=curves.element_handle())
    page.get_by_role("button", name="Enlarge: Local progression-free survival by arm", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Kaplan-Meier estimates")
    page.keyboard.press("Escape")
    with page.expect_download() as told:
        page.get_by_role("link", name="Word").click()
    told.value.save_as(tmp_path / "tables.docx")
    document = Document(str(tmp_path / "tables.docx"))
    first = [cell.text for cell in document.tables[0].rows[0].cells]
    assert any("Group A (N=14)" in text for text in first)
    assert told.value.suggested_filename == "tables.docx"
