"""Pages for everybody: names for every control, headings, contrast by WCAG 2.2, and the keyboard."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.axe import violations
from tests.browser.workbench.conftest import Watched
from tests.browser.workbench.serving import LONGEST_S, Served, served_at
from tests.browser.workbench.synthetic_case import GRID, TARGET, fill
from tests.browser.workbench.test_plan_page import STRENGTH_U, ask
from tests.unit.web.benches import API, bench_at
from tests.unit.web.test_verifications import NAMES, ct, verified

from seedbed.journey.filing import filing
from seedbed.patient import PartialDate
from seedbed.patient.records import Implantation, LesionRecord, Measurement, Patient, VisitRecord

PLACES = ("/patients", "/cases", "/cohort", "/jobs", "/accounts", "/no-such-page")
TEXT = ("ink", "soft", "good", "bad", "warn", "accent")
GROUNDS = ("page", "panel", "raised")
AA, AA_MARKS = 4.5, 3.0
"""WCAG 2.2, 1.4.3 for text and 1.4.11 for marks."""
NAMELESS = """() => [...document.querySelectorAll("input, select, textarea, button, a, [role=tab]")]
  .filter(each => each.checkVisibility() && each.type !== "hidden")
  .filter(each => !(each.labels?.length || each.getAttribute("aria-label")
    || each.getAttribute("aria-labelledby") || each.textContent.trim() || each.title))
  .map(each => each.outerHTML.slice(0, 120))"""
COLOURS = """() => Object.fromEntries([...document.styleSheets].flatMap(sheet => [...sheet.cssRules])
  .flatMap(rule => [...(rule.style ?? [])]).filter(name => name.startsWith("--"))
  .map(name => [name.slice(2), getComputedStyle(document.documentElement).getPropertyValue(name).trim()]))"""
LEVELS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(each => each.tagName[1])"
FOCUSED = """() => {
  const each = document.activeElement, style = getComputedStyle(each);
  return { name: each.textContent.trim() || each.getAttribute("aria-label") || each.placeholder || "",
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
}"""


PATIENT = "SYN-7"


def synthetic_patient() -> list[Patient | LesionRecord | Implantation | Measurement | VisitRecord]:
    """A synthetic patient with a time line, curves and visits."""
    whose = {"patient_id": PATIENT}
    days = [PartialDate(f"2026-0{month}-05") for month in (1, 3, 5)]
    return [
        Patient(**whose, sex="female", born=PartialDate("1961"), arm="A", synthetic=True),
        LesionRecord(**whose, lesion="T1", role="target"),
        Implantation(**whose, implant="1", session=1, on=PartialDate("2026-01-08"), seeds_implanted=30),
        *(Measurement(**whose, lesion="T1", on=on, longest_mm=30.0 - 4 * at) for at, on in enumerate(days)),
        *(VisitRecord(**whose, on=on, kps=90) for on in days),
    ]


@pytest.fixture(scope="module")
def verification(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Write a workplace with a case, a plan, a verification and a patient; return it and the address."""
    root = tmp_path_factory.mktemp("accessible")
    for name, identity in NAMES.items():
        ct(root / "in", name, identity)
    with bench_at(root) as bench:
        with filing(bench.workplace.store) as files:
            for path in sorted((root / "in").rglob("*.dcm")):
                files.keep(path.read_bytes(), path.name)
        fill(bench.workplace.store, root / "case")
        bench.workplace.clinic.write(synthetic_patient(), who="tester", why="synthetic")
        return root, verified(bench).removeprefix(API)


@pytest.fixture(scope="module")
def served(verification: tuple[Path, str]) -> Iterator[Served]:
    with served_at(verification[0]) as server:
        yield server


def luminance(colour: str) -> float:
    """Relative luminance of ``#rgb`` or ``#rrggbb`` (WCAG 2.2)."""
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(2 * each for each in digits)
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_ratios_that_are_published() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", ["Dark", "Light"])
def test_text_and_focus_stand_out_in_both_themes(page: Page, theme: str) -> None:
    page.get_by_role("button", name=theme, exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
    colours = page.evaluate(COLOURS)
    weak = {
        (text, ground): round(contrast(colours[text], colours[ground]), 2)
        for text in TEXT
        for ground in GROUNDS
        if contrast(colours[text], colours[ground]) < AA
    }
    assert weak == {}
    assert contrast(colours["on-accent"], colours["accent"]) >= AA
    assert all(contrast(colours["focus"], colours[ground]) >= AA_MARKS for ground in GROUNDS)


@pytest.mark.parametrize("place", PLACES)
def test_each_page_has_one_title_and_a_name_for_each_control(page: Page, served: Served, place: str) -> None:
    page.goto(served.origin + place)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.evaluate(NAMELESS) == []
    levels = [int(each) for each in page.evaluate(LEVELS)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_keyboard_alone_leads_through_a_page(page: Page, served: Served) -> None:
    page.goto(f"{served.origin}/cases")
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUSED)
        assert found["seen"], found
        reached.append(found["name"])
        if found["name"] == "Bring in the digital patient":
            break
    wanted = ["Skip to the content", "Patients", "English", "Dark", "Choose a folder", "Choose files"]
    assert [each for each in reached if each in wanted] == wanted
    assert reached[-1] == "Bring in the digital patient"
    page.goto(f"{served.origin}/cases")
    expect(page.get_by_role("button", name="Choose a folder")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert re.search("#content$", page.url)


def fill_in(page: Page) -> None:
    """Open a form that has something to say."""
    page.get_by_role("button", name="Change", exact=True).first.click()
    page.get_by_label("KPS").fill("850")
    expect(page.get_by_text("expected a whole number")).to_be_visible()


def ask_rules(page: Page) -> None:
    page.get_by_role("button", name="Hold against the criteria").click()
    page.get_by_role("button", name="Prescribe by rule").click()
    expect(page.get_by_role("alert")).to_be_visible()


def check_example(page: Page) -> None:
    page.get_by_role("button", name="Check the shipped example").click()
    expect(page.get_by_role("columnheader", name="Where").first).to_be_visible(timeout=LONGEST_S * 1000)


def first_case(page: Page) -> None:
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.locator("canvas[data-axis=z]")).to_be_visible()


def new_patient(page: Page) -> None:
    page.get_by_role("button", name="New patient").click()
    page.get_by_label("Patient", exact=True).fill("SYN-99")
    page.get_by_role("button", name="Next", exact=True).first.click()
    expect(page.get_by_label("Date of birth")).to_be_visible()


def nothing(_page: Page) -> None: ...


SHOWN: dict[str, Callable[[Page], None]] = {
    "/patients": nothing,
    "/patients?": new_patient,
    f"/patients/{PATIENT}": nothing,
    f"/patients/{PATIENT}/records": fill_in,
    f"/patients/{PATIENT}/rules": nothing,
    f"/patients/{PATIENT}/rules?": ask_rules,
    "/cases": nothing,
    "/cases?": first_case,
    "/cohort": nothing,
    "/cohort/audit": check_example,
    "/jobs": nothing,
    "/accounts": nothing,
    "/no-such-page": nothing,
}


def found_dark_and_light(page: Page) -> list[object]:
    """Return what axe-core finds wrong with a page in either theme."""
    page.wait_for_load_state("networkidle")
    found: list[object] = []
    for theme, only in (("Dark", ""), ("Light", "color-contrast")):
        page.get_by_role("button", name=theme, exact=True).click()
        expect(page.locator("html")).to_have_attribute("data-theme", theme.lower())
        found += [(theme, *each) for each in violations(page, only)]
    return found


def test_axe_finds_nothing_wrong_with_lists_forms_and_rules(
    page: Page, served: Served, watched: Watched
) -> None:
    watched.expected.append("status of 400")  # a prescription whose facts are not stated
    found = {}
    for place, do in SHOWN.items():
        page.goto(served.origin + place)
        expect(page.locator(":is(h1, h2):visible").first).to_be_visible()
        do(page)
        found[place] = found_dark_and_light(page)
    assert {place: each for place, each in found.items() if each} == {}


def test_axe_finds_nothing_wrong_with_a_verification(
    page: Page, served: Served, verification: tuple[Path, str]
) -> None:
    page.goto(served.origin + verification[1])
    expect(page.locator("canvas[data-axis=z]").first).to_be_visible()
    assert found_dark_and_light(page) == []


def test_axe_finds_nothing_wrong_with_a_plan(page: Page, served: Served) -> None:
    case = next(each for each in ask(page, "GET", "/cases")["cases"] if each["images"] == GRID.shape[0])
    start = {"prescription_gy": 120, "target": TARGET, "strengths_u": [STRENGTH_U]}
    begun = ask(page, "POST", f"/cases/{case['case']}/plans", start)
    edit = {
        "kind": "add_needle", "entry_mm": [0, 0, 45], "tip_mm": [0, 0, -15],
        "depths_mm": [35, 45, 55], "strength_u": STRENGTH_U,
    }  # fmt: skip
    ask(page, "POST", f"/plans/{begun['plan']}/edits", {"version": 1, "edit": edit})
    page.goto(f"{served.origin}/plans/{begun['plan']}")
    expect(page.locator(".depths button")).to_have_count(3)
    assert found_dark_and_light(page) == []


def test_axe_finds_nothing_wrong_in_chinese(page: Page, served: Served) -> None:
    page.goto(f"{served.origin}/patients/{PATIENT}")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("heading", name="随访计划")).to_be_visible()
    assert violations(page) == []


def test_in_chinese_what_is_typed_wrong_and_what_is_not_there_is_told_in_chinese(
    page: Page, served: Served, watched: Watched
) -> None:
    watched.expected.append("status of 404")
    page.goto(f"{served.origin}/patients/{PATIENT}/records")
    page.get_by_role("button", name="中文").click()
    page.get_by_role("button", name="修改", exact=True).first.click()
    page.get_by_label("KPS").fill("850")
    expect(page.get_by_text("“KPS评分”填写为 '850'；应为 0 至 100 的整数")).to_be_visible()
    page.goto(f"{served.origin}/patients/nobody")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("没有找到")
    expect(alert).to_contain_text("登记库中没有患者“nobody”")
    assert not re.search("[a-z]{4}", alert.inner_text().replace("nobody", ""))


def test_who_must_sign_in_again_cannot_get_behind_the_dialog(
    page: Page, served: Served, watched: Watched
) -> None:
    watched.expected.append("status of 401")
    page.goto(f"{served.origin}/patients/{PATIENT}/records")
    page.get_by_role("button", name="Change", exact=True).first.click()
    page.get_by_label("Note").fill("half typed")
    page.context.clear_cookies()
    page.get_by_label("KPS").fill("80")
    dialog = page.get_by_role("dialog", name="Sign in")
    expect(dialog).to_be_visible()
    assert violations(page) == []
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = page.evaluate("document.activeElement.closest('[role=dialog]') !== null")
        assert inside or page.evaluate("document.activeElement === document.body")
    other = page.context.new_page()
    served.enter(other)
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Note")).to_have_value("half typed")
    expect(page.get_by_label("KPS")).to_have_value("80")
