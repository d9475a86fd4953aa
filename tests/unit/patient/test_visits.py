from datetime import date

import pytest

from seedbed.errors import InputError
from seedbed.patient import PartialDate, Visit, visits_in_order


def visit(text: str, number: float | None = None) -> Visit:
    stated = PartialDate(text)
    return Visit(on=stated.earliest, stated=stated, number=number)


def test_sure_dates_decide_before_numbers() -> None:
    ordered = visits_in_order([visit("2026-03-01", 2), visit("2026-01-01", 9), visit("2026-02-01")])
    assert [str(each.when) for each in ordered] == ["2026-01-01", "2026-02-01", "2026-03-01"]


@pytest.mark.parametrize(
    ("number", "expected"), [(2, ["2026-02", "2026-02-20"]), (4, ["2026-02-20", "2026-02"])]
)
def test_numbers_decide_where_dates_do_not(number: int, expected: list[str]) -> None:
    ordered = visits_in_order([visit("2026-02-20", 3), visit("2026-02", number)])
    assert [str(each.when) for each in ordered] == expected


def test_a_stated_date_begins_with_its_day() -> None:
    with pytest.raises(InputError, match="is stated as 2026-02"):
        Visit(on=date(2026, 2, 5), stated=PartialDate("2026-02"))
