"""The sources of an RTPLAN: written, and read only where they are the seeds that are meant."""

import re
from datetime import datetime

from pydicom import Dataset

from seedbed.dicom.files import SHORT_STRING, decimal, items, number, require, string, text
from seedbed.dosimetry import Source
from seedbed.errors import InputError, one_of

HALF_LIFE_TOLERANCE = 0.01
AIR_KERMA_RATE = "AIR_KERMA_RATE"
ELEMENTS = {"IODINE": "I", "PALLADIUM": "PD", "CESIUM": "CS", "CAESIUM": "CS", "IRIDIUM": "IR"}


def source_item(place: int, source: Source, strength_u: float, implanted: datetime) -> Dataset:
    """Describe one seed model at one strength."""
    item = Dataset()
    item.SourceNumber, item.SourceType = place, "LINE"
    item.SourceManufacturer, item.SourceModelID = string(source.title), string(source.name, SHORT_STRING)
    item.ActiveSourceDiameter = decimal(source.capsule_diameter_mm)
    item.ActiveSourceLength = decimal(source.active_length_mm)
    item.SourceIsotopeName = source.radionuclide
    item.SourceIsotopeHalfLife = decimal(source.half_life_days)
    item.SourceStrengthUnits = AIR_KERMA_RATE
    item.ReferenceAirKermaRate = decimal(strength_u)
    item.SourceStrengthReferenceDate = implanted.strftime("%Y%m%d")
    item.SourceStrengthReferenceTime = implanted.strftime("%H%M%S")
    return item


def read_strengths(plan: Dataset, source: Source, name: str) -> dict[int, float]:
    """Return the air-kerma strength (U) of each source by its number.

    Raises
    ------
    InputError
        Another radionuclide or half-life than that of ``source``, other units, a strength that is missing or
        negative, two sources of one number.
    """
    strengths: dict[int, float] = {}
    for item in items(plan, "SourceSequence", name=name):
        _check_same(item, source, name)
        key = int(number(item, "SourceNumber", name=name))
        strength = number(item, "ReferenceAirKermaRate", name=name)
        if strength < 0 or key in strengths:
            raise InputError(
                f"source {key} of plan '{name}' has ReferenceAirKermaRate {strength:g}",
                "one source of each number, its strength zero or more",
                "export it again",
            )
        strengths[key] = strength
    return strengths


def strength_date(plan: Dataset, name: str) -> str:
    """Return the one date to which all strengths refer, empty where none is given."""
    dates = {text(item, "SourceStrengthReferenceDate") for item in items(plan, "SourceSequence", name=name)}
    if len(dates) > 1:
        raise InputError(
            f"plan '{name}' has sources with SourceStrengthReferenceDate {', '.join(sorted(dates))}",
            "strengths of one date",
            "export it with one reference date",
        )
    return dates.pop() if dates else ""


def _check_same(item: Dataset, source: Source, name: str) -> None:
    """Refuse a source that is another radionuclide than the model it is read as, or measured otherwise."""
    isotope = str(require(item, "SourceIsotopeName", name=name))
    if nuclide(isotope) != nuclide(source.radionuclide):
        _refuse(name, f"seeds of {isotope}", f"{source.radionuclide}, that of model {source.name}")
    if item.get("SourceIsotopeHalfLife") is not None:
        stated = number(item, "SourceIsotopeHalfLife", name=name)
        if abs(stated / source.half_life_days - 1) > HALF_LIFE_TOLERANCE:
            expected = f"{source.half_life_days:g} d, that of model {source.name}"
            _refuse(name, f"seeds with a half-life of {stated:g} d", expected)
    units = text(item, "SourceStrengthUnits")
    if units not in ("", AIR_KERMA_RATE):
        _refuse(name, f"SourceStrengthUnits {units}", one_of([AIR_KERMA_RATE]))


def _refuse(name: str, came: str, expected: str) -> None:
    raise InputError(f"plan '{name}' has {came}", expected, "choose the seed model of the plan")


def nuclide(name: str) -> tuple[str, str]:
    """Return element and mass number, however they are written.

    Examples
    --------
    >>> {nuclide(name) for name in ("I-125", "I125", "125I", "125-I", "Iodine-125", "i 125")}
    {('I', '125')}
    """
    letters, digits = ("".join(re.findall(kind, name)) for kind in ("[A-Za-z]", "[0-9]"))
    return ELEMENTS.get(letters.upper(), letters.upper()), digits
