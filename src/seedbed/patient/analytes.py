"""Laboratory quantities: what they are called, in which units they come, and what is plausible.

The table beside this file gives each a code, English and Chinese names, one canonical unit, a plausible
range and, where mass and amount of substance are both in use, its molar mass. Conversions are exact
fractions of these numbers. The plausible ranges are this project's own: they decide nothing.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from seedbed.errors import InputError, TableError, one_of
from seedbed.patient.analyte_units import UnitMeaning, unit_meanings
from seedbed.tables import read_table

Number = Decimal | Fraction | float
IGNORED: Final = str.maketrans("", "", " \t-_.,()[]'\u2013\u2010")
MOST_DIGITS: Final = 40
"""Before or after the decimal point; a longer number is a slip (local rule)."""
AMOUNT, MASS, CHARGE = "amount per volume", "mass per volume", "charge per volume"


@dataclass(frozen=True, kw_only=True)
class Analyte:
    """A laboratory quantity.

    Attributes
    ----------
    code, name, chinese : str
        A short name for files, and the names for people.
    unit : str
        The canonical unit.
    low, high : Decimal
        Plausible range in that unit, both ends included (local rule).
    molar_mass : Decimal or None
        g/mol, where it is reported as mass and as amount of substance.
    valence : int or None
        Equivalents in a mole, where it is reported in mEq/L.
    limits : tuple of Decimal, or None
        A range that holds any normal limit of it, where a limit is easily stated in another unit or it is
        easily mistaken for another quantity.
    ask : tuple of Decimal or None
        What an outpatient can be expected to have, in the canonical unit; None at an end without a limit.
    synonyms : tuple of str
    """

    code: str
    name: str
    chinese: str
    unit: str
    low: Decimal
    high: Decimal
    molar_mass: Decimal | None = None
    valence: int | None = None
    limits: tuple[Decimal, Decimal] | None = None
    ask: tuple[Decimal | None, Decimal | None] = (None, None)
    synonyms: tuple[str, ...] = ()

    @property
    def meaning(self) -> UnitMeaning:
        """What the canonical unit means; the table writes g for gram, never giga."""
        return unit_meanings(self.unit)[-1]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions of the units that are accepted, that of the canonical unit first."""
        own = self.meaning.dimension
        others = []
        if self.molar_mass is not None:
            others += [AMOUNT, MASS]
        if self.valence is not None:
            others += [AMOUNT, CHARGE]
        return tuple(dict.fromkeys((own, *others)))


def analyte(name: str) -> Analyte:
    """Return a laboratory quantity by its code, name or a synonym, English or Chinese.

    Raises
    ------
    InputError
        No quantity is called so.

    Examples
    --------
    >>> analyte("Hgb").code, analyte("血小板").unit, analyte("γ-GT").name
    ('haemoglobin', '10^9/L', 'gamma-glutamyl transferase')
    """
    found = find_analyte(name)
    if found is None:
        raise InputError(f"the laboratory quantity '{name}'", one_of(ANALYTES, name), "correct its name")
    return found


def find_analyte(name: str) -> Analyte | None:
    """Return a laboratory quantity by name, None where none is called so.

    Examples
    --------
    >>> find_analyte("Nausea") is None
    True
    """
    return _by_name().get(fold_name(name))


def convert(value: Number, unit: str, of: Analyte | str, *, to: str | None = None) -> Fraction:
    """Convert a value exactly, by default into the canonical unit of the quantity.

    Parameters
    ----------
    value : Decimal, Fraction, int or float
        Finite; a float counts as the decimal number that is printed for it.
    unit : str
        Unit of the value, however it is written.
    of : Analyte or str
        The quantity, or one of its names.
    to : str, optional
        Another unit than the canonical one.

    Returns
    -------
    Fraction
        Exact in the molar mass of the table; ``float(...)`` for arithmetic.

    Raises
    ------
    InputError
        A value that is not finite, an unknown quantity, a unit that does not fit it.

    Examples
    --------
    >>> float(convert(10.0, "g/dL", "Hb")), float(convert(250, "K/uL", "platelets"))
    (100.0, 250.0)
    >>> round(float(convert(1.0, "mg/dL", "creatinine")), 1)
    88.4
    >>> convert(5, "mmol/L", "platelets")
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: platelets in 'mmol/L'; expected a unit such as 10^9/L; ...
    """
    quantity = analyte(of) if isinstance(of, str) else of
    start = unit_of(quantity, unit)
    end = quantity.meaning if to is None else unit_of(quantity, to)
    base = (exact(value) - start.zero) * start.scale
    base *= _per_mole(quantity, end.dimension) / _per_mole(quantity, start.dimension)
    return base / end.scale + end.zero


