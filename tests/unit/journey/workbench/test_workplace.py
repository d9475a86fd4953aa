"""A workplace: made, held by one server, refused where something else lies."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from seedbed.errors import InputError, OutputError
from seedbed.journey.workbench.trail import Trail
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace, usual_folder
from seedbed.patient.records import Patient

HOLD = """
import sys
from contextlib import suppress
from pathlib import Path
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace
with open_workplace(WorkplaceAddress(Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_workplace_is_made_and_found_again(tmp_path: Path) -> None:
    address = WorkplaceAddress(tmp_path / "new" / "w")
    with open_workplace(address) as workplace:
        first = workplace.id
        workplace.clinic.write([Patient(patient_id="SYNTHETIC-1")], who="test", why="synthetic")
        assert workplace.cases.is_dir()
        assert workplace.uploads.is_dir()
        assert workplace.folder.stat().st_mode & 0o077 == 0
    with open_workplace(address) as workplace:
        assert workplace.id == first
        assert len(workplace.clinic.records(Patient)) == 1


def test_accounts_survive_a_server_that_never_wrote_records(tmp_path: Path) -> None:
    """A register without records is taken back when its making fails; one with a trail must not be."""
    address = WorkplaceAddress(tmp_path / "w")
    with suppress(KeyboardInterrupt), open_workplace(address) as workplace:
        workplace.trail.note("anna", "signed in")
        raise KeyboardInterrupt
    with open_workplace(address) as workplace:
        assert workplace.trail.page()[0] == 1


def test_a_second_server_is_refused_in_this_process_and_in_another(tmp_path: Path) -> None:
    address = WorkplaceAddress(tmp_path / "w")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, address.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(InputError, match="another server works in"), open_workplace(address):
            pass
        with open_workplace(address, serving=False) as beside:
            assert beside.trail.page()[0] == 0
        other.kill()
    with open_workplace(address), pytest.raises(InputError, match="another server"), open_workplace(address):
        pass


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("synthetic")
    with pytest.raises(InputError, match="holds files and is no workplace"):
        open_workplace(WorkplaceAddress(tmp_path)).__enter__()
    with pytest.raises(InputError, match="is a file"):
        open_workplace(WorkplaceAddress(tmp_path / "letter.txt")).__enter__()
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be made"):
        open_workplace(WorkplaceAddress(tmp_path / "file" / "w")).__enter__()


def test_the_usual_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SEEDBED_HOME", str(tmp_path))
    assert usual_folder() == tmp_path
    monkeypatch.delenv("SEEDBED_HOME")
    assert usual_folder() == Path.home() / "Seedbed"


def test_the_same_view_is_one_entry_for_a_while(tmp_path: Path) -> None:
    now = [1000.0]
    with open_workplace(WorkplaceAddress(tmp_path / "w")) as workplace:
        trail = Trail(workplace.accounts, same_view_s=300, clock=lambda: now[0])
        for patient, after in (("S-1", 0), ("S-1", 299), ("S-2", 0), ("S-1", 1), ("S-1", 299)):
            now[0] += after
            trail.viewed("anna", "case", patient_id=patient)
        _, found = trail.page()
        assert [each.patient_id for each in reversed(found)] == ["S-1", "S-2", "S-1"]
        trail.note("a\nb", "x" * 1000)
        entry = trail.page()[1][0]
        assert (entry.who, len(entry.what)) == ("a?b", 303)
        assert trail.prove().sound


def test_what_cannot_be_written_into_the_trail_is_not_answered(tmp_path: Path) -> None:
    with open_workplace(WorkplaceAddress(tmp_path / "w")) as workplace:
        with workplace.accounts.writing() as connection:
            connection.exec_driver_sql("DROP TABLE access_entry")
        with pytest.raises(OutputError):
            workplace.trail.viewed("anna", "case", patient_id="S-1")
