"""Metric strings: what physicists write, and what they mistype."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dosimetry.dvh import Dvh
from seedbed.dosimetry.metrics import EXAMPLES, Metric, parse_metric
from seedbed.errors import DoseError

# Ten parts of 1 cc: 10, 20, ... 100 Gy.
DVH = Dvh.of("GTV", np.arange(10.0, 101.0, 10.0), np.ones(10))

ANSWERS = {
    "D90": 20.0, "D90%": 20.0, "d 90": 20.0, "D95": 10.0, "D100": 10.0, "D50": 60.0, "D0.1cc": 100.0,
    "D2cc": 90.0, "D2 cc": 90.0, "D 2 CC": 90.0, "D2cm3": 90.0, "D2ml": 90.0, "D.5cc": 100.0, "D90[%]": 25.0,
    "D2cc[%]": 112.5, "Dmax": 100.0, "Dmin": 10.0, "Dmean": 55.0, "DMEAN[%]": 68.75, "Dmax[Gy]": 100.0,
    "V100": 30.0, "V100%": 30.0, "v100 %": 30.0, "V50": 70.0, "V125": 10.0, "V150": 0.0, "V200": 0.0,
    "V80Gy": 30.0, "V 80 Gy": 30.0, "v80gy": 30.0, "V100%[cc]": 3.0, "V100[cc]": 3.0, "V80Gy[cc]": 3.0,
    "V80Gy [ % ]": 30.0, "V62.5": 60.0, "D20cc": 10.0,
}  # fmt: skip


@pytest.mark.parametrize(("text", "answer"), ANSWERS.items(), ids=ANSWERS.keys())
def test_answers_at_a_prescription_of_80_gy(text: str, answer: float) -> None:
    assert parse_metric(text).of(DVH, 80.0) == pytest.approx(answer)


NAMES = {
    "d 90 %": ("D90", "Gy", False), "D2.50 CC": ("D2.5cc", "Gy", False), "v100%": ("V100", "%", True),
    "V80 gy": ("V80Gy", "%", False), "V100 [CC]": ("V100[cc]", "cc", True), "D90[%]": ("D90[%]", "%", True),
    "D90[Gy]": ("D90", "Gy", False), "dMAX": ("Dmax", "Gy", False), "Dmean[%]": ("Dmean[%]", "%", True),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), NAMES.items(), ids=NAMES.keys())
def test_name_unit_and_need(text: str, expected: tuple[str, str, bool]) -> None:
    metric = parse_metric(text)
    assert (metric.name, metric.unit, metric.needs_prescription) == expected


@given(
    st.sampled_from("DV"),
    st.floats(0.1, 100).map(lambda x: round(x, 3)),
    st.sampled_from(["", "cc", "Gy"]),
    st.booleans(),
)
def test_a_name_reads_as_the_same_metric(letter: str, number: float, unit: str, other: bool) -> None:
    if (letter, unit) in (("D", "Gy"), ("V", "cc")):
        return
    asked = {"D": "[%]", "V": "[cc]"}[letter] if other else ""
    metric = parse_metric(f"{letter}{number}{unit}{asked}")
    assert parse_metric(metric.name) == metric


def test_the_examples_are_metrics_under_their_own_names() -> None:
    assert [parse_metric(name).name for name in EXAMPLES] == list(EXAMPLES)


MEANT = {
    "D9O": "D90", "90D": "D90", "D_90": "D90", "D2c": "D2cc", "D2ccc": "D2cc", "D2,5cc": "D2.5cc",
    "V2cc": "D2cc", "V150cc": "V150[cc]",
    "D80Gy": "V80Gy", "V8OGy": "V80Gy", "V80Gyy": "V80Gy", "V80G": "V80Gy", "Vl00": "V100",
    "V100(cc)": "V100[cc]", "V100percent": "V100", "Dmaximum": "Dmax", "Vmax": "Dmax", "Dmaen": "Dmean",
    "D2cc[cc]": "D2cc",
}  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), MEANT.items(), ids=MEANT.keys())
def test_a_typo_is_answered_with_what_was_meant(text: str, meant: str) -> None:
    with pytest.raises(DoseError, match="the metric") as caught:
        parse_metric(text)
    assert f"did you mean '{meant}'?" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["", " ", "D", "V", "D0", "D101", "V0", "D-5", "V-10", "hello", "D90; DROP", "Dnan", "Vinf", "CI"]
)
def test_what_is_no_metric_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(DoseError) as caught:
        parse_metric(text)
    assert str(caught.value).count("; ") == 2 + text.count("; ")


@pytest.mark.parametrize("text", ["MPD", "mpd", "M.P.D.", " m p d "])
def test_the_two_peripheral_doses_are_told_apart(text: str) -> None:
    with pytest.raises(DoseError, match=r"matched peripheral dose.*minimum peripheral dose"):
        parse_metric(text)


@pytest.mark.parametrize("prescription", [None, 0.0, -80.0, float("nan"), float("inf")])
@pytest.mark.parametrize("text", ["V100", "D90[%]", "V100[cc]"])
def test_a_metric_in_percent_of_the_prescription_needs_one(text: str, prescription: float | None) -> None:
    with pytest.raises(DoseError, match="prescription"):
        parse_metric(text).of(DVH, prescription)


def test_two_cc_of_less_are_the_least_dose() -> None:
    assert Metric("D", 2.0, "cc", "Gy").of(Dvh.of("small", np.array([5.0, 7.0]), np.array([0.5, 0.5]))) == 5.0
