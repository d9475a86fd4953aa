from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.registry.clinics import new_register

from seedbed.registry.clinic import ClinicRegister, open_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[ClinicRegister]:
    """An empty register."""
    with open_clinic(new_register(tmp_path / "clinic.sqlite")) as found:
        yield found
