"""What stands on each page, and that no name can break out of it."""

from datetime import date

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from seedbed.report.sheet import SheetHead, css_string, patient_line, plan_line, running_css
from seedbed.report.words import say_in

HOSTILE = "</style><script>alert(1)</script>\"; } body { display: none } \\22 O'Neill \n 王小东"
DIGITS = "0123456789abcdef" * 4


def head(**changes) -> SheetHead:
    made = {
        "dated": date(2026, 1, 5), "version": "9.9", "patient_name": "Li Ming", "patient_id": "P-17",
        "birth_date": "1960-02-29", "study_date": "2026-01-05", "plan": "GTV, 120 Gy", "plan_sha256": DIGITS,
    }  # fmt: skip
    return SheetHead(**{**made, **changes})


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_css_string_means_the_text_and_ends_where_it_ends(text: str) -> None:
    """Read back by another program, tinycss2, by the rules of CSS Syntax."""
    (token,) = tinycss2.parse_component_value_list(css_string(text))
    assert token.type == "string"
    assert token.value == text


def test_a_css_string_cannot_end_a_style_element() -> None:
    css = running_css(head(patient_name=HOSTILE, patient_id=HOSTILE, plan=HOSTILE), say_in("en"))
    assert "<" not in css
    assert "script>" not in css
    (rule,) = tinycss2.parse_stylesheet(css)
    assert (rule.type, rule.at_keyword) == ("at-rule", "page")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_lines_name_patient_and_plan(language: str) -> None:
    say = say_in(language)
    for part in ("Li Ming", "P-17", "1960-02-29"):
        assert part in patient_line(head(), say)
    assert plan_line(head(), say) == "GTV, 120 Gy · SHA-256 0123 4567 89ab cdef"


def test_what_is_not_known_is_said() -> None:
    say = say_in("en")
    assert patient_line(head(patient_name="", patient_id=""), say) == "No patient stated"
    assert patient_line(head(patient_name=""), say).startswith("(no name) · ID P-17")
    assert "ID (none stated)" in patient_line(head(patient_id=""), say)
    assert plan_line(head(plan="", plan_sha256=""), say) == "No plan stated"
