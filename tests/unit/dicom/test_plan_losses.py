"""Exports that lost or doubled part of a plan: each seed is read, or the plan is refused.

The plan is that of seven needles with three seeds each, two control points a seed: 21 seeds by construction.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from tests.unit.dicom.foreign_plans import MEAN_LIFE_D, A, B, C, Point, channel_item, each_alone, plan_file

from seedbed.dicom import PlanFile, read_plan_file
from seedbed.errors import InputError

NEEDLES, SEEDS = 7, 3
PLACES = [[(10.0 * n, 0.0, 10.0 * k) for k in range(SEEDS)] for n in range(NEEDLES)]


def needles(**changes: Any) -> list[Dataset]:
    made = []
    for number, places in enumerate(PLACES, start=1):
        points = [(place, float(k + end)) for k, place in enumerate(places) for end in (0, 1)]
        time = 86400 * SEEDS * MEAN_LIFE_D
        stated = {"ChannelTotalTime": time, "FinalCumulativeTimeWeight": SEEDS, **changes}
        made.append(channel_item(points, number, **stated))
    return made


def read(tmp_path: Path, channels: Sequence[Dataset], **changes: Any) -> PlanFile:
    return read_plan_file(plan_file(tmp_path / "p.dcm", channels, **changes))


def weigh(channel: Dataset, weights: Sequence[float | None]) -> None:
    for point, weight in zip(channel.BrachyControlPointSequence, weights, strict=True):
        point.CumulativeTimeWeight = weight


def keep(channel: Dataset, count: int) -> None:
    channel.BrachyControlPointSequence = channel.BrachyControlPointSequence[:count]


def stated_again(channel: Dataset) -> None:
    channel.NumberOfControlPoints = len(channel.BrachyControlPointSequence)
    del channel.FinalCumulativeTimeWeight


def test_the_whole_plan_has_21_seeds(tmp_path: Path) -> None:
    found = read(tmp_path, needles())
    assert found.implant.count == NEEDLES * SEEDS
    np.testing.assert_array_equal(found.implant.positions_mm, [p for places in PLACES for p in places])


LOSSES: dict[str, tuple[Callable[[list[Dataset]], object], str]] = {
    "no points in one channel": (lambda c: keep(c[0], 0), "channel 1 .* no control points"),
    "no sequence in one channel": (
        lambda c: delattr(c[4], "BrachyControlPointSequence"), "channel 5 .* no control points"
    ),
    "no weights in one channel": (lambda c: weigh(c[2], [None] * 6), "channel 3 .* does not rise"),
    "weights of zero in all channels but one": (
        lambda c: [(weigh(x, [0] * 6), delattr(x, "FinalCumulativeTimeWeight")) for x in c[1:]],
        "channel 2 .* does not rise",
    ),
    "weights of zero although the final one is stated": (
        lambda c: [weigh(x, [0] * 6) for x in c[1:]], "channel 2 .* FinalCumulativeTimeWeight of 3"
    ),
    "the last point of every channel dropped": (
        lambda c: [keep(x, 5) for x in c], "NumberOfControlPoints of 6 but holds 5 items"
    ),
    "the last point dropped and the number corrected": (
        lambda c: [(keep(x, 5), stated_again(x)) for x in c], "stands alone"
    ),
    "a channel cut to its first two points": (
        lambda c: keep(c[0], 2), "NumberOfControlPoints of 6 but holds 2 items"
    ),
    "cut, the number corrected but not the final weight": (
        lambda c: (keep(c[0], 2), setattr(c[0], "NumberOfControlPoints", 2)),
        "FinalCumulativeTimeWeight of 3 .* weight 1",
    ),
    "falling weights": (
        lambda c: [(weigh(x, [3, 2, 2, 1, 1, 0]), stated_again(x)) for x in c], "falls from 3 to 2"
    ),
    "weights that fall in part": (
        lambda c: (weigh(c[0], [0, 1, 1, 2, 0, 1]), stated_again(c[0])), "falls from 2 to 0"
    ),
    "weights that fall at a seed": (
        lambda c: (weigh(c[0], [0, 1, 1, 0, 0, 1]), stated_again(c[0])), "falls from 1 to 0"
    ),
    "negative weights": (
        lambda c: [(weigh(x, [0, -1, -1, -2, -2, -3]), stated_again(x)) for x in c], "negative .*-3"
    ),
    "a negative time": (lambda c: setattr(c[6], "ChannelTotalTime", -5), "channel 7 .*ChannelTotalTime -5"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "reason"), LOSSES.values(), ids=LOSSES.keys())
def test_a_loss_is_refused_with_its_reason(
    tmp_path: Path, change: Callable[[list[Dataset]], object], reason: str
) -> None:
    channels = needles()
    change(channels)
    with pytest.raises(InputError, match=reason):
        read(tmp_path, channels)


@settings(max_examples=30, deadline=None)
@given(st.permutations([0.0, 1.0, 1.0, 2.0, 2.0, 3.0]))
def test_weights_in_any_other_order_lose_no_seed(
    tmp_path_factory: pytest.TempPathFactory, weights: list[float]
) -> None:
    channels = needles()
    for channel in channels:
        weigh(channel, weights)
        stated_again(channel)
    try:
        found = read(tmp_path_factory.getbasetemp(), channels)
    except InputError:
        return
    assert found.implant.count == NEEDLES * SEEDS


def test_an_empty_needle_is_one_that_states_no_time(tmp_path: Path) -> None:
    channels = needles()
    channels[0].ChannelTotalTime = 0
    keep(channels[0], 0)
    found = read(tmp_path, channels)
    assert found.implant.count == (NEEDLES - 1) * SEEDS
    assert any("total time is zero: 1" in note for note in found.notes)


def test_a_needle_of_final_weight_zero_holds_no_seed(tmp_path: Path) -> None:
    channels = needles()
    weigh(channels[0], [0] * 6)
    channels[0].FinalCumulativeTimeWeight = 0
    found = read(tmp_path, channels)
    assert found.implant.count == (NEEDLES - 1) * SEEDS
    assert any(f"only passed, without time weight, and so hold no seed: {SEEDS}" in n for n in found.notes)


FINALS: list[tuple[list[Point], float, int]] = [
    ([(A, 0), (A, 1), (B, 0), (B, 1)], 1, 2),
    ([(A, 0), (A, 1), (B, 0), (B, 1)], 2, 2),
    ([(A, 0), (A, 1), (B, 0), (B, 0)], 1, 1),
    ([(A, 0), (A, 0.33), (B, 0.33), (B, 0.66), (C, 0.66), (C, 0.99)], 1.0, 3),
]


@pytest.mark.parametrize(("points", "final", "seeds"), FINALS)
def test_final_weights_that_agree_are_read(
    tmp_path: Path, points: list[Point], final: float, seeds: int
) -> None:
    found = read(tmp_path, [channel_item(points, FinalCumulativeTimeWeight=final)])
    assert found.implant.count == seeds


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.1])
def test_seeds_listed_twice_with_noise_are_refused(tmp_path: Path, noise: float) -> None:
    rng = np.random.default_rng(1)
    once = [place for places in PLACES for place in places]
    again = [(np.array(place) + noise * rng.uniform(-1, 1, 3)).tolist() for place in once]
    with pytest.raises(InputError, match="42 seeds at 21 places"):
        read(tmp_path, each_alone([*once, *again]))


def test_a_seed_listed_over_and_over_is_at_one_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="21 seeds at 1 place;"):
        read(tmp_path, each_alone([A] * 21))


@pytest.mark.parametrize(("apart", "near"), [(0.05, True), (0.79, True), (0.81, False)])
def test_a_seed_within_the_capsule_of_another_is_remarked_on(
    tmp_path: Path, apart: float, near: bool
) -> None:
    # The capsule of the 6711 is 0.8 mm wide.
    found = read(tmp_path, each_alone([A, B, C, (apart, 0.0, 0.0)]))
    assert found.implant.count == 4
    assert any(f"1 and 4 ({apart:.2f} mm)" in note for note in found.notes) is near


def test_a_seed_far_from_all_others_is_named(tmp_path: Path) -> None:
    found = read(tmp_path, each_alone([A, B, (0.0, 250.0, 10.0), C]))
    (note,) = [note for note in found.notes if "more than 200 mm" in note]
    assert "3 (250 mm)" in note
    near = read(tmp_path, each_alone([A, B, (0.0, 199.0, 10.0)]))
    assert not any("more than 200 mm" in note for note in near.notes)
