"""The check finds what was done to the tables behind the program's back."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from tests.unit.registry.test_clinic import SYNTHETIC, one_patient, put

from seedbed.patient import PartialDate
from seedbed.patient.records import Pain
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.proof import prove

ANOTHER_PAIN = (
    "INSERT INTO pain (patient_id, \"on\", site, nrs, voided) VALUES ('S-01', '2026', '', 9, (1 = 0))"
)


def filled(clinic: ClinicRegister) -> None:
    records = one_patient()
    put(clinic, *records)
    put(clinic, Pain(patient_id="S-01", on=PartialDate("2026-05-04"), nrs=1))
    clinic.void(records[5], **SYNTHETIC)
    put(clinic, Pain(patient_id="S-01", on=PartialDate("2026-05-04"), nrs=2))


def tamper(place: Path | str, *statements: str) -> None:
    url = f"sqlite:///{place}" if isinstance(place, Path) else place.replace("://", "+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0
    engine.dispose()


def test_a_register_in_use_is_sound(clinic: ClinicRegister) -> None:
    filled(clinic)
    proof = prove(clinic)
    assert (proof.sound, proof.change_sets, proof.changes, proof.records) == (True, 4, 9, 7)
    assert (proof.number, proof.head) == clinic.head()


def test_an_empty_register_is_sound(clinic: ClinicRegister) -> None:
    assert prove(clinic).sound


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE pain SET nrs = 0 WHERE nrs = 2", "is not what the changes say"),
        ("UPDATE pain SET voided = (1 = 0)", "is not what the changes say"),
        ("DELETE FROM measurement", "is gone"),
        (ANOTHER_PAIN, "that no change made"),
        ("UPDATE change_set SET who = 'another' WHERE number = 2", "hash of set 2"),
        ("UPDATE change_set SET at = '2020-01-01T00:00:00Z' WHERE number = 1", "hash of set 1"),
        ("UPDATE change SET new = '{}' WHERE change_set = 2", "hash of set 2"),
        ("DELETE FROM change WHERE change_set = 3", "changes of set 3 are gone"),
        ("UPDATE change SET patient_id = 'NOBODY'", "filed under another patient"),
        ("UPDATE change SET position = position + 100", "stands as number"),
        ("UPDATE change_set SET hash = 'f' WHERE number = 4", "hash of set 4"),
    ],
)
def test_what_was_changed_behind_its_back_is_found(
    clinic: ClinicRegister, place: Path | str, statement: str, fault: str
) -> None:
    filled(clinic)
    tamper(place, statement)
    proof = prove(clinic)
    assert any(fault in each for each in proof.faults), proof.faults


def test_a_tail_that_was_cut_off_cleanly_is_found_with_the_hash_of_the_paper(
    clinic: ClinicRegister, place: Path | str
) -> None:
    filled(clinic)
    _, head = clinic.head()
    tamper(
        place,
        "UPDATE pain SET nrs = 1 WHERE nrs = 2",
        "DELETE FROM change WHERE change_set = 4",
        "DELETE FROM change_set WHERE number = 4",
    )
    assert prove(clinic).sound  # nothing in the register itself can tell
    assert "was written down before" in prove(clinic, head=head[:12]).faults[0]


def test_any_program_can_recompute_the_chain(clinic: ClinicRegister, place: Path | str) -> None:
    """The chain as the chapter on the register defines it, computed here without the package."""
    filled(clinic)
    url = f"sqlite:///{place}" if isinstance(place, Path) else place.replace("://", "+psycopg://")
    engine, previous = create_engine(url), "0" * 64
    with engine.connect() as connection:
        sets = connection.execute(text("SELECT number, at, who, why, hash FROM change_set ORDER BY number"))
        for number, at, who, why, stored in sets.all():
            rows = connection.execute(
                text(
                    "SELECT position, kind, key, action, coalesce(old, ''), coalesce(new, '') FROM change "
                    "WHERE change_set = :number ORDER BY position"
                ),
                {"number": number},
            )
            head = json.dumps([previous, number, at, who, why], separators=(",", ":"), ensure_ascii=False)
            written = [f"{head}\n", *("\t".join(map(str, row)) + "\n" for row in rows)]
            assert hashlib.sha256("".join(written).encode()).hexdigest() == stored
            previous = stored
    engine.dispose()
    assert previous == clinic.head()[1]
