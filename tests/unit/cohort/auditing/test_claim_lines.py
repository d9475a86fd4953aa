"""Numbers, extremes, ranges and criteria of the text."""

import pytest
from tests.unit.cohort.auditing.typed_studies import audited, cells, counts, found, kinds

from seedbed.cohort.auditing.criteria import meaning

SIZES = {"A": 14, "B": 25}
ROWS = [{"level": "Yes", "A": "11 (79%)", "B": "8 (32%)"}, {"level": "No", "A": "3 (21%)", "B": "17 (68%)"}]
CLAIM = '[[claim]]\nid = "c"\nplace = "abstract"\nquote = "q"\n'


def value(text, group="A", level="Yes", statistic="percent"):
    of = f'{{ variable = "x", level = "{level}", group = "{group}", statistic = "{statistic}" }}'
    return f'{CLAIM}kind = "value"\nvalue = "{text}"\nof = {of}\n'


def extreme(group, end, statistic="median"):
    facts = f'variable = "size"\nstatistic = "{statistic}"\ngroup = "{group}"\nextreme = "{end}"'
    return f'{CLAIM}kind = "extreme"\n{facts}\n'


@pytest.mark.parametrize(("text", "wrong"), [("79", False), ("78.6", False), ("78.57", False), ("77", True)])
def test_a_percentage_of_the_text(tmp_path, text, wrong):
    report = audited(tmp_path, SIZES, counts("x", ROWS), value(text))
    assert bool(found(report, "text_against_table")) is wrong


def test_a_number_that_is_not_printed_has_no_power(tmp_path):
    report = audited(tmp_path, SIZES, counts("x", [{"level": "Yes", "A": "11"}]), value("79"))
    assert "text_against_table" in kinds(report.no_power)


@pytest.mark.parametrize(
    ("claim", "wrong"),
    [
        (extreme("A", "lowest"), False),
        (extreme("B", "highest"), False),
        (extreme("B", "lowest"), True),
        (extreme("A", "highest"), True),
    ],
)
def test_lowest_and_highest(tmp_path, claim, wrong):
    line = cells("size", "quartiles", {"A": "2.24 (2.03, 38.86)", "B": "3.68 (0.00, 20.78)"})
    report = audited(tmp_path, SIZES, line, claim)
    assert bool(found(report, "text_against_table")) is wrong


def test_numbers_that_rounding_makes_equal_are_no_finding(tmp_path):
    line = cells("size", "quartiles", {"A": "4", "B": "3.96"})
    assert not audited(tmp_path, SIZES, line, extreme("A", "lowest")).findings


def test_a_range_and_the_numbers_that_should_lie_in_it(tmp_path):
    claim = f'{CLAIM}kind = "within"\nlow = "2.22"\nhigh = "2.96"\nvalues_place = "2.3"\nvalues = '
    assert not audited(tmp_path, SIZES, claim + '["2.22", "2.5"]').findings
    (one,) = found(audited(tmp_path, SIZES, claim + '["1.85", "2.5"]'), "text_against_text")
    assert one.text == "1.85 of 2.3 lie outside the range of abstract"


def criteria(*texts):
    kinds_of = {"I": "inclusion", "E": "exclusion"}
    return "".join(
        f'[[criterion]]\nid = "{name}"\nkind = "{kinds_of[name[0]]}"\nplace = "2.1"\ntext = "{text}"\n'
        for name, text in texts
    )


def test_the_same_limit_twice(tmp_path):
    parts = criteria(
        ("I3", "Expected survival of more than 3 months"), ("E8", "Expected survival < 3 months")
    )
    (one,) = audited(tmp_path, SIZES, parts).findings
    assert (one.kind, one.certainty, one.where.row) == ("duplicate_criterion", "likely", "I3 and E8")
    assert "exactly 3 is neither or both" in one.text


def test_a_limit_that_leaves_nothing_open(tmp_path):
    parts = criteria(("I1", "KPS score ≥ 80"), ("E1", "KPS score below 80"))
    (one,) = audited(tmp_path, SIZES, parts).findings
    assert one.text.endswith("once as inclusion and once as exclusion")


def test_a_contradiction(tmp_path):
    parts = criteria(("I1", "KPS score ≥ 80"), ("E1", "KPS score of at least 80"))
    (one,) = audited(tmp_path, SIZES, parts).findings
    assert one.kind == "contradictory_criteria"


def test_other_limits_and_other_subjects_are_no_duplicates(tmp_path):
    parts = criteria(
        ("I1", "KPS score ≥ 80"),
        ("E1", "KPS score below 60"),
        ("E2", "platelet count below 80"),
        ("E3", "Incomplete clinical data"),
        ("E4", "history of stroke within 6 months"),
        ("E5", "history of prior surgery for cancer within 6 months"),
    )
    report = audited(tmp_path, SIZES, parts)
    assert not report.findings
    assert "E3" in next(one.text for one in report.no_power if one.kind == "duplicate_criterion")


@pytest.mark.parametrize(
    ("text", "number", "relation"),
    [
        ("age ≥ 18 years", "18", ">="),
        ("age of at least 18 years", "18", ">="),
        ("no more than 2 lesions", "2", "<="),
        ("more than 2 lesions", "2", ">"),
        ("fewer than 2.5 lesions", "2.5", "<"),
        ("between 2 and 5 lesions", None, None),
    ],
)
def test_meanings(text, number, relation):
    found_in = meaning(text)
    assert (found_in.number, found_in.relation) == (number, relation)
