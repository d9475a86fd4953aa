"""Adverse events for a clinic: grade a value, find a term, keep one's own copy of the publication."""

import json
import os
import re
import unicodedata
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError, TableError
from seedbed.response.toxicity import (
    TERMS,
    LaboratoryGrade,
    Term,
    find_term,
    grade_blood_pressure,
    grade_value,
    one_term,
    search,
)
from seedbed.response.toxicity.scales import scales_of
from seedbed.response.toxicity.terms import fold
from seedbed.sheets.ctcae_file import TermText, read_ctcae

FOLDER_VARIABLE: Final = "SEEDBED_CTCAE"
"""Environment variable that names the folder with the user's own copy of CTCAE v5.0."""
FILE: Final = "ctcae_v5.json"
MOST_LACKING: Final = 20
"""Terms that a copy may lack, for other spellings; with more it is no copy of version 5.0 (local rule)."""
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
GROUPED = re.compile(r"\d{1,3},\d{3}")
PRESSURE = re.compile(r"([\d.]+)\s*/\s*([\d.]+)")


def grade(
    term: str,
    value: str,
    unit: str = "",
    *,
    low: str | None = None,
    high: str | None = None,
    baseline: str | None = None,
) -> dict[str, Any]:
    """Grade a laboratory value by CTCAE v5.0, for people and machines.

    Parameters
    ----------
    term : str
        A term or a laboratory quantity.
    value : str
        A number as a person writes it; a blood pressure as ``150/95``.
    unit : str
    low, high, baseline : str, optional
        In the same unit.

    Raises
    ------
    InputError, UndecidedError
        As `seedbed.response.toxicity.grade_value`; also where a text is no number.

    Examples
    --------
    >>> grade("Platelet count decreased", "50", "K/uL", low="125")["grade"]
    2
    >>> grade("high blood pressure", "150/95", "mmHg")["grade"]
    2
    """
    pressure = PRESSURE.fullmatch(unicodedata.normalize("NFKC", value).strip())
    if pressure is not None:
        found = _pressure(term, pressure, unit)
    else:
        found = grade_value(
            term,
            read_number(value, "value"),
            unit,
            low=None if low is None else read_number(low, "lower limit"),
            high=None if high is None else read_number(high, "upper limit"),
            baseline=None if baseline is None else read_number(baseline, "baseline"),
        )
    return {
        "grade": found.grade,
        "term": found.term,
        "analyte": found.analyte,
        "value": value.strip(),
        "unit": unit,
        "limits": dict(found.limits),
        "text": found.text,
        "caveats": list(found.caveats),
        "rule": found.rule_id,
        "source": found.source,
    }


