"""Lines fit their width, lose no letter, and names that no space parts are broken too."""

from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.report.cohort_figures.lettering import DOTS, shortened, width_mm, wrapped


@given(st.text(alphabet="ab WM联合组（）,.", min_size=1, max_size=60))
@settings(max_examples=40, deadline=None)
def test_lines_are_narrow_enough_and_lose_nothing(text: str) -> None:
    lines = wrapped(text, 14.0, 6.5)
    assert all(width_mm(line, 6.5) <= 14.0 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_is_left_out_is_told_by_dots() -> None:
    lines = wrapped("one two three four five six seven", 10.0, 6.5, lines=2)
    assert len(lines) == 2
    assert lines[1].endswith(DOTS)
    assert shortened("abc", 0.1, 6.5) == DOTS


def test_bold_is_wider_and_twice_the_size_is_twice_the_width() -> None:
    assert width_mm("Group A", 6.5, "bold") > width_mm("Group A", 6.5)
    assert abs(width_mm("Group A", 13.0) / width_mm("Group A", 6.5) - 2) < 0.03
