from datetime import date

import numpy as np
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from seedbed.protocol.visit_matching import days_after_months


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.integers(0, 600))
def test_months_are_counted_as_dateutil_counts_them(start: date, months: int) -> None:
    found = days_after_months(np.array([start.toordinal()]), np.array([months]))
    assert date.fromordinal(int(found[0, 0])) == start + relativedelta(months=months)
