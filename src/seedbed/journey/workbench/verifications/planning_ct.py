"""The planning CT as it lies on the CT after implantation, to look at both side by side."""

import numpy as np

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.journey.before_after.planes import moved_grid, sampled_volume
from seedbed.journey.workbench.resampled import Stored, stored, upright
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.verifications.folder import KeptRun


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
