"""Patients chosen by what was known before treatment: small sets counted by hand."""

import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.row_filters import FILTERS, RowFilter, filtered
from seedbed.cohort.variables import variables
from seedbed.errors import InputError

GROUPS = ("A", "A", "B", "B", "C")
SEX = ("male", "female", "female", None, "male")
AGES = (50, 65, 70, 40, 65)


def test_classes_keep_who_has_them() -> None:
    data = analysis_set(GROUPS, sex=SEX, age_years=AGES)
    found = filtered(data, [RowFilter(variable="sex", classes=("female",))])
    assert found.patients == ("SYN-1", "SYN-2")
    assert (found.groups, found.sizes) == (("A", "B"), (1, 1))
    assert [(each.reason, each.patients) for each in found.exclusions] == [
        ("filter sex: female", ("SYN-0", "SYN-4")),
        ("filter sex: female: not known", ("SYN-3",)),
    ]
    assert found.notes == ("Filter sex: female: 2 of 5 patients are analysed",)
    assert found.columns["age_years"].values.tolist() == [65.0, 70.0]


def test_both_ends_of_a_range_are_kept() -> None:
    data = analysis_set(GROUPS, sex=SEX, age_years=AGES)
    found = filtered(data, [RowFilter(variable="age_years", low=50, high=65)])
    assert found.patients == ("SYN-0", "SYN-1", "SYN-4")
    assert found.groups == ("A", "C")
    assert found.group_of.tolist() == [0, 0, 1]


@pytest.mark.parametrize(("low", "high", "left"), [(66.0, None, 1), (None, 49.9, 1), (None, 65.0, 4)])
def test_an_open_range(low: float | None, high: float | None, left: int) -> None:
    data = analysis_set(GROUPS, age_years=AGES)
    assert len(filtered(data, [RowFilter(variable="age_years", low=low, high=high)]).patients) == left


def test_each_patient_is_left_out_once() -> None:
    data = analysis_set(GROUPS, sex=SEX, age_years=AGES)
    asked = [RowFilter(variable="sex", classes=("male",)), RowFilter(variable="age_years", low=60)]
    for order in (asked, asked[::-1]):
        found = filtered(data, order)
        assert found.patients == ("SYN-4",)
        left = [name for each in found.exclusions for name in each.patients]
        assert sorted(left) == ["SYN-0", "SYN-1", "SYN-2", "SYN-3"]


def test_no_filter_changes_nothing() -> None:
    data = analysis_set(GROUPS, sex=SEX)
    assert filtered(data, []) is data


def test_nobody_left_is_a_sentence() -> None:
    with pytest.raises(InputError, match="leave nobody"):
        filtered(analysis_set(GROUPS, age_years=AGES), [RowFilter(variable="age_years", low=90)])


def test_a_class_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(InputError, match="'femal' of 'sex'"):
        filtered(analysis_set(GROUPS, sex=SEX), [RowFilter(variable="sex", classes=("femal",))])


def test_a_range_of_classes_is_a_sentence() -> None:
    with pytest.raises(InputError, match="sex: at least 1"):
        filtered(analysis_set(GROUPS, sex=SEX), [RowFilter(variable="sex", low=1)])


@pytest.mark.parametrize("name", [name for name in variables() if name not in FILTERS])
def test_nobody_is_chosen_by_what_came_later(name: str) -> None:
    with pytest.raises(InputError, match=f"a filter by '{name}'"):
        RowFilter(variable=name, classes=("x",))
