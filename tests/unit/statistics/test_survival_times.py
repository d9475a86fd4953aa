import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics.survival_times import read_groups, read_survival, risk_table

PATIENTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30)


def test_counts_of_a_small_table_by_hand():
    # five patients: event at 2, event and censoring at 3, censoring at 5, event at 5
    table = risk_table(read_survival([2, 3, 3, 5, 5], [1, 1, 0, 0, 1]))
    assert table.times.tolist() == [2, 3, 5]
    assert table.at_risk.tolist() == [5, 4, 2]
    assert table.events.tolist() == [1, 1, 1]
    assert table.censored.tolist() == [0, 1, 1]


@given(PATIENTS)
def test_everyone_leaves_exactly_once(patients):
    times, events = zip(*patients, strict=True)
    table = risk_table(read_survival(times, events))
    leaving = table.events + table.censored
    assert leaving.sum() == table.at_risk[0] == len(patients)
    assert (table.at_risk[1:] == (table.at_risk - leaving)[:-1]).all()


def test_times_that_differ_by_rounding_only_are_one():
    read = read_survival([0.1 + 0.2, 0.3, 1.1 - 0.8, 0.31], [1, 1, 1, 1]).times
    assert len(set(read.tolist())) == 2


@pytest.mark.parametrize(
    ("times", "events", "said"),
    [
        ([1, -2], [1, 0], "the time of patient 2 is -2"),
        ([1, math.nan], [1, 0], "the time of patient 2 is nan"),
        ([1, math.inf], [1, 0], "the time of patient 2 is inf"),
        ([], [], "shape (0,)"),
        ([1, 2], [1], "shape (1,)"),
        ([1, 2], [1, 2], "the event of patient 2 is 2"),
        ([1, 2], [1, math.nan], "the event of patient 2 is nan"),
        (["six", 2], [1, 0], "words"),
        ([[1, 2]], [[1, 0]], "shape (1, 2)"),
    ],
)
def test_what_is_no_time_or_event_is_refused(times, events, said):
    with pytest.raises(InputError) as caught:
        read_survival(times, events)
    assert said in str(caught.value)


def test_groups_are_numbers_before_words_and_whole_numbers_have_one_name():
    names, places = read_groups([10.0, "9", 2, "b", " A ", "2.0"], 6)
    assert names == ("2", "9", "10", "A", "b")
    assert places.tolist() == [2, 1, 0, 4, 3, 0]


@pytest.mark.parametrize("groups", [["a", None], ["a", math.nan], ["a", " "], ["a"]])
def test_a_patient_without_group_is_refused(groups):
    with pytest.raises(InputError):
        read_groups(groups, 2)
