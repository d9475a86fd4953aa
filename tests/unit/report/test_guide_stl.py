"""What another program reads out of our STL."""

import io
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import trimesh

from seedbed.errors import OutputError
from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle
from seedbed.planning.guide import Guide, make_guide
from seedbed.report.guide_figure import guide_figure
from seedbed.report.guide_stl import HEADERS, guide_stl, write_guide_stl

GRID = VoxelGrid((-30.0, -30.0, -30.0), (2.0, 2.0, 2.0), (31, 31, 31))
NAMES = ("N1", "<b>&$x_1$", "左颈三针")


@cache
def guide() -> Guide:
    body = np.zeros(GRID.shape, dtype=bool)
    body[:, :, :16] = True
    return make_guide(
        [Needle(name, (1, 5 * n, 0), (-20, 5 * n, 0)) for n, name in enumerate(NAMES)], body, GRID
    )


@pytest.mark.parametrize("space", ["patient", "template"])
def test_the_file_is_read_as_the_same_closed_solid(tmp_path: Path, space) -> None:
    write_guide_stl(guide(), tmp_path / "a.stl", space=space)
    mesh = trimesh.load_mesh(tmp_path / "a.stl")
    assert mesh.is_watertight
    assert mesh.is_winding_consistent
    assert mesh.volume == pytest.approx(guide().volume_mm3, rel=1e-4)
    assert mesh.euler_number == 2 - 2 * len(NAMES)


def test_patient_coordinates_are_those_of_the_ct() -> None:
    mesh = trimesh.load_mesh(io.BytesIO(guide_stl(guide())), file_type="stl")
    np.testing.assert_allclose(mesh.bounds[0], guide().vertices_mm.min(axis=0), atol=1e-4)
    np.testing.assert_allclose(mesh.bounds[1], guide().vertices_mm.max(axis=0), atol=1e-4)


def test_template_coordinates_begin_at_its_corner_and_end_at_its_face() -> None:
    mesh = trimesh.load_mesh(io.BytesIO(guide_stl(guide(), space="template")), file_type="stl")
    assert mesh.bounds[0][:2] == pytest.approx((0, 0), abs=0.05)
    assert mesh.bounds[1][2] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("space", ["patient", "template"])
def test_the_header_fits_and_says_unit_and_axes(space) -> None:
    assert len(HEADERS[space]) <= 80
    assert guide_stl(guide(), space=space)[:80].decode("ascii").strip() == HEADERS[space]
    assert "mm" in HEADERS[space]
    assert not HEADERS[space].startswith("solid")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        write_guide_stl(guide(), tmp_path / "no folder" / "a.stl")


def test_the_drawing_is_in_true_size_and_names_every_hole() -> None:
    svg = guide_figure(guide())
    wide, high = guide().outline_mm.max(axis=0)
    points = [float(svg.split(f'{name}="')[1].split("pt")[0]) for name in ("width", "height")]
    assert points[0] * 25.4 / 72 == pytest.approx(max(wide, 50) + 18, abs=0.1)
    assert points[1] * 25.4 / 72 == pytest.approx(high + 25, abs=0.1)
    assert ">N1</text>" in svg
    assert "左颈三针" in svg
    assert "<b>" not in svg
