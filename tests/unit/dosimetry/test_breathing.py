"""Breathing: as wide as its closed form, the same for all seeds of a needle, silent when held."""

import numpy as np
import pytest

from seedbed.dosimetry.displacement import displace, over_trials
from seedbed.dosimetry.placement_errors import (
    Breathing,
    PlacementErrors,
    breathing_sites,
    load_breathing,
    place_in_breath,
)
from seedbed.errors import DoseError
from seedbed.implant import Needle, SeedImplant

NONE = PlacementErrors("none")
WIDE = Breathing("wide", (1.0, 4.0, 8.0))


def two_needles() -> SeedImplant:
    lines = tuple(Needle(name, (x, 0.0, 60.0), (x, 0.0, 0.0)) for name, x in (("A", 0.0), ("B", 10.0)))
    places = np.array([[x, 0.0, z] for x in (0.0, 10.0) for z in (5.0, 10.0, 15.0)])
    return SeedImplant("6711", places, None, np.ones(6), lines, np.repeat([0, 1], 3))


def test_the_place_in_the_breath_is_that_of_lujan() -> None:
    # cos^4: mean 3/8, mean square 35/128 over one breath; longer out (below one half) than in.
    phase = (np.arange(4000) + 0.5) / 4000
    place = place_in_breath(phase)
    assert place.mean() == pytest.approx(3 / 8)
    assert (place**2).mean() == pytest.approx(35 / 128)
    assert np.mean(place < 0.5) > 0.6


def test_shifts_are_as_wide_as_the_closed_form() -> None:
    # The difference of two places, each of variance 35/128 - (3/8)^2 = 17/128; two needles share one of them.
    rng = np.random.default_rng(1)
    shifts = np.array([WIDE.shifts_mm(2, rng) for _ in range(20_000)]) / WIDE.range_mm
    assert np.abs(shifts).max() <= 1
    assert shifts.mean() == pytest.approx(0, abs=0.01)
    np.testing.assert_allclose((shifts**2).mean(axis=(0, 1)), 17 / 64, rtol=0.03)
    assert (shifts[:, 0] * shifts[:, 1]).mean() == pytest.approx(17 / 128, rel=0.05)


def test_all_seeds_of_a_needle_move_alike_and_two_needles_do_not() -> None:
    before = two_needles()
    shift = (
        displace(before, NONE, np.random.default_rng(1), breathing=WIDE).positions_mm - before.positions_mm
    )
    np.testing.assert_allclose(shift[:3], np.tile(shift[0], (3, 1)), atol=1e-12)
    np.testing.assert_allclose(shift[3:], np.tile(shift[3], (3, 1)), atol=1e-12)
    assert np.linalg.norm(shift[0] - shift[3]) > 0.1
    np.testing.assert_allclose(shift / WIDE.range_mm, np.outer(shift[:, 2] / 8, np.ones(3)), atol=1e-12)


def test_breathing_leaves_the_other_errors_as_they_are() -> None:
    errors = PlacementErrors("some", needle_tip_sd_mm=2.0, needle_tilt_sd_deg=2.0, strength_seed_sd_pct=3.0)
    still, moved = (
        displace(two_needles(), errors, np.random.default_rng(3), breathing=breath) for breath in (None, WIDE)
    )
    np.testing.assert_array_equal(still.strengths_u, moved.strengths_u)
    apart = moved.positions_mm - still.positions_mm
    np.testing.assert_allclose(apart[:3], np.tile(apart[0], (3, 1)), atol=1e-12)


@pytest.mark.parametrize("breath", [None, Breathing("held", (1.0, 4.0, 8.0), share_left=0.0)])
def test_without_errors_and_breath_nothing_moves_at_all(breath: Breathing | None) -> None:
    same = displace(two_needles(), NONE, np.random.default_rng(1), breathing=breath)
    np.testing.assert_array_equal(same.positions_mm, two_needles().positions_mm)


def test_trials_are_in_order_and_one_more_does_not_change_them() -> None:
    def first(trials: int) -> list[float]:
        return over_trials(
            lambda displaced, _rng: float(displaced.positions_mm[0, 2]), two_needles(), NONE,
            breathing=WIDE, trials=trials, rng=np.random.default_rng(4),
        )  # fmt: skip

    assert first(5) == first(9)[:5]
    assert len(set(first(9))) == 9


def test_published_motion_is_that_of_the_abstracts() -> None:
    assert load_breathing("neck").range_mm == (0.0, 2.0, 4.0)  # larynx: 4 mm head-feet, 2 mm front-back
    assert load_breathing("liver").range_mm == (7.5, 10.0, 15.5)  # Kirilova et al. 2008
    assert load_breathing("pancreas").range_mm == (5.3, 7.3, 13.9)
    assert load_breathing("lower lobe of the lung").range_mm == (2.0, 2.0, 12.0)  # Seppenwoolde et al. 2002
    assert load_breathing("mediastinum").range_mm[2] == 5.0  # Jan et al. 2015
    assert load_breathing("advanced lung").range_mm[2] == 4.0
    assert all(load_breathing(site).sources for site in breathing_sites())


def test_what_has_no_meaning_is_refused() -> None:
    for wrong in (
        lambda: load_breathing("nek"),
        lambda: Breathing("x", (0.0, -1.0, 0.0)),
        lambda: Breathing("x", (0.0, 0.0, float("nan"))),
        lambda: Breathing("x", (0.0, 0.0, 1.0), share_left=1.5),
    ):
        with pytest.raises(DoseError, match="expected"):
            wrong()
