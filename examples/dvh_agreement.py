"""Compare DVHs with those of planning systems: a table, and a picture.

    python examples/dvh_agreement.py FOLDER PICTURE.png

FOLDER holds ``slicerrt_prostate`` (test data of SlicerRT, MIT licence) and ``dicompyler`` (test data of
dicompyler-core, BSD licence). Neither is part of this repository.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray

from seedbed.dosimetry.dvh import Dvh, grid_dvh
from seedbed.geometry import PlanarContour, Structure, VoxelGrid

FloatArray = NDArray[np.float64]
PLANE_DECIMALS = 3
ECLIPSE_STEP_GY, ECLIPSE_MISPRINT = 0.046, 774
"""Row 774 of the Eclipse table reads 0.00035604 Gy between 35.558 and 35.650: its dose is that of the row."""


@dataclass(frozen=True)
class Comparison:
    """One structure and its DVH by another program; ``dose_gy`` rises, ``volume_pct`` falls from 100."""

    system: str
    structure: Structure
    dose: FloatArray
    grid: VoxelGrid
    volume_cc: float
    dose_gy: FloatArray
    volume_pct: FloatArray

    def own(self, end_cap_mm: float | None = None) -> Dvh:
        """Our DVH."""
        return grid_dvh(self.dose, self.grid, replace(self.structure, end_cap_mm=end_cap_mm))

    def difference_pct(self, own: Dvh) -> float:
        """Worst point of the curve: the smaller of the differences in volume and in dose.

        In percent of the structure and of its own highest dose. A point that is far off in volume may be
        close in dose, where the curve is steep, and the other way round.
        """
        volume = np.abs([own.volume_pct(dose) for dose in self.dose_gy] - self.volume_pct)
        share = np.clip(self.volume_pct, 1e-6, 100)
        dose = np.abs([own.dose_to_pct(pct) for pct in share] - self.dose_gy) / own.max_gy * 100
        return float(np.minimum(volume, dose)[self.volume_pct > 0].max())


def slicerrt_prostate(folder: Path) -> Iterator[Comparison]:
    """DVHs of Eclipse, CERR and SlicerRT of one external-beam plan."""
    dose, grid = _nrrd(folder / "EclipseProstate_Dose.nrrd")
    drawn = json.loads((folder / "EclipseProstate_contours_LPS.json").read_text())
    structures = {_key(name): _structure(name, contours) for name, contours in drawn.items()}
    for system in ("Eclipse", "CERR", "SlicerRT"):
        for key, volume, points in _table(folder / f"EclipseProstate_DvhTable_{system}.csv"):
            if system == "Eclipse":
                points[ECLIPSE_MISPRINT, 0] = ECLIPSE_STEP_GY * ECLIPSE_MISPRINT
            yield Comparison(system, structures[key], dose, grid, volume, *points.T)


def dicompyler(folder: Path) -> Iterator[Comparison]:
    """DVHs that a planning system stored in the RTDOSE of one external-beam plan."""
    dataset = pydicom.dcmread(folder / "rtdose.dcm")
    dose = dataset.pixel_array * float(dataset.DoseGridScaling)
    y, x = map(float, dataset.PixelSpacing)
    z = float(np.diff(dataset.GridFrameOffsetVector).mean())
    grid = VoxelGrid(tuple(map(float, dataset.ImagePositionPatient)), (x, y, z), dose.shape)
    contours = pydicom.dcmread(folder / "rtss.dcm")
    names = {roi.ROINumber: roi.ROIName for roi in contours.StructureSetROISequence}
    drawn = {roi.ReferencedROINumber: roi for roi in contours.ROIContourSequence}
    for item in dataset.DVHSequence:
        number = item.DVHReferencedROISequence[0].ReferencedROINumber
        rings = [contour.ContourData for contour in drawn[number].ContourSequence]
        steps, volume = np.array(item.DVHData, dtype=float).reshape(-1, 2).T
        doses = np.cumsum(steps) - steps
        yield Comparison(
            "stored", _structure(names[number], rings), dose, grid, volume[0], doses, 100 * volume / volume[0]
        )


def table(comparisons: list[Comparison]) -> str:
    """Lines of a Markdown table."""
    lines = []
    for case in comparisons:
        own, bare = case.own(), case.own(end_cap_mm=0.0)
        lines.append(
            f"| {case.structure.name} | {case.system} | {case.volume_cc:.2f} | {own.total_cc:.2f} "
            f"| {100 * (own.total_cc / case.volume_cc - 1):+.1f} | {case.difference_pct(own):.2f} "
            f"| {bare.total_cc:.2f} | {case.difference_pct(bare):.2f} |"
        )
    return "\n".join(lines)


def draw(comparisons: list[Comparison], path: Path) -> None:
    """Draw our curves as lines and the others as dots."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(11, 4), sharey=True)
    for panel, system in zip(axes, ("Eclipse", "stored"), strict=True):
        for case in (case for case in comparisons if case.system == system and case.volume_cc > 2):
            dose, volume = case.own().curve(2000)
            (line,) = panel.plot(dose, volume, lw=1, label=case.structure.name)
            some = slice(None, None, max(1, len(case.dose_gy) // 60))
            panel.plot(case.dose_gy[some], case.volume_pct[some], ".", ms=3, color=line.get_color())
        panel.set(xlabel="dose (Gy)", title=f"{system}: dots; Seedbed: lines")
        panel.legend(fontsize=7)
    axes[0].set(ylabel="volume (%)")
    figure.savefig(path, dpi=110, bbox_inches="tight")


def _nrrd(path: Path) -> tuple[FloatArray, VoxelGrid]:
    header, packed = path.read_bytes().split(b"\n\n", 1)
    fields = dict(line.split(": ", 1) for line in header.decode().splitlines() if ": " in line)
    counts = [int(count) for count in fields["sizes"].split()]
    origin = tuple(float(value) for value in fields["space origin"].strip("()").split(","))
    steps = tuple(max(map(float, step.strip("()").split(","))) for step in fields["space directions"].split())
    dose = np.frombuffer(gzip.decompress(packed), "<f4").reshape(counts[::-1]).astype(float)
    return dose, VoxelGrid(origin, steps, dose.shape)  # type: ignore[arg-type]


def _table(path: Path) -> Iterator[tuple[str, float, FloatArray]]:
    head, *rows = csv.reader(path.read_text().splitlines())
    for column in range(0, len(head) - 1, 2):
        volume = float(head[column + 1].split("% of")[1].split("cc")[0])
        cells = [row[column : column + 2] for row in rows]
        points = np.array([[float(cell) for cell in pair] for pair in cells if len(pair) == 2 and all(pair)])
        yield _key(head[column].split("_DvhArray")[0].split(" Dose")[0]), volume, points


def _key(name: str) -> str:
    return name.replace(" ", "").casefold()


def _structure(name: str, rings: list[list[float]]) -> Structure:
    points = [np.array(ring, dtype=float).reshape(-1, 3) for ring in rings]
    contours = [PlanarContour(round(float(p[0, 2]), PLANE_DECIMALS), p[:, :2]) for p in points]
    planes = np.unique([contour.z_mm for contour in contours])
    return Structure(name, tuple(contours), float(np.median(np.diff(planes))))


if __name__ == "__main__":
    data = Path(sys.argv[1])
    found = [*slicerrt_prostate(data / "slicerrt_prostate"), *dicompyler(data / "dicompyler")]
    sys.stdout.write(table(found) + "\n")
    draw(found, Path(sys.argv[2]))
