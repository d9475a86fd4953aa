"""One file written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from seedbed.errors import OutputError
from seedbed.journey.keyboard import keeping


@contextmanager
def placed(
    out: Path, inputs: Sequence[Path], *, kind: str, replaces: Callable[[Path], bool]
) -> Iterator[Path]:
    """Give a name to write to, and move that file to ``out`` when all went well.

    After an error or a stop ``out`` is as it was.

    Parameters
    ----------
    out : Path
    inputs : sequence of Path
        Files that are read, and so not written.
    kind : str
        What is written, in words.
    replaces : callable
        Whether an existing file may be replaced.

    Raises
    ------
    OutputError
        ``out`` is an input, a folder or a file of another kind, lies below a file, or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     out = Path(folder) / "new" / "a.txt"
    ...     with placed(out, [], kind="text", replaces=Path.is_file) as stage:
    ...         _ = stage.write_text("whole")
    ...     out.read_text()
    'whole'
    """
    check_free(out, inputs, kind=kind, replaces=replaces)
    stage: Path | None = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", suffix=out.suffix, dir=out.parent)
        os.close(handle)
        stage = Path(name)
        yield stage
        with keeping() as begin:
            begin()
            stage.chmod(0o666 & ~_mask())
            stage.replace(out)
    except OSError as error:
        if not _about(error, out, stage):
            raise
        raise OutputError(
            f"'{out}' could not be written ({error.strerror or error})",
            "a folder that can be written, with room",
            "choose another name or folder, or close the program that has the file open",
        ) from error
    finally:
        if stage is not None:
            with suppress(OSError):
                stage.unlink()


def _about(error: OSError, out: Path, stage: Path | None) -> bool:
    """Whether an error is about the place that is written, not about a file that is read meanwhile."""
    if error.filename is None or stage is None:
        return True
    return str(error.filename) in (str(out), str(stage))


def check_free(out: Path, inputs: Sequence[Path], *, kind: str, replaces: Callable[[Path], bool]) -> None:
    """Refuse a place that `placed` would refuse, before anything is calculated.

    Raises
    ------
    OutputError
        ``out`` is an input, a folder or a file of another kind, lies below a file, or cannot be reached.

    Examples
    --------
    >>> check_free(Path("no such folder/new.txt"), [], kind="text", replaces=Path.is_file)
    """
    _check_above(out)
    if not out.exists():
        return
    if any(path.exists() and out.samefile(path) for path in inputs):
        raise OutputError(
            f"'{out}' is read and would be written",
            "another file than those that are read",
            "choose another name",
        )
    if out.is_dir() or not replaces(out):
        raise OutputError(
            f"'{out}' exists and is no {kind}", f"a new name, or a {kind} to replace", "choose another name"
        )


def _check_above(out: Path) -> None:
    """Refuse a place below something that is no folder, or that may not be looked into."""
    try:
        there = next((above for above in out.parents if above.exists()), None)
        out.exists()
    except OSError as error:
        raise OutputError(
            f"'{out}' cannot be reached ({error.strerror or error})",
            "a folder that can be written",
            "choose another name or folder",
        ) from error
    if there is not None and not there.is_dir():
        raise OutputError(
            f"'{there}' is a file", f"a folder to write '{out.name}' into", "choose another name"
        )


def _mask() -> int:
    """Permissions that new files of this process do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a").write_bytes(b"abc")
    ...     sha256(Path(folder) / "a")[:8]
    'ba7816bf'
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(*paths: Path) -> dict[str, str]:
    """Return the SHA-256 of files by their paths, as given."""
    return {str(path): sha256(path) for path in paths}
