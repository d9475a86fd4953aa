"""What is a record, and what in its folder belongs to it."""

import os
import unicodedata
from pathlib import Path

import pytest
from tests.unit.journey.signing.records_made import PHYSICIST, make_record

from seedbed.errors import InputError, OutputError
from seedbed.journey.signing import check_unsigned, sign_record
from seedbed.journey.signing.places import check_record_folder, signed_files


def test_all_files_of_a_record_are_listed_with_those_in_subfolders(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    names = [each.name for each in signed_files(record)]
    assert names == ["dicom/dose.dcm", "seeds.csv", "verify.json", "\u9a8c\u8bc1.html"]
    (dose, *_) = signed_files(record)
    assert dose.bytes == 900
    # printf 'SYNTHETIC%.0s' $(seq 100) | sha256sum
    assert dose.sha256 == "e85ea12b8db765fb5ad3ef3b2d6165a4276924755023782184de76f16425e92a"


@pytest.mark.parametrize("name", [".DS_Store", "Thumbs.db", "desktop.ini", "dicom/.DS_Store"])
def test_what_a_file_manager_leaves_is_no_part_of_a_record(tmp_path: Path, name: str) -> None:
    record = make_record(tmp_path / "record")
    before = signed_files(record)
    (record / name).write_bytes(b"x")
    assert signed_files(record, before_signing=True) == before


@pytest.mark.parametrize("name", ["~$seeds.csv", ".~lock.seeds.csv#"])
def test_a_record_that_is_open_in_a_spreadsheet_is_not_signed(tmp_path: Path, name: str) -> None:
    record = make_record(tmp_path / "record")
    before = signed_files(record)
    (record / name).write_bytes(b"x")
    assert signed_files(record) == before
    with pytest.raises(InputError, match="is open in another program"):
        sign_record(record, PHYSICIST)


@pytest.mark.parametrize(
    "name",
    [
        "-rf",
        "a b",
        "\u9a8c.csv",
        "'quoted'",
        "signature-0.json",
        "signature-x.json",
        "dicom/signature-1.json",
    ],
)
def test_unusual_names_are_kept(tmp_path: Path, name: str) -> None:
    record = make_record(tmp_path / "record")
    (record / name).write_bytes(b"x")
    assert name in [each.name for each in signed_files(record)]


def test_a_name_in_letters_of_a_macintosh_is_the_same_name(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    name = unicodedata.normalize("NFC", "Kn\u00f6tchen.txt")
    (record / unicodedata.normalize("NFD", name)).write_bytes(b"x")
    assert name in [each.name for each in signed_files(record)]
    (record / name).write_bytes(b"y")
    with pytest.raises(InputError, match="two files are called"):
        signed_files(record)


def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    for name in (b"a\xff.txt", b"a\n.txt"):
        file = os.fsencode(record) + b"/" + name
        os.close(os.open(file, os.O_CREAT))
        with pytest.raises(InputError, match="cannot be printed; expected a plain name"):
            signed_files(record)
        os.unlink(file)  # noqa: PTH108 - a name that is no text


def test_links_and_what_is_no_file_are_refused(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    for number, make in enumerate(
        (
            lambda path: path.symlink_to(tmp_path / "nowhere"),
            lambda path: path.symlink_to(record / "seeds.csv"),
            lambda path: path.symlink_to(tmp_path, target_is_directory=True),
            os.mkfifo,
        )
    ):
        path = record / f"odd-{number}"
        make(path)
        with pytest.raises(InputError, match=r"odd-.' is (a link to something elsewhere|no file)"):
            signed_files(record)
        path.unlink()
    assert len(signed_files(record)) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "holds no verify.json"),
        ("", "is damaged or was not written to its end"),
        ('{"seedbed": {', "is damaged or was not written to its end"),
        ("[" * 100_000, "is damaged or was not written to its end"),
        ("[]", "was not written by Seedbed"),
        ('{"version": 1}', "was not written by Seedbed"),
        ('{"seedbed": {}, "draft": true}', "is the draft of a verification that did not end"),
        (
            '{"seedbed": {}, "files": ["seeds.csv", "dose.dcm"]}',
            "names the file 'dose.dcm', which is not there",
        ),
        ('{"seedbed": {}, "files": [3]}', "names the file '3', which is not there"),
    ],
)
def test_what_is_no_finished_record_is_not_signed(tmp_path: Path, content: str | None, said: str) -> None:
    record = make_record(tmp_path / "record")
    if content is None:
        (record / "verify.json").unlink()
    else:
        (record / "verify.json").write_text(content)
    with pytest.raises(InputError, match=said):
        sign_record(record, PHYSICIST)
    assert not list(record.glob("*signature*"))


def test_no_folder_is_no_record(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        check_record_folder(tmp_path / "record")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file"):
        check_record_folder(tmp_path / "file")


def test_nothing_is_written_into_a_signed_record(tmp_path: Path) -> None:
    record = make_record(tmp_path / "record")
    check_unsigned(record)
    check_unsigned(tmp_path / "new")
    sign_record(record, PHYSICIST)
    with pytest.raises(OutputError, match="a signed record is never changed; give another folder with --out"):
        check_unsigned(record)
    (record / "signature-1.json").chmod(0o644)
    (record / "signature-1.json").write_text("damaged")
    with pytest.raises(OutputError, match="holds a signed record"):
        check_unsigned(record)
