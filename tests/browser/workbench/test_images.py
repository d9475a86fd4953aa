"""Images in the browser: brought in, seen the right way round in each plane, and drawn on."""

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.browser.workbench.conftest import SIZE, Watched
from tests.browser.workbench.serving import LONGEST_S, Served
from tests.browser.workbench.synthetic_series import (
    AROUND_HU,
    BOX_HU,
    BOX_MM,
    LYING,
    PATIENT,
    STEP_MM,
    write_series,
)

LONG_MS = LONGEST_S * 1000
RADIUS_MM, SMALL_MM = 8, 4
DISC_CC, HOLE_CC = (math.pi * radius**2 * STEP_MM / 1000 for radius in (RADIUS_MM, SMALL_MM))
WHITE = """canvas => {
  const { width, height } = canvas, { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let count = 0, x = 0, y = 0;
  for (let at = 0; at < data.length; at += 4)
    if (data[at] === 255 && data[at + 1] === 255 && data[at + 2] === 255) {
      count++; x += (at / 4) % width; y += Math.floor(at / 4 / width);
    }
  return { count, x: x / count + 0.5, y: y / count + 0.5, width, height };
}"""
"""The middle of what is white, pixels of the canvas."""
LISTEN = """
const write = CanvasRenderingContext2D.prototype.fillText;
window.written = { x: {}, y: {}, z: {} };
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  const axis = this.canvas.dataset?.axis;
  if (axis) window.written[axis][text] = [x / this.canvas.clientWidth, y / this.canvas.clientHeight];
  return write.call(this, text, x, y);
};
"""
"""Remembers what is written onto each plane, and where, in shares of its size."""


