"""A verification in the browser: doubtful seeds judged by keys, the dose then stale, cold regions gone to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import Served, served_at
from tests.unit.journey.workbench.verifications.kept import record
from tests.unit.web.benches import API, bench_at
from tests.unit.web.test_verifications import NAMES, ct, verified

from seedbed.journey.filing import filing

COLD_MM = record()["dose"]["cold"]["under_100_pct"][0]["coldest_mm"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write a workplace with a calculated verification; return the address of its page."""
    root = tmp_path_factory.mktemp("verified")
    for name, identity in NAMES.items():
        ct(root / "in", name, identity)
    with bench_at(root) as bench:
        with filing(bench.workplace.store) as files:
            for path in sorted((root / "in").rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        return str(root) + "|" + verified(bench).removeprefix(API)


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
    expect(page.get_by_role("alert")).to_contain_text("The dose is of other seeds than those that count now")
    page.reload()
    row.get_by_role("button", name="Refuse: Seed 3").click()
    row.get_by_role("button", name="Accept: Metal 4, not counted").click()
    expect(row.get_by_role("status")).to_have_text("2 not looked at yet")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_cold_region_is_gone_to(page: Page, served: Served, address: str) -> None:
    page.goto(served.origin + address.split("|")[1])
    page.get_by_role("button", name="Go to cold region 1").click()
    expect(page.locator("canvas[data-axis=z]")).to_have_attribute("aria-label", f"Axial, {COLD_MM[2]:.1f} mm")
