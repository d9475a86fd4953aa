"""DICOM SEG read: segments of any system as structures, placed by the position of each frame."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import SegmentationStorage

from seedbed.dicom.character_sets import declared_sets, read_text
from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import (
    MALFORMED,
    SOUND_DECODERS,
    items,
    number,
    numbers,
    read_dataset,
    reading,
    require,
    text,
    undecoded,
)  # fmt: skip
from seedbed.dicom.segment_codes import kind_of
from seedbed.dicom.structures import StructureReading
from seedbed.errors import StructureError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.outlines import structure_of_coverage, structure_of_mask

BINARY, FRACTIONAL = "BINARY", "FRACTIONAL"
ON_VOXEL = 0.05
"""A frame lies on the voxels of the CT when no pixel of it is off by more than this share (local rule)."""
LARGEST_PADDING = 2
"""Bytes behind the pixels: a last byte that is not full, and one to make the length even (PS3.5 8.1.1)."""
SAME_DISTANCE = 0.05
"""Frames stand one slice of the CT apart when their stated distance is within 5 % of it (local rule)."""
Voxels = NDArray[np.int64]
Stored = NDArray[np.uint8]
Volume = NDArray[np.uint8] | NDArray[np.bool_]


class _Frame(NamedTuple):
    """Where a frame lies: its segment, the voxel of its first pixel, steps to the next column and row."""

    segment: int
    first: Voxels
    to_column: Voxels
    to_row: Voxels

    @property
    def normal(self) -> int:
        """Array axis across which frames are stacked."""
        return int(np.flatnonzero((self.to_column == 0) & (self.to_row == 0))[0])


def read_segmentation(path: Path, ct: CtSeries) -> dict[str, Structure]:
    """Read the segments of a DICOM SEG on the voxels of a CT, as `read_segmentation_file`, no more."""
    return read_segmentation_file(path, ct).structures


def read_segmentation_file(path: Path, ct: CtSeries) -> StructureReading:
    """Read a DICOM SEG that lies on the voxels of a CT, with notes.

    Binary segments get outlines along voxel edges, with the volume of their voxels. Fractional ones, of
    probability or occupancy, get outlines that enclose on each plane the sum of their shares. Frames may be
    stored in any direction along the axes and may cover a part of the CT; frames that are left out are
    empty.

    Parameters
    ----------
    path : Path
    ct : CtSeries

    Returns
    -------
    StructureReading
        Structures by the label of their segment; those without a voxel are named as empty.

    Raises
    ------
    StructureError
        No binary or fractional SEG, another frame of reference, frames that do not lie on voxels of the CT,
        slice by slice, two segments of one label, frames of a segment that is not described, another number
        of frames than of places, pixels of more than 8 bits.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        dataset = _open(path, ct)
        grid = ct.volume.grid
        frames = _frames(dataset, grid, path.name)
        _check_size(dataset, len(frames), path.name)
        most = _whole(dataset, path.name)
        labels, notes = _labels(dataset, frames, path)
        found, empty = {}, []
        for segment, (label, kind) in labels.items():
            here = {place: frame for place, frame in enumerate(frames) if frame.segment == segment}
            volume = np.zeros(grid.shape, dtype=bool if most is None else np.uint8)
            for frame, flat in zip(here.values(), _stored(dataset, list(here), path.name), strict=True):
                _place(frame, flat, volume)
            if not volume.any():
                empty.append(label)
            elif most is None:
                found[label] = structure_of_mask(label, volume, grid, kind=kind)
            else:
                found[label] = structure_of_coverage(label, volume / most, grid, kind=kind)
        return StructureReading(found, tuple(empty), notes)


def _open(path: Path, ct: CtSeries) -> Dataset:
    dataset = read_dataset(path)
    kind = text(dataset, "SegmentationType")
    if dataset.get("SOPClassUID") != SegmentationStorage or kind not in (BINARY, FRACTIONAL):
        raise StructureError(
            f"file '{path.name}' has the modality {text(dataset, 'Modality') or 'none'}, the SOPClassUID "
            f"{text(dataset, 'SOPClassUID') or 'none'} and the SegmentationType {kind or 'none'}",
            f"a DICOM SEG ({SegmentationStorage}), {BINARY} or {FRACTIONAL}",
            "choose the segmentation",
        )
    frame_uid = text(dataset, "FrameOfReferenceUID")
    if not frame_uid or frame_uid != ct.identity.frame_uid:
        raise StructureError(
            f"'{path.name}' has the frame of reference {frame_uid or 'none'}",
            f"that of the CT, {ct.identity.frame_uid or 'which has none'}",
            "choose the CT that belongs to it, or register the two first",
        )
    return dataset


