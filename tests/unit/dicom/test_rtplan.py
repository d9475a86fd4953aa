from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread

from seedbed.dicom import Identity, PlanFile, read_plan, write_plan
from seedbed.dosimetry import load_source
from seedbed.errors import InputError, SeedbedError
from seedbed.implant import Needle, SeedImplant

SOURCE = load_source("6711")
Edit = Callable[[Path, Callable[[Dataset], object]], Path]


def implant(strengths: tuple[float, ...] = (0.5, 0.5, 0.5), seed: int = 1) -> SeedImplant:
    """Two needles, the second with all seeds but one."""
    rng = np.random.default_rng(seed)
    needles, places, axes, index = [], [], [], []
    for number in range(2):
        entry, along = rng.uniform(-300, 300, 3), rng.normal(size=3)
        along /= np.linalg.norm(along)
        tip = entry + 80 * along
        needles.append(Needle(f"N{number + 1}", tuple(entry.tolist()), tuple(tip.tolist())))
        for k in range(1 if number == 0 else len(strengths) - 1):
            places.append(tip - (2.25 + 7.5 * k) * along)
            axes.append(along)
            index.append(number)
    return SeedImplant(
        "6711", np.array(places), np.array(axes), np.array(strengths), tuple(needles), np.array(index)
    )


def round_trip(made: SeedImplant, path: Path, identity: Identity, **changes: object) -> PlanFile:
    parts = {
        "dose_gy": 100.0, "target": "GTV", "structure_set_uid": "1.2.3", "implanted": datetime(2026, 3, 1, 9),
    }  # fmt: skip
    write_plan(made, SOURCE, path, identity, **{**parts, **changes})  # type: ignore[arg-type]
    return read_plan(path, SOURCE)


@pytest.fixture
def written(tmp_path: Path, identity: Callable[..., Identity]) -> Path:
    round_trip(implant(), tmp_path / "plan.dcm", identity())
    return tmp_path / "plan.dcm"


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_seeds_come_back(
    tmp_path_factory: pytest.TempPathFactory, identity: Callable[..., Identity], seed: int
) -> None:
    made = implant((0.635,) * 5, seed)
    found = round_trip(made, tmp_path_factory.getbasetemp() / "plan.dcm", identity()).implant
    assert found.axes is not None
    assert made.axes is not None
    np.testing.assert_allclose(found.positions_mm, made.positions_mm, atol=1e-3)
    np.testing.assert_allclose(found.axes, made.axes, atol=1e-6)
    np.testing.assert_allclose(found.strengths_u, made.strengths_u, rtol=1e-12)
    assert found.needle_index.tolist() == made.needle_index.tolist()


def test_seeds_of_several_strengths_keep_place_strength_and_needle(
    tmp_path: Path, identity: Callable[..., Identity]
) -> None:
    made = implant((0.5, 0.7, 0.5, 0.7, 0.6))
    found = round_trip(made, tmp_path / "plan.dcm", identity()).implant
    assert found.count == made.count
    partner = np.linalg.norm(found.positions_mm[:, None] - made.positions_mm[None], axis=2).argmin(axis=1)
    assert sorted(partner.tolist()) == list(range(made.count))
    np.testing.assert_allclose(found.positions_mm, made.positions_mm[partner], atol=1e-3)
    np.testing.assert_allclose(found.strengths_u, made.strengths_u[partner])
    assert found.needle_index.tolist() == made.needle_index[partner].tolist()


def test_prescription_target_and_links_come_back(tmp_path: Path, identity: Callable[..., Identity]) -> None:
    found = round_trip(implant(), tmp_path / "plan.dcm", identity(), dose_gy=120.0, target="右颈 GTV")
    assert (found.dose_gy, found.target, found.structure_set_uid, found.strength_date) == (
        120.0, "右颈 GTV", "1.2.3", "20260301",
    )  # fmt: skip
    assert found.uid == dcmread(tmp_path / "plan.dcm").SOPInstanceUID


def test_seeds_without_orientation_come_back_without(
    tmp_path: Path, identity: Callable[..., Identity]
) -> None:
    found = round_trip(replace(implant(), axes=None), tmp_path / "plan.dcm", identity()).implant
    assert found.axes is None


@pytest.mark.parametrize("lost", ["all needles", "one needle"])
def test_no_seed_is_lost_where_its_needle_is_not_known(
    tmp_path: Path, identity: Callable[..., Identity], lost: str
) -> None:
    # Seeds found on a CT have no needle.
    made = implant()
    if lost == "all needles":
        unknown = SeedImplant("6711", made.positions_mm, made.axes, made.strengths_u)
    else:
        unknown = replace(made, needle_index=np.array([0, -1, -1]))
    try:
        found = round_trip(unknown, tmp_path / "plan.dcm", identity()).implant
    except InputError:
        assert not (tmp_path / "plan.dcm").exists(), "a plan without its seeds was written"
        return
    assert found.count == made.count


def test_a_plan_that_was_read_can_be_written_again(tmp_path: Path, identity: Callable[..., Identity]) -> None:
    first = round_trip(implant(), tmp_path / "first.dcm", identity())
    second = round_trip(first.implant, tmp_path / "second.dcm", identity())
    np.testing.assert_allclose(second.implant.positions_mm, first.implant.positions_mm, atol=1e-3)


