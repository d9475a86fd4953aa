"""Registers to test with: a file of SQLite, and a database of a real PostgreSQL that runs for these tests."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from uuid import uuid4

from seedbed.registry.clinic import open_clinic

NO_POSTGRESQL = "there is no PostgreSQL here: install the Debian package postgresql"


@lru_cache(maxsize=1)
def postgresql_programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, where Debian or the path has them."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return debian[-1].parent if debian else None


@contextmanager
def running_postgresql() -> Iterator[str]:
    """Run a server of its own on loopback for as long as needed; gives its URL without a database."""
    programs = postgresql_programs()
    assert programs is not None, NO_POSTGRESQL
    folder = Path(mkdtemp(prefix="seedbed-pg-"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    as_other = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    data = folder / "data"
    settings = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"

    def run(*command: str | Path) -> None:
        subprocess.run(
            [*as_other, *map(str, command)], check=True, capture_output=True, timeout=120, cwd=folder
        )

    try:
        run(programs / "initdb", "-D", data, "-U", "clinic", "--auth=trust", "-E", "UTF8", "--no-sync")
        run(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
        try:
            yield f"postgresql://clinic@127.0.0.1:{port}"
        finally:
            run(programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """Make an empty database; gives its URL."""
    import psycopg

    name = f"clinic_{uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


def new_register(place: Path) -> Path:
    """Put an empty register in a new file; gives the file."""
    place.touch(mode=0o600, exist_ok=False)
    place.write_bytes(_empty_register())
    return place


@lru_cache(maxsize=1)
def _empty_register() -> bytes:
    """The file of a register that was made and closed: its tables are made once for all tests."""
    with TemporaryDirectory() as folder:
        place = Path(folder) / "clinic.sqlite"
        with open_clinic(place, create=True):
            pass
        assert [each.name for each in place.parent.iterdir()] == [place.name]
        return place.read_bytes()
