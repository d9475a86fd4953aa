"""The files of a folder that are to be imported: all headers read, before anything is kept."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seedbed.dicom.image_folder import is_called_dicom
from seedbed.dicom.instance_facts import instance_facts, is_dicom_content, is_directory
from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.progress import Progress

READING = "Reading headers"
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
NAMED = 5
"""So many files are named in one sentence; the number is always said (local rule)."""


@dataclass(frozen=True)
class ImportRequest:
    """What is to be imported, and where to.

    Attributes
    ----------
    folder : Path
        Looked through with its subfolders.
    store : Path
    skip_damaged : bool
        Leave damaged files out instead of refusing all.
    """

    folder: Path
    store: Path
    skip_damaged: bool = False


@dataclass(frozen=True)
class Refused:
    """A file, or an object of a PACS, that was not imported, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class ReadFiles:
    """The files of a folder by what their headers say.

    Attributes
    ----------
    facts : dict of Path to InstanceFacts
        At least one.
    damaged : tuple of Refused
        Damaged files, left out as asked.
    other : tuple of Path
        Files that are no DICOM objects.
    """

    facts: dict[Path, InstanceFacts]
    damaged: tuple[Refused, ...]
    other: tuple[Path, ...]


def read_files(request: ImportRequest, tell: Progress) -> ReadFiles:
    """Read all headers below a folder.

    Raises
    ------
    InputError
        No folder, no DICOM in it, or damaged files that were not to be left out.
    """
    read = {path: _header(path) for path in stepped(_files(request), READING, tell)}
    facts = {path: header for path, header in read.items() if isinstance(header, InstanceFacts)}
    damaged = tuple(header for header in read.values() if isinstance(header, Refused))
    other = tuple(path for path, header in read.items() if header is None)
    if damaged and not request.skip_damaged:
        raise _damaged(request.folder, damaged)
    if not facts:
        raise _no_dicom(request.folder, len(other))
    return ReadFiles(facts, damaged, other)


def _files(request: ImportRequest) -> list[Path]:
    """Return all files below the folder, without those of the store itself."""
    folder, store = request.folder, request.store.resolve()
    if not folder.is_dir():
        raise _no_folder(folder)
    found: list[Path] = []
    for name, inner, names in os.walk(folder, onerror=_unreadable):
        inner[:] = [each for each in inner if Path(name, each).resolve() != store]
        found += [Path(name, each) for each in names]
    return sorted(found)


def _no_folder(path: Path) -> InputError:
    expected = "a folder with DICOM files"
    if not path.is_file():
        return InputError(f"there is no folder '{path}'", expected, "check the path")
    if path.suffix.lower() in ARCHIVES:
        return InputError(f"'{path}' is an archive", expected, "unpack it first and name the folder")
    return InputError(f"'{path}' is a file", expected, "name the folder that it lies in")


def _unreadable(error: OSError) -> None:
    raise InputError(
        f"folder '{error.filename}' cannot be read ({error.strerror})",
        "a folder whose subfolders can all be read",
        "ask for the permission, or import the readable ones one by one",
    ) from error


def stepped(paths: Sequence[Path], step: str, tell: Progress) -> Iterator[Path]:
    """Give files one by one, and tell how many are done."""
    for done, path in enumerate(paths, start=1):
        yield path
        tell(step, done, len(paths))


def _header(path: Path) -> InstanceFacts | Refused | None:
    """Return what a file's header says, why it cannot be used, or None for what is no DICOM object."""
    try:
        content = path.read_bytes()
        if is_directory(content):
            return None
        if not is_dicom_content(content) and not is_called_dicom(path):
            return None
        return instance_facts(content, str(path))
    except InputError as error:
        return Refused(str(path), str(error))
    except OSError as error:
        return Refused(str(path), f"file '{path}' cannot be read ({error.strerror or error})")


def doubtful(other: Sequence[Path]) -> Iterator[str]:
    """Say which files are no DICOM and perhaps should not be passed over."""
    if archives := [path for path in other if path.suffix.lower() in ARCHIVES]:
        yield (
            f"{were(len(archives), 'archive')} not looked into ({_named(archives)}); unpack to import what "
            f"is in there."
        )
    if empty := [path for path in other if path.is_file() and path.stat().st_size == 0]:
        yield (
            f"{were(len(empty), 'empty file')} passed over ({_named(empty)}); a copy may have been "
            f"interrupted."
        )


def were(count: int, what: str) -> str:
    """Write a count, its noun and the verb after it."""
    return f"{counted(count, what)} {'was' if count == 1 else 'were'}"


def _named(paths: Sequence[Path]) -> str:
    return ", ".join(f"'{path}'" for path in paths[:NAMED]) + (", ..." if len(paths) > NAMED else "")


def _damaged(folder: Path, damaged: Sequence[Refused]) -> InputError:
    named = "; ".join(each.reason.partition("; expected ")[0] for each in damaged[:NAMED])
    more = f"; and {len(damaged) - NAMED} more" if len(damaged) > NAMED else ""
    return InputError(
        f"folder '{folder}' holds {counted(len(damaged), 'damaged file')}, nothing was imported: "
        f"{named}{more}",
        "whole DICOM files",
        "export or copy what is damaged again, or leave it out (--skip-damaged)",
    )


def _no_dicom(folder: Path, other: int) -> InputError:
    return InputError(
        f"folder '{folder}' holds {counted(other, 'file')} and no DICOM object among them",
        "DICOM files",
        "choose the folder that holds them, and unpack archives first",
    )
