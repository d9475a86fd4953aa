import pytest

from seedbed.cohort.printed import PrintedP, half_unit
from seedbed.errors import TableError


@pytest.mark.parametrize(
    ("text", "relation", "value", "half", "sentence"),
    [
        ("0.529", "=", 0.529, 0.0005, "p = 0.529"),
        ("0.98", "=", 0.98, 0.005, "p = 0.98"),
        ("<0.001", "<", 0.001, 0.0005, "p < 0.001"),
        ("< 0.05", "<", 0.05, 0.005, "p < 0.05"),
        (">0.05", ">", 0.05, 0.005, "p > 0.05"),
        ("not significant", ">=", 0.05, 0.0, "not significant"),
    ],
)
def test_p_values_are_read_as_printed(text, relation, value, half, sentence):
    printed = PrintedP.parse(text)
    assert (printed.text, printed.relation, printed.value, printed.half) == (text, relation, value, half)
    assert printed.sentence == sentence


@pytest.mark.parametrize("text", ["", "0,529", "1.2", "n.s.", "≤0.05", "-0.1", "nan"])
def test_what_is_no_p_value_is_refused(text):
    with pytest.raises(TableError):
        PrintedP.parse(text)


@pytest.mark.parametrize(
    ("text", "low", "high", "allowed"),
    [
        ("0.195", 0.19508, 0.19508, True),
        ("0.195", 0.1956, 0.1956, False),
        ("0.195", 0.1944, 0.1944, False),
        ("0.342", 0.3415, 0.3438, True),
        ("<0.05", 0.0499, 0.0499, True),
        ("<0.05", 0.05, 0.05, False),
        (">0.05", 0.05, 0.05, False),
        (">0.05", 0.04, 0.06, True),
        ("not significant", 0.05, 0.05, True),
        ("not significant", 0.049, 0.049, False),
    ],
)
def test_a_range_agrees_when_some_value_in_it_is_printed_so(text, low, high, allowed):
    assert PrintedP.parse(text).allows(low, high) is allowed


def test_half_a_unit_follows_the_printed_digits():
    assert [half_unit(text) for text in ("90", "2.5", "64.28", "2.00")] == [0.5, 0.05, 0.005, 0.005]
    for wrong in ("", "abc", "inf"):
        with pytest.raises(TableError):
            half_unit(wrong)
