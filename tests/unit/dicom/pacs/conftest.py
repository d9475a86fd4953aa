import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.dicom.pacs.archive import archive, free_port

from seedbed.dicom.pacs.receiver import Visit, receive
from seedbed.dicom.pacs.settings import DimsePeer, Here

Receiving = Callable[..., Any]


@pytest.fixture
def swept() -> Iterator[None]:
    """Collect what is left over within this test: pynetdicom leaves sockets open that could not connect."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def here() -> Here:
    return Here(port=free_port())


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory, here: Here) -> Iterator[DimsePeer]:
    """An archive that takes JPEG lossless beside what is plain."""
    with archive(tmp_path_factory.mktemp("archive"), here, ["+xs"]) as running:
        yield running


@pytest.fixture
def receiving() -> Receiving:
    """Give a context manager: run our receiver, give its peer and the list of visits."""

    @contextmanager
    def run(
        keep: Callable[[bytes], object], here: Here, **options: Any
    ) -> Iterator[tuple[DimsePeer, list[Visit]]]:
        stop, listens, ports, visits = threading.Event(), threading.Event(), list[int](), list[Visit]()

        def ready(_address: str, port: int) -> None:
            ports.append(port)
            listens.set()

        thread = threading.Thread(
            target=receive,
            args=(replace(here, port=0), keep),
            kwargs={"ready": ready, "stop": stop, "told": visits.append, **options},
        )
        thread.start()
        try:
            assert listens.wait(10)
            yield DimsePeer("us", here.ae_title, "127.0.0.1", ports[0], timeout_s=5, retries=0), visits
        finally:
            stop.set()
            thread.join(20)
            assert not thread.is_alive()

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "files"
    place.mkdir()
    return place
