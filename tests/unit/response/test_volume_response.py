from datetime import date, timedelta
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import LesionMeasurement
from seedbed.response.volume import ellipsoid_volume_cc
from seedbed.response.volume_response import VolumeResponse, volume_responses, volume_rules, vrr_log_sd

START = date(2026, 1, 5)


def measured(*sizes: float | tuple[float, float, float] | None) -> list[LesionMeasurement]:
    rows = []
    for number, size in enumerate(sizes):
        ap, cc, transverse = size if isinstance(size, tuple) else (size, size, size)
        rows.append(
            LesionMeasurement(
                lesion="T1", on=START + timedelta(60 * number), ap_mm=ap, cc_mm=cc, transverse_mm=transverse
            )
        )
    return rows


def last(*sizes: float | tuple[float, float, float] | None, sd_mm: float | None = None) -> VolumeResponse:
    return volume_responses(measured(*sizes), diameter_sd_mm=sd_mm)[-1]


def test_the_limits_are_those_that_recist_prints() -> None:
    """Therasse et al. 2000: 65 % less and 73 % more volume for 30 % and 20 % of the diameter."""
    rules = volume_rules()
    assert rules.decreased.volume_pct == pytest.approx(100 * (1 - 0.343))
    assert int(rules.decreased.volume_pct) == 65
    assert rules.increased.volume_pct == pytest.approx(100 * (1.728 - 1))
    assert round(rules.increased.volume_pct) == 73


@pytest.mark.parametrize(
    ("sizes", "category"),
    [
        ((10.0, 7.0), "decreased"),
        ((10.0, 7.001), "stable"),
        ((10.0, 12.0), "increased"),
        ((10.0, 11.999), "stable"),
        ((10.0, 5.0, 6.0), "increased"),  # from the smallest, though 78 % below baseline
        ((10.0, 5.0, 5.9), "decreased"),
        ((10.0, 0.0), "gone"),
        ((10.0, 0.0, 2.0), "increased"),
        ((10.0, 0.0, 0.0), "gone"),
        ((10.0, None), "not evaluable"),
        ((10.0, None, 7.0), "decreased"),
    ],
)
def test_a_sphere_is_judged_as_its_diameter(sizes: tuple[float | None, ...], category: str) -> None:
    assert last(*sizes).category == category


@given(st.floats(5, 200), st.floats(5, 200), st.floats(5, 200), st.floats(0.1, 0.699))
def test_any_ellipsoid_that_shrinks_alike_is_judged_as_a_sphere(
    a: float, b: float, c: float, scale: float
) -> None:
    found = last((a, b, c), (a * scale, b * scale, c * scale))
    assert found.category == "decreased"
    assert found.reduction_pct == pytest.approx(100 * (1 - scale**3))


def test_the_interval_holds_as_often_as_it_says() -> None:
    """Made-up errors of 1 mm on 30 x 35 x 40 and 20 x 25 x 30 mm, against the true rate."""
    rng = np.random.default_rng(3)
    before, now = np.array([30.0, 35.0, 40.0]), np.array([20.0, 25.0, 30.0])
    true = 100 * (1 - now.prod() / before.prod())
    held = 0
    for first, second in zip(
        before + rng.normal(0, 1, (2000, 3)), now + rng.normal(0, 1, (2000, 3)), strict=True
    ):
        interval = last(tuple(first.tolist()), tuple(second.tolist()), sd_mm=1.0).interval_pct
        assert interval is not None
        held += interval[0] <= true <= interval[1]
    # 95 % of 2000 with a binomial standard deviation of 0.5 %, four of them
    assert abs(held / 2000 - 0.95) < 0.02


def test_the_error_of_the_logarithm_is_that_of_drawn_volumes() -> None:
    rng = np.random.default_rng(4)
    before, now = np.array([30.0, 35.0, 40.0]), np.array([20.0, 25.0, 30.0])
    drawn = np.log((now + rng.normal(0, 0.3, (100_000, 3))).prod(axis=1))
    drawn -= np.log((before + rng.normal(0, 0.3, (100_000, 3))).prod(axis=1))
    assert vrr_log_sd(before, now, diameter_sd_mm=0.3) == pytest.approx(float(drawn.std()), rel=0.01)


def test_a_category_is_certain_where_both_ends_share_it() -> None:
    assert last(30.0, 15.0, sd_mm=1.0).certain is True
    assert last(30.0, 20.9, sd_mm=1.0).certain is False
    assert last(30.0, 30.0, sd_mm=0.5).certain is True
    assert last(30.0, 30.0).certain is None


def test_a_category_is_not_called_certain_where_one_interval_is_missing() -> None:
    found = last(30.0, 4.9, 20.0, sd_mm=1.0)
    assert found.interval_pct is not None
    assert found.certain is None


@pytest.mark.parametrize("now", [0.0, 4.9])
def test_a_diameter_too_small_for_the_error_has_no_interval(now: float) -> None:
    found = last(30.0, now, sd_mm=1.0)
    assert found.interval_pct is None
    assert found.certain is None
    assert found.reduction_pct == pytest.approx(100 * (1 - (now / 30) ** 3))


def test_the_volume_is_that_of_the_ellipsoid() -> None:
    assert last((10.0, 20.0, 30.0), (9.0, 18.0, 27.0)).volume_cc == ellipsoid_volume_cc(9.0, 18.0, 27.0)


@pytest.mark.parametrize("sd_mm", [0.0, -1.0, nan, inf])
def test_an_impossible_error_is_refused(sd_mm: float) -> None:
    with pytest.raises(InputError, match="standard deviation above 0"):
        last(30.0, 20.0, sd_mm=sd_mm)


def test_what_has_no_baseline_or_order_is_refused() -> None:
    with pytest.raises(InputError, match="no volume at baseline"):
        volume_responses([])
    with pytest.raises(InputError, match="no volume at baseline"):
        last(0.0, 10.0)
    with pytest.raises(InputError, match="at baseline"):
        last(None, 10.0)
    with pytest.raises(InputError, match="in the order of time"):
        volume_responses(measured(10.0, 9.0)[::-1])
    with pytest.raises(InputError, match="in the order of time"):
        volume_responses(measured(10.0)[:1] * 2)
    with pytest.raises(InputError, match="between 0 and 1"):
        volume_responses(measured(10.0, 9.0), level=95.0)


@pytest.mark.parametrize("sd_mm", [None, 1.0])
def test_a_lesion_recorded_as_absent_is_gone(sd_mm: float | None) -> None:
    absent = LesionMeasurement(lesion="T1", on=START + timedelta(60), state="absent")
    (found,) = volume_responses([*measured(30.0), absent], diameter_sd_mm=sd_mm)
    assert (found.category, found.volume_cc, found.reduction_pct) == ("gone", 0.0, 100.0)
    assert found.interval_pct is None


def test_a_lesion_that_comes_back_has_increased() -> None:
    absent = LesionMeasurement(lesion="T1", on=START + timedelta(30), state="absent")
    first, second = measured(30.0, 10.0)
    assert [each.category for each in volume_responses([first, absent, second])] == ["gone", "increased"]
