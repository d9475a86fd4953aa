"""Normalization of uptake, Wahl et al. 2009, doi 10.2967/jnumed.108.057307, at its limits."""

from dataclasses import replace
from datetime import date

import pytest

from seedbed.response.pet_comparability import pet_comparability
from seedbed.response.pet_scans import Background, PetLesion, PetScan


def liver(mean: float) -> Background:
    return Background(region="liver", sul_mean=mean, sul_sd=0.2)


FIRST = PetScan(
    on=date(2026, 1, 5),
    lesions=(PetLesion(name="T1", sul_peak=8.0),),
    background=liver(1.6),
    uptake_minutes=60.0,
    injected_mbq=300.0,
    scanner="A",
)
LATER = replace(FIRST, on=date(2026, 4, 5))


def found(**changes: object) -> list[tuple[str, bool]]:
    caveats = pet_comparability(FIRST, replace(LATER, **changes))  # type: ignore[arg-type]
    return [(caveat.rule_id, caveat.forbids) for caveat in caveats]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"background": liver(1.9)}, []),  # 0.3 and 18.75 %
        ({"background": liver(1.91)}, [("PET-BACKGROUND", True)]),
        ({"background": liver(1.3)}, []),
        ({"background": liver(1.29)}, [("PET-BACKGROUND", True)]),
        (
            {"background": Background(region="blood pool", sul_mean=1.6, sul_sd=0.2)},
            [("PET-BACKGROUND", True)],
        ),
        ({"uptake_minutes": 70.0}, []),
        ({"uptake_minutes": 50.0}, []),
        ({"uptake_minutes": 75.0}, [("PET-UPTAKE-TIME", False)]),
        ({"uptake_minutes": 76.0}, [("PET-UPTAKE-DIFFERENCE", True), ("PET-UPTAKE-TIME", False)]),
        ({"uptake_minutes": 49.0}, [("PET-UPTAKE-TIME", False)]),
        ({"injected_mbq": 360.0}, []),
        ({"injected_mbq": 361.0}, [("PET-DOSE", False)]),
        ({"injected_mbq": 239.0}, [("PET-DOSE", False)]),
        ({"scanner": "B"}, [("PET-SCANNER", False)]),
        ({"scanner": ""}, [("PET-NOT-STATED", False)]),
        ({"background": None}, [("PET-NOT-STATED", False)]),
        ({"uptake_minutes": None, "injected_mbq": None}, [("PET-NOT-STATED", False)]),
    ],
)
def test_each_condition_at_its_limit(change: dict[str, object], expected: list[tuple[str, bool]]) -> None:
    assert found(**change) == expected


def test_of_a_low_background_20_percent_is_the_nearer_limit() -> None:
    first = replace(FIRST, background=liver(1.0))
    assert pet_comparability(first, replace(LATER, background=liver(1.2))) == ()
    assert len(pet_comparability(first, replace(LATER, background=liver(1.21)))) == 1


def test_what_is_not_stated_is_listed() -> None:
    bare = PetScan(on=date(2026, 4, 5), lesions=())
    assert [caveat.text for caveat in pet_comparability(FIRST, bare)] == [
        "not stated for the scan of 2026-04-05: background, uptake time, injected activity, scanner"
    ]
