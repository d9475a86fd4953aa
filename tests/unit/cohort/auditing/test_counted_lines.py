"""Percentages and sums of counts, by hand."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.cohort.auditing.typed_studies import audited, counts, found, kinds

from seedbed.cohort.auditing.cell_texts import read_cell
from seedbed.cohort.auditing.numbers import PrintedNumber


def yes_no(a, b):
    return [{"level": "Yes", "A": a}, {"level": "No", "A": b}]


def test_77_percent_is_not_11_of_14(tmp_path):
    (one,) = found(audited(tmp_path, {"A": 14}, counts("x", yes_no("11 (77%)", "3 (21%)"))), "percentage")
    assert (one.certainty, one.where.row, one.where.column) == ("certain", "x: Yes", "A")
    assert "11 of 14 is 78.57 %, printed 77 %" in one.arithmetic


def test_a_half_may_be_rounded_up_or_down(tmp_path):
    for percent in ("12", "13"):  # 1/8 = 12.5 %
        rows = yes_no(f"1 ({percent}%)", "7 (87.5%)")
        assert not audited(tmp_path, {"A": 8}, counts("x", rows)).findings


def test_another_denominator_is_named(tmp_path):
    rows = [{"level": "Yes", "A": "5 (50%)"}, {"level": "No", "A": "5 (50%)"}]
    report = audited(tmp_path, {"A": 12}, counts("x", rows, 'levels = "some"'))
    first, _ = found(report, "percentage")
    assert "5 of 10 (the counts of its column) would print so" in first.arithmetic
    assert not found(report, "sum")


def test_cut_off_percentages_are_named(tmp_path):
    (one,) = found(
        audited(tmp_path, {"A": 14}, counts("x", yes_no("9 (64.28%)", "5 (35.71%)"))), "percentage"
    )
    assert "cut off instead of rounded it would print so" in one.arithmetic


def test_a_column_changed_to_make_100_is_named(tmp_path):
    """1, 1 and 1 of 3 are 33.3 % each; 34 makes 100."""
    rows = [{"level": f"{k}", "A": f"1 ({p}%)"} for k, p in enumerate((33, 33, 34))]
    (one,) = found(audited(tmp_path, {"A": 3}, counts("x", rows)), "percentage")
    assert "adds up to 100 as printed and to 99 with 33" in one.arithmetic


def test_a_column_that_does_not_make_100_was_not_changed_to(tmp_path):
    rows = [{"level": f"{k}", "A": "1 (30%)"} for k in range(3)]
    report = audited(tmp_path, {"A": 3}, counts("x", rows))
    assert len(found(report, "percentage")) == 3
    assert not any("adds up" in one.arithmetic for one in report.findings)


def test_percentages_of_rows_and_of_all(tmp_path):
    rows = [{"level": "Yes", "A": "1 (25%)", "B": "3 (75%)"}, {"level": "No", "A": "3 (50%)", "B": "3 (50%)"}]
    assert not audited(tmp_path, {"A": 4, "B": 6}, counts("x", rows, 'percent_of = "row"')).findings
    rows = [{"level": "Yes", "A": "1 (10%)", "B": "3 (30%)"}, {"level": "No", "A": "3 (30%)", "B": "3 (30%)"}]
    assert not audited(tmp_path, {"A": 4, "B": 6}, counts("x", rows, 'percent_of = "all"')).findings


def test_a_percentage_alone_must_be_some_count(tmp_path):
    """1/14 = 7.14, 2/14 = 14.29: nothing between prints as 10 %."""
    report = audited(
        tmp_path, {"A": 14}, counts("x", [{"level": "Yes", "A": "10%"}, {"level": "No", "A": "86%"}])
    )
    (one,) = found(report, "percentage")
    assert one.text == "no number of patients out of 14 is 10 %"
    assert "1 of 14 is 7.14 %, 2 of 14 is 14.29 %" in one.arithmetic


def test_no_power_where_neighbouring_counts_print_alike(tmp_path):
    report = audited(tmp_path, {"A": 300}, counts("x", yes_no("100 (33%)", "200 (67%)")))
    assert not report.findings
    assert sum(one.kind == "percentage" for one in report.no_power) == 2


@given(st.integers(1, 400), st.data(), st.integers(0, 3))
@settings(deadline=None)
def test_no_rounded_percentage_is_ever_refused(n, data, digits):
    count = data.draw(st.integers(0, n))
    text = read_cell("counts", f"{count} ({100 * count / n:.{digits}f}%)").numbers[1][1]
    assert PrintedNumber(text).covers(Fraction(100 * count, n))


def test_counts_must_make_the_group(tmp_path):
    (one,) = found(audited(tmp_path, {"A": 14}, counts("x", yes_no("6", "7"))), "sum")
    assert (one.arithmetic, one.certainty) == ("6 + 7 = 13, n = 14", "certain")


def test_some_levels_may_be_missing_and_several_may_overlap(tmp_path):
    assert not audited(tmp_path, {"A": 14}, counts("x", yes_no("6", "7"), 'levels = "some"')).findings
    assert not audited(tmp_path, {"A": 14}, counts("x", yes_no("9", "9"), 'levels = "several"')).findings
    assert found(audited(tmp_path, {"A": 14}, counts("x", yes_no("9", "9"), 'levels = "some"')), "sum")
    assert found(audited(tmp_path, {"A": 14}, counts("x", yes_no("9", "15"), 'levels = "several"')), "sum")


def test_a_rate_is_the_sum_of_its_levels(tmp_path):
    response = counts("response", [{"level": w, "A": c} for w, c in zip("CPSD", "1243", strict=True)])
    more = 'rate_of = { variable = "response", levels = ["C", "P"] }'
    good = counts("orr", [{"level": "ORR", "A": "30% (3/10)"}], more)
    bad = counts("orr", [{"level": "ORR", "A": "40% (4/10)"}], more)
    assert not audited(tmp_path, {"A": 10}, response, good).findings
    other = good.replace("30% (3/10)", "33% (3/9)")
    (one,) = found(audited(tmp_path, {"A": 10}, response, other), "sum")
    assert one.text == "3 of 9 is not C + P"
    (one,) = found(audited(tmp_path, {"A": 10}, response, bad), "sum")
    assert one.arithmetic == "C + P = 1 + 2 = 3 of 10, printed 4 of 10"


def test_groups_and_totals(tmp_path):
    claim = '[[claim]]\nid = "deaths"\nplace = "text"\nquote = "q"\nkind = "total"\n'
    claim += 'value = "6"\nparts = ["3", "1", "1"]'
    report = audited(tmp_path, {"A": 14, "B": 25}, claim, study='n = "40"')
    assert [one.arithmetic for one in found(report, "sum")] == [
        "14 + 25 = 39, printed 40",
        "3 + 1 + 1 = 5, printed 6",
    ]
    assert "sum" in kinds(audited(tmp_path, {"A": 14, "B": 25}, study='n = "39"').fine)
