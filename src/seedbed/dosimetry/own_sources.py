"""A clinic's own seed files: one by its path, or all of the folder that an environment variable names.

A file is used for dose only where every check of `seedbed.dosimetry.source_checks` passes. One that is
broken or fails is kept with the sentence that says why, so that it stops nobody from using the others.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from seedbed.dosimetry.shipped_sources import shipped_sources
from seedbed.dosimetry.source_checks import Finding, check_source
from seedbed.dosimetry.source_files import FILE_ENDING, read_source
from seedbed.dosimetry.source_model import Source
from seedbed.errors import InputError, TableError

FOLDER_VARIABLE = "SEEDBED_SOURCES"
"""Environment variable that names the folder of a clinic's own seed files."""


@dataclass(frozen=True)
class OwnModel:
    """One file of the clinic's folder.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    path : Path
    source : Source or None
        What it holds; None where it cannot be read as a seed model.
    problem : InputError or None
        Why it is not used for dose; None where it is.
    """

    name: str
    path: Path
    source: Source | None
    problem: InputError | None = None

    def usable(self) -> Source:
        """Return the model, for dose.

        Raises
        ------
        InputError
            The file is broken or fails a check.
        """
        if self.problem is not None or self.source is None:
            raise self.problem or InputError(f"'{self.path}'", "a seed file", "correct it")
        return self.source


def own_models() -> dict[str, OwnModel]:
    """Return the files of the clinic's folder by model name, sorted; empty where no folder is named.

    Raises
    ------
    InputError
        The environment variable names something that is no folder or cannot be listed.

    Examples
    --------
    >>> isinstance(own_models(), dict)
    True
    """
    return {path.stem: _own_model(path) for path in _folder_files()}


def read_own(path: Path) -> Source:
    """Read a clinic's file without checking its numbers: to show and check it, not for dose.

    Returns
    -------
    Source
        The same object each time, as long as the file does not change.

    Raises
    ------
    InputError
        There is no such file, it cannot be read as a seed model, or it takes a name of a shipped one.
    """
    try:
        state = path.stat()
    except FileNotFoundError as error:
        raise InputError(f"there is no file '{path}'", "a seed file", "check the name") from error
    except OSError as error:
        raise InputError(
            f"file '{path}' cannot be reached ({error.strerror or error})",
            "a seed file that can be read",
            "check the name and the permissions",
        ) from error
    return _read(path.resolve(), state.st_mtime_ns, state.st_size)


def refuse_unchecked(source: Source, file: str) -> None:
    """Refuse a model that fails a check, in a sentence that names the check.

    Raises
    ------
    TableError
        A check does not pass.

    Examples
    --------
    >>> refuse_unchecked(shipped_sources()[0], "1251L.toml")
    """
    failed = _failures(source)
    if failed:
        named = " and ".join(f"'{finding.check}'" for finding in failed)
        first = failed[0].text.rstrip(".")
        raise TableError(
            f"seed file '{file}' fails the check{'s' if failed[1:] else ''} {named}: {first}",
            "a file that passes every check before dose is calculated with it",
            "compare it with its publication; 'seedbed sources check' and the file print all findings",
        )


@lru_cache(maxsize=64)
def _failures(source: Source) -> tuple[Finding, ...]:
    return check_source(source).failures


@lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int, _size: int) -> Source:
    """Read a clinic's file; it is read again when it has changed."""
    source = read_source(path)
    for shipped in shipped_sources():
        taken = source.names & shipped.names
        if taken:
            raise TableError(
                f"file '{path.name}' uses the name '{min(taken)}' of the shipped seed model '{shipped.name}'",
                "a name and aliases of its own",
                "give your seed another name",
            )
    return source


def _own_model(path: Path) -> OwnModel:
    source = None
    try:
        source = read_own(path)
        _check_file_name(source, path)
        refuse_unchecked(source, path.name)
    except InputError as error:
        return OwnModel(path.stem, path, source, _in_folder(error, path.parent))
    return OwnModel(path.stem, path, source)


def _check_file_name(source: Source, path: Path) -> None:
    if source.name != path.stem:
        raise TableError(
            f"file '{path.name}' holds the seed model '{source.name}'",
            f"a file named {source.name}{FILE_ENDING}",
            "rename the file",
        )


def _in_folder(error: InputError, folder: Path) -> InputError:
    """Say of a refusal in which folder the file lies, and who named it."""
    where = f"in the folder '{folder}' that {FOLDER_VARIABLE} names, {error.came}"
    return type(error)(where, error.expected, error.do)


def _folder_files() -> list[Path]:
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    if not named:
        return []
    try:
        found = sorted(Path(named).iterdir())
    except OSError as error:
        raise InputError(
            f"{FOLDER_VARIABLE} names '{named}' ({error.strerror or error})",
            "a folder of seed files that can be listed",
            "correct or unset that variable",
        ) from error
    return [file for file in found if file.suffix == FILE_ENDING and not file.name.startswith(".")]
