"""A workplace with two CTs of a synthetic patient: a ball that a known motion carried away."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydicom import dcmread
from tests.journey.paired_cases import AFTER, BEFORE, identity, write_pet
from tests.unit.imaging.moved_cts import turn_and_shift
from tests.unit.web.benches import Bench, bench_at

from seedbed.dicom import CtSeries, Identity, write_ct_series, write_structures
from seedbed.geometry import PlanarContour, RigidTransform, Structure, VoxelGrid
from seedbed.imaging import CtVolume, RegistrationQuality
from seedbed.journey.before_after.matching import Match
from seedbed.journey.filing import filing
from seedbed.journey.workbench.pairs.asked import AskedPair, ask_pair
from seedbed.journey.workbench.pairs.matching import KeptMatch, keep_match

PATIENT = "P1"
BALL_MM, RADIUS_MM = np.array([12.0, -8.0, 10.0]), 9.0
"""Middle of the ball on the CT before: to the left, to the front and to the head."""
GRID = VoxelGrid((-49.0, -49.0, -36.0), (2.0, 2.0, 3.0), (25, 50, 50))
LATER_GRID = VoxelGrid((-60.0, -45.0, -50.0), (1.5, 1.7, 2.5), (36, 64, 80))
MOTION = turn_and_shift((0.0, 0.0, 0.0), (6.0, -4.0, 12.0), (5.0, -7.0, 8.0))
"""From the CT before to the CT after: turned by 14 degrees about an oblique axis, and shifted."""
SUV = {"before": 6.0, "after": 2.0}
GALLIUM_S = 4062.6
"""Half-life of gallium-68; the other PETs are of fluorine-18."""
KINDS = {"pair": "seedbed.journey.workbench.pairs.matching:run_pair"}
CIRCLE = np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 60, endpoint=False)), np.sin(t)], axis=1)
BEFORE_UID, AFTER_UID = identity(BEFORE), identity(AFTER)


def balls(grid: VoxelGrid, motion: RigidTransform) -> CtVolume:
    """A ball of 300 HU in soft tissue, where the motion carried it, with soft edges."""
    away = np.linalg.norm(grid.points_mm() - motion.apply(BALL_MM[None])[0], axis=1).reshape(grid.shape)
    part = np.clip((RADIUS_MM - away) / 2.0 + 0.5, 0, 1)
    return CtVolume(grid, (20 + 280 * part).astype(np.float32))


def ball(
    motion: RigidTransform, grid: VoxelGrid, name: str = "GTV", radius_mm: float = RADIUS_MM
) -> Structure:
    """The contours of the ball on a CT."""
    x, y, z = motion.apply(BALL_MM[None])[0]
    heights = [height for height in grid.axis_mm(2).tolist() if abs(height - z) < radius_mm - 0.3]
    contours = tuple(
        PlanarContour(height, [x, y] + np.sqrt(radius_mm**2 - (height - z) ** 2) * CIRCLE)
        for height in heights
    )
    return Structure(name, contours, grid.spacing_mm[2], kind="GTV")


def write_side(
    folder: Path, who: Identity, ct: CtVolume, structures: Sequence[Structure], name: str
) -> CtSeries:
    written = write_ct_series(ct, folder / name, who, series=name)
    write_structures(structures, written, folder / f"{name}.dcm", who, types=["GTV"] * len(structures))
    return written


def write_pair_of_balls(folder: Path) -> None:
    """Both CTs with contours, an even PET over each, and a CT of somebody else."""
    still = RigidTransform.none()
    write_side(folder, BEFORE_UID, balls(GRID, still), [ball(still, GRID)], "Before")
    later = ball(MOTION, LATER_GRID, radius_mm=0.5 * RADIUS_MM)
    write_side(folder, AFTER_UID, balls(LATER_GRID, MOTION), [later], "After")
    for of, who, grid in (("before", BEFORE_UID, GRID), ("after", AFTER_UID, LATER_GRID)):
        write_pet(folder / f"pet-{of}", who, grid, suv=SUV[of])
    write_pet(folder / "pet-tracer", AFTER_UID, LATER_GRID, suv=9.0)
    for path in (folder / "pet-tracer").iterdir():
        one = dcmread(path)
        one.SeriesDescription = "Z, another tracer"
        one.RadiopharmaceuticalInformationSequence[0].RadionuclideHalfLife = GALLIUM_S
        one.save_as(path)
    other = replace(identity(AFTER, patient_id="P2", frame="other"), study_uid="1.2.9")
    write_ct_series(balls(GRID, still), folder / "Other", other, series="Other")


@contextmanager
def pair_bench(root: Path, *, filled: bool = True) -> Iterator[Bench]:
    if filled:
        write_pair_of_balls(root / "in")
    with bench_at(root, kinds=KINDS) as bench:
        keep_files(bench, root / "in")
        yield bench


def keep_files(bench: Bench, folder: Path) -> None:
    with filing(bench.workplace.store) as files:
        for path in sorted(folder.rglob("*.dcm")):
            files.keep(path.read_bytes(), path.name)


def case_of(bench: Bench, name: str) -> str:
    return next(row.case for row in bench.workplace.rooms.listed() if row.series_description.startswith(name))


def asked_of(bench: Bench, **more: str) -> AskedPair:
    before, after = case_of(bench, "Before"), case_of(bench, "After")
    return ask_pair(
        bench.workplace.rooms, PATIENT, **{"before": before, "after": after, "by": "registration"} | more
    )


def known_match(motion: RigidTransform = MOTION, grid: VoxelGrid = LATER_GRID) -> KeptMatch:
    """The true motion, as if it had been found."""
    quality = RegistrationQuality(0.2, 0.95, None, None, 1.0, 0.4, motion.shift_mm, motion.turn_deg)
    match = Match("registration", motion, quality, 0.4, quality.words)
    return KeptMatch(
        match=match, images=(GRID.shape[0], grid.shape[0]), after_grid=grid, around="GTV", notes=(),
        by="test", at="2026-07-07T00:00:00+00:00",
    )  # fmt: skip


def keep_known(bench: Bench, asked: AskedPair) -> KeptMatch:
    kept = known_match()
    keep_match(asked.folder(bench.workplace.cases), kept)
    return kept
