"""The register's database: opened, and its tables brought to those of this version.

A file is SQLite, a URL is PostgreSQL.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from seedbed.errors import InputError, OutputError
from seedbed.registry.schema import REVISION

BUSY_SECONDS = 60.0
"""How long a process waits for another that writes to the register (local rule)."""
SCRIPTS = Path(__file__).with_name("migrations")
WRITING = 712_523_611
"""Number of the lock that writers to one PostgreSQL database wait for; any number of our own."""


def open_register(where: Path | str, *, durable: bool = False, create: bool = True) -> Engine:
    """Open the register, and make or migrate its tables; an older file is copied before.

    Several processes may open and write it at once. A file (SQLite in WAL mode) lies on a local disk.

    Parameters
    ----------
    where : Path or str
        A file, or the URL of a PostgreSQL database (``postgresql://user@host/name``).
    durable : bool
        Whether what was written outlasts a loss of power; files alone, PostgreSQL always does so.
    create : bool
        Whether tables are made where there are none.

    Raises
    ------
    InputError
        A register that a newer version of the program made, a file that is no register, another URL.
    OutputError
        A register that cannot be opened or written.
    """
    if not is_url(where):
        with said(where):
            _check_database(Path(where), create=create)
    engine = _postgresql(where) if is_url(where) else _sqlite(Path(where), durable=durable)
    try:
        with said(where):
            _bring_up(engine, where, create=create)
    except BaseException:
        engine.dispose()
        raise
    return engine


def is_url(where: Path | str) -> bool:
    """Tell a URL from a file.

    Examples
    --------
    >>> is_url("postgresql://clinic@localhost/register"), is_url("register.sqlite")
    (True, False)
    """
    return isinstance(where, str) and "://" in where


def shown_place(where: Path | str) -> str:
    """Write where a register is, without the password.

    Examples
    --------
    >>> shown_place("postgresql://clinic:secret@localhost/register")
    'postgresql://clinic:***@localhost/register'
    """
    if not is_url(where):
        return str(where)
    try:
        return make_url(str(where)).render_as_string(hide_password=True)
    except ArgumentError:
        return "a URL that cannot be read"


def _sqlite(path: Path, *, durable: bool) -> Engine:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        _prepare(connection, "FULL" if durable else "NORMAL")

    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _postgresql(where: Path | str) -> Engine:
    try:
        url = make_url(str(where))
    except ArgumentError:
        url = None
    if url is None or url.get_backend_name() != "postgresql":
        raise InputError(
            f"the register '{shown_place(where)}'",
            "a file, or the URL of a PostgreSQL database (postgresql://user@host/name)",
            "correct it",
        )
    try:
        engine = create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    except ImportError as error:
        raise InputError(
            f"the register '{shown_place(where)}', and the driver of PostgreSQL is not installed",
            "Seedbed with its part for PostgreSQL",
            "install it with: pip install 'seedbed[postgresql]'",
        ) from error
    event.listen(engine, "begin", _wait_for_writers)
    return engine


@contextmanager
def said(where: Path | str) -> Iterator[None]:
    """Turn what the database raises into one sentence.

    Raises
    ------
    OutputError
    """
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        reason = getattr(error, "orig", None) or error
        raise OutputError(
            f"the register '{shown_place(where)}' could not be used ({str(reason).partition(chr(10))[0]})",
            "a database that is running and may be written" if is_url(where) else _EXPECTED_FILE,
            "start it, or ask who keeps it" if is_url(where) else _MEND_FILE,
        ) from error


_EXPECTED_FILE = "a register on a local disk that can be written, with room"
_MEND_FILE = "see the chapter on the store: make room, end the program that holds it, or restore a copy"


def _prepare(connection: sqlite3.Connection, synchronous: str) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()  # SQLAlchemy lets go of one that could not be prepared and leaves it open
        raise


def _begin(connection: Connection) -> None:
    alone = connection.get_execution_options().get("alone", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")


def _wait_for_writers(connection: Connection) -> None:
    if connection.get_execution_options().get("alone", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITING})")


def _bring_up(engine: Engine, where: Path | str, *, create: bool) -> None:
    with engine.connect() as connection:
        revision = _revision(connection)
        if revision == REVISION:
            return
        if revision is None:
            _check_wanted(where, create=create)
    with engine.connect().execution_options(alone=True) as connection, connection.begin():
        revision = _revision(connection)  # another process may have been faster
        if revision != REVISION:
            _migrate(connection, revision, where)


def _check_wanted(where: Path | str, *, create: bool) -> None:
    """Refuse to make tables where nobody asked for any."""
    if not create:
        raise InputError(
            f"there is no register in '{shown_place(where)}'",
            "a register",
            "check the name, or make one with 'seedbed registry import'",
        )


def _check_database(path: Path, *, create: bool) -> None:
    """Refuse a file that is another program's database, before anything of it is touched."""
    if not path.is_file():
        return
    if path.stat().st_size == 0:
        _check_wanted(path, create=create)
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
    if tables and "alembic_version" not in tables:
        raise InputError(
            f"'{path}' is a database with other tables ('{tables[0]}') and no register",
            "a register, or a new file",
            "choose another with --register",
        )


def _revision(connection: Connection) -> str | None:
    """Migration that the register is at; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection, revision: str | None, where: Path | str) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if revision is not None:
        _check_known(revision, script, where)
        if not is_url(where):
            _copy(Path(where), revision)

    def steps(current: Any, _context: object) -> Any:
        return script._upgrade_revs(REVISION, current)

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _check_known(revision: str, script: Any, where: Path | str) -> None:
    known = {step.revision for step in script.walk_revisions()}
    if revision not in known:
        raise InputError(
            f"the register '{shown_place(where)}' was made by a newer version of Seedbed "
            f"(its tables are at {revision})",
            f"tables up to {REVISION}",
            "open it with that version, or install it",
        )


def _copy(path: Path, revision: str) -> Path:
    """Copy the register as it is before a migration, beside it."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    copy = path.with_name(f"{path.stem}-before-migration-from-{revision}-{moment}{path.suffix}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    return copy
