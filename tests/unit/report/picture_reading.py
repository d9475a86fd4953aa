"""Pictures read again with Pillow, and a small CT to draw."""

import base64
import io

import numpy as np
from matplotlib.colors import to_rgb
from numpy.typing import NDArray
from PIL import Image

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

START = "data:image/png;base64,"
GRID = VoxelGrid((-39.5, -39.5, -40.0), (1.0, 1.0, 5.0), (17, 80, 80))


def pixels(address: str) -> NDArray[np.uint8]:
    """The picture of a data address, shape (rows, columns, 3)."""
    assert address.startswith(START)
    with Image.open(io.BytesIO(base64.b64decode(address.removeprefix(START), validate=True))) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def is_near(pixel: NDArray[np.uint8], colour: str, *, within: float = 40) -> bool:
    return bool(np.abs(pixel.astype(float) - 255 * np.array(to_rgb(colour))).max() <= within)


def water() -> CtVolume:
    return CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32))


def box(half: float, name: str = "GTV", centre: tuple[float, float, float] = (0, 0, 0)) -> Structure:
    square = half * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]) + centre[:2]
    z = centre[2] + (np.arange(-half + 2.5, half, 5.0) if half > 2.5 else np.zeros(1))
    return Structure(name, tuple(PlanarContour(float(each), square) for each in z), 5.0)
