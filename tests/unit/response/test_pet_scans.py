from datetime import date
from math import inf, nan

import pytest

from seedbed.errors import InputError
from seedbed.response.pet_scans import Background, PetLesion, PetScan

ON = date(2026, 1, 5)


@pytest.mark.parametrize("value", [-0.1, nan, inf, 1e9])
@pytest.mark.parametrize("name", ["sul_peak", "suv_bsa_max", "tlg", "extent_mm"])
def test_an_impossible_uptake_is_refused(name: str, value: float) -> None:
    with pytest.raises(InputError, match=f"'{name}' of lesion 'T1'"):
        PetLesion(name="T1", **{name: value})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("region", "mean", "sd"),
    [("liver", 0.0, 0.1), ("liver", -1.0, 0.1), ("liver", 1.0, nan), ("spleen", 1.0, 0.1)],
)
def test_an_impossible_background_is_refused(region: str, mean: float, sd: float) -> None:
    with pytest.raises(InputError, match=region):
        Background(region=region, sul_mean=mean, sul_sd=sd)  # type: ignore[arg-type]


def test_two_lesions_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two lesions 'T1'"):
        PetScan(on=ON, lesions=(PetLesion(name="T1"), PetLesion(name="T1")))


@pytest.mark.parametrize("name", ["uptake_minutes", "injected_mbq"])
def test_an_impossible_time_or_activity_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=name):
        PetScan(on=ON, lesions=(), **{name: -5.0})  # type: ignore[arg-type]
