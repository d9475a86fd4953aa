"""Survival times: names, whole months, and medians that few events cannot give."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from tests.unit.cohort.auditing.typed_studies import audited, found, kinds

from seedbed.cohort.auditing.survival_medians import most_observed_after_median


def table(facts):
    return ", ".join(f'{key} = "{text}"' for key, text in facts.items())


def survival(name, statistic, values, more=""):
    head = f'[[survival]]\nid = "{name}"\nlabel = "{name}"\nplace = "3.3"\nstatistic = "{statistic}"\n'
    return f"{head}values = {{ {table(values)} }}\n{more}\n"


def events(**counts):
    return f"events = {{ {table(counts)} }}"


def claim(of, statistic, values):
    head = f'[[claim]]\nid = "c"\nkind = "survival"\nplace = "abstract"\nquote = "q"\nof = "{of}"\n'
    return f'{head}statistic = "{statistic}"\nvalues = {{ {table(values)} }}\n'


def follow_up(n, median, longest="88"):
    return f'[follow_up]\nplace = "3.1"\nn = "{n}"\nmedian = "{median}"\nmax = "{longest}"\n'


def test_the_same_numbers_under_two_names(tmp_path):
    """Certain where two groups agree to a decimal: one, or whole months, may be a coincidence."""
    sizes, line = {"A": 14, "B": 25}, survival("LPFS", "mean", {"A": "18.64", "B": "18.68"})
    for said, sure in (
        ({"A": "18.6", "B": "18.7"}, "certain"),
        ({"A": "18.6"}, "likely"),
        ({"A": "19", "B": "19"}, "likely"),
        ({"A": "18.6", "B": "17.0"}, "likely"),
    ):
        (one,) = found(audited(tmp_path, sizes, line, claim("LPFS", "median", said)), "mean_called_median")
        assert one.certainty == sure


def test_other_numbers_under_another_name_are_two_things(tmp_path):
    line = survival("LPFS", "mean", {"A": "18.64"})
    report = audited(tmp_path, {"A": 14}, line, claim("LPFS", "median", {"A": "15.0"}))
    assert not found(report, "mean_called_median")
    assert "mean_called_median" in kinds(report.no_power)


def test_another_number_under_the_same_name(tmp_path):
    line = survival("LPFS", "mean", {"A": "18.64"})
    report = audited(tmp_path, {"A": 14}, line, claim("LPFS", "mean", {"A": "16.8"}))
    assert found(report, "text_against_table")


def test_means_of_whole_months(tmp_path):
    """261/14, 467/25 and 549/13; the chance is 14 x 25 x 13 / 100^3 = 0.00455."""
    sizes = {"A": 14, "B": 25, "C": 13}
    line = survival("LPFS", "mean", {"A": "18.64", "B": "18.68", "C": "42.23"})
    (one,) = found(audited(tmp_path, sizes, line), "mean_of_whole_months")
    assert one.certainty == "likely"
    assert "261/14 = 18.64, 467/25 = 18.68, 549/13 = 42.23" in one.arithmetic
    assert "by chance about 0.0045" in one.arithmetic or "by chance about 0.0046" in one.arithmetic


def test_other_means_are_fine_and_coarse_ones_cannot_be_told(tmp_path):
    sizes = {"A": 14, "B": 25}
    assert "mean_of_whole_months" in kinds(
        audited(tmp_path, sizes, survival("OS", "mean", {"A": "18.60", "B": "18.68"})).fine
    )
    assert "mean_of_whole_months" in kinds(
        audited(tmp_path, sizes, survival("OS", "mean", {"A": "19", "B": "19"})).no_power
    )


def test_a_plain_mean_is_right_where_everybody_had_the_event(tmp_path):
    sizes = {"A": 14, "B": 25, "C": 13}
    values = {"A": "18.64", "B": "18.68", "C": "42.23"}
    line = survival("OS", "mean", values, events(A=14, B=25, C=13))
    assert "mean_of_whole_months" in kinds(audited(tmp_path, sizes, line).fine)


TIMES = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40)


@given(TIMES)
@settings(max_examples=60, deadline=None)
def test_after_a_kaplan_meier_median_few_are_observed(patients):
    """The bound holds for every curve that lifelines draws."""
    times, died = (np.array(each) for each in zip(*patients, strict=True))
    if not died.any():
        return
    median = KaplanMeierFitter().fit(times, died).median_survival_time_
    if np.isfinite(median):
        assert (times > median).sum() <= most_observed_after_median(int(died.sum()), len(times))


def test_the_bound_is_reached():
    """Ten patients, four censored early, three deaths in a row of six, three left: the curve is at 1/2."""
    curve = Fraction(5, 6) * Fraction(4, 5) * Fraction(3, 4)
    assert curve == Fraction(1, 2)
    assert most_observed_after_median(3, 10) == 3


def test_no_event_no_median(tmp_path):
    line = survival("OS", "median", {"A": "20.0"}, events(A=0))
    (one,) = found(audited(tmp_path, {"A": 14}, line), "median_not_reached")
    assert one.certainty == "certain"


def test_one_death_of_25_and_a_long_follow_up(tmp_path):
    """At most 1 of 25 could be observed after a median of 22; a median follow-up of 25.5 asks for 13."""
    line = survival("OS", "median", {"A": "22"}, events(A=1))
    (one,) = found(audited(tmp_path, {"A": 25}, line), "median_not_reached")
    assert one.certainty == "possible"
    (one,) = found(audited(tmp_path, {"A": 25}, line, follow_up(25, "25.5")), "median_not_reached")
    assert one.certainty == "likely"
    assert (
        "at least 13 were followed that long; these medians would allow at most 1 of group A = 1"
        in one.arithmetic
    )
    (one,) = found(audited(tmp_path, {"A": 25}, line, follow_up(25, "9")), "median_not_reached")
    assert one.certainty == "possible"


def test_enough_events_are_fine_and_unknown_ones_cannot_be_told(tmp_path):
    line = survival("OS", "median", {"A": "22"}, events(A=13))
    assert "median_not_reached" in kinds(audited(tmp_path, {"A": 25}, line).fine)
    line = survival("OS", "median", {"A": "22"})
    assert "median_not_reached" in kinds(audited(tmp_path, {"A": 25}, line).no_power)
    line = survival("OS", "median", {"A": "22"}, events(A=10))
    assert "median_not_reached" in kinds(audited(tmp_path, {"A": 25}, line).no_power)


def test_progression_free_no_longer_than_overall(tmp_path):
    os = survival("OS", "mean", {"A": "18.60"})
    for months, wrong in (("18.60", False), ("18.61", False), ("18.70", True)):
        pfs = survival("PFS", "mean", {"A": months}, 'not_longer_than = "OS"')
        assert bool(found(audited(tmp_path, {"A": 14}, os, pfs), "order_of_endpoints")) is wrong


@pytest.mark.parametrize(("months", "wrong"), [("88", False), ("88.4", False), ("90", True)])
def test_no_longer_than_anybody_was_followed(tmp_path, months, wrong):
    report = audited(tmp_path, {"A": 14}, survival("OS", "mean", {"A": months}), follow_up(14, "25"))
    assert bool(found(report, "longer_than_follow_up")) is wrong