def _labels(
    dataset: Dataset, frames: list[_Frame], path: Path
) -> tuple[dict[int, tuple[str, str]], tuple[str, ...]]:
    """Label and kind of each segment by its number, and notes on labels that are not as declared."""
    sets, notes = declared_sets(dataset), []
    labels: dict[int, tuple[str, str]] = {}
    for item in items(dataset, "SegmentSequence", name=path.name):
        label, remark = read_text(item, "SegmentLabel", declared_sets(item, sets))
        kind = require(item, "SegmentedPropertyTypeCodeSequence", name=path.name)[0]
        labels[int(require(item, "SegmentNumber", name=path.name))] = (
            label, kind_of(text(kind, "CodingSchemeDesignator"), text(kind, "CodeValue")),
        )  # fmt: skip
        notes += [f"In '{path.name}' the label {remark}."] if remark else []
    known = [label for label, _ in labels.values()]
    if len(set(known)) != len(known) or "" in known or not {frame.segment for frame in frames} <= set(labels):
        raise StructureError(
            f"'{path.name}' has the segments {known} (SegmentLabel) with the SegmentNumber {list(labels)}, "
            f"and frames with the ReferencedSegmentNumber {sorted({frame.segment for frame in frames})}",
            "a label of its own for each segment, and a segment for each frame",
            "rename a segment, or export it again",
        )
    return labels, tuple(notes)


def _frames(dataset: Dataset, grid: VoxelGrid, name: str) -> list[_Frame]:
    shared = items(dataset, "SharedFunctionalGroupsSequence", name=name)
    size = np.array([number(dataset, keyword, name=name) for keyword in ("Columns", "Rows")])
    found = [
        _frame([each, *shared], size, grid, name)
        for each in items(dataset, "PerFrameFunctionalGroupsSequence", name=name)
    ]
    count = int(number(dataset, "NumberOfFrames", name=name))
    if count != len(found):
        raise StructureError(
            f"'{name}' has the NumberOfFrames {count}, and its PerFrameFunctionalGroupsSequence says of "
            f"{len(found)} where they lie",
            "a place for each frame",
            "export it again",
        )
    if len({frame.normal for frame in found}) > 1:
        raise StructureError(
            f"'{name}' has frames of several orientations", "frames of one", "export it again"
        )
    _check_each_slice(found, [*shared, *dataset.PerFrameFunctionalGroupsSequence][0], grid, name)
    return found


def _frame(groups: list[Dataset], size: NDArray[np.float64], grid: VoxelGrid, name: str) -> _Frame:
    """Read where a frame lies; its own functional groups come before those shared by all."""
    place, turn, measures, what = (
        _group(groups, f"{keyword}Sequence", name)
        for keyword in ("PlanePosition", "PlaneOrientation", "PixelMeasures", "SegmentIdentification")
    )
    corner = numbers(place, "ImagePositionPatient", count=3, name=name)
    cosines = numbers(turn, "ImageOrientationPatient", count=6, name=name).reshape(2, 3)
    between = numbers(measures, "PixelSpacing", count=2, name=name)[::-1, None]
    steps = (cosines * between / np.asarray(grid.spacing_mm))[:, ::-1]
    exact = np.vstack([grid.indices(corner[None]), steps])
    whole = np.rint(exact).astype(np.int64)
    off = float((np.abs(exact - whole) * np.array([1, *(size - 1)])[:, None]).max())
    last = whole[0] + ((size - 1)[:, None] * whole[1:]).sum(axis=0)
    ends = np.stack([whole[0], last])
    if off > ON_VOXEL or (ends < 0).any() or (ends >= grid.shape).any():
        raise StructureError(
            f"a frame of '{name}' does not lie on the voxels of the CT (ImagePositionPatient "
            f"{corner.round(2).tolist()}, ImageOrientationPatient {cosines.round(3).ravel().tolist()}, "
            f"PixelSpacing {between.ravel()[::-1].tolist()}, Rows {size[1]:g}, Columns {size[0]:g})",
            f"frames on the grid from {list(grid.origin_mm)} mm with steps of {list(grid.spacing_mm)} mm",
            "choose the CT on which it was made, or resample it to this one",
        )
    return _Frame(int(number(what, "ReferencedSegmentNumber", name=name)), *whole)


