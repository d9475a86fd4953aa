"""p-values of counts and of means against SciPy and published ones; claims of the text about them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.unit.cohort.auditing.typed_studies import audited, cells, counts, found, kinds

from seedbed.cohort.auditing.count_tests import (
    CHI_SQUARE,
    FISHER,
    KRUSKAL,
    MANN_WHITNEY,
    ONE_SIDED,
    TREND,
    UNTIED,
    YATES,
    count_p_values,
    named_tests,
)

SIZES = {"A": 20, "B": 20}
TEA = [{"level": "milk", "A": "15", "B": "8"}, {"level": "tea", "A": "5", "B": "12"}]
TABLE = [[15, 5], [8, 12]]
COUNTS = st.lists(st.integers(0, 15), min_size=2, max_size=4)


def claim(p, about, more=""):
    head = '[[claim]]\nid = "c"\nkind = "p"\nplace = "text"\nquote = "q"\n'
    return f'{head}p = "{p}"\nabout = ["{about}"]\n{more}\n'


def test_two_by_two_against_scipy():
    found_p = count_p_values(TABLE)
    assert found_p[FISHER] == pytest.approx(stats.fisher_exact(TABLE).pvalue)
    assert found_p[ONE_SIDED] == pytest.approx(stats.fisher_exact(TABLE, alternative="greater").pvalue)
    assert found_p[CHI_SQUARE] == pytest.approx(stats.chi2_contingency(TABLE, correction=False).pvalue)
    assert found_p[YATES] == pytest.approx(stats.chi2_contingency(TABLE).pvalue)
    samples = [np.repeat([0, 1], row) for row in TABLE]
    assert found_p[KRUSKAL] == pytest.approx(stats.kruskal(*samples).pvalue)
    assert found_p[MANN_WHITNEY] == pytest.approx(stats.mannwhitneyu(*samples, method="asymptotic").pvalue)


@given(COUNTS, COUNTS)
@settings(max_examples=50, deadline=None)
def test_laws_of_the_tests(one, two):
    width = min(len(one), len(two))
    found_p = count_p_values([one[:width], two[:width]], ordered=True)
    swapped = count_p_values([two[:width], one[:width]], ordered=True)
    assert all(0 <= p <= 1 + 1e-12 for p in found_p.values())
    assert found_p == pytest.approx(swapped)
    if found_p:
        assert found_p[UNTIED] >= found_p[KRUSKAL] - 1e-12  # the correction for ties makes H larger
        assert found_p.get(YATES, 1) >= found_p[CHI_SQUARE] - 1e-12 or YATES not in found_p


def test_trend_is_the_squared_correlation():
    """Mantel: (N - 1) r^2, one degree of freedom; for 2 by 2 it is (N - 1)/N of Pearson's statistic."""
    pearson = stats.chi2_contingency(TABLE, correction=False).statistic
    assert count_p_values(TABLE, ordered=True)[TREND] == pytest.approx(stats.chi2.sf(pearson * 39 / 40, 1))


def test_empty_classes_are_left_out():
    assert count_p_values([[15, 0, 5], [8, 0, 12], [0, 0, 0]]) == count_p_values(TABLE)
    assert count_p_values([[15, 0], [8, 0]]) == {}


def test_large_tables_are_left_to_the_other_tests(tmp_path):
    """Fisher's test would take minutes: Pearson's is computed, and a p-value of Fisher is not judged."""
    table = [[150, 160, 140, 150], [140, 150, 160, 150], [160, 140, 150, 150]]
    found_p = count_p_values(table)
    assert FISHER not in found_p
    assert found_p[CHI_SQUARE] == pytest.approx(stats.chi2_contingency(table).pvalue)
    assert YATES in count_p_values([[300_000, 200_000], [250_000, 250_000]])
    rows = [
        {"level": str(i), **{g: str(row[i]) for g, row in zip("ABC", table, strict=True)}} for i in range(4)
    ]
    line = counts("x", rows, 'p = "0.001"\ntest = "Fisher exact test"')
    report = audited(tmp_path, dict.fromkeys("ABC", 600), line)
    assert not report.findings
    assert "p_value" in kinds(report.no_power)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("Fisher's exact test", FISHER),
        ("Pearson chi-square", CHI_SQUARE),
        ("chi-squared with Yates' correction", YATES),
        ("Kruskal–Wallis H test", KRUSKAL),
        ("Mann-Whitney U", KRUSKAL),
    ],
)
def test_names_of_tests(words, first):
    assert named_tests(words)[0] == first


@pytest.mark.parametrize("name", ["Friedman test", "Wilcoxon signed-rank test", "log-rank test"])
def test_tests_that_counts_do_not_give(name):
    assert named_tests(name) == ()


def test_a_p_value_that_fits_and_one_that_does_not(tmp_path):
    p = stats.fisher_exact(TABLE).pvalue
    good = counts("x", TEA, f'p = "{p:.3f}"\ntest = "Fisher\'s exact test"')
    bad = counts("x", TEA, 'p = "0.500"\ntest = "Fisher\'s exact test"')
    assert "p_value" in kinds(audited(tmp_path, SIZES, good).fine)
    (one,) = found(audited(tmp_path, SIZES, bad), "p_value")
    assert one.certainty == "certain"
    assert f"Fisher's exact test {p:.4f}" in one.arithmetic


