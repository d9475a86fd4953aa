from datetime import date, timedelta
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.marker_doubling import tg_doubling_time
from seedbed.response.marker_samples import MarkerValue, TgSample

START = date(2022, 1, 1)


def sample(
    days: int, tg: float | str, *, tsh: str | None = "<0.01", assay: str = "A", positive: bool | None = False
) -> TgSample:
    return TgSample(
        on=START + timedelta(days),
        tg=MarkerValue.of(f"{tg:.9f}" if isinstance(tg, float) else tg),
        tg_assay=assay,
        tgab_positive=positive,
        tsh_mu_per_l=None if tsh is None else MarkerValue.of(tsh),
    )


@given(
    st.floats(0.2, 8),
    st.sampled_from([1, -1]),
    st.lists(st.integers(1, 700), min_size=3, max_size=8, unique=True),
)
def test_an_exact_exponential_doubles_in_its_time(years: float, sign: int, days: list[int]) -> None:
    course = [sample(day, 50.0 * 2 ** (sign * day / 365.25 / years)) for day in days]
    found = tg_doubling_time(course)
    assert found.years == pytest.approx(sign * years, rel=1e-4)


def test_the_interval_is_that_of_the_slope() -> None:
    """Closed form of ordinary least squares; Student's t of 3 degrees at 97.5 %: 3.182 (tables)."""
    days, values = [0, 200, 400, 600, 800], [10.0, 14.0, 17.0, 26.0, 30.0]
    x, y = np.array(days) / 365.25, np.log(values)
    sxx = float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x.mean()) * (y - y.mean())).sum()) / sxx
    left = y - y.mean() - slope * (x - x.mean())
    error = sqrt(float((left**2).sum()) / 3 / sxx)
    found = tg_doubling_time([sample(day, value) for day, value in zip(days, values, strict=True)])
    assert found.rate_per_year == pytest.approx(slope, rel=1e-6)
    assert found.rate_interval_per_year == pytest.approx(
        (slope - 3.18245 * error, slope + 3.18245 * error), rel=1e-5
    )
    low, high = found.rate_interval_per_year
    assert found.interval_years == pytest.approx((log(2) / high, log(2) / low))
    assert found.note == ""


def test_the_interval_holds_the_true_time_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    days, held = [0, 120, 240, 360, 480, 600], 0
    for _ in range(400):
        values = np.exp(np.log(20) + log(2) * np.array(days) / 365.25 / 1.5 + rng.normal(0, 0.1, 6))
        found = tg_doubling_time(
            [sample(day, value) for day, value in zip(days, values.tolist(), strict=True)]
        )
        low, high = found.rate_interval_per_year
        held += low <= log(2) / 1.5 <= high
    # 95 % of 400 with a binomial standard deviation of 1.1 %, three and a half of them
    assert abs(held / 400 - 0.95) < 0.038


def test_a_rate_that_may_be_zero_has_no_interval_of_time() -> None:
    found = tg_doubling_time([sample(0, 10.0), sample(200, 14.0), sample(400, 9.0), sample(600, 12.0)])
    assert found.interval_years is None
    assert found.rate_interval_per_year[0] < 0 < found.rate_interval_per_year[1]


def test_a_flat_line_never_doubles() -> None:
    assert tg_doubling_time([sample(day, 10.0) for day in (0, 100, 200)]).years is None


def test_each_sample_that_is_left_out_says_why() -> None:
    found = tg_doubling_time(
        [
            sample(0, 10.0),
            sample(10, "<0.04"),
            sample(20, 10.0, tsh="0.1"),
            sample(30, 10.0, tsh=None),
            sample(40, 10.0, positive=True),
            sample(50, 10.0, positive=None),
            sample(60, 10.0, assay="B"),
            sample(70, 10.0, assay=""),
            sample(80, "0"),
            sample(90, 11.0, tsh="<0.1"),
            sample(100, 12.0, tsh="0.09"),
        ]
    )
    assert [(on - START).days for on in found.used] == [0, 90, 100]
    assert [reason for _, reason in found.left_out] == [
        "Tg is known only as <0.04",
        "TSH of 0.1 mU/L, not below 0.1 mU/L",
        "TSH is not stated, not below 0.1 mU/L",
        "TgAb is positive",
        "TgAb is not stated",
        "assay 'B', not 'A'",
        "the assay is not stated",
        "Tg of 0 has no logarithm",
    ]
    assert found.note == "3 values; the published series used 4 or more"


def test_too_few_values_are_refused_with_the_reasons() -> None:
    with pytest.raises(InputError, match=r"2 days with a Tg that can be used \(left out: 2022-07-20: TgAb"):
        tg_doubling_time([sample(0, 10.0), sample(100, 11.0), sample(200, 12.0, positive=True)])
    with pytest.raises(InputError, match="1 days"):
        tg_doubling_time([sample(0, 10.0), sample(0, 11.0), sample(0, 12.0)])
    with pytest.raises(InputError, match="0 days"):
        tg_doubling_time([])
    with pytest.raises(InputError, match="between 0 and 1"):
        tg_doubling_time([sample(0, 10.0)], level=95)


@pytest.mark.parametrize(
    ("limit", "said"),
    [(None, "TgAb 10 has no limit"), (115.0, "TgAb >10 may be below or above its limit of 115")],
)
def test_an_antibody_that_is_not_known_is_told_with_its_value(limit: float | None, said: str) -> None:
    tgab = MarkerValue.of("10" if limit is None else ">10")
    unknown = TgSample(
        on=START + timedelta(40),
        tg=MarkerValue.of("10"),
        tg_assay="A",
        tsh_mu_per_l=MarkerValue.of("<0.01"),
        tgab=tgab,
        tgab_limit=limit,
    )
    found = tg_doubling_time([sample(0, 10.0), sample(20, 10.5), unknown, sample(60, 11.0)])
    assert [reason for _, reason in found.left_out] == [said]
