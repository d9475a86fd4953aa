"""Patients to plan, written as DICOM, and doses by formulas written out here."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dicom import Identity, content_uid, write_ct_series, write_structures
from seedbed.dosimetry import Source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient

AIR_HU, WATER_HU, BONE_HU = -1000.0, 30.0, 900.0
SHELL_MM, BODY_MM = (19.0, 24.0), 55.0


def write_case(
    folder: Path, ct: CtVolume, structures: Sequence[Structure], kinds: Sequence[str]
) -> tuple[Path, Path]:
    """Write a CT and its structures; return the folder of the one and the file of the other."""
    study = str(content_uid("study", str(folder)))
    identity = Identity(
        patient_id="P1", patient_name="Test^Plan", patient_birth_date="", patient_sex="O", study_uid=study,
        study_date="20260105", study_time="090000", study_id="S1", accession_number="",
        frame_uid=str(content_uid("frame", study)), made=datetime(2026, 1, 5, 9, 0),
    )  # fmt: skip
    written = write_ct_series(ct, folder / "ct", identity, series="Planning CT")
    write_structures(structures, written, folder / "structures.dcm", identity, types=kinds)
    return folder / "ct", folder / "structures.dcm"


def write_neck(folder: Path) -> tuple[Path, Path]:
    """A digital patient on coarse voxels, with a node of 10 cc."""
    patient = make_digital_patient(
        np.random.default_rng(4), node_volume_cc=10.0, spacing_mm=(1.6, 1.6, 2.5), shape=(56, 128, 128)
    )
    kinds = ["GTV", *("EXTERNAL" if s.name == "External" else "ORGAN" for s in patient.structures[1:])]
    return write_case(folder, patient.ct, patient.structures, kinds)


def ball(name: str, radius_mm: float, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Structure:
    """A ball cut into planes of 2 mm."""
    turn = np.linspace(0, 2 * np.pi, 73)[:-1]
    planes = np.arange(-radius_mm + 1.0, radius_mm, 2.0)
    rings = [
        PlanarContour(
            float(centre[2] + z),
            np.stack([np.cos(turn), np.sin(turn)], 1) * np.sqrt(radius_mm**2 - z**2) + centre[:2],
        )
        for z in planes
    ]
    return Structure(name, tuple(rings), 2.0)


def write_bony(folder: Path, *, window_deg: float, organs: Sequence[Structure] = ()) -> tuple[Path, Path]:
    """A ball of water in air; the target in its middle is wrapped by bone, open only towards +x."""
    grid = VoxelGrid.around(np.full(3, -80.0), np.full(3, 80.0), 2.0)
    points = grid.points_mm()
    away = np.linalg.norm(points, axis=1)
    off_x = np.degrees(np.arccos(np.clip(points[:, 0] / np.maximum(away, 1e-9), -1, 1)))
    hu = np.where(away < BODY_MM, WATER_HU, AIR_HU)
    hu[(away > SHELL_MM[0]) & (away < SHELL_MM[1]) & (off_x > window_deg)] = BONE_HU
    ct = CtVolume(grid, hu.reshape(grid.shape).astype(np.float32))
    return write_case(folder, ct, [ball("Tumour", 13.0), *organs], ["GTV", *("ORGAN" for _ in organs)])


def dose_written_out(source: Source, seeds: Sequence[dict[str, Any]], points: np.ndarray) -> np.ndarray:
    """Dose of seeds, Gy, by equation 1 of TG-43U1 with the line source, table values linearly between."""
    mean_life_h = source.half_life_days * 24 / np.log(2)
    total = np.zeros(len(points))
    reference = _line(1.0, np.pi / 2, source.active_length_mm / 10)
    for seed in seeds:
        away = (points - np.array(seed["position_mm"])) / 10  # cm
        r = np.maximum(np.linalg.norm(away, axis=1), 0.03)
        angle = np.arccos(np.clip(np.abs(away @ np.array(seed["axis"])) / r, 0, 1))
        ratio = _line(r, angle, source.active_length_mm / 10) / reference
        rate = seed["strength_u"] * source.dose_rate_constant * ratio  # cGy/h
        rate *= np.interp(r, source.g_r_cm, source.g) * _anisotropy(source, r, np.degrees(angle))
        total += rate * mean_life_h / 100
    return total


def _line(r: Any, angle: Any, length: float) -> Any:
    """G_L, equation 4 of TG-43U1: beta / (L r sin theta); on the axis 1 / (r^2 - L^2 / 4)."""
    sine = np.sin(angle)
    x, y = r * np.cos(angle), r * sine
    beta = np.arctan2(x + length / 2, y) - np.arctan2(x - length / 2, y)
    side = beta / (length * np.maximum(y, 1e-9))
    on_axis = 1 / np.maximum(r**2 - length**2 / 4, 1e-3)
    return np.where(sine > 1e-4, side, on_axis)


def _anisotropy(source: Source, r: np.ndarray, theta_deg: np.ndarray) -> np.ndarray:
    k = np.clip(np.searchsorted(source.f_r_cm, r) - 1, 0, len(source.f_r_cm) - 2)
    share = np.clip((r - source.f_r_cm[k]) / (source.f_r_cm[k + 1] - source.f_r_cm[k]), 0, 1)
    columns = np.array([np.interp(theta_deg, source.f_theta_deg, column) for column in source.f.T])
    pick = np.arange(len(r))
    return (1 - share) * columns[k, pick] + share * columns[k + 1, pick]
