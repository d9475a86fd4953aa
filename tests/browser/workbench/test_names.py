"""Names that hold a script are texts: in the list, on the patient's page, in the cohort and its files."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import LONGEST_S, Served

from seedbed.patient import PartialDate
from seedbed.patient.records import (
    AdverseEvent,
    Death,
    Implantation,
    LesionRecord,
    Measurement,
    Patient,
    Record,
    VisitRecord,
)
from seedbed.registry.clinic import open_clinic

NAMES = ("<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>")
EACH = 6
START = date(2024, 1, 8)
MADE = "img[src=x], script:not([src]), [onerror]"
"""What a browser would make of the names, were they no texts."""


def day(after: int) -> PartialDate:
    return PartialDate.of(START + timedelta(days=after))


def one(number: int, name: str) -> Iterator[Record]:
    """A synthetic patient of an arm that is called as the patient is."""
    patient = f"{name} {number}"
    whose = {"patient_id": patient}
    yield Patient(**whose, person=name, arm=name, synthetic=True)
    yield LesionRecord(**whose, lesion=name, role="target")
    yield Implantation(**whose, implant="1", session=1, on=day(0), lesion=name, complications=name)
    for after, size in ((-5, 30.0), (60, 24.0 - number), (180, 20.0)):
        yield Measurement(**whose, lesion=name, on=day(after), longest_mm=size, reader=name)
        yield VisitRecord(**whose, on=day(after), kps=90, symptoms=name, note=name)
    yield AdverseEvent(**whose, term=name, start=day(30), grade=2, note=name)
    if number % 2:
        yield Death(**whose, on=day(300 + 20 * number), cause=name)


@pytest.fixture(scope="module")
def named(served: Served) -> str:
    """Write patients with such names; return the identifier of one."""
    records = [each for number in range(EACH) for name in NAMES for each in one(number, name)]
    with open_clinic(served.folder / "register.sqlite") as clinic:
        clinic.write(records, who=NAMES[0], why=NAMES[1])
    return f"{NAMES[0]} 1"


def texts_alone(page: Page) -> None:
    """Nothing was made of the names; an alert would have failed the test as well."""
    assert page.locator(f":is(main, header, footer, dialog) :is({MADE})").count() == 0


def test_a_script_is_a_name_wherever_it_stands(
    page: Page, served: Served, named: str, tmp_path: Path
) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda told: (alerts.append(told.message), told.dismiss()))
    page.goto(f"{served.origin}/patients")
    expect(page.get_by_role("link", name=named, exact=True)).to_be_visible()
    texts_alone(page)
    page.get_by_role("link", name=named, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAMES[0])
    marks = page.get_by_role("group", name="Course").get_by_role("img")
    for mark in marks.all():
        mark.focus()
        texts_alone(page)
    expect(page.locator(".told")).to_contain_text(NAMES[0])
    page.get_by_role("link", name="Records", exact=True).click()
    expect(page.get_by_role("cell", name=NAMES[0], exact=True).first).to_be_visible()
    page.get_by_text("History (").click()
    texts_alone(page)
    page.get_by_role("link", name="Screening and prescription").click()
    page.get_by_role("button", name="Hold against the criteria").click()
    expect(page.get_by_text("To be stated").first).to_be_visible()
    texts_alone(page)

    page.get_by_role("link", name="Cohort", exact=True).click()
    page.get_by_label("Data cut").fill("2025-02-28")
    page.get_by_role("button", name="Analyse", exact=True).click()
    expect(page.get_by_role("heading", name=f"{2 * EACH} patients")).to_be_visible(timeout=LONGEST_S * 1000)
    expect(page.get_by_role("columnheader", name=NAMES[0]).first).to_be_visible()
    texts_alone(page)
    page.get_by_role("tab", name="Figures").click()
    picture = page.get_by_role("img", name="Overall survival", exact=False).first
    page.wait_for_function("image => image.naturalWidth > 300", arg=picture.element_handle())
    texts_alone(page)

    analysis = page.url.rsplit("/", 1)[1]
    answer = page.request.get(f"{served.origin}/api/v1/cohort/analyses/{analysis}/files/report.html")
    assert answer.ok, answer.status_text
    file = tmp_path / "report.html"
    file.write_bytes(answer.body())
    opened = page.context.new_page()  # not of the workbench: what is asked for is not watched
    opened.on("dialog", lambda told: (alerts.append(told.message), told.dismiss()))
    opened.goto(file.as_uri())
    expect(opened.locator("body")).to_contain_text(NAMES[1])
    assert opened.locator(MADE).count() == 0
    assert alerts == []
