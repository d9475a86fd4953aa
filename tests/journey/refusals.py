"""A command that must be refused, and what it says."""

import pytest

from seedbed.cli.app import run


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that must be refused and return what it says."""
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    assert stop.value.code == 2
    said = capsys.readouterr().err.strip()
    said = said[said.index("seedbed: ") :]
    assert "Traceback" not in said
    assert len(said.splitlines()) == 1
    return said
