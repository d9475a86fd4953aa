"""The planning CT as it lies on the CT after implantation, to look at both side by side."""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.journey.before_after.planes import moved_grid, sampled_volume
from seedbed.journey.workbench.kept_arrays import drop_files, kept_array
from seedbed.journey.workbench.resampled import Stored, stored, upright
from seedbed.journey.workbench.rooms import OpenCase, Rooms
from seedbed.journey.workbench.verifications.folder import KeptRun

FOLDER: Final = "planning-ct"
KEPT: Final = 12
"""So many verifications keep it, the latest; local rule: each takes as much disk as a CT."""


def motion_of(run: KeptRun) -> RigidTransform:
    """Return how points of the planning CT come to lie on the CT after implantation.

    Raises
    ------
    InputError
        The registration of a run bends, and is no motion.
    """
    moved, record = run.shown()["to_post"], run.record()
    if moved is not None:
        return RigidTransform(np.array(moved["rotation"]), np.array(moved["shift_mm"]))
    if record["registration"] is not None:
        raise InputError("a registration that bends", "a rigid one", "look at the checker-board of the sheet")
    return RigidTransform.none()


def laid_on(planning: OpenCase, grid: VoxelGrid, to_post: RigidTransform) -> Stored:
    """Sample the planning CT at the voxels of the CT after implantation.

    Parameters
    ----------
    planning : OpenCase
    grid : VoxelGrid
        Of the CT after implantation.
    to_post : RigidTransform

    Returns
    -------
    ndarray of int16, shape ``grid.shape``
        HU; `seedbed.journey.workbench.resampled.NOTHING` where the planning CT shows nothing.

    Raises
    ------
    ImageError
        The two show no place in common.
    """
    ct = planning.ct.volume
    return stored(sampled_volume(ct.grid, ct.hu, moved_grid(upright(grid), to_post.inverse())))


def kept_laid_on(
    rooms: Rooms, folder: Path, planning: OpenCase, *, grid: VoxelGrid, to_post: RigidTransform
) -> Stored:
    """Return what `laid_on` does, sampled once for a verification and kept for the next look.

    Parameters
    ----------
    rooms : Rooms
    folder : Path
        Of the verification.
    planning : OpenCase
    grid : VoxelGrid
    to_post : RigidTransform

    Raises
    ------
    ImageError, OutputError
        The two show no place in common; it cannot be kept.
    """
    state = repr(
        (to_post.rotation.tolist(), to_post.shift_mm.tolist(), grid, planning.row.case, planning.images)
    )
    path = folder / FOLDER / f"{hashlib.sha256(state.encode()).hexdigest()[:12]}.npy"

    def sample() -> Stored:
        _drop_old(folder)
        return laid_on(planning, grid, to_post)

    return kept_array(path, sample, alone=rooms.alone(f"pixels {path}"), instead_of="[!.]*.npy")


def _drop_old(folder: Path) -> None:
    """Delete those of verifications that were looked at long ago, of all cases."""
    cases = folder.parent.parent.parent
    found = cases.glob(f"*/{folder.parent.name}/*/{FOLDER}/[!.]*.npy")
    latest = sorted(found, key=_written, reverse=True)
    drop_files(latest[KEPT - 1 :])


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
