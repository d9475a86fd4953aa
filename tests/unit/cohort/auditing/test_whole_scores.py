"""GRIM, GRIMMER and DEBIT against every sample there is, and lines by hand."""

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.cohort.auditing.typed_studies import audited, cells, found, kinds

from seedbed.cohort.auditing.numbers import PrintedNumber
from seedbed.cohort.auditing.whole_scores import (
    binary_sd_is_possible,
    largest_sd_squared,
    mean_has_power,
    sd_is_possible,
    sums_of,
)


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=60), st.integers(0, 3), st.booleans())
@settings(deadline=None)
def test_means_and_sds_of_real_scores_are_never_refused(values, digits, population):
    mean = PrintedNumber(f"{np.mean(values):.{digits}f}")
    sd = PrintedNumber(f"{np.std(values, ddof=0 if population else 1):.{digits}f}")
    assert sum(values) in sums_of(mean, len(values))
    assert sd_is_possible(mean, sd, len(values), population=population)


@given(st.lists(st.integers(0, 1), min_size=2, max_size=80), st.integers(1, 4))
@settings(deadline=None)
def test_means_and_sds_of_real_answers_are_never_refused(values, digits):
    mean = PrintedNumber(f"{np.mean(values):.{digits}f}")
    sd = PrintedNumber(f"{np.std(values, ddof=1):.{digits}f}")
    assert binary_sd_is_possible(mean, sd, len(values))


def test_what_no_sample_gives_is_refused():
    """All samples of 6 scores from 0 to 9: of the SDs that none of them prints, GRIMMER refuses most, and of
    those that one prints, none."""
    n, seen = 6, set()
    for sample in combinations_with_replacement(range(10), n):
        seen.add((f"{np.mean(sample):.2f}", f"{np.std(sample, ddof=1):.2f}"))
    means = {mean for mean, _ in seen if 4 <= float(mean) <= 5}
    refused = wrong = impossible = 0
    for mean in means:
        for hundredths in range(100, 400):
            sd = f"{hundredths / 100:.2f}"
            possible = sd_is_possible(PrintedNumber(mean), PrintedNumber(sd), n)
            wrong += (mean, sd) in seen and not possible
            impossible += (mean, sd) not in seen
            refused += (mean, sd) not in seen and not possible
    assert wrong == 0
    assert refused == impossible


def test_power():
    """28 scores and two decimals leave gaps; 100 scores do not."""
    assert mean_has_power(PrintedNumber("5.19"), 28)
    assert not mean_has_power(PrintedNumber("5.19"), 100)
    assert mean_has_power(PrintedNumber("5.19"), 100, step=Fraction(2))


def test_grim_line(tmp_path):
    report = audited(tmp_path, {"A": 28}, cells("score", "mean_sd", {"A": "5.19"}, "whole = true"))
    (one,) = found(report, "impossible_mean")
    assert one.arithmetic == "the nearest are 145/28 = 5.1786, 146/28 = 5.2143; neither prints as 5.19"
    assert "impossible_mean" in kinds(
        audited(tmp_path, {"A": 100}, cells("score", "mean_sd", {"A": "5.19"}, "whole = true")).no_power
    )


def test_grimmer_line(tmp_path):
    line = cells("score", "mean_sd", {"A": "3.50 ± 0.80"}, "whole = true")
    (one,) = found(audited(tmp_path, {"A": 2}, line), "impossible_sd")
    assert one.certainty == "certain"
    line = cells("score", "mean_sd", {"A": "3.50 ± 0.50"}, "whole = true")  # 3 and 4: 0.71, and 0.50 with n
    (one,) = found(audited(tmp_path, {"A": 2}, line), "impossible_sd")
    assert one.certainty == "likely"
    assert "divides by n" in one.arithmetic


def test_debit_line(tmp_path):
    report = audited(tmp_path, {"A": 20}, cells("answer", "mean_sd", {"A": "0.35 ± 0.18"}, "binary = true"))
    (one,) = found(report, "impossible_binary_sd")
    assert "sqrt(20/19 x 0.35 x (1 - 0.35)) = 0.4894, printed 0.18" in one.arithmetic


def test_an_sd_too_large_for_the_scale(tmp_path):
    more = 'min = "0"\nmax = "10"'
    assert found(
        audited(tmp_path, {"A": 20}, cells("nrs", "mean_sd", {"A": "5.0 ± 5.3"}, more)), "sd_too_large"
    )
    assert not audited(tmp_path, {"A": 20}, cells("nrs", "mean_sd", {"A": "5.0 ± 5.1"}, more)).findings


@given(st.lists(st.integers(0, 10), min_size=2, max_size=20))
@settings(deadline=None)
def test_no_sample_exceeds_the_largest_variance(values):
    mean = PrintedNumber(f"{np.mean(values):.3f}")
    largest = largest_sd_squared(mean, len(values), low=Fraction(0), high=Fraction(10))
    assert np.var(values, ddof=1) <= float(largest) + 1e-9


def test_a_line_headed_median_that_holds_means(tmp_path):
    line = cells("age", "mean_sd", {"A": "52.79 ± 17.27"}, 'headed = "median"')
    assert found(audited(tmp_path, {"A": 14}, line), "mislabelled_line")
    assert not audited(tmp_path, {"A": 14}, line.replace('"median"', '"mean"')).findings


def test_one_patient_has_no_sd(tmp_path):
    report = audited(tmp_path, {"A": 1}, cells("age", "mean_sd", {"A": "5 ± 0"}, "whole = true"))
    assert "impossible_sd" in kinds(report.no_power)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_no_scores_print_an_impossible_parity(n):
    """A sum and a sum of squares of whole numbers are both even or both odd."""
    for sample in combinations_with_replacement(range(6), n):
        assert (sum(sample) - sum(x * x for x in sample)) % 2 == 0
