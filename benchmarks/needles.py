"""How fast needles are found: the anatomy, 1000 candidate needles against all structures, whole sets.

Run ``python benchmarks/needles.py``. Beside them, in the same process, the same with SciPy: one distance
transform a margin, and each path sampled every 1 mm with ``map_coordinates``. Real CTs are added where
``SEEDBED_REFERENCE_DATA`` names their folder.
"""

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage
from timing import best_of

from seedbed.dicom import read_ct_series, read_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient
from seedbed.planning.anatomy import BODY, Anatomy, read_anatomy
from seedbed.planning.clearance import REACH_MM, allowance, clearances
from seedbed.planning.needles import (
    conflicts,
    direction_reports,
    fan_sets,
    load_needle_rules,
    obstacles_of,
    parallel_sets,
)
from seedbed.planning.paths import follow_paths

RULES = load_needle_rules()
CANDIDATES = 1000
Case = tuple[str, CtVolume, Structure, list[Structure]]


def cases() -> Iterator[Case]:
    yield made_trunk()
    patient = make_digital_patient(np.random.default_rng(1))
    yield "digital patient", patient.ct, patient.structures[0], list(patient.structures[2:])
    folder = os.environ.get("SEEDBED_REFERENCE_DATA")
    for name in ("STS_015", "STS_018", "STS_037") if folder else ():
        place = Path(str(folder)) / "ct" / name / "CT"
        series = read_ct_series(place / "image")
        target = next(iter(read_structures(next((place / "mask").glob("*.dcm")), series).values()))
        lower, upper = target.bounds_mm
        if target.volume_mm3 > 200e3:
            x, y, z = ((lower + upper) / 2).tolist()
            target = target.within_sphere((x, y, z), 21.2)
        yield name, series.volume, target, []


def made_trunk() -> Case:
    """A trunk of 256 x 256 x 80 voxels with spine, ribs, lung, five organs and a target of 30 cc."""
    grid = VoxelGrid((-204.0, -204.0, -118.5), (1.6, 1.6, 3.0), (80, 256, 256))
    z, y, x = np.meshgrid(grid.axis_mm(2), grid.axis_mm(1), grid.axis_mm(0), indexing="ij")
    hu = np.where((x / 170) ** 2 + (y / 115) ** 2 < 1, 30.0, -1000.0)
    hu[x**2 + (y - 70) ** 2 < 20**2] = 600.0
    wall = ((x / 155) ** 2 + (y / 100) ** 2 < 1) & ((x / 150) ** 2 + (y / 95) ** 2 > 1)
    hu[wall & (np.mod(z, 25) < 10)] = 500.0
    hu[(x + 80) ** 2 + (y + 10) ** 2 < 45**2] = -800.0
    hu += np.random.default_rng(0).normal(0, 15, hu.shape)
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)

    def tube(name: str, middle: tuple[float, float], radius: float) -> Structure:
        rings = tuple(PlanarContour(float(h), np.array(middle) + radius * circle) for h in grid.axis_mm(2))
        return Structure(name, rings, 3.0)

    planes = [float(h) for h in grid.axis_mm(2) if abs(h) < 19.3]
    rings = tuple(PlanarContour(h, np.array([60, -20]) + np.sqrt(19.3**2 - h**2) * circle) for h in planes)
    organs = [
        tube("SpinalCord", (0, 70), 8), tube("Trachea", (0, -30), 12), tube("Oesophagus", (20, 0), 8),
        tube("Carotid_L", (40, -60), 4), tube("Carotid_R", (-40, -60), 4),
    ]  # fmt: skip
    return "made trunk", CtVolume(grid, hu.astype(np.float32)), Structure("GTV", rings, 3.0), organs


def with_scipy(anatomy: Anatomy) -> np.ndarray:
    """The clearance by one distance transform a margin, from voxel centre to voxel centre."""
    field = np.full(anatomy.grid.shape, REACH_MM, dtype=np.float32)
    spacing = anatomy.grid.spacing_mm
    for margin in np.unique(anatomy.margins_mm[1:]):
        numbers = np.flatnonzero(anatomy.margins_mm == margin)
        mask = np.isin(anatomy.label, numbers[numbers > 0])
        if mask.any():
            distance = ndimage.distance_transform_edt(~mask, sampling=spacing[::-1])
            field = np.minimum(field, distance - allowance(float(margin), spacing))
    return field


def sampled(anatomy: Anatomy, tips: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Which paths keep all margins within the body, sampled every 1 mm with SciPy."""
    steps = np.arange(0.0, RULES.most_depth_mm)
    points = (tips[:, None] - steps[:, None] * along[:, None]).reshape(-1, 3)
    place = ndimage.map_coordinates(anatomy.place, anatomy.body_grid.indices(points).T, order=0, cval=0)
    inside = np.logical_and.accumulate((place == BODY).reshape(len(tips), -1), axis=1)
    value = ndimage.map_coordinates(
        anatomy.clearance_mm, anatomy.grid.indices(points).T, order=1, mode="nearest"
    )
    return (~inside | (value.reshape(inside.shape) >= 0)).all(axis=1) & ~inside[:, -1]


def candidates(target: Structure) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    z = rng.uniform(-0.5, 0.5, CANDIDATES)
    turn = rng.uniform(0, 2 * np.pi, CANDIDATES)
    along = np.stack([np.sqrt(1 - z**2) * np.cos(turn), np.sqrt(1 - z**2) * np.sin(turn), z], axis=1)
    lower, upper = target.bounds_mm
    return (lower + upper) / 2 + rng.uniform(-8, 8, (CANDIDATES, 3)), along


def report(name: str, ct: CtVolume, target: Structure, organs: list[Structure]) -> None:
    obstacles = obstacles_of(organs, RULES)
    anatomy = read_anatomy(ct, target, obstacles, RULES)
    tips, along = candidates(target)
    took = {
        "anatomy": best_of(lambda: read_anatomy(ct, target, obstacles, RULES)),
        "clearances": best_of(lambda: clearances(anatomy.label, anatomy.grid, anatomy.margins_mm)),
        "clearances, SciPy": best_of(lambda: with_scipy(anatomy)),
        "1000 needles": best_of(lambda: follow_paths(anatomy, tips, along, RULES)),
        "1000 needles, SciPy": best_of(lambda: sampled(anatomy, tips, along)),
        "6 parallel sets at 5 mm": best_of(
            lambda: parallel_sets(anatomy, target, RULES, keep=6, spacing_mm=5.0)
        ),
        "3 fans": best_of(lambda: fan_sets(anatomy, target, RULES, keep=3)),
        "reasons of 120 directions": best_of(lambda: direction_reports(anatomy, target, RULES)),
    }
    fan = fan_sets(anatomy, target, RULES, keep=1)[0]
    took["conflicts of the fan"] = best_of(lambda: conflicts(fan.tracks, RULES))
    free, plain = follow_paths(anatomy, tips, along, RULES).open, sampled(anatomy, tips, along)
    assert not (free & ~plain).any()
    print(f"{name}: CT {ct.grid.shape}, target {target.volume_mm3 / 1000:.0f} cc, {free.sum()} of 1000 free")
    for what, seconds in took.items():
        beside = took.get(f"{what}, SciPy")
        ratio = f", {beside / seconds:.0f} times as fast as SciPy" if beside else ""
        print(f"  {what}: {seconds:.4f} s{ratio}")


if __name__ == "__main__":
    for case in cases():
        report(*case)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
