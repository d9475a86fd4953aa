"""Files put into the store as a receiver does: from several threads, each durable when `keep` returns."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydicom.uid import ImplicitVRLittleEndian
from tests.unit.dicom.test_instance_facts import ct, nested, written

from seedbed.errors import InputError
from seedbed.journey.filing import filing
from seedbed.registry.checking import check_store


def numbered(number: int) -> bytes:
    uid = f"1.2.3.4.{number}"
    dataset = ct(SOPInstanceUID=uid, InstanceNumber=number)
    dataset.file_meta.MediaStorageSOPInstanceUID = uid
    return written(dataset)


def test_four_associations_at_once_lose_and_double_nothing(tmp_path: Path) -> None:
    contents = [numbered(number) for number in range(40)]
    with filing(tmp_path / "store", origin="sent to SEEDBED") as files:
        with ThreadPoolExecutor(4) as pool:
            kept = list(pool.map(files.keep, contents * 2))
        assert sum(one.new for one in kept) == 40
        assert files.instance_uids("1.2.3") == {f"1.2.3.4.{number}" for number in range(40)}
        assert {one.path.read_bytes() for one in kept} == set(contents)
        assert check_store(files.store).sound
        assert files.notes == ()


def test_the_same_object_from_disk_and_from_a_pacs_is_one(tmp_path: Path) -> None:
    with filing(tmp_path) as files:
        first = files.keep(written(nested()))
        again = files.keep(written(nested(), ImplicitVRLittleEndian))
        assert (first.new, again.new) == (True, False)
        assert again.path == first.path


def test_a_changed_object_of_the_same_uid_is_refused_and_not_lost(tmp_path: Path) -> None:
    changed = written(ct(PatientID="P2"))
    with filing(tmp_path) as files:
        files.keep(written(ct()))
        with pytest.raises(InputError, match=r"patient 'P1' .* there, patient 'P2' .* here"):
            files.keep(changed)
    (aside,) = (tmp_path / "conflicts").iterdir()
    assert aside.read_bytes() == changed


def test_what_is_no_whole_object_is_refused_by_its_name_and_nothing_is_stored(tmp_path: Path) -> None:
    with filing(tmp_path) as files:
        with pytest.raises(InputError, match="received object"):
            files.keep(written(ct())[:-1])
        assert list(tmp_path.glob("objects/*/*")) == []
        assert files.store.instances() == []


def test_a_register_rebuilt_from_dicom_files_says_what_it_said(tmp_path: Path) -> None:
    with filing(tmp_path) as files:
        for number in range(3):
            files.keep(numbered(number))
        before = [one.facts for one in files.store.instances()]
    for file in tmp_path.glob("register.sqlite*"):
        file.unlink()
    with filing(tmp_path) as files:
        assert [one.facts for one in files.store.instances()] == before
