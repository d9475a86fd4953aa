"""Items of an RTSTRUCT: structures by number or name, their closed contours, the usual distance of planes."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import RTStructureSetStorage

from seedbed.dicom.character_sets import declared_sets, read_text
from seedbed.dicom.contours import SAME_PLANE_MM, one_plane_each
from seedbed.dicom.files import MALFORMED, FloatArray, items, read_dataset, require, text
from seedbed.errors import InputError, StructureError, one_of

CLOSED = ("CLOSED_PLANAR", "CLOSEDPLANAR_XOR")
"""Both are joined by the even-odd rule; the second, for holes, by definition (PS3.3 C.8.8.6.3)."""
OPEN = ("POINT", "OPEN_PLANAR", "OPEN_NONPLANAR")
"""Contours that enclose nothing."""
FEWEST_COORDINATES = 9


def open_structure_set(path: Path) -> tuple[Dataset, tuple[str, ...]]:
    """Open an RTSTRUCT with the names of its structures decoded; to be called within `reading`.

    Returns
    -------
    dataset : Dataset
    notes : tuple of str
        A sentence on each name that is not simply as its file declares.

    Raises
    ------
    StructureError
        Another kind of file.
    InputError
        No such file, or one that ends too early.
    """
    dataset = read_dataset(path)
    if dataset.get("SOPClassUID") != RTStructureSetStorage:
        raise StructureError(
            f"file '{path.name}' has the modality {text(dataset, 'Modality') or 'none'} and the SOPClassUID "
            f"{text(dataset, 'SOPClassUID') or 'none'}",
            f"an RTSTRUCT ({RTStructureSetStorage})",
            "choose the structure set",
        )
    sets, notes = declared_sets(dataset), []
    for roi in dataset.get("StructureSetROISequence") or []:
        name, remark = read_text(roi, "ROIName", declared_sets(roi, sets))
        if name:
            roi.ROIName = name
        if remark:
            notes.append(f"In '{path.name}' the name {remark}.")
    return dataset, tuple(notes)


def only(dataset: Dataset, names: Collection[str], path: Path) -> Dataset:
    """Return what a structure set says of some structures, and of the frame of the file."""
    rois = items(dataset, "StructureSetROISequence", name=path.name)
    listed = [text(roi, "ROIName") for roi in rois]
    for name in names:
        if name not in listed:
            raise StructureError(
                f"there is no structure '{name}' in '{path.name}'",
                one_of([known for known in listed if known], name),
                "choose one of them",
            )
    kept = [roi for roi in rois if text(roi, "ROIName") in names]
    numbers = {roi.get("ROINumber") for roi in kept}
    part = Dataset()
    part.StructureSetROISequence = kept
    part.ROIContourSequence = [
        drawn
        for drawn in items(dataset, "ROIContourSequence", name=path.name)
        if drawn.get("ReferencedROINumber") in numbers
    ]
    for keyword in ("RTROIObservationsSequence", "ReferencedFrameOfReferenceSequence", "FrameOfReferenceUID"):
        if keyword in dataset:
            part[keyword] = dataset[keyword]
    return part


def by_number(dataset: Dataset, sequence: str, keyword: str, name: str) -> dict[int, Dataset]:
    """Return the items of a sequence by their number.

    Raises
    ------
    StructureError
        Two items of one number.
    InputError
        No such sequence, an item without a number.
    """
    found: dict[int, Dataset] = {}
    for item in items(dataset, sequence, name=name):
        number = int(require(item, keyword, name=name))
        if number in found:
            raise StructureError(
                f"the {sequence} of '{name}' holds two items of {keyword} {number}",
                "one structure of each number",
                "export it again",
            )
        found[number] = item
    return found


def check_named(drawn: Collection[int], rois: Collection[int], name: str) -> None:
    """Refuse contours of a structure that is not in the list of structures, and so has no name."""
    nameless = [number for number in drawn if number not in rois]
    if nameless:
        raise StructureError(
            f"'{name}' holds contours of a structure number {nameless[0]} (ReferencedROINumber) that its "
            f"StructureSetROISequence does not list",
            f"one of the numbers {sorted(rois)} (ROINumber)",
            "export it again",
        )


def closed(drawn: Dataset, name: str) -> list[Dataset]:
    """Return the closed contours among those drawn for a structure."""
    return [contour for contour in drawn.get("ContourSequence") or [] if _is_closed(contour, name)]


def _is_closed(contour: Dataset, name: str) -> bool:
    if geometric_type(contour, name) not in CLOSED:
        return False
    count = len(require(contour, "ContourData", name=name))
    stated = contour.get("NumberOfContourPoints")
    if stated is not None and 3 * int(stated) != count:
        raise StructureError(
            f"a contour in '{name}' has the NumberOfContourPoints {int(stated)} and {count} numbers in its "
            f"ContourData",
            "three numbers for each point",
            "export it again",
        )
    return count >= FEWEST_COORDINATES


def geometric_type(contour: Dataset, name: str) -> str:
    """Return the Contour Geometric Type (PS3.3 C.8.8.6.1).

    Raises
    ------
    StructureError
        None that is known: the contour may enclose a volume or not.
    """
    found = text(contour, "ContourGeometricType")
    if found not in (*CLOSED, *OPEN):
        raise StructureError(
            f"a contour in '{name}' has the ContourGeometricType '{found}'",
            f"one of {', '.join((*CLOSED, *OPEN))}",
            "export it again",
        )
    return found


def left_out(drawn: Dataset, name: str, file: str) -> str | None:
    """Say which contours of a structure enclose nothing: points, lines, outlines of two points."""
    count = Counter(
        str(contour.ContourGeometricType)
        for contour in drawn.get("ContourSequence") or []
        if not _is_closed(contour, file)
    )
    listed = ", ".join(f"{number} {kind}" for kind, number in sorted(count.items()))
    return f"Structure '{name}' holds contours without a volume, left out: {listed}." if listed else None


def check_frame(roi: Dataset, dataset: Dataset, frame_uid: str, path: Path, *, of: str) -> None:
    """Refuse a structure of another frame of reference; where it names none, that of the file holds."""
    stated = [text(roi, "ReferencedFrameOfReferenceUID")]
    listed = [
        text(item, "FrameOfReferenceUID") for item in dataset.get("ReferencedFrameOfReferenceSequence") or []
    ]
    header = [text(dataset, "FrameOfReferenceUID")]
    frames = next((known for uids in (stated, listed, header) if (known := set(uids) - {""})), set())
    if frames != {frame_uid}:
        raise StructureError(
            f"structure '{text(roi, 'ROIName')}' of '{path.name}' has the frame of reference "
            f"{' and '.join(sorted(frames)) or 'none'}",
            f"that of the {of}, {frame_uid or 'which has none'}",
            f"choose the {of} that belongs to it, or register the two first",
        )


def kinds(dataset: Dataset) -> dict[int, str]:
    """Read what each structure is said to be, by its number; real files leave many unsaid."""
    return {
        int(item.ReferencedROINumber): text(item, "RTROIInterpretedType").upper()
        for item in dataset.get("RTROIObservationsSequence") or []
        if item.get("ReferencedROINumber") is not None
    }


def usual_slice_mm(dataset: Dataset, path: Path, *, lenient: bool) -> float:
    """Median distance between neighbouring planes of one structure, over all that can be read."""
    every = np.empty(0)
    for drawn in items(dataset, "ROIContourSequence", name=path.name):
        try:
            every = np.append(every, _gaps(closed(drawn, path.name)))
        except (InputError, *MALFORMED):
            if not lenient:
                raise
    if not every.size:
        raise StructureError(
            f"no structure of '{path.name}' has closed contours on two planes",
            "at least one, to know the distance of the slices",
            "choose another structure set",
        )
    return float(np.median(every))


def _gaps(contours: list[Dataset]) -> FloatArray:
    z = np.array([float(contour.ContourData[2]) for contour in contours])
    gaps: FloatArray = np.diff(np.unique(one_plane_each(z, SAME_PLANE_MM)))
    return gaps
