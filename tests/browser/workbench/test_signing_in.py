"""Signing in at a department's workbench: by name, by role, and again in the middle of a drawing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.conftest import Watched
from tests.browser.workbench.serving import LONGEST_S, Served, served_at
from tests.browser.workbench.synthetic_series import write_series
from tests.unit.web.benches import PASSWORD

LONG_MS = LONGEST_S * 1000
PEOPLE = {
    "anna": ["administrator"],
    "paula": ["physicist"],
    "vera": ["viewer"],
    "rita": ["researcher"],
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_at(tmp_path_factory.mktemp("department"), PEOPLE) as server:
        yield server


def test_a_wrong_password_is_a_sentence_and_what_was_typed_stays(
    open_page: Callable[[], Page], served: Served, watched: Watched
) -> None:
    watched.expected.append("status of 401")
    page = open_page()
    page.goto(served.origin)
    page.get_by_label("Name").fill("paula")
    page.get_by_label("Password").fill("no such password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_label("Name")).to_have_value("paula")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.request.get(f"{served.origin}/api/v1/cases").status == 401


def test_each_role_sees_its_pages_alone(open_page: Callable[[], Page], served: Served) -> None:
    expected = {
        "paula": ["Patients", "Images", "Cohort", "Running work"],
        "vera": ["Patients", "Images", "Cohort", "Running work"],
        "rita": ["Cohort", "Running work"],
        "anna": ["Running work", "People"],
    }
    for name, places in expected.items():
        page = open_page()
        served.sign_in(page, name)
        main = page.get_by_role("navigation", name="Main")
        expect(main.get_by_role("link")).to_have_text(places)


def test_a_session_that_ended_leaves_the_drawing_and_the_form_as_they_were(
    open_page: Callable[[], Page], served: Served, watched: Watched, tmp_path: Path
) -> None:
    watched.expected.append("status of 401")
    page = open_page()
    served.sign_in(page, "paula")
    page.get_by_role("link", name="Images").click()
    page.get_by_test_id("folder").set_input_files(write_series(tmp_path / "box"))
    page.wait_for_url(re.compile("/cases/[0-9a-f]{16}$"), timeout=LONG_MS)
    expect(page.get_by_text("Loading the other slices")).to_have_count(0, timeout=LONG_MS)
    name = page.get_by_label("Name of a structure")
    name.fill("Node")
    page.get_by_role("button", name="New", exact=True).click()
    page.get_by_role("button", name="Paint").click()
    page.locator("canvas[data-axis=z]").click()
    name.fill("half typed")
    page.context.clear_cookies()
    page.get_by_role("button", name="Save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("what you typed is still here")
    dialog.get_by_label("Name").fill("paula")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    expect(name).to_have_value("half typed")
    node = page.get_by_role("listitem").filter(has_text="Node")
    expect(node).to_contain_text("changed")
    page.get_by_role("button", name="Save").click()
    expect(node).not_to_contain_text("changed")
    expect(node).to_contain_text("0.4 cm³")
