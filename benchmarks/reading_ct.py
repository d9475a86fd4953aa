"""How fast a CT series is read, beside SimpleITK's reader of series, in one run.

Run ``python benchmarks/reading_ct.py`` in the folder above. 500 slices of 512 x 512, 16 bit, uncompressed,
written by Seedbed. Each program reads them in a process of its own, once to fill the disk cache and then for
the time; its peak memory is that of the process. SimpleITK sorts by position (GDCM) and rescales to HU as
Seedbed does; Seedbed also checks each file to its end, patient, series and geometry, and rescales in 64 bits.
"""

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from dose import peak_mb

from seedbed.dicom import Identity, read_ct_series, write_ct_series
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

SLICES, EDGE = 500, 512
GRID = VoxelGrid((-249.5, -249.5, -500.0), (0.976, 0.976, 1.25), (SLICES, EDGE, EDGE))
IDENTITY = Identity(
    patient_id="SYNTHETIC",
    patient_name="Synthetic^Series",
    patient_birth_date="",
    patient_sex="O",
    study_uid="1.2.3.1",
    study_date="20260302",
    study_time="090000",
    study_id="1",
    accession_number="",
    frame_uid="1.2.3.2",
    made=datetime(2026, 3, 2, 9),
    synthetic=True,
)
REPEATS = 3


def write(folder: Path) -> None:
    """Noise around water: pixels that no shortcut can guess."""
    rng = np.random.default_rng(1)
    hu = rng.integers(-1000, 1500, GRID.shape, dtype=np.int16).astype(np.float32)
    write_ct_series(CtVolume(GRID, hu), folder, IDENTITY, series="Benchmark")


def read_with_seedbed(folder: Path) -> float:
    """Sum of all Hounsfield units."""
    return float(read_ct_series(folder).volume.hu.sum(dtype=np.float64))


def read_with_simpleitk(folder: Path) -> float:
    """Sum of all Hounsfield units."""
    import SimpleITK

    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    return float(SimpleITK.GetArrayViewFromImage(image).sum(dtype=np.float64))


def measure(program: str, folder: Path) -> tuple[float, float, float]:
    """Seconds, peak MB and sum of one program, from a process of its own."""
    command = [sys.executable, __file__, program, str(folder)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(REPEATS)]
    seconds, memory, total = min(tuple(map(float, run.stdout.split())) for run in runs)
    return seconds, memory, total


def answer(program: str, folder: Path) -> None:
    """Print seconds, peak MB and sum; the import of the program does not count."""
    call = {"seedbed": read_with_seedbed, "simpleitk": read_with_simpleitk}[program]
    if program == "simpleitk":
        import SimpleITK  # noqa: F401
    start = time.perf_counter()
    total = call(folder)
    seconds = time.perf_counter() - start
    print(seconds, peak_mb(), total)


def main() -> None:
    """Print both programs beside each other."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "ct"
        write(folder)
        found = {program: measure(program, folder) for program in ("seedbed", "simpleitk")}
    for program, (seconds, memory, total) in found.items():
        print(f"{program:10} {seconds:6.2f} s  {memory:6.0f} MB at most  sum of HU {total:.0f}")
    print(f"ratio      {found['seedbed'][0] / found['simpleitk'][0]:6.2f} (Seedbed to SimpleITK)")
    assert found["seedbed"][2] == found["simpleitk"][2]


if __name__ == "__main__":
    if len(sys.argv) == 3:
        answer(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
