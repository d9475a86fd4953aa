"""The planes of an RTDOSE: what is refused, where they lie, and several files joined to one grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import ExplicitVRBigEndian, RTDoseStorage

from seedbed.dicom.dose_turning import turn_to_lps
from seedbed.dicom.files import FloatArray, number, numbers, pixels, require, text
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid

AXIAL = (1, 0, 0, 0, 1, 0)
EVEN_MM = 0.01
"""Planes lie at one distance when none is further than this from its place (local rule)."""
STRAIGHT = 1e-3
"""Largest component of a direction across its patient axis: 0.06 degrees."""
WORD_BITS, LONG_BITS = DOSE_BITS = (16, 32)
STATED = (("DoseUnits", "GY"), ("DoseType", "PHYSICAL"))
SHARED = (
    "PatientID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "DoseSummationType", "Rows",
    "Columns", "PixelSpacing", "ImageOrientationPatient",
)  # fmt: skip
"""What the files of one grid have in common."""
Z_IN_OTHER_ORIENTATION = (
    "The plane offsets of the dose are places along z, which DICOM has for supine head-first grids only; "
    "they were read as places."
)
WORDS = (
    "The pixels of 32 bit are big endian and were read as words of 16 bit, the low word first, as DICOM has "
    "them; compare the highest dose with that of the planning system."
)


@dataclass(frozen=True)
class DosePlanes:
    """Planes of a dose as they are stored, in Gy, shape (planes, rows, columns), and where they lie.

    ``first_mm`` is the centre of the first voxel; ``steps_mm`` holds the steps to the next plane, row and
    column, one vector a row.
    """

    dose_gy: FloatArray
    first_mm: FloatArray
    steps_mm: FloatArray
    notes: tuple[str, ...] = ()

    def turned(self) -> tuple[FloatArray, VoxelGrid]:
        """Return the dose along the LPS axes, and its grid."""
        turned, grid = turn_to_lps(self.dose_gy, self.first_mm, self.steps_mm)
        return np.ascontiguousarray(turned), grid


def check_dose(dose: Dataset, name: str) -> None:
    """Refuse what is no physical dose in Gy (PS3.3 C.8.8.3).

    Raises
    ------
    InputError
        Another object, relative or effective dose, signed values, another number of bits.
    """
    if dose.get("SOPClassUID") != RTDoseStorage:
        raise InputError(
            f"file '{name}' is not an RTDOSE (SOPClassUID {text(dose, 'SOPClassUID') or 'none'})",
            "a dose grid",
            "choose the dose file",
        )
    if "PixelData" not in dose:
        raise InputError(
            f"dose '{name}' has no pixels (PixelData)", "a dose grid", "export the grid, not only histograms"
        )
    for keyword, expected in STATED:
        found = require(dose, keyword, name=name)
        if found != expected:
            raise InputError(f"dose '{name}' has {keyword} {found}", expected, "export a physical dose in Gy")
    if number(dose, "PixelRepresentation", name=name):
        raise InputError(
            f"dose '{name}' has PixelRepresentation 1, signed values, as the difference of two doses has",
            "PixelRepresentation 0",
            "export the dose itself",
        )
    bits = int(number(dose, "BitsAllocated", name=name))
    if bits not in DOSE_BITS:
        raise InputError(f"dose '{name}' has BitsAllocated {bits}", "16 or 32", "export it again")


def read_planes(dose: Dataset, name: str) -> DosePlanes:
    """Read the planes of one file.

    Raises
    ------
    InputError
        Oblique or uneven planes, a scaling that is not positive, pixels that cannot be decoded.
    """
    rows, columns = (int(number(dose, keyword, name=name)) for keyword in ("Rows", "Columns"))
    shape = (_frames(dose, name), rows, columns)
    row, column = _directions(dose, name)
    normal = np.cross(row, column)
    step_mm, notes = _plane_step(dose, shape[0], normal, name)
    scaling = number(dose, "DoseGridScaling", name=name)
    row_mm, column_mm = numbers(dose, "PixelSpacing", count=2, name=name).tolist()
    if min(scaling, row_mm, column_mm, abs(step_mm)) <= 0:
        raise InputError(
            f"dose '{name}' has DoseGridScaling {scaling:g} and voxels (PixelSpacing, SliceThickness or "
            f"GridFrameOffsetVector) of {column_mm:g} x {row_mm:g} x {abs(step_mm):g} mm",
            "positive numbers",
            "export the dose again",
        )
    frames = _stored(dose, shape if shape[0] > 1 else shape[1:], name).reshape(shape)
    steps_mm = np.stack([normal * step_mm, column * row_mm, row * column_mm])
    return DosePlanes(frames * scaling, _corner(dose, name), steps_mm, (*notes, *_word_note(dose)))


def _frames(dose: Dataset, name: str) -> int:
    return int(number(dose, "NumberOfFrames", name=name)) if dose.get("NumberOfFrames") else 1


def join_planes(doses: Sequence[tuple[Dataset, str]]) -> DosePlanes:
    """Join the files of one series that hold one plane each, in any order and each with its own scaling.

    Raises
    ------
    InputError
        Files of different series or geometry, with several planes, of one place, or with one missing.
    """
    for keyword in SHARED:
        _check_one([text(dose, keyword) for dose, _ in doses], keyword, doses[0][1])
    _check_one([plan_uid_of(dose) for dose, _ in doses], "ReferencedRTPlanSequence", doses[0][1])
    first, name = doses[0]
    row, column = _directions(first, name)
    normal = np.cross(row, column)
    corners = np.array([_corner(dose, each) for dose, each in doses])
    order = np.argsort(corners @ normal)
    corners = corners[order]
    _check_stack(corners, normal, name)
    row_mm, column_mm = numbers(first, "PixelSpacing", count=2, name=name).tolist()
    gap_mm = float((corners[-1] - corners[0]) @ normal) / (len(corners) - 1)
    planes = [_one_plane(*doses[place]) for place in order]
    steps_mm = np.stack([normal * gap_mm, column * row_mm, row * column_mm])
    notes = (f"The dose was joined from {len(doses)} files of one plane each.", *_word_note(first))
    return DosePlanes(np.stack(planes), corners[0], steps_mm, notes)


def _stored(dose: Dataset, shape: tuple[int, ...], name: str) -> NDArray[Any]:
    """Decode the stored numbers.

    Pixels of 32 bit in OW are two words of 16 bit, the low one first in either byte order (PS3.5 8.1.1 and
    table 6.2-1); pydicom 3 takes them for whole numbers of 32 bit where the order is big endian.
    """
    stored = pixels(dose, shape, name=name)
    return (stored >> WORD_BITS) | (stored << WORD_BITS) if _has_words(dose) else stored


def _has_words(dose: Dataset) -> bool:
    syntax = getattr(dose, "file_meta", Dataset()).get("TransferSyntaxUID")
    return bool(
        syntax == ExplicitVRBigEndian and dose.BitsAllocated == LONG_BITS and dose["PixelData"].VR == "OW"
    )


def _word_note(dose: Dataset) -> tuple[str, ...]:
    return (WORDS,) if _has_words(dose) else ()


def plan_uid_of(dose: Dataset) -> str:
    """Return the UID of the plan that a dose refers to, empty where none."""
    return text((dose.get("ReferencedRTPlanSequence") or [Dataset()])[0], "ReferencedSOPInstanceUID")


def _one_plane(dose: Dataset, name: str) -> FloatArray:
    """Read the single plane of a file, Gy, shape (rows, columns)."""
    if _frames(dose, name) != 1:
        raise InputError(
            f"dose '{name}' holds {dose.NumberOfFrames} planes and is one of several files",
            "one file for all planes, or one plane in each",
            "choose one file",
        )
    scaling = number(dose, "DoseGridScaling", name=name)
    if scaling <= 0:
        raise InputError(
            f"dose '{name}' has DoseGridScaling {scaling:g}", "a positive number", "export it again"
        )
    found: FloatArray = _stored(dose, (int(dose.Rows), int(dose.Columns)), name) * scaling
    return found


def _check_one(stated: list[str], keyword: str, name: str) -> None:
    said = sorted(set(stated))
    if len(said) > 1:
        raise InputError(
            f"dose files such as '{name}' differ in {keyword}: {', '.join(said[:2])}",
            "one file, or the planes of one series",
            "choose one dose",
        )


def _check_stack(corners: FloatArray, normal: FloatArray, name: str) -> None:
    """Refuse planes that are shifted, doubled or missing."""
    even = np.linspace(corners[0], corners[-1], len(corners))
    drift = float(np.abs((corners - corners[0]) * (1 - np.abs(normal))).max())
    if np.abs(corners - even).max() > EVEN_MM or drift > EVEN_MM or _is_flat(corners @ normal):
        places = np.round(corners @ normal, 3)[:4].tolist()
        raise InputError(
            f"the planes of dose files such as '{name}' lie at {places}... mm along their normal and are "
            f"shifted by up to {drift:.2f} mm",
            "planes straight above each other at one distance, each once",
            "export all planes of one dose again",
        )


def _is_flat(place_mm: FloatArray) -> bool:
    return bool(abs(place_mm[-1] - place_mm[0]) <= EVEN_MM * len(place_mm))


def _corner(dose: Dataset, name: str) -> FloatArray:
    return numbers(dose, "ImagePositionPatient", count=3, name=name)


def _directions(dose: Dataset, name: str) -> tuple[FloatArray, FloatArray]:
    """Return the patient axes along a row and along a column, or refuse an oblique grid."""
    cosines = numbers(dose, "ImageOrientationPatient", count=6, name=name)
    axes = np.rint(cosines).reshape(2, 3)
    if np.abs(cosines - axes.ravel()).max() > STRAIGHT or not np.array_equal(axes @ axes.T, np.eye(2)):
        raise InputError(
            f"dose '{name}' is oblique (ImageOrientationPatient {np.round(cosines, 4).tolist()})",
            "a grid along the patient axes",
            "export it along the axes of the CT",
        )
    return axes[0], axes[1]


def _plane_step(dose: Dataset, count: int, normal: FloatArray, name: str) -> tuple[float, tuple[str, ...]]:
    """Return the signed step to the next plane along the normal, mm, and what was assumed.

    Offsets begin at zero and run along the normal, the cross product of row and column, or they are places
    along z, the first that of the first plane (PS3.3 C.8.8.3.2, options a and b).
    """
    if count == 1:
        return number(dose, "SliceThickness", name=name), ()
    listed = np.size(require(dose, "GridFrameOffsetVector", name=name))
    if listed != count:
        raise InputError(
            f"dose '{name}' has the NumberOfFrames {count} and a GridFrameOffsetVector of {listed} values",
            "one offset for each frame",
            "export it again",
        )
    offsets = numbers(dose, "GridFrameOffsetVector", count=count, name=name)
    even = np.abs(offsets - np.linspace(offsets[0], offsets[-1], count)).max() <= EVEN_MM
    z = float(_corner(dose, name)[2])
    relative = abs(offsets[0]) <= EVEN_MM
    places = abs(offsets[0] - z) <= EVEN_MM and abs(normal[2]) == 1
    if not even or _is_flat(offsets) or not (relative or places):
        raise InputError(
            f"dose '{name}' has planes at the GridFrameOffsetVector {offsets[:4].tolist()}... from "
            f"z = {z:g} mm",
            "one plane distance, the first offset zero or, in axial grids, z",
            "export it again",
        )
    step_mm = float(offsets[-1] - offsets[0]) / (count - 1)
    if relative:
        return step_mm, ()
    axial = np.allclose(dose.ImageOrientationPatient, AXIAL, atol=STRAIGHT)
    return step_mm * float(normal[2]), () if axial else (Z_IN_OTHER_ORIENTATION,)
