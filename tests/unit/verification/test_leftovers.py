import numpy as np
import pytest

from seedbed.geometry import RigidTransform
from seedbed.verification import extra_seeds, match_seeds, missing_seeds
from seedbed.verification.leftovers import NOT_KNOWN

PLAN = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 30.0], [0.0, 0.0, 60.0]])


def test_a_planned_seed_is_missing_for_the_reason_known() -> None:
    match = match_seeds(PLAN, PLAN[:1])
    cut = missing_seeds(PLAN, match, in_image=lambda points: points[:, 2] < 45.0)
    assert [(seed.number, seed.reason) for seed in cut] == [
        (1, NOT_KNOWN), (2, "the place lies outside the CT"),
    ]  # fmt: skip
    assert [seed.reason for seed in missing_seeds(PLAN, match)] == [NOT_KNOWN] * 2


@pytest.mark.parametrize(
    ("migrated", "reason"), [([4], "may be the migrated seed"), ([4, 5], "may be one of 2 migrated seeds")]
)
def test_a_missing_seed_may_be_a_migrated_one(migrated: list[int], reason: str) -> None:
    (seed,) = missing_seeds(PLAN, match_seeds(PLAN, PLAN[:2]), migrated=migrated)
    assert seed.reason == reason


def test_the_place_of_a_missing_seed_is_carried_along_by_the_drift() -> None:
    match = match_seeds(PLAN, PLAN[:2])
    drift = RigidTransform(np.eye(3), np.array([0.0, 0.0, -20.0]))
    (seed,) = missing_seeds(PLAN, match, drift=drift, in_image=lambda points: points[:, 2] < 45.0)
    assert (seed.position_mm.tolist(), seed.reason) == ([0.0, 0.0, 40.0], NOT_KNOWN)


def test_an_extra_seed_is_migrated_or_found_twice_or_not_explained() -> None:
    found = np.vstack([PLAN, [[0.0, 1.5, 0.0], [0.0, 0.0, -300.0], [0.0, 20.0, 0.0]]])
    extra = extra_seeds(found, match_seeds(PLAN, found), migrated=[4])
    assert [(seed.number, seed.reason) for seed in extra] == [
        (3, "may be another seed found twice: one lies 1.5 mm away"),
        (4, "a migrated seed; it may be a missing one"),
        (5, NOT_KNOWN),
    ]
    np.testing.assert_array_equal(extra[1].position_mm, found[4])


def test_nothing_left_over_is_an_empty_list() -> None:
    match = match_seeds(PLAN, PLAN)
    assert (missing_seeds(PLAN, match), extra_seeds(PLAN, match)) == ((), ())
    nothing = match_seeds(np.empty((0, 3)), PLAN)
    assert len(extra_seeds(PLAN, nothing)) == 3
    assert missing_seeds(np.empty((0, 3)), nothing) == ()
