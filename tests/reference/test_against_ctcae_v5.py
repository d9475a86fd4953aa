"""CTCAE v5.0 as published by the US National Cancer Institute, against the tables made from it.

The grade sentences are read here by a small grammar of their own: "<10.0 - 8.0 g/dL", ">3.0 - 5.0 x ULN",
"50 - 40%". Every number of the table must be printed in the sentence of its grade, with the same end open.
"""

import csv
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import pytest

from seedbed.response.toxicity import TERMS
from seedbed.response.toxicity.scales import Interval, Scale, all_scales

NUMBER = r"LLN|ULN|normal|[Bb]aseline|\d+(?:\.\d+)?(?![\d.]|e9)"
RANGE = re.compile(
    rf"(?P<s1><=|>=|<|>)?\s*(?P<a>{NUMBER})\s*(?:x ULN|x LLN|/mm3|mg/dL|mmol/L)?\s*"
    rf"(?:-|to|, but)\s*(?P<s2><=|>=|<|>)?\s*(?P<b>{NUMBER})"
)
SINGLE = re.compile(rf"(?P<s><=|>=|<|>)\s*(?P<a>{NUMBER})")
PARTS = re.compile(r"[;()]| or (?=diastolic)| and (?=>)")
UNITS: Final = {
    "g/dL": "g/dL",
    "mg/dL": "mg/dL",
    "mmol/L": "mmol/L",
    "10^9/L": "10e9",
    "ms": "ms",
    "g/24h": "g/24",
    "mL/min/1.73m2": "ml/min",
    "kg/m2": "kg/m2",
    "mmHg": "mm Hg",
    "degC": "degrees C",
    "degF": "degrees F",
}
NOT_BY_ONE_VALUE: Final = {
    "Bone marrow hypocellular",
    "Dry mouth",
    "Febrile neutropenia",
    "Hypoxia",
    "Pancreatic enzymes decreased",
    "Sinusoidal obstruction syndrome",
    "Urine output decreased",
}
"""Terms with numbers about blood, urine, saliva or breath that a single laboratory value does not decide."""
LABORATORY = re.compile(r"LLN|ULN|mg/dL|mmol/L|/mm3|10e9|g/24|ml/min|mL/min|mm Hg| ms\b|\bpH\b|degrees C|BMI")
DLCO, UNIT = "Carbon monoxide diffusing capacity decreased", "mL/min/mmHg"
READ_OTHERWISE: Final = {
    ("Lipase increased", 2, "x ULN"),  # ">1.5 - 2.0", and ">2.0 - 5.0" where asymptomatic
    ("Serum amylase increased", 2, "x ULN"),
    ("Hypothermia", 4, "value degF"),  # "<=28 degrees C; 82.4 degrees F": the sign is printed once
    ("Fibrinogen decreased", 1, "fall %"),  # "<25% decrease", read as more than none
    ("Fibrinogen decreased", 4, "fall %"),  # "75% decrease", read as 75 or more
    *(
        (DLCO, grade, basis) for grade in (1, 2, 3) for basis in (f"below LLN {UNIT}", f"fall {UNIT}")
    ),  # prose
}
"""Places where the table states a reading of the printed words; each is told in its header."""


@pytest.fixture(scope="module")
def published(reference_data: Path) -> dict[str, dict[str, str]]:
    file = reference_data / "ctcae" / "ctcae_v5.csv"
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return {row["term"]: row for row in csv.DictReader(stream)}


def test_the_terms_classes_and_grades_are_those_published(published: dict[str, dict[str, str]]) -> None:
    assert len(published) == 837
    assert list(TERMS) == list(published)
    for name, row in published.items():
        assert TERMS[name].organ_class == row["soc"]
        assert TERMS[name].grades == tuple(
            g for g in range(1, 6) if row[f"grade{g}"].strip() not in ("", "-")
        )


