"""Which seed model a plan means: found from what it says of its seeds, or named by the user."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom import Dataset

from seedbed.dicom.files import text
from seedbed.dosimetry import Source, find_source, source_names
from seedbed.errors import InputError, one_of

UNSTATED = frozenset({
    "", "-", "?", "n/a", "n.a.", "na", "none", "null", "unknown", "unspecified", "not specified", "undefined",
    "default", "other", "tbd",
})  # fmt: skip
"""Words that planning systems write where nobody named a maker; they count as nothing said (local rule)."""
BRACKETED = re.compile(r"\(([^()]+)\)")


@dataclass(frozen=True)
class ModelChoice:
    """The seed model of a plan, and how it was chosen.

    Attributes
    ----------
    source : Source
    by_user : bool
        Whether the user named it; else it was found from what the plan says.
    stated : str
        What the plan says of its seeds, in its own words.
    notes : tuple of str
        Sentences on what was taken by the user's word.
    """

    source: Source
    by_user: bool
    stated: str
    notes: tuple[str, ...] = ()


def choose_model(sources: Sequence[Dataset], given: Source | None, name: str) -> ModelChoice:
    """Choose the seed model of the sources of a plan.

    Parameters
    ----------
    sources : sequence of Dataset
        Items of the Source Sequence that seeds use.
    given : Source or None
        The model that the user named.
    name : str
        Name of the file.

    Raises
    ------
    InputError
        Several models in one plan, or none that is known and none given.
    """
    stated = "; ".join(dict.fromkeys(what_is_said(item) for item in sources))
    found = [_model_of(item, name, or_none=given is not None) for item in sources]
    known = {source.name: source for source in found if source is not None}
    if len(known) > 1:
        raise InputError(
            f"plan '{name}' has seeds of the models {' and '.join(sorted(known))}",
            "seeds of one model",
            "export one plan for each model",
        )
    if given is not None:
        return ModelChoice(given, True, stated, _by_word(given, known, all(found), sources))
    if not known or not all(found):
        raise InputError(
            f"plan '{name}' says of its seeds: {stated}, which is no known model of a known maker",
            f"{one_of(source_names())}, of its own maker",
            "name the model whose data are to be used with --source",
        )
    source = next(iter(known.values()))
    return ModelChoice(source, False, stated, _no_maker(source, sources))


def what_is_said(item: Dataset) -> str:
    """Return what a source of a plan says of its model and maker, in one phrase.

    Examples
    --------
    >>> seed = Dataset()
    >>> seed.SourceModelID, seed.SourceIsotopeName = "STM1251", "I-125"
    >>> what_is_said(seed)
    "model 'STM1251', radionuclide 'I-125', no maker"
    """
    words = {
        "model": "SourceModelID", "description": "SourceDescription",
        "radionuclide": "SourceIsotopeName", "maker": "SourceManufacturer",
    }  # fmt: skip
    said = [f"{word} {text(item, key)!r}" for word, key in words.items() if text(item, key)]
    return ", ".join(said + ([] if text(item, "SourceManufacturer") else ["no maker"]))


def maker(item: Dataset) -> str:
    """Return the maker that a source names; empty where it names none or a placeholder.

    Examples
    --------
    >>> seed = Dataset()
    >>> seed.SourceManufacturer = "Unknown "
    >>> maker(seed)
    ''
    """
    said = text(item, "SourceManufacturer").strip()
    return "" if said.casefold() in UNSTATED else said


def _model_of(item: Dataset, name: str, *, or_none: bool) -> Source | None:
    """Model that a source of a plan means; None where nothing it says is a known model of that maker.

    A word that means several models, or one that fails its checks, is refused, or None too.
    """
    try:
        return _named_model(item, name)
    except InputError:
        if or_none:
            return None
        raise


def _named_model(item: Dataset, name: str) -> Source | None:
    isotope = text(item, "SourceIsotopeName")
    phrases = [text(item, "SourceModelID"), text(item, "SourceDescription"), isotope]
    phrases += [*BRACKETED.findall(isotope), f"{maker(item)} {phrases[0]}"]
    found = {
        source.name: source
        for phrase in dict.fromkeys(phrase.strip() for phrase in phrases)
        if phrase and (source := find_source(phrase, maker(item))) is not None
    }
    if len(found) > 1:
        raise InputError(
            f"a source of plan '{name}' calls itself {' and '.join(sorted(found))}: {what_is_said(item)}",
            "one seed model",
            "name the right one with --source, after the plan was corrected",
        )
    return next(iter(found.values()), None)


def _no_maker(source: Source, sources: Sequence[Dataset]) -> tuple[str, ...]:
    """Say whose data were taken where the plan names a model but not who made it."""
    if all(map(maker, sources)):
        return ()
    makers = ", ".join(source.manufacturers[:1]) or "its own maker"
    note = (
        f"The plan names the model {source.name} but no maker; the data are those of the seed of {makers} "
        f"({source.title}), not of copies."
    )
    return (note,)


def _by_word(
    given: Source, known: dict[str, Source], all_known: bool, sources: Sequence[Dataset]
) -> tuple[str, ...]:
    """Say whose seeds the data are used for where the plan does not say so itself."""
    if all_known and set(known) == {given.name}:
        return ()
    makers = (
        " and ".join(dict.fromkeys(filter(None, map(maker, sources))))
        or "a maker that the plan does not name"
    )
    said = "; ".join(dict.fromkeys(map(what_is_said, sources)))
    notes = [f"{given.name} data used for seeds of {makers} by the user's word; the plan says: {said}."]
    other = sorted(set(known) - {given.name})
    if other:
        notes.append(f"The plan names another model, {other[0]}, whose data were not used.")
    return tuple(notes)
