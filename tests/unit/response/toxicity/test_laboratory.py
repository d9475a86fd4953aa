"""Grades at every printed number, typed from CTCAE v5.0 (NCI, 27 November 2017) and not from the table."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, UndecidedError
from seedbed.response.toxicity import TERMS, grade_blood_pressure, grade_value
from seedbed.response.toxicity.scales import all_scales

# term or quantity | unit | low | high | baseline | value:grade, at each printed number and beside it
TYPED = """
Anemia|g/dL|12||| 12:0 11.9:1 10.0:1 9.9:2 8.0:2 7.9:3 3:3
Anemia|g/L|120||| 120:0 119:1 100:1 99:2 80:2 79:3
Anemia|mmol/L|7.4||| 7.4:0 7.3:1 6.2:1 6.1:2 4.9:2 4.8:3
White blood cell decreased|10^9/L|4.0||| 4.0:0 3.9:1 3.0:1 2.99:2 2.0:2 1.99:3 1.0:3 0.99:4 0:4
White blood cell decreased|/mm3|4000||| 3999:1 3000:1 2999:2 2000:2 1999:3 1000:3 999:4
Neutrophil count decreased|10^9/L|1.8||| 1.8:0 1.79:1 1.5:1 1.49:2 1.0:2 0.99:3 0.5:3 0.49:4
Neutrophil count decreased|/mm3|1800||| 1500:1 1499:2 1000:2 999:3 500:3 499:4
Lymphocyte count decreased|10^9/L|1.1||| 1.1:0 1.0:1 0.8:1 0.79:2 0.5:2 0.49:3 0.2:3 0.19:4
Lymphocyte count increased|10^9/L|||| 4:0 4.01:2 20:2 20.1:3
Lymphocyte count increased|/mm3|||| 4000:0 4001:2 20000:2 20001:3
Leukocytosis|10^9/L|||| 100:0 100.1:3
CD4 lymphocytes decreased|/mm3|600||| 600:0 599:1 500:1 499:2 200:2 199:3 50:3 49:4
Platelet count decreased|10^9/L|125||| 125:0 124:1 75:1 74.9:2 50:2 49.9:3 25:3 24.9:4
Platelet count decreased|K/uL|125||| 75:1 74:2 50:2 49:3 25:3 24:4
Hemoglobin increased|g/dL||17|| 17:0 17.1:1 19:1 19.1:2 21:2 21.1:3
Hemoglobin increased|g/dL||17|18| 18:0 18.1:1 20:1 20.1:2 22:2 22.1:3
Alanine aminotransferase increased|U/L||40|20| 40:0 40.1:1 120:1 120.1:2 200:2 201:3 800:3 801:4
Alanine aminotransferase increased|U/L||40|80| 119:0 120:1 240:1 241:2 400:2 401:3 1600:3 1601:4
Aspartate aminotransferase increased|U/L||40|40| 40:0 41:1 120:1 121:2 200:2 201:3 800:3 801:4
Aspartate aminotransferase increased|U/L||40|100| 149:0 150:1 300:1 301:2 500:2 501:3 2000:3 2001:4
Alkaline phosphatase increased|U/L||100|90| 100:0 101:1 250:1 251:2 500:2 501:3 2000:3 2001:4
Alkaline phosphatase increased|U/L||100|200| 399:0 400:1 500:1 501:2 1000:2 1001:3 4000:3 4001:4
GGT increased|U/L||60|60| 60:0 61:1 150:1 151:2 300:2 301:3 1200:3 1201:4
GGT increased|U/L||60|100| 199:0 200:1 250:1 251:2 500:2 501:3 2000:3 2001:4
Blood bilirubin increased|umol/L||20|10| 20:0 21:1 30:1 31:2 60:2 61:3 200:3 201:4
Blood bilirubin increased|umol/L||20|30| 30:0 31:1 45:1 46:2 90:2 91:3 300:3 301:4
Creatinine increased|umol/L||100|| 100:0 101:1 150:1 151:2 300:2 301:3 600:3 601:4
Creatinine increased|umol/L||100|60| 60:0 90:0 91:2 150:2 180:2 181:3 300:3 600:3 601:4
CPK increased|U/L||200|| 200:0 201:1 500:1 501:2 1000:2 1001:3 2000:3 2001:4
Lipase increased|U/L||100|| 100:0 101:1 150:1 151:2 200:2 500:2 501:3
Serum amylase increased|U/L||100|| 100:0 101:1 150:1 151:2 500:2 501:3
Activated partial thromboplastin time prolonged|s||40|| 40:0 41:1 60:1 61:2 100:2 101:3
INR increased|||||  1.2:0 1.21:1 1.5:1 1.51:2 2.5:2 2.51:3
INR increased||||2.0| 2.0:0 2.1:1 3.0:1 3.1:2 5.0:2 5.1:3
Fibrinogen decreased|g/L|2.0||2.5| 2.0:0 1.99:1 1.5:1 1.49:2 1.0:2 0.99:3 0.5:3 0.49:4
Fibrinogen decreased|g/L|2.0||1.6| 1.59:1 1.21:1 1.2:2 0.81:2 0.8:3 0.5:3 0.49:4
Fibrinogen decreased|mg/dL|150||| 50:3 49.9:4
Blood lactate dehydrogenase increased|U/L||250|| 250:0 251:1 5000:1
Haptoglobin decreased|g/L|0.3||| 0.3:0 0.29:1
Blood bicarbonate decreased|mmol/L|22||| 22:0 21.9:1
Methemoglobinemia|%||1.5|| 1.5:0 1.6:2
Eosinophilia|10^9/L||0.5|0.6| 0.5:0 0.6:0 0.61:1
Cholesterol high|mg/dL||200|| 200:0 201:1 300:1 301:2 400:2 401:3 500:3 501:4
Cholesterol high|mmol/L||5.2|| 5.2:0 5.21:1 7.75:1 7.76:2 10.34:2 10.35:3 12.92:3 12.93:4
Hypertriglyceridemia|mg/dL|||| 149:0 150:1 300:1 301:2 500:2 501:3 1000:3 1001:4
Hypertriglyceridemia|mmol/L|||| 1.70:0 1.71:1 3.42:1 3.43:2 5.7:2 5.71:3 11.4:3 11.41:4
Hyperuricemia|umol/L||420|| 420:0 421:1
Hypoalbuminemia|g/L|35||| 35:0 34.9:1 30:1 29.9:2 20:2 19.9:3
Hypoalbuminemia|g/dL|3.5||| 3.5:0 3:1 2.9:2 2:2 1.9:3
Hypercalcemia|mg/dL||10.5|| 10.5:0 10.6:1 11.5:1 11.6:2 12.5:2 12.6:3 13.5:3 13.6:4
Hypercalcemia|mmol/L||2.6|| 2.6:0 2.61:1 2.9:1 2.91:2 3.1:2 3.11:3 3.4:3 3.41:4
ionised calcium|mmol/L|1.1|1.35|| 1.35:0 1.36:1 1.5:1 1.51:2 1.6:2 1.61:3 1.8:3 1.81:4
ionised calcium|mmol/L|1.1|1.35|| 1.09:1 1.0:1 0.99:2 0.9:2 0.89:3 0.8:3 0.79:4
Hypocalcemia|mg/dL|8.5||| 8.5:0 8.4:1 8.0:1 7.9:2 7.0:2 6.9:3 6.0:3 5.9:4
Hypocalcemia|mmol/L|2.1||| 2.1:0 2.09:1 2.0:1 1.99:2 1.75:2 1.74:3 1.5:3 1.49:4
Hypocalcemia|mmol/L|1.1||| 1.1:0 1.09:1 1.0:1 0.99:2 0.9:2 0.89:3 0.8:3 0.79:4
Hyperkalemia|mmol/L||5.3|| 5.3:0 5.31:1 5.5:1 5.51:2 6.0:2 6.01:3 7.0:3 7.01:4
Hypokalemia|mmol/L|3.5||| 3.5:0 3.49:1 3.0:1 2.99:3 2.5:3 2.49:4
Hypermagnesemia|mg/dL||2.6|| 2.6:0 2.7:1 3.0:1 3.1:3 8.0:3 8.1:4
Hypermagnesemia|mmol/L||1.02|| 1.02:0 1.03:1 1.23:1 1.24:3 3.30:3 3.31:4
Hypomagnesemia|mg/dL|1.7||| 1.7:0 1.6:1 1.2:1 1.19:2 0.9:2 0.89:3 0.7:3 0.69:4
Hypomagnesemia|mmol/L|0.75||| 0.75:0 0.74:1 0.5:1 0.49:2 0.4:2 0.39:3 0.3:3 0.29:4
Hypernatremia|mmol/L||147|| 147:0 148:1 150:1 150.1:2 155:2 155.1:3 160:3 160.1:4
Hyponatremia|mmol/L|137||| 137:0 136:1 130:1 129:2 125:2 124:3 120:3 119:4
Hypoglycemia|mg/dL|70||| 70:0 69:1 55:1 54:2 40:2 39:3 30:3 29:4
Hypoglycemia|mmol/L|3.9||| 3.9:0 3.8:1 3.0:1 2.99:2 2.2:2 2.19:3 1.7:3 1.69:4
Acidosis||7.35||| 7.35:0 7.34:1 7.3:1 7.29:3
Alkalosis|||7.45|| 7.45:0 7.46:1 7.5:1 7.51:3
Proteinuria|g/24h||0.15|| 0.14:0 0.15:1 0.99:1 1.0:2 3.49:2 3.5:3
Proteinuria|mg/24h||150|| 149:0 150:1 999:1 1000:2 3499:2 3500:3
Chronic kidney disease|mL/min/1.73m2|90||| 90:0 89:1 60:1 59:2 30:2 29:3 15:3 14:4
Ejection fraction decreased|%|||| 51:0 50:2 40:2 39:3 20:3 19:4
Ejection fraction decreased|%|||75| 66:0 65:2 56:2 55:3 51:3
Electrocardiogram QT corrected interval prolonged|ms|||| 449:0 450:1 480:1 481:2 500:2 501:3
Electrocardiogram QT corrected interval prolonged|ms|||380| 440:0 441:3 480:3
Forced expiratory volume decreased|%|||| 100:0 99:1 70:1 69:2 60:2 59:3 50:3 49:4
Vital capacity abnormal|%|||| 91:0 90:1 75:1 74:2 50:2 49:3
Carbon monoxide diffusing capacity decreased|mL/min/mmHg|20||| 18:0 17:1 15:1 14:2 12:2 11.9:3
Carbon monoxide diffusing capacity decreased|mL/min/mmHg|||20| 18:0 17:1 15:1 14.9:2 12:2 11.9:3
Weight gain|kg|||100| 104:0 105:1 109:1 110:2 119:2 120:3
Weight loss|kg|||100| 96:0 95:1 91:1 90:2 81:2 80:3
Weight loss|%|||| 4.9:0 5:1 9.9:1 10:2 19.9:2 20:3
Obesity|kg/m2|||| 24.9:0 25:2 29.9:2 30:3 39.9:3 40:4
systolic blood pressure|mmHg|||| 119:0 120:1 139:1 140:2 159:2 160:3
diastolic blood pressure|mmHg|||| 79:0 80:1 89:1 90:2 99:2 100:3
Fever|degC|||| 37.9:0 38.0:1 39.0:1 39.1:2 40.0:2 40.1:3
Fever|degF|||| 100.3:0 100.4:1 102.2:1 102.3:2 104.0:2 104.1:3
Hypothermia|degC|||| 35.1:0 35:2 32.1:2 32:3 28.1:3 28:4
Hypothermia|degF|||| 95.1:0 95:2 89.7:2 89.6:3 82.5:3 82.4:4
"""


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def cases() -> list[Any]:
    found = []
    for line in TYPED.strip().splitlines():
        term, unit, low, high, baseline, values = (part.strip() for part in line.split("|"))
        for pair in values.split():
            value, grade = pair.split(":")
            given = {"low": number(low), "high": number(high), "baseline": number(baseline)}
            found.append(
                pytest.param(term, unit, given, Decimal(value), int(grade), id=f"{term} {value} {unit}")
            )
    return found


@pytest.mark.parametrize(("term", "unit", "given", "value", "grade"), cases())
def test_grade_at_each_printed_number(
    term: str, unit: str, given: dict[str, Decimal | None], value: Decimal, grade: int
) -> None:
    assert grade_value(term, value, unit, **given).grade == grade


def test_every_term_of_the_table_is_typed_again() -> None:
    typed = {line.split("|")[0] for line in TYPED.strip().splitlines()}
    assert {scale.term for scale in all_scales()} - typed == {"Hypertension"}  # typed by its two pressures


def test_a_grade_by_value_is_one_that_the_term_has() -> None:
    wrong = [
        (scale.term, interval.grade)
        for scale in all_scales()
        for interval in scale.intervals
        if interval.grade not in TERMS[scale.term].grades
    ]
    assert wrong == []


@pytest.mark.parametrize("value", [95, 95.0, Decimal("95.0")])
def test_a_float_counts_as_the_number_that_is_printed(value: float) -> None:
    assert grade_value("Hb", value, "g/L", low=115).grade == 2


def test_a_multiple_is_exact() -> None:
    assert grade_value("ALT", 0.3, "ukat/L", high=0.1).grade == 1  # 3.0 x ULN in binary would be above


@given(st.decimals("2.6", "8", places=2))
def test_potassium_is_graded_the_same_in_equivalents(value: Decimal) -> None:
    limits: dict[str, Any] = {"low": Decimal("3.5"), "high": Decimal("5.3")}
    assert (
        grade_value("K", value, "mEq/L", **limits).grade == grade_value("K", value, "mmol/L", **limits).grade
    )


@given(st.lists(st.decimals("20", "250", places=1), min_size=2, max_size=2).map(sorted))
def test_less_haemoglobin_is_never_a_lower_grade(pair: list[Decimal]) -> None:
    less, more = (grade_value("Anemia", value, "g/L", low=120).grade for value in pair)
    assert less >= more


@given(st.lists(st.decimals("1", "3000", places=1), min_size=2, max_size=2).map(sorted))
def test_more_alt_is_never_a_lower_grade(pair: list[Decimal]) -> None:
    less, more = (grade_value("ALT", value, "U/L", high=40, baseline=90).grade for value in pair)
    assert more >= less


@pytest.mark.parametrize(
    ("term", "value", "unit", "given", "lacks"),
    [
        ("Anemia", 105, "g/L", {}, "lower limit of normal"),
        ("Anemia", 105, "g/L", {"high": 160}, "lower limit of normal"),
        ("ALT", 100, "U/L", {}, "upper limit of normal"),
        ("ALT", 100, "U/L", {"baseline": 60}, "upper limit of normal"),
        ("Eosinophilia", 0.9, "10^9/L", {"high": 0.5}, "baseline"),
        ("Weight loss", 60, "kg", {}, "baseline"),
        ("potassium", 4, "mmol/L", {"low": 3.5}, "upper limit of normal"),
        ("potassium", 4, "mmol/L", {}, "upper limit of normal and the lower limit of normal"),
        ("Fibrinogen decreased", 1, "g/L", {}, "lower limit of normal"),
        ("Hypocalcemia", 0.95, "mmol/L", {}, "'corrected calcium' or 'ionised calcium'"),
        ("Hypertension", 150, "mmHg", {}, "150/95"),
    ],
)
def test_what_lacks_is_asked_for(
    term: str, value: float, unit: str, given: dict[str, float], lacks: str
) -> None:
    with pytest.raises(UndecidedError, match=lacks):
        grade_value(term, value, unit, **given)


@pytest.mark.parametrize(("value", "grade"), [(99, 2), (79, 3)])
def test_a_limit_that_decides_nothing_is_not_asked_for(value: int, grade: int) -> None:
    assert grade_value("Anemia", value, "g/L").grade == grade


@pytest.mark.parametrize(
    ("term", "value", "unit", "given", "says"),
    [
        ("Nausea", 1, "%", {}, "signs and treatment"),
        ("phosphate", 0.5, "mmol/L", {}, "5.0 has none"),
        ("Hyperglycemia", 20, "mmol/L", {}, "5.0 has none"),
        ("TSH", 50, "mU/L", {}, "by symptoms"),
        ("calcium", 2.0, "mmol/L", {}, "corrected or ionised"),
        ("C-reactive protein", 50, "mg/L", {}, "grades by its value"),
        ("bleeding", 50, "mg/L", {}, "one of"),
        ("nothing at all", 50, "mg/L", {}, "ctcae search"),
        ("Anemia", 95, "U/L", {}, "unit"),
        ("Anemia", 950, "g/L", {}, "10 to 260 g/L"),
        ("Anemia", float("nan"), "g/L", {}, "finite"),
        ("potassium", 4, "mmol/L", {"low": 5.1, "high": 3.5}, "lower limit below the upper"),
        ("ALT", 100, "U/L", {"high": 0}, "positive"),
        ("ALT", 100, "U/L", {"high": 40, "baseline": 0}, "more than 0"),
        ("Haptoglobin decreased", 0.1, "g/L", {"low": 0}, "more than 0"),
        ("Anemia", True, "g/L", {}, "a number"),
        ("ionised calcium", 1.0, "mmol/L", {"low": 2.1}, "name the quantity"),
    ],
)
def test_what_cannot_be_graded_is_refused(
    term: str, value: float, unit: str, given: dict[str, float], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        grade_value(term, value, unit, **given)


@pytest.mark.parametrize(
    ("term", "value", "unit", "grade"),
    [
        ("Hyponatremia", "129.5", "mmol/L", 2),
        ("Hyponatremia", "124.5", "mmol/L", 3),
        ("Ejection fraction decreased", "39.5", "%", 3),
        ("QTc", "480.5", "ms", 2),
        ("QTc", "500.5", "ms", 3),
        ("FEV1", "69.5", "%", 2),
        ("eGFR", "59.5", "mL/min/1.73m2", 2),
    ],
)
def test_between_two_printed_grades_the_worse_is_taken_and_told(
    term: str, value: str, unit: str, grade: int
) -> None:
    found = grade_value(term, Decimal(value), unit)
    assert found.grade == grade
    assert any("between two printed grades" in caveat for caveat in found.caveats)


@pytest.mark.parametrize(
    ("term", "value", "unit", "given", "told"),
    [
        ("ALT", 100, "U/L", {"high": 40}, "baseline was not given"),
        ("Creatinine increased", 120, "umol/L", {"high": 100}, "not compared with the baseline"),
        ("Creatinine increased", 90, "umol/L", {"high": 100}, "not compared with the baseline"),
        ("Hypokalemia", 3.2, "mmol/L", {"low": 3.5}, "with symptoms"),
        ("Hyponatremia", 127, "mmol/L", {"low": 137}, "with symptoms it is grade 3"),
        ("Platelet count decreased", 70, "10^9/L", {"low": 60}, "within the limits"),
        ("Hypercalcemia", 2.88, "mmol/L", {"high": 2.6}, "in mg/dL it would be grade 2"),
        ("Hypocalcemia", 0.95, "mmol/L", {"low": 1.15}, "graded as ionised calcium"),
        ("Fever", 40.5, "degC", {}, "24 hours"),
    ],
)
def test_what_the_value_does_not_tell_is_told(
    term: str, value: float, unit: str, given: dict[str, float], told: str
) -> None:
    assert any(told in caveat for caveat in grade_value(term, value, unit, **given).caveats)


def test_a_stated_normal_baseline_needs_no_caveat() -> None:
    assert grade_value("GGT", 100, "U/L", high=60, baseline=50).caveats == ()


def test_a_grade_names_its_rule_source_limits_and_numbers() -> None:
    found = grade_value("Creatinine increased", 130, "umol/L", high=110, baseline=60)
    assert found.rule_id == "CTCAE5/Creatinine increased/2"
    assert found.source.startswith("CTCAE v5.0")
    assert found.limits == (("ULN", "110 umol/L"), ("baseline", "60 umol/L"))
    assert found.text == "creatinine 130 umol/L (2.16667 x baseline): above 1.5 to 3.0 x baseline"


def test_a_quantity_without_a_grade_names_all_its_terms() -> None:
    found = grade_value("potassium", 4, "mmol/L", low=3.5, high=5.3)
    assert (found.grade, found.term) == (0, "Hyperkalemia / Hypokalemia")


@pytest.mark.parametrize(
    ("systolic", "diastolic", "grade"),
    [(119, 79, 0), (119, 80, 1), (138, 92, 2), (160, 70, 3), (118, 100, 3)],
)
def test_the_worse_of_two_pressures_counts(systolic: int, diastolic: int, grade: int) -> None:
    assert grade_blood_pressure(systolic, diastolic).grade == grade


@pytest.mark.parametrize(
    ("quantity", "value", "unit", "given"),
    [
        ("WBC", 3500, "/uL", {"low": 4}),
        ("creatinine", 1.6, "mg/dL", {"high": 106}),
        ("creatinine", 140, "umol/L", {"high": 1.2}),
        ("Hb", 9.5, "g/dL", {"low": 115}),
        ("Hb", 95, "g/L", {"low": 11.5}),
        ("platelets", 60, "10^9/L", {"low": 125000}),
        ("bilirubin", 30, "umol/L", {"high": 1.2}),
        ("albumin", 2.8, "g/dL", {"low": 35}),
        ("ALT", 160, "U/L", {"high": 0.67}),
        ("magnesium", 1.5, "mg/dL", {"low": 0.7}),
        ("glucose", 60, "mg/dL", {"low": 3.9}),
        ("uric acid", 9, "mg/dL", {"high": 420}),
        ("WBC", 3.5, "10^9/L", {"low": 0}),
    ],
)
def test_a_limit_in_another_unit_than_the_value_is_refused(
    quantity: str, value: float, unit: str, given: dict[str, float]
) -> None:
    with pytest.raises(InputError, match=r"limit of .*; expected a (limit of normal|positive number)"):
        grade_value(quantity, value, unit, **given)


# Reference intervals of adults: MedlinePlus and WS/T 404, WS/T 405 (China), in both usual units.
@pytest.mark.parametrize(
    ("quantity", "unit", "low", "high"),
    [
        ("WBC", "10^9/L", 3.5, 9.5),
        ("WBC", "/uL", 4500, 11000),
        ("neutrophils", "10^9/L", 1.8, 6.3),
        ("lymphocytes", "10^9/L", 1.1, 3.2),
        ("eosinophils", "10^9/L", 0.02, 0.52),
        ("Hb", "g/L", 115, 150),
        ("Hb", "g/dL", 13.8, 17.2),
        ("platelets", "10^9/L", 125, 350),
        ("platelets", "/uL", 150000, 400000),
        ("ALT", "U/L", 7, 40),
        ("ALT", "U/L", 0, 50),
        ("AST", "U/L", 13, 35),
        ("ALP", "U/L", 45, 125),
        ("GGT", "U/L", 10, 60),
        ("LDH", "U/L", 120, 250),
        ("CK", "U/L", 50, 310),
        ("bilirubin", "umol/L", 0, 26),
        ("bilirubin", "mg/dL", 0.1, 1.2),
        ("albumin", "g/L", 40, 55),
        ("creatinine", "umol/L", 41, 111),
        ("creatinine", "mg/dL", 0.6, 1.3),
        ("sodium", "mmol/L", 137, 147),
        ("potassium", "mEq/L", 3.5, 5.3),
        ("magnesium", "mmol/L", 0.75, 1.02),
        ("magnesium", "mg/dL", 1.7, 2.2),
        ("glucose", "mmol/L", 3.9, 6.1),
        ("glucose", "mg/dL", 70, 100),
        ("uric acid", "mg/dL", 2.7, 8.5),
        ("cholesterol", "mg/dL", 125, 200),
        ("fibrinogen", "mg/dL", 200, 400),
        ("aptt", "s", 25, 35),
        ("amylase", "U/L", 35, 135),
        ("lipase", "U/L", 0, 300),
    ],
)
def test_the_limits_of_a_laboratory_are_taken(quantity: str, unit: str, low: float, high: float) -> None:
    middle = (low + high) / 2
    assert grade_value(quantity, middle, unit, low=low, high=high, baseline=middle).grade in (0, 1)
