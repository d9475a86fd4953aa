"""Missing patients and what they could do to a rate; volume reductions against responses."""

from fractions import Fraction
from itertools import product

import pytest
from scipy import stats
from tests.unit.cohort.auditing.typed_studies import audited, cells, counts, found, kinds

from seedbed.cohort.auditing.denominators import rate_bounds
from seedbed.cohort.auditing.volumes import most_above, volume_percent

SIZES = {"A": 14, "B": 25}


def orr(a, b, more=""):
    return counts("ORR", [{"level": "ORR", "A": a, "B": b}], more)


def test_bounds():
    assert rate_bounds(3, 9, 5) == (3 / 14, 8 / 14)
    assert rate_bounds(11, 13, 0) == (11 / 13, 11 / 13)


def test_missing_patients_and_the_range_of_p(tmp_path):
    """All 6 x 8 outcomes of the missing, by SciPy."""
    (one,) = found(audited(tmp_path, SIZES, orr("3/9", "10/18")), "missing_outcomes")
    ps = [
        stats.fisher_exact([[3 + a, 11 - a], [10 + b, 15 - b]]).pvalue for a, b in product(range(6), range(8))
    ]
    assert f"from {min(ps):.4f} to {max(ps):.4f} over all" in one.arithmetic
    assert "worst case 3/14 = 21%, best case 8/14 = 57%" in one.arithmetic
    assert one.certainty == "likely"


def test_a_result_that_the_missing_cannot_change_is_only_possible(tmp_path):
    (one,) = found(audited(tmp_path, SIZES, orr("13/14", "2/24")), "missing_outcomes")
    assert one.certainty == "possible"


def test_nobody_missing(tmp_path):
    report = audited(tmp_path, SIZES, orr("3/14", "8/25"))
    assert not report.findings
    assert "shrinking_denominator" in kinds(report.fine)


def test_a_table_that_shrinks(tmp_path):
    rows = [{"level": "Yes", "A": "4", "B": "8"}, {"level": "No", "A": "5", "B": "10"}]
    (one,) = audited(tmp_path, SIZES, counts("x", rows, 'n = { A = "9", B = "18" }')).findings
    assert (one.kind, one.certainty) == ("shrinking_denominator", "possible")
    assert "group A: 14 -> 9, group B: 25 -> 18" in one.arithmetic


def test_one_time_two_denominators(tmp_path):
    rows = [{"level": "Yes", "A": "4", "B": "8"}, {"level": "No", "A": "5", "B": "10"}]
    line = counts("x", rows, 'n = { A = "9", B = "18" }\ntime = "12 months"')
    size = cells("size", "quartiles", {"A": "5 (4, 6)", "B": "6 (5, 7)"}, 'time = "12 months"')
    (one,) = found(audited(tmp_path, SIZES, line, size), "unclear_denominator")
    assert one.arithmetic == "n = 9, 18: x; n = 14, 25: size"


def test_thirty_percent_of_the_diameter_is_66_of_the_volume():
    assert volume_percent(Fraction(30)) == Fraction("65.7")
    assert volume_percent(Fraction(100)) == 100
    assert volume_percent(Fraction(50)) == Fraction("87.5")


@pytest.mark.parametrize(
    ("part", "n", "most"), [("p75", 25, 6), ("median", 18, 9), ("median", 25, 12), ("p75", 4, 1)]
)
def test_how_many_lie_above_a_quartile(part, n, most):
    assert most_above(part, n) == most


def link(reduction, response):
    head = f'[[volume]]\nplace = "Tables 2 and 3"\nreduction = "{reduction}"\nresponse = "{response}"\n'
    return head + 'levels = ["CR", "PR"]\n'


def response(name, complete, partial, stable, more=""):
    levels = {"CR": complete, "PR": partial, "SD": stable}
    return counts(name, [{"level": level, "A": str(count)} for level, count in levels.items()], more)


def test_more_responders_than_large_reductions(tmp_path):
    vrr = cells("vrr", "quartiles", {"A": "21.52 (14.38, 45.79)"})
    (one,) = found(
        audited(tmp_path, {"A": 25}, vrr, response("r", 0, 8, 17), link("vrr", "r")),
        "volume_against_response",
    )
    assert one.certainty == "likely"
    assert "at most 6 of 25 lie above it" in one.arithmetic
    assert not audited(tmp_path, {"A": 25}, vrr, response("r", 0, 6, 19), link("vrr", "r")).findings


def test_under_the_denominator_of_the_response(tmp_path):
    vrr = cells("vrr", "quartiles", {"A": "48.15 (18.75, 98.53)"})
    fewer = response("r", 4, 6, 8, 'n = { A = "18" }')
    (one,) = found(audited(tmp_path, {"A": 25}, vrr, fewer, link("vrr", "r")), "volume_against_response")
    assert one.certainty == "possible"


def test_large_reductions_everywhere_are_fine(tmp_path):
    vrr = cells("vrr", "quartiles", {"A": "90.57 (78.57, 99.94)"})
    report = audited(tmp_path, {"A": 13}, vrr, response("r", 4, 7, 2), link("vrr", "r"))
    assert "volume_against_response" in kinds(report.fine)
