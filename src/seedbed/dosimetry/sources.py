"""Seed models by name: those that are shipped, and a clinic's own."""

from pathlib import Path

from seedbed.dosimetry.own_sources import FOLDER_VARIABLE, OwnModel, own_models, read_own, refuse_unchecked
from seedbed.dosimetry.shipped_sources import shipped_names, shipped_source, shipped_sources
from seedbed.dosimetry.source_files import FILE_ENDING, read_source
from seedbed.dosimetry.source_model import FloatArray, Source, plain
from seedbed.errors import TableError, one_of

__all__ = [
    "FOLDER_VARIABLE",
    "FloatArray",
    "OwnModel",
    "Source",
    "find_source",
    "load_source",
    "load_unchecked",
    "own_models",
    "read_source",
    "source_names",
]


def source_names() -> list[str]:
    """Names of the seed models that `load_source` gives: the shipped ones, then the clinic's own.

    Files of the clinic that are broken or fail a check are left out; `own_models` says why.

    Raises
    ------
    InputError
        ``SEEDBED_SOURCES`` names something that is no folder.

    Examples
    --------
    >>> "6711" in source_names()
    True
    """
    return [*shipped_names(), *(name for name, own in own_models().items() if own.problem is None)]


def load_source(name: str | Path) -> Source:
    """Load a seed model for dose, by name or from a clinic's own file.

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
        Unknown name, a name of two files, a file that cannot be used, one that fails a check of
        `seedbed.dosimetry.source_checks`, or one that takes a name of a shipped model.

    Examples
    --------
    >>> load_source("6711").dose_rate_constant
    0.965
    """
    if (path := _as_path(name)) is not None:
        source = read_own(path)
        refuse_unchecked(source, path.name)
        return source
    return _by_name(str(name))


def load_unchecked(name: str | Path) -> Source:
    """Load a seed model to show and check it, not for dose: a clinic's file may fail its checks.

    Parameters
    ----------
    name : str or Path
        As for `load_source`.

    Raises
    ------
    TableError
        Unknown name, or a file that cannot be read as a seed model.

    Examples
    --------
    >>> load_unchecked("6711") is load_source("6711")
    True
    """
    if (path := _as_path(name)) is not None:
        return read_own(path)
    own = None if name in shipped_names() else own_models().get(str(name))
    if own is not None and own.source is not None and own.source.name == name:
        return own.source
    return _by_name(str(name))


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

    Raises
    ------
    TableError
        Two models have this name and maker, or the one that has is a clinic's file that is broken or fails
        its checks.

    Examples
    --------
    >>> find_source("OncoSeed 6711", "GE Healthcare").name
    '6711'
    >>> find_source("6711 type") is None, find_source("6711", "Another Maker Ltd") is None
    (True, True)
    """
    wanted = plain(model)
    if not wanted:
        return None
    for source in shipped_sources():  # no clinic's file may take one of their names
        if wanted in source.names:
            return source if source.made_by(manufacturer) else None
    meant = [own for own in own_models().values() if _means(own, wanted, manufacturer)]
    if len(meant) > 1:
        files = " and ".join(f"'{own.path}'" for own in meant)
        raise TableError(
            f"'{model}' is a name of the seed models in {files}",
            "one model of that name and maker",
            f"take the name out of one of them (the folder is the one that {FOLDER_VARIABLE} names)",
        )
    return meant[0].usable() if meant else None


def _means(own: OwnModel, wanted: str, manufacturer: str) -> bool:
    if own.source is None:  # it cannot be read: only the name of the file is known
        return plain(own.name) == wanted
    return wanted in own.source.names and own.source.made_by(manufacturer)


def _as_path(name: str | Path) -> Path | None:
    """Return the path of a clinic's file; None where a model is named."""
    if not isinstance(name, str | Path):
        raise TableError(f"seed model {name!r}", "a name or a file", "write it like '6711'")
    return Path(name) if isinstance(name, Path) or name.endswith(FILE_ENDING) else None


def _by_name(name: str) -> Source:
    if name in shipped_names():
        return shipped_source(name)
    own = own_models().get(name)
    if own is not None:
        return own.usable()
    alias = None if name.endswith(("/", "\\")) else find_source(name)
    if alias is None:
        raise TableError(
            f"seed model '{name}' is not known",
            one_of(source_names(), name),
            "choose a listed model, or add your own ('seedbed sources template' prints a file to fill)",
        )
    return alias
