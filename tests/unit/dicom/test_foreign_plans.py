"""Plans as other planning systems write them: built from PS3.3 C.8.8.15, not by the writer of Seedbed."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from tests.unit.dicom.foreign_plans import (
    HALF_LIFE_D,
    MEAN_LIFE_D,
    A,
    B,
    C,
    Point,
    channel_item,
    each_alone,
    plan_file,
)

from seedbed.dicom import PlanReading, read_plan_file
from seedbed.dicom.plan_times import read_times
from seedbed.errors import InputError

# What a channel holds: control points with their weights, and the seeds that they mean.
FORMS: dict[str, tuple[list[Point], list[Sequence[float]]]] = {
    "two points a seed": ([(A, 0), (A, 1), (B, 1), (B, 2), (C, 2), (C, 3)], [A, B, C]),
    "weights that begin anew": ([(A, 0), (A, 1), (B, 0), (B, 1)], [A, B]),
    "first weight left out": ([(A, None), (A, 1), (B, 1), (B, 2)], [A, B]),
    "one point a seed, from zero": ([(A, 0), (B, 1), (C, 2)], [A, B, C]),
    "one point a seed, from one": ([(A, 1), (B, 2), (C, 3)], [A, B, C]),
    "one point a seed, no weights": ([(A, None), (B, None)], [A, B]),
    "two points a seed, no weights": ([(A, None), (A, None), (B, None), (B, None)], [A, B]),
    "weights all the same": ([(A, 1), (B, 1), (C, 1)], [A, B, C]),
    "a single point": ([(A, 0)], [A]),
    "a place that is passed": ([(A, 0), (A, 1), (B, 1), (B, 1), (C, 1), (C, 2)], [A, C]),
    "useless points after the seed": ([(A, 0), (A, 1), (B, 0), (B, 0)], [A]),
    "a lone point after the seed": ([(A, 0), (A, 1), (B, 0)], [A]),
}


@pytest.mark.parametrize(("points", "seeds"), FORMS.values(), ids=FORMS.keys())
def test_control_points_mean_seeds(tmp_path: Path, points: list[Point], seeds: list[Sequence[float]]) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", [channel_item(points)]))
    np.testing.assert_array_equal(found.implant.positions_mm, seeds)
    assert found.implant.strengths_u.tolist() == [0.6] * len(seeds)
    passed = len({tuple(place) for place, _ in points}) - len(seeds)
    assert any("only passed" in note for note in found.notes) is (passed > 0)


AMBIGUOUS: dict[str, list[Point]] = {
    "time between places": [(A, 0), (A, 1), (B, 2), (B, 3)],
    "single points that do not rise": [(A, 1), (B, 2), (C, 2)],
    "unequal stays": [(A, 0), (A, 1), (B, 1), (B, 3)],
    "unequal single points": [(A, 0), (B, 1), (C, 3)],
    "weights here and there": [(A, 0), (A, 1), (B, None), (B, 2)],
    "two ends of one seed": [((0, 0, -2.25), 0), ((0, 0, 2.25 - 1), 1)],
}


@pytest.mark.parametrize("points", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_what_can_be_read_in_two_ways_is_refused(tmp_path: Path, points: list[Point]) -> None:
    with pytest.raises(InputError, match="expected"):
        read_plan_file(plan_file(tmp_path / "p.dcm", [channel_item(points)]))


def test_a_needle_without_time_holds_no_seed(tmp_path: Path) -> None:
    # PS3.3 C.8.8.15: the stay is the channel time x share of the weight; zero time is no stay.
    empty = channel_item([(B, 0.0), (B, 0.0)], 2, ChannelTotalTime=0)
    found = read_plan_file(plan_file(tmp_path / "p.dcm", [*each_alone([A]), empty]))
    np.testing.assert_array_equal(found.implant.positions_mm, [A])
    assert any("total time is zero: 1" in note for note in found.notes)


def test_a_plan_that_lists_every_seed_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="6 seeds at 3 places"):
        read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A, B, C, A, B, C])))


def test_a_single_double_is_remarked_on(tmp_path: Path) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A, B, C, A])))
    assert found.implant.count == 4
    assert any("exactly where another" in note for note in found.notes)


def test_only_setups_that_a_fraction_uses_count(tmp_path: Path) -> None:
    first, second, reference, group = Dataset(), Dataset(), Dataset(), Dataset()
    first.ApplicationSetupNumber, first.ChannelSequence = 1, each_alone([A])
    second.ApplicationSetupNumber, second.ChannelSequence = 2, each_alone([B, C])
    reference.ReferencedBrachyApplicationSetupNumber = 2
    group.ReferencedBrachyApplicationSetupSequence = [reference]
    path = plan_file(
        tmp_path / "p.dcm", [], ApplicationSetupSequence=[first, second], FractionGroupSequence=[group]
    )
    found = read_plan_file(path)
    np.testing.assert_array_equal(found.implant.positions_mm, [B, C])
    assert any("no fraction uses them: 1" in note for note in found.notes)


TIMES = {
    "half-life in seconds": (HALF_LIFE_D * 86400, "s"),
    "mean life in seconds": (MEAN_LIFE_D * 86400, "s"),
    "half-life in days": (HALF_LIFE_D, "d"),
    "mean life in days": (MEAN_LIFE_D, "d"),
    "a hundred years in seconds": (100 * 365.25 * 86400, "unknown"),
    "nothing": (None, "unknown"),
}


@pytest.mark.parametrize(("time", "unit"), TIMES.values(), ids=TIMES.keys())
def test_channel_times_in_days_and_seconds_are_the_same_implant(
    tmp_path: Path, time: float | None, unit: str
) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A, B], ChannelTotalTime=time)))
    assert found.channel_time_unit == unit
    assert found.implant.strengths_u.tolist() == [0.6, 0.6]
    assert any("Channel Total Time" in note for note in found.notes) is (unit != "s")


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 20), st.booleans(), st.sampled_from([("s", 86400.0), ("d", 1.0)]), st.floats(0.97, 1.03)
)
def test_the_time_of_a_channel_may_be_of_each_seed_or_of_all(
    seeds: int, of_all: bool, unit: tuple[str, float], rounding: float
) -> None:
    time = MEAN_LIFE_D * unit[1] * rounding * (seeds if of_all else 1)
    found = read_times([(time, seeds)], HALF_LIFE_D)
    assert (found.unit, found.for_life) == (unit[0], True)


def test_another_technique_is_permanent_by_its_times_or_by_the_users_word(tmp_path: Path) -> None:
    def made(time: float | None) -> Path:
        channels = each_alone([A, B], ChannelTotalTime=time)
        return plan_file(tmp_path / "p.dcm", channels, BrachyTreatmentTechnique="INTERSTITIAL")

    assert any("by its channel times" in note for note in read_plan_file(made(HALF_LIFE_D)).notes)
    for temporary in (3 * 86400.0, 72.0, None):
        path = made(temporary)
        with pytest.raises(InputError, match="--permanent"):
            read_plan_file(path)
        said = read_plan_file(path, None, PlanReading(permanent=True)).notes
        assert any("by the user's word" in note for note in said)


def turned(channels: list[Dataset], some: Callable[[int], bool]) -> list[Dataset]:
    for number, channel in enumerate(channels):
        for point in channel.BrachyControlPointSequence:
            if some(number):
                point.ControlPointOrientation = [0.0, 0.6, 0.8]
    return channels


def test_directions_count_where_a_seed_has_one(tmp_path: Path) -> None:
    whole = read_plan_file(plan_file(tmp_path / "p.dcm", turned(each_alone([A, B]), lambda _: True)))
    np.testing.assert_allclose(whole.implant.axes, [[0, 0.6, 0.8]] * 2, atol=1e-6)
    part = read_plan_file(plan_file(tmp_path / "p.dcm", turned(each_alone([A, B]), lambda k: k == 0)))
    assert part.implant.axis_known.sum() == 1  # and the other one is one-dimensional
    assert any("1 of 2 seeds" in note for note in part.notes)
    none = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A, B])))
    assert none.implant.axes is None
    assert any("0 of 2 seeds" in note for note in none.notes)


def test_directions_are_taken_from_straight_needles_only_when_asked(tmp_path: Path) -> None:
    along = np.array([2.0, -1.0, 2.0]) / 3.0
    points: list[Point] = [((5 + 10 * k * along).tolist(), None) for k in range(4)]
    path = plan_file(tmp_path / "p.dcm", [channel_item(points)])
    assert read_plan_file(path).implant.axes is None
    axes = read_plan_file(path, None, PlanReading(axes_from_needles=True)).implant.axes
    assert axes is not None
    np.testing.assert_allclose(np.abs(axes @ along), 1.0, atol=1e-9)


@pytest.mark.parametrize(
    "channels",
    [
        [channel_item([(A, None)])],
        [channel_item([(A, None), (B, None), ((8.0, 0.0, 20.0), None)])],
    ],
    ids=["a single seed", "a bent needle"],
)
def test_a_needle_that_shows_no_direction_is_refused(tmp_path: Path, channels: list[Dataset]) -> None:
    path = plan_file(tmp_path / "p.dcm", channels)
    with pytest.raises(InputError, match="needle"):
        read_plan_file(path, None, PlanReading(axes_from_needles=True))


def test_the_prescription_is_that_of_the_reference_that_has_one(tmp_path: Path) -> None:
    point, target = Dataset(), Dataset()
    point.DoseReferenceNumber, target.DoseReferenceNumber = 1, 2
    target.TargetPrescriptionDose, target.DoseReferenceDescription = 145, "CTV"
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), DoseReferenceSequence=[point, target])
    found = read_plan_file(path)
    assert (found.dose_gy, found.target) == (145.0, "CTV")
