"""The variables: the classes are those that the records allow."""

import pytest

from seedbed.cohort.variables import variable, variables
from seedbed.errors import InputError
from seedbed.patient.fields import fields_of
from seedbed.patient.records import Baseline, Patient


@pytest.mark.parametrize("name", ["sex", "pathology", "surgery", "metastasis", "mutation"])
def test_every_choice_of_a_record_has_a_class(name: str) -> None:
    kind = Patient if name == "sex" else Baseline
    assert set(fields_of(kind)[name].choices) == set(variable(name).classes)


def test_names_are_columns_of_spss() -> None:
    assert all(name.isidentifier() and len(name) <= 64 for name in variables())


def test_an_unknown_name() -> None:
    with pytest.raises(InputError, match=r"the variable 'kpss'.*did you mean 'kps'"):
        variable("kpss")
