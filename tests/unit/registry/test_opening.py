"""An opened store is set right: the folder is the truth, and what cannot be set right is named."""

import os
import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from tests.unit.registry.objects_made import agrees, keep, made, opened

from seedbed.errors import InputError, OutputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.registry import register, schema
from seedbed.registry.accounts import tables as account_tables
from seedbed.registry.objects import sha256_of
from seedbed.registry.schema import FACTS, REVISION, Base, DicomInstance


def filled(folder: Path, count: int = 3) -> None:
    with opened(folder) as store:
        for number in range(count):
            keep(store, made(number))


def place(folder: Path, content: bytes) -> Path:
    path = folder / "objects" / sha256_of(content)[:2] / f"{sha256_of(content)}.dcm"
    path.write_bytes(content)
    return path


def leave(folder: Path, content: bytes, whole: bytes, *, old: bool) -> Path:
    path = folder / "incoming" / f"{sha256_of(whole)}-0a1b2c3d.part"
    path.write_bytes(content)
    moment = time.time() - (7200 if old else 0)
    os.utime(path, (moment, moment))
    return path


def test_a_file_that_the_register_does_not_know_is_indexed(tmp_path: Path) -> None:
    filled(tmp_path)
    place(tmp_path, made(7))
    with opened(tmp_path) as store:
        assert store.notes == ()
        assert "1.2.3.7" in store.instance_uids("1.2.3")
        assert agrees(store)


def test_a_register_that_is_gone_is_rebuilt_from_the_folder(tmp_path: Path) -> None:
    filled(tmp_path, 12)
    with opened(tmp_path) as store:
        before = [one.facts for one in store.instances()]
    for file in tmp_path.glob("register.sqlite*"):
        file.unlink()
    with opened(tmp_path) as store:
        assert [one.facts for one in store.instances()] == before
        assert agrees(store)


def test_a_file_that_the_folder_lacks_is_named_and_stays_in_the_register(tmp_path: Path) -> None:
    filled(tmp_path)
    lost = place(tmp_path, made(1))
    lost.unlink()
    for _ in range(2):
        with opened(tmp_path) as store:
            (note,) = store.notes
            assert note.startswith("The register knows 1 files that the store lacks")
            assert str(lost) in note
            assert "1.2.3.1" in store.instance_uids("1.2.3")
            assert not agrees(store)
    with opened(tmp_path) as store:
        keep(store, made(1))
    with opened(tmp_path) as store:
        assert store.notes == ()


def test_a_second_file_of_one_object_is_taken_out_and_another_object_put_aside(tmp_path: Path) -> None:
    filled(tmp_path)
    doubled = place(tmp_path, made(1, written="explicit"))
    other = place(tmp_path, made(2, modality="MR"))
    with opened(tmp_path) as store:
        (note,) = store.notes
        assert "put aside: object 1.2.3.2 is in the store with other content" in note
        assert not doubled.exists()
        assert not other.exists()
        assert [path.read_bytes() for path in store.files.conflicts.iterdir()] == [made(2, modality="MR")]
        assert agrees(store)


def test_a_damaged_or_foreign_file_is_named_and_left_where_it_is(tmp_path: Path) -> None:
    filled(tmp_path)
    damaged, foreign = place(tmp_path, made(7)), place(tmp_path, b"no object")
    damaged.write_bytes(b"bit rot")
    with opened(tmp_path) as store:
        assert len(store.notes) == 2
        assert any("damaged" in note and str(damaged) in note for note in store.notes)
        assert any("not indexed" in note and str(foreign) in note for note in store.notes)
        assert damaged.exists()
        assert foreign.exists()
        assert len(store.instances()) == 3


def test_leftovers_are_kept_if_whole_else_removed_and_young_ones_are_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    leave(tmp_path, made(7), made(7), old=True)
    leave(tmp_path, made(8)[:-1], made(8), old=True)
    young = leave(tmp_path, made(9)[:-1], made(9), old=False)
    with opened(tmp_path) as store:
        assert store.instance_uids("1.2.3") == {f"1.2.3.{number}" for number in (0, 1, 2, 7)}
        assert list(store.files.incoming.iterdir()) == [young]


