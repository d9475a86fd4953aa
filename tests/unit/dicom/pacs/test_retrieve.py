"""Studies fetched from an archive of another maker, by C-GET and by C-MOVE."""

import errno
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pynetdicom import AE, evt
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind as FindModel
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelGet as GetModel
from tests.unit.dicom.pacs.archive import data_set, dcmtk, image, images

from seedbed.dicom.pacs import DimsePeer, Here, get, send
from seedbed.errors import PacsError

STUDY = "1.2.826.0.1.3680043.8.498.71"
BOTH = pytest.mark.parametrize("move", [False, True], ids=["get", "move"])


@pytest.fixture(scope="module")
def study(peer: DimsePeer, here: Here, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two series in the archive, 8 and 4 instances."""
    folder = tmp_path_factory.mktemp("retrieve")
    files = [*images(folder, 8, series=11), *images(folder, 4, series=12)]
    assert send(peer, here, files).stored == 12
    return files


def wanted(files: list[Path]) -> set[bytes]:
    return {data_set(file.read_bytes()) for file in files}


@BOTH
@pytest.mark.parametrize("series", [11, 12])
def test_a_series_comes_to_the_byte(
    peer: DimsePeer, here: Here, study: list[Path], series: int, move: bool
) -> None:
    kept = list[bytes]()
    got = get(peer, here, STUDY, series_uid=f"{STUDY}.{series}", keep=kept.append, move=move)
    files = [file for file in study if file.name.startswith(str(series))]
    assert (got.count, got.already, got.failed) == (len(files), 0, ())
    assert {data_set(content) for content in kept} == wanted(files)


@BOTH
def test_what_is_here_is_not_fetched_again(
    peer: DimsePeer, here: Here, study: list[Path], move: bool
) -> None:
    kept = list[bytes]()
    already = [f"{STUDY}.11.{number}" for number in (1, 2, 3)]
    got = get(peer, here, STUDY, series_uid=f"{STUDY}.11", keep=kept.append, already=already, move=move)
    assert (got.count, got.already, got.failed) == (5, 3, ())
    assert {data_set(content) for content in kept} == wanted(study[3:8])


@BOTH
def test_what_is_not_kept_is_named_and_the_rest_goes_on(
    peer: DimsePeer, here: Here, study: list[Path], move: bool
) -> None:
    kept = list[bytes]()

    def keep(content: bytes) -> None:
        if data_set(content) == data_set(study[1].read_bytes()):
            raise OSError(errno.ENOSPC, "No space left on device")
        kept.append(content)

    got = get(peer, here, STUDY, series_uid=f"{STUDY}.11", keep=keep, move=move)
    assert (got.count, len(kept)) == (7, 7)
    assert got.failed == ((f"{STUDY}.11.2", "it could not be kept (No space left on device)"),)


def test_one_instance(peer: DimsePeer, here: Here, study: list[Path]) -> None:
    kept = list[bytes]()
    uids = {"series_uid": f"{STUDY}.12", "instance_uid": f"{STUDY}.12.3"}
    assert get(peer, here, STUDY, keep=kept.append, **uids).count == 1
    assert {data_set(content) for content in kept} == wanted([study[10]])


def test_compressed_and_plain_objects_of_one_series(peer: DimsePeer, here: Here, folder: Path) -> None:
    uid, packed, kept = "1.2.826.0.1.3680043.8.498.73", folder / "packed.dcm", list[bytes]()
    plain = image(folder / "plain.dcm", 1, study=uid)
    subprocess.run([dcmtk("dcmcjpeg"), image(folder / "b.dcm", 2, study=uid), packed], check=True, timeout=60)
    assert send(peer, here, [plain, packed]).stored == 2
    assert get(peer, here, uid, keep=kept.append).failed == ()
    assert {data_set(content) for content in kept} == wanted([plain, packed])
    assert dcmread(packed).file_meta.TransferSyntaxUID.is_compressed


def test_an_instance_that_is_too_large_is_named(
    peer: DimsePeer, here: Here, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seedbed.dicom.pacs.incoming.LARGEST_OBJECT", 300_000)
    uid, kept = "1.2.826.0.1.3680043.8.498.74", list[bytes]()
    large, small = image(folder / "a.dcm", 1, study=uid, edge=1000), image(folder / "b.dcm", 2, study=uid)
    assert send(peer, here, [large, small]).stored == 2
    got = get(peer, here, uid, keep=kept.append)
    assert got.failed == ((f"{uid}.1.1", "it has more than 300000 bytes"),)
    assert {data_set(content) for content in kept} == wanted([small])


def test_a_study_that_is_not_there(peer: DimsePeer, here: Here) -> None:
    with pytest.raises(PacsError, match=r"lists no instance of study '1\.2\.3'"):
        get(peer, here, "1.2.3", keep=lambda _: None)


@contextmanager
def terse_archive(files: list[Path], counted: int) -> Iterator[DimsePeer]:
    """Run an archive that names no kinds of objects, and that counts more instances than it lists."""
    stored = [dcmread(file) for file in files]

    def answer(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        series = event.identifier.QueryRetrieveLevel == "SERIES"
        for each in stored[:1] if series else stored:
            match = Dataset()
            match.QueryRetrieveLevel = event.identifier.QueryRetrieveLevel
            match.SeriesInstanceUID = each.SeriesInstanceUID
            if series:
                match.NumberOfSeriesRelatedInstances = counted
            else:
                match.SOPInstanceUID = each.SOPInstanceUID
            yield 0xFF00, match

    def give(event: evt.Event) -> Iterator[int | tuple[int, Dataset | None]]:
        yield len(stored)
        for each in stored:
            yield 0xFF00, each

    entity = AE("TERSE")
    for model in (FindModel, GetModel):
        entity.add_supported_context(model)
    entity.add_supported_context(stored[0].SOPClassUID, scu_role=True, scp_role=True)
    handlers = [(evt.EVT_C_FIND, answer), (evt.EVT_C_GET, give)]
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=handlers)
    assert server is not None
    try:
        yield DimsePeer("terse", "TERSE", "127.0.0.1", server.server_address[1], timeout_s=10, retries=0)
    finally:
        server.shutdown()


@pytest.mark.parametrize(
    ("counted", "failed"), [(2, ()), (3, ((f"{STUDY}.1", "the PACS does not list 1 of its instances"),))]
)
def test_an_archive_that_names_no_kinds_and_lists_too_few(
    folder: Path, counted: int, failed: tuple[tuple[str, str], ...]
) -> None:
    files, kept = images(folder, 2), list[bytes]()
    with terse_archive(files, counted) as terse:
        got = get(terse, Here(), STUDY, keep=kept.append)
    assert (got.count, got.failed) == (2, failed)
    assert len(kept) == 2


@contextmanager
def cut_after(peer: DimsePeer, cuts: list[int]) -> Iterator[DimsePeer]:
    """Stand between, and cut each connection after so many bytes from the archive; later ones stay whole."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        done = threading.Event()

        def pass_on(source: socket.socket, sink: socket.socket, most: int) -> None:
            passed = 0
            try:
                while (part := source.recv(4096)) and passed < most:
                    sink.sendall(part)
                    passed += len(part)
            except OSError:
                pass
            for each in (source, sink):
                _shut(each)

        def serve() -> None:
            pairs, threads = list[socket.socket](), list[threading.Thread]()
            while not done.is_set():
                try:
                    caller, _ = server.accept()
                except TimeoutError:
                    continue
                archive = socket.create_connection((peer.host, peer.port))
                most = cuts.pop(0) if cuts else 1 << 40
                pairs += [caller, archive]
                threads += [
                    threading.Thread(target=pass_on, args=(archive, caller, most)),
                    threading.Thread(target=pass_on, args=(caller, archive, 1 << 40)),
                ]
                for thread in threads[-2:]:
                    thread.start()
            for each in pairs:
                _shut(each)
            for thread in threads:
                thread.join(10)
            for each in pairs:
                each.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield replace(peer, port=server.getsockname()[1], retries=2)
        finally:
            done.set()
            thread.join(20)


def _shut(each: socket.socket) -> None:
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)


def test_after_a_break_the_rest_is_fetched(peer: DimsePeer, here: Here, study: list[Path]) -> None:
    kept = list[bytes]()
    with cut_after(peer, [1 << 40, 6000, 4000]) as broken:  # the list comes whole, then two breaks
        got = get(broken, here, STUDY, series_uid=f"{STUDY}.11", keep=kept.append)
    assert (got.count, got.failed) == (8, ())
    assert len(kept) == 8  # none came twice
    assert {data_set(content) for content in kept} == wanted(study[:8])


def test_a_line_that_breaks_too_often(peer: DimsePeer, here: Here, study: list[Path]) -> None:
    kept = list[bytes]()
    with (
        cut_after(peer, [1 << 40, 6000, *[900] * 9]) as broken,
        pytest.raises(PacsError, match=r"of 8 instances were kept.*is not fetched again"),
    ):
        get(broken, here, STUDY, series_uid=f"{STUDY}.11", keep=kept.append)
    assert {data_set(content) for content in kept} < wanted(study[:8])
