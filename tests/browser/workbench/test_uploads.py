"""What people bring in by the pages: files under their own names, notes that are found again, a workbook."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from tests.browser.workbench.conftest import Watched
from tests.browser.workbench.serving import LONGEST_S, Served
from tests.unit.journey.workbench.test_imports import ct_files

SCRIPT = "<img src=x onerror=alert(1)>.txt"
MADE = "main :is(img[src=x], script, [onerror])"
LONG_MS = LONGEST_S * 1000


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic CT in a folder as a person has it, and a file beside it that is no DICOM."""
    root = tmp_path_factory.mktemp("files")
    folder = root / "扫描 50%"
    folder.mkdir()
    for number, content in enumerate(ct_files(root)):
        (folder / f"IM{number}").write_bytes(content)
    (folder / SCRIPT).write_bytes(b"a letter")
    return folder


def test_files_are_called_by_their_own_names_and_notes_are_found_again(
    page: Page, served: Served, scan: Path
) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda told: (alerts.append(told.message), told.dismiss()))
    page.goto(f"{served.origin}/cases")
    page.get_by_test_id("folder").set_input_files(scan)
    report = page.get_by_role("status").filter(has=page.get_by_role("heading", name="Brought in"))
    expect(report).to_contain_text("3 new objects, 0 already there", timeout=LONG_MS)
    said = f"1 file is no DICOM object and was passed over ('{scan.name}/{SCRIPT}')."
    expect(report.get_by_role("list", name="Notes on the import")).to_contain_text(said)
    assert page.locator(MADE).count() == 0

    (scan / "IM0.dcm").write_bytes((scan / "IM0").read_bytes()[:200])
    page.get_by_test_id("folder").set_input_files(scan)
    refused = page.get_by_role("alert")
    expect(refused).to_contain_text("the upload holds 1 damaged file", timeout=LONG_MS)
    expect(refused).to_contain_text(f"'{scan.name}/IM0.dcm'")
    (scan / "IM0.dcm").unlink()

    page.reload()
    page.get_by_text("Imports so far").click()
    expect(page.get_by_text("with notes")).to_be_visible()
    expect(page.get_by_role("list", name="Notes on the import")).to_contain_text(said)
    expect(page.locator("details")).to_contain_text(f"'{scan.name}/IM0.dcm'")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("list", name="导入说明")).to_contain_text("1 个文件不是 DICOM 对象，已略过")
    expect(page.get_by_role("list", name="导入说明")).to_contain_text(SCRIPT)
    assert page.locator(MADE).count() == 0
    assert alerts == []


def test_a_register_is_filled_from_a_workbook(
    page: Page, served: Served, watched: Watched, tmp_path: Path
) -> None:
    page.goto(f"{served.origin}/patients")
    page.get_by_role("button", name="Import a workbook").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Empty workbook").click()
    fetched.value.save_as(tmp_path / "empty.xlsx")
    book = load_workbook(tmp_path / "empty.xlsx")
    sheet = book["Patients"]
    row = sheet.max_row + 1
    columns = {cell.value: cell.column_letter for cell in sheet[1]}
    for number, patient in enumerate(("SYN/1", "50%")):
        sheet[f"{columns['Patient']}{row + number}"] = patient
    wrong = f"{columns['Date of birth']}{row}"
    sheet[wrong] = "some day"
    file = tmp_path / "病人 <b>.xlsx"
    book.save(file)
    page.get_by_test_id("workbook").set_input_files(file)
    faults = page.get_by_role("table").filter(has=page.get_by_role("columnheader", name="Sheet and cell"))
    expect(faults.get_by_role("row").filter(has_text=f"Patients!{wrong}")).to_contain_text(
        "some day", timeout=LONG_MS
    )
    expect(page.get_by_role("button", name="Keep it in the register")).to_have_count(0)

    page.reload()  # it is found again
    page.get_by_role("button", name="Import a workbook").click()
    expect(faults.get_by_role("row").filter(has_text=f"Patients!{wrong}")).to_be_visible()

    sheet[wrong] = "1961-05"
    book.save(file)
    page.get_by_test_id("workbook").set_input_files(file)
    expect(page.get_by_text("Every cell is right.")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_role("heading", name=f"What stands in {file.name}")).to_be_visible()
    page.get_by_text("Records it would change or add (2)").click()
    expect(page.get_by_role("rowheader", name="SYN/1")).to_be_visible()
    expect(page.get_by_role("link", name="SYN/1")).to_have_count(0)
    page.get_by_label("Why", exact=True).fill("synthetic")
    page.get_by_role("button", name="Keep it in the register").click()
    expect(page.get_by_role("heading", name=f"{file.name} is in the register")).to_be_visible(timeout=LONG_MS)

    page.get_by_role("button", name="Write a workbook of the register").click()
    with page.expect_download(timeout=LONG_MS) as fetched:
        page.get_by_role("link", name="Fetch the workbook of the register").click(timeout=LONG_MS)
    fetched.value.save_as(tmp_path / "register.xlsx")
    told = load_workbook(tmp_path / "register.xlsx")["Patients"]
    assert {"SYN/1", "50%"} <= {cell.value for cell in told["A"]}

    page.get_by_role("link", name="SYN/1").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SYN/1")
    assert page.url == f"{served.origin}/patients/SYN%2F1"
    page.get_by_role("link", name="Records", exact=True).click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SYN/1")
    page.goto(f"{served.origin}/patients")
    page.get_by_role("link", name="50%").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("50%")
    assert unquote(page.url) == f"{served.origin}/patients/50%"

    other = tmp_path / "text.xlsx"
    other.write_text("text")
    watched.expected.append("400")
    page.goto(f"{served.origin}/patients")
    page.get_by_role("button", name="Import a workbook").click()
    page.get_by_test_id("workbook").set_input_files(other)
    expect(page.get_by_role("alert")).to_contain_text("'text.xlsx' is no workbook")
