"""Chen et al., Front. Endocrinol. 16 (2025) 1587412: p-values printed in Tables 1 to 3 and in the text."""

import pytest
from scipy.stats import chi2_contingency, kruskal

from seedbed.cohort import audit

ROWS = {row.id: row for row in audit().rows}
PRINTED = {
    "gender": 0.529,
    "age": 0.342,
    "bmi": 0.138,
    "ecog": 0.589,
    "pathology": 0.195,
    "surgery": 0.054,
    "bilateral": 0.152,
    "extrathyroidal": 0.651,
    "metastasis": 0.234,
    "mutations": 0.453,
    "response_6_months": 0.006,
    "response_12_months": 0.096,
    "adverse_events": 0.976,
}
FROM_ROUNDED_MEANS = ("age", "bmi")


@pytest.mark.parametrize("line", [line for line in PRINTED if line not in FROM_ROUNDED_MEANS])
def test_counts_give_every_printed_digit(line):
    row = ROWS[line]
    assert round(row.recomputed, 3) == PRINTED[line]
    assert row.recomputed_low == row.recomputed == row.recomputed_high
    assert row.agrees is True


@pytest.mark.parametrize("line", FROM_ROUNDED_MEANS)
def test_rounded_means_allow_the_printed_p_value(line):
    row = ROWS[line]
    assert row.recomputed_low <= PRINTED[line] + 0.0005
    assert row.recomputed_high >= PRINTED[line] - 0.0005
    assert row.agrees is True
    assert "rounding" in row.note or "unrounded" in row.note


def test_the_tests_are_those_of_section_2_5():
    assert ROWS["gender"].test == "Fisher's exact test"
    assert ROWS["ecog"].test == ROWS["response_6_months"].test == "Kruskal-Wallis test"
    assert ROWS["age"].test == "one-way analysis of variance"
    assert (ROWS["age"].df, ROWS["ecog"].df, ROWS["gender"].df) == ((2, 49), (2,), None)


def test_the_disease_control_rate_at_6_months_does_not_differ_as_claimed():
    # 13/14, 25/25 and 13/13: one of 52 patients progressed. With one patient the exact test is a closed form:
    # the chance that he falls in Group A (14/52) or in one no likelier, Group C (13/52).
    row = ROWS["dcr_6_months"]
    assert row.recomputed == pytest.approx(27 / 52, rel=1e-12)
    assert row.agrees is False
    assert row.reason == "recomputed p = 0.5192; the paper says p < 0.05"


def test_the_response_rate_at_12_months_is_just_significant_against_the_claim():
    # 3/9, 10/18 and 11/13: Fisher's exact test gives less than 0.05; so does Pearson's, as SciPy has it.
    row = ROWS["orr_12_months"]
    assert row.agrees is False
    assert row.recomputed < 0.05
    assert round(chi2_contingency([[3, 6], [10, 8], [11, 2]], correction=False).pvalue, 3) == 0.047
    assert round(kruskal([1] * 3 + [0] * 6, [1] * 10 + [0] * 8, [1] * 11 + [0] * 2).pvalue, 3) == 0.051
    assert "0.047" in row.note
    assert "0.051" in row.note


def test_the_other_claims_that_counts_can_judge_hold():
    assert [ROWS[line].agrees for line in ("orr_6_months", "dcr_12_months", "adverse_events_text")] == [
        True
    ] * 3


def test_pathology_would_read_otherwise_by_pearsons_test():
    table = [[11, 3], [12, 13], [7, 6]]
    pearson = chi2_contingency(table, correction=False)
    assert round(pearson.pvalue, 3) == 0.170
    assert pearson.expected_freq.min() >= 5
    assert "0.170" in ROWS["pathology"].note


def test_exactly_two_rows_disagree_and_none_was_left_out():
    disagree = [line for line, row in ROWS.items() if row.agrees is False]
    assert disagree == ["dcr_6_months", "orr_12_months"]


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("kps", "value of each patient"),
        ("tumor_size_6_months", "value of each patient"),
        ("vrr_6_months", "value of each patient"),
        ("tg_within_a", "Friedman"),
        ("nrs_within_c", "Wilcoxon"),
        ("seeds_implanted", "value of each patient"),
        ("lpfs", "log-rank"),
        ("os", "log-rank"),
    ],
)
def test_what_needs_each_patient_says_so(line, needs):
    row = ROWS[line]
    assert (row.recomputed, row.agrees) == (None, None)
    assert needs in row.reason
