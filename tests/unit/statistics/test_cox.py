import itertools
from math import exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import cox_regression, log_rank
from seedbed.statistics.cox import concordance, few_events
from seedbed.statistics.survival_times import read_survival

PATIENTS = st.lists(
    st.tuples(st.integers(0, 15), st.booleans(), st.integers(0, 3), st.integers(0, 1)),
    min_size=5,
    max_size=40,
)


def tried(patients, columns=2):
    times, events, *covariates = zip(*patients, strict=True)
    try:
        return cox_regression(times, events, covariates=np.transpose(covariates)[:, :columns])
    except InputError:
        return None


def test_four_patients_by_hand_give_the_golden_ratio():
    # covariates 0, 1, 1, 0 in order: the score is zero where 1 + 2 r = r + r^2
    found = cox_regression([1, 2, 3, 4], [1, 1, 1, 1], covariates=[0, 1, 1, 0]).estimates[0]
    golden = (1 + sqrt(5)) / 2
    assert found.coefficient == pytest.approx(log(golden), rel=1e-12)
    # information: sum of p (1 - p) with p = r/(2+2r) 2, 2r/(1+2r), r/(1+r)
    shares = (golden / (1 + golden), 2 * golden / (1 + 2 * golden), golden / (1 + golden))
    assert found.standard_error == pytest.approx(sum(p * (1 - p) for p in shares) ** -0.5, rel=1e-12)


def test_two_tied_deaths_by_hand_after_efron():
    # deaths 0 and 1 tied among 0, 1, 0: L = r / ((2 + r)(2 + r - (1 + r) / 2)); d log L = 0 at r = sqrt 6
    found = cox_regression([1, 1, 2], [1, 1, 0], covariates=[0, 1, 0]).estimates[0]
    assert found.ratio == pytest.approx(sqrt(6), rel=1e-10)


@settings(deadline=None, max_examples=60)
@given(PATIENTS, st.randoms())
def test_order_is_irrelevant(patients, random):
    shuffled = list(patients)
    random.shuffle(shuffled)
    one, two = tried(patients), tried(shuffled)
    assert (one is None) == (two is None)
    if one is not None:
        for first, second in zip(one.estimates, two.estimates, strict=True):
            assert second.coefficient == pytest.approx(first.coefficient, rel=1e-6, abs=1e-7)
            assert second.standard_error == pytest.approx(first.standard_error, rel=1e-6)
        assert two.concordance == pytest.approx(one.concordance)


@settings(deadline=None, max_examples=60)
@given(PATIENTS)
def test_time_counts_by_its_order_only_and_a_turned_covariate_turns_the_ratio(patients):
    one = tried(patients, columns=1)
    two = tried([(exp(time), event, 3 - 2 * x, z) for time, event, x, z in patients], columns=1)
    assert (one is None) == (two is None)
    if one is not None:
        first, second = one.estimates[0], two.estimates[0]
        assert second.coefficient == pytest.approx(-first.coefficient / 2, rel=1e-6, abs=1e-7)
        assert second.p_value == pytest.approx(first.p_value, rel=1e-5)
        assert two.concordance == pytest.approx(one.concordance)
        assert all(np.isfinite([first.ratio, first.low, first.high, first.p_value]))


def test_score_test_of_untied_groups_is_the_log_rank_test():
    # at coefficient 0 score^2 / information of Cox is the log-rank statistic where no times are tied
    from seedbed.statistics.efron import partial_likelihood, risk_sets

    times, events = np.arange(1, 11), [1, 1, 0, 1, 1, 1, 0, 1, 1, 0]
    groups = np.array([0, 0, 1, 0, 1, 0, 1, 1, 0, 1])
    found = partial_likelihood(
        risk_sets(read_survival(times, events), groups[:, None].astype(float)), np.zeros(1)
    )
    score = float(found.score[0] ** 2 / found.information[0, 0])
    assert score == pytest.approx(log_rank(times, events, groups).statistic, rel=1e-12)


