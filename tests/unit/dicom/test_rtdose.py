from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread

from seedbed.dicom import Identity, is_own_dose, read_dose, read_dose_file, write_dose
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid

GRID = VoxelGrid((-12.5, 30.0, -400.25), (2.0, 1.5, 2.5), (4, 5, 6))
Edit = Callable[[Path, Callable[[Dataset], object]], Path]


def dose_made(seed: int = 1, largest: float = 500.0) -> np.ndarray:
    return largest * np.random.default_rng(seed).random(GRID.shape)


@pytest.fixture
def written(tmp_path: Path, identity: Callable[..., Identity]) -> Path:
    write_dose(dose_made(), GRID, tmp_path / "dose.dcm", identity(), plan_uid="1.2.3")
    return tmp_path / "dose.dcm"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e6))
def test_dose_comes_back_within_half_a_step_of_32_bits(
    tmp_path_factory: pytest.TempPathFactory, identity: Callable[..., Identity], seed: int, largest: float
) -> None:
    path, dose = tmp_path_factory.getbasetemp() / "dose.dcm", dose_made(seed, largest)
    write_dose(dose, GRID, path, identity(), plan_uid="1.2.3")
    found, grid = read_dose(path)
    assert np.abs(found - dose).max() <= dose.max() / 2**32 * 1.01
    assert grid.shape == GRID.shape
    np.testing.assert_allclose(grid.origin_mm, GRID.origin_mm)
    np.testing.assert_allclose(grid.spacing_mm, GRID.spacing_mm)


def test_the_links_of_a_dose_come_back(written: Path, identity: Callable[..., Identity]) -> None:
    found = read_dose_file(written)
    assert found.plan_uid == "1.2.3"
    assert found.uid == dcmread(written).SOPInstanceUID
    assert found.identity.frame_uid == identity().frame_uid
    assert found.identity.patient_id == identity().patient_id


def test_what_dose_it_is_stands_in_the_file_and_changes_its_uid(
    tmp_path: Path, identity: Callable[..., Identity]
) -> None:
    uids = set()
    for number, comment in enumerate(("Dose of 30 d, water", "Dose of 60 d, water")):
        path = tmp_path / f"{number}.dcm"
        uids.add(write_dose(dose_made(), GRID, path, identity(), plan_uid="1.2.3", comment=comment))
        assert dcmread(path).DoseComment == comment
    assert len(uids) == 2


