"""How fast structures become masks: 40 structures on a grid of 512 x 512 x 200 voxels, one after the other.

Run ``python benchmarks/masks.py``. Beside it, in the same process, the same structures slice by slice with
``skimage.draw.polygon2mask`` and with ``matplotlib.path.Path.contains_points`` on the pixels around each
contour; both take the centre of a pixel as inside, as Seedbed does.
"""

import resource
import time
from collections.abc import Callable

import numpy as np
from matplotlib.path import Path
from skimage.draw import polygon2mask

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask
from seedbed.geometry.outlines import structure_of_coverage, structure_of_mask

GRID = VoxelGrid((-249.5, -249.5, -248.75), (0.9765625, 0.9765625, 2.5), (200, 512, 512))
STRUCTURES, CORNERS, COMPARED = 40, 200, 8
Mask = Callable[[Structure, VoxelGrid], np.ndarray]


def made_structures() -> list[Structure]:
    """Balls, long tubes with a hole and uneven outlines, from 1 cc to 3000 cc, as of a whole body."""
    rng = np.random.default_rng(7)
    turn = 2 * np.pi * np.arange(CORNERS) / CORNERS
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    made = []
    for number, radius in enumerate(np.geomspace(6.3, 90.0, STRUCTURES)):
        x, y, z = rng.uniform(-100, 100, 3)
        wavy = 1 + 0.1 * np.sin(5 * turn + number)[:, None]
        contours = []
        for plane in GRID.axis_mm(2):
            squared = radius**2 - (plane - z) ** 2 if number % 2 else radius**2 / 4
            if squared > 0 and abs(plane - z) < 200:
                outline = np.array([x, y]) + np.sqrt(squared) * wavy * circle
                contours.append(PlanarContour(float(plane), outline))
                if number % 4 == 0:
                    contours.append(PlanarContour(float(plane), np.array([x, y]) + radius / 8 * circle))
        made.append(Structure(f"S{number}", tuple(contours), 2.5))
    return made


def with_polygon2mask(structure: Structure, grid: VoxelGrid) -> np.ndarray:
    mask = np.zeros(grid.shape, dtype=bool)
    for contour in structure.contours:
        pixels = (contour.points_mm - grid.origin_mm[:2]) / grid.spacing_mm[:2]
        plane = round((contour.z_mm - grid.origin_mm[2]) / grid.spacing_mm[2])
        mask[plane] ^= polygon2mask(grid.shape[1:], pixels[:, ::-1])
    return mask


def with_matplotlib(structure: Structure, grid: VoxelGrid) -> np.ndarray:
    mask = np.zeros(grid.shape, dtype=bool)
    x, y = grid.axis_mm(0), grid.axis_mm(1)
    for contour in structure.contours:
        plane = round((contour.z_mm - grid.origin_mm[2]) / grid.spacing_mm[2])
        (left, low), (right, high) = contour.points_mm.min(axis=0), contour.points_mm.max(axis=0)
        columns, rows = slice(*np.searchsorted(x, [left, right])), slice(*np.searchsorted(y, [low, high]))
        points = np.stack(np.meshgrid(x[columns], y[rows]), axis=-1)
        inside = Path(contour.points_mm).contains_points(points.reshape(-1, 2)).reshape(points.shape[:2])
        mask[plane, rows, columns] ^= inside
    return mask


def timed(what: str, structures: list[Structure], mask: Mask) -> tuple[float, list[int]]:
    """Seconds for 40 structures, and the voxels of each."""
    took, voxels = 0.0, []
    for structure in structures:
        start = time.perf_counter()
        made = mask(structure, GRID)
        took += time.perf_counter() - start
        voxels.append(int(made.sum()))
    seconds = took * STRUCTURES / len(structures)
    print(f"{what}: {seconds:.2f} s for {STRUCTURES} structures ({len(structures)} measured)")
    return seconds, voxels


def report() -> None:
    structures = made_structures()
    structure_mask(structures[0], GRID), structures[0].coverage(GRID)  # compiled once
    volumes = [structure.volume_mm3 / 1000 for structure in structures]
    print(f"{STRUCTURES} structures of {min(volumes):.1f} to {max(volumes):.0f} cc on {GRID.shape}")
    ours, voxels = timed("seedbed.geometry.masks.structure_mask", structures, structure_mask)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    few = structures[:: STRUCTURES // COMPARED]
    for what, mask in (("skimage polygon2mask", with_polygon2mask), ("matplotlib Path", with_matplotlib)):
        theirs, others = timed(what, few, mask)
        apart = max(abs(a / b - 1) for a, b in zip(voxels[:: STRUCTURES // COMPARED], others, strict=True))
        print(f"  {theirs / ours:.0f} times as long; volumes differ by {100 * apart:.3f} % at most")
    timed("Structure.coverage", few, lambda structure, grid: structure.coverage(grid))
    masks = [structure_mask(structure, GRID) for structure in few]
    start = time.perf_counter()
    for mask in masks:
        structure_of_mask("again", mask, GRID)
    print(f"outlines of a mask: {(time.perf_counter() - start) / len(few):.3f} s each")
    start = time.perf_counter()
    structure_of_coverage("again", few[-1].coverage(GRID), GRID)
    print(f"outlines of shares: {time.perf_counter() - start:.2f} s for {few[-1].volume_mm3 / 1000:.0f} cc")
    print(f"peak memory: {memory:.0f} MB after the masks of Seedbed, of which one mask is 52 MB")


if __name__ == "__main__":
    report()
