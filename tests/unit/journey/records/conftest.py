from collections.abc import Iterator
from pathlib import Path

import pytest

from seedbed.registry.clinic import ClinicRegister, open_clinic


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[ClinicRegister]:
    """An empty register."""
    with open_clinic(tmp_path / "clinic.sqlite", create=True) as found:
        yield found
