"""Structures as real structure sets hold them beside the target."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.dicom import choose, read_ct_series, read_structures, write_structures
from seedbed.geometry import PlanarContour, Structure
from seedbed.journey.case import real_case


@pytest.fixture(scope="module")
def clinic_files(
    demo_run: tuple[Path, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A CT with a GTV, a PTV around it, a body outline of another name, an organ and an unnamed kind."""
    dicom = demo_run[0] / "dicom"
    ct = read_ct_series(dicom / "ct")
    found = read_structures(dicom / "structures.dcm", ct)
    target = choose(found, "GTV_node")
    grown = tuple(
        PlanarContour(c.z_mm, c.points_mm.mean(axis=0) + 1.2 * (c.points_mm - c.points_mm.mean(axis=0)))
        for c in target.contours
    )
    drawn = {
        "GTV": (target, "GTV"),
        "PTV_120": (Structure("PTV_120", grown, 2.5), "PTV"),
        "Body Contour": (found["External"], "EXTERNAL"),
        "Trachea": (found["Trachea"], "ORGAN"),
        "Something": (found["Carotid_R"], ""),
        "ctv plus margin": (Structure("ctv", grown, 2.5), ""),
    }
    structures = [Structure(name, s.contours, s.plane_distance_mm) for name, (s, _) in drawn.items()]
    path = tmp_path_factory.mktemp("clinic") / "structures.dcm"
    write_structures(structures, ct, path, ct.identity, types=[kind for _, kind in drawn.values()])
    return dicom / "ct", path


def test_needles_keep_clear_of_organs_and_not_of_other_targets(
    clinic_files: tuple[Path, Path], tmp_path: Path
) -> None:
    case = real_case(*clinic_files, target_name="GTV", sphere=None, dicom_folder=tmp_path)
    assert [organ.name for organ in case.keep_out] == ["Trachea", "Something"]
    assert [organ.name for organ in case.organs] == ["Skin (3 mm)", "Trachea", "Something"]
    assert case.ignored == ("PTV_120", "ctv plus margin")


def test_a_sphere_narrows_the_target_and_not_the_lesion_that_is_followed(
    clinic_files: tuple[Path, Path], tmp_path: Path
) -> None:
    whole = real_case(*clinic_files, target_name="GTV", sphere=None, dicom_folder=tmp_path / "a")
    x, y, z = np.mean(whole.target.bounds_mm, axis=0)
    part = real_case(*clinic_files, target_name="GTV", sphere=(x, y, z, 8.0), dicom_folder=tmp_path / "b")
    assert part.target.volume_mm3 < 0.5 * whole.target.volume_mm3
    assert part.lesion.volume_mm3 == whole.target.volume_mm3
    assert part.facts.largest_diameter_mm == whole.facts.largest_diameter_mm
