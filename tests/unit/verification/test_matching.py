import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.implant import SeedImplant
from seedbed.verification import match_seeds
from seedbed.verification.matching import places_and_needles

SEEDS = st.integers(0, 2**32 - 1)


def lattice(rng: np.random.Generator, count: int) -> np.ndarray:
    """Places at least 10 mm apart, in any order."""
    steps = np.stack(np.meshgrid(*[np.arange(4)] * 3), axis=-1).reshape(-1, 3)
    return 10.0 * steps[rng.permutation(len(steps))[:count]]


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 20))
def test_seeds_found_where_they_were_planned_match_themselves(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    planned, order = lattice(rng, count), rng.permutation(count)
    match = match_seeds(planned, planned[order])
    assert order[match.found].tolist() == match.planned.tolist()
    assert match.distance_mm.tolist() == [0.0] * count
    assert (match.missing.size, match.extra.size) == (0, 0)


@settings(max_examples=30)
@given(SEEDS, st.integers(2, 20))
def test_small_displacements_are_measured_and_signed(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    planned = lattice(rng, count)
    moved = rng.uniform(-2, 2, (count, 3))  # under half of the distance between seeds
    match = match_seeds(planned, planned + moved)
    assert match.found.tolist() == match.planned.tolist() == list(range(count))
    np.testing.assert_allclose(match.displacement_mm, moved, atol=1e-12)
    np.testing.assert_allclose(match.distance_mm, np.linalg.norm(moved, axis=1))


@settings(max_examples=30)
@given(SEEDS, st.integers(3, 20), st.data())
def test_lost_and_stray_seeds_are_named(seed: int, count: int, data: st.DataObject) -> None:
    rng = np.random.default_rng(seed)
    planned = lattice(rng, count)
    lost = data.draw(st.integers(0, count - 1))
    stray = np.array([[500.0, 0, 0], [-500.0, 0, 0]])
    match = match_seeds(planned, np.vstack([np.delete(planned, lost, axis=0), stray]))
    assert match.missing.tolist() == [lost]
    assert match.extra.tolist() == [count - 1, count]


@settings(max_examples=60)
@given(SEEDS, st.integers(0, 8), st.integers(0, 8), st.floats(1, 30))
def test_each_seed_is_in_one_pair_or_left_over_and_no_pair_is_wider_than_the_gate(
    seed: int, planned: int, found: int, gate: float
) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 30, (planned, 3)), rng.uniform(0, 30, (found, 3))
    match = match_seeds(one, other, gate_mm=gate)
    assert sorted([*match.planned, *match.missing]) == list(range(planned))
    assert sorted([*match.found, *match.extra]) == list(range(found))
    assert (match.distance_mm <= gate + 1e-12).all()
    np.testing.assert_allclose(match.displacement_mm, other[match.found] - one[match.planned])


@settings(max_examples=60)
@given(SEEDS, st.integers(1, 8), st.integers(1, 8), st.floats(1, 30))
def test_no_two_seeds_within_the_gate_are_both_left_over(
    seed: int, planned: int, found: int, gate: float
) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 40, (planned, 3)), rng.uniform(0, 40, (found, 3))
    match = match_seeds(one, other, gate_mm=gate)
    for lost in match.missing:
        for stray in match.extra:
            assert np.linalg.norm(one[lost] - other[stray]) > gate


def test_a_pair_within_the_gate_is_not_given_up_for_two_pairs_beyond_it() -> None:
    planned = np.array([[0.0, 0, 0], [18.0, 0, 0]])
    found = np.array([[5.0, 0, 0], [-13.0, 0, 0]])
    match = match_seeds(planned, found, gate_mm=12.0)
    assert (match.planned.tolist(), match.found.tolist()) == ([0], [0])


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 6))
def test_the_sum_of_distances_is_the_least_of_all_pairings(seed: int, count: int) -> None:
    from itertools import permutations

    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 10, (count, 3)), rng.uniform(0, 10, (count, 3))
    distance = np.linalg.norm(one[:, None] - other[None], axis=2)
    least = min(sum(distance[k, order[k]] for k in range(count)) for order in permutations(range(count)))
    assert match_seeds(one, other, gate_mm=100.0).distance_mm.sum() == pytest.approx(least)


def test_the_gate_itself_still_counts() -> None:
    assert match_seeds(np.zeros((1, 3)), np.array([[12.0, 0, 0]]), gate_mm=12.0).planned.tolist() == [0]
    assert match_seeds(np.zeros((1, 3)), np.array([[12.01, 0, 0]]), gate_mm=12.0).missing.tolist() == [0]


@settings(max_examples=20)
@given(SEEDS)
def test_matching_backwards_gives_the_same_pairs(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 30, (6, 3)), rng.uniform(0, 30, (5, 3))
    there, back = match_seeds(one, other), match_seeds(other, one)
    assert set(zip(there.planned, there.found, strict=True)) == set(
        zip(back.found, back.planned, strict=True)
    )


@pytest.mark.parametrize(("planned", "found"), [(0, 0), (3, 0), (0, 3)])
def test_nothing_planned_or_nothing_found_is_no_trouble(planned: int, found: int) -> None:
    match = match_seeds(np.zeros((planned, 3)), np.zeros((found, 3)))
    assert (match.missing.tolist(), match.extra.tolist()) == (list(range(planned)), list(range(found)))
    assert (match.distance_mm.shape, match.displacement_mm.shape) == ((0,), (0, 3))


@pytest.mark.parametrize("wrong", [np.full((2, 3), np.nan), np.full((1, 3), np.inf), np.zeros((2, 2))])
def test_positions_without_meaning_are_refused_with_what_to_do(wrong: np.ndarray) -> None:
    for one, other in ((wrong, np.zeros((1, 3))), (np.zeros((1, 3)), wrong)):
        with pytest.raises(InputError, match="correct the list of seeds"):
            match_seeds(one, other)


@pytest.mark.parametrize("gate", [-1.0, np.nan, np.inf])
def test_a_gate_that_is_no_length_is_refused(gate: float) -> None:
    with pytest.raises(InputError, match="gate"):
        match_seeds(np.zeros((1, 3)), np.zeros((1, 3)), gate_mm=gate)


def test_seeds_at_one_place_are_paired_once_each() -> None:
    match = match_seeds(np.zeros((2, 3)), np.zeros((3, 3)))
    assert sorted(match.planned.tolist()) == [0, 1]
    assert len(set(match.found.tolist())) == 2
    assert len(match.extra) == 1


def test_an_implant_tells_its_needles_and_places_alone_do_not() -> None:
    places = np.arange(6.0).reshape(2, 3)
    held = SeedImplant("6711", places, None, np.ones(2), needle_index=np.array([4, 4]))
    loose = SeedImplant("6711", places, None, np.ones(2))
    assert places_and_needles(held)[1].tolist() == [4, 4]
    assert places_and_needles(loose)[1] is None
    np.testing.assert_array_equal(places_and_needles(loose)[0], places)
