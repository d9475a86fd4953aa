"""One file written whole or not at all, and refusals that name what the user typed."""

import errno
import os
from pathlib import Path

import pytest

from seedbed.errors import OutputError
from seedbed.journey.single_file import check_free, placed


def write(out: Path, inputs: tuple[Path, ...] = ()) -> None:
    with placed(out, inputs, kind="text", replaces=Path.is_file) as stage:
        stage.write_text("new")


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "out.txt"
    for _ in range(2):
        write(out)
    assert out.read_text() == "new"
    assert os.listdir(out.parent) == ["out.txt"]  # noqa: PTH208 - hidden ones too


@pytest.mark.parametrize("below", ["out.txt", "deep/er/out.txt"])
def test_a_place_below_a_file_is_refused_with_that_file(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for attempt in (write, lambda out: check_free(out, (), kind="text", replaces=Path.is_file)):
        with pytest.raises(
            OutputError, match=r"'.*/file' is a file; expected a folder to write 'out.txt' into"
        ):
            attempt(file / below)
    assert file.read_text() == "mine"


def test_a_name_too_long_names_what_was_typed(tmp_path: Path) -> None:
    out = tmp_path / ("x" * 250 + ".txt")  # it fits; the hidden name beside it does not
    with pytest.raises(OutputError) as refused:
        write(out)
    assert str(out) in str(refused.value)
    assert f".{out.name}" not in str(refused.value)


@pytest.mark.parametrize("hidden", [True, False])
def test_an_error_while_writing_names_what_was_typed_and_leaves_the_old_file(
    tmp_path: Path, hidden: bool
) -> None:
    out = tmp_path / "out.txt"
    out.write_text("old")

    def fail() -> None:
        with placed(out, (), kind="text", replaces=Path.is_file) as stage:
            stage.write_text("half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *([str(stage)] if hidden else []))

    with pytest.raises(OutputError, match=r"'.*/out\.txt' could not be written \(No space left"):
        fail()
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.txt"]  # noqa: PTH208 - hidden ones too


def test_an_error_of_another_file_keeps_its_name(tmp_path: Path) -> None:
    def fail() -> None:
        with placed(tmp_path / "out.txt", (), kind="text", replaces=Path.is_file):
            (tmp_path / "absent.txt").read_text()

    with pytest.raises(FileNotFoundError, match=r"absent\.txt"):
        fail()


def test_a_folder_that_may_not_be_written_names_what_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(prefix: str, suffix: str, dir: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"{dir}/{prefix}abc{suffix}")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(OutputError, match=r"out\.txt' could not be written \(Permission denied\)") as refused:
        write(tmp_path / "out.txt")
    assert "abc" not in str(refused.value)
