"""Boxes that swell by a known factor, and clouds of seeds that spread by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import PlanarContour, Structure
from seedbed.implant import SeedImplant
from seedbed.verification import match_seeds, seed_cloud_scale, volume_change

BLOCK = np.array([[x, y, z] for x in (0.0, 10, 20) for y in (0.0, 10) for z in (0.0, 5, 10, 15)])


def box(sides: tuple[float, float, float], centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Structure:
    """A box in ten slabs."""
    x, y, z = sides
    corners = np.array([[-x, -y], [x, -y], [x, y], [-x, y]]) / 2 + centre[:2]
    planes = centre[2] + z * (np.arange(10) - 4.5) / 10
    return Structure("GTV", tuple(PlanarContour(float(plane), corners) for plane in planes), z / 10)


@settings(max_examples=30)
@given(
    st.tuples(*[st.floats(10, 40)] * 3),
    st.tuples(*[st.floats(10, 40)] * 3),
    st.tuples(*[st.floats(-20, 20)] * 3),
)
def test_volumes_extents_and_centres_are_those_of_boxes(
    was: tuple[float, float, float], now: tuple[float, float, float], shift: tuple[float, float, float]
) -> None:
    change = volume_change(box(was), box(now, shift))
    assert change.before_cc == pytest.approx(np.prod(was) / 1000)
    assert change.after_cc == pytest.approx(np.prod(now) / 1000)
    assert change.ratio_pct == pytest.approx(100 * np.prod(now) / np.prod(was))
    np.testing.assert_allclose(change.before_mm, was)
    np.testing.assert_allclose(change.after_mm, now)
    np.testing.assert_allclose(change.centre_shift_mm, shift, atol=1e-6)


@pytest.mark.parametrize(
    ("factor", "kind", "words"),
    [
        (1.1, "edema", "Edema:"),
        (0.9, "shrinkage", "Shrinkage:"),
        (1.05, "no change", "No change within the 23 %"),
    ],
)
def test_a_box_that_grows_in_all_directions_changes_as_its_cube(factor: float, kind: str, words: str) -> None:
    change = volume_change(box((30.0, 20.0, 20.0)), box((30.0 * factor, 20.0 * factor, 20.0 * factor)))
    assert change.linear_pct == pytest.approx(100 * (factor - 1))
    assert change.change_pct == pytest.approx(100 * (factor**3 - 1))
    assert change.kind == kind
    assert change.sentence.startswith(words)


def test_a_stated_uncertainty_decides_and_a_wrong_one_is_refused() -> None:
    before, after = box((20.0, 20.0, 20.0)), box((20.0, 20.0, 22.0))
    assert volume_change(before, after, uncertainty_pct=9.9).kind == "edema"
    assert volume_change(before, after, uncertainty_pct=10.1).kind == "no change"
    assert volume_change(after, before, uncertainty_pct=9.0).kind == "shrinkage"
    for wrong in (-1.0, np.nan, np.inf):
        with pytest.raises(InputError, match="leave it out"):
            volume_change(before, after, uncertainty_pct=wrong)


def test_a_structure_without_a_volume_is_refused() -> None:
    flat = Structure("line", (PlanarContour(0.0, np.array([[0.0, 0], [1, 0], [2, 0]])),), 2.0)
    with pytest.raises(InputError, match="without a volume"):
        volume_change(box((20.0, 20.0, 20.0)), flat)
    with pytest.raises(InputError, match="without a volume"):
        volume_change(flat, box((20.0, 20.0, 20.0)))


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.floats(0.8, 1.3))
def test_a_cloud_that_spreads_while_it_is_moved_tells_its_factor(seed: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    turn = Rotation.from_rotvec(rng.uniform(-15, 15, 3), degrees=True)
    found = factor * turn.apply(BLOCK) + rng.uniform(-50, 50, 3)
    match = match_seeds(BLOCK, BLOCK)
    grown = seed_cloud_scale(BLOCK, found, match)
    assert grown.scale == pytest.approx(factor)
    assert grown.volume_pct == pytest.approx(100 * (factor**3 - 1))
    assert grown.scale_se == pytest.approx(0.0, abs=1e-9)


def test_the_standard_error_is_the_scatter_of_repeated_clouds() -> None:
    rng = np.random.default_rng(8)
    match = match_seeds(BLOCK, BLOCK)
    clouds = [
        seed_cloud_scale(BLOCK, 1.05 * BLOCK + rng.normal(0, 1.0, BLOCK.shape), match) for _ in range(400)
    ]
    scales, errors = np.array([(cloud.scale, cloud.scale_se) for cloud in clouds]).T
    assert scales.mean() == pytest.approx(1.05, abs=0.005)
    # By theory 1 mm over the root of the sum of squared arms: 0.023.
    assert scales.std() == pytest.approx(1 / np.sqrt(((BLOCK - BLOCK.mean(axis=0)) ** 2).sum()), rel=0.12)
    assert np.sqrt((errors**2).mean()) == pytest.approx(scales.std(), rel=0.15)


def test_seeds_of_one_needle_are_one_witness() -> None:
    rng = np.random.default_rng(2)
    needle = np.repeat(np.arange(6), 4)
    plan = SeedImplant("6711", BLOCK, None, np.ones(len(BLOCK)), needle_index=needle)
    match = match_seeds(BLOCK, BLOCK)
    clouds = []
    for _ in range(200):
        found = BLOCK + rng.normal(0, 1.5, (6, 3))[needle]
        clouds.append((seed_cloud_scale(plan, found, match), seed_cloud_scale(BLOCK, found, match)))
    true = np.std([held.scale for held, _ in clouds])
    held, loose = (np.sqrt(np.mean([pair[way].scale_se ** 2 for pair in clouds])) for way in (0, 1))
    assert held == pytest.approx(true, rel=0.3)
    assert loose < 0.75 * true


@pytest.mark.parametrize(
    ("factor", "words"),
    [(1.2, "wider apart"), (0.8, "closer than planned"), (1.0, "as wide apart as planned")],
)
def test_the_sentence_says_which_way(factor: float, words: str) -> None:
    found = factor * BLOCK + np.random.default_rng(1).normal(0, 0.1, BLOCK.shape)
    assert words in seed_cloud_scale(BLOCK, found, match_seeds(BLOCK, BLOCK)).sentence


def test_a_line_or_few_seeds_tell_no_scale() -> None:
    line = np.outer(np.arange(8.0), [0.0, 0.0, 5.0])
    for places in (line, BLOCK[:5], np.empty((0, 3))):
        assert seed_cloud_scale(places, places, match_seeds(places, places)) is None
