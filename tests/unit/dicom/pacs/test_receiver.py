"""What others send to us: kept before it is acknowledged, whoever sends and whatever goes wrong."""

import errno
import io
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import CTImageStorage, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian
from pynetdicom import AE
from tests.unit.dicom.pacs.archive import STUDY, data_set, dcmtk, image, images
from tests.unit.dicom.pacs.conftest import Receiving

from seedbed.dicom.pacs import Here, echo, send
from seedbed.dicom.pacs.receiver import receive
from seedbed.errors import InputError


def storescu(port: int, *arguments: str | Path, caller: str = "CT") -> subprocess.CompletedProcess[str]:
    command = [dcmtk("storescu"), "-aet", caller, "-aec", "US", "127.0.0.1", str(port), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_dcmtk_sends_comes_to_the_byte(receiving: Receiving, folder: Path) -> None:
    files, kept = images(folder, 3), list[bytes]()
    with receiving(kept.append, Here("US")) as (us, visits):
        assert storescu(us.port, *files).returncode == 0
    assert {data_set(content) for content in kept} == {data_set(file.read_bytes()) for file in files}
    assert {dcmread(io.BytesIO(content)).file_meta.MediaStorageSOPInstanceUID for content in kept} == {
        f"{STUDY}.1.{number}" for number in (1, 2, 3)
    }
    (visit,) = visits
    assert (visit.caller, visit.studies, visit.failed, visit.problem) == ("CT", {STUDY: 3}, (), "")


def test_compressed_pixels_stay_as_they_are(receiving: Receiving, folder: Path) -> None:
    packed, kept = folder / "packed.dcm", list[bytes]()
    subprocess.run([dcmtk("dcmcjpeg"), image(folder / "plain.dcm"), packed], check=True, timeout=60)
    with receiving(kept.append, Here("US")) as (us, _):
        assert storescu(us.port, "-xs", packed).returncode == 0
    assert data_set(kept[0]) == data_set(packed.read_bytes())
    assert dcmread(io.BytesIO(kept[0])).file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.70"


def test_deflated_objects_come_plain(receiving: Receiving, folder: Path) -> None:
    """DCMTK offers both (PS3.5, 10.1: all systems know a plain encoding), and inflates what it sends."""
    plain, packed, kept = image(folder / "plain.dcm"), folder / "packed.dcm", list[bytes]()
    subprocess.run([dcmtk("dcmconv"), "+td", plain, packed], check=True, timeout=60)
    with receiving(kept.append, Here("US")) as (us, _):
        assert storescu(us.port, "-xd", packed).returncode == 0
        entity = AE("CT")
        entity.add_requested_context(CTImageStorage, DeflatedExplicitVRLittleEndian)
        assert not entity.associate("127.0.0.1", us.port, ae_title="US").is_established
    (came,) = (dcmread(io.BytesIO(content)) for content in kept)
    assert came.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert came == dcmread(plain)


def test_what_is_too_large_is_refused_and_the_others_come(
    receiving: Receiving, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PS3.4, table B.2-1: A700, out of resources."""
    monkeypatch.setattr("seedbed.dicom.pacs.incoming.LARGEST_OBJECT", 300_000)
    small, large, last = (image(folder / f"{n}.dcm", n, edge=edge) for n, edge in enumerate((8, 1000, 9), 1))
    kept = list[bytes]()
    with receiving(kept.append, Here("US")) as (us, visits):
        sent = send(us, Here("CT"), [small, large, last])
        assert "0xA700" in "".join(reason for _, reason in sent.failed)
        assert "OutOfResources" in storescu(us.port, "-v", large).stderr
    assert (sent.stored, [path for path, _ in sent.failed]) == (2, [large])
    assert {data_set(content) for content in kept} == {data_set(each.read_bytes()) for each in (small, last)}
    assert [visit.failed for visit in visits] == [((f"{STUDY}.1.2", "it has more than 300000 bytes"),)] * 2


def test_four_senders_at_once_lose_nothing(receiving: Receiving, folder: Path) -> None:
    kept, lock = set[bytes](), threading.Lock()

    def keep(content: bytes) -> None:
        with lock:
            kept.add(data_set(content))

    files = {series: images(folder, 25, series=series) for series in range(1, 5)}
    with receiving(keep, Here("US")) as (us, visits):
        threads = [threading.Thread(target=send, args=(us, Here("CT"), each)) for each in files.values()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert kept == {data_set(file.read_bytes()) for each in files.values() for file in each}
    assert sum(visit.studies[STUDY] for visit in visits) == 100


@pytest.mark.parametrize(
    ("error", "status"),
    [(OSError(errno.ENOSPC, "No space left on device"), "A700"), (ValueError("no room here"), "C000")],
)
def test_what_is_not_kept_is_not_acknowledged(
    receiving: Receiving, folder: Path, error: Exception, status: str
) -> None:
    kept = list[bytes]()

    def keep(content: bytes) -> None:
        if f"{STUDY}.1.2".encode() in content:
            raise error
        kept.append(content)

    files = images(folder, 3)
    with receiving(keep, Here("US")) as (us, visits):
        sent = send(us, Here("CT"), files)
    assert (sent.stored, len(kept)) == (2, 2)
    ((path, reason),) = sent.failed
    assert (path, f"0x{status}" in reason) == (files[1], True)
    assert visits[0].failed[0][0] == f"{STUDY}.1.2"


def test_an_object_that_is_announced_as_another_is_refused(receiving: Receiving, folder: Path) -> None:
    file, kept = image(folder / "a.dcm"), list[bytes]()
    content, uid = file.read_bytes(), f"{STUDY}.1.1".encode()
    file.write_bytes(content.replace(uid, uid[:-1] + b"9", 1))  # in the header, by which it is announced
    sender = f"""if True:
        from pynetdicom import AE, _config
        _config.STORE_SEND_CHUNKED_DATASET = True
        entity = AE("CT")
        entity.add_requested_context("{CTImageStorage}", "{ExplicitVRLittleEndian}")
        link = entity.associate("127.0.0.1", PORT, ae_title="US")
        print(hex(link.send_c_store({str(file)!r}).Status))
        link.release()
    """
    with receiving(kept.append, Here("US")) as (us, visits):
        program = [sys.executable, "-c", sender.replace("PORT", str(us.port))]
        assert subprocess.run(program, capture_output=True, text=True, timeout=60).stdout.strip() == "0xa900"
    assert kept == []
    assert "instead of what was announced" in visits[0].failed[0][1]


def test_callers_that_are_not_known(receiving: Receiving, folder: Path) -> None:
    file, kept = image(folder / "a.dcm"), list[bytes]()
    with receiving(kept.append, Here("US", allowed_callers=("CT",))) as (us, visits):
        assert "Calling AE Title Not Recognized" in storescu(us.port, file, caller="STRANGER").stderr
        assert storescu(us.port, file, caller="CT").returncode == 0
    assert len(kept) == 1
    assert any("rejected" in visit.problem for visit in visits if visit.caller == "STRANGER")


def test_one_that_hangs_does_not_hold_up_others(receiving: Receiving, folder: Path) -> None:
    kept = list[bytes]()
    with (
        receiving(kept.append, Here("US"), silence_s=1) as (us, visits),
        socket.create_connection(("127.0.0.1", us.port)) as hanging,
    ):
        hanging.sendall(b"\x01\x00\x00\x00\x01\x00")  # 256 bytes of a question, of which none come
        assert send(us, Here("CT"), [image(folder / "a.dcm")]).stored == 1
        hanging.settimeout(10)
        assert hanging.recv(16) == b""  # we have hung up
    assert "it fell silent for 1 s" in {visit.problem for visit in visits}


def test_a_running_transfer_is_finished_after_the_stop(folder: Path) -> None:
    stop, listens, ports, kept = threading.Event(), threading.Event(), list[int](), list[bytes]()

    def keep(content: bytes) -> None:
        stop.set()
        time.sleep(0.02)
        kept.append(content)

    def ready(_address: str, port: int) -> None:
        ports.append(port)
        listens.set()

    counts = list[int]()
    thread = threading.Thread(
        target=lambda: counts.append(receive(Here("US", port=0), keep, ready=ready, stop=stop))
    )
    thread.start()
    assert listens.wait(10)
    assert storescu(ports[0], *images(folder, 20)).returncode == 0
    thread.join(20)
    assert (counts, len(kept)) == ([20], 20)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", ports[0]), timeout=1)


def test_a_port_that_is_taken(receiving: Receiving) -> None:
    with (
        receiving(lambda _: None, Here("US")) as (us, _),
        pytest.raises(InputError, match=f"127.0.0.1:{us.port}"),
    ):
        receive(Here("US", us.port), lambda _: None, ready=lambda *_: None, stop=threading.Event())


def test_echo_of_dcmtk(receiving: Receiving) -> None:
    with receiving(lambda _: None, Here("US")) as (us, _):
        echo(us, Here())
        command = [dcmtk("echoscu"), "-aec", "US", "127.0.0.1", str(us.port)]
        assert subprocess.run(command, timeout=30, check=False).returncode == 0
