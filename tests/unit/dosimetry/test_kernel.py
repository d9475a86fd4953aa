"""The compiled kernel against the formulas of TG-43U1, written out one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import RegularGridInterpolator

from seedbed.dosimetry import dose_rate, load_source, source_names
from seedbed.dosimetry.kernel import BLOCK, in_turns
from seedbed.dosimetry.kernel_tables import kernel_tables
from seedbed.dosimetry.sources import Source

UP = np.array([[0.0, 0.0, 1.0]])


def by_formula(source: Source, points_mm: np.ndarray, *, oriented: bool) -> np.ndarray:
    """TG-43U1 Eq. 1 and 11 for one seed of 1 U at the origin along z, outside the capsule, written out."""
    rho, z = np.hypot(points_mm[:, 0], points_mm[:, 1]) / 10, points_mm[:, 2] / 10
    r, length = np.hypot(rho, z), source.active_length_mm / 10
    if oriented:
        held = np.stack(
            [
                np.clip(np.degrees(np.arctan2(rho, np.abs(z))), source.f_theta_deg[0], 90.0),
                np.clip(r, source.f_r_cm[0], source.f_r_cm[-1]),
            ],
            axis=1,
        )
        angular = RegularGridInterpolator((source.f_theta_deg, source.f_r_cm), source.f)(held)
    else:
        rho, z, angular = r, 0 * r, np.interp(r, source.phi_r_cm, source.phi)
    # beta: the angle between the lines to the two ends of the source
    beta = np.arctan2(z + length / 2, rho) - np.arctan2(z - length / 2, rho)
    with np.errstate(invalid="ignore", divide="ignore"):
        geometry = np.where(rho > 1e-6, beta / (length * rho), 1 / (r**2 - length**2 / 4))
    log_g = np.interp(r, source.g_r_cm, np.log(source.g))
    last = np.log(source.g[-1] / source.g[-2]) / (source.g_r_cm[-1] - source.g_r_cm[-2])
    g = np.exp(log_g + last * np.maximum(r - source.g_r_cm[-1], 0))
    reference = 2 * np.arctan(length / 2) / length
    return source.dose_rate_constant * geometry / reference * g * angular


def outside(rng: np.random.Generator, count: int = 3000) -> np.ndarray:
    direction = rng.normal(size=(count, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return direction * np.exp(rng.uniform(np.log(2.6), np.log(450), (count, 1)))


@pytest.mark.parametrize("name", source_names())
@pytest.mark.parametrize("oriented", [True, False])
def test_every_model_gives_the_dose_of_the_formula(name: str, oriented: bool) -> None:
    source = load_source(name)
    points = outside(np.random.default_rng(11))
    found = dose_rate(source, np.zeros((1, 3)), UP if oriented else None, np.ones(1), points)
    np.testing.assert_allclose(found, by_formula(source, points, oriented=oriented), rtol=1e-8)


@pytest.mark.parametrize("name", source_names())
def test_every_model_gives_the_dose_of_the_formula_at_its_nodes(name: str) -> None:
    source = load_source(name)
    r, theta = np.meshgrid(np.union1d(source.g_r_cm, source.f_r_cm), np.radians(source.f_theta_deg))
    points = 10 * np.stack([(r * np.sin(theta)).ravel(), 0 * r.ravel(), (r * np.cos(theta)).ravel()], axis=1)
    points = points[(np.abs(points[:, 2]) > source.capsule_length_mm / 2) | (points[:, 0] > 0.5)]
    found = dose_rate(source, np.zeros((1, 3)), UP, np.ones(1), points)
    np.testing.assert_allclose(found, by_formula(source, points, oriented=True), rtol=1e-8)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3 * BLOCK))
def test_a_dose_does_not_depend_on_the_points_beside_it(seed: int, count: int) -> None:
    rng, source = np.random.default_rng(seed), load_source("6711")
    points = rng.uniform(-30, 30, (count, 3))
    together = dose_rate(source, np.zeros((1, 3)), UP, np.ones(1), points)
    pick = rng.integers(0, count, 5)
    alone = [dose_rate(source, np.zeros((1, 3)), UP, np.ones(1), points[i : i + 1])[0] for i in pick]
    np.testing.assert_allclose(together[pick], alone, rtol=1e-13)


def test_beyond_half_a_metre_g_keeps_its_value() -> None:
    source = load_source("6711")
    found = dose_rate(source, np.zeros((1, 3)), None, np.ones(1), np.array([[500.0, 0, 0], [5000.0, 0, 0]]))
    assert found[1] == pytest.approx(found[0] / 100, rel=1e-3)  # the inverse square alone


@pytest.mark.parametrize("name", source_names())
def test_no_bin_holds_two_cells_of_a_table(name: str) -> None:
    source = load_source(name)
    tables = kernel_tables(source)
    for nodes, per_unit in (
        (source.g_r_cm, 1 / tables.bin_cm),
        (source.f_r_cm, 1 / tables.bin_cm),
        (source.f_theta_deg, tables.angle_bins_per_deg),
    ):
        bins = nodes * per_unit
        np.testing.assert_allclose(bins, np.rint(bins), atol=1e-6)


def test_bins_are_no_finer_than_the_published_nodes_ask() -> None:
    # Angles of 6711 are multiples of 5 degrees. Its steepest ln g, ln(1.078 / 1.055) / 0.05 cm = 0.43 per cm,
    # asks to halve the greatest common divisor of its radii, 0.05 cm.
    tables = kernel_tables(load_source("6711"))
    assert tables.bin_cm == pytest.approx(0.025)
    assert tables.angle_bins_per_deg == pytest.approx(1 / 5)


@pytest.mark.parametrize("count", [0, 1, 511, 512, 513, 40_000, 100_001])
def test_every_point_is_done_once(count: int) -> None:
    done = np.zeros(count, dtype=int)

    def work(first: int, last: int) -> None:
        done[first:last] += 1

    in_turns(work, count, None)
    assert (done == 1).all()


def test_what_goes_wrong_in_a_thread_is_not_lost() -> None:
    def work(first: int, last: int) -> None:
        if first:
            raise ValueError("seen")

    with pytest.raises(ValueError, match="seen"):
        in_turns(work, 200_000, None)
