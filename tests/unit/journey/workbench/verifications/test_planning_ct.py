"""The planning CT laid on that after implantation: places stay, however the patient turned."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.resampled import NOTHING
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.verifications.folder import kept_runs
from seedbed.journey.workbench.verifications.planning_ct import laid_on, motion_of

BEFORE = VoxelGrid((-50.0, -40.0, -30.0), (2.0, 2.0, 3.0), (21, 41, 51))
AFTER = VoxelGrid((-30.0, -28.0, -12.0), (1.5, 2.5, 2.0), (13, 21, 37))
SLOPE = np.array([3.0, -5.0, 4.0])


@dataclass
class Read:
    volume: CtVolume


@dataclass
class Opened:
    ct: Read


def opened() -> OpenCase:
    """A CT whose HU rise evenly: between voxels, straight lines are then exact."""
    hu = (BEFORE.points_mm() @ SLOPE).reshape(BEFORE.shape).astype(np.float32)
    return cast(OpenCase, Opened(Read(CtVolume(BEFORE, hu))))


@pytest.mark.parametrize("turn_deg", [(0.0, 0.0, 0.0), (12.0, -7.0, 20.0)])
def test_each_voxel_shows_the_place_of_the_patient_that_lies_there(turn_deg: tuple[float, ...]) -> None:
    rotation = Rotation.from_euler("xyz", turn_deg, degrees=True).as_matrix()
    to_post = RigidTransform(rotation, np.array([4.0, -3.0, 2.0]))
    found = laid_on(opened(), AFTER, to_post)
    assert found.shape == AFTER.shape
    places = (AFTER.points_mm() - to_post.shift_mm) @ rotation
    there = BEFORE.contains(places)
    assert there.mean() > 0.8
    flat = found.reshape(-1)
    inner = there & (flat != NOTHING)
    np.testing.assert_allclose(flat[inner], places[inner] @ SLOPE, atol=0.51)
    far = np.any(
        (places < np.array(BEFORE.lower_mm()) - 2) | (places > np.array(BEFORE.upper_mm()) + 2), axis=1
    )
    assert (flat[far] == NOTHING).all()


def kept(tmp_path: Path, **shown: Any) -> Any:
    import json

    made = begun(tmp_path / "0" / "verifications")
    keep_run(made)
    run = kept_runs(made)[0]
    for name, more in shown.items():
        path = run.folder / f"{name}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | more), encoding="utf-8")
    return run


def test_the_motion_is_that_of_the_registration_and_none_where_both_share_a_frame(tmp_path: Path) -> None:
    moved = {"rotation": [[0, -1, 0], [1, 0, 0], [0, 0, 1]], "shift_mm": [5, 0, 1]}
    motion = motion_of(kept(tmp_path / "a", shown={"to_post": moved}))
    np.testing.assert_allclose(motion.apply(np.array([[1.0, 0.0, 0.0]])), [[5.0, 1.0, 1.0]])
    still = motion_of(kept(tmp_path / "b"))
    np.testing.assert_allclose(still.apply(np.array([[1.0, 2.0, 3.0]])), [[1.0, 2.0, 3.0]])
    with pytest.raises(InputError, match="bends"):
        motion_of(kept(tmp_path / "c", verify={"registration": {"kind": "deformable"}}))
