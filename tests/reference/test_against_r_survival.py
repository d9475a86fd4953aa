"""R 4.2.2 with survival 3.5-3, on its data sets lung and veteran; and what R's own documents print."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.statistics import (
    confidence_band,
    cox_regression,
    fine_gray,
    kaplan_meier,
    log_rank,
    proportional_hazards_tests,
    quantile,
    restricted_mean,
)

Columns = dict[str, Any]

# survival::survfit on lung by sex and veteran by treatment and cell type, typed from R's output:
# data, group, n, events, restricted mean to the largest time of all, median, log-log limits, log limits
SURVFIT = [
    ("lung", "sex", "1", 138, 112, 326.084109668875, 270, (210, 306), (212, 310)),
    ("lung", "sex", "2", 90, 53, 460.647310791935, 426, (345, 524), (348, 550)),
    ("veteran", "trt", "1", 69, 64, 123.92816666153, 103, (54, 126), (59, 132)),
    ("veteran", "trt", "2", 68, 64, 142.061281722689, 52.5, (43, 90), (44, 95)),
    ("veteran", "celltype", "adeno", 27, 26, 65.5555555555556, 51, (24, 90), (35, 92)),
    ("veteran", "celltype", "large", 27, 26, 170.506172839506, 156, (100, 216), (105, 231)),
    ("veteran", "celltype", "smallcell", 48, 45, 78.9810956790123, 51, (24, 61), (25, 63)),
    ("veteran", "celltype", "squamous", 35, 31, 230.225062656642, 118, (44, 242), (82, 314)),
]
# survdiff(rho = 0) and survdiff(rho = 1): chi-squared, df, p; chi-squared, p
SURVDIFF = [
    ("lung", "sex", 10.3267419548856, 1, 0.00131116452035549, 12.7141514011575, 0.000362898927598911),
    ("veteran", "trt", 0.00822734320235077, 1, 0.927727233340074, 0.871209492927177, 0.350620687393127),
    (
        "veteran",
        "celltype",
        25.4037003457854,
        3,
        1.27124593900607e-05,
        19.7096224580615,
        0.000194961588590466,
    ),
]
# coxph: coefficient and error with Efron's ties, limits of the ratio, p; coefficient with Breslow's ties
COXPH = {
    "sex": (-0.531023537619508, 0.167178583230754, 0.423717830353915, 0.815984813171387, 0.00149122920488076),
    "trt": (0.0177425695187363, 0.18066101228769, 0.714375526106933, 1.45038878345424, 0.921766194684512),
    "large": (
        -0.917567519884397,
        0.287970102275131,
        0.227187741338304,
        0.702467255111997,
        0.00144090583438224,
    ),
    "smallcell": (
        -0.146459853831261,
        0.24929400636836,
        0.529899916068337,
        1.40796784513419,
        0.556868960194638,
    ),
    "squamous": (
        -1.1477130366175,
        0.292880510039261,
        0.178753362201119,
        0.563449377623028,
        8.90250888955695e-05,
    ),
}
BRESLOW = {"trt": 0.0163278716523011, "large": -0.911192049189784, "squamous": -1.14137040438344}
CONCORDANCE = {"sex": 0.578644948536025, "trt": 0.52538618809632, "celltype": 0.608075874602453}


@pytest.fixture(scope="module")
def data(reference_data: Path) -> dict[str, Columns]:
    found = {}
    for name in ("lung", "veteran"):
        with (reference_data / "survival" / f"{name}.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found[name] = {key: np.array([row[key] for row in rows]) for key in rows[0]}
    lung = found["lung"]
    lung["status"] = (lung["status"] == "2.0").astype(float)
    for columns in found.values():
        columns["time"], columns["status"] = columns["time"].astype(float), columns["status"].astype(float)
    return found


def of(columns: Columns, key: str, value: str) -> tuple[Any, Any]:
    chosen = np.array([text.removesuffix(".0") == value for text in columns[key]])
    return columns["time"][chosen], columns["status"][chosen]


def dummies(columns: Columns) -> Any:
    names = ("large", "smallcell", "squamous")
    return np.array([columns["celltype"] == name for name in names]).T.astype(float)


@pytest.mark.parametrize("row", SURVFIT, ids=lambda row: f"{row[0]}-{row[2]}")
def test_medians_limits_and_restricted_means(data: dict[str, Columns], row: Any) -> None:
    name, key, value, n, events, mean, median, log_log, log = row
    curve = kaplan_meier(*of(data[name], key, value))
    assert (curve.patients, curve.events.sum()) == (n, events)
    assert restricted_mean(curve, horizon=data[name]["time"].max()).mean == pytest.approx(mean, rel=1e-9)
    found = quantile(curve, 0.5)
    assert found.time == median
    assert (found.log_log.low, found.log_log.high) == log_log
    assert (found.log.low, found.log.high) == log


def test_every_step_of_lung_by_sex(reference_data: Path, data: dict[str, Columns]) -> None:
    with (reference_data / "survival" / "oracle_R_lung_sex_steps.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for value in ("1", "2"):
        theirs = [row for row in rows if row["strata"] == f"sex={value}"]
        curve = kaplan_meier(*of(data["lung"], "sex", value))
        band, events = confidence_band(curve), curve.events > 0
        ours = {
            "time": curve.times,
            "n": curve.at_risk,
            "ev": curve.events,
            "surv": curve.survival,
            "se": curve.standard_error,
            "lo": band.low,
            "hi": band.high,
        }
        assert len(theirs) == events.sum() > 50
        for column, values in ours.items():
            expected = np.array([float(row[column]) for row in theirs])
            assert values[events] == pytest.approx(expected, rel=1e-9, abs=1e-12), column


@pytest.mark.parametrize("row", SURVDIFF, ids=lambda row: f"{row[0]}-{row[1]}")
def test_log_rank_and_peto(data: dict[str, Columns], row: Any) -> None:
    name, key, statistic, df, p_value, peto, peto_p = row
    columns = data[name]
    found = log_rank(columns["time"], columns["status"], columns[key])
    assert found.df == df
    assert (found.statistic, found.p_value) == pytest.approx((statistic, p_value), rel=1e-9)
    found = log_rank(columns["time"], columns["status"], columns[key], weights="peto-peto")
    assert (found.statistic, found.p_value) == pytest.approx((peto, peto_p), rel=1e-9)


def cox_of(data: dict[str, Columns], term: str) -> Any:
    columns = data["lung" if term == "sex" else "veteran"]
    covariates = dummies(columns) if term == "celltype" else columns[term].astype(float)
    names = ("large", "smallcell", "squamous") if term == "celltype" else (term,)
    return cox_regression(columns["time"], columns["status"], covariates=covariates, names=names)


@pytest.mark.parametrize("term", ["sex", "trt", "celltype"])
def test_cox_with_efrons_ties(data: dict[str, Columns], term: str) -> None:
    found = cox_of(data, term)
    for each in found.estimates:
        coefficient, error, low, high, p_value = COXPH[each.name]
        assert each.coefficient == pytest.approx(coefficient, abs=1e-8)
        assert each.standard_error == pytest.approx(error, abs=1e-8)
        assert (each.low, each.high, each.p_value) == pytest.approx((low, high, p_value), rel=1e-6)
    assert found.concordance == pytest.approx(CONCORDANCE[term], rel=1e-12)


@pytest.mark.parametrize("term", ["trt", "celltype"])
def test_fine_and_gray_without_other_causes_is_cox_with_breslows_ties(
    data: dict[str, Columns], term: str
) -> None:
    columns = data["veteran"]
    covariates = dummies(columns) if term == "celltype" else columns["trt"].astype(float)
    names = ("large", "smallcell", "squamous") if term == "celltype" else (term,)
    found = fine_gray(columns["time"], columns["status"], covariates=covariates, names=names)
    for each in found.estimates:
        if each.name in BRESLOW:
            assert each.coefficient == pytest.approx(BRESLOW[each.name], abs=1e-7)


def test_proportional_hazards_of_veteran_as_the_vignette_of_time_dependence_prints_them(
    data: dict[str, Columns],
) -> None:
    # T. Therneau, C. Crowson, E. Atkinson, "Using time dependent covariates": cox.zph of trt + prior + karno
    columns = data["veteran"]
    covariates = np.array([columns[name].astype(float) for name in ("trt", "prior", "karno")]).T
    found = proportional_hazards_tests(columns["time"], columns["status"], covariates=covariates)
    printed = [(0.288, 0.59125), (2.168, 0.14087), (12.138, 0.00049), (18.073, 0.00042)]
    for test, (statistic, p_value) in zip(found, printed, strict=True):
        assert round(test.statistic, 3) == statistic
        assert round(test.p_value, 5) == p_value
    assert [test.df for test in found] == [1, 1, 1, 3]
