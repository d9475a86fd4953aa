"""The folder that a workbench works in: register, store, cases; held by one server at a time."""

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import time
from typing import IO, TYPE_CHECKING

from seedbed.errors import InputError, OutputError
from seedbed.journey.workbench.limits import Limits
from seedbed.journey.workbench.trail import Trail
from seedbed.registry.accounts.opening import AccountRegister, open_accounts
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.register import is_url

if TYPE_CHECKING:
    from seedbed.journey.workbench.rooms import Rooms

HOME = "SEEDBED_HOME"
REGISTER, MARK, LOCK = "register.sqlite", "workplace-id", "workplace.lock"
FOLDERS = ("cases", "uploads")
OWNER_ONLY = 0o700
"""Rights of a new workplace: it holds names of patients."""


@dataclass(frozen=True)
class WorkplaceAddress:
    """Where a workplace is; it can be sent to another process.

    Attributes
    ----------
    folder : Path
    register : str
        File or URL of the register; one in the folder where empty.
    limits : Limits
    """

    folder: Path
    register: str = ""
    limits: Limits = field(default_factory=Limits)

    @property
    def where(self) -> Path | str:
        """Where the register is."""
        if not self.register:
            return self.folder / REGISTER
        return self.register if is_url(self.register) else Path(self.register)


@dataclass(frozen=True)
class Workplace:
    """An open workplace; for any number of threads.

    Attributes
    ----------
    address : WorkplaceAddress
    id : str
        Tells this workplace from others that use the same register.
    clinic : ClinicRegister
        The records of patients.
    accounts : AccountRegister
        Accounts, sessions, trail and jobs.
    clock : callable
        Seconds since 1970.
    """

    address: WorkplaceAddress
    id: str
    clinic: ClinicRegister
    accounts: AccountRegister
    clock: Callable[[], float] = time

    @property
    def folder(self) -> Path:
        """The folder."""
        return self.address.folder

    @property
    def limits(self) -> Limits:
        """What it bears."""
        return self.address.limits

    @property
    def store(self) -> Path:
        """Folder of the received DICOM files."""
        return self.folder / "store"

    @property
    def cases(self) -> Path:
        """Folder of what was drawn, planned and verified, one folder a case."""
        return self.folder / "cases"

    @property
    def uploads(self) -> Path:
        """Folder of files on their way in."""
        return self.folder / "uploads"

    @cached_property
    def rooms(self) -> "Rooms":
        """The store, and cases and plans that are open."""
        from seedbed.journey.workbench.rooms import Rooms  # images, doses: not before they are asked for

        return Rooms(self.store, self.cases)

    @cached_property
    def trail(self) -> Trail:
        """The access trail."""
        return Trail(self.accounts, same_view_s=self.limits.same_view_s, clock=self.clock)


def usual_folder() -> Path:
    """Return the folder that is used where none is named: ``$SEEDBED_HOME``, else ``~/Seedbed``."""
    named = os.environ.get(HOME)
    return Path(named) if named else Path.home() / "Seedbed"


@contextmanager
def open_workplace(
    address: WorkplaceAddress, *, serving: bool = True, clock: Callable[[], float] = time
) -> Iterator[Workplace]:
    """Open a workplace, new or old.

    Parameters
    ----------
    address : WorkplaceAddress
    serving : bool
        Whether this is its server, of which there is one at a time; its jobs open it beside the server.
    clock : callable
        Seconds since 1970.

    Raises
    ------
    InputError
        A folder that holds something else, or that another server holds.
    OutputError
        A folder or register that cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as name, open_workplace(WorkplaceAddress(Path(name) / "new")) as workplace:
    ...     workplace.cases.name, workplace.trail.page()[0]
    ('cases', 0)
    """
    folder = address.folder
    with ExitStack() as stack:
        if serving:
            _check_place(folder)
            _make(folder)
            stack.enter_context(_held(folder))
            with open_clinic(address.where, create=True):
                pass  # made, or refused with a sentence, before anything lasting opens it
        clinic = stack.enter_context(open_clinic(address.where))
        accounts = stack.enter_context(open_accounts(address.where))
        yield Workplace(address, (folder / MARK).read_text(encoding="ascii").strip(), clinic, accounts, clock)


def _check_place(folder: Path) -> None:
    """Refuse a folder that holds other things, so that a slip does not scatter a workplace into it."""
    if folder.exists() and not folder.is_dir():
        raise InputError(
            f"'{folder}' is a file", "the folder of a workplace, or a new one", "choose another with --data"
        )
    if not folder.is_dir() or not any(folder.iterdir()):
        return
    if not any((folder / mark).exists() for mark in (MARK, REGISTER)):
        raise InputError(
            f"folder '{folder}' holds files and is no workplace of Seedbed",
            "the folder of a workplace, or a new or empty one",
            "choose another with --data",
        )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(mode=OWNER_ONLY, exist_ok=True)
        mark = folder / MARK
        if not mark.exists():
            part = mark.with_suffix(".part")
            part.write_text(secrets.token_hex(8), encoding="ascii")
            part.replace(mark)
    except OSError as error:
        raise OutputError(
            f"the workplace '{folder}' cannot be made ({error.strerror or error})",
            "a folder that can be written, with room",
            "choose another with --data",
        ) from error


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the lock of a workplace; the system lets it go however the process ends."""
    try:
        file = (folder / LOCK).open("ab")
    except OSError as error:
        raise OutputError(
            f"'{folder / LOCK}' cannot be written ({error.strerror or error})",
            "a workplace that can be written",
            "choose another with --data, or ask who keeps it",
        ) from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            raise InputError(
                f"another server works in '{folder}'",
                "one server for each workplace",
                "use that one, end it, or choose another folder with --data",
            ) from error
        yield


def _lock(file: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
