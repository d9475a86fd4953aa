"""The folder of received files: each under the hash of its content, there whole or not at all."""

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from seedbed.errors import OutputError

OWNER_ONLY = 0o700
"""Rights of a new store: it holds names of patients."""
SHELVES = tuple(f"{number:02x}" for number in range(256))
SUFFIX, PART = ".dcm", ".part"
LEFTOVER_SECONDS = 3600.0
"""A file that has been incoming for longer is left over from a stop (local rule)."""


class ObjectFolder:
    """Files by the SHA-256 of their content, below ``STORE/objects``, ``incoming`` and ``conflicts``.

    Parameters
    ----------
    folder : Path
        The store.

    Raises
    ------
    OutputError
        A folder that cannot be made.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     files = ObjectFolder(Path(name))
    ...     path = files.place(sha256_of(b"SYNTHETIC"), b"SYNTHETIC")
    ...     files.listed() == {path.stem}
    True
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.objects = folder, folder / "objects"
        self.incoming, self.conflicts = folder / "incoming", folder / "conflicts"
        with _written(folder):
            folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
            for place in (self.incoming, self.conflicts, *(self.objects / shelf for shelf in SHELVES)):
                place.mkdir(parents=True, exist_ok=True)
            for place in (self.objects, folder):
                sync_folder(place)

    def path(self, sha256: str) -> Path:
        """Where the file with this content lies, or would."""
        return self.objects / sha256[:2] / f"{sha256}{SUFFIX}"

    def place(self, sha256: str, content: bytes) -> Path:
        """Put a file where it belongs; when this returns, it outlasts a crash of program and machine.

        Raises
        ------
        OutputError
            It could not be written; nothing of it is left then.
        """
        return self._put(content, sha256, self.path(sha256))

    def set_aside(self, sha256: str, content: bytes) -> Path:
        """Put a file into ``conflicts``, as durably."""
        return self._put(content, sha256, self.conflicts / f"{sha256}{SUFFIX}")

    def withdraw(self, sha256: str) -> None:
        """Take a file out that is kept elsewhere."""
        self.path(sha256).unlink(missing_ok=True)

    def listed(self) -> set[str]:
        """Hashes of all files in ``objects``, by their names."""
        found: set[str] = set()
        for shelf in SHELVES:
            with os.scandir(self.objects / shelf) as entries:
                found |= {entry.name.removesuffix(SUFFIX) for entry in entries if entry.name.endswith(SUFFIX)}
        return found

    def leftovers(self) -> list[Path]:
        """Files that a stopped program left incoming."""
        before = time.time() - LEFTOVER_SECONDS
        found = []
        for path in sorted(self.incoming.glob(f"*{PART}")):
            with suppress(FileNotFoundError):  # another process has just placed it
                found += [path] if path.stat().st_mtime < before else []
        return found

    def _put(self, content: bytes, sha256: str, path: Path) -> Path:
        stage = self.incoming / f"{sha256}-{secrets.token_hex(4)}{PART}"
        with _written(path):
            try:
                with stage.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                stage.replace(path)
            except BaseException:
                stage.unlink(missing_ok=True)
                raise
            sync_folder(path.parent)
        return path


def sha256_of(content: bytes) -> str:
    """Return the SHA-256 of content, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def whole_leftover(path: Path) -> bytes | None:
    """Content of a file left incoming, if it is all there: its name begins with the hash of it."""
    content = path.read_bytes()
    return content if path.name.partition("-")[0] == sha256_of(content) else None


def sync_folder(folder: Path) -> None:
    """Make names in a folder outlast a crash of the machine; Windows knows no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _written(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"'{place}' could not be written ({error.strerror or error})",
            "a store on a disk that can be written, with room",
            "make room or choose another store; what was kept before is safe",
        ) from error
