"""Synthetic CT series of one box in air-like fat, stored as scanners store them: PS3.3 C.7.6.2.1.1 alone."""

from pathlib import Path

import numpy as np
from pydicom.uid import generate_uid
from tests.unit.dicom.conftest import raw_slice

PATIENT = "SYNTHETIC-BOX"
MIDDLE_MM, BOX_MM, HALF_MM = np.array([10.0, 20.0, -300.0]), np.array([19.0, 9.0, -294.0]), 5.0
"""The box lies to the left, to the front and to the head of the middle (LPS)."""
BOX_HU, AROUND_HU = 300, -100
ROWS, COLUMNS, SLICES, STEP_MM = 48, 48, 24, 2.0
X, Y, Z = np.eye(3)
TILT = np.radians(12)
LYING = {
    "Head first": (X, Y, Z),
    "Feet first": (-X, Y, -Z),
    "Tilted gantry": (X, np.cos(TILT) * Y + np.sin(TILT) * Z, Z),
}
"""Directions of a row, of a column and of the next slice."""


def write_series(folder: Path) -> Path:
    """Write a study of each way to lie, of one patient, and return the folder."""
    folder.mkdir(parents=True)
    for name, (row, column, along) in LYING.items():
        for number, pixels in enumerate(_pixels(row, column, along)):
            uids = {kind: generate_uid(entropy_srcs=[kind, name]) for kind in ("series", "study", "frame")}
            dataset = raw_slice(pixels, **uids, number=number)
            dataset.PatientID, dataset.PatientName = PATIENT, "Synthetic^Box"
            dataset.SeriesDescription = name
            dataset.ImagePositionPatient = [f"{value:.8f}" for value in _corner(row, column, along, number)]
            dataset.ImageOrientationPatient = [f"{value:.8f}" for value in (*row, *column)]
            dataset.PixelSpacing, dataset.SliceThickness = [1, 1], STEP_MM
            dataset.save_as(folder / f"{name} {number}".replace(" ", "-"), enforce_file_format=True)
    return folder


def _corner(row: np.ndarray, column: np.ndarray, along: np.ndarray, number: int) -> np.ndarray:
    """Place of the first pixel of a slice; the middle of the volume is the same in all series."""
    half = (COLUMNS - 1) / 2 * row + (ROWS - 1) / 2 * column + (SLICES - 1) / 2 * STEP_MM * along
    return MIDDLE_MM - half + number * STEP_MM * along


def _pixels(row: np.ndarray, column: np.ndarray, along: np.ndarray) -> list[np.ndarray]:
    r, c = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    planes = []
    for number in range(SLICES):
        places = _corner(row, column, along, number) + c[..., None] * row + r[..., None] * column
        inside = (np.abs(places - BOX_MM) < HALF_MM).all(axis=-1)
        planes.append(np.where(inside, BOX_HU, AROUND_HU))
    return planes
