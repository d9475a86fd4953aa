"""Water phantoms that tests of planning share."""

from collections.abc import Callable
from math import pi

import numpy as np
import pytest

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

WATER_HU, AIR_HU, BONE_HU = 0.0, -1000.0, 900.0


def phantom_ct() -> CtVolume:
    """A water cylinder of 40 mm radius along z in room air; voxels of 2 mm."""
    grid = VoxelGrid((-60.0, -60.0, -20.0), (2.0, 2.0, 2.0), (21, 61, 61))
    _, y, x = np.meshgrid(grid.axis_mm(2), grid.axis_mm(1), grid.axis_mm(0), indexing="ij")
    return CtVolume(grid, np.where(np.hypot(x, y) < 40.0, WATER_HU, AIR_HU).astype(np.float32))


def radius_mm(ct: CtVolume) -> np.ndarray:
    _, y, x = np.meshgrid(*[ct.grid.axis_mm(k) for k in (2, 1, 0)], indexing="ij")
    return np.hypot(x, y)


def ball_at(centre: tuple[float, float, float], radius: float, name: str = "GTV") -> Structure:
    angle = 2 * pi * np.arange(72) / 72
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    planes = [z for z in np.arange(-40.0, 41.0, 1.0) if abs(z - centre[2]) < radius]
    contours = [
        PlanarContour(float(z), np.array(centre[:2]) + np.sqrt(radius**2 - (z - centre[2]) ** 2) * circle)
        for z in planes
    ]
    return Structure(name, tuple(contours), 1.0)


def box_at(lower: tuple[float, ...], upper: tuple[float, ...], name: str) -> Structure:
    (x0, y0, z0), (x1, y1, z1) = lower, upper
    square = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    return Structure(name, tuple(PlanarContour(float(z), square) for z in np.arange(z0 + 0.5, z1, 1.0)), 1.0)


@pytest.fixture
def water() -> CtVolume:
    return phantom_ct()


@pytest.fixture
def radius() -> Callable[[CtVolume], np.ndarray]:
    return radius_mm


@pytest.fixture(scope="session")
def make_water() -> Callable[[], CtVolume]:
    return phantom_ct


@pytest.fixture(scope="session")
def make_ball() -> Callable[..., Structure]:
    return ball_at


@pytest.fixture
def ball() -> Callable[..., Structure]:
    return ball_at


@pytest.fixture
def box() -> Callable[..., Structure]:
    return box_at