def _group(groups: list[Dataset], keyword: str, name: str) -> Dataset:
    for group in groups:
        if group.get(keyword):
            return items(group, keyword, name=name)[0]
    raise StructureError(
        f"a frame of '{name}' has no {keyword} in its own functional groups or in the "
        "SharedFunctionalGroupsSequence",
        "a complete DICOM SEG",
        "export it again",
    )


def _check_each_slice(frames: list[_Frame], groups: Dataset, grid: VoxelGrid, name: str) -> None:
    """Refuse frames that stand for thicker slices than those of the CT: planes between would be empty."""
    if not frames:
        return
    step = grid.spacing_mm[2 - frames[0].normal]
    planes = np.unique([frame.first[frame.normal] for frame in frames])
    measures = groups.get("PixelMeasuresSequence") or [Dataset()]
    stated = measures[0].get("SpacingBetweenSlices")
    distance = float(stated) if stated else step * float(np.diff(planes).min() if len(planes) > 1 else 1)
    if abs(distance / step - 1) > SAME_DISTANCE:
        raise StructureError(
            f"the frames of '{name}' stand {distance:g} mm apart (SpacingBetweenSlices)",
            f"one for each slice of the CT, {step:g} mm",
            "resample it to the CT",
        )


def _check_size(dataset: Dataset, frames: int, name: str) -> None:
    """Refuse more pixels than there should be: frames would begin at other places among them."""
    if dataset.file_meta.TransferSyntaxUID.is_encapsulated:
        return
    bits = number(dataset, "BitsAllocated", name=name) * dataset.Rows * dataset.Columns * frames
    stored = len(dataset.get("PixelData") or b"")
    if stored > bits // 8 + LARGEST_PADDING:
        raise StructureError(
            f"'{name}' has {stored} bytes of PixelData",
            f"{bits / 8:.0f}, by Rows {dataset.Rows}, Columns {dataset.Columns}, NumberOfFrames {frames} and "
            "BitsAllocated",
            "export it again",
        )


def _whole(dataset: Dataset, name: str) -> np.float32 | None:
    """Return the stored value that is a whole voxel; None where any is."""
    if text(dataset, "SegmentationType") == BINARY:
        return None
    return np.float32(number(dataset, "MaximumFractionalValue", name=name))


def _stored(dataset: Dataset, places: list[int], name: str) -> Iterator[Stored]:
    """Pixels of some frames, one after the other: those of all segments at once may fill the memory."""
    for flat in _decoded(dataset, places, name) if places else ():
        if flat.dtype != np.uint8 or flat.shape != (dataset.Rows, dataset.Columns):
            raise StructureError(
                f"'{name}' has frames of shape {flat.shape} and type {flat.dtype}",
                "one number from 0 to 255 for each pixel",
                "export it again",
            )
        yield flat


def _decoded(dataset: Dataset, places: list[int], name: str) -> Iterator[Stored]:
    syntax = dataset.file_meta.TransferSyntaxUID
    try:
        if syntax.is_encapsulated and syntax not in SOUND_DECODERS:
            raise NotImplementedError(f"transfer syntax {syntax.name}")
        yield from iter_pixels(dataset, indices=places, decoding_plugin=SOUND_DECODERS.get(syntax, ""))
    except MALFORMED as error:
        raise undecoded(dataset, error, name=name, refusal=StructureError) from error


def _place(frame: _Frame, flat: Stored, volume: Volume) -> None:
    """Put a frame of a segment on the grid; where several lie on one place the largest value holds."""
    row, column = (int(np.abs(step).argmax()) for step in (frame.to_row, frame.to_column))
    place: list[int | slice] = frame.first.tolist()
    for axis, step, count in zip((row, column), (frame.to_row, frame.to_column), flat.shape, strict=True):
        place[axis] = _span(int(frame.first[axis]), int(step[axis]), count)
    part = volume[tuple(place)]
    join = np.logical_or if volume.dtype == bool else np.maximum
    join(part, flat if row < column else flat.T, out=part)


def _span(first: int, step: int, count: int) -> slice:
    """So many voxels from one on, upwards or downwards."""
    beyond = first + step * count
    return slice(first, beyond if beyond >= 0 else None, step)
