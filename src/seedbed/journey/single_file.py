"""One file written whole or not at all."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from seedbed.errors import OutputError


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
        ``out`` is an input, a folder or a file of another kind.
    OSError
        A place that cannot be written.
    """
    check_free(out, inputs, kind=kind, replaces=replaces)
    out.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{out.name}-", suffix=out.suffix, dir=out.parent)
    os.close(handle)
    stage = Path(name)
    try:
        yield stage
        stage.chmod(0o666 & ~_mask())
        stage.replace(out)
    finally:
        with suppress(FileNotFoundError):
            stage.unlink()


def check_free(out: Path, inputs: Sequence[Path], *, kind: str, replaces: Callable[[Path], bool]) -> None:
    """Refuse a place that `placed` would refuse, before anything is calculated."""
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
