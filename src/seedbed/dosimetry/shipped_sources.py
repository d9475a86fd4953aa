"""The seed models that are shipped."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from seedbed.dosimetry.source_files import FILE_ENDING, read_source
from seedbed.dosimetry.source_model import Source


def shipped_names() -> list[str]:
    """Names of the shipped models, sorted.

    Examples
    --------
    >>> shipped_names()[0]
    '1251L'
    """
    return sorted(_files())


@cache
def shipped_source(name: str) -> Source:
    """Return a shipped model, the same object each time.

    Examples
    --------
    >>> shipped_source("6711").active_length_mm
    3.0
    """
    return read_source(_files()[name])


def shipped_sources() -> list[Source]:
    """Return all shipped models, sorted by name.

    Examples
    --------
    >>> len(shipped_sources()) == len(shipped_names())
    True
    """
    return [shipped_source(name) for name in shipped_names()]


@cache
def _files() -> dict[str, Traversable]:
    folder = files("seedbed.dosimetry") / "data"
    return {
        file.name.removesuffix(FILE_ENDING): file
        for file in folder.iterdir()
        if file.name.endswith(FILE_ENDING)
    }
