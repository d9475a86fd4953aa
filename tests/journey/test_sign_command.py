"""The command ``seedbed sign``: a record signed by two people, checked, changed and checked again."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.unit.journey.signing.records_made import make_record
from typer.testing import CliRunner

from seedbed.cli.sign import sign
from seedbed.errors import InputError, SeedbedError

app = typer.Typer()
app.command()(sign)
PHYSICIST = ["--by", "SYNTHETIC Physicist", "--role", "physicist", "--decision", "Cold 8 mm posterior."]
DOCTOR = ["--by", "\u5f20 SYNTHETIC", "--role", "doctor", "--decision", "Top up.", "--decided", "top-up"]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    if result.exception is not None:
        raise result.exception
    return result.stdout


def as_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


@pytest.fixture
def record(tmp_path: Path) -> str:
    return str(make_record(tmp_path / "record"))


def test_a_record_is_signed_and_checked(record: str) -> None:
    said = run(record, *PHYSICIST)
    assert "Signed: SYNTHETIC Physicist, physicist, 20" in said
    assert "Cold 8 mm posterior." in said
    assert "Write the hash on the signed paper" in said
    assert "no proof of who signed" in said
    (digits,) = [line.removeprefix("Hash:   ") for line in said.splitlines() if line.startswith("Hash:")]
    checked = run(record, "--check", "--printed", digits)
    assert "Sound:  all 4 files are as they were signed." in checked
    assert "The printed hash is that of this record." in checked
    assert digits in checked


def test_a_second_person_signs_after_the_first(record: str) -> None:
    first = as_json(record, *PHYSICIST)
    second = as_json(record, *DOCTOR)
    assert (first["number"], second["number"], second["previous"]) == (1, 2, first["hash"])
    assert (second["decided"], second["files"], second["hash"][:4]) == ("top-up", 4, second["short_hash"][:4])
    checked = run(record, "--check")
    assert checked.index("SYNTHETIC Physicist") < checked.index("\u5f20 SYNTHETIC, doctor, 20")
    assert "Top up. (top-up)" in checked


def test_a_changed_record_is_refused_and_the_file_is_named(record: str) -> None:
    run(record, *PHYSICIST)
    seeds = Path(record) / "seeds.csv"
    seeds.chmod(0o644)
    seeds.write_text("changed")
    with pytest.raises(InputError, match=r"'seeds.csv' was changed; expected every file .* do not rely on"):
        run(record, "--check")
    with pytest.raises(InputError, match=r"'seeds.csv' was changed"):
        run(record, *DOCTOR)
    result = CliRunner().invoke(app, [record, "--check", "--json"])
    assert isinstance(result.exception, InputError)
    assert json.loads(result.stdout)["findings"] == ["'seeds.csv' was changed"]


def test_another_hash_on_the_paper_is_refused(record: str) -> None:
    run(record, *PHYSICIST)
    with pytest.raises(InputError, match="no signature has the printed hash 00000000"):
        run(record, "--check", "--printed", "0000 " * 6)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no --by and no --role and no --decision"),
        (PHYSICIST[:4], "no --decision"),
        (["--check", "--by", "A"], "--check with --by"),
        ([*PHYSICIST, "--printed", "0" * 24], "--printed without --check"),
        ([*PHYSICIST, "--decided", "perhaps"], "decided 'perhaps'"),
        (["--check"], "is not signed"),
        (["--by", "\n", *PHYSICIST[2:]], "the name is '.'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_signed(
    record: str, arguments: list[str], said: str
) -> None:
    with pytest.raises(SeedbedError, match=said):
        run(record, *arguments)
    assert not list(Path(record).glob("*signature*"))


def test_a_wrong_folder_is_refused(tmp_path: Path) -> None:
    for arguments in (PHYSICIST, ["--check"]):
        with pytest.raises(InputError, match=r"'.*nowhere' does not exist"):
            run(str(tmp_path / "nowhere"), *arguments)
