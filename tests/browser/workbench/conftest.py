"""Browsers at a real `seedbed serve`. An error that a page throws or writes to the console fails its test."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.browser.workbench.serving import BROWSER, LONGEST_S, Served, served_at

RESULT = pytest.StashKey[bool]()
SIZE = {"width": 1440, "height": 900}
expect.set_options(timeout=LONGEST_S / 4 * 1000)


@dataclass
class Watched:
    """What pages did wrong, and whom they asked.

    Attributes
    ----------
    errors : list of str
        Of pages and their console.
    expected : list of str
        Patterns of errors that a test provokes; each must occur.
    asked : list of str
        Addresses of all requests.
    """

    errors: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self.asked.append(request.url))

    def check(self) -> None:
        """Fail where something happened that was not expected, or the other way round."""
        unexpected = [each for each in self.errors if not any(re.search(one, each) for one in self.expected)]
        assert unexpected == []
        missing = [one for one in self.expected if not any(re.search(one, each) for each in self.errors)]
        assert missing == []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=path, args=[*BROWSER])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The workbench of one user of this machine, shared by the tests of a file."""
    with served_at(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def watched(served: Served) -> Iterator[Watched]:
    watch = Watched()
    yield watch
    watch.check()
    assert [each for each in watch.asked if not each.startswith((served.origin, "data:", "blob:"))] == []


@pytest.fixture
def open_page(
    chromium: Browser, watched: Watched, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Page]]:
    """Open browsers that know nothing yet; what they showed is kept where the test failed."""
    pages: list[Page] = []

    def opened() -> Page:
        page = chromium.new_context(viewport=SIZE, locale="en-GB", accept_downloads=True).new_page()
        page.set_default_timeout(LONGEST_S / 4 * 1000)
        watched.follow(page)
        pages.append(page)
        return page

    yield opened
    for number, page in enumerate(pages):
        if not request.node.stash.get(RESULT, False):
            picture = tmp_path / f"failed-{number}.png"
            page.screenshot(path=picture)
            print(f"the page as it was: {picture}")  # noqa: T201 - shown with the failure
        page.context.close()


@pytest.fixture
def page(open_page: Callable[[], Page], served: Served) -> Page:
    """A browser of this machine's user, signed in."""
    page = open_page()
    served.enter(page)
    return page


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether the test itself passed, before its fixtures end."""
    report = yield
    if report.when == "call":
        item.stash[RESULT] = report.passed
    return report
