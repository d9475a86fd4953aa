"""The RTPLAN that is written, walked by the meaning that DICOM gives it and not by our reader."""

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from math import log
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import Identity, read_plan, write_plan
from seedbed.dosimetry import load_source
from seedbed.implant import Needle, SeedImplant

SOURCE = load_source("6711")
MEAN_LIFE_S = 59.40 * 24 * 3600 / log(2)
Identities = Callable[..., Identity]
Seed = tuple[tuple[float, ...], tuple[float, ...], float, float]


@pytest.fixture
def implant() -> SeedImplant:
    """Two needles of three and two seeds of two strengths, and a seed without a needle."""
    needles = (
        Needle("N1", (0.0, 0.0, 0.0), (0.0, 0.0, 80.0)),
        Needle("N2", (10.0, 0.0, 0.0), (10.0, 80.0, 0.0)),
    )
    places = [[0, 0, 75.5], [0, 0, 65.5], [0, 0, 55.5], [10, 75.5, 0], [10, 60.5, 0], [-20.25, 3.5, 41.125]]
    axes = [[0, 0, 1]] * 3 + [[0, 1, 0]] * 2 + [[0.6, 0.8, 0]]
    strengths, index = [0.5, 0.7, 0.5, 0.5, 0.5, 0.7], [0, 0, 0, 1, 1, -1]
    return SeedImplant(
        "6711", np.array(places, dtype=float), np.array(axes, dtype=float), np.array(strengths), needles,
        np.array(index),
    )  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path, identity: Identities, implant: SeedImplant) -> Callable[..., Dataset]:
    def made(**changes: object) -> Dataset:
        parts = {
            "dose_gy": 100.0,
            "target": "GTV",
            "structure_set_uid": "1.2.3",
            "implanted": datetime(2026, 3, 1),
        }
        path = tmp_path / "plan.dcm"
        write_plan(implant, SOURCE, path, identity(), **{**parts, **changes})  # type: ignore[arg-type]
        return dcmread(path)

    return made


def stays(plan: Dataset) -> list[Seed]:
    """Place, direction, strength (U) and time (s) of each stay between two control points of one place.

    PS3.3 C.8.8.15.6: time at a control point is Channel Total Time x weight / Final Cumulative Time Weight.
    """
    strength = {item.SourceNumber: float(item.ReferenceAirKermaRate) for item in plan.SourceSequence}
    found = []
    for channel in plan.ApplicationSetupSequence[0].ChannelSequence:
        points = channel.BrachyControlPointSequence
        scale = float(channel.ChannelTotalTime) / float(channel.FinalCumulativeTimeWeight)
        for one, two in pairwise(points):
            seconds = (float(two.CumulativeTimeWeight) - float(one.CumulativeTimeWeight)) * scale
            if seconds > 0:
                assert one.ControlPoint3DPosition == two.ControlPoint3DPosition
                place, along = one.ControlPoint3DPosition, one.ControlPointOrientation
                kerma = strength[channel.ReferencedSourceNumber]
                found.append((tuple(map(float, place)), tuple(map(float, along)), kerma, seconds))
    return found


@pytest.mark.parametrize("seed_channels", [False, True])
def test_a_walk_by_dicom_finds_every_seed_with_place_direction_strength_and_mean_life(
    plan: Callable[..., Dataset], implant: SeedImplant, seed_channels: bool
) -> None:
    found = sorted(stays(plan(seed_channels=seed_channels)))
    assert implant.axes is not None
    rows = zip(
        implant.positions_mm.tolist(), implant.axes.tolist(), implant.strengths_u.tolist(), strict=True
    )
    expected = sorted((tuple(place), tuple(along), strength, MEAN_LIFE_S) for place, along, strength in rows)
    assert len(found) == len(expected) == 6
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(np.hstack(one), np.hstack(other), rtol=1e-7)


def test_a_channel_a_seed_is_as_dicom_has_permanent_implants(
    plan: Callable[..., Dataset], tmp_path: Path
) -> None:
    # PS3.3 C.8.8.15.1: the mean life as channel time, two control points of weight zero and the final weight.
    channels = plan(seed_channels=True).ApplicationSetupSequence[0].ChannelSequence
    assert len(channels) == 6
    for channel in channels:
        assert float(channel.ChannelTotalTime) == pytest.approx(MEAN_LIFE_S)
        weights = [float(point.CumulativeTimeWeight) for point in channel.BrachyControlPointSequence]
        assert weights == [0.0, float(channel.FinalCumulativeTimeWeight)]
    needles = [channel.get("SourceApplicatorNumber") for channel in channels]
    assert sorted(needles, key=str) == [1, 1, 1, 2, 2, None]
    names = {channel.get("SourceApplicatorName") for channel in channels}
    assert names == {f"Needle {channel.SourceApplicatorID}" for channel in channels[:5]} | {None}
    again = read_plan(tmp_path / "plan.dcm", SOURCE).implant
    assert sorted(np.unique(again.needle_index, return_counts=True)[1].tolist()) == [1, 2, 3]


def test_terms_are_those_of_the_standard(plan: Callable[..., Dataset]) -> None:
    # PS3.3 C.8.8.9, C.8.8.10, C.8.8.15 and C.8.8.16.
    made = plan()
    assert (made.BrachyTreatmentTechnique, made.BrachyTreatmentType) == ("PERMANENT", "MANUAL")
    assert (made.PlanIntent, made.ApprovalStatus) == ("RESEARCH", "UNAPPROVED")
    assert {item.SourceType for item in made.SourceSequence} == {"LINE"}
    assert {item.SourceStrengthUnits for item in made.SourceSequence} == {"AIR_KERMA_RATE"}
    channels = made.ApplicationSetupSequence[0].ChannelSequence
    assert {channel.SourceMovementType for channel in channels} == {"FIXED"}
    total = float(made.ApplicationSetupSequence[0].TotalReferenceAirKerma)  # uGy at 1 m: U times hours
    assert total == pytest.approx(sum(strength * time for *_, strength, time in stays(made)) / 3600)


def test_the_target_is_the_roi_of_the_structure_set(plan: Callable[..., Dataset]) -> None:
    made = plan(target_roi=7)
    assert made.RTPlanGeometry == "PATIENT"
    assert made.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID == "1.2.3"
    (reference,) = made.DoseReferenceSequence
    assert (reference.DoseReferenceStructureType, reference.ReferencedROINumber) == ("VOLUME", 7)


def test_without_a_structure_set_nothing_is_referred_to(plan: Callable[..., Dataset], tmp_path: Path) -> None:
    # PS3.3 C.8.8.9: Referenced Structure Set is required if RT Plan Geometry is PATIENT.
    made = plan(structure_set_uid="")
    assert made.RTPlanGeometry == "TREATMENT_DEVICE"
    assert "ReferencedStructureSetSequence" not in made
    (reference,) = made.DoseReferenceSequence
    assert reference.DoseReferenceStructureType == "SITE"
    assert "ReferencedROINumber" not in reference
    found = read_plan(tmp_path / "plan.dcm", SOURCE)
    assert (found.dose_gy, found.target, found.structure_set_uid) == (100.0, "GTV", "")


def test_every_choice_makes_another_object(plan: Callable[..., Dataset]) -> None:
    made = [plan(), plan(target_roi=2), plan(seed_channels=True), plan(structure_set_uid="")]
    assert len({each.SOPInstanceUID for each in made}) == 4
