"""Dose on grids: the same as at points, by difference the same as anew, and honest about a cut-off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.dosimetry import load_source, total_dose
from seedbed.dosimetry.grids import add_seed, dropped_at_most_gy, grid_dose, move_seed, remove_seed
from seedbed.errors import DoseError, InputError
from seedbed.geometry import OrientedGrid, VoxelGrid
from seedbed.implant import SeedImplant

SOURCE = load_source("6711")
GRID = VoxelGrid((-20.0, -15.0, -12.0), (2.0, 1.5, 3.0), (9, 21, 22))


def implant(seed: int, count: int = 6, *, oriented: bool = True) -> SeedImplant:
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return SeedImplant(
        "6711", rng.uniform(-10, 10, (count, 3)), axes if oriented else None, rng.uniform(0.3, 1, count)
    )


def at_points(seeds: SeedImplant, points: np.ndarray) -> np.ndarray:
    return total_dose(SOURCE, seeds.positions_mm, seeds.axes, seeds.strengths_u, points)


@pytest.mark.parametrize("oriented", [True, False])
def test_the_grid_gives_the_dose_of_its_points(oriented: bool) -> None:
    seeds = implant(1, oriented=oriented)
    found = grid_dose(SOURCE, seeds, GRID).dose_gy
    np.testing.assert_allclose(found.ravel(), at_points(seeds, GRID.points_mm()), rtol=1e-13)


@settings(max_examples=10)
@given(st.integers(0, 2**32 - 1))
def test_a_turned_grid_gives_the_dose_of_its_points(seed: int) -> None:
    turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    grid = OrientedGrid((5.0, -3.0, 2.0), (1.0, 2.0, 3.0), (4, 5, 6), tuple(map(tuple, turn.tolist())))
    seeds = implant(seed)
    found = grid_dose(SOURCE, seeds, grid).dose_gy
    np.testing.assert_allclose(found.ravel(), at_points(seeds, grid.points_mm()), rtol=1e-11)


def test_turning_grid_and_seeds_together_changes_nothing() -> None:
    turn = Rotation.from_euler("xyz", [30, -50, 110], degrees=True).as_matrix()
    seeds = implant(3)
    assert seeds.axes is not None
    turned = SeedImplant("6711", seeds.positions_mm @ turn.T, seeds.axes @ turn.T, seeds.strengths_u)
    origin = tuple((turn @ np.array(GRID.origin_mm)).tolist())
    grid = OrientedGrid(origin, GRID.spacing_mm, GRID.shape, tuple(map(tuple, turn.T.tolist())))
    before, after = grid_dose(SOURCE, seeds, GRID).dose_gy, grid_dose(SOURCE, turned, grid).dose_gy
    np.testing.assert_allclose(after, before, rtol=1e-8)


@pytest.mark.parametrize("oriented", [True, False])
def test_one_seed_more_less_or_elsewhere_gives_the_dose_calculated_anew(oriented: bool) -> None:
    seeds = implant(4, oriented=oriented)
    axis = np.array([1.0, 0.0, 0.0]) if oriented else None
    before = grid_dose(SOURCE, seeds, GRID, until_days=100)
    for after in (
        add_seed(before, np.array([1.0, 2.0, 3.0]), axis, 0.7),
        remove_seed(before, 2),
        move_seed(before, 5, np.array([3.0, -4.0, 5.0]), axis),
        move_seed(move_seed(before, 0, np.zeros(3)), 0, seeds.positions_mm[0]),
    ):
        anew = grid_dose(SOURCE, after.implant, GRID, until_days=100)
        np.testing.assert_allclose(after.dose_gy, anew.dose_gy, rtol=1e-9, atol=1e-9)
    assert before.implant.count == 6  # what was before is left as it was
    np.testing.assert_array_equal(before.dose_gy, grid_dose(SOURCE, seeds, GRID, until_days=100).dose_gy)


def test_a_seed_without_an_axis_comes_and_goes_beside_seeds_with_one() -> None:
    seeds = implant(7)
    before = grid_dose(SOURCE, seeds, GRID)
    more = add_seed(before, np.array([1.0, 2.0, 3.0]), None, 0.7)
    assert more.implant.axis_known.tolist() == [True] * 6 + [False]
    alone = SeedImplant("6711", np.array([[1.0, 2.0, 3.0]]), None, np.array([0.7]))
    parts = before.dose_gy + grid_dose(SOURCE, alone, GRID).dose_gy
    np.testing.assert_allclose(more.dose_gy, parts, rtol=1e-12)
    np.testing.assert_allclose(grid_dose(SOURCE, more.implant, GRID).dose_gy, parts, rtol=1e-12)
    np.testing.assert_allclose(remove_seed(more, 6).dose_gy, before.dose_gy, rtol=1e-9, atol=1e-9)
    unseen = move_seed(before, 0, seeds.positions_mm[0], np.zeros(3))
    np.testing.assert_allclose(unseen.dose_gy, grid_dose(SOURCE, unseen.implant, GRID).dose_gy, rtol=1e-9)


def test_of_two_seeds_in_one_place_one_goes() -> None:
    once = implant(5, 1)
    assert once.axes is not None
    twice = once.with_seed(once.positions_mm[0], once.axes[0], float(once.strengths_u[0]))
    left = remove_seed(grid_dose(SOURCE, twice, GRID), 0)
    np.testing.assert_allclose(left.dose_gy, grid_dose(SOURCE, once, GRID).dose_gy, rtol=1e-9)


def test_taking_all_seeds_away_leaves_no_dose_and_nothing_negative() -> None:
    dose = grid_dose(SOURCE, implant(6, 4), GRID)
    largest = dose.dose_gy.max()
    for _ in range(4):
        dose = remove_seed(dose, 0)
    assert dose.dose_gy.min() >= 0
    assert dose.dose_gy.max() < 1e-12 * largest


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.floats(20, 80), st.booleans())
def test_a_cut_off_drops_something_but_never_more_than_it_says(
    seed: int, cutoff: float, oriented: bool
) -> None:
    seeds = implant(seed, oriented=oriented)
    grid = VoxelGrid((-60.0, -60.0, -60.0), (10.0, 10.0, 10.0), (13, 13, 13))
    whole, cut = grid_dose(SOURCE, seeds, grid), grid_dose(SOURCE, seeds, grid, cutoff_mm=cutoff)
    dropped = whole.dose_gy - cut.dose_gy
    assert dropped.min() >= -1e-9
    assert 0 < dropped.max() <= cut.dropped_gy
    assert whole.dropped_gy == 0


def test_the_bound_of_a_cut_off_holds_where_all_seeds_lie_just_beyond_it_and_is_not_idle() -> None:
    # Seeds in one place, pointing sideways, seen from the transverse axis where F is largest.
    seeds = SeedImplant("6711", np.zeros((4, 3)), np.tile([[0.0, 0.0, 1.0]], (4, 1)), np.ones(4))
    point = np.array([[50.001, 0.0, 0.0]])
    worst = float(at_points(seeds, point)[0])
    assert worst <= dropped_at_most_gy(SOURCE, seeds.strengths_u, cutoff_mm=50.0) <= 1.05 * worst


@pytest.mark.parametrize("cutoff", [0.0, -5.0, 19.9, float("nan")])
def test_a_cut_off_without_meaning_is_refused(cutoff: float) -> None:
    with pytest.raises(DoseError, match="cut-off"):
        grid_dose(SOURCE, implant(1), GRID, cutoff_mm=cutoff)


def test_a_seed_of_another_frame_is_refused_not_silently_without_dose() -> None:
    seeds = SeedImplant("6711", np.array([[0.0, 0.0, 0.0], [900.0, 0.0, 0.0]]), None, np.ones(2))
    with pytest.raises(DoseError, match=r"seed 2 .* outside the dose grid.*frame of reference"):
        grid_dose(SOURCE, seeds, GRID)
    with pytest.raises(DoseError, match="frame of reference"):
        move_seed(grid_dose(SOURCE, seeds.only([0]), GRID), 0, np.array([0.0, 0.0, -400.0]))


def test_seeds_without_meaning_are_refused() -> None:
    dose = grid_dose(SOURCE, implant(1), GRID)
    up = np.array([0.0, 0.0, 1.0])
    for wrong in (
        lambda: add_seed(dose, np.zeros(3), up, -0.5),
        lambda: add_seed(dose, np.array([0.0, np.nan, 0.0]), up, 0.5),
        lambda: add_seed(dose, np.zeros(3), 2 * up, 0.5),
        lambda: remove_seed(dose, 6),
        lambda: remove_seed(dose, -1),
        lambda: move_seed(dose, 9, np.zeros(3)),
    ):
        with pytest.raises(DoseError, match="expected"):
            wrong()


@pytest.mark.parametrize(
    "directions", [((1, 0, 0), (0, 1, 0), (0, 0, 2)), ((1, 0, 0), (1, 0, 0), (0, 0, 1)), ((1, 0, 0),)]
)
def test_a_grid_that_is_skewed_is_refused(directions: tuple[tuple[float, float, float], ...]) -> None:
    with pytest.raises(InputError, match="right angles"):
        OrientedGrid((0, 0, 0), (1, 1, 1), (1, 1, 1), directions)  # type: ignore[arg-type]
