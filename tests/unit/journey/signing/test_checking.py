"""What a check of a signed record notices, and what it cannot."""

import json
import shutil
from pathlib import Path

import pytest
from tests.unit.journey.signing.records_made import (
    DOCTOR,
    FIRST_DAY,
    PHYSICIST,
    SECOND_DAY,
    make_record,
)

from seedbed.errors import InputError
from seedbed.journey.signing import check_record, follows, refuse_unsound, sign_record
from seedbed.journey.signing.signature import read_signature, written


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """A record that two people signed."""
    folder = make_record(tmp_path / "record")
    sign_record(folder, PHYSICIST, now=FIRST_DAY)
    sign_record(folder, DOCTOR, now=SECOND_DAY)
    for path in folder.rglob("*.*"):
        path.chmod(0o644)  # as whoever changes it would
    return folder


def findings(record: Path) -> tuple[str, ...]:
    return check_record(record).findings


def test_an_untouched_record_is_sound_and_stays_so_in_a_copy(record: Path, tmp_path: Path) -> None:
    check = check_record(record)
    refuse_unsound(check)
    assert [each.by for each in check.signatures] == [PHYSICIST.by, DOCTOR.by]
    copy = shutil.copytree(record, tmp_path / "copy of the record")
    assert check_record(copy).sound


@pytest.mark.parametrize("name", ["verify.json", "seeds.csv", "dicom/dose.dcm", "\u9a8c\u8bc1.html"])
def test_one_changed_byte_of_any_file_is_noticed(record: Path, name: str) -> None:
    content = (record / name).read_bytes()
    for changed in (content[:-1] + bytes([content[-1] ^ 1]), content + b" ", content[:-1]):
        (record / name).write_bytes(changed)
        assert findings(record) == (f"'{name}' was changed",)
    (record / name).unlink()
    assert findings(record) == (f"'{name}' is missing",)
    (record / name).write_bytes(content)
    assert findings(record) == ()


def test_added_and_renamed_files_are_noticed(record: Path) -> None:
    (record / "dicom" / "more.dcm").write_bytes(b"")
    assert findings(record) == ("'dicom/more.dcm' was added",)
    (record / "dicom" / "more.dcm").unlink()
    (record / "seeds.csv").rename(record / "Seeds.csv")
    assert findings(record) == ("'Seeds.csv' was added", "'seeds.csv' is missing")


def test_a_file_that_became_a_link_is_noticed(record: Path, tmp_path: Path) -> None:
    (record / "seeds.csv").rename(tmp_path / "elsewhere")
    (record / "seeds.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"'.*seeds.csv' is a link"):
        check_record(record)


def test_changed_signatures_and_gaps_are_noticed(record: Path) -> None:
    first, second = record / "signature-1.json", record / "signature-2.json"
    kept = first.read_bytes()
    first.write_bytes(kept.replace(b"SYNTHETIC Physicist", b"SYNTHETIC physicist"))
    assert "signature 'signature-1.json' was changed since it was written, or is damaged" in findings(record)
    first.unlink()
    assert findings(record) == ("signature-1.json is missing or damaged",)
    second.rename(first)
    assert findings(record)[0] == "signature 'signature-1.json' was renamed, it has the number 2"
    first.rename(second)
    first.write_bytes(kept)
    assert findings(record) == ()
    shutil.copy(second, record / "signature-3.json")
    assert findings(record)[0] == "signature 'signature-3.json' was renamed, it has the number 2"


def test_all_signatures_damaged_is_not_sound(record: Path) -> None:
    for number in (1, 2):
        (record / f"signature-{number}.json").write_text("{}")
    assert len(findings(record)) == 2


def test_a_signature_of_another_record_does_not_fit(record: Path, tmp_path: Path) -> None:
    other = make_record(tmp_path / "other")
    (other / "seeds.csv").write_text("other")
    sign_record(other, PHYSICIST, now=FIRST_DAY)
    (record / "signature-1.json").write_bytes((other / "signature-1.json").read_bytes())
    assert findings(record) == (
        "'signature-2.json' does not follow the signature before it",
        "'signature-1.json' is of other files",
    )


def test_a_signature_that_is_older_than_the_one_before_is_noticed(record: Path) -> None:
    first, second = (read_signature(record / f"signature-{number}.json") for number in (1, 2))
    from seedbed.journey.signing.signature import hash_of

    early = second.model_copy(update={"signed_at": "2026-11-01T00:00:00+00:00"})
    early = early.model_copy(update={"hash": hash_of(early)})
    (record / "signature-2.json").write_bytes(written(early))
    assert findings(record) == ("'signature-2.json' is older than the signature before it",)
    assert first.at == FIRST_DAY


def test_only_the_paper_shows_that_everything_was_written_anew(record: Path) -> None:
    printed = check_record(record).signatures[-1].short_hash
    assert check_record(record, printed=printed).sound
    for number in (1, 2):
        (record / f"signature-{number}.json").unlink()
    (record / "seeds.csv").write_text("forged")
    sign_record(record, PHYSICIST, now=FIRST_DAY)
    sign_record(record, DOCTOR, now=SECOND_DAY)
    assert check_record(record).sound  # the folder alone cannot show it
    (finding,) = check_record(record, printed=printed).findings
    assert finding == f"no signature has the printed hash {printed.replace(' ', '')}"


def test_only_the_paper_shows_that_the_last_signature_was_taken_away(record: Path) -> None:
    printed = check_record(record).signatures[-1].short_hash
    (record / "signature-2.json").unlink()
    assert check_record(record).sound
    assert not check_record(record, printed=printed).sound


def test_the_hash_of_an_earlier_signature_still_holds_after_a_later_one(record: Path) -> None:
    assert check_record(record, printed=check_record(record).signatures[0].short_hash).sound


def test_a_refusal_names_some_findings_and_counts_the_rest(record: Path) -> None:
    for number in range(5):
        (record / f"new-{number}").write_text("")
    with pytest.raises(
        InputError, match="'new-0' was added; 'new-1' was added; 'new-2' was added; and 2 more"
    ):
        refuse_unsound(check_record(record))


def test_what_is_not_signed_cannot_be_checked(tmp_path: Path) -> None:
    unsigned = make_record(tmp_path / "unsigned")
    with pytest.raises(InputError, match="is not signed; expected a signed record"):
        check_record(unsigned)
    with pytest.raises(InputError, match="does not exist"):
        check_record(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"holds no verify.json"):
        check_record(tmp_path / "empty")


def test_an_amendment_names_the_signature_that_it_follows(record: Path) -> None:
    last = check_record(record).signatures[-1]
    assert follows(record) == {
        "folder": str(record),
        "hash": last.hash,
        "short_hash": last.short_hash,
        "number": 2,
        "by": DOCTOR.by,
        "role": DOCTOR.role,
        "signed_at": "2026-12-02T09:00:00+00:00",
    }
    (record / "seeds.csv").write_text("changed")
    with pytest.raises(InputError, match=r"'seeds.csv' was changed"):
        follows(record)


def test_a_check_can_be_printed_for_machines(record: Path) -> None:
    said = json.loads(json.dumps(check_record(record).to_dict()))
    assert (said["sound"], said["findings"]) == (True, [])
    assert [(each["number"], each["files"]) for each in said["signatures"]] == [(1, 4), (2, 4)]
