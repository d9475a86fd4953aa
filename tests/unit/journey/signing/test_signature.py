"""One signature: what may be signed, how it is written, and what of it is noticed."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.journey.signing.records_made import DOCTOR, FIRST_DAY, PHYSICIST

from seedbed.errors import InputError
from seedbed.journey.signing import Statement
from seedbed.journey.signing.signature import (
    Signature,
    SignedFile,
    hash_of,
    printed_digits,
    read_signature,
    sealed,
    written,
)

FILES = (SignedFile(name="verify.json", sha256="ab" * 32, bytes=3),)


def one(statement: Statement = PHYSICIST, previous: Signature | None = None) -> Signature:
    return sealed(statement, files=FILES, previous=previous, at=FIRST_DAY, seedbed="0.1.0")


def test_anyone_can_calculate_the_hash_without_seedbed() -> None:
    said = json.loads(written(one(DOCTOR)))
    found = said.pop("hash")
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert found == hashlib.sha256(plain.encode("utf-8")).hexdigest()


def test_it_says_who_what_when_and_of_which_files() -> None:
    first = one()
    assert json.loads(written(first)) == {
        "kind": "seedbed signature 1",
        "number": 1,
        "by": "SYNTHETIC Physicist",
        "role": "physicist",
        "decision": "39 of 40 seeds found, D90 121 Gy.",
        "decided": "accept",
        "signed_at": "2026-12-01T08:03:11+00:00",
        "seedbed": "0.1.0",
        "previous": None,
        "files": [{"name": "verify.json", "sha256": "ab" * 32, "bytes": 3}],
        "hash": first.hash,
    }
    second = one(DOCTOR, first)
    assert (second.number, second.previous) == (2, first.hash)


def test_the_time_is_that_of_greenwich_wherever_the_clock_stands() -> None:
    in_china = datetime(2026, 12, 1, 16, 3, 11, tzinfo=timezone(timedelta(hours=8)))
    there = sealed(PHYSICIST, files=FILES, previous=None, at=in_china, seedbed="0.1.0")
    assert there == one()
    assert there.at == datetime(2026, 12, 1, 8, 3, 11, tzinfo=UTC)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "signature-1.json"
    file.write_bytes(written(one(DOCTOR)))
    assert read_signature(file) == one(DOCTOR)


def test_every_changed_byte_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "signature-1.json"
    content = written(one(DOCTOR))
    for place in range(len(content)):
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        with pytest.raises(InputError, match=r"'signature-1.json' was changed"):
            read_signature(file)


@pytest.mark.parametrize("end", [b"\n", b" ", b"\0", b"{}"])
def test_anything_added_or_taken_away_is_noticed(tmp_path: Path, end: bytes) -> None:
    file = tmp_path / "signature-1.json"
    for content in (written(one()) + end, end + written(one()), written(one())[:-1], b"", b"[" * 100_000):
        file.write_bytes(content)
        with pytest.raises(InputError, match=r"'signature-1.json' was changed"):
            read_signature(file)


@pytest.mark.parametrize(
    "change",
    [
        {"by": "SYNTHETIC\nPhysicist"},
        {"role": ""},
        {"decided": "nothing"},
        {"signed_at": "yesterday"},
        {"signed_at": "2026-12-01T08:03:11"},
        {"signed_at": "2026-12-01T08:03:11+08:00"},
        {"number": 0},
        {"previous": "no hash"},
        {"more": 1},
    ],
)
def test_what_seedbed_never_writes_is_refused_even_under_a_right_hash(
    tmp_path: Path, change: dict[str, object]
) -> None:
    said = json.loads(written(one())) | change
    said.pop("hash")
    plain = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    said["hash"] = hashlib.sha256(plain.encode()).hexdigest()
    file = tmp_path / "signature-1.json"
    file.write_text(json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False), "utf-8")
    with pytest.raises(InputError, match=r"'signature-1.json' was changed"):
        read_signature(file)


def test_a_folder_or_a_link_is_no_signature(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(written(one()))
    (tmp_path / "signature-1.json").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "signature-2.json").mkdir()
    for number in (1, 2):
        with pytest.raises(InputError, match="was changed"):
            read_signature(tmp_path / f"signature-{number}.json")


@given(st.text(min_size=1, max_size=64))
def test_a_name_is_signed_as_one_plain_line_or_refused(name: str) -> None:
    try:
        found = Statement(name, "physicist", "Accepted.").by
    except InputError:
        return
    assert found.isprintable()
    assert found == " ".join(found.split())
    assert Statement(found, "physicist", "Accepted.").by == found


@pytest.mark.parametrize("name", ["\u5f20\u3000\u4f1f", "\u5f20 \u3000 \u4f1f", " \u5f20\xa0\u4f1f "])
def test_wide_spaces_of_chinese_names_are_plain_ones(name: str) -> None:
    assert Statement(name, "physicist", "Accepted.").by == "\u5f20 \u4f1f"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "the name is ''"),
        ("   ", "expected letters"),
        ("...", "expected letters"),
        ("A\tB", "cannot be printed"),
        ("A\nB", "cannot be printed"),
        ("A\x1b[2JB", "cannot be printed"),
        ("A\u202eB", "cannot be printed"),  # turns the text after it round
        ("A\udc80B", "cannot be printed"),
        ("A" * 65, "the name has 65 characters; expected at most 64"),
    ],
)
def test_a_name_that_is_none_is_refused(name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        Statement(name, "physicist", "Accepted.")
    with pytest.raises(InputError, match=said.replace("the name", "the role")):
        Statement("A. SYNTHETIC", name, "Accepted.")


def test_a_decision_may_be_long_but_not_unknown() -> None:
    assert len(Statement("A", "physicist", "x" * 2000).decision) == 2000
    with pytest.raises(InputError, match="the decision has 2001 characters"):
        Statement("A", "physicist", "x" * 2001)
    with pytest.raises(InputError, match="did you mean 'top-up'"):
        Statement("A", "physicist", "Top up.", "topup")


def test_the_printed_hash_is_the_beginning_of_the_hash_however_it_was_copied() -> None:
    signature = one()
    for text in (signature.short_hash, signature.short_hash.upper().replace(" ", "-"), signature.hash):
        assert signature.hash.startswith(printed_digits(text))
    assert hash_of(signature) == signature.hash
    for wrong in ("", "0123", signature.short_hash[:-1], signature.short_hash.replace(" ", "g", 1)):
        with pytest.raises(InputError, match="the 24 digits that were printed"):
            printed_digits(wrong)