def test_no_sentence_of_the_publication_is_in_the_tables(published: dict[str, dict[str, str]]) -> None:
    folder = Path(__file__).parents[2] / "src" / "seedbed" / "response" / "toxicity" / "data"
    ours = " ".join(file.read_text(encoding="utf-8") for file in folder.glob("*.csv"))
    sentences = {row[f"grade{g}"] for row in published.values() for g in range(1, 6)}
    long = {text for text in sentences | {row["definition"] for row in published.values()} if len(text) > 40}
    names = {row["term"] for row in published.values()}
    assert [text for text in long if text in ours and text not in names] == []


def printed(sentence: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Return every interval that a sentence prints, with the words about it."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", sentence)
    parts = (part for part in PARTS.split(text) if part)
    return [(part, found) for part in parts if (found := _range(part) or _single(part))]


def _range(part: str) -> tuple[Any, ...] | None:
    found = RANGE.search(part)
    if found is None:
        return None
    first, second = _end(found["a"]), _end(found["b"])
    numbers = isinstance(first, Fraction) and isinstance(second, Fraction)
    falls = found["s1"] in ("<", "<=") or (numbers and first > second)
    if falls:
        return second, first, found["s2"] != ">", found["s1"] != "<"
    return first, second, found["s1"] != ">", found["s2"] != "<"


def _single(part: str) -> tuple[Any, ...] | None:
    found = SINGLE.search(part)
    if found is None:
        return None
    end, with_end = _end(found["a"]), "=" in found["s"]
    return (None, end, False, with_end) if found["s"].startswith("<") else (end, None, with_end, False)


def _end(text: str) -> Any:
    """Return a number, or a limit by the name of the table; pH prints "normal" for both."""
    return Fraction(text) if text[0].isdigit() else text.casefold()


def forms(interval: Interval, scale: Scale) -> list[tuple[Any, ...]]:
    """Return the ways in which an interval of the table may be printed."""
    low, high = (_end(text) if text else None for text in (interval.low, interval.high))
    ends = [(low, high)]
    if scale.unit == "10^9/L":  # also in /mm3
        ends.append(tuple(each * 1000 if isinstance(each, Fraction) else each for each in (low, high)))
    if scale.basis.startswith("x "):  # the limit itself for once the limit
        limit = scale.basis.removeprefix("x ").casefold()
        ends.append(tuple(limit if each == 1 else each for each in (low, high)))
    if scale.analyte == "blood_ph":
        ends.append(tuple("normal" if each in ("lln", "uln") else each for each in (low, high)))
    return [(*pair, interval.with_low, interval.with_high) for pair in ends]


def _about(words: str, scale: Scale) -> bool:
    """Whether a part of a sentence is about what a scale compares."""
    if scale.basis.startswith("x "):
        return scale.basis.removeprefix("x ").casefold() in words.casefold()
    if scale.unit == "10^9/L" and "/mm3" in words:
        return True
    return UNITS.get(scale.unit, "") in words


def test_every_number_of_the_table_is_printed_so(published: dict[str, dict[str, str]]) -> None:
    wrong, compared, skipped = [], 0, 0
    for scale in all_scales():
        for interval in scale.intervals:
            if (scale.term, interval.grade, f"{scale.basis} {scale.unit}".strip()) in READ_OTHERWISE:
                skipped += 1
                continue
            sentence = published[scale.term][f"grade{interval.grade}"]
            fitting = [found for words, found in printed(sentence) if _about(words, scale)]
            compared += 1
            if not any(form in fitting for form in forms(interval, scale)):
                wrong.append((scale.term, interval.grade, interval, sentence, fitting))
    assert wrong == []
    assert compared > 200
    assert skipped == len(READ_OTHERWISE)


def test_every_term_with_laboratory_numbers_is_in_the_table(published: dict[str, dict[str, str]]) -> None:
    numeric = {
        name
        for name, row in published.items()
        if any(
            LABORATORY.search(row[f"grade{g}"]) and re.search(r"[<>\d]", row[f"grade{g}"])
            for g in range(1, 5)
        )
    }
    assert numeric - {scale.term for scale in all_scales()} <= NOT_BY_ONE_VALUE


def _grades(row: dict[str, str]) -> list[str]:
    return [row[f"grade{grade}"] for grade in range(1, 5)]
