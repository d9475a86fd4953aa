"""Plans as other planning systems write them: built from PS3.3 C.8.8.15, not by the writer of Seedbed."""

import math
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTPlanStorage, generate_uid

from seedbed.dicom import PlanReading, read_plan_file
from seedbed.dicom.plan_times import read_times
from seedbed.dosimetry import load_source
from seedbed.errors import InputError

HALF_LIFE_D = 59.40
MEAN_LIFE_D = HALF_LIFE_D / math.log(2)
Point = tuple[Sequence[float], float | None]


def source_item(**changes: Any) -> Dataset:
    item = Dataset()
    parts = {
        "SourceNumber": 1, "SourceType": "LINE", "SourceIsotopeName": "I-125", "SourceModelID": "6711",
        "SourceManufacturer": "GE Healthcare", "ReferenceAirKermaRate": 0.6, "SourceIsotopeHalfLife": 59.4,
        "SourceStrengthReferenceDate": "20260301",
    }  # fmt: skip
    for keyword, value in {**parts, **changes}.items():
        if value is not None:
            setattr(item, keyword, value)
    return item


def channel_item(points: Sequence[Point], number: int = 1, **changes: Any) -> Dataset:
    item = Dataset()
    item.ChannelNumber, item.SourceMovementType = number, "FIXED"
    item.NumberOfControlPoints, item.ReferencedSourceNumber = len(points), 1
    item.ChannelTotalTime = MEAN_LIFE_D
    item.BrachyControlPointSequence = []
    for index, (place, weight) in enumerate(points):
        point = Dataset()
        point.ControlPointIndex, point.ControlPoint3DPosition = index, [float(v) for v in place]
        point.CumulativeTimeWeight = weight
        item.BrachyControlPointSequence.append(point)
    for keyword, value in changes.items():
        setattr(item, keyword, value)
    return item


def plan_file(
    path: Path, channels: Sequence[Dataset], sources: Sequence[Dataset] | None = None, **changes: Any
) -> Path:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, RTPlanStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["foreign"])
    plan = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    plan.SOPClassUID, plan.SOPInstanceUID = RTPlanStorage, meta.MediaStorageSOPInstanceUID
    plan.Modality, plan.PatientID, plan.StudyInstanceUID = "RTPLAN", "P1", "1.2.3"
    plan.FrameOfReferenceUID, plan.RTPlanDate = "1.2.3.4", "20260301"
    plan.BrachyTreatmentTechnique, plan.BrachyTreatmentType = "PERMANENT", "LDR"
    plan.SourceSequence = list(sources or [source_item()])
    setup = Dataset()
    setup.ApplicationSetupNumber, setup.ApplicationSetupType = 1, "UNDEFINED"
    setup.ChannelSequence = list(channels)
    plan.ApplicationSetupSequence = [setup]
    for keyword, value in changes.items():
        setattr(plan, keyword, value)
    plan.save_as(path, enforce_file_format=True)
    return path


def each_alone(places: Sequence[Sequence[float]], **changes: Any) -> list[Dataset]:
    """One channel a seed, two control points with weights 0 and 1."""
    return [
        channel_item([(place, 0.0), (place, 1.0)], number, **changes)
        for number, place in enumerate(places, start=1)
    ]


A, B, C = (0.0, 0.0, 0.0), (0.0, 0.0, 10.0), (0.0, 0.0, 20.0)

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


@pytest.mark.parametrize(
    "words",
    [
        {"SourceModelID": "6711"},
        {"SourceModelID": None, "SourceDescription": "OncoSeed 6711"},
        {"SourceModelID": None, "SourceIsotopeName": "I-125 (6711)"},
        {"SourceManufacturer": ""},
        {"SourceManufacturer": "Unknown"},
        {"SourceManufacturer": "N/A"},
        {"SourceManufacturer": None},
    ],
)
def test_the_model_is_found_from_what_the_plan_says(tmp_path: Path, words: dict[str, Any]) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**words)]))
    assert (found.source.name, found.model.by_user) == ("6711", False)


def test_maker_and_model_are_read_together(tmp_path: Path) -> None:
    words = {"SourceManufacturer": "Theragenics", "SourceModelID": "200", "SourceIsotopeName": "Pd-103"}
    seeds = [source_item(**words, SourceIsotopeHalfLife=16.99)]
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), seeds))
    assert found.source.name == "TheraSeed200"


@pytest.mark.parametrize(
    "words",
    [
        {"SourceManufacturer": "Some Other Maker Ltd"},
        {"SourceModelID": "6711 type", "SourceManufacturer": ""},
        {"SourceModelID": "XY-9", "SourceManufacturer": ""},
        {"SourceModelID": None, "SourceManufacturer": None},
    ],
)
def test_a_seed_that_is_not_known_needs_the_users_word(tmp_path: Path, words: dict[str, Any]) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**words)])
    with pytest.raises(InputError, match="--source"):
        read_plan_file(path)
    found = read_plan_file(path, load_source("6711"))
    assert found.model.by_user
    assert found.notes[0].startswith("6711 data used for seeds of")
    assert "by the user's word" in found.notes[0]
    assert (words["SourceManufacturer"] or "does not name") in found.notes[0]


def test_no_word_is_said_where_the_user_names_what_the_plan_says(tmp_path: Path) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A])), load_source("6711"))
    assert not any("user's word" in note for note in found.notes)


