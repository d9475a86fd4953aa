"""Which test is chosen, and that it is that of SciPy on the same data."""

import numpy as np
import pytest
from scipy import stats

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.comparing import compare_classes, compare_numbers, expected_counts

RULES = analysis_rules()
TO_THE_LETTER = RULES.model_copy(
    update={"nominal": RULES.nominal.model_copy(update={"always_exact_up_to": 0})}
)
PATHOLOGY = np.array([[11, 3], [12, 13], [7, 6]])
GENDER = np.array([[7, 7], [8, 17], [4, 9]])


def test_small_cohorts_are_tested_exactly() -> None:
    found = compare_classes(PATHOLOGY, ordered=False, missing=(0, 0, 0), rules=RULES)
    assert (found.test, round(found.p_value, 3)) == ("Fisher's exact test", 0.195)
    assert (found.statistic, found.df, found.n) == (None, (), (14, 25, 13))


def test_to_the_letter_the_expected_count_decides() -> None:
    assert expected_counts(PATHOLOGY).min() > 5 > expected_counts(GENDER).min()
    large = compare_classes(PATHOLOGY, ordered=False, missing=(0, 0, 0), rules=TO_THE_LETTER)
    small = compare_classes(GENDER, ordered=False, missing=(0, 0, 0), rules=TO_THE_LETTER)
    assert (large.test, small.test) == ("Pearson's chi-squared test", "Fisher's exact test")
    expected = stats.chi2_contingency(PATHOLOGY, correction=False)
    assert large.p_value == pytest.approx(expected.pvalue, rel=1e-12)
    assert (large.statistic, large.df) == (pytest.approx(expected.statistic), (2,))


def test_an_expected_count_of_five_is_not_below_five() -> None:
    table = np.array([[5, 5], [5, 5]])
    assert expected_counts(table).min() == 5
    found = compare_classes(table, ordered=False, missing=(0, 0), rules=TO_THE_LETTER)
    assert found.test == "Pearson's chi-squared test"


def test_many_patients_with_a_rare_class_are_tested_by_random_tables() -> None:
    table = np.array([[3, 1500], [1, 1500]])
    found = compare_classes(table, ordered=False, missing=(0, 0), rules=RULES)
    assert found.test == "Fisher's exact test"
    assert "random tables (seed 20250822)" in found.note
    assert found.p_value == pytest.approx(stats.fisher_exact(table).pvalue, abs=0.01)


def test_classes_with_an_order() -> None:
    found = compare_classes(
        np.array([[10, 4], [21, 4], [11, 2]]), ordered=True, missing=(0,) * 3, rules=RULES
    )
    assert (found.test, found.df, round(found.p_value, 3)) == ("Kruskal-Wallis test", (2,), 0.589)


def test_numbers_by_ranks_and_by_means() -> None:
    rng = np.random.default_rng(1)
    samples = [rng.normal(size=size) for size in (9, 12, 7)]
    ranks = compare_numbers(samples, normal=False, missing=(0, 0, 0), rules=RULES)
    means = compare_numbers(samples, normal=True, missing=(1, 0, 0), rules=RULES)
    assert ranks.p_value == pytest.approx(stats.kruskal(*samples).pvalue, rel=1e-9)
    assert means.p_value == pytest.approx(stats.f_oneway(*samples).pvalue, rel=1e-9)
    assert (means.test, means.df, means.missing) == ("one-way analysis of variance", (2, 25), (1, 0, 0))
    assert means.rule_ids == ("AN-NORMAL", "AN-MEAN")


def test_a_group_without_anyone_is_left_out_and_named() -> None:
    samples = [np.array([1.0, 2.0, 3.0]), np.empty(0), np.array([4.0, 5.0, 6.0])]
    found = compare_numbers(samples, normal=False, missing=(0, 4, 0), rules=RULES)
    assert found.df == (1,)
    assert found.n == (3, 0, 3)
    assert found.note == "1 group without anyone left out"


def test_what_cannot_be_tested_is_a_sentence() -> None:
    alike = compare_numbers([np.ones(3), np.ones(4)], normal=True, missing=(0, 0), rules=RULES)
    one = compare_numbers([np.arange(4.0)], normal=False, missing=(0,), rules=RULES)
    nobody = compare_classes(np.zeros((2, 2), dtype=int), ordered=False, missing=(3, 3), rules=RULES)
    assert alike.p_value is one.p_value is nobody.p_value is None
    assert alike.note == "not estimable: all values are alike"
    assert one.note == "one group only: nothing to compare"
    assert nobody.note == "not estimable: no value is known"


@pytest.mark.parametrize(
    ("samples", "normal", "said"),
    [
        ([[], []], False, "no value is known"),
        ([[1.0, 2.0], []], False, "values are known in one group only"),
        ([[3.0, 3.0], [3.0]], False, "all values are alike"),
        ([[1.0], [2.0]], True, "one value in each group"),
        ([[1.0], [2.0]], False, "one value in each group"),
        ([[1.0, 1.0], [2.0, 2.0]], True, "all values within each group are alike"),
    ],
)
def test_numbers_that_cannot_be_compared_say_why(samples, normal: bool, said: str) -> None:
    arrays = [np.array(each) for each in samples]
    found = compare_numbers(arrays, normal=normal, missing=(0, 0), rules=RULES)
    assert found.note == f"not estimable: {said}"
    assert found.p_value is None
