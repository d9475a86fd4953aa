"""Surfaces for the view in three dimensions, against volumes in closed form; read by trimesh."""

import numpy as np
import pytest
import trimesh

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.journey.workbench.meshes import SurfaceMesh, dose_grid, dose_mesh, structure_mesh

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def ball(radius: float, step: float = 2.5) -> Structure:
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = np.arange(-radius + step / 2, radius, step)
    contours = tuple(PlanarContour(float(z), np.sqrt(radius**2 - z**2) * circle + [5, -7]) for z in planes)
    return Structure("ball", contours, step)


def solid(mesh: SurfaceMesh) -> trimesh.Trimesh:
    return trimesh.Trimesh(mesh.vertices_mm, mesh.faces, process=False)


def test_the_surface_of_a_ball_holds_its_volume_and_faces_outwards() -> None:
    structure = ball(20.0)
    found = solid(structure_mesh(structure))
    assert found.is_watertight
    assert found.volume == pytest.approx(structure.volume_mm3, rel=0.03)
    np.testing.assert_allclose(found.centroid, [5, -7, 0], atol=0.3)


def test_a_hole_stays_a_hole() -> None:
    planes = [PlanarContour(z, half * SQUARE) for z in (0.0, 2.5, 5.0, 7.5, 10.0) for half in (20.0, 8.0)]
    structure = Structure("tube", tuple(planes), 2.5)
    found = solid(structure_mesh(structure))
    assert found.volume == pytest.approx((40**2 - 16**2) * 12.5, rel=0.06)
    assert found.euler_number == 0


def test_a_single_thin_plane_is_seen() -> None:
    structure = Structure("thin", (PlanarContour(0.0, 1.5 * SQUARE),), 1.0)
    assert structure_mesh(structure).counts()["faces"] > 0


def test_a_surface_of_a_radial_field_is_a_sphere() -> None:
    grid = VoxelGrid((-20.0, -20.0, -20.0), (1.0, 1.0, 1.0), (41, 41, 41))
    dose = 30.0 - np.linalg.norm(grid.points_mm(), axis=1).reshape(grid.shape)
    mesh = dose_mesh(dose, 18.0, grid)
    np.testing.assert_allclose(np.linalg.norm(mesh.vertices_mm, axis=1), 12.0, atol=0.05)
    assert solid(mesh).volume == pytest.approx(4 / 3 * np.pi * 12**3, rel=0.01)


def test_a_dose_that_leaves_the_grid_is_closed_there() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (5, 5, 5))
    assert solid(dose_mesh(np.full(grid.shape, 9.0), 5.0, grid)).is_watertight


def test_the_grid_of_doses_reaches_beyond_the_target() -> None:
    grid = dose_grid(ball(20.0))
    assert (grid.lower_mm() <= [-35.0, -47.0, -40.0]).all()
    assert (grid.upper_mm() >= [45.0, 33.0, 40.0]).all()
    assert np.prod(grid.shape) < 1_000_000


def test_octets_are_vertices_then_faces() -> None:
    mesh = structure_mesh(ball(8.0))
    octets = mesh.octets()
    counts = mesh.counts()
    assert len(octets) == 12 * (counts["vertices"] + counts["faces"])
    first = np.frombuffer(octets[: 12 * counts["vertices"]], "<f4").reshape(-1, 3)
    np.testing.assert_array_equal(first, mesh.vertices_mm)
    faces = np.frombuffer(octets[12 * counts["vertices"] :], "<u4")
    assert faces.max() == counts["vertices"] - 1