@pytest.fixture(scope="module")
def cases(chromium: Browser, served: Served, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Upload a folder of three series; return the address of each, by its description."""
    folder = write_series(tmp_path_factory.mktemp("series") / "box")
    page = chromium.new_page(viewport=SIZE, locale="en-GB")
    served.enter(page)
    page.goto(f"{served.origin}/cases")
    page.get_by_test_id("folder").set_input_files(folder)
    page.wait_for_url(re.compile(r"/cases/[0-9a-f]{16}$"), timeout=LONG_MS)
    page.get_by_role("link", name="Images").click()
    rows = page.get_by_role("row").filter(has_text=PATIENT)
    expect(rows).to_have_count(len(LYING))
    found = {}
    for name in LYING:
        row = rows.filter(has_text=name)
        found[name] = str(row.get_by_role("link").get_attribute("href"))
        assert "24" in row.inner_text()
    page.close()
    return found


@pytest.fixture
def head_first(page: Page, served: Served, cases: dict[str, str]) -> Page:
    return opened(page, served, cases["Head first"])


def opened(page: Page, served: Served, path: str) -> Page:
    page.goto(served.origin + path)
    expect(plane(page, "z")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Loading the other slices")).to_have_count(0, timeout=LONG_MS)
    return page


def plane(page: Page, axis: str) -> Locator:
    return page.locator(f"canvas[data-axis={axis}]")


def drawn(page: Page, axis: str) -> dict[str, float]:
    """Wait for the picture, and return where it is white."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found: dict[str, float] = plane(page, axis).evaluate(WHITE)
    return found


def position_mm(page: Page, axis: str) -> float:
    """Where a plane says that it lies."""
    found = re.search(r"(-?[\d.]+) mm", str(plane(page, axis).get_attribute("aria-label")))
    assert found
    return float(found[1])


def foot(page: Page, axis: str) -> Locator:
    return plane(page, axis).locator("xpath=..").locator(".slice-foot")


def test_the_digital_patient_is_brought_in_and_says_that_it_is_synthetic(page: Page) -> None:
    page.get_by_role("link", name="Images").click()
    page.get_by_role("button", name="Bring in the digital patient").click()
    expect(page.get_by_role("heading", name="SEEDBED-DEMO")).to_be_visible(timeout=LONG_MS)
    expect(page.get_by_text("Synthetic: not a real patient")).to_be_visible()
    expect(plane(page, "z")).to_have_attribute("aria-label", "Axial, 0.0 mm", timeout=LONG_MS)


@pytest.mark.parametrize("lying", LYING)
def test_left_front_and_head_are_where_the_letters_say_however_the_patient_lay(
    open_page: Callable[[], Page], served: Served, cases: dict[str, str], lying: str
) -> None:
    """Radiological convention: the patient's left at the right of the screen, front and head at the top."""
    page = open_page()
    page.add_init_script(LISTEN)
    served.enter(page)
    opened(page, served, cases[lying])
    plane(page, "z").focus()
    while position_mm(page, "z") < BOX_MM[2] - STEP_MM / 2:
        before = position_mm(page, "z")
        page.keyboard.press("f")
        expect(plane(page, "z")).not_to_have_attribute("aria-label", f"Axial, {before:.1f} mm")
    for axis, left, top in (("z", False, True), ("y", False, True), ("x", True, True)):
        box = drawn(page, axis)
        assert box["count"] > 100
        assert (box["x"] < box["width"] / 2, box["y"] < box["height"] / 2) == (left, top)
        plane(page, axis).click(position={"x": box["x"], "y": box["y"]})
        expect(foot(page, axis)).to_contain_text(f"{BOX_HU} HU")
    assert [position_mm(page, axis) for axis in "xyz"] == pytest.approx(BOX_MM, abs=1.01)
    written = page.evaluate("window.written")
    assert sides(written["z"]) == {"left": "R", "right": "L", "top": "A", "bottom": "P"}
    assert sides(written["y"]) == {"left": "R", "right": "L", "top": "H", "bottom": "F"}
    assert sides(written["x"]) == {"left": "A", "right": "P", "top": "H", "bottom": "F"}
    tilted = "tilt" in page.locator("aside").inner_text().replace(lying, "").casefold()
    assert tilted == (lying == "Tilted gantry")


def sides(written: dict[str, Any]) -> dict[str, str]:
    """Which letter stands at which side."""
    found = {}
    for letter, (x, y) in written.items():
        if len(letter) == 1:
            side = {x: "left", 1 - x: "right", y: "top", 1 - y: "bottom"}
            found[side[min(side)]] = letter
    return found


def test_keys_go_through_slices_and_zoom(head_first: Page) -> None:
    page, axial = head_first, plane(head_first, "z")
    axial.focus()
    start = int(str(axial.get_attribute("data-index")))
    for key, index in (
        ("ArrowUp", start + 1), ("ArrowDown", start), ("f", start + 1), ("b", start), ("PageUp", start + 5)
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(axial).to_have_attribute("data-index", str(index))
    for _ in range(10):
        page.keyboard.press("PageUp")
    expect(axial).to_have_attribute("data-index", "23")
    for _ in range(10):
        page.keyboard.press("PageDown")
    expect(axial).to_have_attribute("data-index", "0")
    expect(foot(page, "z")).to_contain_text(f"{AROUND_HU} HU")


def test_a_structure_is_painted_wiped_filled_in_between_and_saved(head_first: Page) -> None:
    """A disc in a slice of thickness h is pi r^2 h; one with a hole pi (r^2 - s^2) h."""
    page = head_first
    begun(page, "GTV")
    dab(page, "Paint", RADIUS_MM)
    saved(page, "GTV", DISC_CC)
    dab(page, "Wipe", SMALL_MM)
    saved(page, "GTV", DISC_CC - HOLE_CC)
    page.get_by_role("button", name="Clear slice").click()
    dab(page, "Paint", RADIUS_MM)
    plane(page, "z").focus()
    for _ in range(4):
        page.keyboard.press("f")
    dab(page, "Paint", RADIUS_MM, already=True)
    expect(row_of(page, "GTV")).to_contain_text("3 slices between drawn ones are empty")
    page.get_by_role("button", name="Fill in between").click()
    expect(row_of(page, "GTV")).not_to_contain_text("are empty")
    saved(page, "GTV", 5 * DISC_CC)
    page.reload()
    expect(row_of(page, "GTV")).to_contain_text(f"Target · {5 * DISC_CC:.1f} cm³", timeout=LONG_MS)


def test_what_was_saved_elsewhere_is_not_written_over(
    page: Page, open_page: Callable[[], Page], served: Served, cases: dict[str, str], watched: Watched
) -> None:
    watched.expected.append("status of 409")
    opened(page, served, cases["Feet first"])
    begun(page, "Node")
    dab(page, "Paint", RADIUS_MM)
    saved(page, "Node", DISC_CC)
    other = open_page()
    served.enter(other)
    opened(other, served, cases["Feet first"])
    row_of(other, "Node").get_by_role("button").click()
    dab(other, "Wipe", SMALL_MM)
    saved(other, "Node", DISC_CC - HOLE_CC)
    dab(page, "Wipe", SMALL_MM)
    page.get_by_role("button", name="Save").click()
    said = page.get_by_role("alert")
    expect(said).to_contain_text("structure 'Node' was saved by")
    expect(said).to_contain_text("(version 2, not 1)")
    expect(row_of(page, "Node")).to_contain_text("changed")
    page.get_by_role("button", name="Discard changes").click()
    expect(row_of(page, "Node")).to_contain_text("0.3 cm³")
    dab(page, "Paint", RADIUS_MM)
    saved(page, "Node", DISC_CC)


def test_a_name_that_exists_is_said(head_first: Page) -> None:
    begun(head_first, "Twice")
    dab(head_first, "Paint", RADIUS_MM)
    saved(head_first, "Twice", DISC_CC)
    head_first.get_by_label("Name of a structure").fill("Twice")
    head_first.get_by_role("button", name="New").click()
    expect(head_first.get_by_role("alert")).to_contain_text("Twice")
    expect(head_first.get_by_label("Name of a structure")).to_have_value("Twice")


def begun(page: Page, name: str) -> None:
    page.get_by_label("Name of a structure").fill(name)
    page.get_by_label("Kind").select_option("target")
    page.get_by_role("button", name="New").click()
    expect(row_of(page, name)).to_contain_text("changed")


def row_of(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def dab(page: Page, tool: str, radius_mm: int, *, already: bool = False) -> None:
    """Touch the middle of the axial plane with a tool; ``already`` holding it."""
    page.get_by_label("Brush, radius").fill(str(radius_mm))
    if not already and page.get_by_role("button", name=tool).get_attribute("aria-pressed") == "false":
        page.get_by_role("button", name=tool).click()
    plane(page, "z").click()


def saved(page: Page, name: str, volume_cc: float) -> None:
    """Save, and compare the volume that is kept and the one that is shown."""
    page.get_by_role("button", name="Save").click()
    expect(row_of(page, name)).not_to_contain_text("changed")
    case = page.url.rpartition("/")[2]
    told = page.request.get(f"{page.url.partition('/cases')[0]}/api/v1/cases/{case}").json()["structures"]
    kept = next(each["volume_cc"] for each in told if each["name"] == name)
    assert kept == pytest.approx(volume_cc, rel=0.03)
    expect(row_of(page, name)).to_contain_text(f"{kept:.1f} cm³")


def test_files_that_are_no_images_are_a_sentence(page: Page, served: Served, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("not an image", encoding="utf-8")
    page.goto(f"{served.origin}/cases")
    page.get_by_test_id("files").set_input_files(note)
    said = page.get_by_role("alert")
    expect(said).to_contain_text("DICOM", timeout=LONG_MS)
    assert "Traceback" not in said.inner_text()


def test_language_and_brightness_change_at_once_and_stay(page: Page, served: Served) -> None:
    page.goto(f"{served.origin}/cases")
    expect(page.get_by_role("heading", level=1)).to_have_text("Images")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", level=1)).to_have_text("影像")
    light = {}
    for name, theme in (("深色", "dark"), ("浅色", "light")):
        page.get_by_role("button", name=name).click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        light[theme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light["dark"] != light["light"]
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("影像")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_pages_may_load_nothing_from_elsewhere(page: Page, served: Served, watched: Watched) -> None:
    watched.expected.append("violates the (following|document's) Content Security Policy")
    answer = page.goto(f"{served.origin}/cases")
    assert answer
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert not re.search(r"unsafe|\*|https?:", policy)
    blocked = page.evaluate("fetch('https://example.org/').then(() => 'let through', () => 'blocked')")
    assert blocked == "blocked"
    assert [each for each in watched.asked if "example.org" in each] == []
