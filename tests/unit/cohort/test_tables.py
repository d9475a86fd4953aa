"""Cells: counts, percentages, p-values, minus signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.cohort.tables import count_cell, missing_row, number_text, p_text, percent_text, signed


@pytest.mark.parametrize(
    ("p", "text"), [(0.0009999, "<0.001"), (0.001, "0.001"), (0.0004, "<0.001"), (1.0, "1.000"), (None, "")]
)
def test_p_values(p: float | None, text: str) -> None:
    assert p_text(p) == text


@given(st.integers(0, 500), st.integers(1, 500))
def test_percentages_round_halves_up(count: int, of: int) -> None:
    shown = int(percent_text(count, of).rstrip("%"))
    assert 2 * shown * of <= 200 * count + of < 2 * (shown + 1) * of


def test_a_count_among_nobody_has_no_percentage() -> None:
    assert count_cell(0, 0).numbers == {"n": 0, "of": 0, "percent": None}
    assert count_cell(4, 14).text == "4 (29%)"


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_no_text_begins_with_a_hyphen(value: float, decimals: int) -> None:
    text = signed(value, decimals)
    assert not text.startswith("-")
    assert float(text.replace("\u2212", "-")) == pytest.approx(value, abs=0.51 * 10.0**-decimals)


def test_whole_numbers_show_what_lies_between_them() -> None:
    assert [number_text(value, 0) for value in (90.0, 77.5, 82.25)] == ["90", "77.5", "82.25"]
    assert number_text(None, 2) == "not estimable"


def test_a_row_of_missing_values_only_where_there_are_any() -> None:
    assert missing_row("tg_2", (0, 0)) is None
    row = missing_row("tg_2", (0, 3))
    assert row is not None
    assert [cell.text for cell in row.cells] == ["0", "3", ""]
