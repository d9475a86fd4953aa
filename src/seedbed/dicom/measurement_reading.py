"""Lesion measurements in a structured report, TID 1500, read from any system."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom import Dataset
from pydicom.sr.coding import Code

from seedbed.dicom.files import items, number, read_dataset, reading, text
from seedbed.errors import InputError

Point = tuple[float, float, float]
GROUP = ("125007", "DCM")
TRACKING_NAME, TRACKING_UID = ("112039", "DCM"), ("112040", "DCM")
FINDING_SITES = {("363698007", "SCT"), ("G-C0E3", "SRT")}
SOURCES = {("121112", "DCM"), ("260753009", "SCT"), ("121233", "DCM")}
"""Source of measurement, source, source image for segmentation."""
SEGMENT = ("121191", "DCM")
MEASURED = {
    ("103339001", "SCT"): "longest_mm", ("G-A185", "SRT"): "longest_mm",
    ("103340004", "SCT"): "short_axis_mm", ("G-A186", "SRT"): "short_axis_mm",
    ("118565006", "SCT"): "volume_cc", ("G-D705", "SRT"): "volume_cc",
}  # fmt: skip
"""Long axis, short axis and volume in SNOMED CT and its older letters (PS3.16 CID 7470, CID 7469)."""
UNITS = {
    "longest_mm": {"mm": 1.0, "cm": 10.0},
    "short_axis_mm": {"mm": 1.0, "cm": 10.0},
    "volume_cc": {"cm3": 1.0, "mm3": 1e-3, "ml": 1.0, "mL": 1.0},
}
"""Units of UCUM, each with its factor."""


@dataclass(frozen=True, kw_only=True)
class MeasuredLesion:
    """What was measured of one lesion on one series.

    Attributes
    ----------
    name : str
        Short name, the same at every visit: tracking identifier.
    tracking_uid : str
        The same at every visit of the patient; empty where a report gives none.
    longest_mm, short_axis_mm : float or None
        Longest axial diameter, and the longest across it in the same plane; None where not measured.
    volume_cc : float or None
    site : Code or None
        Where it lies, such as ``Code("45048000", "SCT", "Neck")``.
    image_uids : tuple of str
        SOP instance UIDs of the images on which it was measured.
    long_axis_mm : two points (x, y, z) or None
        Ends of the longest diameter, LPS.
    segment : int or None
        Number of its segment in a segmentation.
    """

    name: str
    tracking_uid: str = ""
    longest_mm: float | None = None
    short_axis_mm: float | None = None
    volume_cc: float | None = None
    site: Code | None = None
    image_uids: tuple[str, ...] = ()
    long_axis_mm: tuple[Point, Point] | None = None
    segment: int | None = None


def read_measurements(path: Path) -> tuple[MeasuredLesion, ...]:
    """Read long axis, short axis and volume of each lesion in a measurement report.

    Other measurements of a group are passed over, and so are groups with none of the three.

    Raises
    ------
    InputError
        Not a structured report, none of these measurements in it, a group without a name, the same
        measurement twice in a group, or one in a unit that is not known.
    """
    with reading(path):
        report = read_dataset(path)
        if "ContentSequence" not in report:
            raise InputError(
                f"file '{path.name}' is no structured report (it has no ContentSequence)",
                "lesion measurements",
                "choose the report",
            )
        groups = [item for item in _walk(report) if _name(item) == GROUP]
        _check_groups(report, path.name)
        read = [lesion for group in groups if (lesion := _lesion(group, path.name)) is not None]
        if not read:
            raise InputError(
                f"report '{path.name}' has no long axis, short axis or volume of a lesion in its "
                "ContentSequence",
                "a measurement report (TID 1500)",
                "choose another report",
            )
        return tuple(read)


def _walk(item: Dataset) -> Iterator[Dataset]:
    for child in item.get("ContentSequence") or []:
        yield child
        yield from _walk(child)


def _code(item: Dataset, keyword: str) -> Code | None:
    found = (item.get(keyword) or [None])[0]
    if found is None:
        return None
    return Code(text(found, "CodeValue"), text(found, "CodingSchemeDesignator"), text(found, "CodeMeaning"))


def _name(item: Dataset) -> tuple[str, str]:
    code = _code(item, "ConceptNameCodeSequence")
    return ("", "") if code is None else (code.value, code.scheme_designator)


def _check_groups(report: Dataset, name: str) -> None:
    """Refuse numbers, and groups of numbers, that do not say what they are: passed over, they were lost."""
    for item in _walk(report):
        numbers = [child for child in item.get("ContentSequence") or [] if text(child, "ValueType") == "NUM"]
        if not all(all(_name(each)) for each in (*numbers, *([item] if numbers else []))):
            raise InputError(
                f"report '{name}' holds a number, or a group of numbers, without a complete "
                "ConceptNameCodeSequence",
                "a code for each (CodeValue and CodingSchemeDesignator)",
                "export it again",
            )


def _lesion(group: Dataset, report: str) -> MeasuredLesion | None:
    children = list(group.get("ContentSequence") or [])
    name = next((text(item, "TextValue") for item in children if _name(item) == TRACKING_NAME), "")
    numbered = [item for item in children if _name(item) in MEASURED]
    if not numbered:
        return None
    if not name:
        raise InputError(
            f"report '{report}' measures a lesion without a name (ConceptNameCodeSequence with CodeValue "
            f"and CodingSchemeDesignator, TextValue)",
            "a tracking identifier",
            "export it again",
        )
    of = f"lesion '{name}' in report '{report}'"
    values = [(MEASURED[_name(item)], _value(item, of)) for item in numbered]
    measured = dict(values)
    if len(measured) != len(values):
        raise InputError(f"{of} has the same measurement twice", "one of each", "keep the one that counts")
    return MeasuredLesion(
        name=name,
        tracking_uid=next((text(item, "UID") for item in children if _name(item) == TRACKING_UID), ""),
        longest_mm=measured.get("longest_mm"),
        short_axis_mm=measured.get("short_axis_mm"),
        volume_cc=measured.get("volume_cc"),
        site=next(
            (_code(item, "ConceptCodeSequence") for item in children if _name(item) in FINDING_SITES), None
        ),
        image_uids=tuple(_referenced(item) for item in children if _name(item) in SOURCES),
        long_axis_mm=next((line for item in numbered if (line := _line(item)) is not None), None),
        segment=next((_segment(item, of) for item in children if _name(item) == SEGMENT), None),
    )


def _value(item: Dataset, of: str) -> float | None:
    """Return a measurement in our unit; None where the report says that there is none."""
    stated = items(item, "MeasuredValueSequence", name=of)
    if not stated:
        return None
    unit, factors = _code(stated[0], "MeasurementUnitsCodeSequence"), UNITS[MEASURED[_name(item)]]
    if unit is None or unit.scheme_designator != "UCUM" or unit.value not in factors:
        raise InputError(
            f"{of} is measured in {unit.value if unit else 'no unit'} (MeasurementUnitsCodeSequence)",
            " or ".join(factors),
            "export it again",
        )
    return number(stated[0], "NumericValue", name=of) * factors[unit.value]


def _referenced(item: Dataset) -> str:
    return text((item.get("ReferencedSOPSequence") or [Dataset()])[0], "ReferencedSOPInstanceUID")


def _segment(item: Dataset, of: str) -> int:
    return int(number(items(item, "ReferencedSOPSequence", name=of)[0], "ReferencedSegmentNumber", name=of))


def _line(item: Dataset) -> tuple[Point, Point] | None:
    """Return the ends of a long axis that is drawn in patient coordinates."""
    if MEASURED[_name(item)] != "longest_mm":
        return None
    for child in item.get("ContentSequence") or []:
        drawn = list(child.get("GraphicData") or [])
        if text(child, "ValueType") == "SCOORD3D" and len(drawn) == 6:
            x1, y1, z1, x2, y2, z2 = (float(value) for value in drawn)
            return (x1, y1, z1), (x2, y2, z2)
    return None
