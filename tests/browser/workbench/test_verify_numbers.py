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
    numbers = page.get_by_role("alert").filter(has_text="3 seeds count, and 2 were implanted")
    search = page.get_by_role("alert").filter(has_text="The search was made with 2 stated")
    waits = page.get_by_text("The dose stands")
    sign = page.get_by_role("button", name="Sign as verified")
    expect(numbers).to_be_visible()
    expect(page.get_by_text("Nothing is signed before somebody says why")).to_be_visible()
    expect(sign).to_have_count(0)
    expect(numbers.get_by_role("button", name="Correct the number")).to_be_disabled()
    numbers.get_by_role("textbox", name="Reason").fill("one of an earlier implantation")
    numbers.get_by_role("button", name="Keep both numbers").click()
    expect(numbers).to_contain_text("They differ: one of an earlier implantation")
    expect(waits).to_be_visible()
    expect(sign).to_have_count(0)  # the sheets do not say why yet
    numbers.get_by_role("textbox", name="Reason").fill("counted again")
    numbers.get_by_label("Seeds implanted").fill("3")
    numbers.get_by_role("button", name="Correct the number").click()
    expect(page.get_by_text("3 of 3 implanted")).to_be_visible()
    expect(waits).to_be_visible()
    expect(search.get_by_role("button", name="Begin another verification with 3")).to_be_visible()
    expect(sign).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(numbers).to_contain_text("They differ: one of an earlier implantation")
    page.get_by_role("button", name="Undo").click()
    expect(waits).to_have_count(0)
    expect(search).to_have_count(0)
