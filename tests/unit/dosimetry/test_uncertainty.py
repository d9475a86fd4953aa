"""Simulated errors: reproducible, silent when there are none, and as wide as the closed forms say."""

import numpy as np
import pytest

from seedbed.dosimetry import load_source
from seedbed.dosimetry.placement_errors import PlacementErrors, error_names, load_errors
from seedbed.dosimetry.uncertainty import displace, simulate_uncertainty
from seedbed.errors import DoseError
from seedbed.geometry import PlanarContour, Structure
from seedbed.implant import Needle, SeedImplant

SOURCE = load_source("6711")


def box(name: str, half_mm: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Structure:
    square = half_mm * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) + centre[:2]
    planes = centre[2] + np.arange(-half_mm + 1, half_mm, 2.0)
    return Structure(name, tuple(PlanarContour(float(z), square) for z in planes), 2.0)


def lattice(needles: bool = True) -> SeedImplant:
    ticks = np.array([-8.0, 0.0, 8.0])
    places = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 3)
    lines = tuple(
        Needle(f"N{i}", (x, y, 60.0), (x, y, -12.0)) for i, (x, y) in enumerate(places[::3, :2].tolist())
    )
    index = np.repeat(np.arange(9), 3) if needles else np.full(27, -1)
    up = np.tile([[0.0, 0.0, 1.0]], (27, 1))
    return SeedImplant("6711", places, up, np.full(27, 0.7), lines if needles else (), index)


def simulate(errors: PlacementErrors, trials: int = 200, seed: int = 3, count: int = 1):  # type: ignore[no-untyped-def]
    organs = [box(f"organ {n}", 6.0, (24.0 + n, 0.0, 0.0)) for n in range(count)]
    return simulate_uncertainty(
        SOURCE, lattice(), box("target", 12.0), organs, prescription_gy=120.0, errors=errors,
        trials=trials, random_seed=seed,
    )  # fmt: skip


def test_without_errors_every_trial_is_the_plan() -> None:
    for spread in simulate(PlacementErrors("none"), trials=3).spreads:
        np.testing.assert_allclose(spread.values, spread.planned, rtol=1e-12)
        assert spread.sd == pytest.approx(0, abs=1e-9)


def test_a_common_error_of_strength_is_the_error_of_d90() -> None:
    # Dose is proportional to strength: D90 and D2cc spread by just as many percent.
    found = simulate(PlacementErrors("batch", strength_common_sd_pct=4.0), trials=400)
    for spread in (found.of("target", "D90"), found.of("organ 0", "D2cc")):
        assert 100 * spread.sd / spread.planned == pytest.approx(4.0, rel=0.15)  # 4 standard errors of an SD
        assert spread.mean == pytest.approx(spread.planned, rel=0.01)


def test_errors_of_single_strengths_average_out() -> None:
    together = simulate(PlacementErrors("batch", strength_common_sd_pct=5.0)).of("target", "D90")
    apart = simulate(PlacementErrors("seeds", strength_seed_sd_pct=5.0)).of("target", "D90")
    assert 0 < apart.sd < together.sd / 2


def test_displaced_seeds_cover_less_than_planned_on_average() -> None:
    found = simulate(PlacementErrors("seeds", seed_sd_mm=4.0)).of("target", "D90")
    assert found.mean < found.planned


def test_a_larger_target_is_covered_less_a_smaller_one_more() -> None:
    found = simulate(PlacementErrors("contour", contour_sd_mm=1.0)).of("target", "D90")
    assert found.percentile(5) < found.planned < found.percentile(95)


def test_the_same_seed_gives_the_same_numbers_and_more_organs_do_not_change_them() -> None:
    first, again, other = (simulate(load_errors(), 20, seed) for seed in (7, 7, 8))
    assert first.random_seed == 7
    for a, b, c in zip(first.spreads, again.spreads, other.spreads, strict=True):
        np.testing.assert_array_equal(a.values, b.values)
        assert not np.array_equal(a.values, c.values)
    more = simulate(load_errors(), 20, 7, count=3)
    np.testing.assert_array_equal(more.of("target", "D90").values, first.of("target", "D90").values)
    longer = simulate(load_errors(), 40, 7)
    np.testing.assert_array_equal(longer.of("target", "D90").values[:20], first.of("target", "D90").values)


def test_seeds_of_a_needle_keep_their_distances_and_others_do_not_follow() -> None:
    implant, rng = lattice(), np.random.default_rng(1)
    errors = PlacementErrors("needles", needle_tip_sd_mm=3.0, needle_tilt_sd_deg=3.0)
    moved = displace(implant, errors, rng)
    assert moved.axes is not None
    for needle in range(9):
        seeds = np.flatnonzero(implant.needle_index == needle)
        before, after = implant.positions_mm[seeds], moved.positions_mm[seeds]
        np.testing.assert_allclose(
            np.linalg.norm(np.diff(after, axis=0), axis=1), np.linalg.norm(np.diff(before, axis=0), axis=1)
        )
        along = (after[-1] - after[0]) / np.linalg.norm(after[-1] - after[0])
        np.testing.assert_allclose(np.abs(moved.axes[seeds] @ along), 1, rtol=1e-9)  # the axis tilts along
    shifts = moved.positions_mm - implant.positions_mm
    assert np.linalg.norm(shifts[0] - shifts[3]) > 0.1


