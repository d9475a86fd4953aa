"""Dose-volume histograms that are stored in an RTDOSE."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset

from seedbed.dicom import Identity, read_dose, write_dose
from seedbed.dicom.dvh_items import DvhSet, StoredDvh, bin_edges, read_dvhs
from seedbed.dosimetry import Dvh
from seedbed.errors import DoseError, InputError
from seedbed.geometry import VoxelGrid

GRID = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (2, 3, 4))
DOSE = np.full(GRID.shape, 50.0)
PRESCRIPTION_GY = 100.0
Edit = Callable[[Path, Callable[[Dataset], object]], Path]
Identities = Callable[..., Identity]


def dvh_made(seed: int = 1, *, highest_gy: float = 3000.0, total_cc: float = 30.0) -> Dvh:
    rng = np.random.default_rng(seed)
    dose = np.minimum(90 + rng.exponential(60, 5000) * rng.random(5000), highest_gy)
    dose[0] = highest_gy
    return Dvh.of("GTV", dose, np.full(5000, total_cc / 5000))


def written(path: Path, identity: Identity, *dvhs: Dvh) -> Path:
    stored = DvhSet("1.2.9", dict(enumerate(dvhs, start=3)))
    write_dose(DOSE, GRID, path, identity, plan_uid="1.2.3", dvhs=stored)
    return path


@pytest.fixture
def file(tmp_path: Path, identity: Identities) -> Path:
    return written(tmp_path / "dose.dcm", identity(), dvh_made())


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 20000), st.floats(0.01, 2000))
def test_d90_v100_and_mean_come_back_within_a_bin(
    tmp_path_factory: pytest.TempPathFactory, identity: Identities, seed: int, highest: float, total: float
) -> None:
    own = dvh_made(seed, highest_gy=highest, total_cc=total)
    path = written(tmp_path_factory.getbasetemp() / "dose.dcm", identity(), own)
    (stored,) = read_dvhs(path)
    found = stored.as_dvh("GTV")
    edges = bin_edges(highest)
    for pct in (10, 50, 90, 95, 99):
        width = np.diff(edges)[np.searchsorted(edges, own.dose_to_pct(pct), side="right") - 1]
        assert found.dose_to_pct(pct) == pytest.approx(own.dose_to_pct(pct), abs=1.001 * width)
    assert found.total_cc == pytest.approx(own.total_cc, rel=1e-5)
    assert own.volume_cc_at(PRESCRIPTION_GY + 0.1) <= found.volume_cc_at(PRESCRIPTION_GY) * (1 + 1e-5)
    assert found.volume_cc_at(PRESCRIPTION_GY) <= own.volume_cc_at(PRESCRIPTION_GY - 0.1) * (1 + 1e-5)
    assert stored.mean == pytest.approx(own.mean_gy)
    assert stored.highest == pytest.approx(own.max_gy)
    assert stored.least == pytest.approx(own.min_gy)
    assert stored.notes == ()


@pytest.mark.parametrize("highest", [0.02, 0.1, 0.3, 90.375, 90.4, 299.99, 300.0, 300.05, 303.0, 12345.6])
def test_the_last_bin_holds_the_highest_dose(highest: float) -> None:
    edges = bin_edges(highest)
    assert edges[0] == 0
    assert (np.diff(edges) > 0.099).all()
    assert edges[-2] <= highest < edges[-1]


def test_every_dvh_comes_back_with_its_roi(tmp_path: Path, identity: Identities) -> None:
    path = written(tmp_path / "d.dcm", identity(), dvh_made(1), dvh_made(2, total_cc=7.0))
    found = read_dvhs(path)
    assert [(each.roi_numbers, each.kind, each.dose_units, each.volume_units) for each in found] == [
        ((3,), "CUMULATIVE", "GY", "CM3"), ((4,), "CUMULATIVE", "GY", "CM3"),
    ]  # fmt: skip
    assert [each.volume.sum() for each in found] == pytest.approx([30.0, 7.0])
    dataset = dcmread(path)
    assert dataset.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID == "1.2.9"
    np.testing.assert_allclose(read_dose(path)[0], DOSE)


def test_the_standard_meaning_of_the_pairs(file: Path) -> None:
    # PS3.3 C.8.8.4.1: pairs of bin width and, in a cumulative histogram, volume from the bin's dose upwards.
    item, own = dcmread(file).DVHSequence[0], dvh_made()
    width, volume = np.array(item.DVHData, dtype=float).reshape(-1, 2).T
    assert len(width) == item.DVHNumberOfBins
    lower = np.cumsum(width) - width
    for number in (0, 950, 1000, 2000, -1):
        assert volume[number] == pytest.approx(own.volume_cc_at(lower[number]), rel=1e-5)
    assert lower[-1] <= own.max_gy < np.cumsum(width)[-1] + 1e-9


def test_data_never_exceed_what_an_explicit_value_holds(tmp_path: Path, identity: Identities) -> None:
    # PS3.5 7.1.2: the length of a decimal string has 16 bit.
    path = written(tmp_path / "d.dcm", identity(), dvh_made(highest_gy=1e6, total_cc=0.0123456))
    data = dcmread(path).DVHSequence[0].DVHData
    assert len("\\".join(map(str, data))) < 2**16 - 1


def test_a_dvh_makes_another_object(tmp_path: Path, identity: Identities) -> None:
    plain = write_dose(DOSE, GRID, tmp_path / "a.dcm", identity(), plan_uid="1.2.3")
    with_dvh = dcmread(written(tmp_path / "b.dcm", identity(), dvh_made())).SOPInstanceUID
    other = dcmread(written(tmp_path / "c.dcm", identity(), dvh_made(2))).SOPInstanceUID
    assert len({plain, with_dvh, other}) == 3


def test_a_dose_without_histograms_has_none(tmp_path: Path, identity: Identities) -> None:
    write_dose(DOSE, GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3")
    assert read_dvhs(tmp_path / "d.dcm") == ()


def test_a_structure_partly_outside_the_dose_is_not_written() -> None:
    with pytest.raises(DoseError, match="outside the dose"):
        DvhSet("1.2.9", {1: Dvh.of("GTV", np.ones(2), np.ones(2), outside_cc=0.1)})
    for uid, dvhs in (("", {1: dvh_made()}), ("1.2.9", {})):
        with pytest.raises(DoseError, match="expected"):
            DvhSet(uid, dvhs)


def set_pairs(item: Dataset, pairs: list[float]) -> None:
    item.DVHData, item.DVHNumberOfBins = pairs, len(pairs) // 2


def first(change: Callable[[Dataset], object]) -> Callable[[Dataset], object]:
    return lambda dataset: change(dataset.DVHSequence[0])


def as_differential(item: Dataset) -> None:
    item.DVHType = "DIFFERENTIAL"
    set_pairs(item, [10, 1, 10, 3, 10, 0])  # 1 cc at 0 to 10 Gy, 3 cc at 10 to 20 Gy
    item.DVHMeanDose, item.DVHMinimumDose, item.DVHMaximumDose = 12.5, 0, 20


def as_cumulative(item: Dataset) -> None:
    set_pairs(item, [10, 4, 10, 3, 10, 0])
    item.DVHMeanDose, item.DVHMinimumDose, item.DVHMaximumDose = 12.5, 0, 20


@pytest.mark.parametrize("change", [as_differential, as_cumulative])
def test_cumulative_and_differential_say_the_same(
    file: Path, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    (found,) = read_dvhs(edited(file, first(change)))
    assert found.dose.tolist() == [0, 10, 20, 30]
    assert found.volume.tolist() == [1, 3, 0]
    assert (found.curve_mean, found.mean) == (12.5, 12.5)


def test_scaling_percent_and_relative_dose(file: Path, edited: Edit) -> None:
    def change(item: Dataset) -> None:
        as_cumulative(item)
        item.DVHDoseScaling, item.DVHVolumeUnits, item.DoseUnits = 0.1, "PERCENT", "RELATIVE"
        set_pairs(item, [10, 100, 10, 75, 10, 0])
        del item.DVHMeanDose, item.DVHMinimumDose, item.DVHMaximumDose

    (found,) = read_dvhs(edited(file, first(change)))
    assert (found.dose_units, found.volume_units, found.mean) == ("RELATIVE", "PERCENT", None)
    dvh = found.as_dvh("GTV", total_cc=8.0, unit_gy=100.0)
    assert dvh.total_cc == pytest.approx(8.0)
    assert dvh.volume_cc_at(100.0) == pytest.approx(6.0)
    assert dvh.mean_gy == pytest.approx(125.0)
    for known in ({}, {"total_cc": 8.0}, {"unit_gy": 100.0}):
        with pytest.raises(DoseError, match="expected"):
            found.as_dvh("GTV", **known)


@pytest.mark.parametrize("stated", [("DVHMeanDose", 96.0), ("DVHMaximumDose", 4000.0)])
def test_a_stated_dose_that_is_not_of_the_curve_is_not_taken(
    file: Path, edited: Edit, stated: tuple[str, float]
) -> None:
    def change(item: Dataset) -> None:
        as_cumulative(item)
        setattr(item, *stated)

    (found,) = read_dvhs(edited(file, first(change)))
    assert (found.mean, found.least, found.highest) == (None, None, None)
    assert "percent" in found.notes[0]


WRONG: dict[str, Callable[[Dataset], object]] = {
    "a natural histogram": lambda d: setattr(d, "DVHType", "NATURAL"),
    "volumes per u": lambda d: setattr(d, "DVHVolumeUnits", "PER_U"),
    "no volume units": lambda d: delattr(d, "DVHVolumeUnits"),
    "other dose units": lambda d: setattr(d, "DoseUnits", "CGY"),
    "fewer bins than said": lambda d: setattr(d, "DVHNumberOfBins", 99999),
    "no data": lambda d: delattr(d, "DVHData"),
    "no scaling": lambda d: delattr(d, "DVHDoseScaling"),
    "scaling of zero": lambda d: setattr(d, "DVHDoseScaling", 0),
    "volumes that rise with dose": lambda d: set_pairs(d, [1, 4, 1, 5, 1, 0]),
    "widths that are negative": lambda d: set_pairs(d, [1, 4, -1, 3, 1, 0]),
    "no volume at all": lambda d: set_pairs(d, [1, 0, 1, 0]),
    "no structure": lambda d: delattr(d, "DVHReferencedROISequence"),
    "a structure less another": lambda d: setattr(
        d.DVHReferencedROISequence[0], "DVHROIContributionType", "EXCLUDED"
    ),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_histogram_that_cannot_be_trusted_is_refused(
    file: Path, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    read_dvhs(file)
    with pytest.raises(InputError, match="expected"):
        read_dvhs(edited(file, first(change)))


def test_only_a_dose_has_histograms(
    tmp_path: Path, slices: Callable[..., list[FileDataset]], volume: object, save: Callable[..., Path]
) -> None:
    folder = save(slices(volume), tmp_path / "ct")
    with pytest.raises(InputError, match="RTDOSE"):
        read_dvhs(next(folder.iterdir()))


def test_the_example_of_the_noun() -> None:
    stored = StoredDvh((1,), np.array([0.0, 10.0]), np.array([2.0]), "CUMULATIVE", "GY", "CM3")
    assert stored.as_dvh("x").mean_gy == 5.0
