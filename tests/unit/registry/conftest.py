from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.registry.clinics import (
    NO_POSTGRESQL,
    new_database,
    new_register,
    postgresql_programs,
    running_postgresql,
)

from seedbed.registry.clinic import ClinicRegister, open_clinic


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL server that runs for these tests alone."""
    if postgresql_programs() is None:
        pytest.skip(NO_POSTGRESQL)
    with running_postgresql() as server:
        yield server


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a new register is: every test runs on both."""
    if request.param == "SQLite":
        return tmp_path / "clinic.sqlite"
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def clinic(place: Path | str) -> Iterator[ClinicRegister]:
    """An empty register."""
    if isinstance(place, Path):
        new_register(place)
    with open_clinic(place, create=True) as found:
        yield found