def test_only_a_dose_is_a_dose(written: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("x" * 300)
    assert [is_own_dose(path) for path in (written, tmp_path / "note.txt", tmp_path)] == [True, False, False]


def test_no_dose_comes_back_as_none(tmp_path: Path, identity: Callable[..., Identity]) -> None:
    write_dose(np.zeros(GRID.shape), GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3")
    assert (read_dose(tmp_path / "d.dcm")[0] == 0).all()


@pytest.mark.parametrize("bits", [16, 32])
def test_a_dose_is_stored_in_whole_steps_of_its_bits(
    tmp_path: Path, identity: Callable[..., Identity], bits: int
) -> None:
    dose = dose_made(largest=2000.0)
    dose[0] = np.linspace(99, 101, 30).reshape(5, 6)
    write_dose(dose, GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3", bits=bits)
    written, found = dcmread(tmp_path / "d.dcm"), read_dose(tmp_path / "d.dcm")[0]
    assert (written.BitsAllocated, written.BitsStored, written.HighBit) == (bits, bits, bits - 1)
    step = dose.max() / (2**bits - 1)
    assert float(written.DoseGridScaling) == pytest.approx(step, rel=1e-6)
    assert np.abs(found - dose).max() <= step / 2 * 1.001
    assert np.abs(found[0] - dose[0]).max() <= 0.0153  # about a prescription of 100 Gy


@pytest.mark.parametrize(("bits", "largest"), [(8, 100.0), (64, 100.0), (16, 70000.0)])
def test_steps_that_are_unknown_or_too_coarse_are_not_written(
    tmp_path: Path, identity: Callable[..., Identity], bits: int, largest: float
) -> None:
    with pytest.raises(InputError, match="expected"):
        write_dose(
            np.full(GRID.shape, largest), GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3", bits=bits
        )
    assert not (tmp_path / "d.dcm").exists()


@pytest.mark.parametrize(("said", "notes"), [("WATER", 0), (["IMAGE", "ROI_OVERRIDE"], 1), (None, 0)])
def test_a_dose_in_tissue_is_remarked_on(written: Path, edited: Edit, said: object, notes: int) -> None:
    found = read_dose_file(edited(written, lambda d: setattr(d, "TissueHeterogeneityCorrection", said)))
    assert len(found.notes) == notes
    assert all("IMAGE" in note for note in found.notes)


def test_a_single_plane_comes_back(tmp_path: Path, identity: Callable[..., Identity]) -> None:
    grid = VoxelGrid((0.0, 0.0, 5.0), (2.0, 2.0, 3.0), (1, 4, 4))
    write_dose(np.ones(grid.shape), grid, tmp_path / "d.dcm", identity(), plan_uid="1.2.3")
    found, back = read_dose(tmp_path / "d.dcm")
    assert (found.shape, back) == ((1, 4, 4), grid)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -1.0])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_dose_without_meaning_is_not_written(
    tmp_path: Path, identity: Callable[..., Identity], bad: float
) -> None:
    dose = dose_made()
    dose[1, 2, 3] = bad
    with pytest.raises(InputError, match="expected"):
        write_dose(dose, GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3")


def test_a_dose_of_another_grid_is_not_written(tmp_path: Path, identity: Callable[..., Identity]) -> None:
    with pytest.raises(InputError, match="expected"):
        write_dose(dose_made()[:3], GRID, tmp_path / "d.dcm", identity(), plan_uid="1.2.3")


def test_plane_positions_instead_of_offsets_are_read(written: Path, edited: Edit) -> None:
    # PS3.3 C.8.8.3.2: the vector may hold patient z positions, the first equal to Image Position (Patient).
    def absolute(dose: Dataset) -> None:
        dose.GridFrameOffsetVector = [-400.25 + 2.5 * k for k in range(4)]

    found, grid = read_dose(edited(written, absolute))
    assert (grid.origin_mm, grid.spacing_mm) == (GRID.origin_mm, GRID.spacing_mm)
    np.testing.assert_allclose(found, dose_made(), atol=1e-6)


WRONG: dict[str, Callable[[Dataset], object]] = {
    "relative units": lambda d: setattr(d, "DoseUnits", "RELATIVE"),
    "an oblique grid": lambda d: setattr(d, "ImageOrientationPatient", [0.8, 0.6, 0, -0.6, 0.8, 0]),
    "directions that are none": lambda d: setattr(d, "ImageOrientationPatient", [1, 0, 0, 1, 0, 0]),
    "uneven planes": lambda d: setattr(d, "GridFrameOffsetVector", [0, 2.5, 6.0, 7.5]),
    "too few plane offsets": lambda d: setattr(d, "GridFrameOffsetVector", [0, 2.5]),
    "no plane offsets": lambda d: delattr(d, "GridFrameOffsetVector"),
    "no scaling": lambda d: delattr(d, "DoseGridScaling"),
    "no position": lambda d: delattr(d, "ImagePositionPatient"),
    "no spacing": lambda d: delattr(d, "PixelSpacing"),
    "no pixels": lambda d: delattr(d, "PixelData"),
    "no rows": lambda d: delattr(d, "Rows"),
    "half of the pixels": lambda d: setattr(d, "PixelData", d.PixelData[:240]),
    "another object": lambda d: setattr(d, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2"),
    "errors instead of dose": lambda d: setattr(d, "DoseType", "ERROR"),
    "effective dose": lambda d: setattr(d, "DoseType", "EFFECTIVE"),
    "signed differences": lambda d: setattr(d, "PixelRepresentation", 1),
    "a scaling of zero": lambda d: setattr(d, "DoseGridScaling", 0),
    "planes at one place": lambda d: setattr(d, "GridFrameOffsetVector", [0, 0, 0, 0]),
    "offsets that begin elsewhere": lambda d: setattr(d, "GridFrameOffsetVector", [1, 3.5, 6, 8.5]),
    "pixels of 8 bits": lambda d: setattr(d, "BitsAllocated", 8),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_dose_that_cannot_be_trusted_is_refused_in_a_sentence(
    written: Path, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    read_dose(written)
    with pytest.raises(InputError, match="expected"):
        read_dose(edited(written, change))


def test_what_is_no_dose_is_refused(tmp_path: Path, written: Path) -> None:
    (tmp_path / "note.txt").write_text("x" * 300)
    (tmp_path / "cut.dcm").write_bytes(written.read_bytes()[:-200])
    for name in ("note.txt", "absent.dcm", ".", "cut.dcm"):
        with pytest.raises(InputError, match="expected"):
            read_dose(tmp_path / name)
