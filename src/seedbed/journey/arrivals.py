"""A store for what may come: one that is not there is made when the first object comes, not before."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock

from seedbed.errors import InputError
from seedbed.journey.filing import Filing, filing


class Arrivals:
    """Takes the bytes of DICOM files from any number of threads, and opens the store for the first.

    Attributes
    ----------
    problem : InputError or None
        Why the store could not be opened; it is not tried again.
    """

    def __init__(self, opening: Callable[[], Filing]) -> None:
        self._opening, self._lock = opening, Lock()
        self._files: Filing | None = None
        self.problem: InputError | None = None

    def open(self) -> Filing:
        """Return the open store.

        Raises
        ------
        InputError
            As of `seedbed.journey.filing.filing`.
        """
        with self._lock:
            if self.problem is not None:
                raise self.problem
            try:
                self._files = self._files or self._opening()
            except InputError as problem:
                self.problem = problem
                raise
            return self._files

    def keep(self, content: bytes) -> object:
        """Keep one DICOM file; see `Filing.keep`."""
        return self.open().keep(content)

    def instance_uids(self, study_uid: str) -> set[str]:
        """Return the SOP Instance UIDs that are there of a study."""
        return self._files.instance_uids(study_uid) if self._files else set()

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what was found wrong when the store was opened."""
        return self._files.notes if self._files else ()


@contextmanager
def arriving(folder: Path, *, origin: str) -> Iterator[Arrivals]:
    """Open a store that is there now, a new one when the first object comes.

    Parameters
    ----------
    folder : Path
    origin : str
        Where the files come from, in words; it is noted with each.

    Raises
    ------
    InputError
        ``folder`` is no store, or one of a newer version.
    OutputError
        It cannot be written; said at the end where it was found while objects came.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name, arriving(Path(name) / "store", origin="PACS main") as arrivals:
    ...     arrivals.instance_uids("1.2.3"), (Path(name) / "store").exists()
    (set(), False)
    """
    with ExitStack() as stack:
        arrivals = Arrivals(lambda: stack.enter_context(filing(folder, origin=origin)))
        if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
            arrivals.open()
        yield arrivals
        if arrivals.problem is not None:
            raise arrivals.problem
