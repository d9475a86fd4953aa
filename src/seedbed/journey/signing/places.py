"""The folder of a record: which files belong to it, and whether it is signed already."""

import hashlib
import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, OutputError
from seedbed.journey.signing.signature import SignedFile

RECORD = "verify.json"
SIGNATURE = re.compile(r"signature-([1-9]\d{0,2})\.json")
PART = re.compile(r"\.signature-.*\.part")
LEFT_BY_FILE_MANAGERS = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What Windows and macOS put into a folder that somebody looks at; no part of a record."""
OPEN_ELSEWHERE = re.compile(r"~\$.*|\.~lock\..*#")
"""Marks that Excel and LibreOffice leave beside a file as long as it is open."""
MOST_FILES = 100_000
CHUNK = 1 << 20


def check_unsigned(folder: Path) -> None:
    """Refuse to write into a record that is signed; a folder that is not there is free.

    Raises
    ------
    OutputError
        A signature lies in it, sound or not.

    Examples
    --------
    >>> check_unsigned(Path("no such folder"))
    """
    signed = signature_files(folder) if folder.is_dir() else []
    if signed:
        raise OutputError(
            f"'{folder}' holds a signed record ({signed[-1].name})",
            "a folder without a signature, as a signed record is never changed",
            "give another folder with --out, and the signed one with --follows",
        )


def signature_files(folder: Path) -> list[Path]:
    """Return the signatures in a folder, by number."""
    numbered = ((SIGNATURE.fullmatch(path.name), path) for path in folder.iterdir())
    return [path for _, path in sorted((int(match[1]), path) for match, path in numbered if match)]


def check_record_folder(folder: Path) -> None:
    """Refuse what is not the folder of a finished record.

    Raises
    ------
    InputError
        No folder, no ``verify.json``, one that cannot be read or says that it is a draft, or a file that it
        names and that is not there.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "does not exist"
        raise InputError(f"'{folder}' {what}", _WANTED, "check the name")
    record = folder / RECORD
    if not record.is_file():
        raise InputError(f"'{folder}' holds no {RECORD}", _WANTED, "check the name, or verify first")
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"'{record}' cannot be read ({error.strerror or error})", _WANTED, "check the permissions"
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"'{record}' is damaged or was not written to its end", _WANTED, _AGAIN) from error
    if not isinstance(said, dict) or "seedbed" not in said:
        raise InputError(f"'{record}' was not written by Seedbed", _WANTED, _AGAIN)
    if said.get("draft"):
        raise InputError(f"'{record}' is the draft of a verification that did not end", _WANTED, _AGAIN)
    named = said.get("files", [])
    for name in named if isinstance(named, list) else []:
        if not (isinstance(name, str) and name.isprintable() and (folder / name).is_file()):
            raise InputError(f"'{record}' names the file '{name}', which is not there", _WANTED, _AGAIN)
    for name in changed_files(folder, said):
        raise InputError(
            f"'{folder / name}' is not as the verification wrote it",
            "the files of one verification, whose list, numbers and sheet agree",
            "run 'seedbed verify' again; give a corrected list of seeds with --seeds",
        )


def changed_files(folder: Path, said: dict[str, Any]) -> list[str]:
    """Return the files of a record that are no longer as its ``sha256`` says, by name.

    Examples
    --------
    >>> changed_files(Path("nowhere"), {"sha256": {}})
    []
    """
    stated = said.get("sha256", {})
    stated = stated if isinstance(stated, dict) else {}
    there = [name for name in stated if (folder / name).is_file()]
    return [name for name in there if _hashed(folder / name, name).sha256 != stated[name]]


_WANTED = f"the folder of a finished verification, with its {RECORD}"
_AGAIN = "run 'seedbed verify' again"


def signed_files(folder: Path, *, before_signing: bool = False) -> tuple[SignedFile, ...]:
    """Hash the files of a record, signatures and what file managers leave excepted.

    Parameters
    ----------
    folder : Path
    before_signing : bool
        Refuse a folder in which a file is open in a spreadsheet program.

    Raises
    ------
    InputError
        A link, something that is no file, a name that is no text or one that two files share, a file that
        cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = (Path(name) / "a.txt").write_bytes(b"abc")
    ...     [(file.name, file.sha256[:8], file.bytes) for file in signed_files(Path(name))]
    [('a.txt', 'ba7816bf', 3)]
    """
    found: dict[str, SignedFile] = {}
    for path in _entries(folder, before_signing=before_signing):
        name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
        if name in found:
            raise InputError(f"two files are called '{name}'", "names that differ", "rename one of them")
        if len(found) == MOST_FILES:
            raise InputError(f"'{folder}' holds more than {MOST_FILES} files", _WANTED, "check the name")
        found[name] = _hashed(path, name)
    return tuple(found[name] for name in sorted(found))


def _entries(folder: Path, *, before_signing: bool) -> Iterator[Path]:
    """Give the files of a record with those in its subfolders; refuse what cannot be held fast."""

    def stop(error: OSError) -> None:
        raise InputError(
            f"'{error.filename}' cannot be looked into ({error.strerror})", _WANTED, "check the permissions"
        ) from error

    for place, subfolders, files in os.walk(folder, onerror=stop):
        for name in sorted([*subfolders, *files]):
            path = Path(place) / name
            top = path.parent == folder
            if name in LEFT_BY_FILE_MANAGERS or (top and (SIGNATURE.fullmatch(name) or PART.fullmatch(name))):
                continue
            if OPEN_ELSEWHERE.fullmatch(name):
                if before_signing:
                    raise InputError(
                        f"'{name}' shows that a file of the record is open in another program",
                        "files that nobody is editing",
                        "close the program, or remove that file if none is running",
                    )
                continue
            if _kept(path):
                yield path


def _kept(path: Path) -> bool:
    """Whether an entry is a file; a folder is not; anything else is refused."""
    if not path.name.isprintable():  # such as bytes that are no text in the encoding of file names
        raise InputError(f"the file name '{path.name}' cannot be printed", "a plain name", "rename the file")
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        return False
    if not stat.S_ISREG(mode):
        what = "a link to something elsewhere" if stat.S_ISLNK(mode) else "no file"
        raise InputError(
            f"'{path}' is {what}",
            "files that lie in the folder of the record themselves",
            "put the file there",
        )
    return True


def _hashed(path: Path, name: str) -> SignedFile:
    size, digest = 0, hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(CHUNK):
                size += len(part)
                digest.update(part)
    except OSError as error:
        raise InputError(
            f"'{path}' cannot be read ({error.strerror or error})",
            "files that can be read",
            "check permissions",
        ) from error
    return SignedFile(name=name, sha256=digest.hexdigest(), bytes=size)
