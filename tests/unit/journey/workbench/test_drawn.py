"""Structures drawn in the browser: versions, refusals, and the way to DICOM and back."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.dicom import CtSeries, Identity, read_ct_series, write_ct_series
from seedbed.errors import InputError, SeedbedError, StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.drawn import Drawn, drawn_from, drawn_of, keep_drawn, read_drawn, write_drawn

IDENTITY = Identity(
    patient_id="SYN-1", patient_name="Synthetic^One", patient_birth_date="", patient_sex="O",
    study_uid="1.2.3", study_date="20260302", study_time="", study_id="", accession_number="",
    frame_uid="1.2.3.9", made=datetime(2026, 3, 2), synthetic=True,
)  # fmt: skip

NAN = float("nan")


@pytest.fixture(scope="module")
def ct(tmp_path_factory: pytest.TempPathFactory) -> CtSeries:
    grid = VoxelGrid((-40.0, -40.0, -20.0), (2.0, 2.0, 2.5), (17, 41, 41))
    folder = tmp_path_factory.mktemp("drawn") / "ct"
    write_ct_series(CtVolume(grid, np.zeros((17, 41, 41), dtype=np.float32)), folder, IDENTITY, series="CT")
    return read_ct_series(folder)


def square(half: float) -> list[list[float]]:
    return [[-half, -half], [half, -half], [half, half], [-half, half]]


def sent(half: float = 10.0, **changes: Any) -> dict[str, Any]:
    planes = [{"z_mm": z, "polygons": [square(half)]} for z in (-5.0, -2.5, 0.0, 2.5)]
    return {"role": "target", "colour": "#FF3344", "planes": planes} | changes


def test_volume_of_a_box_is_its_area_by_its_planes(ct: CtSeries) -> None:
    found = drawn_from(sent(), name="GTV", ct=ct, before=None, by="A. Physicist")
    assert found.to_dict()["volume_cc"] == pytest.approx(20 * 20 * 4 * 2.5 / 1000)
    assert (found.version, found.colour, found.structure.kind, found.by) == (
        1,
        "#ff3344",
        "GTV",
        "A. Physicist",
    )


def test_a_structure_that_came_on_every_fourth_slice_keeps_its_volume_when_one_plane_is_drawn_anew(
    ct: CtSeries,
) -> None:
    """Planes 10 mm apart on slices of 2.5 mm: an area of A on three planes is A x 30 mm."""
    planes = [{"z_mm": z, "polygons": [square(10)]} for z in (-10.0, 0.0, 10.0)]
    contours = tuple(PlanarContour(plane["z_mm"], np.array(square(10))) for plane in planes)
    came = Drawn(Structure("GTV", contours, 10.0), "target", "#ff3344", 1, "imported")
    again = drawn_from(sent(planes=planes), name="GTV", ct=ct, before=came, by="x")
    assert again.structure.volume_mm3 == pytest.approx(20 * 20 * 30)
    every = [{"z_mm": z, "polygons": [square(10)]} for z in np.arange(-10.0, 10.1, 2.5).tolist()]
    filled = drawn_from(sent(planes=every), name="GTV", ct=ct, before=again, by="x")
    assert filled.structure.volume_mm3 == pytest.approx(20 * 20 * 22.5)


def test_what_is_written_is_read_back(ct: CtSeries) -> None:
    found = drawn_from(sent(), name="GTV 颈", ct=ct, before=None, by="x")
    assert drawn_of(found.to_dict()).to_dict() == found.to_dict()


def test_a_hole_stays_a_hole_through_dicom(ct: CtSeries, tmp_path: Path) -> None:
    ring = [{"z_mm": z, "polygons": [square(12), square(5)]} for z in (0.0, 2.5)]
    found = drawn_from(sent(planes=ring), name="shell", ct=ct, before=None, by="x")
    write_drawn([found], ct, tmp_path / "rs.dcm")
    (back,), _ = read_drawn(tmp_path / "empty", ct, [tmp_path / "rs.dcm"])
    assert back.structure.volume_mm3 == pytest.approx((24**2 - 10**2) * 2 * 2.5, rel=1e-6)
    assert back.role == "target"


def test_each_change_counts_and_what_was_there_is_kept(ct: CtSeries, tmp_path: Path) -> None:
    one = drawn_from(sent(10), name="GTV", ct=ct, before=None, by="x")
    keep_drawn(tmp_path, [one])
    two = drawn_from(sent(12), name="GTV", ct=ct, before=one, by="y")
    keep_drawn(tmp_path, [two])
    (now,), _ = read_drawn(tmp_path, ct, [])
    assert (now.version, now.by) == (2, "y")
    earlier = (tmp_path / "structures-earlier" / "00001.json").read_text(encoding="utf-8")
    assert '"version": 1' in earlier


def test_no_structures_without_a_file(ct: CtSeries, tmp_path: Path) -> None:
    assert read_drawn(tmp_path, ct, []) == ([], ())


@pytest.mark.parametrize(
    ("name", "changes", "word"),
    [
        ("", {}, "structure named"),
        ("a\\b", {}, "structure named"),
        ("x" * 65, {}, "structure named"),
        ("GTV", {"role": "tumour"}, "role"),
        ("GTV", {"colour": "red"}, "colour"),
        ("GTV", {"colour": "#12345g"}, "colour"),
        ("GTV", {"planes": []}, "points"),
        ("GTV", {"planes": None}, "cannot be read"),
        ("GTV", {"planes": [{"z_mm": 0.0, "polygons": [[[0, 0], [1, 1]]]}]}, "cannot be read"),
        (
            "GTV",
            {"planes": [{"z_mm": 0.0, "polygons": [[[0, 0], [1, float("nan")], [1, 0]]]}]},
            "cannot be read",
        ),
        ("GTV", {"planes": [{"z_mm": 0.0, "polygons": [square(900)]}]}, "outside the CT"),
        ("GTV", {"planes": [{"z_mm": 300.0, "polygons": [square(9)]}]}, "outside the CT"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(
    ct: CtSeries, name: str, changes: dict[str, Any], word: str
) -> None:
    with pytest.raises(SeedbedError, match=word):
        drawn_from(sent(**changes), name=name, ct=ct, before=None, by="x")


def test_a_contour_that_crosses_itself_is_refused(ct: CtSeries) -> None:
    bow = [{"z_mm": 0.0, "polygons": [[[-10, -10], [10, 10], [10, -10], [-10, 10]]]}]
    with pytest.raises(StructureError):
        drawn_from(sent(planes=bow), name="GTV", ct=ct, before=None, by="x")


def test_more_structures_than_can_be_shown_are_refused(ct: CtSeries, tmp_path: Path) -> None:
    one: Drawn = drawn_from(sent(), name="GTV", ct=ct, before=None, by="x")
    with pytest.raises(InputError, match="101 structures"):
        keep_drawn(tmp_path, [one] * 101)
    assert not list(tmp_path.iterdir())