def read_number(text: str, what: str) -> Decimal:
    """Return a number as a person writes it, exactly: decimal point or comma, full-width digits.

    Raises
    ------
    InputError
        No number, or a comma that may part thousands.

    Examples
    --------
    >>> read_number("1,5", "value"), read_number("０.80", "value")
    (Decimal('1.5'), Decimal('0.80'))
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    if GROUPED.fullmatch(plain):
        raise InputError(
            f"'{text}' as the {what}", "a number without commas", "write 1500 or 1.5, whichever is meant"
        )
    plain = plain.replace(",", ".") if plain.count(",") == 1 and "." not in plain else plain
    if not NUMBER.fullmatch(plain):
        raise InputError(f"'{text}' as the {what}", "a number such as 3.2", "correct it")
    return Decimal(plain)


def search_terms(text: str) -> dict[str, Any]:
    """Return the terms that a text may mean, the likeliest first.

    Examples
    --------
    >>> [row["term"] for row in search_terms("低蛋白血症")["terms"]]
    ['Hypoalbuminemia']
    """
    return {
        "text": text,
        "terms": [{**_facts(match.term), "how": match.how, "by": match.found_by} for match in search(text)],
    }


def show_term(name: str, folder: Path) -> dict[str, Any]:
    """Return what is on file of a term: which grades exist, the numbers, and the user's own sentences.

    Raises
    ------
    InputError
        No such term, or a copy that cannot be read.
    """
    term = one_term(name)
    texts = own_texts(folder).get(term.name)
    return {
        **_facts(term),
        "laboratory": [
            {
                "analyte": scale.analyte,
                "when": scale.when,
                "grades": {str(each.grade): each.words(scale.unit_words) for each in scale.intervals},
            }
            for scale in scales_of(term.name)
        ],
        "sentences": None if texts is None else texts["grades"],
        "definition": None if texts is None else texts["definition"],
        "note": None if texts is None else texts["note"],
    }


def import_ctcae(file: Path, folder: Path) -> dict[str, Any]:
    """Keep the sentences of the user's own copy of CTCAE v5.0 in a folder of the user.

    Returns
    -------
    dict
        ``path``, ``terms`` (how many were kept), ``lacking`` and ``unknown`` (names), ``other_grades``
        (terms whose grades are not those that Seedbed knows).

    Raises
    ------
    TableError
        A file that is no copy of version 5.0.
    """
    found: dict[str, TermText] = {}
    unknown = []
    for text in read_ctcae(file):
        term = _published(text.term)
        if term is None:
            unknown.append(text.term)
        else:
            found[term.name] = text
    lacking = [name for name in TERMS if name not in found]
    if len(lacking) > MOST_LACKING:
        raise TableError(
            f"'{file}' lacks {len(lacking)} of the {len(TERMS)} terms of CTCAE v5.0, such as '{lacking[0]}'",
            "a whole copy of version 5.0",
            "take the file of the US National Cancer Institute",
        )
    path = _write(folder, file, found)
    return {
        "path": str(path.resolve()),
        "terms": len(found),
        "lacking": lacking,
        "unknown": unknown,
        "other_grades": [name for name, text in found.items() if _grades(text) != TERMS[name].grades],
    }


def ctcae_folder(given: Path | None, default: Path) -> Path:
    """Return the folder of the user's own copy: named, by the environment, or the default.

    Examples
    --------
    >>> ctcae_folder(Path("mine"), Path("default")).name
    'mine'
    """
    named = os.environ.get(FOLDER_VARIABLE)
    return given or (Path(named) if named else default)


def own_texts(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the sentences that were imported, by term; empty before any import.

    Raises
    ------
    InputError
        The file there is damaged.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return dict(content["terms"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"'{path}' is damaged ({type(error).__name__})",
            "what 'seedbed ctcae import' wrote",
            "import the file again",
        ) from error


def _pressure(term: str, pressure: re.Match[str], unit: str) -> LaboratoryGrade:
    known = find_term(term)
    if (known is None or known.name != "Hypertension") and fold(term) not in ("blood pressure", "bp", "血压"):
        raise InputError(f"'{pressure[0]}' for '{term}'", "one number", "correct the value")
    systolic, diastolic = (read_number(each, "blood pressure") for each in pressure.groups())
    return grade_blood_pressure(systolic, diastolic, unit or "mmHg")


def _facts(term: Term) -> dict[str, Any]:
    return {
        "term": term.name,
        "organ_class": term.organ_class,
        "grades": list(term.grades),
        "by_value": bool(scales_of(term.name)),
    }


def _published(name: str) -> Term | None:
    """Return the term of a copy, by its name alone."""
    return TERMS.get(name) or _by_folded().get(fold(name))


def _by_folded() -> dict[str, Term]:
    return {fold(term.name): term for term in TERMS.values()}


def _grades(text: TermText) -> tuple[int, ...]:
    return tuple(number for number, sentence in enumerate(text.grades, start=1) if sentence)


def _write(folder: Path, file: Path, found: dict[str, TermText]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    content = {"from": file.name, "terms": {name: asdict(text) for name, text in found.items()}}
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
    return path
