import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.implant import Needle, SeedImplant
from seedbed.verification import by_needle, match_seeds

DEPTHS = np.array([10.0, 20.0, 30.0, 40.0])


def plan(*directions: np.ndarray, tips: bool = True) -> SeedImplant:
    """Needles 50 mm apart with a seed at each depth; the tip 45 mm from the entry."""
    entries = [np.array([50.0 * number, 0.0, 0.0]) for number in range(len(directions))]
    places = np.concatenate(
        [entry + np.outer(DEPTHS, way) for entry, way in zip(entries, directions, strict=True)]
    )
    needles = tuple(
        Needle(f"N{number}", tuple(entry), tuple(entry + 45.0 * way))
        for number, (entry, way) in enumerate(zip(entries, directions, strict=True))
    )
    index = np.repeat(np.arange(len(directions)), len(DEPTHS))
    return SeedImplant("6711", places, None, np.ones(len(places)), needles if tips else (), index)


@pytest.mark.parametrize("way", [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (0.6, 0.8, 0.0)])
@pytest.mark.parametrize(
    ("step", "words"), [(3.0, "3.0 mm deeper"), (-2.0, "2.0 mm shallower"), (0.2, "as deep as planned")]
)
def test_depth_is_told_along_the_needle_towards_its_tip(
    way: tuple[float, ...], step: float, words: str
) -> None:
    implant = plan(np.array(way))
    across = np.cross(way, [1.0, 2.0, 2.0])
    across *= 1.5 / np.linalg.norm(across)
    found = implant.positions_mm + step * np.array(way) + across
    (seen,) = by_needle(implant, match_seeds(implant.positions_mm, found))
    assert (seen.name, seen.planned, seen.found, seen.missing) == ("N0", 4, 4, ())
    assert seen.along_mm == pytest.approx(step)
    assert seen.across_mm == pytest.approx(1.5)
    assert seen.depth == words
    assert seen.spread_mm == pytest.approx(0.0, abs=1e-9)
    assert seen.tilt_deg == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(seen.mean_mm, step * np.array(way) + across)
    assert words in seen.sentence


@pytest.mark.parametrize("angle", [2.0, 7.5])
def test_a_tilted_needle_is_tilted_by_its_angle(angle: float) -> None:
    implant = plan(np.array([0.0, 0.0, 1.0]))
    middle = implant.positions_mm.mean(axis=0)
    turn = Rotation.from_rotvec([0.0, angle, 0.0], degrees=True)
    found = turn.apply(implant.positions_mm - middle) + middle
    (seen,) = by_needle(implant, match_seeds(implant.positions_mm, found))
    assert seen.tilt_deg == pytest.approx(angle)
    np.testing.assert_allclose(seen.mean_mm, 0.0, atol=1e-9)


def test_the_spread_is_the_root_mean_square_about_the_mean() -> None:
    implant = plan(np.array([0.0, 0.0, 1.0]))
    moves = np.array([[1.0, 0, 0], [-1.0, 0, 0], [1.0, 0, 0], [-1.0, 0, 0]]) + np.array([0.0, 2.0, 0.0])
    (seen,) = by_needle(implant, match_seeds(implant.positions_mm, implant.positions_mm + moves))
    assert seen.spread_mm == pytest.approx(1.0)
    np.testing.assert_allclose(seen.mean_mm, [0.0, 2.0, 0.0], atol=1e-12)


def test_missing_seeds_are_named_needle_by_needle() -> None:
    implant = plan(np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))
    found = np.delete(implant.positions_mm, [1, 4, 5, 8, 9, 10, 11], axis=0)
    first, second, third = by_needle(implant, match_seeds(implant.positions_mm, found))
    assert (first.missing, first.found, first.tilt_deg) == ((1,), 3, pytest.approx(0.0, abs=1e-9))
    assert (second.missing, second.found, second.tilt_deg) == ((4, 5), 2, None)
    assert (third.missing, third.found) == ((8, 9, 10, 11), 0)
    assert (third.mean_mm, third.along_mm, third.across_mm, third.spread_mm) == (None, None, None, None)
    assert third.sentence == "N2: 0 of 4 seeds found."


def test_a_needle_without_a_tip_has_no_deep_end() -> None:
    implant = plan(np.array([0.0, 0.0, 1.0]), tips=False)
    (seen,) = by_needle(
        implant, match_seeds(implant.positions_mm, implant.positions_mm + np.array([0.0, 0.0, 3.0]))
    )
    assert seen.name == "needle 1"
    assert abs(seen.along_mm) == pytest.approx(3.0)
    assert seen.depth == "3.0 mm along the needle, its tip not known"


def test_a_single_seed_without_a_needle_has_no_depth() -> None:
    implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1), needle_index=np.array([0]))
    (seen,) = by_needle(implant, match_seeds(np.zeros((1, 3)), np.ones((1, 3))))
    assert (seen.along_mm, seen.depth, seen.spread_mm, seen.tilt_deg) == (None, "depth not known", None, None)


def test_what_the_drift_explains_is_not_beyond_it() -> None:
    implant = plan(np.array([0.0, 0.0, 1.0]), np.array([0.0, 0.0, 1.0]))
    moves = np.repeat([[4.0, 0, 0], [6.0, 0, 0]], 4, axis=0)
    match = match_seeds(implant.positions_mm, implant.positions_mm + moves)
    drift = RigidTransform(np.eye(3), np.array([5.0, 0.0, 0.0]))
    first, second = by_needle(implant, match, drift=drift)
    np.testing.assert_allclose(first.beyond_drift_mm, [-1.0, 0.0, 0.0])
    np.testing.assert_allclose(second.beyond_drift_mm, [1.0, 0.0, 0.0])
    assert by_needle(implant, match)[0].beyond_drift_mm is None


def test_loose_seeds_are_on_no_needle_and_another_plan_is_refused() -> None:
    loose = SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2))
    assert by_needle(loose, match_seeds(np.zeros((2, 3)), np.zeros((2, 3)))) == ()
    with pytest.raises(InputError, match="same plan"):
        by_needle(loose, match_seeds(np.zeros((3, 3)), np.zeros((3, 3))))
