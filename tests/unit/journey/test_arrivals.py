"""A store is made when something comes: once, by whichever thread is first, or it is said why not."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.unit.dicom.pacs.archive import STUDY, images

from seedbed.errors import InputError
from seedbed.journey.arrivals import Arrivals, arriving
from seedbed.journey.filing import Filing


def test_nothing_came_and_nothing_is_made(tmp_path: Path) -> None:
    with arriving(tmp_path / "store", origin="PACS main") as arrivals:
        assert arrivals.instance_uids(STUDY) == set()
        assert arrivals.notes == ()
    assert list(tmp_path.iterdir()) == []


def test_several_threads_fill_one_store(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    contents = [path.read_bytes() for path in images(tmp_path / "files", 8)]
    with arriving(tmp_path / "store", origin="PACS main") as arrivals, ThreadPoolExecutor(4) as pool:
        list(pool.map(arrivals.keep, contents))
    with arriving(tmp_path / "store", origin="PACS main") as arrivals:
        assert arrivals.instance_uids(STUDY) == {f"{STUDY}.1.{number}" for number in range(1, 9)}


def test_an_empty_folder_stays_empty_until_something_comes(tmp_path: Path) -> None:
    with arriving(tmp_path, origin="PACS main"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_opened_is_tried_once() -> None:
    tried = list[int]()

    def opening() -> Filing:
        tried.append(1)
        raise InputError("it is full", "room", "make some")

    arrivals = Arrivals(opening)
    for _ in range(3):
        with pytest.raises(InputError, match="it is full"):
            arrivals.keep(b"")
    assert len(tried) == 1
    assert str(arrivals.problem) == "it is full; expected room; make some."


def test_a_place_that_cannot_be_written_is_said_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(InputError, match="file"),
        arriving(tmp_path / "file" / "store", origin="PACS main") as arrivals,
        pytest.raises(InputError),
    ):
        arrivals.keep(b"")
