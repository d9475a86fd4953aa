"""Dose and answer of made-up lesions; nobody in them is a patient."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.dose_response_table import dose_response_table
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.lesion_dose_table import vrr_model
from seedbed.cohort.lesions import Lesions
from seedbed.cohort.tables import Row, Table
from seedbed.statistics.cluster_robust import cluster_cox

MANY = 60


def lesions(count: int = MANY, *, each: int = 1, seed: int = 1, **given: Any) -> Lesions:
    """Make lesions that lose 3 percentage points for every 10 Gy more and grow later."""
    rng = np.random.default_rng(seed)
    dose = rng.uniform(80, 140, count)
    lost = (
        20 + 0.3 * dose + rng.normal(0, 5, count // each)[np.arange(count) // each] + rng.normal(0, 5, count)
    )
    values: dict[str, Any] = {
        "patients": np.arange(count) // each,
        "names": tuple(f"T{at % each + 1}" for at in range(count)),
        "implant_days": np.zeros(count, dtype=int),
        "prescription_gy": np.where(dose > 110, 120.0, 100.0),
        "seeds": np.full(count, 30.0),
        "d90_gy": dose,
        "volume_cc": np.exp(rng.normal(2, 1, count)),
        "vrr_6_pct": lost,
        "vrr_12_pct": lost + 5,
        "control_months": rng.exponential(20, count) * np.exp(0.03 * (dose - 110)),
        "grown": rng.random(count) < 0.6,
        "sources": [()] * count,
    }
    return Lesions(**values | given)


def set_with(found: Lesions) -> AnalysisSet:
    patients = int(found.patients.max(initial=0)) + 1
    return replace(analysis_set(["A"] * patients), lesions=found)


def table_of(found: Lesions) -> Table:
    table = dose_response_table(set_with(found))
    assert table is not None
    return table


def rows_of(found: Lesions) -> dict[str, Row]:
    return {row.id: row for row in table_of(found).rows}


def test_clusters_of_one_agree_with_plain_statistics() -> None:
    found = lesions()
    rows = rows_of(found)
    rho = stats.spearmanr(found.d90_gy, found.vrr_6_pct).statistic
    line = stats.linregress(found.d90_gy / 10, found.vrr_6_pct)
    assert rows["vrr_6"].cells[2].numbers["rho"] == pytest.approx(rho)
    assert rows["vrr_6_slope"].cells[2].numbers["slope"] == pytest.approx(line.slope)
    assert rows["vrr_6_slope"].cells[0].numbers["n"] == rows["vrr_6_slope"].cells[1].numbers["n"] == MANY
    assert any("No patient has several lesions" in note for note in table_of(found).footnotes)


def test_the_slope_that_was_put_in_lies_in_the_interval() -> None:
    for each in (1, 3):
        numbers = rows_of(lesions(240, each=each))["vrr_6_slope"].cells[2].numbers
        assert numbers["low"] < 3.0 < numbers["high"]


def test_lesions_of_one_patient_count_as_alike() -> None:
    """Three copies of each lesion in its patient tell nothing more than one."""
    one = lesions()
    cut = {name: np.repeat(value, 3) for name, value in vars(one).items() if isinstance(value, np.ndarray)}
    three = Lesions(**cut, names=tuple(np.repeat(one.names, 3)), sources=[()] * (3 * MANY))
    wide, copied = rows_of(one), rows_of(three)
    for name, key in (("vrr_6", "rho"), ("vrr_6_slope", "slope")):
        first, second = wide[name].cells[2].numbers, copied[name].cells[2].numbers
        assert second[key] == pytest.approx(first[key], rel=1e-4)
        assert second["high"] - second["low"] == pytest.approx(first["high"] - first["low"], rel=0.01)
    assert copied["vrr_6"].cells[1].text == str(MANY)


def test_growth_is_coxs_ratio_for_10_gy_with_the_events() -> None:
    found = lesions(120, each=2)
    row = rows_of(found)["control"]
    wanted = cluster_cox(
        found.control_months, found.grown, covariates=found.d90_gy / 10, clusters=found.patients
    ).estimates[0]
    assert row.cells[2].numbers["hazard_ratio"] == pytest.approx(wanted.ratio)
    assert row.cells[0].numbers == {"n": 120, "events": int(found.grown.sum())}
    assert "hazard_ratio" in rows_of(found)["control_adjusted"].cells[2].numbers


NOTHING = np.full(MANY, np.nan)
HARD: dict[str, tuple[Lesions, dict[str, str]]] = {
    "one lesion": (lesions(1), {"vrr_6": "fewer than 4 patients", "control": "fewer than 4 patients"}),
    "one patient": (
        lesions(6, each=6),
        {"vrr_6": "fewer than 4 patients", "half_dose": "fewer than 4 patients"},
    ),
    "one dose": (
        lesions(d90_gy=np.full(MANY, 100.0)),
        {"vrr_6": "all alike", "vrr_6_slope": "the same in all", "control": "the same in all"},
    ),
    "no event": (
        lesions(grown=np.zeros(MANY, dtype=bool)),
        {"control": "no event", "half_dose": "0 not controlled"},
    ),
    "no VRR": (lesions(vrr_6_pct=NOTHING), {"vrr_6": "fewer than 4 patients", "vrr_6_slope": "fewer than 4"}),
    "all gone": (
        lesions(vrr_6_pct=np.full(MANY, 100.0)),
        {"vrr_6": "all alike", "vrr_6_slope": "on one line", "vrr_6_adjusted": "on one line"},
    ),
    "no volume": (
        lesions(volume_cc=NOTHING),
        {"control_adjusted": "fewer than 4", "d90_volume": "fewer than 4"},
    ),
    "not followed": (
        lesions(control_months=np.full(MANY, 3.0), grown=np.arange(MANY) % 4 == 0),
        {"half_dose": "15 not controlled and 0 controlled"},
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_what_has_no_answer_is_a_sentence_and_never_nan(name: str) -> None:
    found, wanted = HARD[name]
    rows = rows_of(found)
    for id, said in wanted.items():
        assert rows[id].cells[2].text.startswith("not estimable: ")
        assert said in rows[id].cells[2].text
    for row in rows.values():
        for cell in row.cells:
            assert "nan" not in cell.text
            assert all(value is None or np.isfinite(value) for value in cell.numbers.values())


def test_the_half_dose_is_given_where_enough_tells_it() -> None:
    rng = np.random.default_rng(2)
    dose = rng.uniform(60, 140, 400)
    grown = rng.random(400) < 1 / (1 + np.exp(0.1 * (dose - 100)))
    found = lesions(400, d90_gy=dose, grown=grown, control_months=np.where(grown, 6.0, 24.0))
    numbers = rows_of(found)["half_dose"].cells[2].numbers
    assert numbers["low"] < 100 < numbers["high"]
    assert numbers["half_dose_gy"] == pytest.approx(100, abs=4)


def test_without_a_d90_of_a_lesion_the_patient_is_the_unit() -> None:
    nothing = lesions(5, d90_gy=np.full(5, np.nan))
    assert dose_response_table(set_with(nothing)) is None
    by_patient = replace(
        analysis_set(["A"] * 5, d90_gy=[90.0, 100.0, 110.0, 120.0, 130.0], vrr_6=[1.0, 3.0, 2.0, 5.0, 4.0]),
        lesions=nothing,
    )
    table = dose_response_table(by_patient)
    assert table is not None
    assert table.columns[1] == "Patients"


def test_lesions_that_are_left_out_are_counted() -> None:
    dose = lesions().d90_gy.copy()
    dose[:7] = np.nan
    table = table_of(lesions(d90_gy=dose, notes=("2 images are odd",)))
    assert "7 of 60 implanted lesions without a verified D90 are not in it." in table.footnotes
    assert table.footnotes[-1] == "2 images are odd."
    assert {row.id: row for row in table.rows}["vrr_6"].cells[0].text == "53"


def test_the_model_of_the_figure_is_that_of_the_table() -> None:
    found = lesions()
    assert vrr_model(found, 6).estimates[0].coefficient == pytest.approx(
        rows_of(found)["vrr_6_slope"].cells[2].numbers["slope"]
    )
