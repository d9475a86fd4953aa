from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.marker_rules import marker_rules
from seedbed.response.marker_samples import MarkerValue, TgSample, tsh_state

DAY = date(2026, 3, 2)
TG = MarkerValue.of(8)


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("<0.04", 0.0, 0.04),
        ("< 0.04", 0.0, 0.04),
        ("＜0.04", 0.0, 0.04),
        (">5000", 5000.0, None),
        ("12.5", 12.5, 12.5),
        (12.5, 12.5, 12.5),
        ("0", 0.0, 0.0),
    ],
)
def test_a_value_keeps_what_is_known(printed: str | float, low: float, high: float | None) -> None:
    value = MarkerValue.of(printed)
    assert (value.low, value.high) == (low, high)
    assert value.censored is (low != high)


@pytest.mark.parametrize(
    "printed", ["<0", "0,04", "-1", "1e3", "", "<", "negative", "nan", "<=0.04", "12 ng/mL"]
)
def test_what_is_no_value_is_refused(printed: str) -> None:
    with pytest.raises(InputError, match="laboratory value"):
        MarkerValue.of(printed)


@given(st.floats(0.001, 99999).map(lambda value: float(f"{value:.5g}")), st.sampled_from(["", "<", ">"]))
def test_a_value_is_printed_as_it_was(value: float, sign: str) -> None:
    printed = MarkerValue.of(f"{sign}{value:f}")
    assert MarkerValue.of(str(printed)) == printed


@pytest.mark.parametrize(
    ("tgab", "limit", "said", "positive"),
    [
        ("116", 115.0, None, True),
        ("115", 115.0, None, False),
        ("<15", 115.0, None, False),
        (">4000", 115.0, None, True),
        (">115", 115.0, None, True),
        ("<200", 115.0, None, None),
        ("20", None, None, None),
        ("20", None, True, True),
        (None, None, False, False),
        (None, None, None, None),
    ],
)
def test_antibodies_are_positive_above_the_limit_of_their_assay(
    tgab: str | None, limit: float | None, said: bool | None, positive: bool | None
) -> None:
    value = None if tgab is None else MarkerValue.of(tgab)
    sample = TgSample(on=DAY, tg=TG, tgab=value, tgab_limit=limit, tgab_positive=said)
    assert sample.antibody_positive is positive


def test_a_word_against_the_value_is_refused() -> None:
    with pytest.raises(InputError, match="called negative"):
        TgSample(on=DAY, tg=TG, tgab=MarkerValue.of("300"), tgab_limit=115.0, tgab_positive=False)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(InputError, match="ng/mL or ug/L"):
        TgSample(on=DAY, tg=TG, unit="pmol/L")


@pytest.mark.parametrize("limit", [0.0, -3.0, float("nan")])
def test_an_impossible_limit_is_refused(limit: float) -> None:
    with pytest.raises(InputError, match="a number above 0"):
        TgSample(on=DAY, tg=TG, tgab_limit=limit)


@pytest.mark.parametrize(
    ("tsh", "state"),
    [
        ("<0.01", "suppressed"),
        ("0.49", "suppressed"),
        ("<0.5", "suppressed"),
        ("0.5", "neither suppressed nor stimulated"),
        ("29.9", "neither suppressed nor stimulated"),
        ("30", "stimulated"),
        (">100", "stimulated"),
        (">20", None),
        ("<1", None),
    ],
)
def test_the_state_of_tsh(tsh: str, state: str | None) -> None:
    """Below 0.5 mU/L: Chen et al. 2025, exclusion criterion 1; from 30 mU/L: ATA 2015."""
    sample = TgSample(on=DAY, tg=TG, tsh_mu_per_l=MarkerValue.of(tsh))
    assert tsh_state(sample, marker_rules().tsh_differs) == state
