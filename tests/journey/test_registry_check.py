"""One command proves the records and the access trail of a register, and says which of them is wrong."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.journey.clinic_files import write_files
from tests.journey.refusals import refusal

from seedbed.cli.app import run
from seedbed.journey.workbench.trail import Trail
from seedbed.registry.accounts.opening import open_accounts

CHECK = ["registry", "check"]
REGISTER = "seedbed-register.sqlite"
OTHER_PERSON = "UPDATE access_entry SET who = 'another' WHERE number = 2"
OTHER_PAIN = "UPDATE pain SET nrs = nrs + 1"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A register with synthetic records and three entries of the trail."""
    monkeypatch.chdir(tmp_path)
    run(["registry", "import", str(write_files(tmp_path / "files"))])
    with open_accounts(tmp_path / REGISTER) as register:
        for number in range(3):
            Trail(register).note("anna", "case", patient_id=f"SYNTHETIC-{number}", origin="127.0.0.1")
    capsys.readouterr()
    return tmp_path / REGISTER


def tamper(place: Path, statement: str) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        assert connection.execute(statement).rowcount > 0


def test_both_chains_are_proved(capsys: pytest.CaptureFixture[str]) -> None:
    run([*CHECK, "--json"])
    proof = json.loads(capsys.readouterr().out)
    assert (proof["sound"], proof["trail"]["sound"], proof["trail"]["entries"]) == (True, True, 3)
    run([*CHECK, "--head", proof["head"][:8], "--trail-head", proof["trail"]["head"][:8]])
    said = capsys.readouterr().out
    assert "3 entries of the access trail" in said
    assert proof["head"] in said
    assert proof["trail"]["head"] in said


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (OTHER_PERSON, "1 fault of its access trail, the first: The hash of entry 2"),
        ("DELETE FROM access_entry WHERE number = 1", "After entry 0 comes entry 2"),
        (OTHER_PAIN, "is not what the changes say"),
    ],
)
def test_a_fault_of_either_is_told_and_the_command_fails(
    place: Path, capsys: pytest.CaptureFixture[str], statement: str, sentence: str
) -> None:
    tamper(place, statement)
    assert sentence in refusal(CHECK, capsys)


def test_faults_of_both_are_counted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tamper(place, OTHER_PERSON)
    tamper(place, OTHER_PAIN)
    said = refusal(CHECK, capsys)
    assert "faults of the register and 1 fault of its access trail" in said


def test_a_trail_that_was_cut_off_lacks_the_hash_that_was_written_down(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run([*CHECK, "--json"])
    head = json.loads(capsys.readouterr().out)["trail"]["head"]
    tamper(place, "DELETE FROM access_entry WHERE number = 3")
    run(CHECK)
    capsys.readouterr()
    said = refusal([*CHECK, "--trail-head", head], capsys)
    assert f"The hash {head} that was written down before is not in the chain" in said
