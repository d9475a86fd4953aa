import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from seedbed.errors import InputError
from seedbed.statistics import cumulative_incidence, gray_test, incidence_band, kaplan_meier

PATIENTS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=40)


@given(PATIENTS)
def test_incidences_and_survival_add_up_to_one_with_any_ties(patients):
    times, causes = zip(*patients, strict=True)
    survival = kaplan_meier(times, np.array(causes) > 0).survival
    total = sum(cumulative_incidence(times, causes, cause=cause).incidence for cause in (1, 2, 3))
    assert total + survival == pytest.approx(np.ones(len(survival)), abs=1e-12)


@given(PATIENTS)
def test_without_other_causes_it_is_one_less_kaplan_meier_with_greenwoods_error(patients):
    times, causes = zip(*patients, strict=True)
    events = np.array(causes) == 1
    found, curve = cumulative_incidence(times, events.astype(int)), kaplan_meier(times, events)
    assert found.incidence == pytest.approx(1 - curve.survival, abs=1e-12)
    assert found.standard_error == pytest.approx(curve.standard_error, abs=1e-9)


@given(PATIENTS)
def test_without_censoring_it_is_a_share_with_the_binomial_error(patients):
    times, causes = (np.array(column) for column in zip(*patients, strict=True))
    causes = np.where(causes == 0, 2, causes)
    found = cumulative_incidence(times, causes)
    share = np.array([np.mean((times <= time) & (causes == 1)) for time in found.times])
    assert found.incidence == pytest.approx(share, abs=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(share * (1 - share) / len(times)), abs=1e-7)


@given(PATIENTS)
def test_bands_are_never_nan_and_hold_the_incidence(patients):
    found = cumulative_incidence(*zip(*patients, strict=True))
    band = incidence_band(found)
    assert np.isfinite(band.low).all()
    assert (band.low <= found.incidence + 1e-12).all()
    assert (band.high >= found.incidence - 1e-12).all()


def test_four_patients_by_hand():
    # at 1: 1/4; at 2: S = 3/4, one of cause 1 and one of cause 2 among 3
    times, causes = [1, 2, 2, 3], [1, 2, 1, 0]
    assert cumulative_incidence(times, causes).incidence == pytest.approx([1 / 4, 1 / 2, 1 / 2])
    assert cumulative_incidence(times, causes, cause=2).incidence == pytest.approx([0, 1 / 4, 1 / 4])
    assert cumulative_incidence(times, causes, cause=7).incidence.tolist() == [0, 0, 0]


@settings(max_examples=25, deadline=None)
@given(st.randoms(), st.integers(0, 10_000))
def test_gray_does_not_depend_on_order_or_names(random, seed):
    rng = np.random.default_rng(seed)
    rows = list(
        zip(
            rng.integers(1, 9, 30).tolist(),
            rng.integers(0, 3, 30).tolist(),
            rng.integers(0, 3, 30).tolist(),
            strict=True,
        )
    )
    one = gray_test(*zip(*rows, strict=True))
    random.shuffle(rows)
    two = gray_test(*zip(*[(time, cause, "zxy"[group]) for time, cause, group in rows], strict=True))
    assert two.statistic == pytest.approx(one.statistic, rel=1e-8, abs=1e-9)
    assert (one.df, two.groups) == (2, ("x", "y", "z"))


def test_gray_is_chi_squared_where_the_groups_are_alike():
    rng, statistics = np.random.default_rng(3), []
    for _ in range(300):
        first, other, censored = rng.exponential(1, 90), rng.exponential(2, 90), rng.uniform(0, 4, 90)
        times = np.min([first, other, censored], axis=0)
        causes = np.where(times == censored, 0, np.where(times == first, 1, 2))
        statistics.append(gray_test(times, causes, np.arange(90) % 2).statistic)
    assert np.mean(statistics) == pytest.approx(1, abs=4 * (2 / 300) ** 0.5)
    assert 0.015 < np.mean(np.array(statistics) > chi2.ppf(0.95, 1)) < 0.1


@pytest.mark.parametrize(
    ("causes", "groups", "cause"),
    [
        ([0, 0, 0], "aab", 1),
        ([1, 2, 1], "aaa", 1),
        ([1, 0, 1], "aab", 2),
        ([1, 1.5, 0], "aab", 1),
        ([1, -1, 0], "aab", 1),
        ([1, np.nan, 0], "aab", 1),
    ],
)
def test_gray_refuses_what_has_no_answer(causes, groups, cause):
    with pytest.raises(InputError):
        gray_test([1, 2, 3], causes, list(groups), cause=cause)


def test_cause_zero_is_no_cause():
    with pytest.raises(InputError, match="censored"):
        cumulative_incidence([1, 2], [1, 0], cause=0)
