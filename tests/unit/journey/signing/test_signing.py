"""Signing: whole or not at all, never over another signature, never of what changes meanwhile."""

import errno
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from tests.unit.journey.signing.records_made import (
    DOCTOR,
    FIRST_DAY,
    PHYSICIST,
    SECOND_DAY,
    make_record,
)

from seedbed.errors import InputError, OutputError
from seedbed.journey.signing import Statement, check_record, sign_record, signing


def entries(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))  # noqa: PTH208 - hidden ones too


def test_two_people_sign_one_after_the_other(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    first = sign_record(record, PHYSICIST, now=FIRST_DAY)
    second = sign_record(record, DOCTOR, now=SECOND_DAY)
    assert (first.previous, second.previous) == (None, first.hash)
    assert first.files == second.files
    check = check_record(record)
    assert check.sound
    assert check.signatures == (first, second)
    assert entries(record) == [
        "dicom", "seeds.csv", "signature-1.json", "signature-2.json", "verify.json", "\u9a8c\u8bc1.html"
    ]  # fmt: skip


def test_files_are_read_only_afterwards(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    sign_record(record, PHYSICIST)
    files = [path for path in record.rglob("*") if path.is_file()]
    assert len(files) == 5
    for path in files:
        assert not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
        assert path.stat().st_mode & stat.S_IRUSR


def test_the_clock_of_the_computer_is_taken(tmp_path: Path) -> None:
    signature = sign_record(make_record(tmp_path / "record"), PHYSICIST)
    changed = (tmp_path / "record" / "signature-1.json").stat().st_mtime
    assert abs(signature.at.timestamp() - changed) < 5


def test_the_same_signature_twice_is_refused(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    sign_record(record, PHYSICIST, now=FIRST_DAY)
    with pytest.raises(InputError, match=r"Physicist, physicist, signed this record .* at 2026-12-01"):
        sign_record(record, PHYSICIST, now=SECOND_DAY)
    later = Statement(PHYSICIST.by, PHYSICIST.role, "Seen again.")
    assert sign_record(record, later, now=SECOND_DAY).number == 2


def test_a_clock_that_went_back_is_refused(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    sign_record(record, PHYSICIST, now=FIRST_DAY)
    with pytest.raises(InputError, match="the clock says 2026-11-01"):
        sign_record(record, DOCTOR, now=FIRST_DAY - timedelta(days=30))
    sign_record(record, DOCTOR, now=FIRST_DAY - timedelta(minutes=9))  # another computer's clock
    assert check_record(record).sound


def test_nobody_signs_after_a_change(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    sign_record(record, PHYSICIST)
    (record / "new.txt").write_text("x")
    with pytest.raises(InputError, match=r"'new.txt' was added"):
        sign_record(record, DOCTOR)
    assert not (record / "signature-2.json").exists()


def test_a_file_that_changes_while_it_is_signed_stops_the_signature(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = make_record(tmp_path / "record")
    write = signing.written

    def meanwhile(signature: signing.Signature) -> bytes:
        (record / "seeds.csv").write_text("changed")
        return write(signature)

    monkeypatch.setattr(signing, "written", meanwhile)
    with pytest.raises(InputError, match="changes while it is being signed"):
        sign_record(record, PHYSICIST)
    assert entries(record) == ["dicom", "seeds.csv", "verify.json", "\u9a8c\u8bc1.html"]


@pytest.mark.parametrize("fails", ["fsync", "link and write", "mkstemp", "interrupt"])
def test_after_a_failure_nothing_is_signed_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    record = make_record(tmp_path / "record")
    error: BaseException = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    expected: type[BaseException] = OutputError
    if fails == "interrupt":
        error = expected = KeyboardInterrupt

    def fail(*_: object, **__: object) -> None:
        raise error

    if fails == "mkstemp":
        monkeypatch.setattr(signing.tempfile, "mkstemp", fail)
    elif fails == "link and write":
        monkeypatch.setattr(signing.os, "link", fail)
        monkeypatch.setattr(signing, "_copy", fail)
    else:
        monkeypatch.setattr(signing.os, "fsync", fail)
    with pytest.raises(expected):
        sign_record(record, PHYSICIST)
    monkeypatch.undo()
    assert entries(record) == ["dicom", "seeds.csv", "verify.json", "\u9a8c\u8bc1.html"]
    assert sign_record(record, PHYSICIST).number == 1


def test_a_disk_without_links_is_signed_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    record = make_record(tmp_path / "record")
    monkeypatch.setattr(signing.os, "link", refuse)
    signature = sign_record(record, PHYSICIST)
    assert check_record(record).signatures == (signature,)
    assert entries(record)[2] == "signature-1.json"


def test_a_copy_that_fails_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stage, place = tmp_path / "stage", tmp_path / "place"
    stage.write_bytes(b"signature")

    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(signing.os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        signing._copy(stage, place)
    assert entries(tmp_path) == ["stage"]


@pytest.mark.parametrize("links", [True, False])
def test_a_signature_that_came_meanwhile_is_never_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    record = make_record(tmp_path / "record")
    name = signing._name

    def with_another_first(stage: Path, place: Path) -> None:
        monkeypatch.setattr(signing, "_name", name)
        sign_record(record, DOCTOR)
        if links:
            name(stage, place)
        else:
            signing._copy(stage, place)

    monkeypatch.setattr(signing, "_name", with_another_first)
    with pytest.raises(OutputError, match=r"somebody else signed .* at the same moment"):
        sign_record(record, PHYSICIST)
    (signature,) = check_record(record).signatures
    assert signature.by == DOCTOR.by
    assert entries(record)[2:4] == ["signature-1.json", "verify.json"]


PERSON = """
import sys
from pathlib import Path
from seedbed.errors import SeedbedError
from seedbed.journey.signing import Statement, sign_record
statement = Statement(sys.argv[2], "physicist", "Accepted.")
print("ready", flush=True)
sys.stdin.readline()
try:
    print(sign_record(Path(sys.argv[1]), statement).number)
except SeedbedError as error:
    print(error)
"""


def test_two_processes_that_sign_at_once_leave_one_sound_chain(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    people = [
        subprocess.Popen(
            [sys.executable, "-c", PERSON, str(record), f"SYNTHETIC {name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ABCD"
    ]
    for person in people:
        assert person.stdout is not None
        assert person.stdout.readline() == "ready\n"
    for person in people:
        assert person.stdin is not None
        person.stdin.write("\n")
        person.stdin.flush()
    said = [person.communicate()[0].strip() for person in people]
    signed = [int(each) for each in said if each.isdigit()]
    refused = [each for each in said if not each.isdigit()]
    check = check_record(record)
    assert check.sound
    assert sorted(signed) == [each.number for each in check.signatures] == list(range(1, len(signed) + 1))
    assert all("at the same moment" in each for each in refused)
    assert not list(record.glob(".*"))


def test_a_leftover_of_a_stopped_signature_is_no_part_of_the_record(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    (record / ".signature-abc.part").write_bytes(b"half")
    names = [each.name for each in sign_record(record, PHYSICIST).files]
    assert ".signature-abc.part" not in names
    assert check_record(record).sound


def test_a_record_may_be_signed_through_a_link_to_its_folder(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    (tmp_path / "link").symlink_to(record, target_is_directory=True)
    assert sign_record(tmp_path / "link", PHYSICIST).files == check_record(record).signatures[0].files
