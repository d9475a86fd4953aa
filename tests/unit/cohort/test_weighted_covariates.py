"""Characteristics as columns of the model: unknown values, rare classes, what tells nothing."""

import numpy as np
import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import Covariate, analysis_rules
from seedbed.cohort.frame import make_column
from seedbed.cohort.weighted_covariates import Coded, code_covariate, model_columns

RULES = analysis_rules().weights


def coded(name: str, values: list, **covariate: object) -> Coded:
    column = make_column(name, values, sources=[()] * len(values))
    asked = Covariate(name=name, reason="made up", **covariate)
    return code_covariate(column, asked, rows=np.arange(len(values)), rules=RULES)


def test_a_few_unknown_numbers_count_as_the_median() -> None:
    found = coded("age_years", [40, 50, 60, None], scale="number")
    assert [each.values.tolist() for each in found.columns] == [[40, 50, 60, 50]]
    assert found.notes == ("Age: 1 not known, counted as the median",)


def test_many_unknown_numbers_have_a_column_of_their_own() -> None:
    found = coded("tg_0", [0.0, np.e - 1, None] * 5, scale="log")
    number, unknown = found.columns
    np.testing.assert_allclose(number.values, [0, 1, 0.5] * 5)
    assert unknown.values.tolist() == [0, 0, 1] * 5
    assert "Tg before treatment: 5 not known" in found.notes[0]


def test_one_class_against_all_others() -> None:
    values = ["bone only", "lung and bone", "lung only"] * 3 + ["lung only", None]
    found = coded("metastasis", values, scale="classes", one_if=("bone only", "lung and bone"))
    (column,) = found.columns
    assert column.label == "Metastasis: bone only, lung and bone"
    assert column.values.tolist() == [1, 1, 0] * 3 + [0, 0]
    assert found.notes == ("Metastasis: 1 not known, counted as the most frequent class",)


def test_rare_classes_are_joined_or_left_out() -> None:
    values = ["negative"] * 9 + ["TERT"] * 6 + ["other"] * 3 + ["BRAF V600E"] * 2
    found = coded("mutation", values, scale="classes")
    assert [each.label for each in found.columns] == ["Mutations: TERT", "Mutations: BRAF V600E, other"]
    assert [each.values.sum() for each in found.columns] == [6, 5]
    fewer = coded("mutation", values[:-1], scale="classes")
    assert [each.label for each in fewer.columns] == ["Mutations: TERT"]
    assert fewer.notes == ("Mutations, BRAF V600E, other: left out, in 4 of 19 patients",)


@pytest.mark.parametrize(
    ("name", "values", "covariate", "said"),
    [
        ("age_years", [50] * 6, {"scale": "number"}, "Age: left out, the same in all patients"),
        ("sex", ["male"] * 6, {"scale": "classes"}, "Gender: left out, the same in all patients"),
        ("age_years", [None] * 6, {"scale": "number"}, "Age: left out, known in 0 of 6 patients"),
        ("kps", [80, 90] + [None] * 4, {"scale": "number"}, "KPS: left out, known in 2 of 6 patients"),
        ("tg_0", [-1, 2, 3], {"scale": "log"}, "Tg before treatment: left out, a number below 0"),
    ],
)
def test_what_tells_nothing_is_left_out_and_told(name: str, values: list, covariate: dict, said: str) -> None:
    found = coded(name, values, **covariate)
    assert not found.columns
    assert found.notes[0].startswith(said)


def test_order_room_and_what_follows_from_the_others() -> None:
    rng = np.random.default_rng(2)
    volume = rng.uniform(1, 100, 20)
    data = analysis_set(
        ["A"] * 10 + ["B"] * 10,
        volume_0=volume.tolist(),
        age_years=(30 + 2 * np.log1p(volume)).tolist(),
        kps=rng.choice([80.0, 90.0], 20).tolist(),
        nrs_0=rng.integers(0, 5, 20).astype(float).tolist(),
    )
    found = model_columns(data, np.arange(20), most=2, rules=RULES)
    assert [(each.id, each.used) for each in found.columns] == [
        ("volume_0", True),
        ("age_years", False),
        ("kps", True),
        ("nrs_0", False),
    ]
    assert found.columns[1].why == "no: it follows from those before"
    assert found.columns[3].why.startswith("no: room for 2 only")


def test_groups_are_not_weighted_by_what_they_are_made_by() -> None:
    data = analysis_set(["A"] * 6 + ["B"] * 6, sex=["male", "female"] * 6)
    by_sex = type(data)(**{**vars(data), "group_by": "sex"})
    found = model_columns(by_sex, np.arange(12), most=5, rules=RULES)
    assert not found.columns
    assert "Gender: the groups are made by it" in found.notes
