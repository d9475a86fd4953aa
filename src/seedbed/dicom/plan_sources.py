"""The sources of an RTPLAN: written, and read only where they are the seeds that are meant."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydicom import Dataset

from seedbed.dicom.files import SHORT_STRING, decimal, items, require, string, text
from seedbed.dicom.plan_values import needed_number, stated_number
from seedbed.dosimetry import Source
from seedbed.errors import InputError, one_of
from seedbed.implant.strengths import STRONGEST_U, WEAKEST_U
from seedbed.units import U_PER_MCI_I125

HALF_LIFE_TOLERANCE, HALF_LIFE_ROUNDING = 0.02, 0.001
"""A half-life more than 2 percent off is another radionuclide; more than 0.1 percent is remarked on (local
rule). Older data give iodine-125 a half-life of 60.1 d."""
AIR_KERMA_RATE = "AIR_KERMA_RATE"
HALF_LIFE, RATE = "SourceIsotopeHalfLife", "ReferenceAirKermaRate"
SAME_STRENGTH = 0.01
"""Reference Air Kerma Rate and Source Strength that differ by more than 1 percent contradict (local rule)."""
UNUSUAL_U = 2.0
"""Seeds above are remarked on (local rule). Common iodine-125 seeds of 0.3 to 1 mCi have 0.4 to 1.3 U, and
would be 11 to 37 in MBq."""
ELEMENTS = {"IODINE": "I", "PALLADIUM": "PD", "CESIUM": "CS", "CAESIUM": "CS", "IRIDIUM": "IR", "碘": "I"}
SYMBOLS = frozenset({"I", "PD", "CS", "IR", "AU", "YB", "CO", "RA"})
ELEMENT_FIRST = re.compile(r"([^\W\d_]+)[\s-]*(\d{2,3})(?!\d)")
MASS_FIRST = re.compile(r"(?<!\d)(\d{2,3})[\s-]*([^\W\d_]+)")


def source_item(place: int, source: Source, strength_u: float, implanted: datetime) -> Dataset:
    """Describe one seed model at one strength."""
    item = Dataset()
    item.SourceNumber, item.SourceType = place, "LINE"
    item.SourceManufacturer, item.SourceModelID = string(source.title), string(source.name, SHORT_STRING)
    item.ActiveSourceLength = decimal(source.active_length_mm)
    item.SourceIsotopeName = source.radionuclide
    item.SourceIsotopeHalfLife = decimal(source.half_life_days)
    item.SourceStrengthUnits = AIR_KERMA_RATE
    item.ReferenceAirKermaRate = decimal(strength_u)
    item.SourceStrengthReferenceDate = implanted.strftime("%Y%m%d")
    item.SourceStrengthReferenceTime = implanted.strftime("%H%M%S")
    return item


@dataclass(frozen=True)
class Strength:
    """Air-kerma strength of a source, U, and the DICOM date to which it refers, empty where none is given."""

    strength_u: float
    date: str


def source_numbers(plan: Dataset, name: str) -> dict[int, Dataset]:
    """Return the items of the Source Sequence by their number.

    Raises
    ------
    InputError
        No sources, one without a number, two of one number.
    """
    found: dict[int, Dataset] = {}
    for item in items(plan, "SourceSequence", name=name):
        key = int(needed_number(item, "SourceNumber", of=f"a source of plan '{name}'"))
        if key in found:
            raise InputError(
                f"the SourceSequence of plan '{name}' has two sources of number {key}",
                "one source of each number",
                "export it again",
            )
        found[key] = item
    return found


def read_strength(item: Dataset, source: Source, name: str) -> Strength:
    """Read the strength of one seed of a source.

    Parameters
    ----------
    item : Dataset
        Of the Source Sequence.
    source : Source
        The seed model it is read as.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        Another radionuclide or half-life than that of ``source``, other units, a strength that is missing,
        negative or none that a permanent seed has.
    """
    _check_same(item, source, name)
    strength = _stated_strength(item, name)
    if not WEAKEST_U <= strength <= STRONGEST_U:
        _refuse_strength(item, strength, name)
    return Strength(strength, text(item, "SourceStrengthReferenceDate").replace(".", ""))


def _stated_strength(item: Dataset, name: str) -> float:
    """Take Reference Air Kerma Rate; where it is empty, Source Strength if that is an air-kerma rate."""
    of = _label(item, name)
    rate = stated_number(item, RATE, of=of)
    in_units = text(item, "SourceStrengthUnits") == AIR_KERMA_RATE
    other = stated_number(item, "SourceStrength", of=of) if in_units else None
    if rate is None:
        return needed_number(item, RATE, of=of) if other is None else other
    if other is not None and abs(other - rate) > SAME_STRENGTH * abs(rate):
        raise InputError(
            f"{of} has a {RATE} of {rate:g} U but a SourceStrength of {other:g} U",
            "one strength",
            "correct it in the system it comes from",
        )
    return rate


def _label(item: Dataset, name: str) -> str:
    return f"source {text(item, 'SourceNumber')} of plan '{name}'"


def _refuse_strength(item: Dataset, strength_u: float, name: str) -> None:
    raise InputError(
        f"{_label(item, name)} has an air-kerma strength of {strength_u:g} U ({RATE})",
        f"{WEAKEST_U:g} to {STRONGEST_U:g} U for one permanent seed (1 mCi of I-125 is {U_PER_MCI_I125:g} U)",
        "export the plan with strengths as air-kerma rate, not as activity",
    )


def strength_notes(
    strengths: Iterable[Strength], sources: Iterable[Dataset], source: Source
) -> tuple[str, ...]:
    """Say what is unusual about strengths and half-lives that are accepted."""
    strongest = max(each.strength_u for each in strengths)
    notes = []
    if strongest > UNUSUAL_U:
        notes.append(
            f"Seeds of {strongest:g} U are unusually strong for a permanent implant: check that the plan "
            "does not write an activity in MBq."
        )
    lives = {stated_number(s, HALF_LIFE, of="a source of the plan") for s in sources}
    for stated in sorted(life for life in lives if life is not None):
        if abs(stated / source.half_life_days - 1) > HALF_LIFE_ROUNDING:
            notes.append(
                f"The plan states a half-life of {stated:g} d; the {source.half_life_days:g} d of the model "
                "were used."
            )
    return tuple(notes)


def one_date(strengths: Iterable[Strength], name: str) -> str:
    """Return the one date to which all strengths refer, empty where none is given.

    Raises
    ------
    InputError
        Strengths of several dates.
    """
    dates = {strength.date for strength in strengths}
    if len(dates) > 1:
        raise InputError(
            f"plan '{name}' has sources with SourceStrengthReferenceDate {', '.join(sorted(dates))}",
            "strengths of one date",
            "state the day of the implantation, or export the plan with one reference date",
        )
    return dates.pop() if dates else ""


def _check_same(item: Dataset, source: Source, name: str) -> None:
    """Refuse a source that is another radionuclide than the model it is read as, or measured otherwise."""
    isotope = str(require(item, "SourceIsotopeName", name=name))
    if nuclide(isotope) != nuclide(source.radionuclide):
        _refuse(name, f"seeds of {isotope}", f"{source.radionuclide}, that of model {source.name}")
    stated = stated_number(item, HALF_LIFE, of=_label(item, name))
    if stated is not None and abs(stated / source.half_life_days - 1) > HALF_LIFE_TOLERANCE:
        expected = f"{source.half_life_days:g} d, that of model {source.name}"
        _refuse(name, f"seeds with a half-life of {stated:g} d ({HALF_LIFE})", expected)
    units = text(item, "SourceStrengthUnits")
    if units not in ("", AIR_KERMA_RATE):
        raise InputError(
            f"plan '{name}' has SourceStrengthUnits {units}",
            one_of([AIR_KERMA_RATE]),
            "export the plan with strengths as air-kerma rate",
        )


def _refuse(name: str, came: str, expected: str) -> None:
    raise InputError(f"plan '{name}' has {came}", expected, "choose the seed model of the plan")


def nuclide(name: str) -> tuple[str, str]:
    """Return element and mass number, however they are written; both empty where none is found.

    Examples
    --------
    >>> {nuclide(name) for name in ("I-125", "I125", "125I", "125-I", "Iodine-125", "i 125", "I-125 (6711)")}
    {('I', '125')}
    >>> nuclide("6711")
    ('', '')
    """
    for pattern, order in ((ELEMENT_FIRST, (1, 2)), (MASS_FIRST, (2, 1))):
        for match in pattern.finditer(name):
            letters, digits = (match.group(group) for group in order)
            element = ELEMENTS.get(letters.upper(), letters.upper())
            if element in SYMBOLS:
                return element, digits
    return "", ""
