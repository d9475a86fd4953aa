"""The table of words: the same keys, the same values, and none that no sheet says."""

import re
from importlib.resources import files
from string import Formatter

import pytest

from seedbed.implant.assay import assay
from seedbed.implant.release import release
from seedbed.report import NOTICE
from seedbed.report.order_sheet import assay_text, release_text
from seedbed.report.words import LANGUAGES, say_in, sheet_name, words

PLACES = (files("seedbed.report"), files("seedbed.report") / "templates", files("seedbed.journey.plan"))
CHINESE = re.compile(r"[一-鿿]")
SAME_IN_BOTH = {"html.lang", "plan.strength_is", "plan.target", "plan.prescription", "plan.doses",
                "needle.of_strength", "decision.activity"}  # fmt: skip

KNOWN = {
    "Seedbed", "SHA", "Gy", "mm", "mCi", "MBq", "U", "u", "v", "w", "Edition", "seedbed", "needle", "order",
    "plan", "verification", "sheet", "decision", "drug", "dcm", "dose", "json", "guide", "stl",
}  # fmt: skip
"""Units, names of files and of the program; editions of the rules, which are English."""


def sources() -> str:
    """All code and templates that may say something."""
    names = [path for place in PLACES for path in place.iterdir() if path.name.endswith((".py", ".html"))]
    return "\n".join(path.read_text(encoding="utf-8") for path in names)


def said(text: str) -> tuple[set[str], set[str]]:
    """Keys that are said, and beginnings of keys that end in a value."""
    whole = {key for _, key in re.findall(r"""(["'])([a-z_0-9]+(?:\.[a-z_0-9]+)*)\1""", text)}
    begun = set(re.findall(r'say\(\s*f"([a-z_.]+)\{', text)) | set(re.findall(r'say\("([a-z_.]+)" ~', text))
    return whole, begun


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_each_word_is_there_in_each_language_with_the_same_values() -> None:
    english, chinese = (words(language) for language in LANGUAGES)
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert placeholders(text) == placeholders(chinese[key]), key


def test_chinese_is_chinese_and_english_is_not() -> None:
    assert not [key for key, text in words("en").items() if CHINESE.search(text)]
    untranslated = {key for key, text in words("zh").items() if not CHINESE.search(text)}
    assert untranslated - {"plan.and", "push.and"} == SAME_IN_BOTH


def test_each_word_is_said_by_some_sheet() -> None:
    whole, begun = said(sources())
    unsaid = [key for key in words("en") if key not in whole and not key.startswith(tuple(begun))]
    assert unsaid == []


def test_templates_say_no_word_that_is_not_in_the_table() -> None:
    asked = set(re.findall(r'say\("([a-z_0-9.]+)"[,)]', sources()))
    assert len(asked) > 100
    assert asked - words("en").keys() == set()


@pytest.mark.parametrize(
    "template",
    [
        "decision.html",
        "drug.html",
        "needle_sheet.html",
        "order.html",
        "plan.html",
        "verification.html",
        "sheet.html",
    ],
)
def test_templates_hold_no_words_of_their_own(template: str) -> None:
    text = (files("seedbed.report") / "templates" / template).read_text(encoding="utf-8")
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{% block style %\}.*?\{% endblock %\}", " ", text, flags=re.DOTALL)
    body = re.sub(r"^\.[a-z].*$", " ", re.sub(r"<[^>]*>", " ", text), flags=re.MULTILINE)
    assert set(re.findall(r"[A-Za-z]+", body)) - KNOWN == set()


def test_the_notice_is_the_notice_of_every_page() -> None:
    assert say_in("en")("notice") == NOTICE


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        say_in("zh")("no such word")


@pytest.mark.parametrize(
    ("mbq", "rate", "nuclide"),
    [(100.0, None, "I-125"), (492.1, None, "I-125"), (492.1, 0.01, "I-125"), (492.1, 0.02, "I-125"),
     (492.1, None, "Cs-131")],
)  # fmt: skip
def test_release_in_words_is_what_the_rule_says(mbq: float, rate: float | None, nuclide: str) -> None:
    found = release(mbq, radionuclide=nuclide, measured_msv_per_h=rate)
    assert release_text(found, say_in("en")) == found.sentence
    chinese = release_text(found, say_in("zh"))
    assert set(re.findall(r"\d+\.?\d*", chinese)) == set(re.findall(r"\d+\.?\d*", found.sentence))


@pytest.mark.parametrize("measured", [(0.889, 0.889), (0.92, 0.92, 0.92), (0.95,), (0.889, 0.889, 0.98)])
def test_assay_in_words_is_what_the_rule_says(measured: tuple[float, ...]) -> None:
    found = assay(measured, stated_u=0.889, seeds=22)
    assert assay_text(found, say_in("en")) == found.sentence
    numbers = r"[+-]?\d+\.?\d*"
    assert sorted(re.findall(numbers, assay_text(found, say_in("zh")))) == sorted(
        re.findall(numbers, found.sentence)
    )


def test_sheets_of_two_languages_have_two_names() -> None:
    assert len({sheet_name("plan", language, "pdf") for language in LANGUAGES}) == len(LANGUAGES)
