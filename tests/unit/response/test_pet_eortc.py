"""Young et al. 1999, doi 10.1016/S0959-8049(99)00229-4: the table of tumour response typed again."""

from dataclasses import replace
from datetime import date

import pytest

from seedbed.errors import InputError
from seedbed.response.metabolic_response import MetabolicResponse
from seedbed.response.pet_eortc import assess_eortc
from seedbed.response.pet_scans import Background, PetLesion, PetScan

FIRST, LATER = date(2026, 1, 5), date(2026, 4, 5)


def lesion(name: str, suv: float | None, **facts: object) -> PetLesion:
    return PetLesion(name=name, suv_bsa_max=suv, **facts)  # type: ignore[arg-type]


def judged(before: list[PetLesion], now: list[PetLesion], cycles: int = 1) -> MetabolicResponse:
    first, later = PetScan(on=FIRST, lesions=tuple(before)), PetScan(on=LATER, lesions=tuple(now))
    return assess_eortc(first, later, cycles=cycles)


@pytest.mark.parametrize(
    ("now", "cycles", "response"),
    [
        (85.0, 1, "PMR"),
        (85.1, 1, "SMD"),
        (85.0, 2, "SMD"),
        (75.0, 2, "SMD"),
        (74.9, 2, "PMR"),
        (74.9, 1, "PMR"),
        (125.0, 1, "SMD"),
        (125.1, 1, "PMD"),
        (125.1, 4, "PMD"),
        (100.0, 1, "SMD"),
    ],
)
def test_the_limits_of_suv(now: float, cycles: int, response: str) -> None:
    found = judged([lesion("T1", 100.0)], [lesion("T1", now)], cycles)
    assert found.response == response
    assert found.decided_by == f"EORTC-{response}"
    assert found.change_pct == pytest.approx(now - 100.0)


@pytest.mark.parametrize(("extent", "response"), [(24.0, "SMD"), (24.1, "PMD"), (None, "SMD")])
def test_the_limit_of_extent(extent: float | None, response: str) -> None:
    found = judged([lesion("T1", 5.0, extent_mm=20.0)], [lesion("T1", 5.0, extent_mm=extent)])
    assert found.response == response
    if response == "PMD":
        assert (found.decided_by, found.measurement) == (
            "EORTC-PMD-EXTENT",
            "extent of 'T1' 20 to 24.1 mm (+20.5 %)",
        )


def test_new_uptake_is_progression_though_all_else_is_gone() -> None:
    found = judged([lesion("T1", 5.0)], [lesion("T1", 1.0, resolved=True), lesion("N1", 2.0, new=True)])
    assert (found.response, found.decided_by) == ("PMD", "EORTC-PMD-NEW")


def test_complete_response_is_what_the_reader_cannot_tell_from_its_surroundings() -> None:
    before = [lesion("T1", 5.0), lesion("T2", 4.0)]
    gone = [lesion("T1", None, resolved=True), lesion("T2", 1.0, resolved=True)]
    assert judged(before, gone).response == "CMR"
    assert (
        judged(before, [replace(gone[0], suv_bsa_max=1.0), replace(gone[1], resolved=False)]).response
        == "PMR"
    )


def test_the_same_lesions_are_summed() -> None:
    found = judged([lesion("T1", 6.0), lesion("T2", 4.0)], [lesion("T1", 3.0), lesion("T2", 5.0)])
    assert (found.baseline_value, found.value, found.response) == (10.0, 8.0, "PMR")


@pytest.mark.parametrize("now", [[], [lesion("T1", 5.0)], [lesion("T1", 5.0), lesion("T2", None)]])
def test_a_lesion_without_suv_is_not_evaluable(now: list[PetLesion]) -> None:
    found = judged([lesion("T1", 5.0), lesion("T2", 5.0)], now)
    assert found.response == "NE"
    assert "'T2' on 2026-04-05" in found.measurement


def test_a_baseline_without_suv_is_not_evaluable() -> None:
    found = judged([lesion("T1", None)], [lesion("T1", 5.0)])
    assert (found.response, found.measurement) == ("NE", "SUV of 'T1' on 2026-01-05 was not measured")


def test_differences_of_the_scans_ask_for_caution_here() -> None:
    liver = Background(region="liver", sul_mean=1.0, sul_sd=0.1)
    first = PetScan(on=FIRST, lesions=(lesion("T1", 5.0),), uptake_minutes=60.0, background=liver)
    later = replace(first, on=LATER, uptake_minutes=80.0, background=replace(liver, sul_mean=2.0))
    found = assess_eortc(first, later, cycles=1)
    assert found.response == "SMD"
    assert not any(caveat.forbids for caveat in found.caveats)
    assert "PET-UPTAKE-DIFFERENCE" in found.rule_ids
    assert "PET-BACKGROUND" not in found.rule_ids


def test_at_least_one_cycle_is_asked_for() -> None:
    with pytest.raises(InputError, match="at least one"):
        judged([lesion("T1", 5.0)], [lesion("T1", 5.0)], cycles=0)
