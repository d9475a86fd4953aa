import csv
import os
import random
import stat
from pathlib import Path

import pytest

from seedbed.dicom.deidentification import new_pseudonym
from seedbed.dicom.deidentification.key_table import (
    KeyTable,
    Patient,
    RenamedStructure,
    read_key_table,
    write_key_table,
)
from seedbed.errors import InputError


def table_of(*people: tuple[str, str], seed: int = 1) -> KeyTable:
    rng = random.Random(seed)  # noqa: S311
    made = tuple(Patient(number, "", name, "19600102", new_pseudonym(rng)) for number, name in people)
    return KeyTable(made, (RenamedStructure(made[0].pseudonym.code, "2.25.7", "ROI 3", 'said "GTV", 王'),))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = table_of(("00123", "王^小明"), ('a "quoted", id', "=Name^With\nBreak"))
    write_key_table(table, tmp_path / "key.csv")
    assert read_key_table(tmp_path / "key.csv") == table
    assert stat.S_IMODE((tmp_path / "key.csv").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key.csv"]


def test_no_table_yet_is_an_empty_one(tmp_path: Path) -> None:
    assert read_key_table(tmp_path / "key.csv") == KeyTable()


@pytest.mark.parametrize("damage", ["", "a,b\n1,2\n", "\0\1", "code,patient_id\nSB-222222,7\n"])
def test_another_file_is_refused(tmp_path: Path, damage: str) -> None:
    (tmp_path / "key.csv").write_text(damage)
    with pytest.raises(InputError, match="no table of identities"):
        read_key_table(tmp_path / "key.csv")


@pytest.mark.parametrize(("old", "new"), [("SB-", "XX-"), (",-", ",x"), (",P1,", ",P1,more,")])
def test_a_damaged_row_is_refused(tmp_path: Path, old: str, new: str) -> None:
    write_key_table(table_of(("P1", "A^B")), tmp_path / "key.csv")
    text = (tmp_path / "key.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "key.csv").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=r"no table of identities|changed since"):
        read_key_table(tmp_path / "key.csv")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",00123,", ",123,"), ("19600102", "1960/1/2"), ("ROI 3", "ROI 4"), ("王", "?"),
        (new_pseudonym(random.Random(1)).secret.hex(), bytes(32).hex()),  # noqa: S311
    ],
)  # fmt: skip
def test_what_a_spreadsheet_changes_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    write_key_table(table_of(("00123", "A^B")), tmp_path / "key.csv")
    text = (tmp_path / "key.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "key.csv").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=r"changed since Seedbed wrote it, in row [12]"):
        read_key_table(tmp_path / "key.csv")


def test_a_check_has_no_digit_that_a_spreadsheet_would_change(tmp_path: Path) -> None:
    write_key_table(table_of(*((f"P{n}", "A^B") for n in range(40))), tmp_path / "key.csv")
    with (tmp_path / "key.csv").open(encoding="utf-8-sig", newline="") as file:
        checks = [row["check"] for row in csv.DictReader(file)]
    assert len(set(checks)) == 41
    assert all(check.isalpha() and len(check) == 8 for check in checks)


def test_table_and_its_name_are_on_the_disk_before_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File, name, folder: what a loss of power leaves is the old table or the new one."""
    steps: list[str] = []
    synced, replaced = os.fsync, Path.replace

    def sync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        synced(handle)

    def put(self: Path, target: Path) -> Path:
        steps.append("name")
        return replaced(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", put)
    write_key_table(table_of(("P1", "A^B")), tmp_path / "key.csv")
    assert steps == ["file", "name", "folder"]


def test_one_code_for_two_and_two_codes_for_one_are_refused(tmp_path: Path) -> None:
    one, other = table_of(("P1", "A^B"), ("P2", "C^D")).patients
    for pair in (
        (one, Patient("P2", "", "C^D", "", one.pseudonym)),
        (one, Patient("P1", "", "A^B", "", other.pseudonym)),
    ):
        write_key_table(KeyTable(pair), tmp_path / "key.csv")
        with pytest.raises(InputError, match="one code for two patients or two codes for one"):
            read_key_table(tmp_path / "key.csv")


def test_codes_are_never_drawn_twice() -> None:
    class Stuck(random.Random):
        """Draws the same code three times, then another."""

        drawn = 0

        def choices(self, letters, **_kwargs):  # type: ignore[no-untyped-def]
            self.drawn += 1
            return [letters[0 if self.drawn < 4 else 1]] * 6

    assert new_pseudonym(Stuck(1), frozenset({"SB-222222"})).code == "SB-333333"
