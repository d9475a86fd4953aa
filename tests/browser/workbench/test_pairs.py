"""Two CTs of a synthetic patient in the browser: matched, moved as one, with PET, and saved."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.workbench.conftest import Watched
from tests.browser.workbench.serving import Served, served_at
from tests.browser.workbench.test_accessibility import LEVELS, NAMELESS
from tests.journey.paired_cases import SUV, write_pair
from tests.unit.web.benches import bench_at

from seedbed.journey.filing import filing
from seedbed.patient import PartialDate
from seedbed.patient.records import Implantation, Patient

PATIENT = "P1"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A workplace with the digital patient twice, the second time turned, shifted and on another grid."""
    root = tmp_path_factory.mktemp("pairs")
    case = write_pair(root / "in")
    with bench_at(root) as bench:
        with filing(bench.workplace.store) as files:
            for path in sorted(case.folder.rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        known = [
            Patient(patient_id=PATIENT, synthetic=True),
            Implantation(patient_id=PATIENT, implant="1", session=1, on=PartialDate("2026-01-08")),
            Implantation(patient_id=PATIENT, implant="2", session=1, on=PartialDate("2026-02")),
        ]
        bench.workplace.clinic.write(known, who="test", why="synthetic")
    with served_at(root) as server:
        yield server


def picture(page: Page, side: str) -> Locator:
    return page.get_by_role("group", name=side, exact=True)


def index_of(page: Page, side: str) -> int:
    return int(picture(page, side).locator("canvas").get_attribute("data-index") or -1)


def test_before_and_after_are_looked_at_as_one(page: Page, served: Served) -> None:
    page.goto(f"{served.origin}/patients/{PATIENT}")
    page.get_by_role("link", name="Before and after").click()
    expect(page.get_by_role("combobox", name="Before", exact=True)).to_contain_text(
        "3 days before the implant"
    )
    expect(page.get_by_text("Implanted 2026-02, the day is not known")).to_be_visible()
    page.get_by_role("button", name="Lay them on each other").click()
    expect(page.get_by_text("Rigid registration: ✓ good")).to_be_visible()
    expect(page.locator("[data-whole=true]")).to_be_visible()
    for side in ("Before", "After"):
        expect(picture(page, side).get_by_text(f"SUV {SUV[side.lower()]:.1f}")).to_be_visible()
    scale = page.get_by_role("img", name=f"Scale of colours from SUV 0 to {SUV['before']:g}")
    expect(scale).to_have_count(2)
    moved_as_one(page)
    page.keyboard.press("p")
    expect(scale).to_have_count(0)
    assert page.evaluate(NAMELESS) == []
    levels = [int(each) for each in page.evaluate(LEVELS)]
    assert levels[0] == 1
    with page.expect_download() as fetched:
        page.get_by_role("button", name="Save PNG").click()
    assert fetched.value.suggested_filename == "before-after.png"
    assert Path(fetched.value.path()).read_bytes()[1:4] == b"PNG"
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_text("刚性配准: ✓ 良好")).to_be_visible()


def moved_as_one(page: Page) -> None:
    """Wheel, keys and places move both pictures to the same slice."""
    first = index_of(page, "Before")
    assert index_of(page, "After") == first
    picture(page, "After").locator("canvas").hover()
    page.mouse.wheel(0, -100)
    expect(picture(page, "Before").locator("canvas")).to_have_attribute("data-index", str(first + 1))
    picture(page, "Before").locator("canvas").press("ArrowUp")
    expect(picture(page, "After").locator("canvas")).to_have_attribute("data-index", str(first + 2))
    page.get_by_role("button", name="largest section").click()
    expect(picture(page, "After").locator("canvas")).to_have_attribute("data-index", str(first))
    picture(page, "After").locator("canvas").press("]")
    assert index_of(page, "Before") == index_of(page, "After") != first
    picture(page, "After").locator("canvas").press("a")
    for side in ("Before", "After"):
        expect(picture(page, side).locator("canvas[data-axis=y]")).to_be_visible()


def test_what_was_matched_is_there_at_once(page: Page, served: Served, watched: Watched) -> None:
    watched.expected.append("status of 400")
    page.goto(f"{served.origin}/patients/{PATIENT}/pairs")
    expect(page.get_by_text("Rigid registration: ✓ good")).to_be_visible()
    expect(page.get_by_role("button", name="Lay them on each other")).to_have_count(0)
    page.get_by_role("combobox", name="Before", exact=True).select_option(index=1)
    expect(page.get_by_role("alert")).to_contain_text("the same CT before and after")


def test_the_end_of_the_scale_is_the_number_that_was_typed(page: Page, served: Served) -> None:
    """A decimal comma is one; as long as what stands is no number, the end that is in force is told."""
    page.goto(f"{served.origin}/patients/{PATIENT}/pairs")
    end = page.get_by_role("textbox", name="End of the scale")
    for typed, scale in (("12,5", "12.5"), ("7.5", "7.5")):
        end.fill(typed)
        expect(page.get_by_role("img", name=f"Scale of colours from SUV 0 to {scale}")).to_have_count(2)
        expect(end).to_be_focused()
    end.fill("7.5x")
    expect(page.get_by_text("Still shown up to SUV 7.5")).to_be_visible()
    expect(page.get_by_role("img", name="Scale of colours from SUV 0 to 7.5")).to_have_count(2)
    end.fill("8")
    expect(page.get_by_text("Still shown up to")).to_have_count(0)
