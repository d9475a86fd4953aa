"""Laws that every dose of sealed seeds obeys, whatever the tables say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.dosimetry import dose_rate, load_source, total_dose
from seedbed.dosimetry.line_source import geometry_function
from seedbed.errors import DoseError

SOURCE = load_source("6711")
SEEDS = st.integers(0, 2**32 - 1)
MIRRORS = [np.diag(d).astype(float) for d in ((-1, 1, 1), (1, -1, 1), (1, 1, -1), (-1, -1, -1))]


def case(
    seed: int, count: int = 5, points: int = 40
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(count, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    return (
        rng.uniform(-20, 20, (count, 3)),
        axes,
        rng.uniform(0.1, 1.0, count),
        rng.uniform(-40, 40, (points, 3)),
    )


@settings(max_examples=25)
@given(SEEDS, st.tuples(*[st.floats(-500, 500)] * 3), st.booleans())
def test_moving_all_moves_the_dose(seed: int, shift: tuple[float, ...], oriented: bool) -> None:
    where, axes, strengths, points = case(seed)
    along = axes if oriented else None
    moved = total_dose(SOURCE, where + shift, along, strengths, points + shift)
    np.testing.assert_allclose(moved, total_dose(SOURCE, where, along, strengths, points), rtol=1e-8)


@settings(max_examples=25)
@given(SEEDS, SEEDS)
def test_turning_all_turns_the_dose(seed: int, turn: int) -> None:
    where, axes, strengths, points = case(seed)
    matrix = Rotation.random(rng=np.random.default_rng(turn)).as_matrix()
    turned = total_dose(SOURCE, where @ matrix.T, axes @ matrix.T, strengths, points @ matrix.T)
    np.testing.assert_allclose(turned, total_dose(SOURCE, where, axes, strengths, points), rtol=1e-8)


@settings(max_examples=10)
@given(SEEDS, st.sampled_from(MIRRORS))
def test_mirroring_all_mirrors_the_dose(seed: int, mirror: np.ndarray) -> None:
    where, axes, strengths, points = case(seed)
    mirrored = total_dose(SOURCE, where @ mirror, axes @ mirror, strengths, points @ mirror)
    np.testing.assert_allclose(mirrored, total_dose(SOURCE, where, axes, strengths, points), rtol=1e-9)


@settings(max_examples=10)
@given(SEEDS)
def test_a_seed_has_no_front_and_no_back(seed: int) -> None:
    where, axes, strengths, points = case(seed)
    np.testing.assert_allclose(
        total_dose(SOURCE, where, -axes, strengths, points),
        total_dose(SOURCE, where, axes, strengths, points),
        rtol=1e-12,
    )


@settings(max_examples=10)
@given(SEEDS, st.permutations(range(5)))
def test_the_order_of_seeds_does_not_matter(seed: int, order: list[int]) -> None:
    where, axes, strengths, points = case(seed)
    np.testing.assert_allclose(
        total_dose(SOURCE, where[order], axes[order], strengths[order], points),
        total_dose(SOURCE, where, axes, strengths, points),
        rtol=1e-12,
    )


@settings(max_examples=10)
@given(SEEDS, st.floats(1e-6, 10))
def test_doses_add_and_scale_with_strength(seed: int, factor: float) -> None:
    where, axes, strengths, points = case(seed)
    alone = [
        total_dose(SOURCE, where[k : k + 1], axes[k : k + 1], strengths[k : k + 1], points) for k in range(5)
    ]
    np.testing.assert_allclose(
        total_dose(SOURCE, where, axes, factor * strengths, points), factor * np.sum(alone, axis=0), rtol=1e-9
    )


@settings(max_examples=25)
@given(SEEDS, st.lists(st.booleans(), min_size=5, max_size=5))
def test_known_and_unknown_axes_together_are_the_sum_of_the_two(seed: int, known: list[bool]) -> None:
    where, axes, strengths, points = case(seed)
    mixed, seen = axes * np.array(known)[:, None], np.array(known)
    parts = total_dose(SOURCE, where[seen], axes[seen], strengths[seen], points) + total_dose(
        SOURCE, where[~seen], None, strengths[~seen], points
    )
    np.testing.assert_allclose(total_dose(SOURCE, where, mixed, strengths, points), parts, rtol=1e-12)


def test_no_axis_known_is_the_same_however_it_is_said() -> None:
    where, _, strengths, points = case(3)
    np.testing.assert_array_equal(
        total_dose(SOURCE, where, np.zeros((5, 3)), strengths, points),
        total_dose(SOURCE, where, None, strengths, points),
    )


@settings(max_examples=25)
@given(st.floats(1, 100), st.floats(0, 1), st.floats(0.05, 1.0))
def test_the_line_becomes_a_point_far_away(far: float, cosine: float, length: float) -> None:
    # Series of the angle under which a line is seen: G r^2 = 1 + (L^2/12 r^2)(4 cos^2 - ... ) -> 1.
    r = far * 10 * length
    along, rho = r * cosine, r * np.sqrt(1 - cosine**2)
    found = geometry_function(np.array([rho]), np.array([along]), length)[0]
    assert found * r**2 == pytest.approx(1.0, abs=(length / r) ** 2)


@settings(max_examples=25)
@given(st.floats(0.2, 5), st.floats(0.01, 1))
def test_the_geometry_function_is_the_mean_of_inverse_squares_along_the_line(
    rho: float, length: float
) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(60)
    for along in (0.0, 0.3, 2.0):
        mean = (weights / 2 / (rho**2 + (along - nodes * length / 2) ** 2)).sum()
        found = geometry_function(np.array([rho]), np.array([along]), length)[0]
        assert found == pytest.approx(mean, rel=1e-6)


def test_the_geometry_function_reaches_its_limit_on_the_axis() -> None:
    near, on = geometry_function(np.array([1e-7, 0.0]), np.array([1.0, 1.0]), 0.3)
    assert near == pytest.approx(on, rel=1e-6)
    assert on == pytest.approx(1 / (1 - 0.15**2), rel=1e-12)


def test_the_dose_is_finite_everywhere_even_in_the_capsule() -> None:
    axis = np.linspace(-6, 6, 121)
    x, z = np.meshgrid(axis, axis)
    points = np.stack([x.ravel(), 0 * x.ravel(), z.ravel()], axis=1)
    for axes in (np.array([[0.0, 0.0, 1.0]]), None):
        dose = total_dose(SOURCE, np.zeros((1, 3)), axes, np.ones(1), points)
        assert np.isfinite(dose).all()
        assert (dose > 0).all()


def test_within_the_capsule_the_dose_is_that_at_its_wall() -> None:
    up = np.array([[0.0, 0.0, 1.0]])
    wall = SOURCE.capsule_diameter_mm / 2
    for z in (0.0, 1.0, -2.0):
        inner = np.array([[0.0, 0, z], [wall / 2, 0, z], [0, wall, z]])
        dose = total_dose(SOURCE, np.zeros((1, 3)), up, np.ones(1), inner)
        assert dose[:2].tolist() == pytest.approx([dose[2]] * 2, rel=1e-9)


def test_the_dose_does_not_jump_outside_the_capsule() -> None:
    step = 0.01
    for theta in np.radians([0.0, 3.0, 10.0, 45.0, 89.0, 90.0]):
        r = np.arange(2.6, 60, step)
        points = np.stack([r * np.sin(theta), 0 * r, r * np.cos(theta)], axis=1)
        dose = total_dose(SOURCE, np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.ones(1), points)
        assert np.abs(np.diff(np.log(dose))).max() < 8 * step / 2.6


def test_on_the_transverse_axis_the_dose_only_falls() -> None:
    x = np.linspace(0.4, 150, 2000)
    points = np.stack([x, 0 * x, 0 * x], axis=1)
    dose = total_dose(SOURCE, np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.ones(1), points)
    assert (np.diff(dose) < 0).all()


def test_no_seeds_give_no_dose_and_no_points_give_no_doses() -> None:
    nothing = np.zeros((0, 3))
    assert total_dose(SOURCE, nothing, nothing, np.zeros(0), np.ones((3, 3))).tolist() == [0, 0, 0]
    assert total_dose(SOURCE, nothing, None, np.zeros(0), np.ones((3, 3))).tolist() == [0, 0, 0]
    assert total_dose(SOURCE, np.zeros((1, 3)), None, np.ones(1), nothing).shape == (0,)


def test_dead_seeds_give_no_dose() -> None:
    where, axes, strengths, points = case(1)
    assert (total_dose(SOURCE, where, axes, 0 * strengths, points) == 0).all()


def test_plain_lists_are_taken_as_arrays() -> None:
    found = dose_rate(SOURCE, [[0, 0, 0]], [[0, 0, 1]], [1], [[10, 0, 0]])  # type: ignore[arg-type]
    assert found[0] == pytest.approx(0.965)


def test_progress_counts_the_points() -> None:
    where, axes, strengths, _ = case(1)
    points, told = np.ones((100_000, 3)), list[tuple[int, int]]()
    total_dose(SOURCE, where, axes, strengths, points, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (100_000, 100_000)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert len(told) > 2


def test_a_stop_in_between_stops() -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    where, axes, strengths, _ = case(1)
    with pytest.raises(KeyboardInterrupt):
        total_dose(SOURCE, where, axes, strengths, np.ones((200_000, 3)), progress=stop)


def test_the_dose_up_to_a_time_grows_to_that_of_complete_decay() -> None:
    where, axes, strengths, points = case(2)
    whole = total_dose(SOURCE, where, axes, strengths, points)
    for lives in (1, 2, 5):  # after n half-lives a share of 1 - 2^-n was given
        found = total_dose(SOURCE, where, axes, strengths, points, until_days=lives * 59.40)
        np.testing.assert_allclose(found, whole * (1 - 2.0**-lives), rtol=1e-12)
    assert (total_dose(SOURCE, where, axes, strengths, points, until_days=0.0) == 0).all()


NAN = float("nan")
ONE, UP, PLACE = np.ones(1), np.array([[0.0, 0.0, 1.0]]), np.ones((1, 3))
WRONG = {
    "no number among the places": (NAN * PLACE, UP, ONE, PLACE),
    "no number among the axes": (PLACE, NAN * UP, ONE, PLACE),
    "no number among the strengths": (PLACE, UP, NAN * ONE, PLACE),
    "no number among the points": (PLACE, UP, ONE, NAN * PLACE),
    "a point at infinity": (PLACE, UP, ONE, np.inf * PLACE),
    "a negative strength": (PLACE, UP, -ONE, PLACE),
    "a long axis": (PLACE, 1.01 * UP, ONE, PLACE),
    "an axis too many": (PLACE, np.vstack([UP, UP]), ONE, PLACE),
    "a strength too many": (PLACE, UP, np.ones(2), PLACE),
    "a point alone": (PLACE, UP, ONE, np.ones(3)),
    "points in a plane": (PLACE, UP, ONE, np.ones((4, 2))),
    "no places": ([], UP, ONE, PLACE),
}


@pytest.mark.parametrize("given_", WRONG.values(), ids=WRONG.keys())
def test_what_has_no_meaning_is_refused_in_a_sentence(given_: tuple[np.ndarray, ...]) -> None:
    with pytest.raises(DoseError, match="expected"):
        total_dose(SOURCE, *given_)
