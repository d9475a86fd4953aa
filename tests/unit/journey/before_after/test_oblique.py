"""Sections of shapes that are known in closed form: a cylinder and a ball cut by tilted planes."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from seedbed.geometry import PlanarContour, RigidTransform, Structure
from seedbed.journey.before_after.oblique import section_through

TURN = np.linspace(0, 2 * np.pi, 180, endpoint=False)
CIRCLE = np.stack([np.cos(TURN), np.sin(TURN)], axis=1)


def stack(radius_at: dict[float, float]) -> Structure:
    contours = tuple(PlanarContour(z, radius * CIRCLE) for z, radius in radius_at.items())
    return Structure("GTV", contours, 2.5)


CYLINDER = stack(dict.fromkeys(np.arange(-40.0, 40.1, 2.5).tolist(), 12.0))
BALL = stack({z: float(np.sqrt(15.0**2 - z**2)) for z in np.arange(-12.5, 12.6, 2.5).tolist()})


def tilted(angle_deg: float) -> RigidTransform:
    return RigidTransform(Rotation.from_rotvec([angle_deg, 0, 0], degrees=True).as_matrix(), np.zeros(3))


@pytest.mark.parametrize("angle_deg", [5.0, 20.0])
def test_a_tilted_cut_of_a_cylinder_is_an_ellipse(angle_deg: float) -> None:
    """Half axes r and r / cos(angle)."""
    cut = section_through(CYLINDER, tilted(angle_deg), 0.0)
    assert cut is not None
    (ring,) = (contour.points_mm for contour in cut.contours)
    half = (ring.max(axis=0) - ring.min(axis=0)) / 2
    np.testing.assert_allclose(half, [12.0, 12.0 / np.cos(np.radians(angle_deg))], atol=0.1)


@pytest.mark.parametrize("z_mm", [-6.0, 1.2, 8.0])
def test_a_cut_of_a_ball_is_a_circle_however_it_is_tilted(z_mm: float) -> None:
    """Radius sqrt(R2 - z2); between contours the chord lies inside the ball by less than 0.2 mm."""
    cut = section_through(BALL, tilted(8.0), z_mm)
    assert cut is not None
    (ring,) = (contour.points_mm for contour in cut.contours)
    np.testing.assert_allclose(np.linalg.norm(ring, axis=1), np.sqrt(15.0**2 - z_mm**2), atol=0.25)


def test_a_plane_of_contours_is_shown_as_it_was_drawn() -> None:
    up = RigidTransform(np.eye(3), np.array([1.0, 2.0, 5.0]))
    cut = section_through(CYLINDER, up, 2.5)
    assert cut is not None
    assert np.array_equal(cut.contours[0].points_mm, 12.0 * CIRCLE - [1.0, 2.0])


def test_a_plane_beyond_the_structure_shows_nothing() -> None:
    assert section_through(BALL, RigidTransform.none(), 14.0) is None
