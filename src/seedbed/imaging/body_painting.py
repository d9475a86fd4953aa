"""Paint the parts of a synthetic body into a CT, plane by plane, each with the texture of its tissue."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from seedbed.geometry import VoxelGrid
from seedbed.imaging.body_parts import Anatomy, Part, Section
from seedbed.imaging.volume import AIR_HU

GRAIN_MM = {"fine": 1.2, "coarse": 2.6}
"""Widths (sigma) of the textures of tissues: finer and coarser than a lobule of fat."""


def paint_parts(
    parts: list[Part], anatomy: Anatomy, *, grid: VoxelGrid, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Paint parts over air, later ones over earlier ones.

    Parameters
    ----------
    parts : list of Part
        In painting order.
    anatomy : Anatomy
        Tissues and vertebral levels.
    grid : VoxelGrid
        Where.
    rng : numpy.random.Generator
        Draws the texture of tissues.

    Returns
    -------
    ndarray of float32, shape ``grid.shape``
        HU without scanner blur or noise.

    Examples
    --------
    >>> from seedbed.imaging.body_parts import Levels
    >>> tissues = Anatomy((), {"water": (0.0, 0.0, "fine")}, Levels(17.0, 0.0), {})
    >>> ball = Part("ball", "water", (0.0, 0.0), (5.0, 5.0))
    >>> grid = VoxelGrid((-7, -7, 0), (1, 1, 1), (1, 15, 15))
    >>> hu = paint_parts([ball], tissues, grid=grid, rng=np.random.default_rng(1))
    >>> float(hu[0, 7, 7]), float(hu[0, 0, 0])
    (0.0, -1000.0)
    """
    hu = np.full(grid.shape, AIR_HU, dtype=np.float32)
    brush = _Brush(grid, anatomy, _textures(grid, rng))
    for number in range(grid.shape[0]):
        for part in parts:
            brush.paint(hu[number], part, number)
    return hu


@dataclass(frozen=True)
class _Brush:
    grid: VoxelGrid
    anatomy: Anatomy
    textures: dict[str, NDArray[np.float32]]

    def paint(self, plane: NDArray[np.float32], part: Part, number: int) -> None:
        """Paint a part into one plane of the image, in place."""
        z, half = self.grid.axis_mm(2)[number], self.grid.spacing_mm[2] / 2
        present = part.share_of_slice(z - half, z + half, levels=self.anatomy.levels)
        section = part.section(float(z)) if present else None
        window = None if section is None else self._window(section)
        if section is None or window is None:
            return
        x, y = self.grid.axis_mm(0)[window[1]], self.grid.axis_mm(1)[window[0]]
        share = present * section.coverage(x, y, spacing_mm=self.grid.spacing_mm[:2])
        mean, sd, grain = self.anatomy.tissues[part.tissue]
        value = mean + sd * self.textures[grain][number][window]
        plane[window] += share * (value - plane[window])

    def _window(self, section: Section) -> tuple[slice, slice] | None:
        """Rows and columns that hold a section and two voxels around it."""
        spans = []
        for axis in (1, 0):
            reach = section.reach_mm[axis] + 2 * self.grid.spacing_mm[axis]
            ends = np.searchsorted(
                self.grid.axis_mm(axis), [section.at_mm[axis] - reach, section.at_mm[axis] + reach]
            )
            if ends[1] - ends[0] < 2:  # a gradient needs two
                return None
            spans.append(slice(int(ends[0]), int(ends[1])))
        return spans[0], spans[1]


def _textures(grid: VoxelGrid, rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Draw random fields of unit standard deviation, one for each grain."""
    white = rng.standard_normal(grid.shape, dtype=np.float32)
    fields = {}
    for grain, sigma in GRAIN_MM.items():
        field = gaussian_filter(white, sigma / np.array(grid.spacing_mm[::-1]), mode="wrap", truncate=2.5)
        fields[grain] = field / field.std()
    return fields
