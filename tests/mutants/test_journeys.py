"""Damaged files given to whole journeys: nothing half kept, nothing half cleaned, one line for the user."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.journey.refusals import refusal
from tests.mutants.corpus import Mutant, mutants
from tests.mutants.sound import SoundCase, names_in, write_sound_case

from seedbed.cli.app import run
from seedbed.errors import SeedbedError
from seedbed.journey.deidentifying import deidentify_files
from seedbed.journey.import_files import ImportRequest
from seedbed.journey.importing import import_folder

COUNT = 20
PATIENT = (b"P1\0", "病人".encode(), b"19600102")
"""What the sound files say of the patient, as bytes; of the ID with what follows it."""


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> SoundCase:
    return write_sound_case(tmp_path_factory.mktemp("sound"))


def corpus(sound: Path, first: int = 0) -> Iterator[Mutant]:
    yield from mutants(sound.read_bytes(), COUNT, first=first)


def attempt(journey: Callable[[], Any]) -> tuple[Any, str]:
    """Return what a journey returns, or None and the sentence with which it is refused."""
    try:
        return journey(), ""
    except SeedbedError as error:
        return None, str(error)


def exit_code(arguments: list[str]) -> int:
    try:
        run(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


def test_a_folder_with_a_damaged_file_is_imported_whole_or_not_at_all(
    case: SoundCase, tmp_path: Path
) -> None:
    folder, store = tmp_path / "in", tmp_path / "store"
    shutil.copytree(case.ct, folder)
    damaged = sorted(folder.iterdir())[2]
    for mutant in corpus(damaged):
        damaged.write_bytes(mutant.content)
        shutil.rmtree(store, ignore_errors=True)
        found, said = attempt(lambda: import_folder(ImportRequest(folder, store)))
        if found is None:
            assert damaged.name in said or "patient" in said, str(mutant)
            assert not list(store.rglob("*.dcm")), str(mutant)
        else:
            kept = {path.read_bytes() for path in store.rglob("*.dcm")}
            given = {path.read_bytes() for path in folder.iterdir()}
            other = {path.read_bytes() for path in found.other_files}
            assert kept == given - other, str(mutant)


@pytest.mark.parametrize("part", ["rs", "rp", "rd"])
def test_a_damaged_file_is_not_exported_or_says_nothing_of_its_patient(
    case: SoundCase, tmp_path: Path, part: str
) -> None:
    damaged = tmp_path / f"{part}.dcm"
    for mutant in corpus(getattr(case, part), first=7):
        damaged.write_bytes(mutant.content)
        out = tmp_path / f"out {mutant.number}"
        key = tmp_path / f"key {mutant.number}.csv"
        found, said = attempt(lambda out=out, key=key: deidentify_files([damaged], out, key_file=key))
        if found is None:
            assert "; expected " in said, str(mutant)
            assert not out.exists(), str(mutant)
        else:
            clean = b"".join(path.read_bytes() for path in out.rglob("*.dcm"))
            assert not [said for said in PATIENT if said in clean], str(mutant)


Command = Callable[[SoundCase], list[str]]
COMMANDS: dict[str, tuple[str, Command]] = {
    "dvh": ("rd", lambda at: ["dvh", str(at.rd), str(at.rs)]),
    "dose": ("rp", lambda at: ["dose", str(at.rp), "--out", str(at.rd.parent / "dose_of.dcm")]),
    "import": ("ct", lambda at: ["import", str(at.ct), "--store", str(at.ct.parent / "store")]),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_a_damaged_file_in_one_line(
    command: str, case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = names_in(tmp_path)
    shutil.copytree(case.ct, here.ct)
    for part in ("rs", "rp", "rd"):
        shutil.copyfile(getattr(case, part), getattr(here, part))
    part, arguments = COMMANDS[command]
    damaged = getattr(here, part)
    damaged = sorted(damaged.iterdir())[1] if damaged.is_dir() else damaged
    sound = damaged.read_bytes()
    broken = [
        m for m in mutants(sound, 400) if m.kind in ("truncate", "blank_uid", "other_syntax", "deflate")
    ]
    refused = 0
    for mutant in broken[:20]:
        damaged.write_bytes(mutant.content)
        code = exit_code(arguments(here))
        said = capsys.readouterr()
        assert code in (0, 2), str(mutant)
        if code == 2:
            refused += 1
            line = said.err[said.err.index("seedbed: ") :].strip()
            assert len(line.splitlines()) == 1, str(mutant)
            assert "Traceback" not in said.err + said.out
    assert refused >= 10


def test_the_sound_case_is_imported(case: SoundCase, tmp_path: Path) -> None:
    found = import_folder(ImportRequest(case.ct, tmp_path / "store"))
    assert sum(found.new.values()) == len(list(case.ct.iterdir()))


def test_a_structure_set_of_another_patient_is_refused(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "rs.dcm"
    mutant = next(m for m in mutants(case.rs.read_bytes(), 400) if m.kind == "other_patient")
    other.write_bytes(mutant.content)
    assert "PatientID" in refusal(["dvh", str(case.rd), str(other)], capsys)
