"""The order and safety sheet: decay both ways, the 10 % assay, rate in air, release."""

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import DoseError, RulesError, TableError
from seedbed.implant.assay import assay, loose_seeds_to_measure, seeds_to_measure
from seedbed.implant.decay import cumulated_days
from seedbed.implant.order import OrderRequest, order_sheet
from seedbed.implant.order_rules import order_rule, order_rules, read_order_rules
from seedbed.implant.release import air_kerma_rate, release

CALIBRATED = date(2026, 11, 20)


def request(**changes: Any) -> OrderRequest:
    facts: dict[str, Any] = {
        "seeds": 40,
        "strength_u": 0.889,
        "calibrated": CALIBRATED,
        "implanted": date(2026, 12, 1),
        "radionuclide": "I-125",
        "half_life_days": 59.40,
        "u_per_mci": 1.270,
    }
    return OrderRequest(**{**facts, **changes})


@given(st.integers(-180, 180), st.floats(0.45, 0.9))
def test_what_is_ordered_has_the_wanted_strength_on_the_day(days: int, wanted: float) -> None:
    day = CALIBRATED + timedelta(days=days)
    sheet = order_sheet(request(implanted=day, strength_u=wanted, stated_at="implant"))
    assert sheet.seed_at_implant.u == pytest.approx(wanted)
    assert sheet.seed_to_order.u == pytest.approx(sheet.seed_at_calibration.u)
    back = order_sheet(request(implanted=day, strength_u=sheet.seed_to_order.u))
    assert back.seed_at_implant.u == pytest.approx(wanted)


def test_one_half_life_by_hand() -> None:
    # 64 days is two half-lives of 32 days: a quarter is left.
    sheet = order_sheet(request(half_life_days=32.0, implanted=CALIBRATED + timedelta(days=64), spare=10))
    assert sheet.decay_factor == 0.25
    assert sheet.seed_at_implant.u == pytest.approx(0.889 / 4)
    assert sheet.seed_to_order.u == pytest.approx(0.889 * 4)
    assert sheet.implanted_at_implant.mci == pytest.approx(40 * 0.7 / 4)
    assert sheet.implanted_at_implant.mbq == pytest.approx(40 * 25.9 / 4)
    assert sheet.delivered_at_calibration.u == pytest.approx(50 * 0.889)


def test_seeds_implanted_before_their_calibration_day_are_stronger() -> None:
    sheet = order_sheet(request(implanted=CALIBRATED - timedelta(days=5)))
    assert sheet.days == -5
    assert sheet.seed_at_implant.u > sheet.seed_at_calibration.u


@given(st.integers(1, 2000))
def test_ten_percent_rounded_up(seeds: int) -> None:
    count = seeds_to_measure(seeds)
    assert 10 * count >= seeds
    assert 10 * (count - 1) < seeds
    assert count <= loose_seeds_to_measure(seeds) <= seeds


@pytest.mark.parametrize(
    ("seeds", "count", "loose"), [(1, 1, 1), (10, 1, 10), (11, 2, 10), (100, 10, 10), (101, 11, 11)]
)
def test_seeds_to_measure_by_hand(seeds: int, count: int, loose: int) -> None:
    assert (seeds_to_measure(seeds), loose_seeds_to_measure(seeds)) == (count, loose)


@pytest.mark.parametrize(
    ("mean", "verdict"),
    [
        (1.0, "agrees"),
        (1.03, "agrees"),
        (0.97, "agrees"),
        (1.0301, "investigate"),
        (0.9699, "investigate"),
        (1.05, "investigate"),
        (0.95, "investigate"),
        (1.0501, "report"),
        (0.9499, "report"),
    ],
)
def test_the_limits_of_the_mean(mean: float, verdict: str) -> None:
    found = assay((mean,) * 4, stated_u=1.0, seeds=40)
    assert found.verdict == verdict
    assert found.deviation_percent == pytest.approx(100 * (mean - 1))
    assert found.passed == (verdict == "agrees")


def test_too_few_measured_is_no_pass() -> None:
    found = assay((1.0,), stated_u=1.0, seeds=40)
    assert (found.verdict, found.enough, found.passed) == ("agrees", False, False)
    assert "at least 4 are required" in found.sentence


def test_a_single_seed_that_stands_out_is_named() -> None:
    found = assay((1.0, 1.0, 0.9, 1.0), stated_u=1.0, seeds=40)  # mean 0.975
    assert (found.single_seeds, found.passed) == ((3,), False)
    assert "seed 3" in found.sentence


def test_the_assay_is_compared_on_its_own_day() -> None:
    day = CALIBRATED + timedelta(days=27)
    left = 2 ** (-27 / 59.40)
    sheet = order_sheet(request(measured_u=(0.889 * left,) * 4, measured_on=day))
    assert sheet.assay is not None
    assert sheet.assay.deviation_percent == pytest.approx(0, abs=1e-9)
    undated = order_sheet(request(measured_u=(0.889 * left,) * 4))
    assert undated.assay is not None
    assert undated.assay.verdict == "report"


@given(st.floats(0, 1000), st.floats(0.1, 10))
def test_twice_as_far_is_a_quarter(strength: float, metres: float) -> None:
    near, far = (air_kerma_rate(strength, distance_m=d) for d in (metres, 2 * metres))
    assert near == pytest.approx(4 * far)


def test_a_unit_is_a_micrograys_an_hour_at_a_metre() -> None:
    assert air_kerma_rate(1.0, distance_m=1.0) == 1.0


