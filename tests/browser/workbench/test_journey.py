"""The whole way of the digital patient, as two people of a department walk it in the browser."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from docx import Document
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from tests.browser.workbench.serving import LONGEST_S, Served, served_at

from seedbed.journey.records.importing import ImportQuestion, import_records

LONG_MS, JOB_MS = LONGEST_S * 1000, 5 * LONGEST_S * 1000
PEOPLE = {"anna": ["administrator"], "paula": ["physicist"], "carl": ["clinician"]}
COHORT = Path(__file__).parents[3] / "examples" / "synthetic_cohort" / "register.xlsx"
PATIENT = "SEEDBED-DEMO"
NODE_PX = (82, 10)
"""From the middle of the axial plane to the node of the digital patient, pixels at 2 a mm."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workbench of a department whose register holds the synthetic cohort."""
    root = tmp_path_factory.mktemp("department")
    (root / "workplace").mkdir()
    import_records(
        ImportQuestion(
            source=COHORT,
            register=root / "workplace" / "register.sqlite",
            who="test",
            today=date(2026, 1, 1),
            keep_asked=True,
        )
    )
    with served_at(root, PEOPLE) as server:
        yield server


def test_from_the_images_to_the_word_table(open_page: Callable[[], Page], served: Served) -> None:
    physicist, clinician = open_page(), open_page()
    for page in (physicist, clinician):
        page.emulate_media(color_scheme="dark")  # as reading rooms are
    physicist.on("dialog", lambda dialog: dialog.accept())
    clinician.on("dialog", lambda dialog: dialog.accept())
    served.sign_in(physicist, "paula")
    bring_in(physicist)
    picture(physicist, "images")
    contour(physicist)
    plan = planned(physicist, served)
    drag_a_seed(physicist, plan)
    served.sign_in(clinician, "carl")
    picture(physicist, "plan")
    approve(physicist, clinician)
    verify(physicist)
    picture(physicist, "verify")
    follow(clinician)
    table = cohort_table(clinician)
    assert any("Age" in cell.text for row in table.tables[0].rows for cell in row.cells)


def picture(page: Page, name: str) -> None:
    """Keep a picture for the handbook where the environment variable SEEDBED_PICTURES names a folder."""
    folder = os.environ.get("SEEDBED_PICTURES")
    if folder:
        expect(page.get_by_text("-1024 HU")).to_have_count(0)
        page.wait_for_timeout(3000)
        shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
        shown.resize((1080, 675), Image.Resampling.LANCZOS).save(
            Path(folder) / f"workbench-{name}.png", optimize=True
        )


def bring_in(page: Page) -> None:
    page.get_by_role("link", name="Images").click()
    page.get_by_role("button", name="Bring in the digital patient").click()
    expect(page.get_by_role("heading", name=PATIENT)).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Synthetic: not a real patient")).to_be_visible()
    expect(plane(page, "z")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Loading the other slices")).to_have_count(0, timeout=LONG_MS)


def contour(page: Page) -> None:
    """Draw the node on three slices, and let the slices between be filled in."""
    page.get_by_label("Name of a structure").fill("Drawn")
    page.get_by_label("Kind").select_option("target")
    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_role("button", name="Paint").click()
    for steps, radius_mm in ((-3, 7), (3, 11), (3, 7)):
        plane(page, "z").focus()
        for _ in range(abs(steps)):
            page.keyboard.press("f" if steps > 0 else "b")
        page.get_by_label("Brush, radius").fill(str(radius_mm))
        size = plane(page, "z").bounding_box()
        assert size
        middle = {"x": size["width"] / 2 + NODE_PX[0], "y": size["height"] / 2 - NODE_PX[1]}
        plane(page, "z").click(position=middle)
    row = page.get_by_role("listitem").filter(has_text="Drawn").first
    page.get_by_role("button", name="Fill in between").click()
    expect(row).not_to_contain_text("are empty")
    page.get_by_role("button", name="Save").click()
    expect(row).not_to_contain_text("changed")
    shown = re.search(r"([\d.]+) cm³", row.inner_text())
    assert shown
    assert 2 < float(shown[1]) < 9  # between the cylinders of 7 and of 11 mm, 21 mm high


def planned(page: Page, served: Served) -> Callable[[], dict[str, Any]]:
    """Begin a plan, let the planner look, take what it found; return how the server sees the plan."""
    page.locator("select[name=target]").select_option("Drawn")
    page.get_by_label("Prescription, Gy").fill("120")
    page.get_by_role("button", name="Begin a plan").click()
    page.wait_for_url(re.compile(r"/plans/\w+$"), timeout=LONG_MS)
    expect(page.get_by_role("heading", name="Drawn, 120 Gy")).to_be_visible(timeout=LONG_MS)
    page.get_by_role("button", name="Run the planner").click()
    take = page.get_by_role("button", name=re.compile("^Take")).first
    expect(take).to_be_visible(timeout=JOB_MS)
    take.click()
    address = f"{served.origin}/api/v1/plans/{page.url.rpartition('/')[2]}"

    def state() -> dict[str, Any]:
        found: dict[str, Any] = page.request.get(address).json()
        return found

    expect(page.get_by_role("button", name=re.compile("^Seed 1,"))).to_be_visible(timeout=LONG_MS)
    found = state()
    assert found["seed_count"] > 4
    assert found["metrics"]["target"]["v100_pct"] > 85
    return state


def drag_a_seed(page: Page, plan: Callable[[], dict[str, Any]]) -> None:
    """Drag the seed nearest to the skin 4 mm outwards on its needle, and take it back."""
    before = plan()
    needle = before["needles"][0]
    number = needle["seeds"][-1]
    seed = before["seeds"][number]
    page.get_by_role("button", name=re.compile(f"^Seed {number + 1},")).click()
    along = np.subtract(needle["entry_mm"], needle["tip_mm"])
    along /= np.linalg.norm(along)
    axis, (right, down) = (
        ("x", (along[1], -along[2])) if abs(along[0]) < 0.7 else ("y", (along[0], -along[2]))
    )
    box = plane(page, axis).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(300)
    page.mouse.move(x, y)
    page.mouse.down()
    for part in (0.5, 1.0):
        page.mouse.move(x + 16 * right * part, y + 16 * down * part)
    page.mouse.up()
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    expect(page.get_by_text(f"version {before['version'] + 1}")).to_be_visible(timeout=LONG_MS)
    moved = np.array(plan()["seeds"][number]["position_mm"]) - seed["position_mm"]
    assert moved @ along == pytest.approx(4.0, abs=0.6)
    assert np.linalg.norm(moved - moved @ along * along) < 0.1
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"version {before['version'] + 2}")).to_be_visible(timeout=LONG_MS)
    assert plan()["seeds"][number]["position_mm"] == seed["position_mm"]


