"""Both CTs, and PET, on the voxels of the CT before; what was resampled is kept for the next look."""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom import read_pet_series
from seedbed.dicom.pet_activity import Tracer, read_pet_tracer
from seedbed.errors import ImageError
from seedbed.geometry import RigidTransform, VoxelGrid
from seedbed.journey.before_after.matching import Match
from seedbed.journey.before_after.planes import moved_grid, sampled_volume
from seedbed.journey.before_after.reading import PetImage, check_tracers
from seedbed.journey.workbench.case_folder import CaseRow, linked_folder
from seedbed.journey.workbench.kept_arrays import drop_files, kept_array
from seedbed.journey.workbench.pairs.asked import FOLDER, AskedPair, opened_as_asked
from seedbed.journey.workbench.pairs.series import PetRow, pets_of
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.resampled import Stored, stored, upright
from seedbed.journey.workbench.rooms import Rooms
from seedbed.journey.workbench.workplace import Workplace

PET_STEP_MM: Final = 2.5
"""PET is shown on voxels of at most this, or of the CT's own size; local rule: scanners have 2 to 5 mm."""
KEPT_PAIRS: Final = 12
"""So many pairs keep their pixels, the latest; local rule: each takes as much disk as a CT."""
AFTER = "after"
PIXELS: Final = "[!.]*.npy"
"""Files that are whole: those that are being written begin with a dot."""
Which = Literal["before", "after"]
PLACE: Final = {"z": 0, "y": 1, "x": 2}


def after_on_before(workplace: Workplace, asked: AskedPair, match: Match) -> Stored:
    """Return the CT after on the voxels of the CT before, HU.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    match : Match

    Returns
    -------
    ndarray of int16, shape of the CT before
        `seedbed.journey.workbench.resampled.NOTHING` where the CT after shows nothing.

    Raises
    ------
    ImageError
        The two have no place in common.
    ChangedElsewhereError
        A CT has other images than when the pair was looked up.
    """
    rooms = workplace.rooms
    grid = opened_as_asked(rooms, asked.before).ct.volume.grid
    opened_as_asked(rooms, asked.after)

    def sample() -> Stored:
        ct = rooms.case(asked.after.case).ct.volume
        return stored(sampled_volume(ct.grid, ct.hu, moved_grid(upright(grid), match.rigid)))

    path = asked.folder(workplace.cases) / f"{AFTER}-{_token(asked, match)}.npy"
    kept = kept_array(path, sample, alone=rooms.alone(f"pixels {path}"), instead_of=f"{AFTER}-*.npy")
    _check_shape(kept, grid)
    return kept


def plane_pair(
    workplace: Workplace, asked: AskedPair, match: Match, *, axis: str, position_mm: float
) -> tuple[dict[str, Any], bytes]:
    """Return both CTs in the plane of the CT before that is nearest to a position.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    match : Match
    axis : {"z", "y", "x"}
        Across the plane.
    position_mm : float

    Returns
    -------
    dict
        ``axis``, ``index``, ``position_mm``, ``shape`` (rows, columns), ``origin_mm``, ``spacing_mm``.
    bytes
        The CT before, then the CT after: int16, little-endian, rows towards the head or the back.

    Raises
    ------
    NotFoundError
        A position outside the CT before.
    ChangedElsewhereError
        A CT has other images than when the pair was looked up.
    """
    opened = opened_as_asked(workplace.rooms, asked.before)
    grid, across = opened.ct.volume.grid, PLACE[axis]
    along = 2 - across
    low, high = float(grid.lower_mm()[along]), float(grid.upper_mm()[along])
    if not low <= position_mm <= high:
        raise NotFoundError(
            f"a plane at {axis} {position_mm:g} mm", f"{low:.1f} to {high:.1f} mm", "choose one within"
        )
    heights = grid.axis_mm(along)
    index = int(np.abs(heights - position_mm).argmin())
    after = after_on_before(workplace, asked, match)
    _check_shape(after, grid)
    planes = [np.ascontiguousarray(one.take(index, axis=across)) for one in (opened.hu, after)]
    head = {
        "axis": axis, "index": index, "position_mm": float(heights[index]), "shape": list(planes[0].shape),
        "origin_mm": list(grid.origin_mm), "spacing_mm": list(grid.spacing_mm),
    }  # fmt: skip
    return head, b"".join(each.astype("<i2").tobytes() for each in planes)


