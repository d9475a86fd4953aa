"""RTSTRUCT: contours read; they belong to a CT or a dose by frame of reference and geometry."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import RTStructureSetStorage

from seedbed.dicom.contours import planar_contour, structure_of
from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import read_dataset, reading, require, text
from seedbed.dicom.structure_items import by_number, closed, kinds, only, usual_slice_mm
from seedbed.errors import StructureError, one_of
from seedbed.geometry import Structure


@dataclass(frozen=True)
class _Place:
    """Where structures must lie: a frame of reference, what it is of, and the slice distance, mm."""

    frame_uid: str
    of: str
    slice_mm: float


def read_structures(path: Path, ct: CtSeries) -> dict[str, Structure]:
    """Read the closed contours of a structure set that belongs to a CT.

    The link is the frame of reference; references to single images are not followed, since real files often
    carry wrong ones. Structures without closed contours are left out.

    Raises
    ------
    StructureError
        Not an RTSTRUCT, another frame of reference, two structures of one name or number, contours that do
        not lie in axial planes.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        place = _Place(ct.identity.frame_uid, "CT", ct.volume.grid.spacing_mm[2])
        return _structures(_open(path), place, path)


def read_structures_of(
    path: Path,
    frame_uid: str,
    slice_mm: float | None = None,
    *,
    names: Collection[str] | None = None,
    of: str = "dose",
) -> dict[str, Structure]:
    """Read the closed contours of a structure set in a frame of reference, where there is no CT.

    Parameters
    ----------
    path : Path
    frame_uid : str
        Frame of reference, as of a dose.
    slice_mm : float, optional
        Slice distance of the CT on which it was drawn; without it the median distance between neighbouring
        planes over all structures of the file.
    names : collection of str, optional
        Read these structures only, whatever the others are like; all without.
    of : str
        What the frame of reference is of, for sentences: ``"dose"``, ``"plan"``.

    Raises
    ------
    StructureError
        As `read_structures`, and no two planes from which to take a slice distance; with ``names``, one that
        is not there or whose contours have no area.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        dataset = _open(path)
        usual = usual_slice_mm(dataset, path, lenient=names is not None) if slice_mm is None else slice_mm
        place = _Place(frame_uid, of, usual)
        if names is None:
            return _structures(dataset, place, path)
        found = _structures(only(dataset, names, path), place, path)
        return {name: choose(found, name, "structure") for name in found}


@dataclass(frozen=True)
class StructureSetHeader:
    """A structure set without its contours.

    Attributes
    ----------
    uid : str
        SOP instance UID.
    frame_uid : str
        Its frame of reference; empty where it names none or several.
    names : tuple of str
        All structures that it lists, those without contours too.
    """

    uid: str
    frame_uid: str
    names: tuple[str, ...]


def read_structure_set_header(path: Path) -> StructureSetHeader:
    """Read UID, frame of reference and names of a structure set.

    Raises
    ------
    StructureError
        Not an RTSTRUCT.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        dataset = _open(path)
        rois = list(dataset.get("StructureSetROISequence") or [])
        stated = [*rois, dataset, *(dataset.get("ReferencedFrameOfReferenceSequence") or [])]
        keywords = ("ReferencedFrameOfReferenceUID", "FrameOfReferenceUID")
        frames = {text(item, keyword) for item in stated for keyword in keywords} - {""}
        names = tuple(text(roi, "ROIName") for roi in rois)
        return StructureSetHeader(
            text(dataset, "SOPInstanceUID"), frames.pop() if len(frames) == 1 else "", names
        )


def _open(path: Path) -> Dataset:
    dataset = read_dataset(path)
    if dataset.get("SOPClassUID") != RTStructureSetStorage:
        raise StructureError(
            f"file '{path.name}' has the modality {text(dataset, 'Modality') or 'none'}",
            "an RTSTRUCT",
            "choose the structure set",
        )
    return dataset


