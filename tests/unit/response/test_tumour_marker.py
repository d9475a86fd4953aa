from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.marker_samples import MarkerValue, TgSample
from seedbed.response.tumour_marker import change_bounds, tg_response

FIRST = TgSample(
    on=date(2026, 3, 2),
    tg=MarkerValue.of("100"),
    tg_assay="A",
    tsh_mu_per_l=MarkerValue.of("0.05"),
    tgab=MarkerValue.of("20"),
    tgab_limit=115.0,
)
LATER = replace(FIRST, on=date(2026, 5, 2))


def later(tg: str, **changes: object) -> TgSample:
    return replace(LATER, tg=MarkerValue.of(tg), **changes)


@pytest.mark.parametrize(
    ("before", "now", "category", "low", "high"),
    [
        ("100", "50", "decreased", -50.0, -50.0),
        ("100", "50.1", "stable", -49.9, -49.9),
        ("100", "150", "increased", 50.0, 50.0),
        ("100", "149", "stable", 49.0, 49.0),
        ("100", "<0.04", "decreased", -100.0, -99.96),
        ("0.05", "<0.04", "undecided", -100.0, -20.0),
        ("<0.04", "<0.04", "undecided", -100.0, None),
        ("<0.04", "0.06", "increased", 50.0, None),
        ("<0.04", "0.05", "undecided", 25.0, None),
        ("100", ">5000", "increased", 4900.0, None),
        (">5000", "1000", "decreased", -100.0, -80.0),
        ("0", "1", "undecided", None, None),
    ],
)
def test_the_change_is_as_certain_as_the_values(
    before: str, now: str, category: str, low: float | None, high: float | None
) -> None:
    found = tg_response(replace(FIRST, tg=MarkerValue.of(before)), later(now))
    assert found.category == category
    for bound, expected in ((found.change_low_pct, low), (found.change_high_pct, high)):
        assert bound is None if expected is None else bound == pytest.approx(expected)
    assert ("TG-CENSORED" in found.rule_ids) is ("<" in before + now or ">" in before + now)


@pytest.mark.parametrize(
    ("low", "high", "category"),
    [(50.0, 60.0, "undecided"), (51.0, 149.0, "stable"), (140.0, 150.0, "undecided")],
)
def test_bounds_that_touch_a_limit_leave_it_open(low: float, high: float, category: str) -> None:
    assert tg_response(FIRST, replace(LATER, tg=MarkerValue(low, high))).category == category


VALUES = st.builds(
    lambda number, sign: MarkerValue.of(f"{sign}{number:.3f}"),
    st.floats(0.01, 1000),
    st.sampled_from(["", "<", ">"]),
)


@given(VALUES, VALUES, st.floats(0, 1), st.floats(0, 1))
def test_the_change_of_any_true_values_lies_within_the_bounds(
    before: MarkerValue, now: MarkerValue, where_before: float, where_now: float
) -> None:
    def true(value: MarkerValue, where: float) -> float:
        high = value.low * 10 if value.high is None else value.high
        return value.low + where * (high - value.low)

    first, second = true(before, where_before), true(now, where_now)
    if first > 0:
        change = 100 * (second - first) / first
        low, high = change_bounds(before, now)
        assert low is None or change >= low - 1e-6 * abs(low)
        assert high is None or change <= high + 1e-6 * (abs(high) + 1)


def test_a_clean_pair_has_no_caveat() -> None:
    found = tg_response(FIRST, later("40"))
    assert found.caveats == ()
    assert found.rule_ids == ("TG-DECREASED",)
    assert found.reason == "Tg 100 to 40 ng/mL"


@pytest.mark.parametrize(
    ("change", "rule_id", "said"),
    [
        ({"tgab": MarkerValue.of("300")}, "TG-TGAB-POSITIVE", "TgAb was positive on 2026-05-02"),
        ({"tsh_mu_per_l": MarkerValue.of("80")}, "TG-TSH-DIFFERS", "suppressed on 2026-03-02 and stimulated"),
        ({"tg_assay": "B"}, "TG-ASSAY-CHANGED", "by 'A' on 2026-03-02 and by 'B'"),
    ],
)
def test_what_makes_two_samples_incomparable(change: dict[str, object], rule_id: str, said: str) -> None:
    found = tg_response(FIRST, later("40", **change))
    assert found.category == "not comparable"
    assert found.rule_ids[:2] == ("TG-NOT-COMPARABLE", rule_id) or rule_id in found.rule_ids
    assert said in found.reason
    assert found.change_low_pct == pytest.approx(-60.0)


def test_antibodies_of_the_baseline_count_too() -> None:
    found = tg_response(replace(FIRST, tgab=MarkerValue.of("300")), later("40"))
    assert found.category == "not comparable"
    assert "TG-TGAB-CHANGED" in found.rule_ids  # 300 to 20


@pytest.mark.parametrize(
    ("tgab", "told"), [("30", False), ("30.1", True), ("9.9", True), ("10", False), ("<15", False)]
)
def test_a_change_of_antibodies_by_more_than_half_is_told(tgab: str, told: bool) -> None:
    found = tg_response(FIRST, later("40", tgab=MarkerValue.of(tgab)))
    assert ("TG-TGAB-CHANGED" in found.rule_ids) is told
    assert found.category == "decreased"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"tg_assay": ""}, "assay of Tg"), ({"tsh_mu_per_l": None}, "TSH"), ({"tgab": None}, "TgAb")],
)
def test_what_is_not_stated_is_told(change: dict[str, object], said: str) -> None:
    found = tg_response(FIRST, later("40", **change))
    assert found.category == "decreased"
    caveat = next(each for each in found.caveats if each.rule_id == "TG-NOT-STATED")
    assert caveat.text == f"not stated for the sample of 2026-05-02: {said}"
    assert not caveat.forbids


def test_another_unit_or_order_is_refused() -> None:
    with pytest.raises(InputError, match="on a later day"):
        tg_response(LATER, FIRST)
    assert tg_response(FIRST, later("40", unit="ug/L")).unit == "ng/mL"


def test_an_antibody_without_a_limit_is_told_with_its_value() -> None:
    found = tg_response(FIRST, later("40", tgab=MarkerValue.of("10"), tgab_limit=None))
    texts = [each.text for each in found.caveats if each.rule_id == "TG-NOT-STATED"]
    assert texts == ["TgAb 10 has no limit on 2026-05-02; whether it is positive is not known"]
