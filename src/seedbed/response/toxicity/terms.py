"""The 837 terms of CTCAE v5.0: organ classes, which grades exist, and finding one by what people write.

Only names and which grades exist are here; the sentences that define the grades are read from the user's
own copy of the publication.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

from seedbed.errors import InputError, TableError, one_of
from seedbed.response.toxicity.scales import PACKAGE
from seedbed.tables import read_table

How = Literal["name", "synonym", "words", "spelling"]
CLOSE: Final = 0.8
"""Similarity from which a word counts as misspelt (difflib's ratio; local rule)."""
NEARLY: Final = 0.05
"""Names within this of the most similar one are shown too (local rule)."""
MOST: Final = 12
"""Misspelt names that are compared further."""
SHORT: Final = 3
"""Words of so many letters must stand whole (ALT is no alteration)."""
NOT_LETTERS = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
FILLERS: Final = frozenset({"of", "the", "and", "in", "a", "to", "with", "nos", "unspecified"})
SPELLINGS: Final = (
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("leuc", "leuk"),
    ("isation", "ization"),
    ("sulph", "sulf"),
    ("fibre", "fiber"),
)
"""British spellings and the American ones of the publication; names and questions are folded alike."""


@dataclass(frozen=True)
class Term:
    """A term of CTCAE v5.0.

    Attributes
    ----------
    name, organ_class : str
        As published.
    grades : tuple of int
        The grades that are defined, of 1 to 5.
    """

    name: str
    organ_class: str
    grades: tuple[int, ...]

    def check_grade(self, grade: int) -> int:
        """Return a grade if the term has it.

        Raises
        ------
        InputError
            CTCAE v5.0 defines no such grade of this term.

        Examples
        --------
        >>> one_term("Alopecia").check_grade(3)
        Traceback (most recent call last):
        ...
        seedbed.errors.InputError: grade 3 of 'Alopecia'; expected one of the grades 1, 2, ...
        """
        if grade not in self.grades:
            raise InputError(
                f"grade {grade} of '{self.name}'",
                f"one of the grades {', '.join(map(str, self.grades))}, which CTCAE v5.0 defines",
                "correct the grade or the term",
            )
        return grade


@dataclass(frozen=True)
class Match:
    """A term that a search found.

    Attributes
    ----------
    term : Term
    how : str
        ``name``, ``synonym``, ``words`` (each word stands in it) or ``spelling`` (nearly).
    found_by : str
        The name or synonym that matched.
    """

    term: Term
    how: How
    found_by: str


def one_term(name: str) -> Term:
    """Return the term with a name or synonym.

    Raises
    ------
    InputError
        None is called so, or a word stands for several terms.

    Examples
    --------
    >>> one_term("hypoproteinaemia").name, one_term("放射性肺炎").name
    ('Hypoalbuminemia', 'Pneumonitis')
    """
    found = find_term(name)
    if found is not None:
        return found
    near = [match.term.name for match in search(name)]
    if near:
        raise InputError(f"the adverse event '{name}'", one_of(near), "name the term of CTCAE v5.0")
    raise InputError(f"the adverse event '{name}'", "a term of CTCAE v5.0", "try 'seedbed ctcae search'")


def find_term(name: str) -> Term | None:
    """Return the one term with a name or synonym, None where there is none or more than one.

    Examples
    --------
    >>> find_term("ANAEMIA").name, find_term("myelosuppression") is None
    ('Anemia', True)
    """
    exactly = [match.term for match in search(name) if match.how in ("name", "synonym")]
    return exactly[0] if len(exactly) == 1 else None


def search(text: str) -> tuple[Match, ...]:
    """Find terms by a name, a synonym (English or Chinese), some of its words, or a misspelling.

    A name or synonym that fits alone is all that is returned; otherwise the likeliest come first.

    Parameters
    ----------
    text : str
        British or American spelling, any case.

    Examples
    --------
    >>> [match.term.name for match in search("骨髓抑制")]
    ['Anemia', 'White blood cell decreased', 'Neutrophil count decreased', 'Platelet count decreased']
    >>> [match.term.name for match in search("neumonitis")]
    ['Pneumonitis']
    """
    wanted = fold(text)
    if not wanted:
        return ()
    if wanted in _names():
        return (Match(_names()[wanted], "name", _names()[wanted].name),)
    if wanted in _synonyms():
        known = _synonyms()[wanted]
        return tuple(Match(TERMS[name], "synonym", text.strip()) for name in known)
    return _by_words(wanted) or _by_spelling(wanted)


def fold(text: str) -> str:
    """Return a name in small letters, American spelling, without punctuation.

    Examples
    --------
    >>> fold("Oedema: Limbs"), fold("Hand-foot skin reaction"), fold("低蛋白血症 ")
    ('edema limbs', 'hand foot skin reaction', '低蛋白血症')
    """
    plain = NOT_LETTERS.sub(" ", unicodedata.normalize("NFKC", text).casefold().replace("γ", "gamma")).strip()
    for british, american in SPELLINGS:
        plain = plain.replace(british, american)
    return plain


def _by_words(wanted: str) -> tuple[Match, ...]:
    """Find names that hold every word, or Chinese synonyms that hold the text or lie in it."""
    words = set(wanted.split()) - FILLERS
    found: dict[str, Match] = {}
    for name, term in _names().items():
        if words and all(_stands_in(word, name.split()) for word in words):
            found.setdefault(term.name, Match(term, "words", term.name))
    for synonym, names in _synonyms().items():
        chinese = not synonym.isascii() and (wanted in synonym or (len(synonym) > 1 and synonym in wanted))
        if chinese or (words and synonym.isascii() and words <= set(synonym.split())):
            for name in names:
                found.setdefault(name, Match(TERMS[name], "words", synonym))
    return tuple(sorted(found.values(), key=lambda match: len(match.term.name)))


def _stands_in(word: str, parts: list[str]) -> bool:
    return word in parts if len(word) <= SHORT else any(part.startswith(word) for part in parts)


def _by_spelling(wanted: str) -> tuple[Match, ...]:
    """Find names and synonyms that are spelt nearly so, the nearest first."""
    known = [*_names(), *_synonyms()]
    found: dict[str, Match] = {}
    for near in get_close_matches(wanted, known, n=MOST, cutoff=CLOSE):
        names = (_names()[near].name,) if near in _names() else _synonyms()[near]
        for name in names:
            found.setdefault(name, Match(TERMS[name], "spelling", near))
    likeness = {
        each: SequenceMatcher(None, wanted, fold(match.found_by)).ratio() for each, match in found.items()
    }
    best = max(likeness.values(), default=0.0)
    return tuple(match for each, match in found.items() if likeness[each] >= best - NEARLY)


@cache
def _names() -> dict[str, Term]:
    return {fold(term.name): term for term in TERMS.values()}


@cache
def _synonyms() -> dict[str, tuple[str, ...]]:
    """Return the terms that each synonym stands for."""
    table = read_table(files(PACKAGE) / "data" / "synonyms.csv")
    known: dict[str, tuple[str, ...]] = {}
    for row in table.rows:
        terms = tuple(row["terms"].split(";"))
        unknown = [name for name in terms if name not in TERMS]
        if unknown:
            raise TableError(f"'{unknown[0]}' in {table.name}", "a term of CTCAE v5.0", "correct it")
        for synonym in row["synonyms"].split(";"):
            if known.setdefault(fold(synonym), terms) != terms:
                raise TableError(f"'{synonym}' twice in {table.name}", "each synonym once", "take one out")
    return known


TERMS: Final[Mapping[str, Term]] = MappingProxyType(
    {
        row["term"]: Term(row["term"], row["organ_class"], tuple(int(grade) for grade in row["grades"]))
        for row in read_table(files(PACKAGE) / "data" / "terms.csv").rows
    }
)
"""The terms of CTCAE v5.0 by name."""