def test_another_test_is_named(tmp_path):
    p = stats.chi2_contingency(TABLE, correction=False).pvalue
    line = counts("x", TEA, f'p = "{p:.3f}"\ntest = "Fisher\'s exact test"')
    (one,) = found(audited(tmp_path, SIZES, line), "other_test")
    assert one.certainty == "likely"
    assert "Pearson's chi-squared test does" in one.text


def test_without_a_named_test_any_usual_one_will_do(tmp_path):
    for p in count_p_values(TABLE).values():
        assert not audited(tmp_path, SIZES, counts("x", TEA, f'p = "{p:.3f}"')).findings
    (one,) = found(audited(tmp_path, SIZES, counts("x", TEA, 'p = "0.500"')), "p_value")
    assert one.certainty == "likely"


def test_a_test_that_is_not_known_has_no_power(tmp_path):
    report = audited(tmp_path, SIZES, counts("x", TEA, 'p = "0.500"\ntest = "logistic regression"'))
    assert not report.findings
    assert "p_value" in kinds(report.no_power)


def test_means_of_two_groups(tmp_path):
    """Student and Welch are both t-tests."""
    texts = {"A": "5.00 ± 1.00", "B": "6.00 ± 3.00"}
    sizes = {"A": 10, "B": 30}
    for equal in (True, False):
        p = stats.ttest_ind_from_stats(5, 1, 10, 6, 3, 30, equal_var=equal).pvalue
        line = cells("age", "mean_sd", texts, f'p = "{p:.3f}"\ntest = "t-test"')
        assert not audited(tmp_path, sizes, line).findings
    line = cells("age", "mean_sd", texts, 'p = "0.900"\ntest = "t-test"')
    (one,) = found(audited(tmp_path, sizes, line), "p_value")
    assert one.certainty == "certain"


def test_rounding_of_means_is_allowed_for(tmp_path):
    """With one decimal, 5.0 and 5.1 may be 5.05 both: p = 1 is possible, p = 0.001 is not."""
    texts = {"A": "5.0 ± 1.0", "B": "5.1 ± 1.0"}
    for p, wrong in (("1.000", False), ("0.001", True)):
        line = cells("age", "mean_sd", texts, f'p = "{p}"\ntest = "t-test"')
        assert bool(audited(tmp_path, SIZES, line).findings) is wrong


def test_quartiles_have_no_power(tmp_path):
    texts = {"A": "5 (4, 6)", "B": "6 (4, 9)"}
    line = cells("age", "quartiles", texts, 'p = "0.04"\ntest = "Kruskal-Wallis test"')
    report = audited(tmp_path, SIZES, line)
    assert "p_value" in kinds(report.no_power)
    assert "needs the value of each patient" in next(x.text for x in report.no_power if x.kind == "p_value")


def test_a_claimed_significance_that_no_test_gives(tmp_path):
    one_event = [{"level": "Yes", "A": "1", "B": "0"}, {"level": "No", "A": "19", "B": "20"}]
    report = audited(tmp_path, SIZES, counts("x", one_event), claim("<0.05", "x"))
    (one,) = found(report, "claimed_significance")
    assert one.certainty == "certain"
    assert "Fisher's exact test 1.0000" in one.arithmetic


def test_the_reverse(tmp_path):
    strong = [{"level": "Yes", "A": "18", "B": "2"}, {"level": "No", "A": "2", "B": "18"}]
    report = audited(tmp_path, SIZES, counts("x", strong), claim("not significant", "x"))
    (one,) = found(report, "claimed_significance")
    assert one.certainty == "certain"


def test_a_claim_that_depends_on_the_test(tmp_path):
    """15/20 and 8/20: Pearson 0.025, Fisher 0.054."""
    report = audited(tmp_path, SIZES, counts("x", TEA), claim("<0.05", "x"))
    assert [one.certainty for one in found(report, "claimed_significance")] == ["possible"]
    named = counts("x", TEA, 'test = "Fisher exact test"')
    report = audited(tmp_path, SIZES, named, claim("<0.05", "x"))
    assert [one.certainty for one in found(report, "claimed_significance")] == ["likely"]
    report = audited(tmp_path, SIZES, named, claim("<0.05", "x", 'sure = "possible"'))
    assert [one.certainty for one in found(report, "claimed_significance")] == ["possible"]


@pytest.mark.parametrize(
    ("said", "printed", "wrong"),
    [
        ("0.98", "0.976", None),
        ("<0.001", "<0.001", None),
        ("<0.05", "<0.001", None),
        ("<0.05", "0.033", None),
        (">0.05", "0.054", None),
        ("not significant", "0.054", None),
        ("<0.001", "0.004", "text_against_table"),
        ("0.026", "0.062", "claimed_significance"),
        ("<0.05", "0.108", "claimed_significance"),
        ("not significant", "0.011", "claimed_significance"),
        ("0.12", "0.14", "text_against_table"),
    ],
)
def test_the_text_against_the_p_value_of_the_table(tmp_path, said, printed, wrong):
    line = cells("age", "quartiles", {"A": "5 (4, 6)", "B": "6 (4, 9)"}, f'p = "{printed}"')
    report = audited(tmp_path, SIZES, line, claim(said, "age"))
    assert [one.kind for one in report.findings] == ([] if wrong is None else [wrong])
