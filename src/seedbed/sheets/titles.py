"""What sheets, columns and choices are called in English and Chinese, and how spellings are matched."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final, Literal

from seedbed.errors import TableError
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS
from seedbed.tables import read_table, read_toml

Language = Literal["en", "zh"]
DATA: Final = files("seedbed.sheets") / "data"
IGNORED: Final = re.compile(r"[\s_]+")
BRACKETS: Final = re.compile(r"(.*?)[\[(【〔（［]([^\[\](){}]*)[\])】〕）］]\s*", re.DOTALL)
NUMBERED: Final = re.compile(r"[\W\d]*\d[\W\d年月季度第批]*")
"""What follows the name of a sheet where there is one for each year, quarter or part."""
YES, NO = "yes", "no"
FULL_WIDTH: Final = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}
"""Unicode, block of half-width and full-width forms."""


@dataclass(frozen=True)
class Title:
    """What something is called.

    Attributes
    ----------
    english, chinese : str
    also : tuple of str
        Further spellings in either language.
    """

    english: str
    chinese: str
    also: tuple[str, ...] = ()

    def of(self, language: Language) -> str:
        """Return the title in a language."""
        return self.chinese if language == "zh" else self.english

    @property
    def spellings(self) -> tuple[str, ...]:
        """Everything that it may be called."""
        return (self.english, self.chinese, *self.also)


def folded(text: str) -> str:
    """Return a text as it is compared: without case, blanks, underscores and full-width signs.

    Examples
    --------
    >>> folded("Ｌongest _Diameter（mm）")
    'longestdiameter(mm)'
    """
    return IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())


def half_width(text: str) -> str:
    """Return a text with plain letters, digits and signs for full-width ones; nothing else changes.

    Examples
    --------
    >>> half_width("＜０．０４"), half_width("3.5²")
    ('<0.04', '3.5²')
    """
    return text if text.isascii() else text.translate(FULL_WIDTH)


def split_unit(title: str) -> tuple[str, str]:
    """Part a title and the unit that stands in brackets at its end.

    Examples
    --------
    >>> split_unit("Tg [µg/L]"), split_unit("最长径（mm）"), split_unit("Sex")
    (('Tg', 'µg/L'), ('最长径', 'mm'), ('Sex', ''))
    """
    found = BRACKETS.fullmatch(title)
    return (found[1].strip(), found[2].strip()) if found and found[1].strip() else (title.strip(), "")


def same_unit(written: str, unit: str) -> bool:
    """Tell whether two spellings mean the same unit, as far as this project's table knows.

    Examples
    --------
    >>> same_unit("毫米", "mm"), same_unit("cm", "mm")
    (True, False)
    """
    return folded(written) in {folded(each) for each in (unit, *_words()["units"].get(unit, ()))}


def readme_name(language: Language) -> str:
    """Return the name of the sheet that explains the others."""
    return str(_words()["names"]["readme"][language])


@cache
def not_stated() -> frozenset[str]:
    """Return the folded words that stand for "not stated"."""
    return frozenset(folded(each) for each in _words()["cells"]["not_stated"])


def is_no_patient(text: str) -> bool:
    """Tell whether a text in the place of a patient's identifier is the word of a total, or says "none".

    Examples
    --------
    >>> is_no_patient("合计："), is_no_patient("S-01")
    (True, False)
    """
    return folded(text).rstrip(":") in _no_patient()


@cache
def _no_patient() -> frozenset[str]:
    return frozenset(folded(each) for each in _words()["cells"]["no_patient"])


def sheet_title(kind: str) -> Title:
    """Return what the sheet of a kind of records is called."""
    return _titles()[kind, "", ""]


def field_title(kind: str, field: str) -> Title:
    """Return what a field is called, without its unit.

    Examples
    --------
    >>> field_title("measurement", "longest_mm").chinese
    '最长径'
    """
    return _first((kind, field, ""), ("*", field, ""))


def column_title(kind: str, field: Field, language: Language) -> str:
    """Return the title of a column, with the unit in brackets.

    Examples
    --------
    >>> column_title("measurement", fields_of(KINDS["measurement"])["longest_mm"], "en")
    'Longest diameter [mm]'
    """
    return with_unit(field_title(kind, field.name).of(language), field.unit)


def with_unit(title: str, unit: str) -> str:
    """Return a title with its unit in brackets."""
    return f"{title} [{unit}]" if unit else title


def choice_title(kind: str, field: str, value: str) -> Title:
    """Return what one of the values of a choice is called; ``yes`` and ``no`` are those of a truth."""
    keys = [(kind, field, value)]
    return _first(*keys, ("*", "*", value)) if value in (YES, NO) else _first(*keys)


@cache
def choices_of(kind: str, field: Field) -> Mapping[str, object]:
    """Return what each folded spelling of a choice, or of yes and no, means.

    Examples
    --------
    >>> words = choices_of("patient", fields_of(KINDS["patient"])["sex"])
    >>> words["女"], words["m"]
    ('female', 'male')
    """
    if field.kind == "yes or no":
        meant: dict[str, object] = {YES: True, NO: False}
    else:
        meant = {value: value for value in field.choices}
    spelt = {value: (value, slug(value), *choice_title(kind, field.name, value).spellings) for value in meant}
    known = _meanings(spelt, f"the choices of {kind} {field.name}")
    return MappingProxyType({word: meant[value] for word, value in known.items()})


def slug(text: str) -> str:
    """Return a text in small letters, digits and underscores, as other programs want names and codes.

    Examples
    --------
    >>> slug("TT + BCLND + LND"), slug("PET uptake")
    ('tt_bclnd_lnd', 'pet_uptake')
    """
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


@cache
def fields_by_title(kind: str) -> Mapping[str, str]:
    """Return the name of the field that each folded title of a kind means."""
    spelt = {name: (name, *field_title(kind, name).spellings) for name in fields_of(KINDS[kind])}
    return MappingProxyType(_meanings(spelt, f"the fields of {kind}"))


@cache
def kinds_by_title() -> Mapping[str, str]:
    """Return the kind of records that each folded name of a sheet means."""
    return MappingProxyType(
        _meanings({kind: (kind, *sheet_title(kind).spellings) for kind in KINDS}, "the sheets")
    )


def kind_by_start(name: str) -> str:
    """Return the kind whose name of a sheet, followed by a year or a number, is this; else an empty text.

    Examples
    --------
    >>> kind_by_start("Visits 2024"), kind_by_start("随访2024年"), kind_by_start("Visits of Dr. A")
    ('visit', 'visit', '')
    """
    whole = folded(name)
    starts = [title for title in kinds_by_title() if whole.startswith(title)]
    longest = max(starts, key=len, default="")
    return kinds_by_title()[longest] if longest and NUMBERED.fullmatch(whole[len(longest) :]) else ""


def _meanings(spelt: Mapping[str, Iterable[str]], what: str) -> dict[str, str]:
    known: dict[str, str] = {}
    for meant, spellings in spelt.items():
        for word in map(folded, spellings):
            if word and known.setdefault(word, meant) != meant:
                raise TableError(
                    f"'{word}' means '{known[word]}' and '{meant}' among {what}",
                    "one meaning of each word",
                    "take it out of titles.csv",
                )
    return known


def _first(*keys: tuple[str, str, str]) -> Title:
    for key in keys:
        if key in _titles():
            return _titles()[key]
    raise TableError(
        f"titles.csv has no row {', '.join(keys[0])}", "a row for every field and choice", "add it"
    )


@cache
def _titles() -> Mapping[tuple[str, str, str], Title]:
    rows = read_table(DATA / "titles.csv").rows
    return MappingProxyType(
        {
            (row["kind"], row["field"], row["value"]): Title(
                row["english"], row["chinese"], tuple(filter(None, row["also"].split("|")))
            )
            for row in rows
        }
    )


@cache
def _words() -> Mapping[str, Any]:
    return MappingProxyType(read_toml(DATA / "words.toml"))
