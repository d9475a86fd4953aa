"""Rows are written whole or not at all."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.registry.objects_made import facts_of, keep, made, opened

from seedbed.errors import OutputError
from seedbed.registry.objects import sha256_of
from seedbed.registry.store import Store


def add(store: Store, content: bytes, *, sha256: str = "") -> bool:
    facts = facts_of(content, "made")
    return store.index(sha256 or sha256_of(content), len(content), facts, origin="test")


def test_the_same_hash_or_uid_is_not_new_and_changes_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert add(store, made(1))
        (before,) = store.instances()
        assert not add(store, made(1, modality="MR"))
        assert not add(store, made(2), sha256=before.sha256)
        assert store.instances() == [before]


def test_a_row_that_cannot_be_written_leaves_nothing_and_the_register_free(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with pytest.raises(UnicodeEncodeError):
            add(store, made(1, patient_name="\ud800"))
        execute = store._rows._connection.execute
        execute("ALTER TABLE dicom_source RENAME TO elsewhere")
        with pytest.raises(OutputError, match="could not be used"):
            add(store, made(2))
        execute("ALTER TABLE elsewhere RENAME TO dicom_source")
        assert store.instances() == []
        assert keep(store, made(2)).new


def test_the_moment_is_read_as_it_was_written(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    with opened(tmp_path) as store:
        keep(store, made(1))
        (one,) = store.instances()
    assert before <= one.kept_at <= datetime.now(UTC).replace(tzinfo=None)