def pet_grid(ct: VoxelGrid) -> VoxelGrid:
    """Return the voxels on which PET is shown: over the CT, slice by slice, no finer than PET is.

    Examples
    --------
    >>> found = pet_grid(VoxelGrid((0.5, 0.5, 0.0), (1.0, 1.0, 3.0), (4, 10, 9)))
    >>> found.shape, found.spacing_mm, found.lower_mm().tolist()
    ((4, 5, 5), (2.0, 2.0, 3.0), [0.0, 0.0, -1.5])
    """
    nz, ny, nx = ct.shape
    (sx, sy, sz), lower = ct.spacing_mm, ct.lower_mm()
    by_x, by_y = (max(1, int(PET_STEP_MM // step)) for step in (sx, sy))
    step = (sx * by_x, sy * by_y, sz)
    x, y, z = (lower + np.array(step) / 2).tolist()
    return VoxelGrid((x, y, z), step, (nz, -(-ny // by_y), -(-nx // by_x)))


def pet_on_before(
    workplace: Workplace, asked: AskedPair, match: Match, which: Which, series: str
) -> tuple[VoxelGrid, NDArray[np.float32]]:
    """Return a PET in SUV by body weight on the planes of the CT before.

    Parameters
    ----------
    workplace : Workplace
    asked : AskedPair
    match : Match
    which : {"before", "after"}
        The CT in whose frame of reference the PET lies.
    series : str
        Name of the PET series.

    Returns
    -------
    VoxelGrid
    ndarray of float32
        g/mL; NaN where the PET shows nothing.

    Raises
    ------
    NotFoundError
        No such PET in this frame of reference.
    ImageError
        It gives no SUV.
    """
    row = asked.before if which == "before" else asked.after
    rooms = workplace.rooms
    found = find_pet(rooms, row, series)
    grid = pet_grid(opened_as_asked(rooms, asked.before).ct.volume.grid)

    def sample() -> NDArray[np.float32]:
        rigid = match.rigid if which == "after" else RigidTransform.none()
        pet = read_pet(workplace, row, found)
        values = sampled_volume(pet.grid, pet.values, moved_grid(upright(grid), rigid))
        if not np.isfinite(values).any():
            raise ImageError(
                f"a PET {which} that shows nothing of the CT before", "one that shows the same place",
                "choose another series",
            )  # fmt: skip
        return values

    of = f"pet-{which}-{found.series}"
    path = asked.folder(workplace.cases) / f"{of}-{found.images}-{_token(asked, match)}.npy"
    kept = kept_array(path, sample, alone=rooms.alone(f"pixels {path}"), instead_of=f"{of}-*.npy")
    _check_shape(kept, grid)
    return grid, kept


def find_pet(rooms: Rooms, row: CaseRow, series: str) -> PetRow:
    """Return a PET series in the frame of reference of a CT.

    Raises
    ------
    NotFoundError
    """
    found = next((each for each in pets_of(rooms, row) if each.series == series), None)
    if found is None:
        raise NotFoundError(
            f"no PET '{series[:40]}' in the frame of reference of this CT",
            "a PET of the same examination",
            "choose one of the list",
        )
    return found


def read_pet(workplace: Workplace, row: CaseRow, pet: PetRow) -> PetImage:
    """Read a PET as SUV by body weight.

    Raises
    ------
    ImageError
    """
    found = read_pet_series(_pet_folder(workplace, row, pet))
    return PetImage(found.grid, found.suv, found.identity, found.notes)


def check_one_tracer(workplace: Workplace, asked: AskedPair, before: str, after: str) -> None:
    """Refuse two PETs of different tracers or nuclides: they do not belong on one scale.

    Raises
    ------
    ImageError, NotFoundError
    """
    tracers: list[Tracer] = []
    for row, series in ((asked.before, before), (asked.after, after)):
        pet = find_pet(workplace.rooms, row, series)
        tracers.append(read_pet_tracer(_pet_folder(workplace, row, pet)))
    check_tracers(tracers[0], tracers[1])


def _pet_folder(workplace: Workplace, row: CaseRow, pet: PetRow) -> Path:
    wanted = workplace.rooms.store.instances(series_uid=pet.series_uid, patient_id=row.patient_id)
    folder = workplace.cases / row.case / "pet" / pet.series
    linked_folder(folder, {each.path.name: each.path for each in wanted})
    return folder


def drop_old_pixels(cases: Path, asked: AskedPair, match: Match) -> None:
    """Delete pixels of a pair by earlier motions, and of pairs that were matched long ago.

    Of the latter they are resampled again when asked for.

    Parameters
    ----------
    cases : Path
    asked : AskedPair
        The pair that was matched now.
    match : Match
        Its motion, whose pixels stay.
    """
    keep, token = asked.folder(cases), _token(asked, match)
    drop_files(path for path in keep.glob(PIXELS) if not path.name.endswith(f"-{token}.npy"))
    folders = {path.parent for path in cases.glob(f"*/{FOLDER}/*/{AFTER}-*.npy")} - {keep}
    latest = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in latest[KEPT_PAIRS - 1 :]:
        drop_files(folder.glob(PIXELS))


def _token(asked: AskedPair, match: Match) -> str:
    """Name what pixels depend on, so that those of another motion or of fewer images are not taken."""
    rigid = match.rigid
    text = rigid.rotation.astype("<f8").tobytes() + rigid.shift_mm.astype("<f8").tobytes()
    return hashlib.sha256(text + repr(asked.images).encode()).hexdigest()[:12]


def _check_shape(values: NDArray[Any], grid: VoxelGrid) -> None:
    """Refuse pixels that do not lie on the voxels of the CT before.

    Raises
    ------
    ImageError
    """
    if values.shape != grid.shape:
        raise ImageError(
            f"resampled images of {values.shape} voxels on a CT of {grid.shape}",
            "the same voxels",
            "lay the two CTs on each other again",
        )
