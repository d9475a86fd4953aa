"""A small synthetic CT of water with a ball as target and an organ, in the store of a workbench."""

from pathlib import Path

import numpy as np
from tests.unit.journey.workbench.test_drawn import IDENTITY

from seedbed.dicom import write_ct_series, write_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.filing import filing

GRID = VoxelGrid((-60.0, -60.0, -60.0), (2.0, 2.0, 2.5), (49, 61, 61))
TARGET = "GTV"


def ball(name: str, radius: float, x: float) -> Structure:
    """A ball on the slices of the CT."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    heights = [float(z) for z in GRID.axis_mm(2) if abs(z) < radius]
    rings = [PlanarContour(z, np.sqrt(radius**2 - z**2) * circle + np.array([x, 0.0])) for z in heights]
    return Structure(name, tuple(rings), 2.5)


def fill(store: Path, folder: Path) -> None:
    """Write the files into a folder and keep them in a store."""
    hu = np.zeros(GRID.shape, dtype=np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), folder / "ct", IDENTITY, series="CT, synthetic")
    shapes = [ball(TARGET, 15.0, 0.0), ball("Cord", 5.0, 30.0)]
    write_structures(shapes, ct, folder / "rs.dcm", IDENTITY, types=["GTV", "ORGAN"])
    with filing(store) as files:
        for path in sorted(folder.rglob("*.dcm")):
            files.keep(path.read_bytes(), path.name)
