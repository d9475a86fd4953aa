"""What all records of the clinic have in common: a patient, a key, and fields that are checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, Self

from seedbed.errors import InputError
from seedbed.patient.fields import Field, check_known, fields_of, shown, text
from seedbed.patient.partial_dates import PartialDate

Plain = str | float | int | bool
"""How a value is written in a database, a spreadsheet or JSON; dates as ISO texts."""
KeyValues = tuple[Plain, ...]


@dataclass(frozen=True, kw_only=True)
class Record:
    """One entry of the register; its key tells it from all others of its kind.

    None, or an empty text, is "not stated". Keys are never empty, but for those that say so by a default.

    Raises
    ------
    InputError
        A value of the wrong kind or outside its plausible range.
    """

    KIND: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ()
    IDENTITY: ClassVar[tuple[str, ...]] = ()
    """Fields that tell who it is: a change of them needs to be said to be one."""
    STATED_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Fields that are stated together: who states the one also states the others, by leaving them out."""
    CHANGES_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Fields that mean nothing any more when another changes, and are not stated anew."""

    patient_id: str = field(metadata=text("identifier of the patient in this register"))

    def __post_init__(self) -> None:
        kind: Any = type(self)
        given = self.__dict__
        for name, fitting, needed in _checks(kind):
            value = given[name]
            if value is None or (not value and value == "" and not needed):
                continue
            if not fitting(value) or value == "":
                self._refuse(fields_of(kind)[name], value)

    def _refuse(self, known: Field, value: object) -> None:
        raise InputError(
            f"'{known.name}' of {self.KIND} is {shown(value)}",
            known.expected if value != "" else known.meaning,
            f"correct it ({known.meaning})",
        )

    @cached_property
    def key(self) -> KeyValues:
        """The values that tell it from all others of its kind."""
        return tuple(plain(getattr(self, name)) for name in self.KEY)

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return f"{self.KIND} {', '.join(str(value) for value in self.key if value != '')}"

    def stated(self) -> dict[str, Plain]:
        """Return what is stated, as plain values.

        Examples
        --------
        >>> from seedbed.patient.records import Pain
        >>> Pain(patient_id="S-01", on=PartialDate("2026-03"), nrs=4).stated()
        {'patient_id': 'S-01', 'on': '2026-03', 'nrs': 4.0}
        """
        found: dict[str, Plain] = {}
        for name, each in fields_of(type(self)).items():
            value = getattr(self, name)
            if value is None or (not value and value == ""):
                continue
            found[name] = float(value) + 0.0 if each.kind == "number" else plain(value)  # -0.0 becomes 0.0
        return found

    def over(self, older: Mapping[str, Plain]) -> dict[str, Plain]:
        """Return what is stated when this record comes over an older one with its key.

        What it does not state stays, but for what belongs together; a date that says less than the older
        one does not replace it.

        Examples
        --------
        >>> from seedbed.patient.records import LaboratoryValue
        >>> new = LaboratoryValue(patient_id="S-01", on=PartialDate("2026-03"), analyte="tg", value=5.2,
        ...                       unit="ng/mL")
        >>> new.over({**new.stated(), "value": 0.04, "comparator": "<", "high": 50.0})["high"]
        50.0
        >>> "comparator" in new.over({**new.stated(), "value": 0.04, "comparator": "<"})
        False
        """
        mine, kept = self.stated(), dict(older)
        for name, others in self.STATED_WITH.items():
            if name in mine:
                kept = {each: value for each, value in kept.items() if each not in others}
        for name, others in self.CHANGES_WITH.items():
            if name in mine and mine[name] != older.get(name):
                kept = {each: value for each, value in kept.items() if each not in others}
        known = fields_of(type(self))
        for name, value in mine.items():
            says_less = known[name].kind == "partial date" and str(kept.get(name, "")).startswith(f"{value}-")
            if not says_less:
                kept[name] = value
        return kept

    def another_identity(self, older: Mapping[str, Plain]) -> dict[str, Plain]:
        """Return the fields that would tell of another person than the older record with its key.

        A birth that is told more exactly is none.

        Examples
        --------
        >>> from seedbed.patient.records import Patient
        >>> new = Patient(patient_id="S-01", sex="male", born=PartialDate("1961-05"))
        >>> new.another_identity({"patient_id": "S-01", "sex": "female", "born": "1961"})
        {'sex': 'male'}
        """
        now = self.over(older)
        return {
            name: now[name]
            for name in self.IDENTITY
            if name in older and now[name] != older[name] and not str(now[name]).startswith(f"{older[name]}-")
        }

    @classmethod
    def from_plain(cls, given: Mapping[str, object], *, where: str = "the values") -> Self:
        """Build a record from plain values; the reverse of `stated`.

        Raises
        ------
        InputError
            An unknown name, one that lacks, or a value that does not fit.
        """
        known = fields_of(cls)
        check_known(given, known, where=where)
        lacking = [each for each in known.values() if each.needed and given.get(each.name) in (None, "")]
        if lacking:
            raise InputError(
                f"{where} have no '{lacking[0].name}' of {cls.KIND}", lacking[0].meaning, "state it"
            )
        values: dict[str, Any] = {
            name: from_plain(known[name], value) for name, value in given.items() if value is not None
        }
        return cls(**values)


@cache
def _checks(kind: Any) -> tuple[tuple[str, Callable[[Any], bool], bool], ...]:
    return tuple((each.name, each.fitting, each.needed) for each in fields_of(kind).values())


def plain(value: Any) -> Plain:
    """Write a value as a text, a number or a truth.

    Examples
    --------
    >>> plain(PartialDate("2026-03")), plain(4.5)
    ('2026-03', 4.5)
    """
    if isinstance(value, PartialDate):
        return value.text
    return value.isoformat() if isinstance(value, date) else value


def from_plain(known: Field, value: object) -> object:
    """Read a value as its field wants it; what cannot be read is given on, to be refused in a sentence."""
    if known.kind == "number" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return value
    if known.kind == "partial date":
        return partial(value) if value else None
    if known.kind == "date":
        return _day(value)
    return value


@lru_cache(maxsize=100_000)
def partial(given: str) -> PartialDate:
    """Return a date that may be partial; visits share their days, so each is made once."""
    return PartialDate(given.strip())


def _day(given: str) -> object:
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        return given
