"""RTSTRUCT: contours read; they belong to a CT or a dose by frame of reference and geometry."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydicom import Dataset

from seedbed.dicom.contours import planar_contour, structure_of
from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import reading, require, text
from seedbed.dicom.structure_items import (
    by_number,
    check_frame,
    check_named,
    closed,
    kinds,
    left_out,
    only,
    open_structure_set,
    usual_slice_mm,
)
from seedbed.errors import StructureError, one_of
from seedbed.geometry import Structure


@dataclass(frozen=True)
class _Place:
    """Where structures must lie: a frame of reference, what it is of, and the slice distance, mm."""

    frame_uid: str
    of: str
    slice_mm: float


@dataclass(frozen=True)
class StructureReading:
    """What a structure set holds, and what was made of it.

    Attributes
    ----------
    structures : dict of str to Structure
        Those with closed contours, by name.
    empty : tuple of str
        Names of those that are listed without closed contours.
    notes : tuple of str
        Sentences on names that were not as declared, contours left out, names that are listed twice.
    patient_id : str
        Empty where the file names none.
    """

    structures: dict[str, Structure]
    empty: tuple[str, ...]
    notes: tuple[str, ...]
    patient_id: str = ""


def read_structures(path: Path, ct: CtSeries) -> dict[str, Structure]:
    """Read the closed contours of a structure set that belongs to a CT, as `read_structure_file`, no more."""
    return read_structure_file(path, ct).structures


def read_structure_file(path: Path, ct: CtSeries) -> StructureReading:
    """Read a structure set that belongs to a CT, with notes on what was passed over.

    The link is the frame of reference; references to single images are not followed, since real files often
    carry wrong ones. Of two structures of one name the one without closed contours is passed over.

    Raises
    ------
    StructureError
        Not an RTSTRUCT, another frame of reference, two structures of one name with contours, or of one
        number, contours that do not lie in axial planes.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        dataset, notes = open_structure_set(path)
        place = _Place(ct.identity.frame_uid, "CT", ct.volume.grid.spacing_mm[2])
        structures = _structures(dataset, place, path)
        listed = [text(roi, "ROIName") for roi in dataset.StructureSetROISequence]
        empty = tuple(name for name in dict.fromkeys(listed) if name and name not in structures)
        said = (*notes, *_passed_over(dataset, listed, path))
        return StructureReading(structures, empty, said, text(dataset, "PatientID"))


def _passed_over(dataset: Dataset, listed: list[str], path: Path) -> list[str]:
    """Sentences on contours that were left out and on names that are listed twice."""
    rois = by_number(dataset, "StructureSetROISequence", "ROINumber", path.name)
    drawn = by_number(dataset, "ROIContourSequence", "ReferencedROINumber", path.name)
    said = [left_out(drawn[n], text(rois[n], "ROIName"), path.name) for n in rois if n in drawn]
    twice = [name for name, count in Counter(listed).items() if count > 1]
    return [note for note in said if note] + [
        f"'{path.name}' lists the name '{name}' more than once; one of them at most has closed contours."
        for name in twice
    ]


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
        dataset, _ = open_structure_set(path)
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
    notes : tuple of str
        Sentences on names that were not as declared.
    patient_id : str
        Empty where it names none.
    series_uids : tuple of str
        Series of images on which it says that it was drawn.
    """

    uid: str
    frame_uid: str
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()
    patient_id: str = ""
    series_uids: tuple[str, ...] = ()


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
        dataset, notes = open_structure_set(path)
        rois = list(dataset.get("StructureSetROISequence") or [])
        stated = [*rois, dataset, *(dataset.get("ReferencedFrameOfReferenceSequence") or [])]
        keywords = ("ReferencedFrameOfReferenceUID", "FrameOfReferenceUID")
        frames = {text(item, keyword) for item in stated for keyword in keywords} - {""}
        names = tuple(text(roi, "ROIName") for roi in rois)
        return StructureSetHeader(
            text(dataset, "SOPInstanceUID"),
            frames.pop() if len(frames) == 1 else "",
            names,
            notes,
            text(dataset, "PatientID"),
            _series_of(dataset),
        )


def _series_of(dataset: Dataset) -> tuple[str, ...]:
    """Series of images to which the frames of a structure set refer."""
    studies = [
        study
        for frame in dataset.get("ReferencedFrameOfReferenceSequence") or []
        for study in frame.get("RTReferencedStudySequence") or []
    ]
    series = [
        text(one, "SeriesInstanceUID") for s in studies for one in s.get("RTReferencedSeriesSequence") or []
    ]
    return tuple(dict.fromkeys(uid for uid in series if uid))


def _structures(dataset: Dataset, place: _Place, path: Path) -> dict[str, Structure]:
    rois = by_number(dataset, "StructureSetROISequence", "ROINumber", path.name)
    drawn = by_number(dataset, "ROIContourSequence", "ReferencedROINumber", path.name)
    check_named(drawn, rois, path.name)
    found: dict[str, Structure] = {}
    kind = kinds(dataset)
    for number in (number for number in rois if number in drawn):
        contours = closed(drawn[number], path.name)
        if contours:
            check_frame(rois[number], dataset, place.frame_uid, path, of=place.of)
            structure = _structure(rois[number], contours, place, path)
            _add(found, replace(structure, kind=kind.get(number, "")), path)
    return found


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
