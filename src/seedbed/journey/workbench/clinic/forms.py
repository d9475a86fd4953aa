"""What a form asks for: the fields of each kind of records, with labels, units, choices and ranges."""

from functools import cache
from typing import Any

from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS, Record, references_of
from seedbed.sheets.titles import NO, YES, choice_title, field_title, sheet_title

LANGUAGES = ("en", "zh")


def path_of(kind: str) -> str:
    """Return how a kind of records is written in an address.

    Examples
    --------
    >>> path_of("PET uptake")
    'pet-uptake'
    """
    return kind.lower().replace(" ", "-")


@cache
def kinds_described() -> tuple[dict[str, Any], ...]:
    """Describe every kind of records, in the order in which they refer to each other.

    Examples
    --------
    >>> visit = next(each for each in kinds_described() if each["kind"] == "visit")
    >>> visit["title"]["en"], visit["key"], visit["fields"][2]["unit"]
    ('Visits', ['patient_id', 'on'], 'kg')
    """
    return tuple(_described(kind) for kind in KINDS.values())


def _described(kind: type[Record]) -> dict[str, Any]:
    return {
        "kind": kind.KIND,
        "path": path_of(kind.KIND),
        "title": _words(sheet_title(kind.KIND)),
        "key": [*kind.KEY],
        "refers_to": {columns[-1]: other for other, columns in references_of(kind.KIND)[1:]},
        "fields": [
            _field(kind, each) for each in fields_of(kind).values() if each.name != "patient_id"
        ],
    }  # fmt: skip


def _field(kind: type[Record], each: Field) -> dict[str, Any]:
    choices = (YES, NO) if each.kind == "yes or no" else each.choices
    return {
        "name": each.name,
        "label": _words(field_title(kind.KIND, each.name)),
        "unit": each.unit,
        "kind": each.kind,
        "choices": [
            {"value": value, **_words(choice_title(kind.KIND, each.name, value))} for value in choices
        ],
        "required": each.needed,
        "range": None if each.low is None else [each.low, each.high],
        "help": each.meaning,
        "expected": each.expected,
        "is_key": each.name in kind.KEY,
    }


def _words(title: Any) -> dict[str, str]:
    return {language: title.of(language) for language in LANGUAGES}