@pytest.mark.parametrize(
    ("events", "covariates", "said"),
    [
        ([0, 0, 0, 0], [0, 1, 0, 1], "no event"),
        ([1, 1, 0, 1], [1, 1, 1, 1], "the same in all"),
        ([1, 1, 0, 1], [[0, 0], [1, 2], [0, 0], [1, 2]], "follows from the others"),
        ([1, 1, 0, 1], [0, 1, np.nan, 1], "with holes"),
        ([1, 1, 0, 1], [0, 1, 1], "shape (3, 1) for 4 patients"),
        ([1, 1, 0, 1], ["a", "b", "a", "b"], "words"),
        ([1, 1, 0, 0], [1, 1, 0, 0], "without a maximum"),
        ([1, 0, 1, 0], [1, 0, 1, 0], "firth_regression"),
    ],
)
def test_what_has_no_answer_is_said(events, covariates, said):
    with pytest.raises(InputError) as caught:
        cox_regression([1, 2, 3, 4], events, covariates=covariates)
    assert said in str(caught.value)


def test_few_events_are_remarked():
    assert "4 events for 1 covariate" in cox_regression([1, 2, 3, 4], [1] * 4, covariates=[0, 1, 1, 0]).remark
    assert few_events(20, 2) == ""


def test_concordance_by_hand():
    # pairs: (1,2) wrong, (1,3) right, (2,3) right with an equal risk in (1,2') counting one half
    patients = read_survival([1, 2, 3], [1, 1, 0])
    assert concordance(patients, np.array([2.0, 3.0, 1.0])) == pytest.approx(2 / 3)
    assert concordance(patients, np.array([1.0, 1.0, 1.0])) == 0.5
    assert concordance(read_survival([1, 2], [0, 0]), np.array([1.0, 2.0])) is None


def pair_by_pair(times, events, risk):
    """Concordance by its definition, every pair looked at (Harrell et al. 1982)."""
    good, pairs, same = 0.0, 0, 1e-9 * max(1.0, np.ptp(risk))
    for i, j in itertools.permutations(range(len(times)), 2):
        if events[i] and (times[j] > times[i] or (times[j] == times[i] and not events[j])):
            pairs += 1
            good += 0.5 if abs(risk[i] - risk[j]) <= same else float(risk[i] > risk[j])
    return good / pairs if pairs else None


@given(
    st.lists(
        st.tuples(
            st.integers(0, 6), st.booleans(), st.sampled_from([-1.5, 0.0, 5e-10, 0.3, 0.3 + 1e-12, 2.0])
        ),
        min_size=1,
        max_size=30,
    )
)
def test_concordance_is_that_of_its_definition(patients):
    times, events, risk = (np.array(column) for column in zip(*patients, strict=True))
    found = concordance(read_survival(times, events), risk)
    wanted = pair_by_pair(times, events, risk)
    assert found == (None if wanted is None else pytest.approx(wanted, rel=1e-12))


def test_concordance_of_many_patients_is_that_of_ordered_risks():
    count = 100_000
    times = np.arange(count, dtype=float)
    patients = read_survival(times, np.ones(count, dtype=bool))
    assert concordance(patients, -times) == 1.0
    assert concordance(patients, times) == 0.0
    halves = np.where(times < count / 2, 1.0, 0.0)  # equal risks within each half, in order between them
    within = 2 * (count // 2) * (count // 2 - 1) / 2
    pairs = count * (count - 1) / 2
    assert concordance(patients, halves) == pytest.approx((pairs - within / 2) / pairs, rel=1e-12)


def test_a_unit_in_which_the_ratio_overflows_is_named():
    with pytest.raises(InputError, match="in a smaller unit"):
        cox_regression([1, 2, 3, 4], [1, 1, 1, 1], covariates=np.array([0, 1, 1, 0]) * 1e-6, names=["dose"])
