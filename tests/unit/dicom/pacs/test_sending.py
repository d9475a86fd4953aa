"""What we send to programs of another maker."""

import subprocess
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import CTImageStorage, ImplicitVRLittleEndian
from pynetdicom import AE, evt
from tests.unit.dicom.pacs.archive import dcmtk, free_port, image, images, wait_for

from seedbed.dicom.pacs import DimsePeer, Here, StoppedError, send


def test_a_receiver_that_takes_only_the_other_plain_encoding(folder: Path, tmp_path: Path) -> None:
    port, place = free_port(), tmp_path / "stored"
    place.mkdir()
    process = subprocess.Popen([dcmtk("storescp"), "+xi", "-od", place, str(port)])
    try:
        wait_for(port)
        file = image(folder / "a.dcm")
        sent = send(DimsePeer("scp", "SCP", "127.0.0.1", port), Here(), [file])
    finally:
        process.terminate()
        process.wait(timeout=10)
    assert (sent.stored, sent.failed) == (1, ())
    (stored,) = place.iterdir()
    came = dcmread(stored)
    assert came.file_meta.TransferSyntaxUID == ImplicitVRLittleEndian
    assert came == dcmread(file)


def test_compressed_pixels_are_not_decompressed_for_one_that_cannot_take_them(
    folder: Path, tmp_path: Path
) -> None:
    port, packed = free_port(), folder / "packed.dcm"
    subprocess.run([dcmtk("dcmcjpeg"), image(folder / "plain.dcm"), packed], check=True, timeout=60)
    process = subprocess.Popen([dcmtk("storescp"), "-od", tmp_path, str(port)])
    try:
        wait_for(port)
        sent = send(DimsePeer("scp", "SCP", "127.0.0.1", port), Here(), [packed, image(folder / "b.dcm", 2)])
    finally:
        process.terminate()
        process.wait(timeout=10)
    ((path, reason),) = sent.failed
    assert (sent.stored, path) == (1, packed)
    assert "does not accept CT Image Storage in JPEG Lossless" in reason


def test_what_is_sent_arrives_to_the_byte(peer: DimsePeer, here: Here, folder: Path) -> None:
    files = images(folder, 4)
    told = list[tuple[str, int, int]]()
    sent = send(peer, here, files, progress=lambda *step: told.append(step))
    assert (sent.stored, sent.failed, told[-1]) == (4, (), ("send", 4, 4))


def test_a_stop_says_how_much_was_acknowledged(peer: DimsePeer, here: Here, folder: Path) -> None:
    def stop(_step: str, done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(StoppedError) as stopped:
        send(peer, here, images(folder, 4), progress=stop)
    assert (stopped.value.done, stopped.value.total) == (3, 4)


def test_what_the_system_has_already_is_said_not_to_be_compared(folder: Path) -> None:
    """PS3.7, C.5.6: 0111H, duplicate SOP instance; what it holds under that UID may be another object."""
    entity = AE("SCP")
    entity.add_supported_context(CTImageStorage)

    def answer(event: evt.Event) -> int:
        return 0x0000 if event.request.AffectedSOPInstanceUID.endswith(".1") else 0x0111

    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, answer)])
    assert server is not None
    try:
        sent = send(DimsePeer("scp", "SCP", "127.0.0.1", server.server_address[1]), Here(), images(folder, 3))
    finally:
        server.shutdown()
    assert (sent.stored, sent.already, sent.failed) == (1, 2, ())
    (note,) = sent.notes
    assert "has objects of 2 of these UIDs already; whether they are the same was not compared" in note
