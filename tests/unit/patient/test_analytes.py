"""Names, units and conversions of laboratory quantities; the factors are typed from textbooks and SI."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient.analyte_units import unit_meanings
from seedbed.patient.analytes import ANALYTES, analyte, check_plausible, convert, find_analyte, unit_of

# Conventional to SI, as the tables of the AMA Manual of Style (11th edition, table 17.5-1) print them
FACTORS = [
    ("haemoglobin", "g/dL", "g/L", 10.0),
    ("haemoglobin", "g/dL", "mmol/L", 0.6206),
    ("creatinine", "mg/dL", "umol/L", 88.4),
    ("bilirubin", "mg/dL", "umol/L", 17.104),
    ("glucose", "mg/dL", "mmol/L", 0.0555),
    ("cholesterol", "mg/dL", "mmol/L", 0.0259),
    ("triglycerides", "mg/dL", "mmol/L", 0.0113),
    ("urea_nitrogen", "mg/dL", "mmol/L", 0.357),
    ("calcium", "mg/dL", "mmol/L", 0.25),
    ("calcium", "mEq/L", "mmol/L", 0.5),
    ("magnesium", "mg/dL", "mmol/L", 0.4114),
    ("magnesium", "mEq/L", "mmol/L", 0.5),
    ("phosphate", "mg/dL", "mmol/L", 0.323),
    ("uric_acid", "mg/dL", "umol/L", 59.48),
    ("sodium", "mEq/L", "mmol/L", 1.0),
    ("potassium", "mEq/L", "mmol/L", 1.0),
    ("ft4", "ng/dL", "pmol/L", 12.87),
    ("ft3", "pg/mL", "pmol/L", 1.536),
    ("t4", "ug/dL", "nmol/L", 12.87),
    ("t3", "ng/dL", "nmol/L", 0.01536),
    ("tsh", "uIU/mL", "mU/L", 1.0),
    ("tg", "ng/mL", "ug/L", 1.0),
    ("tgab", "IU/mL", "kU/L", 1.0),
    ("pth", "pg/mL", "ng/L", 1.0),
    ("fibrinogen", "mg/dL", "g/L", 0.01),
    ("albumin", "g/dL", "g/L", 10.0),
    ("alt", "ukat/L", "U/L", 60.0),
    ("urine_protein_24h", "mg/24h", "g/24h", 0.001),
    ("weight", "lb", "kg", 0.45359237),
    ("systolic", "kPa", "mmHg", 7.50062),
    ("qtc", "s", "ms", 1000.0),
]
COUNTS = [
    "10^9/L",
    "x10^9/L",
    "×10^9/L",
    "10⁹/L",
    "× 10⁹／Ｌ",
    "x10E9/L",
    "10E9/L",
    "10*9/L",
    "10**9/L",
    "1e9/L",
    "109/L",
    "K/uL",
    "K/µL",
    "k/μl",
    "x10^3/uL",
    "10^3/mm3",
    "G/L",
    "g/l",
    "thou/uL",
    "10^9/升",
    "10^9 / L",
    "x 10e9 /L",
]


@pytest.mark.parametrize(("name", "unit", "to", "factor"), FACTORS)
def test_factors_are_those_of_the_textbooks(name: str, unit: str, to: str, factor: float) -> None:
    assert float(convert(1, unit, name, to=to)) == pytest.approx(factor, rel=5e-3)


@pytest.mark.parametrize("unit", COUNTS)
def test_blood_counts_are_read_however_they_are_written(unit: str) -> None:
    assert convert(250, unit, "platelets") == 250


@pytest.mark.parametrize("unit", ["/mm3", "/mm³", "/uL", "cells/uL", "/µL", "cells/mm3", "个/μL"])
def test_counts_in_a_microlitre(unit: str) -> None:
    assert convert(1500, unit, "ANC") == Fraction(3, 2)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("creatinine", "µmol/L"),
        ("creatinine", "umol/l"),
        ("creatinine", "μmol/L"),
        ("creatinine", "ＵＭＯＬ／Ｌ"),
        ("creatinine", "微摩尔/升"),
        ("ALT", "IU/L"),
        ("ALT", "u/l"),
        ("ALT", "国际单位/升"),
        ("albumin", "G/L"),
        ("albumin", "克/升"),
        ("glucose", "毫摩尔/升"),
        ("temperature", "℃"),
        ("temperature", "° C"),
        ("eGFR", "mL/min/1.73m²"),
        ("eGFR", "ml/min/1.73 m^2"),
        ("INR", ""),
        ("SBP", "mm Hg"),
        ("SBP", "毫米汞柱"),
        ("urine protein", "g/24 hrs"),
        ("urine protein", "g/d"),
        ("urine protein", "克/24小时"),
        ("LVEF", "％"),
    ],
)
def test_canonical_units_are_read_leniently(name: str, unit: str) -> None:
    assert convert(50, unit, name) == 50


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("platelets", "mmol/L"),
        ("albumin", "mmol/L"),
        ("TSH", "mg/L"),
        ("ALT", "g/L"),
        ("INR", "s"),
        ("PT", ""),
        ("potassium", ""),
        ("urine protein", "g/L"),
        ("urine protein", "g"),
        ("LVEF", "mL"),
        ("glucose", "furlong"),
        ("eGFR", "mL/h"),
        ("weight", "mm"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(name: str, unit: str) -> None:
    with pytest.raises(InputError, match=r"a unit such as|no unit"):
        convert(1, unit, name)


def test_temperatures_have_another_zero() -> None:
    assert convert(98.6, "°F", "temperature") == 37
    assert convert(40, "C", "temperature", to="F") == 104


@pytest.mark.parametrize("code", ANALYTES)
def test_every_quantity_stands_on_its_own_unit_and_is_found_by_every_name(code: str) -> None:
    quantity = ANALYTES[code]
    assert convert(7, quantity.unit, quantity) == 7
    assert quantity.low < quantity.high
    for name in (code, quantity.name, quantity.chinese, *quantity.synonyms):
        assert analyte(name) is quantity
        assert analyte(name.upper()) is quantity


@given(st.decimals("0.01", "1000", places=3), st.sampled_from(["mg/dL", "g/L", "umol/L", "mmol/L", "mEq/L"]))
def test_there_and_back_is_the_same_number(value: Decimal, unit: str) -> None:
    there = convert(value, unit, "magnesium")
    assert convert(there, "mmol/L", "magnesium", to=unit) == Fraction(value)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Hgb", "haemoglobin"),
        ("hemoglobin", "haemoglobin"),
        ("血红蛋白", "haemoglobin"),
        ("γ-GT", "ggt"),
        ("γ-谷氨酰转肽酶", "ggt"),
        ("Gamma GT", "ggt"),
        ("白细胞", "leukocytes"),
        ("WBC", "leukocytes"),
        ("甲状腺球蛋白", "tg"),
        ("Tg", "tg"),
        ("TG", "tg"),
        ("甘油三酯", "triglycerides"),
        ("促甲状腺激素", "tsh"),
        ("离子钙", "calcium_ionised"),
        ("corrected calcium", "calcium_corrected"),
        ("K+", "potassium"),
        ("P", "phosphate"),
        ("BUN", "urea_nitrogen"),
        ("尿素", "urea"),
        ("24小时尿蛋白定量", "urine_protein_24h"),
        ("ＡＬＴ", "alt"),
        ("谷丙转氨酶", "alt"),
    ],
)
def test_names_in_both_languages(name: str, code: str) -> None:
    assert analyte(name).code == code


def test_an_unknown_name_gets_the_likeliest_one() -> None:
    assert find_analyte("creatinin") is None
    with pytest.raises(InputError, match="did you mean 'creatinine'"):
        analyte("creatinin")


def test_gram_and_giga_are_told_apart_by_the_quantity() -> None:
    assert {meaning.dimension for meaning in unit_meanings("G/L")} == {"count per volume", "mass per volume"}
    assert unit_of(analyte("Hb"), "G/L").dimension == "mass per volume"
    assert unit_of(analyte("WBC"), "g/L").dimension == "count per volume"


@pytest.mark.parametrize(
    ("value", "unit", "name"),
    [
        (850, "g/L", "Hb"),
        (-1, "U/L", "ALT"),
        (5, "U/L", "TSH"),
        (140, "mg/dL", "creatinine"),
        (5, "M/uL", "WBC"),
    ],
)
def test_a_slipped_digit_or_unit_is_refused(value: float, unit: str, name: str) -> None:
    with pytest.raises(InputError, match="correct the value or its unit"):
        check_plausible(value, unit, analyte(name))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN"), Decimal("1e999999")])
def test_a_value_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="finite"):
        convert(value, "U/L", "ALT")
