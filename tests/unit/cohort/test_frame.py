"""The analysis set: columns, groups, missing values, and age by a partial date of birth."""

from datetime import date, timedelta

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.frame import age_counted, age_years, make_column
from seedbed.errors import InputError
from seedbed.patient import PartialDate

DAYS = st.dates(date(1930, 1, 1), date(2005, 12, 31)).filter(lambda day: (day.month, day.day) != (2, 29))
LATER = st.dates(date(2010, 1, 1), date(2025, 12, 31))


@given(DAYS, LATER)
def test_age_is_the_completed_years(born: date, on: date) -> None:
    years = relativedelta(on, born).years
    assert age_years(PartialDate.of(born), on) == (years, years)
    assert age_counted(PartialDate.of(born), on) == (years, False)


@given(DAYS, LATER)
def test_a_partial_birth_brackets_the_age(born: date, on: date) -> None:
    years = relativedelta(on, born).years
    for text in (str(born.year), born.isoformat()[:7]):
        low, high = age_years(PartialDate(text), on)
        assert low <= years <= high <= low + 1
        counted, left_open = age_counted(PartialDate(text), on)
        assert counted in (low, high)
        assert left_open == (low != high)
        assert age_counted(PartialDate(text), on, partial="leave out")[0] == (None if left_open else low)


def test_the_middle_of_a_year_is_the_second_of_july() -> None:
    assert age_counted(PartialDate("1961"), date(2025, 7, 1)) == (63, True)
    assert age_counted(PartialDate("1961"), date(2025, 7, 2)) == (64, True)


def test_a_birth_after_treatment_is_refused() -> None:
    with pytest.raises(InputError, match="a birth on 2026"):
        age_years(PartialDate("2026"), date(2025, 1, 1) - timedelta(days=1))


def test_groups_samples_counts_and_missing() -> None:
    data = analysis_set(
        ["A", "B", "A", "B", "B"], sex=["male", "female", None, "male", "male"], kps=[90, None, 80, None, 70]
    )
    assert data.sizes == (2, 3)
    assert data.titles() == ("Group A (N=2)", "Group B (N=3)")
    assert data.counts("sex").tolist() == [[1, 0], [2, 1]]
    assert data.missing("sex") == (1, 0)
    assert [each.tolist() for each in data.samples("kps")] == [[90.0, 80.0], [70.0]]
    assert data.column("sex").plain() == ["male", "female", None, "male", "male"]


def test_rows_with_every_value() -> None:
    data = analysis_set(["A", "A", "A"], tg_0=[5, 6, 7], tg_2=[1, None, 3])
    assert data.together(["tg_0", "tg_2"], 0).tolist() == [[5.0, 1.0], [7.0, 3.0]]


def test_truths_and_numbers_become_classes() -> None:
    column = make_column("ecog", [0, 1, None], sources=[()] * 3)
    assert column.plain() == ["0", "1", None]
    assert np.isnan(column.values[2])
    assert make_column("os_event", [True, False], sources=[()] * 2).plain() == ["yes", "no"]


def test_an_unknown_class_and_column_are_refused() -> None:
    with pytest.raises(InputError, match="'Gender' is 'm'"):
        make_column("sex", ["m"], sources=[()])
    with pytest.raises(InputError, match="2 values of 'sex' and 1 sources"):
        make_column("sex", ["male", "male"], sources=[()])
    with pytest.raises(InputError, match="the column 'agee'"):
        analysis_set(["A"]).column("agee")
