"""A verification in the browser: doubtful seeds judged by keys, the dose then stale, cold regions gone to."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import Served, served_at
from tests.unit.journey.workbench.verifications.kept import RUN, record
from tests.unit.web.benches import API, bench_at
from tests.unit.web.test_verifications import IDENTITY, NAMES, ct, verified

from seedbed.journey.filing import filing
from seedbed.journey.workbench.verifications.folder import find_verification
from seedbed.patient.records import Patient

COLD_MM = record()["dose"]["cold"]["under_100_pct"][0]["coldest_mm"]


def written(root: Path, *, implanted: int | None = None) -> str:
    """Write a workplace with a calculated verification of three seeds; return the address of its page."""
    for name, identity in NAMES.items():
        ct(root / "in", name, identity)
    with bench_at(root) as bench:
        with filing(bench.workplace.store) as files:
            for path in sorted((root / "in").rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        patient = Patient(patient_id=IDENTITY.patient_id, synthetic=True)
        bench.workplace.clinic.write([patient], who="test", why="synthetic")
        place = verified(bench, sheets=True)
        folder = find_verification(bench.workplace.cases, Path(place).name)
        record = folder / "runs" / RUN / "verify.json"
        for path, key in ((folder / "asked.json", "count"), (record, "implanted")):
            kept = json.loads(path.read_text(encoding="utf-8")) | {key: implanted}
            path.write_text(json.dumps(kept), encoding="utf-8")
        return place.removeprefix(API)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Folder of a workplace with a verification, and the address of its page."""
    root = tmp_path_factory.mktemp("verified")
    return f"{root}|{written(root)}"


@pytest.fixture(scope="module")
def served(address: str) -> Iterator[Served]:
    with served_at(Path(address.split("|")[0])) as server:
        yield server


def test_doubtful_seeds_are_judged_by_the_keyboard(page: Page, served: Served, address: str) -> None:
    page.goto(served.origin + address.split("|")[1])
    row = page.get_by_role("region", name="Seeds to look at")
    expect(row.get_by_role("listitem")).to_have_count(2)
    expect(row.get_by_role("status")).to_have_text("2 not looked at yet")
    expect(row.locator("[aria-current=true]")).to_contain_text("Metal 4, not counted")
    page.keyboard.press("a")
    expect(row.locator("[aria-current=true]")).to_contain_text("Seed 3")
    page.keyboard.press("r")
    expect(row.get_by_role("status")).to_contain_text("all looked at")
    expect(page.get_by_role("alert")).to_contain_text("Seeds were judged or changed since the calculation")
    page.reload()
    row.get_by_role("button", name="Refuse: Seed 3").click()
    row.get_by_role("button", name="Accept: Seed 4").click()
    expect(row.get_by_role("status")).to_have_text("2 not looked at yet")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_cold_region_is_gone_to(page: Page, served: Served, address: str) -> None:
    page.goto(served.origin + address.split("|")[1])
    page.get_by_role("button", name="Go to cold region 1").click()
    expect(page.locator("canvas[data-axis=z]")).to_have_attribute("aria-label", f"Axial, {COLD_MM[2]:.1f} mm")


def test_a_seed_added_by_hand_is_shown_so_and_the_verification_signed(
    page: Page, served: Served, address: str
) -> None:
    page.goto(served.origin + address.split("|")[1])
    page.locator(".verify-main [aria-current=true]").wait_for()
    page.keyboard.press("n")
    expect(page.get_by_text("Click the middle of the seed")).to_be_visible()
    box = page.locator("canvas[data-axis=z]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x + 40, y - 60)
    page.mouse.down()
    page.mouse.move(x + 60, y - 60, steps=3)
    page.mouse.up()
    chosen = page.locator(".verify-main [aria-current=true]")
    expect(chosen).to_contain_text("Seed 5 · by hand")
    expect(chosen).to_contain_text("missed by the search")
    expect(page.get_by_role("alert")).to_contain_text("Dose, histograms and cold regions follow at once")
    expect(page.get_by_role("button", name="Sign as verified")).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("textbox", name="Remark").fill("Synthetic.")
    page.get_by_role("button", name="Sign as verified").click()
    expect(page.get_by_text("Approving it yourself is no check")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Approved and locked")).to_be_visible()
    expect(page.get_by_text("One person signed both")).to_be_visible()
    expect(page.get_by_role("toolbar", name="Seeds by hand")).to_have_count(0)
    page.get_by_text("Files (4)").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="signature-2.json").click()
    assert "no second person has looked" in fetched.value.path().read_text(encoding="utf-8")


def test_an_approved_verification_fills_in_the_record_of_the_implantation(
    page: Page, served: Served, address: str
) -> None:
    place = served.origin + address.split("|")[1]
    page.goto(place)
    expect(page.get_by_text("Approved and locked")).to_be_visible()  # by the test before
    state = page.request.get(place.replace("/verifications/", f"{API}/verifications/")).json()
    page.get_by_role("button", name="Enter it in the patient's records").click()
    expect(page.get_by_text("Filled in from the approved verification")).to_be_visible()
    expect(page.get_by_role("textbox", name="D90 [Gy]")).to_have_value(
        f"{state['metrics']['given']['target']['d90_gy']:g}"
    )
    expect(page.get_by_role("textbox", name="Date of verification CT")).to_have_value(
        state["case_row"]["study_date"]
    )
    typed = {"Implant": "1", "Session": "1", "Date of session": state["case_row"]["study_date"]}
    for label, value in typed.items():
        page.get_by_label(re.compile(rf"^{label}( \*)?$")).fill(value)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Filled in from the approved verification")).to_have_count(0)
