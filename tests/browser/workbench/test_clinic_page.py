"""The clinic's pages in a browser: a patient entered, the response seen, nothing typed is lost."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.conftest import Watched
from tests.browser.workbench.serving import LONGEST_S, Served

from seedbed.patient import PartialDate
from seedbed.patient.records import Implantation, LesionRecord, Measurement, Patient
from seedbed.registry.clinic import open_clinic

TODAY = date.today()
SCRIPT = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def treated(served: Served) -> Iterator[str]:
    """A synthetic patient, implanted 60 days ago, with a target of 30 mm before."""
    name = "SYN-7"
    start = TODAY - timedelta(days=60)
    records = (
        Patient(patient_id=name, person=SCRIPT, synthetic=True),
        LesionRecord(patient_id=name, lesion="T1", role="target"),
        Implantation(patient_id=name, implant="1", session=1, on=PartialDate.of(start)),
        Measurement(
            patient_id=name, lesion="T1", on=PartialDate.of(start - timedelta(days=3)), longest_mm=30.0
        ),
    )
    with open_clinic(served.folder / "register.sqlite") as clinic:
        clinic.write(records, who="tester", why="synthetic")
    return name


def test_a_new_patient_is_entered_and_a_script_is_a_name(served: Served, page: Page) -> None:
    page.goto(f"{served.origin}/patients")
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Patient", exact=True).fill("SYN/1 %")
    page.get_by_role("button", name="Next", exact=True).first.click()
    page.get_by_label("Name", exact=True).fill(SCRIPT)
    page.get_by_label("Date of birth").fill("1961/5")
    expect(page.get_by_text("Read as 1961-05.")).to_be_visible()
    page.get_by_label("Synthetic").select_option("yes")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"SYN/1 % {SCRIPT}")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"SYN/1 % {SCRIPT}")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Patients").click()
    page.get_by_role("searchbox").fill("onerror")
    expect(page.get_by_role("row").filter(has_text="SYN/1 %")).to_contain_text(SCRIPT)
    assert page.locator("img[src=x]").count() == 0


def test_a_measurement_is_checked_while_it_is_typed_and_the_response_shown_at_once(
    served: Served, page: Page, treated: str
) -> None:
    page.goto(f"{served.origin}/patients/{treated}/records?kind=measurement")
    page.get_by_role("button", name="New", exact=True).click()
    form = page.get_by_label("New", exact=True)
    form.get_by_label("Lesion").fill("T1")
    form.get_by_label("Date of image").fill(TODAY.isoformat())
    longest = form.get_by_label("Longest diameter")
    longest.fill("2")
    expect(form.get_by_text("centimetres typed as millimetres?")).to_be_visible()
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("status")).to_contain_text("Not saved")
    longest.fill("20,0")
    expect(form.get_by_text("centimetres")).to_have_count(0)
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Latest findings")).to_contain_text("PR 20.0 mm (-33 %)")
    page.get_by_role("link", name="Overview").click()
    marks = page.get_by_role("group", name="Course").get_by_role("img")
    marks.first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".told")).to_contain_text("Implantation")


def test_what_was_typed_survives_a_reload_and_a_lost_server(
    served: Served, page: Page, treated: str, watched: Watched
) -> None:
    watched.expected.append("ERR_INTERNET_DISCONNECTED")
    page.goto(f"{served.origin}/patients/{treated}/records?kind=visit")
    new = page.get_by_role("button", name="New", exact=True)
    new.click()
    page.get_by_label("Date of visit").fill(TODAY.isoformat())
    page.get_by_label("Note").fill("synthetic note")
    page.reload()
    new.click()
    expect(page.get_by_text("has been brought back")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("synthetic note")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("no answer from the server")
    page.context.set_offline(False)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible(timeout=LONGEST_S * 1000)
    expect(page.get_by_role("cell", name="synthetic note")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert not re.search(rf"{treated}|onerror|synthetic", kept)
    new.click()
    expect(page.get_by_label("Note")).to_have_value("")
