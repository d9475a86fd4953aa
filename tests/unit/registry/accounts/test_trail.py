"""The access trail: a chain of hashes that any program can recompute, and that shows what was done to it."""

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from seedbed.registry.accounts.opening import AccountRegister, open_accounts
from seedbed.registry.accounts.trail import Asked, add_entry, entries, last_entry, prove_trail
from seedbed.registry.clinic import ClinicRegister


@pytest.fixture
def register(place: Path | str, clinic: ClinicRegister) -> Iterator[AccountRegister]:
    with open_accounts(place) as found:
        yield found


def write(register: AccountRegister, count: int = 3) -> None:
    for number in range(count):
        with register.writing() as connection:
            add_entry(connection, "anna", what="case", patient_id=f"SYNTHETIC-{number}", origin="127.0.0.1")


def tamper(place: Path | str, statement: str) -> None:
    url = f"sqlite:///{place}" if isinstance(place, Path) else place.replace("://", "+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()


def test_another_program_recomputes_the_chain(register: AccountRegister) -> None:
    with register.writing() as connection:
        add_entry(connection, "王", what='a "view"\n', detail="\\ ü", origin="::1")
    write(register)
    previous = "0" * 64
    with register.reading() as connection:
        _, found = entries(connection, Asked())
    for each in reversed(found):
        stated = [
            previous,
            each.number,
            each.at,
            each.who,
            each.what,
            each.patient_id,
            each.detail,
            each.origin,
        ]
        line = json.dumps(stated, separators=(",", ":"), ensure_ascii=False) + "\n"
        assert hashlib.sha256(line.encode("utf-8")).hexdigest() == each.hash
        previous = each.hash
    assert [each.number for each in found] == [4, 3, 2, 1]


def test_a_trail_in_use_is_sound_and_holds_its_head(register: AccountRegister) -> None:
    write(register)
    with register.reading() as connection:
        number, head = last_entry(connection)
        proof = prove_trail(connection, head=head[:8])
        assert (proof.sound, proof.entries, proof.number, proof.head) == (True, 3, number, head)
        assert not prove_trail(connection, head="f" * 64).sound


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE access_entry SET who = 'bert' WHERE number = 2", "hash of entry 2"),
        ("UPDATE access_entry SET patient_id = '' WHERE number = 1", "hash of entry 1"),
        ("DELETE FROM access_entry WHERE number = 2", "After entry 1 comes entry 3"),
        ("DELETE FROM access_entry WHERE number = 1", "After entry 0 comes entry 2"),
    ],
)
def test_what_was_done_behind_its_back_is_found(
    register: AccountRegister, place: Path | str, statement: str, fault: str
) -> None:
    write(register)
    tamper(place, statement)
    with register.reading() as connection:
        proof = prove_trail(connection)
    assert not proof.sound
    assert any(fault in each for each in proof.faults)


def test_what_was_cut_off_at_the_end_shows_by_the_head_written_down(
    register: AccountRegister, place: Path | str
) -> None:
    write(register)
    with register.reading() as connection:
        _, head = last_entry(connection)
    tamper(place, "DELETE FROM access_entry WHERE number = 3")
    with register.reading() as connection:
        assert prove_trail(connection).sound
        assert not prove_trail(connection, head=head).sound


def test_many_write_at_once_and_the_chain_holds(register: AccountRegister) -> None:
    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(write, register, 5) for _ in range(8)]:
            done.result()
    with register.reading() as connection:
        proof = prove_trail(connection)
        assert (proof.sound, proof.entries) == (True, 40)
