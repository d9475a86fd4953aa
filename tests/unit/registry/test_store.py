"""Objects are kept once each, whole or not at all, and found again."""

import errno
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text
from tests.unit.registry.objects_made import agrees, facts_of, keep, made, opened

from seedbed.errors import InputError, OutputError
from seedbed.registry.store import Store

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # SHA-256 of "abc", FIPS 180-2 B.1


def test_a_file_lies_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    with opened(tmp_path / "store") as store:
        kept = store.keep(b"abc", facts_of(made(1), "made"))
        assert kept.new
        assert kept.sha256 == ABC
        assert kept.path == tmp_path / "store" / "objects" / "ba" / f"{ABC}.dcm"
        assert kept.path.read_bytes() == b"abc"


def test_the_same_bytes_again_are_not_new(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        first, again = keep(store, made(1)), keep(store, made(1))
        assert (first.new, again.new) == (True, False)
        assert first.path == again.path
        assert len(store.instances()) == 1


def test_the_same_object_written_differently_is_there_already_and_the_first_file_stays(
    tmp_path: Path,
) -> None:
    with opened(tmp_path) as store:
        first = keep(store, made(1, written="implicit"))
        again = keep(store, made(1, written="explicit"))
        assert not again.new
        assert again.sha256 == first.sha256 == hashlib.sha256(first.path.read_bytes()).hexdigest()
        assert list(store.files.conflicts.iterdir()) == []
        assert agrees(store)


def test_another_object_of_the_same_uid_is_refused_and_put_aside(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        first = keep(store, made(1))
        other = made(1, series_description="changed")
        with pytest.raises(
            InputError, match=r"object 1\.2\.3\.1 is in the store with other content"
        ) as refused:
            keep(store, other)
        (aside,) = store.files.conflicts.iterdir()
        assert aside.read_bytes() == other
        assert str(aside) in str(refused.value)
        assert str(first.path) in str(refused.value)
        assert first.path.read_bytes() == made(1)
        assert agrees(store)


def test_the_same_uid_of_another_patient_is_refused_with_both_named(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, made(1))
        with pytest.raises(InputError) as refused:
            keep(store, made(1, patient_id="SYNTHETIC-2", patient_name="Other^One"))
        assert "'SYNTHETIC-1' (Made^By^Test) there" in str(refused.value)
        assert "'SYNTHETIC-2' (Other^One) here" in str(refused.value)


def test_a_file_that_the_folder_has_lost_is_put_back(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        kept = keep(store, made(1))
        kept.path.unlink()
        assert not keep(store, made(1)).new
        assert kept.path.read_bytes() == made(1)


def test_a_full_disk_is_a_sentence_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with opened(tmp_path) as store:
        keep(store, made(1))
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OutputError, match=r"No space left on device\); expected .*; make room"):
                keep(store, made(2))
        assert list(store.files.incoming.iterdir()) == []
        assert store.instance_uids("1.2.3") == {"1.2.3.1"}
        assert agrees(store)
        assert keep(store, made(2)).new


def test_a_register_that_cannot_be_written_is_a_sentence_and_the_file_is_found_later(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        read_only(store, "ON")
        with pytest.raises(
            OutputError, match=r"the register .* could not be used \(attempt to write a readonly"
        ):
            keep(store, made(1))
        read_only(store, "OFF")
    with opened(tmp_path) as store:
        assert store.instance_uids("1.2.3") == {"1.2.3.1"}
        assert agrees(store)


def read_only(store: Store, word: str) -> None:
    store._rows._connection.execute(f"PRAGMA query_only = {word}")


def test_facts_of_another_file_are_refused_and_nothing_is_lost(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        keep(store, made(1))
        with pytest.raises(InputError, match=r"under another SOP Instance UID than 1\.2\.3\.2"):
            store.keep(made(1), facts_of(made(2), "made"))
        assert agrees(store)


def test_two_objects_of_one_uid_at_the_same_time_leave_one_in_place_and_one_aside(tmp_path: Path) -> None:
    for trial in range(10):
        barrier = Barrier(2)
        with opened(tmp_path / str(trial)) as store:

            def run(content: bytes, store: Store = store, barrier: Barrier = barrier) -> bool:
                barrier.wait()
                try:
                    return bool(keep(store, content).new)
                except InputError:
                    return False

            with ThreadPoolExecutor(2) as pool:
                new = list(pool.map(run, [made(1), made(1, modality="MR")]))
            assert sorted(new) == [False, True]
            assert len(list(store.files.conflicts.iterdir())) == 1
            assert agrees(store)


def test_four_threads_that_receive_the_same_objects_keep_each_once(tmp_path: Path) -> None:
    contents = [made(number) for number in range(60)]
    with opened(tmp_path) as store:
        with ThreadPoolExecutor(4) as pool:
            new = [one.new for one in pool.map(lambda content: keep(store, content), contents * 4)]
        assert sum(new) == 60
        assert len(store.instances()) == 60
        assert agrees(store)


KEEPING = """
import sys
from pathlib import Path
from tests.unit.registry.objects_made import keep, made, opened
with opened(Path(sys.argv[1])) as store:
    print(sum(keep(store, made(number)).new for number in range(50)))
"""


def test_two_processes_on_one_store_keep_each_object_once(tmp_path: Path) -> None:
    both = [
        subprocess.Popen(
            [sys.executable, "-c", KEEPING, str(tmp_path)],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        for _ in range(2)
    ]
    new = [int(one.communicate(timeout=60)[0]) for one in both]
    assert sum(new) == 50
    with opened(tmp_path) as store:
        assert store.notes == ()
        assert len(store.instances()) == 50
        assert agrees(store)


def test_what_an_opening_finds_while_it_is_kept_is_new_once_and_has_its_origin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process opens the store after the file is in place and before its row is there."""
    with opened(tmp_path) as store:
        place = store.files.place

        def found_meanwhile(sha256: str, content: bytes) -> Path:
            path = place(sha256, content)
            with opened(tmp_path) as other:
                assert len(other.instances()) == 1
            return path

        monkeypatch.setattr(store.files, "place", found_meanwhile)
        assert keep(store, made(1), "PACS").new
        assert not keep(store, made(1), "PACS").new
        with store._engine.connect() as connection:
            assert list(connection.scalars(text("SELECT origin FROM dicom_source"))) == ["PACS"]
        assert agrees(store)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


def test_where_an_object_came_from_is_noted_once_for_each_origin(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for origin in ("PACS", "PACS", "folder /a"):
            keep(store, made(1), origin)
        with store._engine.connect() as connection:
            origins = list(connection.scalars(text("SELECT origin FROM dicom_source ORDER BY origin")))
    assert origins == ["PACS", "folder /a"]


def test_patients_studies_series_and_objects_are_found(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        for number in (1, 2):
            keep(store, made(number, study_date="20260301", frame_uid="1.9"))
        keep(store, made(3, series_uid="1.2.3.9", modality="RTSTRUCT"))
        keep(store, made(4, study_uid="1.3", series_uid="1.3.1", study_date="20260401"))
        keep(
            store,
            made(5, patient_id="SYNTHETIC-2", patient_name="王^小东", study_uid="1.4", series_uid="1.4.1"),
        )
        patients = [
            (one.patient_id, one.patient_name, one.studies, one.instances) for one in store.patients()
        ]
        assert patients == [("SYNTHETIC-1", "Made^By^Test", 2, 4), ("SYNTHETIC-2", "王^小东", 1, 1)]
        studies = store.studies(patient_id="SYNTHETIC-1")
        assert [(one.study_uid, one.study_date, one.series, one.instances) for one in studies] == [
            ("1.3", "20260401", 1, 1),
            ("1.2.3", "20260301", 2, 3),
        ]
        series = [(one.modality, one.series_uid, one.instances) for one in store.series(study_uid="1.2.3")]
        assert series == [("CT", "1.2.3.0", 2), ("RTSTRUCT", "1.2.3.9", 1)]
        assert len(store.studies()) == len(store.series()) - 1 == 3
        assert store.instance_uids("1.2.3") == {"1.2.3.1", "1.2.3.2", "1.2.3.3"}
        (one,) = store.instances(series_uid="1.4.1")
        assert one.facts == facts_of(one.path.read_bytes(), "made")
        assert {each.facts.instance_uid for each in store.instances(patient_id="SYNTHETIC-1")} == {
            "1.2.3.1", "1.2.3.2", "1.2.3.3", "1.2.3.4",
        }  # fmt: skip
        assert store.instances(patient_id="SYNTHETIC-1", study_uid="1.4") == []
