"""The files of a folder that are to be imported: all headers read, before anything is kept."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seedbed.dicom.image_folder import is_called_dicom
from seedbed.dicom.instance_facts import instance_facts, is_dicom_content, is_directory
from seedbed.dicom.plan_values import counted
from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.counted_notes import noted
from seedbed.journey.progress import Progress

READING = "Reading headers"
ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz")
NAMED = 5
"""So many files are named in one sentence; the number is always said (local rule)."""
MOST_SIGNS = 260
"""Of a longer name a sentence with several shows the end (local rule: as long as paths of Windows are)."""


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
    names : mapping of Path to str
        What sentences call files that do not lie under their own names; nothing is looked for by these.
    place : str
        What sentences call the folder where it is not the person's own.
    """

    folder: Path
    store: Path
    skip_damaged: bool = False
    names: Mapping[Path, str] = field(default_factory=dict)
    place: str = ""

    def called(self, path: Path) -> str:
        """Return what sentences call a file."""
        return self.names.get(path, path.name if self.place else str(path))

    def refused(self, path: Path, error: InputError) -> "Refused":
        """Say why a file was not kept; of a folder that is not the person's own, without places on a disk."""
        return Refused(self.called(path), error.came if self.place else str(error))

    @property
    def called_place(self) -> str:
        """What sentences call the folder."""
        return self.place or f"folder '{self.folder}'"


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
    read = {path: _header(path, request.called(path)) for path in stepped(_files(request), READING, tell)}
    facts = {path: header for path, header in read.items() if isinstance(header, InstanceFacts)}
    damaged = tuple(header for header in read.values() if isinstance(header, Refused))
    other = tuple(path for path, header in read.items() if header is None)
    if damaged and not request.skip_damaged:
        raise _damaged(request.called_place, damaged)
    if not facts:
        raise _no_dicom(request.called_place, len(other))
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


def _header(path: Path, name: str) -> InstanceFacts | Refused | None:
    """Return what a file's header says, why it cannot be used, or None for what is no DICOM object."""
    try:
        content = path.read_bytes()
        if is_directory(content):
            return None
        if not is_dicom_content(content) and not is_called_dicom(Path(name)):
            return None
        return instance_facts(content, name)
    except InputError as error:
        return Refused(name, str(error))
    except OSError as error:
        return Refused(name, f"file '{name}' cannot be read ({error.strerror or error})")


def doubtful(other: Sequence[Path], request: ImportRequest) -> Iterator[str]:
    """Say which files are no DICOM and perhaps should not be passed over."""
    names = {path: request.called(path) for path in other}
    if archives := [name for name in names.values() if Path(name).suffix.lower() in ARCHIVES]:
        yield from noted(
            len(archives),
            f"archive was not looked into ({named(archives)}); unpack to import what is in there.",
            f"archives were not looked into ({named(archives)}); unpack to import what is in there.",
        )
    if empty := [name for path, name in names.items() if path.is_file() and path.stat().st_size == 0]:
        yield from noted(
            len(empty),
            f"empty file was passed over ({named(empty)}); a copy may have been interrupted.",
            f"empty files were passed over ({named(empty)}); a copy may have been interrupted.",
        )


def named(names: Sequence[str]) -> str:
    """Write the first names, of long ones the end, and whether there are more.

    Examples
    --------
    >>> named(["a.dcm", "x" * 500 + "/IM1"]).count("x")
    255
    """
    return ", ".join(f"'{_end_of(name)}'" for name in names[:NAMED]) + (", ..." if len(names) > NAMED else "")


def _end_of(name: str) -> str:
    return name if len(name) <= MOST_SIGNS else f"…{name[1 - MOST_SIGNS :]}"


def _damaged(place: str, damaged: Sequence[Refused]) -> InputError:
    first = "; ".join(each.reason.partition("; expected ")[0] for each in damaged[:NAMED])
    more = f"; and {len(damaged) - NAMED} more" if len(damaged) > NAMED else ""
    return InputError(
        f"{place} holds {counted(len(damaged), 'damaged file')}, nothing was imported: {first}{more}",
        "whole DICOM files",
        "export or copy what is damaged again, or leave it out (--skip-damaged)",
    )


def _no_dicom(place: str, other: int) -> InputError:
    return InputError(
        f"{place} holds {counted(other, 'file')} and no DICOM object among them",
        "DICOM files",
        "choose the folder that holds them, and unpack archives first",
    )
