"""What we send to programs of another maker."""

import subprocess
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian
from tests.unit.dicom.pacs.archive import STUDY, dcmtk, free_port, image, images, wait_for

from seedbed.dicom.pacs import DimsePeer, Here, send
from seedbed.errors import InputError


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


def test_a_file_whose_header_names_another_object(folder: Path) -> None:
    file = image(folder / "a.dcm")
    content = file.read_bytes()
    uid = f"{STUDY}.1.1".encode()
    file.write_bytes(content.replace(uid, uid[:-1] + b"7", 1))
    with pytest.raises(InputError, match="holds another object than its header says"):
        send(DimsePeer("scp", "SCP", "127.0.0.1", 1), Here(), [file])


def test_a_file_that_is_no_dicom(folder: Path) -> None:
    (folder / "a.txt").write_text("no DICOM")
    with pytest.raises(InputError, match=r"a\.txt"):
        send(DimsePeer("scp", "SCP", "127.0.0.1", 1), Here(), [folder / "a.txt"])
