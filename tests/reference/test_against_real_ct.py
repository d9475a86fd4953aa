"""Real CT series (Soft-tissue-Sarcoma collection, IBSI crops): read, measured and turned around."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from seedbed.dicom import check_inside, read_ct_series, read_structures

VOLUMES_CC = {"STS_015": 88.40, "STS_018": 116.42, "STS_037": 741.05}


@pytest.fixture(params=sorted(VOLUMES_CC))
def patient(request: pytest.FixtureRequest, reference_data: Path) -> Path:
    return reference_data / "ct" / str(request.param) / "CT"


def shoelace_cc(structure_set: Path, slice_mm: float) -> float:
    """Sum of polygon areas times slice distance, from the raw file."""
    (roi,) = dcmread(structure_set).ROIContourSequence
    area = 0.0
    for contour in roi.ContourSequence:
        x, y, _ = np.array(contour.ContourData, dtype=float).reshape(-1, 3).T
        area += abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    return area * slice_mm / 1000


def raw_slice_distance(folder: Path) -> float:
    z = sorted(float(dcmread(p, stop_before_pixels=True).ImagePositionPatient[2]) for p in folder.iterdir())
    return float(np.median(np.diff(z)))


def test_the_volume_is_that_of_the_raw_contours(patient: Path) -> None:
    ct = read_ct_series(patient / "image")
    (structure,) = read_structures(patient / "mask" / "RS.dcm", ct).values()
    expected = VOLUMES_CC[patient.parent.name]
    by_hand = shoelace_cc(patient / "mask" / "RS.dcm", raw_slice_distance(patient / "image"))
    assert by_hand == pytest.approx(expected, abs=0.01)
    assert structure.volume_mm3 / 1000 == pytest.approx(expected, rel=1e-3)
    covered = structure.coverage(ct.volume.grid).sum() * ct.volume.grid.voxel_volume_mm3 / 1000
    assert covered == pytest.approx(expected, rel=5e-3)
    check_inside(structure, ct)


def test_each_voxel_stands_where_its_raw_slice_says(patient: Path) -> None:
    ct = read_ct_series(patient / "image").volume
    for path in sorted((patient / "image").iterdir())[::20]:
        raw = dcmread(path)
        hu = raw.pixel_array * float(raw.RescaleSlope) + float(raw.RescaleIntercept)
        row_step, column_step = map(float, raw.PixelSpacing)
        cosines = np.array(raw.ImageOrientationPatient, dtype=float)
        for row, column in ((0, 0), (7, 3), (raw.Rows - 1, raw.Columns - 2)):
            where = np.array(raw.ImagePositionPatient, dtype=float)
            where = where + column * column_step * cosines[:3] + row * row_step * cosines[3:]
            index = tuple(np.rint(ct.grid.indices(where[None])[0]).astype(int))
            assert ct.hu[index] == pytest.approx(hu[row, column])


def test_air_fat_and_bone_are_where_numbers_say(patient: Path) -> None:
    hu = read_ct_series(patient / "image").volume.hu
    assert -1100 <= hu.min() < -850
    assert 300 < hu.max() < 4000
    assert (np.abs(hu) < 120).mean() > 0.1


def test_the_same_series_stored_feet_first_is_the_same_volume(patient: Path, tmp_path: Path) -> None:
    original = read_ct_series(patient / "image").volume
    for number, path in enumerate(sorted((patient / "image").iterdir())):
        raw = dcmread(path)
        cosines = np.array(raw.ImageOrientationPatient, dtype=float)
        corner = np.array(raw.ImagePositionPatient, dtype=float)
        far = corner + (raw.Columns - 1) * float(raw.PixelSpacing[1]) * cosines[:3]
        raw.ImagePositionPatient = [f"{v:.6f}" for v in far]
        raw.ImageOrientationPatient = [*(-cosines[:3]).tolist(), *cosines[3:].tolist()]
        raw.PatientPosition = "FFS"
        raw.PixelData = raw.pixel_array[:, ::-1].tobytes()
        raw.save_as(tmp_path / f"{number}.dcm")
    turned = read_ct_series(tmp_path).volume
    np.testing.assert_array_equal(turned.hu, original.hu)
    np.testing.assert_allclose(turned.grid.origin_mm, original.grid.origin_mm, atol=1e-4)
    np.testing.assert_allclose(turned.grid.spacing_mm, original.grid.spacing_mm, atol=1e-6)


def test_a_real_series_without_one_slice_is_refused(patient: Path, tmp_path: Path) -> None:
    from seedbed.errors import ImageError

    folder = shutil.copytree(patient / "image", tmp_path / "image")
    by_z = sorted(
        folder.iterdir(), key=lambda p: float(dcmread(p, stop_before_pixels=True).ImagePositionPatient[2])
    )
    by_z[len(by_z) // 2].unlink()
    with pytest.raises(ImageError, match="missing"):
        read_ct_series(folder)
