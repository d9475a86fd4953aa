"""The register opened for the workbench: one engine, read or written by any number of threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from seedbed.registry.register import open_register, said


class AccountRegister:
    """The register's tables of the workbench.

    `open_accounts` opens it.
    """

    def __init__(self, engine: Engine, where: Path | str) -> None:
        self.where, self._engine = where, engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read with."""
        with said(self.where), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone writes; all of it is kept, or nothing."""
        alone = self._engine.execution_options(alone=True)
        with said(self.where), alone.begin() as connection:
            yield connection


@contextmanager
def open_accounts(where: Path | str) -> Iterator[AccountRegister]:
    """Open a register that is there, and bring its tables to those of this version.

    Raises
    ------
    InputError
        No register, or one of a newer version.
    OutputError
        A register that cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from seedbed.registry.accounts.people import accounts
    >>> from seedbed.registry.clinic import open_clinic
    >>> with TemporaryDirectory() as folder:
    ...     place = Path(folder) / "register.sqlite"
    ...     with open_clinic(place, create=True), open_accounts(place) as register:
    ...         with register.reading() as connection:
    ...             accounts(connection)
    []
    """
    engine = open_register(where, durable=True, create=False)
    try:
        yield AccountRegister(engine, where)
    finally:
        engine.dispose()
