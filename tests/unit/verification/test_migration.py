"""Seeds carried far off, in a body that is known everywhere."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.geometry import PlanarContour, Structure
from seedbed.verification import migrated_seeds
from seedbed.verification.migration import FAR_MM, distance_outside_mm

SEEDS = st.integers(0, 2**32 - 1)
SQUARE = 10.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
CUBE = Structure(
    "GTV", tuple(PlanarContour(z, SQUARE) for z in np.arange(-9.0, 10.0, 2.0)), 2.0
)  # -10 to 10 mm
BLOCK = np.array([[x, y, z] for x in (-6.0, 6) for y in (-6.0, 6) for z in (-6.0, 0, 6)])


def lung_below(points: np.ndarray) -> np.ndarray:
    """Soft tissue down to z = -60, then lung."""
    return np.where(points[:, 2] < -60.0, -820.0, 40.0)


@settings(max_examples=30)
@given(SEEDS)
def test_distance_outside_a_box_is_that_of_the_box(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-60, 60, (40, 3))
    beyond = np.maximum(np.abs(points) - 10.0, 0.0)
    np.testing.assert_allclose(distance_outside_mm(CUBE, points), np.linalg.norm(beyond, axis=1), atol=1e-9)


def test_a_seed_in_the_lung_is_found_with_its_distance_and_place() -> None:
    found = np.vstack([BLOCK, [[20.0, 5.0, -130.0]]])
    (seed,) = migrated_seeds(found, target=CUBE, planned_mm=BLOCK, tissue_at=lung_below)
    assert (seed.found, seed.in_lung, seed.surroundings) == (12, True, "lung")
    assert seed.beyond_mm == pytest.approx(np.hypot(10.0, 120.0))
    assert seed.place == "20 mm left and 5 mm posterior and 130 mm inferior of the centre"
    assert seed.sentence.startswith(
        "Seed 13 has migrated: it lies in lung 120 mm from the surface of the target"
    )


def test_the_furthest_comes_first_and_the_tissue_of_each_is_told() -> None:
    found = np.vstack([[[0.0, 40.0, 0.0]], BLOCK, [[0.0, 0.0, -200.0]]])
    first, second = migrated_seeds(found, target=CUBE, tissue_at=lung_below)
    assert (first.found, first.in_lung) == (13, True)
    assert (second.found, second.in_lung, second.surroundings) == (0, False, "soft tissue or bone")
    assert migrated_seeds(found, target=CUBE)[0].in_lung is None


def test_metal_near_a_seed_does_not_hide_the_lung_and_air_is_not_lung() -> None:
    found = np.vstack([BLOCK, [[0.0, 0.0, -100.0]]])

    def beside_a_clip(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 0] > 0.5, 3000.0, -800.0)

    assert migrated_seeds(found, target=CUBE, tissue_at=beside_a_clip)[0].in_lung
    air = migrated_seeds(found, target=CUBE, tissue_at=lambda points: np.full(len(points), -1000.0))
    assert (air[0].surroundings, air[0].in_lung) == ("air", False)


def test_outside_the_image_the_surroundings_are_not_told() -> None:
    found = np.vstack([BLOCK, [[0.0, 0.0, -100.0]]])
    seeds = migrated_seeds(found, target=CUBE, tissue_at=lambda points: np.full(len(points), np.nan))
    assert seeds[0].surroundings is None
    edge = migrated_seeds(
        found, target=CUBE, tissue_at=lambda points: np.where(points[:, 2] > -100.0, -800.0, np.nan)
    )
    assert edge[0].in_lung


def test_a_seed_planned_outside_the_target_has_not_migrated() -> None:
    outlying = np.array([[0.0, 0.0, 45.0]])
    plan, found = np.vstack([BLOCK, outlying]), np.vstack([BLOCK, outlying + 2.0])
    assert migrated_seeds(found, target=CUBE, planned_mm=plan) == ()
    assert [seed.found for seed in migrated_seeds(found, target=CUBE)] == [12]


@pytest.mark.parametrize(("beyond", "count"), [(FAR_MM - 0.1, 0), (FAR_MM + 0.1, 1)])
def test_the_limit_holds_from_the_surface(beyond: float, count: int) -> None:
    found = np.array([[10.0 + beyond, 0.0, 0.0]])
    assert len(migrated_seeds(found, target=CUBE)) == count
    assert len(migrated_seeds(np.array([[beyond, 0.0, 0.0]]), planned_mm=np.zeros((1, 3)))) == count


def test_without_target_and_plan_a_lonely_seed_is_named_and_a_second_target_is_not() -> None:
    far = np.array([[0.0, 0.0, -150.0]])
    (seed,) = migrated_seeds(np.vstack([BLOCK, far]))
    assert seed.found == 12
    assert seed.beyond_mm == pytest.approx(np.linalg.norm(far[0] - [6.0, 6.0, -6.0]))
    assert seed.measured_from == "the nearest seed of the implant"
    second = BLOCK[:6] + np.array([80.0, 0.0, 0.0])
    assert migrated_seeds(np.vstack([BLOCK, second])) == ()
    assert migrated_seeds(np.vstack([BLOCK, BLOCK + np.array([80.0, 0.0, 0.0])])) == ()


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_seeds_alone_tell_nothing(count: int) -> None:
    apart = 500.0 * np.arange(count)[:, None] * np.array([1.0, 0.0, 0.0])
    assert migrated_seeds(apart) == ()


def test_no_seeds_or_an_empty_plan_is_no_trouble() -> None:
    assert migrated_seeds(np.empty((0, 3)), target=CUBE, planned_mm=np.empty((0, 3))) == ()
    assert migrated_seeds(np.vstack([BLOCK, [[0.0, 0.0, 300.0]]]), planned_mm=np.empty((0, 3)))[0].found == 12
    with pytest.raises(InputError, match="not finite"):
        migrated_seeds(np.full((1, 3), np.nan), target=CUBE)


@settings(max_examples=20)
@given(SEEDS)
def test_the_order_of_the_seeds_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    found = np.vstack([BLOCK, rng.uniform(-200, 200, (5, 3))])
    order = rng.permutation(len(found))
    here = {each.found for each in migrated_seeds(found, target=CUBE)}
    there = {int(order[each.found]) for each in migrated_seeds(found[order], target=CUBE)}
    assert here == there
