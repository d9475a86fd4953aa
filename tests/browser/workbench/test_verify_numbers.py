"""Other seeds found than were stated: said why, or the number corrected, on the page, before a signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import Served, served_at
from tests.browser.workbench.test_verify import written


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Folder of a workplace with a verification that found three seeds where two were stated; its page."""
    root = tmp_path_factory.mktemp("miscounted")
    return root, written(root, implanted=2)


@pytest.fixture(scope="module")
def served(address: tuple[Path, str]) -> Iterator[Served]:
    with served_at(address[0]) as server:
        yield server


def test_more_seeds_than_were_stated_are_settled_on_the_page(
    page: Page, served: Served, address: tuple[Path, str]
) -> None:
    page.goto(served.origin + address[1])
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("3 seeds count, and 2 were implanted")
    expect(page.get_by_text("Nothing is signed before somebody says why")).to_be_visible()
    expect(page.get_by_role("button", name="Sign as verified")).to_have_count(0)
    expect(alert.get_by_role("button", name="Correct the number")).to_be_disabled()
    alert.get_by_role("textbox", name="Reason").fill("one of an earlier implantation")
    alert.get_by_role("button", name="Keep both numbers").click()
    expect(alert).to_contain_text("They differ: one of an earlier implantation")
    expect(page.get_by_role("button", name="Sign as verified")).to_be_visible()
    alert.get_by_role("textbox", name="Reason").fill("counted again")
    alert.get_by_role("button", name="Correct the number").click()
    expect(page.get_by_text("3 of 3 implanted")).to_be_visible()
    expect(alert).to_contain_text("The dose stands")
    page.keyboard.press("Control+z")
    expect(alert).to_contain_text("They differ: one of an earlier implantation")
