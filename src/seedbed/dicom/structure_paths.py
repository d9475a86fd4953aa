"""Needles and points of an RTSTRUCT: open contours, which have no volume."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydicom import Dataset

from seedbed.dicom.files import FloatArray, numbers, reading, require, text
from seedbed.dicom.structure_items import (
    by_number,
    check_frame,
    check_named,
    geometric_type,
    kinds,
    open_structure_set,
)
from seedbed.errors import StructureError
from seedbed.implant import Needle

OPEN = ("OPEN_PLANAR", "OPEN_NONPLANAR")
NEEDLE_KINDS = ("BRACHY_CHANNEL", "BRACHY_SRC_APP")
STRAIGHT_MM = 1.0
"""Points of a needle lie within 1 mm of the line from its first to its last; local rule, as in plans."""


class StructurePaths(NamedTuple):
    """Needles and points of a structure set.

    Attributes
    ----------
    needles : tuple of Needle
        Structures of one open contour that are brachytherapy channels or source applicators. DICOM does not
        say at which end a needle enters: Seedbed writes the entry first, and the first point is taken as
        that.
    points_mm : dict of str to ndarray, shape (n, 3)
        The points of each structure that is drawn as points, in the order of the file, LPS mm.
    others : tuple of str
        Names of structures with open contours whose RT ROI Interpreted Type is none of a needle.
    """

    needles: tuple[Needle, ...]
    points_mm: dict[str, FloatArray]
    others: tuple[str, ...] = ()


def read_structure_paths(path: Path, frame_uid: str, *, of: str = "CT") -> StructurePaths:
    """Read the needles and points, such as seeds, of a structure set.

    Parameters
    ----------
    path : Path
    frame_uid : str
        Frame of reference, as of the CT.
    of : str
        What the frame of reference is of, for sentences.

    Raises
    ------
    StructureError
        Not an RTSTRUCT, another frame of reference, a needle that is bent, in pieces or without length.
    InputError
        No such file, or one that is incomplete or malformed.
    """
    with reading(path):
        dataset, _ = open_structure_set(path)
        rois = by_number(dataset, "StructureSetROISequence", "ROINumber", path.name)
        drawn = by_number(dataset, "ROIContourSequence", "ReferencedROINumber", path.name)
        check_named(drawn, rois, path.name)
        kind = kinds(dataset)
        needles: list[Needle] = []
        points: dict[str, FloatArray] = {}
        others: list[str] = []
        for number in (number for number in rois if number in drawn):
            lines = _contours(drawn[number], OPEN, path.name)
            places = _contours(drawn[number], ("POINT",), path.name)
            if not (lines or places):
                continue
            require(rois[number], "ROIName", name=path.name)
            name = text(rois[number], "ROIName")
            check_frame(rois[number], dataset, frame_uid, path, of=of)
            if lines and kind.get(number) in NEEDLE_KINDS:
                needles.append(_needle(name, lines, path.name))
            elif lines:
                others.append(name)
            if places:
                points[name] = np.concatenate(places)
        return StructurePaths(tuple(needles), points, tuple(others))


def _contours(drawn: Dataset, kinds: tuple[str, ...], name: str) -> list[FloatArray]:
    """Points of the contours of some kinds, each of shape (n, 3)."""
    return [
        numbers(contour, "ContourData", count=_length(contour, name), name=name).reshape(-1, 3)
        for contour in drawn.get("ContourSequence") or []
        if geometric_type(contour, name) in kinds
    ]


def _length(contour: Dataset, name: str) -> int:
    """How many coordinates a contour must have: three a point, as its Number of Contour Points says."""
    return 3 * int(require(contour, "NumberOfContourPoints", name=name))


def _needle(name: str, lines: list[FloatArray], file: str) -> Needle:
    entry, tip = lines[0][0], lines[0][-1]
    length = float(np.linalg.norm(tip - entry))
    if len(lines) > 1 or length == 0 or _bend_mm(lines[0]) > STRAIGHT_MM:
        raise StructureError(
            f"needle '{name}' of '{file}' has {len(lines)} lines, {length:.1f} mm from its first to its last "
            f"point, bent by {_bend_mm(lines[0]):.1f} mm",
            f"one straight line (within {STRAIGHT_MM:g} mm)",
            "draw it as one line, or leave it out",
        )
    return Needle(name, _vector(entry), _vector(tip))


def _bend_mm(points: FloatArray) -> float:
    """Widest distance of points from the line through the first and the last, mm; 0 where these are one."""
    along = points[-1] - points[0]
    length = float(np.linalg.norm(along))
    off = np.linalg.norm(np.cross(points - points[0], along), axis=1)
    return float(off.max()) / length if length else 0.0


def _vector(point: FloatArray) -> tuple[float, float, float]:
    x, y, z = point.tolist()
    return x, y, z
