"""How fast 20 structures are written as a DICOM SEG and read back, and in how much memory.

Run ``python benchmarks/segmentation.py`` in the folder above: a CT of 512 x 512 x 200 with 19 structures on 20
to 80 slices and a body outline on all. Writing, reading and highdicom's own reader each run in a process of
their own; the CT is read before the clock starts, and its memory counts in the peak. highdicom's reader
stands beside ours for the frames alone: it makes no outlines.
"""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from dose import peak_mb
from reading_ct import IDENTITY

from seedbed.dicom import CtSeries, read_ct_series, write_ct_series
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask
from seedbed.imaging import CtVolume

GRID = VoxelGrid((-249.5, -249.5, -250.0), (0.9765625, 0.9765625, 2.5), (200, 512, 512))
ORGANS, CORNERS = 19, 120
REPEATS = 2


def made_structures() -> list[Structure]:
    """A wavy body on every slice and organs of 14 to 50 mm radius on 20 to 80 slices."""
    rng = np.random.default_rng(3)
    turn = 2 * np.pi * np.arange(CORNERS) / CORNERS
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    wavy = circle * (1 + 0.05 * np.sin(5 * turn))[:, None]
    z = GRID.axis_mm(2)
    body = tuple(PlanarContour(float(plane), wavy * np.array([190.0, 120.0])) for plane in z)
    made = [Structure("Body", body, 2.5)]
    for number, count in enumerate(np.linspace(20, 80, ORGANS).astype(int)):
        centre = rng.uniform(-60, 60, 2)
        first = int(rng.integers(0, len(z) - count))
        radius = 14.0 + 2 * number
        contours = tuple(
            PlanarContour(float(plane), centre + radius * wavy) for plane in z[first : first + count]
        )
        made.append(Structure(f"Organ {number + 1}", contours, 2.5))
    return made


def write(ct: CtSeries, path: Path) -> str:
    """Megabytes of the file."""
    from seedbed.dicom.segmentation_writing import write_segmentation

    structures = made_structures()
    structure_mask(structures[1], GRID)  # compiled once
    start = time.perf_counter()
    write_segmentation(
        structures,
        ct,
        path,
        IDENTITY,
        types=["EXTERNAL"] + ["ORGAN"] * ORGANS,
        source_images=(path.parent / "ct").iterdir(),
    )
    return f"{time.perf_counter() - start} {peak_mb()} {path.stat().st_size / 1e6:.1f} MB"


def read(ct: CtSeries, path: Path) -> str:
    """Structures read, whose masks are those written."""
    from seedbed.dicom.segmentations import read_segmentation

    start = time.perf_counter()
    found = read_segmentation(path, ct)
    took, peak = time.perf_counter() - start, peak_mb()
    for structure in made_structures():
        assert np.array_equal(structure_mask(structure, GRID), structure_mask(found[structure.name], GRID))
    return f"{took} {peak} {len(found)} structures"


def read_with_highdicom(ct: CtSeries, path: Path) -> str:
    """Voxels of all segments."""
    from highdicom.seg import segread

    start = time.perf_counter()
    frames = segread(path).pixel_array
    return f"{time.perf_counter() - start} {peak_mb()} {int(frames.sum(dtype=np.int64))} voxels"


CALLS = {"write": write, "read": read, "highdicom": read_with_highdicom}


def measure(what: str, folder: Path) -> None:
    command = [sys.executable, __file__, what, str(folder)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(REPEATS)]
    took, peak, said = min((run.stdout.split(maxsplit=2) for run in runs), key=lambda run: float(run[0]))
    print(f"{what:10} {float(took):6.2f} s  {float(peak):6.0f} MB at most  {said.strip()}", flush=True)


def main() -> None:
    """Print each step on a line."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        hu = np.zeros(GRID.shape, dtype=np.float32)
        write_ct_series(CtVolume(GRID, hu), folder / "ct", IDENTITY, series="Benchmark")
        for what in CALLS:
            measure(what, folder)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        place = Path(sys.argv[2])
        print(CALLS[sys.argv[1]](read_ct_series(place / "ct"), place / "seg.dcm"))
    else:
        main()
