"""The audit of the founding paper, finding by finding.

Authority: Chen et al., Front. Endocrinol. 16 (2025) 1587412, doi 10.3389/fendo.2025.1587412. The numbers are
typed here again from the paper, and the arithmetic of each finding is done by hand.
"""

from math import comb
from pathlib import Path

import pytest

from seedbed.cohort import audit, read_published
from seedbed.cohort.auditing import audit_study, read_study

PAPER = Path(__file__).parents[2] / "examples" / "founding-paper.toml"
STUDY = read_study(PAPER)
REPORT = audit_study(STUDY)


def found(kind, row="", column=""):
    """Return the one finding of a class in a row and column."""
    these = [
        one
        for one in REPORT.findings
        if one.kind == kind and row in one.where.row and column in ("", one.where.column)
    ]
    assert len(these) == 1, these
    return these[0]


def test_how_many_findings_there_are():
    """Certain: 7 percentages, 2 medians, 2 headings, 1 name, the lowest volume, the activities, the DCR,
    the NRS; likely: 3 names, 2 quartiles, 2 means of months, 2 rates, ORR, Tg, deaths, volumes, criteria.
    """
    assert REPORT.counts["by_certainty"] == {
        "certain": 7 + 2 + 2 + 1 + 1 + 1 + 1 + 1,
        "likely": 3 + 2 + 2 + 2 + 1 + 1 + 1 + 1 + 1,
        "possible": 2 + 1 + 1 + 1 + 1,
    }
    assert REPORT.counts["by_class"] == {
        "claimed_significance": 3,
        "duplicate_criterion": 1,
        "impossible_quartiles": 2,
        "mean_called_median": 4,
        "mean_of_whole_months": 2,
        "median_not_reached": 2,
        "median_outside_quartiles": 2,
        "mislabelled_line": 2,
        "missing_outcomes": 2,
        "percentage": 7,
        "shrinking_denominator": 1,
        "text_against_table": 4,
        "text_against_text": 1,
        "unclear_denominator": 1,
        "volume_against_response": 2,
    }


def test_the_example_holds_the_numbers_of_the_shipped_tables():
    """Both were typed from Tables 1 to 3: cell for cell the same."""
    shipped = [cell for cell in read_published().cells if cell.statistic != "p_value"]
    typed = [cell for cell in STUDY.cells if cell.id != "seeds_implanted"]
    assert sorted(key(cell) for cell in typed) == sorted(key(cell) for cell in shipped)


def key(cell):
    level = cell.level if cell.scale in ("nominal", "ordered") else ""
    return cell.id, level, cell.group, cell.size, cell.statistic, cell.text


def test_one_path_recomputes_the_p_values():
    """The p-values of the tables come out as `seedbed reproduce` gives them."""
    shipped = {row.id: row for row in audit().rows if row.place.startswith("Table")}
    typed = {row.id: row for row in audit(STUDY.paper).rows if row.place.startswith("Table")}
    assert typed.keys() == shipped.keys()
    for name, row in shipped.items():
        assert (typed[name].published_text, typed[name].agrees) == (row.published_text, row.agrees)
        assert typed[name].recomputed == row.recomputed


@pytest.mark.parametrize(
    ("row", "column", "count", "n", "printed", "exact"),
    [
        ("TT + BCLND+LND", "A", 11, 14, "77", "78.57"),
        ("TT + BCLND+LND", "C", 6, 13, "48", "46.15"),
        ("Lung only", "C", 5, 13, "39", "38.46"),
        ("Response at 6 months: PR", "A", 3, 14, "22", "21.43"),
        ("Response at 12 months: CR", "A", 1, 9, "12", "11.11"),
        ("Response at 12 months: CR", "C", 4, 13, "30", "30.77"),
        ("Adverse events (CTCAE 5.0): 0", "A", 9, 14, "64.28", "64.2857"),
    ],
)
def test_percentages(row, column, count, n, printed, exact):
    one = found("percentage", row, column)
    assert one.certainty == "certain"
    assert f"{count} of {n} is {exact} %, printed {printed} %" in one.arithmetic


@pytest.mark.parametrize(
    ("row", "column", "printed", "right"),
    [
        ("Lung only", "C", [15, 39, 15, 31], 99),  # 15 + 38 + 15 + 31
        ("Response at 6 months: PR", "A", [0, 22, 71, 7], 99),  # 0 + 21 + 71 + 7
        ("Response at 12 months: CR", "A", [12, 22, 44, 22], 99),  # 11 + 22 + 44 + 22
        ("Response at 12 months: CR", "C", [30, 54, 8, 8], 101),  # 31 + 54 + 8 + 8
        ("Adverse events (CTCAE 5.0): 0", "A", [64.28, 14.29, 7.14, 14.29], 100.01),
    ],
)
def test_five_of_the_seven_make_their_column_100(row, column, printed, right):
    assert sum(printed) == pytest.approx(100)
    assert f"adds up to 100 as printed and to {right}" in found("percentage", row, column).arithmetic


