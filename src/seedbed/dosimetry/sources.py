"""Seed models by name: those that are shipped, and a clinic's own."""

import os
import re
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from seedbed.dosimetry.source_files import read_source
from seedbed.dosimetry.source_model import FloatArray, Source
from seedbed.errors import InputError, TableError, one_of

__all__ = ["FloatArray", "Source", "find_source", "load_source", "read_source", "source_names"]

FOLDER_VARIABLE = "SEEDBED_SOURCES"
"""Environment variable that names the folder of a clinic's own seed files."""
FILE_ENDING = ".toml"
COMPANY_WORDS = re.compile(r"\b(inc|llc|ltd|corp|corporation|gmbh|ag|co)\b\.?", re.IGNORECASE)


def source_names() -> list[str]:
    """Names of the seed models that `load_source` knows: the shipped ones, then the clinic's own.

    Examples
    --------
    >>> "6711" in source_names()
    True
    """
    return [*sorted(_shipped()), *sorted(_own())]


def load_source(name: str | Path) -> Source:
    """Load a seed model by name, or from a clinic's own file.

    Parameters
    ----------
    name : str or Path
        A shipped model or one of its other names, a model in the folder that the environment variable
        ``SEEDBED_SOURCES`` names (the file ``NAME.toml``), or the path of a file (a text ending in
        ``.toml``, or a `Path`).

    Returns
    -------
    Source
        The same object each time, as long as its file does not change.

    Raises
    ------
    TableError
        Unknown name, a file that cannot be used, or one that takes a name of a shipped model.

    Examples
    --------
    >>> load_source("6711").dose_rate_constant
    0.965
    """
    if not isinstance(name, str | Path):
        raise TableError(f"seed model {name!r}", "a name or a file", "write it like '6711'")
    if isinstance(name, Path) or name.endswith(FILE_ENDING):
        return _own_file(Path(name))
    if name in _shipped():
        return _shipped_source(name)
    own = _own()
    if name not in own and (alias := find_source(name)) is not None:
        return alias
    if name not in own:
        raise TableError(
            f"seed model '{name}' is not known",
            one_of(source_names(), name),
            "choose a listed model, or add your own ('seedbed sources template' prints a file to fill)",
        )
    source = _own_file(own[name])
    if source.name != name:
        raise TableError(
            f"file '{own[name].name}' holds the seed model '{source.name}'",
            f"a file named {source.name}{FILE_ENDING}",
            "rename the file",
        )
    return source


def find_source(model: str, manufacturer: str = "") -> Source | None:
    """Find the seed model that a plan means, or none; nothing is guessed.

    Parameters
    ----------
    model : str
        What the plan calls its seed. It must be a name or alias of the model; case, spaces and punctuation do
        not count. A seed "6711 type" is not the 6711.
    manufacturer : str
        What the plan says of its maker. Where it names a maker that is not one of the model's, the answer is
        None: whether the data of a model fit another maker's seed is for the user to say.

    Returns
    -------
    Source or None

    Examples
    --------
    >>> find_source("OncoSeed 6711", "GE Healthcare").name
    '6711'
    >>> find_source("6711 type") is None, find_source("6711", "Another Maker Ltd") is None
    (True, True)
    """
    wanted = _plain(model)
    for source in map(load_source, source_names() if wanted else []):
        if wanted in _names_of(source):
            return source if _makes(source, manufacturer) else None
    return None


def _makes(source: Source, manufacturer: str) -> bool:
    said = _plain(COMPANY_WORDS.sub("", manufacturer))
    makers = {_plain(COMPANY_WORDS.sub("", maker)) for maker in (*source.manufacturers, source.title)}
    return not said or said in makers


def _names_of(source: Source) -> set[str]:
    return {_plain(name) for name in (source.name, source.title, *source.aliases)}


def _plain(text: str) -> str:
    """Letters and digits only, without case."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())


def _shipped() -> dict[str, Traversable]:
    folder = files("seedbed.dosimetry") / "data"
    return {
        file.name.removesuffix(FILE_ENDING): file
        for file in folder.iterdir()
        if file.name.endswith(FILE_ENDING)
    }


@cache
def _shipped_source(name: str) -> Source:
    return read_source(_shipped()[name])


def _own() -> dict[str, Path]:
    """Return the clinic's files by model name."""
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    if not named:
        return {}
    folder = Path(named)
    if not folder.is_dir():
        raise InputError(
            f"{FOLDER_VARIABLE} names '{named}'", "a folder of seed files", "correct or unset that variable"
        )
    return {file.stem: file for file in folder.glob(f"*{FILE_ENDING}")}


def _own_file(path: Path) -> Source:
    try:
        state = path.stat()
    except OSError as error:
        raise InputError(f"there is no file '{path}'", "a seed file", "check the name") from error
    return _read_own(path.resolve(), state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read_own(path: Path, _changed_ns: int, _size: int) -> Source:
    """Read a clinic's file; it is read again when it has changed."""
    source = read_source(path)
    for shipped in map(_shipped_source, _shipped()):
        taken = _names_of(source) & _names_of(shipped)
        if taken:
            raise TableError(
                f"file '{path.name}' uses the name '{sorted(taken)[0]}' of the shipped seed model "
                f"'{shipped.name}'",
                "a name and aliases of its own",
                "give your seed another name",
            )
    return source
