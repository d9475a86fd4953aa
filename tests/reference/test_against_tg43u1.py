"""Amersham 6711 against AAPM TG-43U1, Med Phys 31 (2004) 633: the numbers are typed here again."""

from math import log

import numpy as np
import pytest

from seedbed.dosimetry import dose_rate, load_source, total_dose
from seedbed.dosimetry.line_source import anisotropy, geometry_function, radial_dose

SOURCE = load_source("6711")
G_L = {
    0.10: 1.055, 0.15: 1.078, 0.25: 1.082, 0.50: 1.071, 0.75: 1.042, 1.00: 1.000, 1.50: 0.908, 2.00: 0.814,
    3.00: 0.632, 4.00: 0.496, 5.00: 0.364, 6.00: 0.270, 7.00: 0.199, 8.00: 0.148, 9.00: 0.109, 10.0: 0.0803,
}  # fmt: skip
F_RADII = (0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
F = {
    0: (0.333, 0.370, 0.442, 0.488, 0.520, 0.550),
    5: (0.400, 0.429, 0.497, 0.535, 0.561, 0.587),
    10: (0.519, 0.537, 0.580, 0.609, 0.630, 0.645),
    20: (0.716, 0.705, 0.727, 0.743, 0.752, 0.760),
    30: (0.846, 0.834, 0.842, 0.846, 0.848, 0.852),
    40: (0.926, 0.925, 0.926, 0.926, 0.928, 0.928),
    50: (0.972, 0.972, 0.970, 0.969, 0.969, 0.969),
    60: (0.991, 0.991, 0.987, 0.987, 0.987, 0.987),
    70: (0.996, 0.996, 0.996, 0.995, 0.995, 0.995),
    80: (1.000, 1.000, 1.000, 0.999, 0.999, 0.999),
    90: (1.000,) * 6,
}
PHI_AN = {0.5: 0.973, 1.0: 0.944, 2.0: 0.941, 3.0: 0.942, 4.0: 0.943, 5.0: 0.944}
LENGTH_CM, LAMBDA, HALF_LIFE_DAYS = 0.3, 0.965, 59.40
UP = np.array([[0.0, 0.0, 1.0]])


def at(r_cm: float, theta_deg: float) -> np.ndarray:
    theta = np.radians(theta_deg)
    return 10 * r_cm * np.array([[np.sin(theta), 0.0, np.cos(theta)]])


def rate(points_mm: np.ndarray, axes: np.ndarray | None = UP) -> np.ndarray:
    return dose_rate(SOURCE, np.zeros((1, 3)), axes, np.ones(1), points_mm)


def line_geometry(r_cm: float, theta_deg: float) -> float:
    """TG-43U1 Eq. 4, by the angles at the two ends of the line, another way than the program's."""
    x, z = r_cm * np.sin(np.radians(theta_deg)), r_cm * np.cos(np.radians(theta_deg))
    if theta_deg == 0:
        return 1 / (r_cm**2 - LENGTH_CM**2 / 4)
    beta = np.arctan((z + LENGTH_CM / 2) / x) - np.arctan((z - LENGTH_CM / 2) / x)
    return float(beta / (LENGTH_CM * x))


def test_the_seed_is_that_of_the_report() -> None:
    # Table I and section III: Lambda = 0.965 cGy/(h U), L = 3.0 mm, T1/2 = 59.40 d.
    assert (SOURCE.dose_rate_constant, SOURCE.active_length_mm) == (LAMBDA, 10 * LENGTH_CM)
    assert (SOURCE.half_life_days, SOURCE.radionuclide) == (HALF_LIFE_DAYS, "I-125")
    assert "10.1118/1.1646040" in SOURCE.reference


def test_one_u_gives_the_dose_rate_constant_at_one_centimetre() -> None:
    assert rate(at(1.0, 90.0))[0] == pytest.approx(0.965, rel=1e-12)


def test_one_u_gives_1984_7_centigray_to_complete_decay_at_one_centimetre() -> None:
    dose_gy = total_dose(SOURCE, np.zeros((1, 3)), UP, np.ones(1), at(1.0, 90.0))[0]
    assert dose_gy == pytest.approx(0.965 * 59.40 * 24 / log(2) / 100, rel=1e-12)
    assert round(100 * dose_gy, 1) == 1984.7


def test_the_tables_are_those_of_the_report() -> None:
    assert dict(zip(SOURCE.g_r_cm, SOURCE.g, strict=True)) == G_L
    assert tuple(SOURCE.f_r_cm) == F_RADII
    assert {int(t): tuple(row) for t, row in zip(SOURCE.f_theta_deg, SOURCE.f, strict=True)} == F
    assert dict(zip(SOURCE.phi_r_cm, SOURCE.phi, strict=True)) == PHI_AN


@pytest.mark.parametrize(("r", "g"), G_L.items())
def test_on_the_transverse_axis_the_rate_is_lambda_times_geometry_times_g(r: float, g: float) -> None:
    expected = LAMBDA * line_geometry(r, 90) / line_geometry(1, 90) * g
    assert rate(at(r, 90))[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("theta", F)
@pytest.mark.parametrize("r", F_RADII)
def test_the_two_dimensional_formula_at_every_node(r: float, theta: int) -> None:
    f = F[theta][F_RADII.index(r)]
    expected = (
        LAMBDA
        * line_geometry(r, theta)
        / line_geometry(1, 90)
        * np.interp(r, list(G_L), list(G_L.values()))
        * f
    )
    assert rate(at(r, theta))[0] == pytest.approx(expected, rel=1e-9)
    assert rate(at(r, 180 - theta))[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("r", PHI_AN)
def test_the_one_dimensional_formula_at_every_node(r: float) -> None:
    expected = LAMBDA * line_geometry(r, 90) / line_geometry(1, 90) * G_L[r] * PHI_AN[r]
    for theta in (0, 33, 90):
        assert rate(at(r, theta), None)[0] == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("r", PHI_AN)
def test_phi_an_is_the_average_of_the_dose_over_the_sphere(r: float) -> None:
    # TG-43U1 Eq. 8: phi_an(r) = integral of rate(r, theta) sin theta over 0..pi / (2 rate(r, 90)).
    nodes, weights = np.polynomial.legendre.leggauss(400)
    angles = np.degrees(np.arccos(nodes))
    rates = np.array([rate(at(r, theta))[0] for theta in angles])
    average = float((rates * weights).sum() / 2 / rate(at(r, 90))[0])
    assert average == pytest.approx(PHI_AN[r], abs=0.01)  # the report's F and phi_an are rounded and smoothed


def test_g_between_nodes_is_log_linear() -> None:
    # TG-43U1S1, Med Phys 34 (2007) 2187: g_L by log-linear interpolation.
    assert radial_dose(SOURCE, np.array([2.5]))[0] == pytest.approx(np.sqrt(0.814 * 0.632), rel=1e-12)


def test_g_closer_than_the_table_keeps_the_first_value() -> None:
    assert radial_dose(SOURCE, np.array([0.0, 0.05])).tolist() == pytest.approx([1.055, 1.055])


def test_f_between_nodes_is_bilinear_and_holds_at_the_ends() -> None:
    between = anisotropy(SOURCE, np.array([1.5]), np.array([15.0]))[0]
    assert between == pytest.approx((0.537 + 0.580 + 0.705 + 0.727) / 4, rel=1e-12)
    assert anisotropy(SOURCE, np.array([0.1, 9.0]), np.array([0.0, 0.0])).tolist() == [0.333, 0.550]


@pytest.mark.parametrize(("r", "theta", "printed"), [(0.5, 90, 3.885), (1.0, 90, 0.9926), (2.0, 90, 0.24953)])
def test_the_geometry_function_on_the_transverse_axis(r: float, theta: float, printed: float) -> None:
    # 2 atan(L / 2r) / (L r), with L = 0.3 cm
    exact = 2 * np.arctan(LENGTH_CM / 2 / r) / (LENGTH_CM * r)
    found = geometry_function(np.array([r]), np.array([0.0]), LENGTH_CM)[0]
    assert found == pytest.approx(exact, rel=1e-12)
    assert found == pytest.approx(printed, rel=1e-3)