@pytest.mark.parametrize("column", ["A", "C"])
def test_the_two_of_surgery_do_not(column):
    """14 + 7 + 77 = 98 and 8 + 46 + 48 = 102: misprints, not made to add up."""
    assert "adds up" not in found("percentage", "TT + BCLND+LND", column).arithmetic


@pytest.mark.parametrize(
    ("row", "order"), [("before", "10.54 <= 11.94 <= 60.56"), ("6 months", "5.06 <= 7.97 <= 22.28")]
)
def test_medians_of_group_a_below_their_lower_quartiles(row, order):
    one = found("median_outside_quartiles", row, "A")
    assert one.certainty == "certain"
    assert order in one.arithmetic


def test_nrs_quartiles_before_treatment():
    """SPSS puts the lower quartile of 13 at place (13 + 1)/4 = 3.5: midway between two whole scores, x.0 or
    x.5, never 2.25. Place (n + 1)/4 has a quarter for n = 4, 8, 12, three quarters for n = 6, 10."""
    one = found("impossible_quartiles", "before", "C")
    assert one.certainty == "likely"
    assert (
        "13 scores in steps of 1 cannot have lower quartile 2.25, median 4.00, upper quartile 5.75"
        in one.text
    )
    assert "possible for n = 4, 6, 8, 10, 12" in one.arithmetic


def test_nrs_quartiles_after_6_months():
    one = found("impossible_quartiles", "6 months", "C")
    assert "1.25" in one.text
    assert "possible for n = 4, 8, 12" in one.arithmetic


def test_kps_and_seeds_have_possible_quartiles():
    """85 is midway between 80 and 90, 77.5 between 77 and 78: place 3.5 and 10.5 of 13, SPSS's definition."""
    fine = {(one.where.row, one.where.column) for one in REPORT.fine if one.kind == "impossible_quartiles"}
    assert ("Karnofsky performance status", "C") in fine
    assert ("Number of seeds implanted", "C") in fine


def test_mean_ages_are_means_of_whole_years():
    """739/14 = 52.786, 1515/25 = 60.60, 752/13 = 57.846."""
    texts = {one.where.column: one.text for one in REPORT.fine if one.kind == "impossible_mean"}
    assert texts == {
        "A": "739/14 = 52.7857, printed 52.79",
        "B": "1515/25 = 60.6000, printed 60.60",
        "C": "752/13 = 57.8462, printed 57.85",
    }


def test_lines_headed_median_that_hold_means():
    assert found("mislabelled_line", "Age").certainty == "certain"
    assert found("mislabelled_line", "Body mass index").certainty == "certain"


def test_dcr_at_6_months_cannot_be_significant():
    """One of 52 progressed, in Group A. Whoever it is, p is at least P(in the smallest group) = 13/52 = 0.25;
    Fisher: the patient is in A (14/52) or in the even rarer C (13/52), together 27/52 = 0.519."""
    one = found("claimed_significance", "Disease control rate at 6 months")
    assert one.certainty == "certain"
    assert f"Fisher's exact test {(14 + 13) / 52:.4f}" in one.arithmetic


def test_orr_at_12_months_depends_on_the_test():
    """3/9, 10/18, 11/13. Fisher by hand: tables of the same margins and no larger weight, over C(40, 24)."""
    tables = {
        (a, b): comb(9, a) * comb(18, b) * comb(13, 24 - a - b)
        for a in range(10)
        for b in range(19)
        if 0 <= 24 - a - b <= 13
    }
    p = sum(weight for weight in tables.values() if weight <= tables[3, 10]) / comb(40, 24)
    assert p < 0.05
    one = found("claimed_significance", "Objective response rate at 12 months")
    assert one.certainty == "likely"
    assert f"Fisher's exact test {p:.4f}" in one.arithmetic
    assert "Kruskal-Wallis test 0.0512" in one.arithmetic


def test_tg_of_group_a_did_not_decline_significantly():
    one = found("claimed_significance", "within Group A")
    assert (one.certainty, one.text) == ("likely", "the text says p < 0.05; Table 3 prints p = 0.108")


def test_nrs_of_group_c():
    one = found("text_against_table", "NRS pain score, before and after within Group C")
    assert (one.certainty, one.text) == ("certain", "the text says p < 0.001; Table 3 prints p = 0.004")


@pytest.mark.parametrize(
    ("row", "p"),
    [("volume_abstract: Tumor size, after 6", "0.011"), ("volume_abstract: Volume reduction", "0.026")],
)
def test_the_p_value_of_the_abstract_for_volumes(row, p):
    one = found("text_against_table", row)
    assert (one.certainty, one.text) == ("possible", f"the text says p < 0.001; Table 3 prints p = {p}")