def test_several_strengths_are_read_and_several_models_refused(tmp_path: Path) -> None:
    channels = [*each_alone([A]), channel_item([(B, 0), (B, 1)], 2, ReferencedSourceNumber=2)]
    strong = source_item(SourceNumber=2, ReferenceAirKermaRate=0.8)
    found = read_plan_file(plan_file(tmp_path / "p.dcm", channels, [source_item(), strong]))
    assert found.implant.strengths_u.tolist() == [0.6, 0.8]
    other = source_item(SourceNumber=2, SourceModelID="STM1251", SourceManufacturer="")
    with pytest.raises(InputError, match="6711 and STM1251"):
        read_plan_file(plan_file(tmp_path / "p.dcm", channels, [source_item(), other]))


def test_a_source_that_no_channel_uses_does_not_count(tmp_path: Path) -> None:
    library = source_item(
        SourceNumber=2, SourceIsotopeName="Ir-192", SourceModelID="HDR", SourceIsotopeHalfLife=73.83
    )
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(), library]))
    assert found.source.name == "6711"


@pytest.mark.parametrize(
    "strength",
    [
        {"ReferenceAirKermaRate": 25.0},  # 0.68 mCi in MBq
        {"ReferenceAirKermaRate": 0.0},
        {"ReferenceAirKermaRate": 6e-7},
        {"ReferenceAirKermaRate": None, "SourceStrength": 0.5, "SourceStrengthUnits": "MCI"},
        {"SourceStrengthUnits": "MBQ"},
        {"ReferenceAirKermaRate": None, "SourceStrength": 0.5},
    ],
)
def test_strengths_that_are_no_air_kerma_rate_are_refused(tmp_path: Path, strength: dict[str, Any]) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [source_item(**strength)])
    with pytest.raises(InputError, match="expected"):
        read_plan_file(path)


def test_source_strength_in_units_of_air_kerma_rate_is_read(tmp_path: Path) -> None:
    item = source_item(ReferenceAirKermaRate=None, SourceStrength=0.55, SourceStrengthUnits="AIR_KERMA_RATE")
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [item]))
    assert found.implant.strengths_u.tolist() == [0.55]


def test_unusual_strengths_and_half_lives_are_remarked_on(tmp_path: Path) -> None:
    item = source_item(ReferenceAirKermaRate=15.0, SourceIsotopeHalfLife=60.14)
    notes = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A]), [item])).notes
    assert any("15 U" in note for note in notes)
    assert any("60.14 d" in note for note in notes)


def test_strengths_decay_only_to_a_stated_day(tmp_path: Path) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]))
    as_written = read_plan_file(path)
    assert (as_written.strength_date, as_written.dates.implanted) == ("20260301", "20260301")
    assert as_written.implant.strengths_u[0] == 0.6
    later = read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 31)))
    assert later.implant.strengths_u[0] == pytest.approx(0.6 * 2 ** (-30 / 59.40), rel=1e-12)
    assert (later.strength_date, later.dates.implanted) == ("20260301", "20260331")
    assert any("2026-03-31" in note for note in later.notes)


def test_strengths_of_several_days_are_brought_to_the_stated_one(tmp_path: Path) -> None:
    channels = [*each_alone([A]), channel_item([(B, 0), (B, 1)], 2, ReferencedSourceNumber=2)]
    other = source_item(SourceNumber=2, SourceStrengthReferenceDate="20260311")
    path = plan_file(tmp_path / "p.dcm", channels, [source_item(), other])
    with pytest.raises(InputError, match="20260301, 20260311"):
        read_plan_file(path)
    found = read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 11))).implant
    np.testing.assert_allclose(found.strengths_u, [0.6 * 2 ** (-10 / 59.40), 0.6])


@pytest.mark.parametrize("stated", ["", "20240101"])
def test_a_day_that_cannot_be_used_is_refused(tmp_path: Path, stated: str) -> None:
    item = source_item(SourceStrengthReferenceDate=stated)
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), [item])
    with pytest.raises(InputError, match="expected"):
        read_plan_file(path, None, PlanReading(implanted_on=date(2026, 3, 31)))


def test_a_plan_made_on_another_day_than_its_strengths_says_so(tmp_path: Path) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), RTPlanDate="20260331")
    (note,) = [note for note in read_plan_file(path).notes if "2026-03-31" in note]
    assert f"{100 * (2 ** (-30 / 59.40) - 1):+.1f} %" in note


def turned(channels: list[Dataset], some: Callable[[int], bool]) -> list[Dataset]:
    for number, channel in enumerate(channels):
        for point in channel.BrachyControlPointSequence:
            if some(number):
                point.ControlPointOrientation = [0.0, 0.6, 0.8]
    return channels


def test_directions_count_only_where_every_seed_has_one(tmp_path: Path) -> None:
    whole = read_plan_file(plan_file(tmp_path / "p.dcm", turned(each_alone([A, B]), lambda _: True)))
    np.testing.assert_allclose(whole.implant.axes, [[0, 0.6, 0.8]] * 2, atol=1e-6)
    part = read_plan_file(plan_file(tmp_path / "p.dcm", turned(each_alone([A, B]), lambda k: k == 0)))
    assert part.implant.axes is None
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
