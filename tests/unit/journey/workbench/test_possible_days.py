"""Days that cannot be are refused, and those at the limits are not."""

from datetime import date

import pytest

from seedbed.errors import InputError
from seedbed.journey.workbench.possible_days import check_data_cut, check_implanted

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize("on", [None, date(1960, 1, 1), date(2026, 3, 2)])
def test_an_implantation_up_to_the_day_of_the_ct(on: date | None) -> None:
    check_implanted(on, 1, ct_day="2026-03-02", today=TODAY)


@pytest.mark.parametrize("on", [date(1800, 1, 1), date(1959, 12, 31), date(2026, 3, 3), date(2999, 1, 1)])
def test_an_implantation_that_cannot_be(on: date) -> None:
    with pytest.raises(InputError, match=on.isoformat()):
        check_implanted(on, None, ct_day="2026-03-02", today=TODAY)


def test_without_a_day_of_the_ct_it_is_not_in_the_future() -> None:
    check_implanted(TODAY, None, ct_day=None, today=TODAY)
    with pytest.raises(InputError, match="to today"):
        check_implanted(date(2026, 3, 12), None, ct_day=None, today=TODAY)


def test_no_seed_is_no_implantation() -> None:
    with pytest.raises(InputError, match="0 seeds implanted"):
        check_implanted(None, 0, ct_day=None, today=TODAY)


@pytest.mark.parametrize("on", [date(1800, 1, 1), date(2026, 3, 12), date(2999, 1, 1)])
def test_a_data_cut_that_cannot_be(on: date) -> None:
    with pytest.raises(InputError, match="data cut"):
        check_data_cut(on, today=TODAY)
