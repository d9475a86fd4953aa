"""The planning CT laid on that after implantation: places stay, however the patient turned."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.transform import Rotation
from tests.unit.journey.workbench.verifications.kept import begun, keep_run

from seedbed.errors import ImageError, InputError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.resampled import NOTHING, stored, whole_hu
from seedbed.journey.workbench.rooms import OpenCase, Rooms
from seedbed.journey.workbench.verifications import planning_ct
from seedbed.journey.workbench.verifications.folder import kept_runs
from seedbed.journey.workbench.verifications.planning_ct import FOLDER, kept_laid_on, laid_on, motion_of

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


def test_it_is_sampled_once_and_kept_until_the_motion_or_the_ct_is_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = tmp_path / "0/verifications/1", list[int]()
    rooms, start = Rooms(tmp_path / "store", tmp_path), Barrier(4)

    def counted(*given: Any) -> Any:
        made.append(1)
        return laid_on(*given)

    def ask(shift_mm: float, images: int = 21) -> Any:
        planning: Any = opened()
        planning.row, planning.images = SimpleNamespace(case="0"), (images, "")
        to_post = RigidTransform(np.eye(3), np.array([shift_mm, 0.0, 0.0]))
        return kept_laid_on(rooms, folder, planning, grid=AFTER, to_post=to_post)

    def at_once(_number: int) -> Any:
        start.wait()
        return ask(1.0)

    monkeypatch.setattr(planning_ct, "laid_on", counted)
    with ThreadPoolExecutor(4) as threads:
        found = [*threads.map(at_once, range(4))]
    assert len(made) == 1
    still = RigidTransform(np.eye(3), np.array([1.0, 0.0, 0.0]))
    assert all(np.array_equal(each, laid_on(opened(), AFTER, still)) for each in found)
    assert not np.array_equal(ask(2.0), found[0])
    ask(2.0, images=25)
    assert (len(made), len([*(folder / FOLDER).iterdir()])) == (3, 1)


def test_rounding_needs_no_more_room_than_the_answer_and_some_slices() -> None:
    hu = np.zeros((64, 256, 256), dtype=np.float32)
    tracemalloc.start()
    try:
        whole = stored(hu)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < whole.nbytes + 6 * hu[0].nbytes


@given(arrays(np.float32, (2, 3, 4), elements=st.floats(-1e6, 1e6, width=32) | st.just(np.float32("nan"))))
def test_a_rounded_ct_is_off_by_half_a_unit_and_nothing_only_where_nothing_is(hu: Any) -> None:
    there = np.isfinite(hu)
    if not there.any():
        with pytest.raises(ImageError, match="no place in common"):
            stored(hu)
        return
    whole = stored(hu)
    assert ((whole == NOTHING) == ~there).all()
    near = np.clip(hu[there], NOTHING + 1, 32767)
    assert np.abs(whole[there] - near).max() <= 0.5
    assert np.array_equal(
        whole_hu(np.where(there, hu, 0))[there & (hu > -32767)], whole[there & (hu > -32767)]
    )
