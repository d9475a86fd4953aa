"""How fast 20 structures are written as a DICOM SEG and read back, beside highdicom, and in how much memory.

Run ``python benchmarks/segmentation.py`` in the folder above: a CT of 512 x 512 x 200 with 19 structures on
20 to 80 slices and a body outline on all. Each step runs in a process of its own; the CT, or for highdicom
the headers and the masks, are there before the clock starts, and their memory counts in the peak. Reading
with highdicom yields all frames, ours the outlines of each structure as well.
"""

import subprocess
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from dose import peak_mb
from reading_ct import IDENTITY

from seedbed.dicom import read_ct_series, write_ct_series
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
    wavy = np.stack([np.cos(turn), np.sin(turn)], axis=1) * (1 + 0.05 * np.sin(5 * turn))[:, None]
    z = GRID.axis_mm(2)
    outlines = {"Body": (z, np.zeros(2), np.array([190.0, 120.0]))}
    for number, count in enumerate(np.linspace(20, 80, ORGANS).astype(int)):
        first = int(rng.integers(0, len(z) - count))
        outlines[f"Organ {number}"] = (z[first : first + count], rng.uniform(-60, 60, 2), 14.0 + 2 * number)
    return [
        Structure(name, tuple(PlanarContour(float(plane), centre + size * wavy) for plane in planes), 2.5)
        for name, (planes, centre, size) in outlines.items()
    ]


def write(folder: Path) -> tuple[float, str]:
    from seedbed.dicom.segmentation_writing import write_segmentation

    ct, structures, path = read_ct_series(folder / "ct"), made_structures(), folder / "seg.dcm"
    types = ["EXTERNAL"] + ["ORGAN"] * ORGANS
    structure_mask(structures[1], GRID)  # compiled once
    start = time.perf_counter()
    write_segmentation(structures, ct, path, IDENTITY, types=types, source_images=(folder / "ct").iterdir())
    return time.perf_counter() - start, f"{path.stat().st_size / 1e6:.1f} MB written"


def read(folder: Path) -> tuple[float, str]:
    from seedbed.dicom.segmentations import read_segmentation

    ct = read_ct_series(folder / "ct")
    start = time.perf_counter()
    found = read_segmentation(folder / "seg.dcm", ct)
    return time.perf_counter() - start, f"{round(_voxels(list(found.values())))} voxels in all"


def _voxels(structures: list[Structure]) -> float:
    return sum(structure.volume_mm3 for structure in structures) / GRID.voxel_volume_mm3


def write_with_highdicom(folder: Path) -> tuple[float, str]:
    from highdicom.seg import Segmentation, SegmentDescription
    from pydicom import dcmread
    from pydicom.sr.codedict import codes
    from pydicom.uid import generate_uid

    images = [dcmread(path, stop_before_pixels=True) for path in sorted((folder / "ct").iterdir())]
    structures = made_structures()
    masks = np.stack([structure_mask(structure, GRID).view(np.uint8) for structure in structures], axis=-1)
    described = [
        SegmentDescription(number, structure.name, codes.SCT.Organ, codes.SCT.Organ, "MANUAL")
        for number, structure in enumerate(structures, start=1)
    ]
    start = time.perf_counter()
    Segmentation(
        images, masks, "BINARY", described, generate_uid(), 1, generate_uid(), 1, "Benchmark", "-", "0", "0"
    ).save_as(folder / "highdicom.dcm")  # fmt: skip
    return time.perf_counter() - start, f"{(folder / 'highdicom.dcm').stat().st_size / 1e6:.1f} MB written"


def read_with_highdicom(folder: Path) -> tuple[float, str]:
    from highdicom.seg import segread

    start = time.perf_counter()
    frames = segread(folder / "seg.dcm").pixel_array
    return time.perf_counter() - start, f"{int(frames.sum(dtype=np.int64))} voxels in all"


STEPS = {
    "write": write,
    "write with highdicom": write_with_highdicom,
    "read": read,
    "read with highdicom": read_with_highdicom,
}


def answer(step: str, folder: Path) -> None:
    """Print seconds, peak MB and what was found, of one step in this process."""
    warnings.simplefilter("ignore")
    took, said = STEPS[step](folder)
    print(took, peak_mb(), said)


def measure(step: str, folder: Path) -> None:
    command = [sys.executable, __file__, step, str(folder)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(REPEATS)]
    took, peak, said = min((run.stdout.split(maxsplit=2) for run in runs), key=lambda run: float(run[0]))
    print(f"{step:20} {float(took):6.2f} s  {float(peak):6.0f} MB at most  {said.strip()}", flush=True)


def main() -> None:
    """Print each step on a line."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        hu = np.zeros(GRID.shape, dtype=np.float32)
        write_ct_series(CtVolume(GRID, hu), folder / "ct", IDENTITY, series="Benchmark")
        for step in STEPS:
            measure(step, folder)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        answer(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
