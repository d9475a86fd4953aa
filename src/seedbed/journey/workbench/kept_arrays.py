"""Arrays that take long to calculate: kept as files, calculated once however many ask at once."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.journey.single_file import placed

Array = NDArray[Any]


def kept_array(
    path: Path, make: Callable[[], Array], *, alone: AbstractContextManager[Any], instead_of: str
) -> Array:
    """Return an array that is kept; where its file lacks, or goes meanwhile, it is made and kept again.

    Parameters
    ----------
    path : Path
        Named after all that the array depends on.
    make : callable
    alone : context manager
        Lock of this very array: who waits for it finds the file.
    instead_of : str
        Pattern of files beside it that it takes the place of.

    Raises
    ------
    OutputError
        It cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from threading import RLock
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a-2.npy"
    ...     kept = [kept_array(path, lambda: np.ones(2), alone=RLock(), instead_of="a-*.npy") for _ in "ab"]
    ...     [each.tolist() for each in kept], type(kept[1]).__name__
    ([[1.0, 1.0], [1.0, 1.0]], 'memmap')
    """
    with alone:
        with suppress(FileNotFoundError):  # another process may delete it between a look and the reading
            kept: Array = np.load(path, mmap_mode="r")
            return kept
        values = make()
        with (
            placed(path, [], kind="resampled images", replaces=Path.is_file) as stage,
            stage.open("wb") as file,
        ):
            np.save(file, values)
        drop_files(each for each in path.parent.glob(instead_of) if each != path)
        return values


def drop_files(paths: Iterable[Path]) -> None:
    """Delete files that can be made again; Windows keeps one that somebody looks at: it goes next time."""
    for path in paths:
        with suppress(OSError):
            path.unlink()
