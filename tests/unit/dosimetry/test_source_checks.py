from dataclasses import replace

import numpy as np
import pytest

from seedbed.dosimetry.dose_rate_constants import monte_carlo_range, published_constants
from seedbed.dosimetry.source_checks import check_source
from seedbed.dosimetry.sources import Source, load_source, source_names

SOURCE = load_source("6711")


def failures(source: Source) -> dict[str, str]:
    return {finding.check: finding.text for finding in check_source(source).failures}


def changed(values: np.ndarray, place: int | tuple[int, int], value: float) -> np.ndarray:
    copy = values.copy()
    copy[place] = value
    return copy


@pytest.mark.parametrize("name", source_names())
def test_every_shipped_model_passes(name: str) -> None:
    assert failures(load_source(name)) == {}


FAULTS = {
    "g_L at 1 cm": replace(SOURCE, g=SOURCE.g * 1.002),
    "g_L falls": replace(SOURCE, g=changed(SOURCE.g, 8, 0.832)),  # 0.632 at 3 cm with one digit wrong
    "F at 90 degrees": replace(SOURCE, f=changed(SOURCE.f, (10, 1), 0.99)),
    "phi_an": replace(SOURCE, phi=changed(SOURCE.phi, 1, 0.964)),  # 0.944 with one digit wrong
    "F from radius to radius": replace(SOURCE, f=changed(SOURCE.f, (0, 2), 0.842)),
    "height of F": replace(SOURCE, f=changed(SOURCE.f, (7, 3), 1.25)),
    "dose-rate constant": replace(SOURCE, dose_rate_constant=0.93),  # TG-43 of 1995 had 0.88, now 0.965
    "Monte Carlo": replace(SOURCE, dose_rate_constant=1.05),
    "half-life": replace(SOURCE, half_life_days=60.0),
    "provenance": replace(SOURCE, reference=" "),
    "sizes": replace(SOURCE, active_length_mm=0.3),  # 3 mm, typed in cm
}


@pytest.mark.parametrize(("check", "source"), FAULTS.items(), ids=FAULTS.keys())
def test_a_fault_is_found_by_its_check(check: str, source: Source) -> None:
    assert check in failures(source)
    assert not check_source(source).passes


def test_g_that_rises_beyond_one_centimetre_is_told_with_the_radius() -> None:
    assert "from r = 2 cm" in failures(replace(SOURCE, g=changed(SOURCE.g, 8, 0.9)))["g_L falls"]


def test_g_without_one_centimetre_in_its_table_fails() -> None:
    source = replace(SOURCE, g_r_cm=SOURCE.g_r_cm[6:], g=SOURCE.g[6:])
    assert "reaches from 1.5 to 10 cm" in failures(source)["g_L at 1 cm"]


def test_phi_an_without_a_common_radius_cannot_be_compared() -> None:
    assert "no radius in common" in failures(replace(SOURCE, phi_r_cm=SOURCE.phi_r_cm + 0.1))["phi_an"]


@pytest.mark.parametrize(("constant", "passes"), [(0.79, False), (0.80, True), (1.11, True), (1.12, False)])
def test_without_a_consensus_lambda_lies_within_ten_percent_of_monte_carlo(
    constant: float, passes: bool
) -> None:
    # Safigholi et al. 2020, Table II: I-125 seeds from 0.887 to 1.010 cGy/(h U)
    source = replace(SOURCE, name="of our own", dose_rate_constant=constant)
    assert check_source(source).passes is passes


def test_the_band_of_monte_carlo_is_that_of_its_radionuclide() -> None:
    assert monte_carlo_range("I-125") == (0.887, 1.010)
    assert monte_carlo_range("Pd-103") == (0.654, 0.684)
    assert monte_carlo_range("Cs-131") is None


def test_a_consensus_is_never_further_than_ten_percent_from_monte_carlo() -> None:
    known = [constant for constant in published_constants().values() if constant.consensus]
    worst = max(known, key=lambda constant: abs(constant.deviation_pct(constant.consensus or 0.0)))
    assert worst.name == "IAI-125A"
    assert worst.deviation_pct(0.981) == pytest.approx(100 * (0.981 / 0.925 - 1))


@pytest.mark.parametrize(
    ("change", "passes"),
    [
        ({"active_length_mm": 1.0}, True),
        ({"active_length_mm": 0.99}, False),
        ({"active_length_mm": 6.0}, True),
        ({"active_length_mm": 6.01}, False),
        ({"capsule_length_mm": 2.99}, False),
        ({"capsule_length_mm": 7.0}, True),
        ({"capsule_length_mm": 7.01}, False),
        ({"capsule_diameter_mm": 0.39}, False),
        ({"capsule_diameter_mm": 1.2}, True),
        ({"capsule_diameter_mm": 8.0}, False),
    ],
)
def test_the_limits_of_the_sizes(change: dict[str, float], passes: bool) -> None:
    assert ("sizes" not in failures(replace(SOURCE, **change))) is passes


def test_a_length_in_centimetres_fails_without_a_printed_phi_an() -> None:
    typed = replace(SOURCE, name="of our own", active_length_mm=0.3, derived=("phi_an",))
    assert list(failures(typed)) == ["sizes"]


def test_what_was_not_compared_says_so() -> None:
    own = replace(SOURCE, name="of our own", derived=("phi_an",))
    findings = check_source(own).findings
    assert [finding.check for finding in findings if not finding.checked] == ["phi_an", "Monte Carlo"]
    assert all(finding.text.startswith("Not checked: ") for finding in findings if not finding.checked)
    assert all(finding.checked for finding in check_source(SOURCE).findings)