def unit_of(quantity: Analyte, unit: str) -> UnitMeaning:
    """Return what a unit means for a quantity.

    Raises
    ------
    InputError
        The unit does not fit the quantity.

    Examples
    --------
    >>> unit_of(analyte("albumin"), "G/L").dimension, unit_of(analyte("platelets"), "G/L").dimension
    ('mass per volume', 'count per volume')
    """
    fitting = [meaning for meaning in unit_meanings(unit) if meaning.dimension in quantity.dimensions]
    if fitting:
        return fitting[0]
    known = quantity.unit if quantity.unit != "1" else "no unit (a ratio)"
    raise InputError(f"{quantity.name} in '{unit}'", f"a unit such as {known}", "correct the unit")


def unit_fits(quantity: Analyte, unit: str) -> bool:
    """Whether a unit fits a quantity.

    Examples
    --------
    >>> unit_fits(analyte("platelets"), "K/uL"), unit_fits(analyte("platelets"), "mg/dL")
    (True, False)
    """
    return any(meaning.dimension in quantity.dimensions for meaning in unit_meanings(unit))


def exact(value: Number) -> Fraction:
    """Return a number as an exact fraction; a float as the decimal number printed for it.

    Raises
    ------
    InputError
        The number is not finite.

    Examples
    --------
    >>> exact(0.1) == Fraction(1, 10)
    True
    """
    if isinstance(value, Fraction):
        return value
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise InputError(f"the value {value!r}", "a number", "correct the value") from error
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise InputError(f"the value {value}", "a finite number", "correct the value")
    return Fraction(number)


def check_plausible(value: Number, unit: str, quantity: Analyte) -> Fraction:
    """Return a value in the canonical unit; refuse one that no patient has (local rule).

    Raises
    ------
    InputError
        Outside the plausible range, or a unit that does not fit.

    Examples
    --------
    >>> check_plausible(13, "g/L", analyte("Hb")) == 13
    True
    """
    found = convert(value, unit, quantity)
    if not quantity.low <= found <= quantity.high:
        raise InputError(
            f"{quantity.name} of {value} {unit}".rstrip(),
            f"{quantity.low} to {quantity.high} {quantity.unit}",
            "correct the value or its unit",
        )
    return found


def fold_name(name: str) -> str:
    """Return a name without case, blanks, hyphens, brackets and full-width letters.

    Examples
    --------
    >>> fold_name("Ｆree T-3"), fold_name("Μg")
    ('freet3', 'μg')
    """
    return unicodedata.normalize("NFKC", name).casefold().translate(IGNORED)


def _per_mole(quantity: Analyte, dimension: str) -> Fraction:
    """Return how much of a dimension is in one mole; 1 where there is no mole."""
    if dimension == MASS and quantity.molar_mass is not None:
        return Fraction(quantity.molar_mass)
    return Fraction(quantity.valence) if dimension == CHARGE and quantity.valence else Fraction(1)


def _row(row: Mapping[str, str]) -> Analyte:
    limits = (Decimal(row["limits_low"]), Decimal(row["limits_high"])) if row["limits_low"] else None
    return Analyte(
        code=row["code"],
        name=row["name"],
        chinese=row["chinese"],
        unit=row["unit"],
        low=Decimal(row["low"]),
        high=Decimal(row["high"]),
        molar_mass=Decimal(row["molar_mass"]) if row["molar_mass"] else None,
        valence=int(row["valence"]) if row["valence"] else None,
        limits=limits,
        ask=(_limit(row["ask_low"]), _limit(row["ask_high"])),
        synonyms=tuple(row["synonyms"].split(";")),
    )


def _limit(text: str) -> Decimal | None:
    return Decimal(text) if text else None


ANALYTES: Final[Mapping[str, Analyte]] = MappingProxyType(
    {row["code"]: _row(row) for row in read_table(files("seedbed.patient") / "analytes.csv").rows}
)
"""The laboratory quantities, by code."""


@cache
def _by_name() -> dict[str, Analyte]:
    known: dict[str, Analyte] = {}
    for each in ANALYTES.values():
        for name in (each.code, each.name, each.chinese, *each.synonyms):
            if known.setdefault(fold_name(name), each) is not each:
                raise TableError(f"two laboratory quantities called '{name}'", "one", "rename one of them")
    return known