def test_group_c_has_not_the_lowest_median_volume_at_12_months():
    one = found("text_against_table", "size_12_months_lowest")
    assert one.certainty == "certain"
    assert "group C 3.68, group A 2.24" in one.arithmetic


def test_activities_outside_the_range_of_section_2_2():
    assert "1.85 and 3.33 of section 2.3 lie outside" in found("text_against_text").text


@pytest.mark.parametrize(
    ("row", "certainty"),
    [
        ("lpfs_abstract", "certain"),  # 18.6, 18.7 and 42.2 are 18.64, 18.68 and 42.23
        ("os_abstract", "likely"),  # whole months
        ("lpfs_discussion", "likely"),
        ("os_discussion", "likely"),  # one group
    ],
)
def test_means_that_the_abstract_and_the_discussion_call_medians(row, certainty):
    assert found("mean_called_median", row).certainty == certainty


@pytest.mark.parametrize(
    ("row", "totals"),
    [
        ("local", [(261, 14, "18.64"), (467, 25, "18.68"), (549, 13, "42.23")]),
        ("overall", [(311, 14, "22.21"), (560, 25, "22.40"), (561, 13, "43.15")]),
    ],
)
def test_means_of_whole_months(row, totals):
    """By chance each fits with n/100: 0.14 x 0.25 x 0.13 = 0.00455."""
    one = found("mean_of_whole_months", row)
    assert one.certainty == "likely"
    for total, n, printed in totals:
        assert f"{total / n:.2f}" == printed
        assert f"{total}/{n} = {printed}" in one.arithmetic


def test_medians_that_six_deaths_cannot_give():
    """3 of 14, 1 of 25 and 2 of 13 died. After a Kaplan-Meier median of 22 at most 3 and 1 are observed;
    with all 13 of Group C that is 17 of 52, where a median follow-up of 25.5 months asks for 26."""
    one = found("median_not_reached", "os_abstract")
    assert one.certainty == "likely"
    assert "at least 26 were followed that long" in one.arithmetic
    assert "3 of group A + 1 of group B + 13 of group C = 17" in one.arithmetic
    assert found("median_not_reached", "os_discussion").certainty == "possible"


def test_who_is_missing_at_12_months():
    one = found("shrinking_denominator")
    assert "group A: 14 -> 9, group B: 25 -> 18" in one.arithmetic
    assert "n = 9, 18, 13" in found("unclear_denominator", "12 months").arithmetic


def test_what_the_missing_could_do_to_the_orr():
    """3/9: 3/14 = 21 % to 8/14 = 57 %; 10/18: 10/25 = 40 % to 17/25 = 68 %; 11/13 whole."""
    one = found("missing_outcomes", "Objective response rate at 12 months")
    assert one.certainty == "likely"
    for part in ("3/14 = 21%", "8/14 = 57%", "10/25 = 40%", "17/25 = 68%", "11/13 = 85%, nobody missing"):
        assert part in one.arithmetic
    assert "0.0029 if every missing patient failed" in one.arithmetic


def test_what_the_missing_could_do_to_the_dcr():
    one = found("missing_outcomes", "Disease control rate at 12 months")
    for part in ("7/14 = 50%", "12/14 = 86%", "17/25 = 68%", "24/25 = 96%"):
        assert part in one.arithmetic


def test_volumes_of_group_b_against_its_responses():
    """1 - 0.7^3 = 65.7 %. The upper quartile of 25 is at place 19.5 (SPSS) or 19 (R): 6 above, 8 PR."""
    one = found("volume_against_response", "6 months", "B")
    assert one.certainty == "likely"
    assert "45.79 % < 65.7 %: at most 6 of 25 lie above it" in one.arithmetic
    assert "CR + PR = 8" in one.arithmetic
    one = found("volume_against_response", "12 months", "B")
    assert one.certainty == "possible"
    assert "48.15 % < 65.7 %: at most 9 of 18 lie above it" in one.arithmetic


def test_i3_and_e8_say_the_same():
    one = found("duplicate_criterion", "I3 and E8")
    assert one.certainty == "likely"
    assert "exactly 3 is neither or both" in one.text


def test_what_is_right_is_said_to_be_right():
    """77 % of the abstract is 10/13 of Table 2; every p-value of counts comes out; 0.98 is 0.976 rounded."""
    fine = {(one.kind, one.where.row) for one in REPORT.fine}
    assert ("text_against_table", "orr_6_c") in fine
    assert ("text_against_table", "adverse_events: Adverse events (CTCAE 5.0)") in fine
    for row in (
        "Gender",
        "Age",
        "Body mass index",
        "ECOG performance status",
        "Surgical methods",
        "Metastasis",
    ):
        assert ("p_value", row) in fine
    assert not [one for one in REPORT.findings if one.kind in ("p_value", "other_test")]
