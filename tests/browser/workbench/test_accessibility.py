"""Pages for everybody: names for every control, headings, contrast by WCAG 2.2, and the keyboard."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect
from tests.browser.workbench.serving import Served

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