@pytest.mark.parametrize("needles", [True, False])
def test_the_displacement_is_as_wide_as_asked(needles: bool) -> None:
    # Mean square of a shift of SD s along each axis is 3 s^2; of an angle about two axes, 2 s^2.
    implant, rng = lattice(needles), np.random.default_rng(5)
    errors = PlacementErrors("tip", needle_tip_sd_mm=2.0, seed_sd_mm=1.0)
    squares = [
        ((displace(implant, errors, rng).positions_mm - implant.positions_mm) ** 2).sum(axis=1).mean()
        for _ in range(300)
    ]
    assert np.mean(squares) == pytest.approx(3 * (2.0**2 + 1.0**2), rel=0.06)
    tilt = PlacementErrors("tilt", needle_tilt_sd_deg=2.0)
    angles = []
    for _ in range(300):
        axes = displace(implant, tilt, rng).axes
        assert axes is not None
        angles.append(np.degrees(np.arccos(np.clip(axes[:, 2], -1, 1))) ** 2)
    assert np.mean(angles) == pytest.approx(2 * 2.0**2, rel=0.1)


def test_an_unknown_axis_stays_unknown_and_known_ones_tilt() -> None:
    axes = np.tile([[0.0, 0.0, 1.0]], (27, 1))
    axes[::2] = 0.0
    mixed = SeedImplant("6711", lattice().positions_mm, axes, np.full(27, 0.7))
    moved = displace(mixed, PlacementErrors("tilt", needle_tilt_sd_deg=5.0), np.random.default_rng(2))
    np.testing.assert_array_equal(moved.axis_known, mixed.axis_known)
    np.testing.assert_allclose(np.linalg.norm(moved.directions[1::2], axis=1), 1.0)
    assert (moved.directions[1::2, 2] < 1).all()


def test_a_needle_tilts_about_its_tip() -> None:
    implant = lattice()
    moved = displace(implant, PlacementErrors("tilt", needle_tilt_sd_deg=5.0), np.random.default_rng(2))
    for seed, place in enumerate(moved.positions_mm):
        tip = np.array(implant.needles[int(implant.needle_index[seed])].tip_mm)
        before = np.linalg.norm(implant.positions_mm[seed] - tip)
        assert np.linalg.norm(place - tip) == pytest.approx(before)


def test_published_figures_are_those_of_the_abstract() -> None:
    # Ji et al. 2021: tip 4.4 +- 2.9 mm, angle 2.8 +- 1.7 degrees; mean square 3 and 2 sigma^2.
    errors = load_errors("thoracic template")
    assert 3 * errors.needle_tip_sd_mm**2 == pytest.approx(4.4**2 + 2.9**2)
    assert 2 * errors.needle_tilt_sd_deg**2 == pytest.approx(2.8**2 + 1.7**2)
    assert "10.1093/jrr/rrab068" in errors.sources[0]
    assert "local rule" in errors.sources[1]
    # Ji et al. 2020: tip 3.1 +- 1.75 mm, angle 0.47 +- 0.521 degrees.
    other = load_errors("navigated template")
    assert 3 * other.needle_tip_sd_mm**2 == pytest.approx(3.1**2 + 1.75**2)
    assert 2 * other.needle_tilt_sd_deg**2 == pytest.approx(0.47**2 + 0.521**2)
    assert set(error_names()) == {"thoracic template", "navigated template"}


def test_what_has_no_meaning_is_refused() -> None:
    none, nothing = PlacementErrors("none"), lattice().only([])
    target = box("target", 12.0)

    def run(implant: SeedImplant = nothing, dose: float = 120.0, trials: int = 5, seed: int = 0) -> None:
        simulate_uncertainty(
            SOURCE, implant, target, prescription_gy=dose, errors=none, trials=trials, random_seed=seed
        )

    for wrong in (
        lambda: run(),
        lambda: run(lattice(), dose=0),
        lambda: run(lattice(), dose=float("nan")),
        lambda: run(lattice(), trials=1),
        lambda: run(lattice(), seed=-1),
        lambda: load_errors("thoracic templat"),
        lambda: PlacementErrors("x", seed_sd_mm=-1.0),
        lambda: PlacementErrors("x", contour_sd_mm=float("nan")),
    ):
        with pytest.raises(DoseError, match="expected"):
            wrong()
