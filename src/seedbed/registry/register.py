"""The register's database: opened, and its tables brought to those of this version."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from seedbed.errors import InputError, OutputError
from seedbed.registry.schema import REVISION

BUSY_SECONDS = 60.0
"""How long a process waits for another that writes to the register (local rule)."""
SCRIPTS = Path(__file__).with_name("migrations")


def open_register(path: Path) -> Engine:
    """Open the register, and make or migrate its tables; an older one is copied before.

    Several processes may open and write it at once (SQLite in WAL mode); it lies on a local disk.

    Raises
    ------
    InputError
        A register that a newer version of the program made, or a file that is no register.
    OutputError
        A register that cannot be opened or written.
    """
    engine = create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    try:
        with said(path):
            _bring_up(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def said(path: Path) -> Iterator[None]:
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
            f"the register '{path}' could not be used ({str(reason).partition(chr(10))[0]})",
            "a register on a local disk that can be written, with room",
            "see the chapter on the store: make room, end the program that holds it, or restore a copy",
        ) from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin` says
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        connection.close()  # SQLAlchemy lets go of one that could not be prepared and leaves it open
        raise


def _begin(connection: Connection) -> None:
    alone = connection.get_execution_options().get("alone", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if alone else "BEGIN")


def _bring_up(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        if _revision(connection) == REVISION:
            return
    with engine.connect().execution_options(alone=True) as connection, connection.begin():
        revision = _revision(connection)  # another process may have been faster
        if revision != REVISION:
            _migrate(connection, revision, path)


def _revision(connection: Connection) -> str | None:
    """Migration that the register is at; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(connection: Connection, revision: str | None, path: Path) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if revision is not None:
        _check_known(revision, script, path)
        _copy(path, revision)

    def steps(current: Any, _context: object) -> Any:
        return script._upgrade_revs(REVISION, current)

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        environment.run_migrations()


def _check_known(revision: str, script: Any, path: Path) -> None:
    known = {step.revision for step in script.walk_revisions()}
    if revision not in known:
        raise InputError(
            f"the register '{path}' was made by a newer version of Seedbed (its tables are at {revision})",
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