def _structures(dataset: Dataset, place: _Place, path: Path) -> dict[str, Structure]:
    rois = by_number(dataset, "StructureSetROISequence", "ROINumber", path.name)
    drawn = by_number(dataset, "ROIContourSequence", "ReferencedROINumber", path.name)
    _check_named(drawn, rois, path)
    found: dict[str, Structure] = {}
    kind = kinds(dataset)
    for number in (number for number in rois if number in drawn):
        contours = closed(drawn[number], path.name)
        if contours:
            _check_frame(rois[number], dataset, place, path)
            structure = _structure(rois[number], contours, place, path)
            _add(found, replace(structure, kind=kind.get(number, "")), path)
    return found


def _check_named(drawn: dict[int, Dataset], rois: dict[int, Dataset], path: Path) -> None:
    """Refuse contours of a structure that is not in the list of structures, and so has no name."""
    nameless = [number for number in drawn if number not in rois]
    if nameless:
        raise StructureError(
            f"'{path.name}' holds contours of a structure number {nameless[0]} that it does not list",
            f"one of the numbers {sorted(rois)}",
            "export it again",
        )


def _structure(roi: Dataset, contours: list[Dataset], place: _Place, path: Path) -> Structure:
    require(roi, "ROIName", name=path.name)
    name = text(roi, "ROIName")
    planes = [planar_contour(np.array(c.ContourData, dtype=float), name, path.name) for c in contours]
    return structure_of(name, planes, place.slice_mm)


def _add(found: dict[str, Structure], structure: Structure, path: Path) -> None:
    if structure.name in found:
        raise StructureError(
            f"'{path.name}' holds two structures named '{structure.name}'",
            "one structure of each name",
            "rename one of them",
        )
    found[structure.name] = structure


def _check_frame(roi: Dataset, dataset: Dataset, place: _Place, path: Path) -> None:
    """Refuse a structure of another frame of reference; where it names none, that of the file holds."""
    stated = [text(roi, "ReferencedFrameOfReferenceUID")]
    listed = [
        text(item, "FrameOfReferenceUID") for item in dataset.get("ReferencedFrameOfReferenceSequence") or []
    ]
    header = [text(dataset, "FrameOfReferenceUID")]
    frames = next((known for uids in (stated, listed, header) if (known := set(uids) - {""})), set())
    if frames != {place.frame_uid}:
        raise StructureError(
            f"structure '{text(roi, 'ROIName')}' of '{path.name}' has the frame of reference "
            f"{' and '.join(sorted(frames)) or 'none'}",
            f"that of the {place.of}, {place.frame_uid or 'which has none'}",
            f"choose the {place.of} that belongs to it, or register the two first",
        )


def choose(structures: dict[str, Structure], name: str, what: str = "target") -> Structure:
    """Return a structure by name.

    Raises
    ------
    StructureError
        No structure of that name (those present are listed), or one whose contours have no area.
    """
    if name not in structures:
        raise StructureError(
            f"there is no structure '{name}' with closed contours",
            one_of(structures, name),
            f"choose one of them as {what}",
        )
    chosen = structures[name]
    if not any(region.area > 0 for region in chosen.regions.values()):
        raise StructureError(
            f"the contours of structure '{name}' have no area",
            "contours that enclose one",
            f"draw it again or choose another {what}",
        )
    return chosen


def check_inside(structure: Structure, ct: CtSeries) -> None:
    """Refuse a structure that reaches outside the image by more than one voxel."""
    grid = ct.volume.grid
    margin = np.asarray(grid.spacing_mm)
    lower, upper = structure.bounds_mm
    below, above = lower < grid.lower_mm() - margin, upper > grid.upper_mm() + margin
    if below.any() or above.any():
        raise StructureError(
            f"the contours of '{structure.name}' reach from {lower.round(1).tolist()} to "
            f"{upper.round(1).tolist()} mm, outside the image",
            f"contours within {grid.lower_mm().round(1).tolist()} to {grid.upper_mm().round(1).tolist()} mm",
            "choose the CT on which they were drawn, or one that covers them",
        )
