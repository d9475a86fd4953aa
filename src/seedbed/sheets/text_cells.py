"""Values as the cells of a text table: every digit kept, and no text that a spreadsheet runs as a formula."""

from decimal import Decimal

from seedbed.patient.fields import Field
from seedbed.sheets.csv_tables import escaped
from seedbed.sheets.titles import NO, YES, Language, choice_title


def csv_cell(value: object) -> object:
    """Return a plain value as a cell of a CSV file.

    Examples
    --------
    >>> csv_cell(0.1234567), csv_cell("=1+1"), csv_cell(None)
    (Decimal('0.1234567'), "'=1+1", '')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return Decimal(repr(value))
    return escaped(value) if isinstance(value, str) else value


def shown_choice(kind: str, known: Field, value: object, language: Language) -> object:
    """Return a choice, or a truth, as people read it; any other value as it is.

    Examples
    --------
    >>> from seedbed.patient.fields import fields_of
    >>> from seedbed.patient.records import Patient
    >>> shown_choice("patient", fields_of(Patient)["sex"], "male", "zh")
    '男'
    """
    if value is None or known.kind not in ("choice", "yes or no"):
        return value
    word = (YES if value else NO) if isinstance(value, bool) else str(value)
    return choice_title(kind, known.name, word).of(language)