def approve(physicist: Page, clinician: Page) -> None:
    """Two people sign; then nothing can be changed any more."""
    physicist.get_by_role("button", name="Sign as planned").click()
    expect(physicist.get_by_text("Somebody else than paula has to approve it.")).to_be_visible(
        timeout=LONG_MS
    )
    clinician.goto(physicist.url)
    clinician.get_by_role("button", name="Approve").click()
    expect(clinician.get_by_text("Approved and locked.")).to_be_visible(timeout=LONG_MS)
    expect(clinician.get_by_role("listitem").filter(has_text=".dcm").first).to_be_visible()
    physicist.reload()
    expect(physicist.get_by_text("Approved and locked.")).to_be_visible(timeout=LONG_MS)
    expect(physicist.get_by_role("button", name="Undo")).to_have_count(0)


def verify(page: Page) -> None:
    """Implant synthetically, find the seeds on the new CT, and see the dose that was given."""
    page.get_by_role("link", name=PATIENT).click()
    page.get_by_role("button", name="Try: implant the plan synthetically").click()
    begin = page.get_by_role("button", name="Find the seeds and judge the dose")
    page.wait_for_url(lambda url: "/cases/" in url, timeout=LONG_MS)
    expect(page.get_by_text("Post-implant CT")).to_be_visible(timeout=JOB_MS)
    begin.click(timeout=LONG_MS)
    page.wait_for_url(re.compile("/verifications/"), timeout=LONG_MS)
    expect(page.get_by_text("Seeds that count", exact=True)).to_be_visible(timeout=JOB_MS)
    counts = page.locator("dl.facts").first
    expect(counts).to_contain_text("D90")
    found = re.search(r"(\d+) of (\d+)", counts.inner_text())
    assert found
    assert abs(int(found[1]) - int(found[2])) <= 2


def follow(page: Page) -> None:
    """Enter a lesion, two measurements and a visit: half the diameter is a partial response (RECIST 1.1)."""
    page.get_by_role("link", name="Patients").click()
    expect(page.get_by_role("link", name="SYN-A-01")).to_be_visible()
    picture(page, "patients")
    page.get_by_role("searchbox").fill(PATIENT)
    page.get_by_role("link", name=PATIENT).click()
    page.get_by_role("link", name="Records").click()
    entered(page, "Lesion", {"Lesion": "T1", "Role": "target", "Lymph node": "no"})
    entered(page, "Measurement", {"Lesion": "T1", "Date of image": "2026-01-02", "Longest diameter": "24"})
    entered(page, "Measurement", {"Lesion": "T1", "Date of image": "2026-03-02", "Longest diameter": "12"})
    entered(page, "Visit", {"Date of visit": "2026-03-02", "KPS": "90"})
    page.get_by_role("link", name="Overview").click()
    latest = page.get_by_label("Latest findings")
    expect(latest).to_contain_text("PR")
    expect(latest).to_contain_text("12.0 mm (-50 %)")


def entered(page: Page, kind: str, values: dict[str, str]) -> None:
    """Enter a record of a kind."""
    page.get_by_role("navigation", name="Kinds of records").get_by_role(
        "button", name=re.compile(f"^{kind}s?$")
    ).click()
    page.get_by_role("button", name="New", exact=True).click()
    form = page.locator("form.record")
    for label, value in values.items():
        field = form.get_by_label(re.compile(rf"^{label}( \[.*\])?( \*)?$"))
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=LONG_MS)


def cohort_table(page: Page) -> Any:
    """Analyse the synthetic cohort, and fetch its tables for Word."""
    page.get_by_role("link", name="Cohort").click()
    page.get_by_label("Data cut").fill("2025-02-28")
    page.get_by_role("button", name="Analyse").click()
    word = page.get_by_role("link", name="Word")
    expect(word).to_be_visible(timeout=JOB_MS)
    with page.expect_download() as download:
        word.click()
    return Document(BytesIO(download.value.path().read_bytes()))


def plane(page: Page, axis: str) -> Locator:
    return page.locator(f"canvas[data-axis={axis}]")
