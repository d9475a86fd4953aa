"""One cell: the value that it shows for a field, that nothing is stated, or what is wrong with it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from seedbed.errors import InputError
from seedbed.patient.analyte_units import unit_meanings
from seedbed.patient.fields import Field, shown
from seedbed.sheets.dates import EPOCH_1900, read_date
from seedbed.sheets.titles import choices_of, folded, half_width, is_no_patient, not_stated, same_unit

NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?"
WITH_UNIT = re.compile(rf"({NUMBER})\s*(.*)", re.ASCII | re.IGNORECASE | re.DOTALL)
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
READING = re.compile(rf"([<>]?)\s*({NUMBER})\s*[↑↓]*\s*([^↑↓]*?)\s*[↑↓]*", re.ASCII | re.IGNORECASE)
EXACT_DIGITS: Final = 1e15
"""A spreadsheet keeps 15 digits of a number."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that shows no value, such as an error of the spreadsheet.

    Attributes
    ----------
    what : str
    """

    what: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a cell was not taken.

    Attributes
    ----------
    came, expected : str
    """

    came: str
    expected: str

    @property
    def sentence(self) -> str:
        """What came and what was expected."""
        return f"{self.came}; expected {self.expected}"


Raw = str | float | date | Unreadable
"""What a file gives: a text without blanks around it, empty where nothing stands; never a bool."""
Reader = Callable[[Raw], object]


def raw_of(value: object) -> Raw:
    """Return what a program gives for a cell as a raw cell: no bool, no whole number, nothing missing.

    Examples
    --------
    >>> raw_of(None), raw_of(True), raw_of(3), raw_of(float("nan")), raw_of(" T1 ")
    ('', 'yes', 3.0, '', 'T1')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    if isinstance(value, time | timedelta):
        return Unreadable(f"the time {value}")
    return value if isinstance(value, Unreadable) else str(value).strip()


def is_blank(raw: Raw) -> bool:
    """Tell whether a cell says nothing.

    Examples
    --------
    >>> is_blank("N/A"), is_blank("不详"), is_blank("0")
    (True, True, False)
    """
    return raw == "" or (isinstance(raw, str) and len(raw) < 16 and folded(raw) in not_stated())


def reader_of(kind: str, field: Field, *, is_key: bool = False, epoch: date = EPOCH_1900) -> Reader:
    """Return the function that reads a cell of a field: a value, None for nothing, or a `Refused`.

    In texts of a key, full-width letters and digits are read as plain ones.

    Examples
    --------
    >>> from seedbed.patient.records import Measurement
    >>> from seedbed.patient.fields import fields_of
    >>> read = reader_of("measurement", fields_of(Measurement)["longest_mm"])
    >>> read("１２,５"), read("-"), read("12 mm"), read("1,234").sentence
    (12.5, None, 12.0, "'longest_mm' is '1,234', 1.234 or 1234; expected a number from 0 to 500 mm")
    """
    words = choices_of(kind, field) if field.kind in ("choice", "yes or no") else {}

    def read(raw: Raw) -> object:
        if isinstance(raw, Unreadable):
            return Refused(f"'{field.name}' is {raw.what}", field.expected)
        try:
            if words:
                value = words.get(folded(_as_text(raw)))
                if value is not None:
                    return value
            if is_blank(raw):
                return None
            value = _value(field, raw, is_key=is_key, epoch=epoch)
        except (InputError, ValueError) as error:
            came = error.came if isinstance(error, InputError) else str(error)
            return Refused(f"'{field.name}' is {came}", field.expected)
        return value if field.fits(value) else Refused(f"'{field.name}' is {shown(raw)}", field.expected)

    return read


def _value(field: Field, raw: str | float | date, *, is_key: bool, epoch: date) -> object:
    if field.kind in ("partial date", "date"):
        when = read_date(raw, epoch=epoch)
        return when if field.kind == "partial date" else when.day
    if field.kind == "number":
        return _number(raw, field.unit)
    if field.kind == "whole number":
        number = _number(raw, field.unit)
        return int(number) if number == int(number) else raw
    if field.kind == "text":
        text = _as_text(raw)
        if field.name == "patient_id" and is_no_patient(text):
            raise ValueError(f"'{text}', which is no patient but a total or nothing")
        return half_width(text) if is_key else text
    return raw


def _as_text(raw: str | float | date) -> str:
    if isinstance(raw, date):
        raise ValueError(f"the date {raw}, which a spreadsheet may have made of a text")
    if not isinstance(raw, float):
        return raw.replace("\r\n", "\n") if "\r" in raw else raw
    if abs(raw) >= EXACT_DIGITS:
        raise ValueError(f"the number {raw:.15g}, of which a spreadsheet keeps 15 digits")
    return str(int(raw)) if raw == int(raw) else repr(raw)


def _number(raw: str | float | date, unit: str) -> float:
    if isinstance(raw, float):
        return raw
    if isinstance(raw, date):
        raise ValueError(f"the date {raw}")
    found = WITH_UNIT.fullmatch(_plain(raw))
    if not found or (found[2] and not (unit and same_unit(found[2], unit))):
        raise ValueError(repr(raw))
    return _decimal(found[1])


def _plain(text: str) -> str:
    return half_width(text).strip().replace("\u2212", "-")


def _decimal(digits: str) -> float:
    if GROUPED.fullmatch(digits):
        raise ValueError(f"'{digits}', {digits.replace(',', '.')} or {digits.replace(',', '')}")
    return float(digits.replace(",", "."))


def read_reading(field: Field) -> Reader:
    """Return the function that reads a laboratory value: the number, ``<`` or ``>``, and the unit, if any.

    Examples
    --------
    >>> from seedbed.patient.records import LaboratoryValue
    >>> from seedbed.patient.fields import fields_of
    >>> read = read_reading(fields_of(LaboratoryValue)["value"])
    >>> read("＜0.04"), read("3.5mmol/L"), read("未查"), read("未检出").came
    ((0.04, '<', ''), (3.5, None, 'mmol/L'), None, "'value' is '未检出'")
    """
    expected = "a number, or one after < or >, or one before its unit"

    def read(raw: Raw) -> object:
        if isinstance(raw, Unreadable):
            return Refused(f"'{field.name}' is {raw.what}", expected)
        if isinstance(raw, float):
            return (
                (raw, None, "") if field.fits(raw) else Refused(f"'{field.name}' is {shown(raw)}", expected)
            )
        if isinstance(raw, date):
            return Refused(f"'{field.name}' is the date {raw}", expected)
        if is_blank(raw):
            return None
        found = READING.fullmatch(_plain(raw))
        try:
            value = _decimal(found[2]) if found else None
        except ValueError as error:
            return Refused(f"'{field.name}' is {error}", expected)
        if found is None or not field.fits(value) or (found[3] and not unit_meanings(found[3])):
            return Refused(f"'{field.name}' is {shown(raw)}", expected)
        return value, found[1] or None, found[3]

    return read


def read_all(column: Sequence[Raw], reader: Reader) -> tuple[list[object], list[int]]:
    """Read a column, each different cell once; also the places of what was refused."""
    known = {raw: reader(raw) for raw in set(column)}
    values = [known[raw] for raw in column]
    if not any(isinstance(each, Refused) for each in known.values()):
        return values, []
    return values, [index for index, value in enumerate(values) if isinstance(value, Refused)]
