"""PERCIST 1.0 by Wahl et al. 2009, doi 10.2967/jnumed.108.057307: its limits typed again."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response.metabolic_response import MetabolicResponse
from seedbed.response.pet import assess_percist, measurable_from
from seedbed.response.pet_rules import pet_rules
from seedbed.response.pet_scans import Background, PetLesion, PetScan

LIVER = Background(region="liver", sul_mean=1.6, sul_sd=0.2)
FIRST = PetScan(
    on=date(2026, 1, 5),
    lesions=(PetLesion(name="T1", sul_peak=8.0, tlg=100.0),),
    background=LIVER,
    uptake_minutes=60.0,
    injected_mbq=300.0,
    scanner="A",
)
LATER = replace(FIRST, on=date(2026, 4, 5))


def lesion(name: str, sul: float | None, **facts: object) -> PetLesion:
    return PetLesion(name=name, sul_peak=sul, **facts)  # type: ignore[arg-type]


def judged(before: list[PetLesion], now: list[PetLesion], **changes: object) -> MetabolicResponse:
    return assess_percist(
        replace(FIRST, lesions=tuple(before)), replace(LATER, lesions=tuple(now), **changes)
    )


@pytest.mark.parametrize(
    ("before", "now", "response", "rule_id"),
    [
        (8.0, 5.6, "PMR", "PERCIST-PMR"),
        (8.0, 5.61, "SMD", "PERCIST-SMD"),
        (8.0, 10.4, "PMD", "PERCIST-PMD"),
        (8.0, 10.39, "SMD", "PERCIST-SMD"),
        (2.8, 2.0, "SMD", "PERCIST-SMD"),  # -28.6 % and -0.8
        (2.8, 1.9, "PMR", "PERCIST-PMR"),  # -32 % and -0.9
        (2.8, 3.65, "PMD", "PERCIST-PMD"),  # +30.4 % and +0.85
        (2.8, 3.5, "SMD", "PERCIST-SMD"),
        (3.0, 3.9, "PMD", "PERCIST-PMD"),
        (8.0, 0.5, "PMR", "PERCIST-PMR"),  # low, but the reader did not call it resolved
    ],
)
def test_both_limits_must_be_reached(before: float, now: float, response: str, rule_id: str) -> None:
    found = judged([lesion("T1", before)], [lesion("T1", now)])
    assert (found.response, found.decided_by) == (response, rule_id)
    assert found.change == pytest.approx(now - before)
    assert found.change_pct == pytest.approx(100 * (now - before) / before)


def test_a_fall_of_more_than_30_percent_and_less_than_0_8_is_no_response() -> None:
    quiet = Background(region="liver", sul_mean=0.8, sul_sd=0.1)
    first = replace(FIRST, lesions=(lesion("T1", 2.0),), background=quiet)
    for now, response in ((1.3, "SMD"), (1.2, "PMR")):
        later = replace(LATER, lesions=(lesion("T1", now),), background=quiet)
        assert assess_percist(first, later).response == response


@pytest.mark.parametrize(
    ("background", "limit"),
    [
        (LIVER, 1.5 * 1.6 + 2 * 0.2),
        (Background(region="blood pool", sul_mean=1.2, sul_sd=0.1), 2.0 * 1.2 + 2 * 0.1),
    ],
)
def test_a_lesion_is_measurable_from_a_multiple_of_the_background(
    background: Background, limit: float
) -> None:
    assert measurable_from(background, pet_rules().percist.measurable) == pytest.approx(limit)
    for sul, response in ((limit + 0.01, "SMD"), (limit - 0.01, "NE")):
        first = replace(FIRST, lesions=(lesion("T1", sul),), background=background)
        found = assess_percist(first, replace(first, on=LATER.on))
        assert found.response == response
    assert "PERCIST-MEASURABLE" in found.measurement


def test_the_hottest_lesion_of_each_scan_is_compared() -> None:
    found = judged([lesion("T1", 8.0), lesion("T2", 5.0)], [lesion("T1", 2.0), lesion("T2", 5.2)])
    assert found.lesions == ("T1", "T2")
    assert (found.baseline_value, found.value, found.response) == (8.0, 5.2, "PMR")
    assert "8 ('T1') to 5.2 ('T2') (-35.0 %)" in found.measurement


def test_a_lesion_that_rises_beside_the_hottest_forbids_a_partial_response() -> None:
    found = judged([lesion("T1", 9.0), lesion("T2", 3.0)], [lesion("T1", 5.0), lesion("T2", 4.0)])
    assert found.response == "SMD"
    assert "'T2' rose" in found.measurement


def test_complete_response_needs_the_reader_and_the_measurement() -> None:
    before = [lesion("T1", 8.0), lesion("T2", 5.0)]
    gone = lesion("T1", 1.2, resolved=True)
    assert judged(before, [gone, lesion("T2", 1.59, resolved=True)]).response == "CMR"
    assert judged(before, [gone, lesion("T2", None, resolved=True)]).response == "CMR"
    assert judged(before, [gone, lesion("T2", 1.6, resolved=True)]).response == "PMR"
    assert judged(before, [gone, lesion("T2", 1.5)]).response == "PMR"


def test_new_lesions_and_non_targets_decide_whatever_else() -> None:
    gone = lesion("T1", 1.0, resolved=True)
    found = judged([lesion("T1", 8.0)], [gone, lesion("N1", None, new=True)], uptake_minutes=100.0)
    assert (found.response, found.decided_by, found.measurement) == ("PMD", "PERCIST-PMD-NEW", "new: 'N1'")
    found = judged([lesion("T1", 8.0)], [gone], non_target_progression=True, background=None)
    assert (found.response, found.decided_by) == ("PMD", "PERCIST-PMD-NONTARGET")


@pytest.mark.parametrize(
    ("sul", "tlg", "response"),
    [(8.0, 175.0, "PMD"), (8.0, 174.9, "SMD"), (7.9, 300.0, "SMD"), (8.1, 175.0, "PMD")],
)
def test_glycolysis_is_progression_where_sul_does_not_fall(sul: float, tlg: float, response: str) -> None:
    found = judged([lesion("T1", 8.0, tlg=100.0)], [lesion("T1", sul, tlg=tlg)])
    assert found.response == response
    assert found.tlg_change_pct == pytest.approx(tlg - 100)
    if response == "PMD":
        assert found.decided_by == "PERCIST-PMD-TLG"


def test_up_to_five_lesions_are_summed_and_two_in_an_organ() -> None:
    before = [lesion(f"L{n}", 10.0 - n, organ="lung") for n in range(3)]
    before += [lesion(f"B{n}", 6.0 - n, organ="bone") for n in range(3)] + [lesion("N1", 3.0, organ="node")]
    now = [replace(each, sul_peak=(each.sul_peak or 0.0) / 2) for each in before]
    found = judged(before, now)
    assert found.summed_change_pct == pytest.approx(-50.0)
    # 10 + 9 (lung), 6 + 5 (bone), 3 (node): the third of an organ is left out, so its rise is not summed.
    now[2] = replace(now[2], sul_peak=4.4)
    assert judged(before, now).summed_change_pct == pytest.approx(-50.0)


@pytest.mark.parametrize(
    "now",
    [[], [lesion("T1", 5.0)], [lesion("T1", 5.0), lesion("T2", None)]],
    ids=["none", "one", "unmeasured"],
)
def test_a_lesion_that_was_not_measured_leaves_the_response_open(now: list[PetLesion]) -> None:
    found = judged([lesion("T1", 8.0), lesion("T2", 7.0)], now)
    assert found.response == "NE"
    assert "'T2'" in found.measurement


def test_progression_of_what_was_measured_stands_though_a_lesion_was_not() -> None:
    assert judged([lesion("T1", 8.0), lesion("T2", 7.0)], [lesion("T2", 10.5)]).response == "PMD"


@pytest.mark.parametrize("which", ["first", "later"])
def test_without_background_nothing_is_judged(which: str) -> None:
    first = replace(FIRST, background=None) if which == "first" else FIRST
    later = replace(LATER, background=None) if which == "later" else LATER
    found = assess_percist(first, later)
    assert found.response == "NE"
    assert str((first if which == "first" else later).on) in found.measurement


def test_scans_that_do_not_compare_are_not_evaluable_and_say_why() -> None:
    found = judged([lesion("T1", 8.0)], [lesion("T1", 4.0)], uptake_minutes=76.0)
    assert found.response == "NE"
    assert found.measurement == "the scans were 60 and 76 minutes after injection: not within 15 minutes"
    assert found.rule_ids == ("PERCIST-NE", "PET-UPTAKE-DIFFERENCE", "PET-UPTAKE-TIME")


SUL = st.floats(2.9, 40).map(lambda value: round(value, 2))


@given(SUL, SUL)
def test_progression_one_way_is_a_fall_the_other_way(before: float, now: float) -> None:
    """A rise by 0.8 units and 30 % of the lower value; a fall by 0.8 units and 30 % of the higher one."""
    up = judged([lesion("T1", before)], [lesion("T1", now)]).response
    down = judged([lesion("T1", now)], [lesion("T1", before)]).response
    if down == "PMR":
        assert up == "PMD"
    assert {up, down} <= {"PMR", "SMD", "PMD"}
    assert (up == "PMD") is (now - before > 0.8 - 1e-9 and now / before > 1.3 - 1e-9)


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(InputError, match="exchange the two scans"):
        assess_percist(LATER, FIRST)
    with pytest.raises(InputError, match="with no lesion"):
        judged([], [])
    with pytest.raises(InputError, match="with a new lesion"):
        judged([lesion("T1", 8.0, new=True)], [])
    with pytest.raises(InputError, match="'T3' of 2026-04-05 is not called new"):
        judged([lesion("T1", 8.0)], [lesion("T3", 8.0)])
    with pytest.raises(InputError, match="'T1' of 2026-04-05 is called new"):
        judged([lesion("T1", 8.0)], [lesion("T1", 8.0, new=True)])