def test_strength_times_time_is_the_dose_of_complete_decay(written: Path) -> None:
    # PS3.3 C.8.8.15: the air kerma of a stay is strength x channel time x share of the time weight.
    plan = dcmread(written)
    hours = 59.40 * 24 / np.log(2)
    channels = plan.ApplicationSetupSequence[0].ChannelSequence
    for channel in channels:
        assert float(channel.FinalCumulativeTimeWeight) * 2 == channel.NumberOfControlPoints
        weights = [float(p.CumulativeTimeWeight) for p in channel.BrachyControlPointSequence]
        stays = np.diff(weights)[::2] / float(channel.FinalCumulativeTimeWeight)
        np.testing.assert_allclose(stays * float(channel.ChannelTotalTime) / 3600, hours)
        assert (np.diff(weights)[1::2] == 0).all()
    total = float(plan.ApplicationSetupSequence[0].TotalReferenceAirKerma)
    assert total == pytest.approx(3 * 0.5 * hours)


def test_the_depth_of_each_seed_is_its_distance_from_the_tip(written: Path) -> None:
    channels = dcmread(written).ApplicationSetupSequence[0].ChannelSequence
    depths = [float(p.ControlPointRelativePosition) for p in channels[1].BrachyControlPointSequence]
    assert depths == pytest.approx([2.25, 2.25, 9.75, 9.75])


def one_source(plan: Dataset) -> Dataset:
    return plan.SourceSequence[0]  # type: ignore[no-any-return]


def channel(plan: Dataset) -> Dataset:
    return plan.ApplicationSetupSequence[0].ChannelSequence[0]  # type: ignore[no-any-return]


def point(plan: Dataset) -> Dataset:
    return channel(plan).BrachyControlPointSequence[0]  # type: ignore[no-any-return]


WRONG: dict[str, Callable[[Dataset], object]] = {
    "another isotope": lambda p: setattr(one_source(p), "SourceIsotopeName", "Ir-192"),
    "another half-life": lambda p: setattr(one_source(p), "SourceIsotopeHalfLife", 16.99),
    "a strength in other units": lambda p: setattr(one_source(p), "SourceStrengthUnits", "DOSE_RATE_WATER"),
    "an afterloader": lambda p: setattr(p, "BrachyTreatmentType", "HDR"),
    "no sources": lambda p: delattr(p, "SourceSequence"),
    "a source without strength": lambda p: delattr(one_source(p), "ReferenceAirKermaRate"),
    "a negative strength": lambda p: setattr(one_source(p), "ReferenceAirKermaRate", -0.5),
    "a source without a number": lambda p: delattr(one_source(p), "SourceNumber"),
    "a channel of an unknown source": lambda p: setattr(channel(p), "ReferencedSourceNumber", 9),
    "a channel of no source": lambda p: delattr(channel(p), "ReferencedSourceNumber"),
    "a setup without channels": lambda p: delattr(p.ApplicationSetupSequence[0], "ChannelSequence"),
    "a seed without a place": lambda p: delattr(point(p), "ControlPoint3DPosition"),
    "a place of two numbers": lambda p: setattr(point(p), "ControlPoint3DPosition", [1, 2]),
    "an orientation of zeros": lambda p: setattr(point(p), "ControlPointOrientation", [0.0, 0.0, 0.0]),
    "no seeds": lambda p: [
        setattr(c, "BrachyControlPointSequence", []) for c in p.ApplicationSetupSequence[0].ChannelSequence
    ],
    "no application": lambda p: delattr(p, "ApplicationSetupSequence"),
    "no UID": lambda p: delattr(p, "SOPInstanceUID"),
}  # fmt: skip


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_plan_that_cannot_be_trusted_is_refused_in_a_sentence(
    written: Path, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    read_plan(written, SOURCE)
    with pytest.raises(InputError, match="expected"):
        read_plan(edited(written, change), SOURCE)


@pytest.mark.parametrize("value", [None, ""])
def test_a_plan_without_a_prescription_says_zero(written: Path, edited: Edit, value: object) -> None:
    def change(plan: Dataset) -> None:
        plan.DoseReferenceSequence[0].TargetPrescriptionDose = value

    assert read_plan(edited(written, change), SOURCE).dose_gy == 0.0


def test_one_control_point_a_seed_is_enough(written: Path, edited: Edit) -> None:
    def thin(plan: Dataset) -> None:
        for item in plan.ApplicationSetupSequence[0].ChannelSequence:
            item.BrachyControlPointSequence = item.BrachyControlPointSequence[::2]

    assert read_plan(edited(written, thin), SOURCE).implant.count == 3


def test_what_is_no_plan_is_refused(tmp_path: Path, written: Path) -> None:
    (tmp_path / "note.txt").write_text("x" * 300)
    (tmp_path / "cut.dcm").write_bytes(written.read_bytes()[:900])
    for name in ("note.txt", "absent.dcm", ".", "cut.dcm"):
        with pytest.raises(SeedbedError, match="expected"):
            read_plan(tmp_path / name, SOURCE)
