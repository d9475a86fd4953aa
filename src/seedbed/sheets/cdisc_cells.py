"""Cells of CDISC tumour records: diameters in any unit, words for what was seen, dates known in part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final, cast

from seedbed.errors import InputError
from seedbed.patient import LesionState, PartialDate
from seedbed.patient.lesions import LARGEST_DIAMETER_MM, TOO_SMALL_MM
from seedbed.tables import read_table

MM_PER: Final = {"": Decimal(1), "MM": Decimal(1), "CM": Decimal(10)}
DIAMETER = re.compile(r"(?P<below><=?)?\s*(?P<number>[+-]?\d+(?:[.,]\d+)?)\s*(?P<unit>[A-Za-z]*)")


@dataclass(frozen=True)
class Record:
    """One row of a file: texts by column, in small letters.

    Examples
    --------
    >>> Record("tr.csv", 7, {"trlnkid": "T01"}).where
    "row 7 of 'tr.csv'"
    """

    file: str
    row: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def where(self) -> str:
        """The place, for a sentence."""
        return f"row {self.row} of '{self.file}'"

    def first_of(self, *columns: str) -> str:
        """Return the first of these cells in which anything stands."""
        return next((self[column] for column in columns if self[column]), "")


@dataclass(frozen=True)
class Found:
    """What one cell says of a lesion: a diameter in mm, or a state.

    Attributes
    ----------
    mm : Decimal or None
    state : str or None
        Where it holds no number.
    """

    mm: Decimal | None = None
    state: LesionState | None = None


@cache
def state_words() -> dict[str, LesionState]:
    """Return what the known words say.

    Examples
    --------
    >>> state_words()["NON CR NON PD"]
    'present'
    """
    table = read_table(files("seedbed.sheets") / "cdisc_tumour_words.csv")
    return {row["word"]: cast(LesionState, row["state"]) for row in table.rows}


@lru_cache(maxsize=10_000)
def plain_word(text: str) -> str:
    """Write a word as the table of words does: capitals, one space, no punctuation.

    Examples
    --------
    >>> plain_word("Non-CR/Non-PD")
    'NON CR NON PD'
    """
    return " ".join(re.sub(r"[^0-9A-Z]+", " ", text.upper()).split())


def read_state(record: Record) -> Found:
    """Read what was seen of a lesion, as one of the states.

    Raises
    ------
    InputError
        A word that is not known.

    Examples
    --------
    >>> read_state(Record("tr.csv", 2, {"trstresc": "Unequivocal progression"})).state
    'unequivocal progression'
    """
    text = record.first_of("trstresc", "trorres")
    if not text or plain_word(record["trstat"]) == "NOT DONE":
        return Found(state="not evaluable")
    state = known_state(text)
    if state is None:
        raise InputError(
            f"{record.where} says '{text}' of lesion '{record['trlnkid']}'",
            "a word such as ABSENT, PRESENT, UNEQUIVOCAL PROGRESSION, EQUIVOCAL or NOT EVALUABLE",
            "write one of them",
        )
    return Found(state=state)


def known_state(text: str) -> LesionState | None:
    """Return the state that a text says; None where it says none that is known.

    A reason after a word for "not evaluable" is passed over.

    Examples
    --------
    >>> known_state("Not assessable: image obscured"), known_state("bigger")
    ('not evaluable', None)
    """
    words, word = state_words(), plain_word(text)
    if word in words:
        return words[word]
    start = " ".join(word.split()[:2])
    return "not evaluable" if words.get(start) == "not evaluable" else None


def read_diameter(record: Record) -> Found:
    """Read a diameter as millimetres: the standard result with its unit, else the original one.

    ``<5`` and words such as ``TOO SMALL TO MEASURE`` are the state "too small".

    Raises
    ------
    InputError
        No number, one that is negative or too large, an unknown unit, or two results that differ.

    Examples
    --------
    >>> read_diameter(Record("tr.csv", 2, {"trstresc": "2.1", "trstresu": "cm"})).mm
    Decimal('21.0')
    >>> read_diameter(Record("tr.csv", 3, {"trorres": "<5", "trorresu": "mm"})).state
    'too small'
    """
    if plain_word(record["trstat"]) == "NOT DONE":
        return Found(state="not evaluable")
    text, unit = record["trstresc"], record["trstresu"]
    if not text:
        text = record["trstresn"]
    if not text:
        text, unit = record["trorres"], record["trorresu"]
    unit = unit or (record["trorresu"] if text == record["trorres"] else "")
    if not text:
        return Found(state="not evaluable")
    state = known_state(text)
    if state is not None:
        return Found(mm=Decimal(0)) if state == "absent" else Found(state=state)
    found = _parsed(record, text, unit)
    _check_number(record, found, unit)
    return found


def _parsed(record: Record, text: str, unit: str) -> Found:
    matched = DIAMETER.fullmatch(text.replace("\u2212", "-"))
    named = (matched["unit"] or unit).strip().upper() if matched else ""
    if matched is None or named not in MM_PER:
        raise InputError(
            f"{record.where} gives lesion '{record['trlnkid']}' the diameter '{text}' {unit}".rstrip(),
            "a number in mm or cm, TOO SMALL TO MEASURE, or NOT EVALUABLE",
            "correct it",
        )
    value = Decimal(matched["number"].replace(",", ".")) * MM_PER[named]
    if matched["below"] and 0 < value <= Decimal(TOO_SMALL_MM):
        return Found(state="too small")
    if matched["below"] or not 0 <= value <= Decimal(LARGEST_DIAMETER_MM):
        raise InputError(
            f"{record.where} gives lesion '{record['trlnkid']}' the diameter '{text}' {unit}".rstrip(),
            f"a number from 0 to {LARGEST_DIAMETER_MM:g} mm, or <{TOO_SMALL_MM:g} mm where it is too small",
            "correct it",
        )
    return Found(mm=value)


def _check_number(record: Record, found: Found, unit: str) -> None:
    """Refuse a numeric result that differs from the one in text."""
    if found.mm is None or not record["trstresn"] or not record["trstresc"]:
        return
    try:
        number = Decimal(record["trstresn"].replace(",", ".")) * MM_PER.get(unit.strip().upper(), Decimal(1))
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan() or abs(number - found.mm) > Decimal("0.001"):
        raise InputError(
            f"{record.where} gives lesion '{record['trlnkid']}' the result '{record['trstresc']}' "
            f"and the number '{record['trstresn']}'",
            "the same in TRSTRESC and TRSTRESN",
            "correct one of them",
        )


def read_date(record: Record, column: str) -> PartialDate | None:
    """Read a date of ISO 8601 as far as it is known, without its time; None where there is none.

    Raises
    ------
    InputError
        Another text.

    Examples
    --------
    >>> str(read_date(Record("tr.csv", 2, {"trdtc": "2014-02-03T10:30"}), "trdtc"))
    '2014-02-03'
    """
    text = record[column].partition("T")[0].rstrip("-")
    if not text:
        return None
    try:
        return _partial_date(text)
    except InputError as error:
        raise InputError(f"{record.where}: {error.came}", error.expected, error.do) from None


@lru_cache(maxsize=10_000)
def _partial_date(text: str) -> PartialDate:
    return PartialDate(text)
