"""Contours of real structure sets, through masks, files and back: the volume holds."""

from pathlib import Path

import numpy as np
import pytest

from seedbed.dicom import CtSeries, read_ct_series, read_structures, read_structures_of, write_structures
from seedbed.dicom.structures import read_structure_file
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask
from seedbed.geometry.outlines import structure_of_coverage, structure_of_mask


@pytest.fixture(params=["STS_015", "STS_018", "STS_037"])
def real(request: pytest.FixtureRequest, reference_data: Path) -> tuple[CtSeries, Structure]:
    folder = reference_data / "ct" / str(request.param) / "CT"
    ct = read_ct_series(folder / "image")
    return ct, read_structures(folder / "mask" / "RS.dcm", ct)["GTV_Mass_CT"]


def test_structure_set_to_mask_to_structure_set_keeps_the_volume(
    real: tuple[CtSeries, Structure], tmp_path: Path
) -> None:
    ct, drawn = real
    grid = ct.volume.grid
    mask = structure_mask(drawn, grid)
    made = [
        structure_of_mask("mask", mask, grid),
        structure_of_mask("smooth", mask, grid, smooth=True),
        structure_of_coverage("shares", drawn.coverage(grid), grid),
    ]
    write_structures(made, ct, tmp_path / "rs.dcm", ct.identity, types=["GTV"] * 3)
    found = read_structures(tmp_path / "rs.dcm", ct)
    for name, within in (("mask", 2e-3), ("smooth", 2e-3), ("shares", 2e-4)):
        assert found[name].volume_mm3 == pytest.approx(drawn.volume_mm3, rel=within)
    np.testing.assert_array_equal(structure_mask(found["mask"], grid), mask)
    assert (structure_mask(found["shares"], grid) ^ mask).sum() < 1e-3 * mask.sum()


def test_structures_of_a_planning_system_keep_their_volume(reference_data: Path) -> None:
    path = reference_data / "dvh" / "dicompyler" / "rtss.dcm"
    from pydicom import dcmread

    frame = str(dcmread(path).ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID)
    structures = read_structures_of(path, frame, names=["Heart", "Tumor Bed"])
    for drawn in structures.values():
        lower, upper = drawn.bounds_mm
        step = (0.977, 0.977, drawn.plane_distance_mm)
        count = tuple(int(n) + 3 for n in (upper - lower) / step)
        first = min(contour.z_mm for contour in drawn.contours)
        grid = VoxelGrid((float(lower[0] - 1), float(lower[1] - 1), first), step, count[::-1])
        again = structure_of_mask("mask", structure_mask(drawn, grid), grid)
        assert again.volume_mm3 == pytest.approx(drawn.volume_mm3, rel=0.01)
        again = structure_of_coverage("shares", drawn.coverage(grid), grid)
        assert again.volume_mm3 == pytest.approx(drawn.volume_mm3, rel=2e-3)


def test_the_real_file_is_read_without_notes(real: tuple[CtSeries, Structure], reference_data: Path) -> None:
    ct, drawn = real
    for name in ("STS_015", "STS_018", "STS_037"):
        path = reference_data / "ct" / name / "CT" / "mask" / "RS.dcm"
        if read_ct_series(path.parent.parent / "image").identity.frame_uid == ct.identity.frame_uid:
            found = read_structure_file(path, ct)
            assert (found.empty, found.notes) == ((), ())
            assert found.structures["GTV_Mass_CT"].volume_mm3 == drawn.volume_mm3