def test_a_folder_of_other_things_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(InputError, match="holds files and is no store"), opened(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(InputError, match="is a file"), opened(tmp_path / "letter.txt"):
        pass


def test_a_place_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="could not be written"), opened(tmp_path / "file" / "store"):
        pass


def test_a_register_of_a_newer_version_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    filled(tmp_path)
    with sqlite3.connect(tmp_path / "register.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(InputError, match=r"made by a newer version of Seedbed .*9999"), opened(tmp_path):
        pass
    assert sorted(path.name for path in tmp_path.glob("*before*")) == []


def test_a_file_that_is_no_register_is_a_sentence(tmp_path: Path) -> None:
    filled(tmp_path)
    (tmp_path / "register.sqlite").write_bytes(b"no database at all, but long enough" * 100)
    with pytest.raises(OutputError, match="file is not a database"), opened(tmp_path):
        pass


def test_an_older_register_is_copied_and_then_migrated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, scripts = tmp_path / "store", tmp_path / "scripts"
    filled(store)
    shutil.copytree(register.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "r0004_later.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0004', '0003'\n"
        "def upgrade():\n    op.create_table('later', sa.Column('number', sa.Integer(), primary_key=True))\n"
    )
    monkeypatch.setattr(register, "SCRIPTS", scripts)
    monkeypatch.setattr(register, "REVISION", "0004")
    with opened(store) as one:
        assert len(one.instances()) == 3
    (copy,) = store.glob("register-before-migration-from-0003-*.sqlite")
    assert tables(copy) == tables(store / "register.sqlite") - {"later"}
    assert "later" in tables(store / "register.sqlite")


def test_a_migration_that_fails_leaves_the_register_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, scripts = tmp_path / "store", tmp_path / "scripts"
    filled(store)
    before = tables(store / "register.sqlite")
    shutil.copytree(register.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "r0004_broken.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision, down_revision = '0004', '0003'\n"
        "def upgrade():\n    op.create_table('later', sa.Column('number', sa.Integer(), primary_key=True))\n"
        "    op.execute('INSERT INTO nowhere VALUES (1)')\n"
    )
    with monkeypatch.context() as patched:
        patched.setattr(register, "SCRIPTS", scripts)
        patched.setattr(register, "REVISION", "0004")
        with pytest.raises(OutputError, match="no such table"), opened(store):
            pass
    assert tables(store / "register.sqlite") == before
    with opened(store) as one:
        assert len(one.instances()) == 3


def tables(database: Path) -> set[str]:
    connection = sqlite3.connect(database)
    try:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    finally:
        connection.close()


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    filled(tmp_path)
    engine = register.open_register(tmp_path / "register.sqlite")
    with engine.connect() as connection:
        assert account_tables.ACCOUNT.metadata is Base.metadata
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    assert ScriptDirectory(str(register.SCRIPTS)).get_heads() == [REVISION] == [schema.REVISION]


def test_every_fact_has_a_column_and_the_tables_suit_postgresql() -> None:
    assert (
        set(InstanceFacts.__dataclass_fields__) == set(FACTS) <= set(DicomInstance.__table__.columns.keys())
    )
    for table in Base.metadata.sorted_tables:
        made_by = str(CreateTable(table).compile(dialect=postgresql.dialect()))
        assert "CREATE TABLE" in made_by


def test_a_check_reads_every_byte(tmp_path: Path) -> None:
    from seedbed.registry.checking import check_store

    filled(tmp_path)
    seen = []
    with opened(tmp_path) as store:
        sound = check_store(store, lambda _step, done, total: seen.append((done, total)))
        assert (sound.files, sound.size_bytes, sound.sound) == (3, sum(len(made(n)) for n in range(3)), True)
        assert seen == [(1, 3), (2, 3), (3, 3)]
        damaged, missing, extra = place(tmp_path, made(0)), place(tmp_path, made(1)), place(tmp_path, made(9))
        damaged.write_bytes(made(0)[:-1] + b"?")
        missing.unlink()
        found = check_store(store)
    assert (found.damaged, found.missing, found.unindexed) == ((damaged,), (missing,), (extra,))
    assert not found.sound


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_new_store_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    with opened(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o077 == 0
