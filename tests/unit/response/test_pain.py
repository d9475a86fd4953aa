"""Definitions of Chow et al. 2012, doi 10.1016/j.ijrobp.2011.02.008, typed again as cases at their limits."""

from datetime import date
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.pain import PainResponse, PainScore, pain_response

BEFORE, AFTER = date(2026, 3, 2), date(2026, 5, 2)
NRS = st.integers(0, 20).map(lambda half: half / 2)
OME = st.floats(0, 500)


def judged(nrs: tuple[float, float], ome: tuple[float | None, float | None]) -> PainResponse:
    baseline = PainScore(on=BEFORE, nrs=nrs[0], ome_mg_per_day=ome[0], site="T8")
    return pain_response(baseline, PainScore(on=AFTER, nrs=nrs[1], ome_mg_per_day=ome[1], site="T8"))


@pytest.mark.parametrize(
    ("nrs", "ome", "category"),
    [
        ((6, 0), (60, 60), "complete"),
        ((6, 0), (60, 0), "complete"),
        ((1, 0), (0, 0), "complete"),
        ((6, 0), (60, 61), "indeterminate"),
        ((6, 4), (60, 60), "partial"),
        ((6, 4.5), (60, 60), "indeterminate"),
        ((6, 4), (60, 61), "indeterminate"),
        ((6, 6), (60, 45), "partial"),
        ((6, 6), (60, 45.1), "indeterminate"),
        ((6, 6.5), (60, 45), "indeterminate"),
        ((6, 8), (60, 60), "progression"),
        ((6, 7.5), (60, 60), "indeterminate"),
        ((6, 8), (60, 45), "indeterminate"),
        ((6, 8), (60, 50), "progression"),
        ((6, 6), (60, 75), "progression"),
        ((6, 7), (60, 75), "progression"),
        ((6, 6), (60, 74.9), "indeterminate"),
        ((6, 5.5), (60, 75), "indeterminate"),
        ((6, 8), (60, 90), "progression"),
        ((6, 6), (0, 10), "progression"),
        ((0, 2), (0, 0), "progression"),
        ((6, 5.5), (0, 0), "indeterminate"),
        ((6, 4), (0, 0), "partial"),
        ((0, 0), (0, 0), "not evaluable"),
    ],
)
def test_each_definition_at_its_limit(
    nrs: tuple[float, float], ome: tuple[float, float], category: str
) -> None:
    assert judged(nrs, ome).category == category


@pytest.mark.parametrize("ome", [(None, 60.0), (60.0, None), (None, None)])
@pytest.mark.parametrize(
    ("nrs", "alone"),
    [
        ((6, 0), "no pain"),
        ((6, 4), "lower"),
        ((6, 5), "unchanged"),
        ((6, 8), "higher"),
        ((0, 0), "unchanged"),
    ],
)
def test_without_the_analgesic_the_score_is_told_alone(
    ome: tuple[float | None, float | None], nrs: tuple[float, float], alone: str
) -> None:
    found = judged(nrs, ome)
    assert (found.category, found.by_nrs_only, found.nrs_change) == ("not evaluable", alone, nrs[1] - nrs[0])
    assert found.ome_change_pct is None
    assert str(AFTER if ome[1] is None else BEFORE) in found.reason


def test_the_change_of_the_analgesic_is_told() -> None:
    assert judged((6, 6), (60, 75)).ome_change_pct == pytest.approx(25.0)
    assert judged((6, 6), (0, 10)).ome_change_pct is None


@given(NRS, NRS, OME, OME)
def test_no_response_comes_with_more_analgesic_and_no_progression_with_less_pain(
    before: float, now: float, ome_before: float, ome_now: float
) -> None:
    found = judged((before, now), (ome_before, ome_now))
    if found.category in ("complete", "partial"):
        assert ome_now <= ome_before
        assert now <= before
    if found.category == "progression":
        assert now >= before


@pytest.mark.parametrize("nrs", [-0.5, 10.5, 3.3, nan, inf])
def test_a_score_off_the_scale_is_refused(nrs: float) -> None:
    with pytest.raises(InputError, match="whole or half"):
        PainScore(on=BEFORE, nrs=nrs)


@pytest.mark.parametrize("ome", [-1.0, nan, inf])
def test_an_impossible_dose_is_refused(ome: float) -> None:
    with pytest.raises(InputError, match="oral morphine equivalent"):
        PainScore(on=BEFORE, nrs=5.0, ome_mg_per_day=ome)


def test_another_site_or_an_earlier_day_is_refused() -> None:
    first = PainScore(on=BEFORE, nrs=5.0, site="T8")
    with pytest.raises(InputError, match="the same site"):
        pain_response(first, PainScore(on=AFTER, nrs=2.0, site="left hip"))
    with pytest.raises(InputError, match="on a later day"):
        pain_response(first, first)
