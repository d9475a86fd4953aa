import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics import lilliefors, shapiro_wilk
from seedbed.statistics.normality import _critical_at_fifth, _lilliefors_p

# Dallal and Wilkinson (1986), table 1, typed again: n, and D at 0.20, 0.10, 0.05, 0.01
CRITICAL = [
    (8, 0.239, 0.265, 0.288, 0.333),
    (10, 0.217, 0.241, 0.262, 0.304),
    (14, 0.187, 0.208, 0.226, 0.262),
    (19, 0.163, 0.181, 0.197, 0.228),
]


@pytest.mark.parametrize(("n", "fifth", "tenth", "twentieth", "hundredth"), CRITICAL)
def test_p_values_at_the_critical_values_of_dallal_and_wilkinson(n, fifth, tenth, twentieth, hundredth):
    assert _lilliefors_p(tenth, n) == pytest.approx(0.10, abs=0.006)
    assert _lilliefors_p(twentieth, n) == pytest.approx(0.05, abs=0.004)
    assert _lilliefors_p(hundredth, n) == pytest.approx(0.01, abs=0.002)
    assert _lilliefors_p(fifth + 1e-9, n) == pytest.approx(0.20, abs=1e-6)
    assert _lilliefors_p(fifth - 0.001, n) == 0.2


def test_beyond_the_table_the_critical_value_falls_with_the_root_of_the_number():
    assert _critical_at_fifth(3600) == pytest.approx(0.025 / 2)
    # Lilliefors (1967): 0.736 / sqrt(n) above 30, corrected upwards by Dallal and Wilkinson
    assert 0.73 < _critical_at_fifth(60) * 60**0.5 < 0.75


@pytest.mark.parametrize("n", [4, 13, 60, 100, 101, 400, 2000])
def test_p_never_rises_with_the_distance(n):
    p_values = [_lilliefors_p(distance, n) for distance in np.linspace(0.001, 0.6, 400)]
    assert max(np.diff(p_values)) <= 1e-12
    assert all(0 <= p <= 0.2 for p in p_values)


@pytest.mark.parametrize("n", [13, 52])
def test_normal_samples_fall_below_five_percent_five_percent_of_the_time(n):
    rng = np.random.default_rng(6)
    below = np.mean([lilliefors(rng.normal(size=n)).p_value < 0.05 for _ in range(2000)])
    assert below == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 2000) ** 0.5)


def test_unit_and_origin_are_irrelevant():
    values = [148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236]
    for test in (lilliefors, shapiro_wilk):
        one, two = test(values), test([1000 + 0.01 * value for value in values])
        assert two.statistic == pytest.approx(one.statistic, rel=1e-9)
        assert two.p_value == pytest.approx(one.p_value, rel=1e-7)


def test_the_weights_of_shapiro_and_wilk():
    # Shapiro and Wilk (1965), example of 11 weights of men in pounds: W = 0.79, and below the 1 % point
    found = shapiro_wilk([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    assert found.statistic == pytest.approx(0.79, abs=0.005)
    assert found.p_value < 0.01


@pytest.mark.parametrize("test", [lilliefors, shapiro_wilk])
@pytest.mark.parametrize(
    "values", [[1, 2], [3, 3, 3, 3], [1, 2, 3, float("nan")], [0.1 + 0.2, 0.3, 0.3, 0.3], []]
)
def test_what_cannot_be_tested_is_said(test, values):
    with pytest.raises(InputError):
        test(values)