@pytest.mark.parametrize(
    ("mbq", "rate", "verdict", "instructions"),
    [
        (74.0, None, "by activity", False),
        (74.1, None, "by activity", True),
        (330.0, None, "by activity", True),
        (330.1, None, "measure", True),
        (900.0, 0.01, "by measured rate", True),
        (900.0, 0.002, "by measured rate", False),
        (900.0, 0.0101, "not by table", True),
        (50.0, 0.0101, "not by table", True),
    ],
)
def test_the_limits_of_release(mbq: float, rate: float | None, verdict: str, instructions: bool) -> None:
    found = release(mbq, radionuclide="I-125", measured_msv_per_h=rate)
    assert (found.verdict, found.instructions) == (verdict, instructions)
    assert found.rules == ("RELEASE-5", "RELEASE-1", "RELEASE-I125")


def test_a_radionuclide_without_a_row_is_not_guessed() -> None:
    found = release(1.0, radionuclide="Cs-131")
    assert (found.verdict, found.instructions, found.limit_mbq) == ("not by table", True, None)
    assert "no row" in found.sentence


def test_the_sheet_names_its_rules_with_their_sources() -> None:
    sheet = order_sheet(request())
    ids = [rule.id for rule in sheet.rules]
    assert len(ids) == len(set(ids))
    assert {"ASSAY-10", "RATE-AIR", "RELEASE-I125", "CN-GBZ178"} <= set(ids)
    assert all(rule.source and rule.place and rule.edition for rule in sheet.rules)
    assert "RELEASE-PD103" in [rule.id for rule in order_sheet(request(radionuclide="Pd-103")).rules]


@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": 0},
        {"seeds": -4},
        {"seeds": 4.5},
        {"seeds": True},
        {"spare": -1},
        {"strength_u": 0.0},
        {"strength_u": -0.5},
        {"strength_u": math.nan},
        {"strength_u": math.inf},
        {"u_per_mci": 0.0},
        {"half_life_days": 0.0},
        {"half_life_days": math.nan},
        {"stated_at": "order"},
        {"implanted": date(2062, 12, 1)},
        {"measured_u": (0.8,), "measured_on": date(2016, 12, 1)},
    ],
)
def test_an_order_without_meaning_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DoseError, match=r"; expected .*; .*\.$"):
        request(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"measured_u": (0.8, math.nan)},
        {"measured_u": (0.8, -0.8)},
        {"measured_u": (0.8,) * 41},
        {"distance_m": 0.0},
        {"distance_m": math.nan},
        {"measured_msv_per_h": -0.1},
        {"measured_msv_per_h": math.nan},
    ],
)
def test_a_measurement_without_meaning_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(DoseError, match=r"; expected .*; .*\.$"):
        order_sheet(request(**changes))


def test_an_unknown_rule_is_answered_with_the_likely_one() -> None:
    with pytest.raises(RulesError, match="did you mean 'ASSAY-10'"):
        order_rule("ASAY-10")
    assert len(order_rules()) >= 10


RULE = 'id = "A"\ntext = "t"\nsource = "s"\nplace = "p"\nedition = "e"\n'


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (RULE.replace('source = "s"\n', ""), TableError),
        (RULE.replace('text = "t"\n', ""), RulesError),
        (RULE.replace('edition = "e"', 'edition = " "'), RulesError),
        (RULE + "numbers = { a = -1 }\n", RulesError),
        (RULE + 'numbers = { a = "1" }\n', RulesError),
        (RULE + "numbers = { a = nan }\n", RulesError),
        (RULE + "\n[[rule]]\n" + RULE, RulesError),
    ],
)
def test_a_faulty_rule_is_refused(tmp_path: Path, body: str, error: type[Exception]) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(f'[source]\nsource = "s"\nplace = "p"\n\n[[rule]]\n{body}', encoding="utf-8")
    with pytest.raises(error):
        read_order_rules(file)


@given(st.floats(1, 100), st.floats(0, 1000), st.floats(0, 1000))
def test_days_cumulate(half_life: float, first: float, more: float) -> None:
    whole = cumulated_days(half_life, first + more)
    parts = cumulated_days(half_life, first) + 2 ** (-first / half_life) * cumulated_days(half_life, more)
    assert whole == pytest.approx(parts, rel=1e-9, abs=1e-12)
    assert whole <= min(first + more, cumulated_days(half_life)) * (1 + 1e-12)


def test_complete_decay_takes_the_mean_life() -> None:
    assert cumulated_days(59.40) == pytest.approx(59.40 / math.log(2), rel=1e-15)
    assert cumulated_days(59.40, 0.0) == 0.0
    assert cumulated_days(59.40, 59.40) == pytest.approx(cumulated_days(59.40) / 2)


@pytest.mark.parametrize(
    "values", [(0.0, 1.0), (-1.0, 1.0), (math.nan, 1.0), (math.inf, 1.0), (1.0, -1.0), (1.0, math.nan)]
)
def test_times_without_meaning_are_refused(values: tuple[float, float]) -> None:
    with pytest.raises(DoseError):
        cumulated_days(*values)


def test_what_the_strength_to_order_is_stands_beside_it() -> None:
    maker, wanted = (order_sheet(request(stated_at=day)) for day in ("calibration", "implant"))
    assert maker.seed_to_order_is.startswith("not the order")
    assert wanted.seed_to_order_is.startswith("order this")
    assert all("2026-12-01" in sheet.seed_to_order_is for sheet in (maker, wanted))


def test_a_strength_to_order_that_no_seed_has_is_refused() -> None:
    # 2 U after three half-lives of 59.40 days are 2 x 2^(178/59.40) = 16 U.
    with pytest.raises(DoseError, match=r"a seed on the calibration day has 15\.9"):
        order_sheet(request(strength_u=2.0, stated_at="implant", implanted=CALIBRATED + timedelta(days=178)))
