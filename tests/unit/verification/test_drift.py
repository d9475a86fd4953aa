"""The drift of pairs whose motion is known, and how often chance is called more than chance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.verification import systematic_drift
from seedbed.verification.drift import fit_motion, shift_words, tells_turn, turn_words

SEEDS = st.integers(0, 2**32 - 1)
BLOCK = np.array([[x, y, z] for x in (0.0, 10, 20) for y in (0.0, 10) for z in (0.0, 5, 10, 15)])


def about(centre: np.ndarray, turn_deg: np.ndarray, shift: np.ndarray) -> RigidTransform:
    turn = Rotation.from_rotvec(turn_deg, degrees=True).as_matrix()
    return RigidTransform(turn, centre - turn @ centre + shift)


@settings(max_examples=30)
@given(SEEDS)
def test_a_known_motion_is_recovered_at_the_centre_of_the_implant(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = BLOCK + rng.uniform(-300, 300, 3)
    turn, shift = rng.uniform(-8, 8, 3), rng.uniform(-15, 15, 3)
    motion = about(places.mean(axis=0), turn, shift)
    drift = systematic_drift(places, motion.apply(places))
    np.testing.assert_allclose(drift.centre_mm, places.mean(axis=0))
    np.testing.assert_allclose(drift.shift_mm, shift, atol=1e-6)
    np.testing.assert_allclose(drift.turn_deg, turn, atol=1e-6)
    assert (drift.shift_chance, drift.turn_chance) == (0.0, 0.0)
    assert drift.shift_se_mm.max() < 1e-6


def test_no_motion_is_chance() -> None:
    drift = systematic_drift(BLOCK, BLOCK)
    assert (drift.shift_chance, drift.turn_chance) == (1.0, 1.0)
    assert "no more than chance" in drift.sentence


def test_the_standard_error_of_a_shift_is_that_of_a_mean() -> None:
    # Two seeds at each place of a block, displaced against each other: residuals of exactly 1 mm along x.
    places = np.repeat(BLOCK, 2, axis=0)
    sign = np.tile([1.0, -1.0], len(BLOCK))
    drift = systematic_drift(places, places + np.outer(sign, [1.0, 0.0, 0.0]))
    count = len(places)
    expected = np.sqrt(1 / count * count / (count - 2) * (3 * count - 1) / (3 * count - 6))
    np.testing.assert_allclose(drift.shift_se_mm, [expected, 0.0, 0.0], atol=1e-9)


@pytest.mark.parametrize(("needle_sd", "grouped"), [(0.0, False), (2.0, True)])
def test_chance_is_called_more_than_chance_as_often_as_it_says(needle_sd: float, grouped: bool) -> None:
    rng = np.random.default_rng(20)
    needle = np.repeat(np.arange(12), 5)
    corners = np.stack(np.meshgrid(np.arange(4) * 10.0, np.arange(3) * 10.0), axis=-1).reshape(-1, 2)
    places = np.column_stack([corners[needle], np.tile(np.arange(5) * 7.0, 12)])
    called = np.zeros(2)
    trials = 300
    for _ in range(trials):
        found = places + rng.normal(0, 1.5, places.shape) + rng.normal(0, needle_sd, (12, 3))[needle]
        drift = systematic_drift(places, found, groups=needle if grouped else None)
        called += [drift.shift_chance < 0.1, drift.turn_chance < 0.1]
    # 10 % asked for; three binomial standard deviations of 300 trials are 5.2 %.
    assert (called / trials < 0.155).all()
    assert (called / trials > 0.03).all()


def test_seeds_that_move_with_their_needle_are_fewer_witnesses_than_seeds() -> None:
    rng = np.random.default_rng(3)
    needle = np.repeat(np.arange(6), 4)
    found = BLOCK + rng.normal(0, 2.0, (6, 3))[needle]
    alone, together = systematic_drift(BLOCK, found), systematic_drift(BLOCK, found, groups=needle)
    np.testing.assert_allclose(alone.shift_mm, together.shift_mm)
    assert (together.shift_se_mm > 1.3 * alone.shift_se_mm).all()
    assert any("needles are not known" in remark for remark in alone.remarks)
    assert together.remarks == ()


def test_seeds_on_a_line_or_few_seeds_tell_a_shift_and_say_so() -> None:
    line = np.outer(np.arange(10.0), [0.0, 3.0, 4.0])
    for places, why in ((line, "near one line"), (BLOCK[:5], "5 pairs are too few")):
        drift = systematic_drift(places, places + np.array([1.0, 2.0, 3.0]))
        assert (drift.turn_deg, drift.turn_se_deg, drift.turn_chance) == (None, None, None)
        np.testing.assert_allclose(drift.shift_mm, [1.0, 2.0, 3.0])
        assert drift.motion.angle_deg == 0.0
        assert why in drift.sentence


def test_few_needles_do_not_tell_chance() -> None:
    drift = systematic_drift(BLOCK, BLOCK + 1.0, groups=np.repeat([0, 1, 2], 8))
    assert (drift.shift_chance, drift.turn_chance) == (None, None)
    assert "whether the drift is chance cannot be told" in drift.sentence
    assert np.isfinite(drift.shift_se_mm).all()


def test_pairs_without_a_needle_count_each_for_itself() -> None:
    rng = np.random.default_rng(5)
    found = BLOCK + rng.normal(0, 1, BLOCK.shape)
    loose = systematic_drift(BLOCK, found, groups=np.full(len(BLOCK), -1))
    np.testing.assert_allclose(loose.shift_se_mm, systematic_drift(BLOCK, found).shift_se_mm)


@pytest.mark.parametrize(("planned", "found"), [(3, 3), (0, 0), (5, 4)])
def test_too_few_or_unequal_pairs_are_refused(planned: int, found: int) -> None:
    with pytest.raises(InputError, match="at least 4 pairs"):
        systematic_drift(BLOCK[:planned], BLOCK[:found])


def test_a_flat_implant_tells_a_turn_and_a_thin_one_does_not() -> None:
    flat = BLOCK * [1.0, 0.0, 1.0]
    assert tells_turn(flat)
    assert not tells_turn(BLOCK * [0.01, 0.01, 1.0])
    turned = about(flat.mean(axis=0), np.array([3.0, 4.0, 5.0]), np.zeros(3))
    np.testing.assert_allclose(fit_motion(flat, turned.apply(flat)).turn_deg, [3.0, 4.0, 5.0], atol=1e-6)


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        ((5.0, 0.0, 0.0), "5.0 mm left"), ((-5.0, 0.0, 0.0), "5.0 mm right"),
        ((0.0, 5.0, 0.0), "5.0 mm posterior"), ((0.0, -5.0, 0.0), "5.0 mm anterior"),
        ((0.0, 0.0, 5.0), "5.0 mm superior"), ((0.0, 0.0, -5.0), "5.0 mm inferior"),
    ],
)  # fmt: skip
def test_directions_are_the_patients_own(shift: tuple[float, float, float], words: str) -> None:
    assert words in shift_words(np.array(shift))


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_side_named_goes_where_the_words_say(axis: int, sign: float) -> None:
    towards = {"left": (0, 1), "right": (0, -1), "posterior": (1, 1), "anterior": (1, -1),
               "superior": (2, 1), "inferior": (2, -1)}  # fmt: skip
    turn = sign * 10.0 * np.eye(3)[axis]
    words = turn_words(turn, np.ones(3))
    side, goes = words.split("its ")[1].split(" side to ")
    start = towards[side][1] * np.eye(3)[towards[side][0]]
    moved = Rotation.from_rotvec(turn, degrees=True).apply(start) - start
    where, way = towards[goes]
    assert np.sign(moved[where]) == way
    assert words.startswith("10.0 degrees (standard error 1.0)")
