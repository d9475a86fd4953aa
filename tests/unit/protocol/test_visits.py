from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.protocol import visits_due

STARTS = st.dates(date(2016, 1, 1), date(2030, 12, 31))


@given(STARTS, st.integers(0, 4000))
def test_visits_are_ordered_and_end_with_the_horizon(start: date, days: int) -> None:
    until = start + timedelta(days=days)
    due = [visit.on for visit in visits_due(start, until=until)]
    assert due == sorted(set(due))
    assert all(start < day <= until for day in due)


@given(STARTS)
def test_the_day_of_the_month_is_kept_or_is_its_last(start: date) -> None:
    for visit in visits_due(start, until=date(2036, 12, 31)):
        after = visit.on + timedelta(days=1)
        assert visit.on.day == start.day or (visit.on.day < start.day and after.day == 1)
        assert (visit.on.year - start.year) * 12 + visit.on.month - start.month == visit.month


def test_a_short_month_does_not_shift_the_visits_after_it() -> None:
    due = visits_due(date(2025, 8, 31), until=date(2026, 8, 31))
    assert [visit.on for visit in due][-2:] == [date(2026, 2, 28), date(2026, 8, 31)]


def test_without_the_drug_nobody_asks_about_it() -> None:
    start, until = date(2026, 1, 1), date(2026, 3, 1)
    with_drug, without = visits_due(start, until=until)[0], visits_due(start, until=until, with_drug=False)[0]
    assert set(with_drug.rule_ids) - set(without.rule_ids) == {"ITEM-DRUG"}
    assert with_drug.label == "month 2"


def test_no_visit_is_due_at_once() -> None:
    assert visits_due(date(2026, 1, 1), until=date(2026, 1, 1)) == ()


def test_a_horizon_before_the_start_is_refused() -> None:
    with pytest.raises(InputError, match="exchange the two dates"):
        visits_due(date(2026, 1, 2), until=date(2026, 1, 1))
