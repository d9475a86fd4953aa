"""Files that are to be sent: what they say they are, or a sentence, before anything travels."""

import zlib
from pathlib import Path

import pytest
from pydicom.uid import CTImageStorage, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian
from tests.unit.dicom.pacs.archive import STUDY, image

from seedbed.dicom.pacs import DimsePeer, Here, WebPeer, send
from seedbed.dicom.pacs.outgoing import Outgoing, outgoing
from seedbed.errors import InputError

PEERS = (DimsePeer("scp", "SCP", "127.0.0.1", 1), WebPeer("web", "http://127.0.0.1:1"))
either = pytest.mark.parametrize("peer", PEERS, ids=["dimse", "web"])


def encoded(path: Path, syntax: str, data: bytes) -> Path:
    """Write a file whose header names an encoding (PS3.10, 7.1), and any content."""
    uid = syntax.encode() + b"\0" * (len(syntax) % 2)
    path.write_bytes(bytes(128) + b"DICM\x02\0\x10\0UI" + len(uid).to_bytes(2, "little") + uid + data)
    return path


def test_a_plain_file(folder: Path) -> None:
    file = image(folder / "a.dcm")
    assert outgoing(file) == Outgoing(file, CTImageStorage, f"{STUDY}.1.1", ExplicitVRLittleEndian)


@either
def test_a_file_whose_header_names_another_object(folder: Path, peer: DimsePeer | WebPeer) -> None:
    file, uid = image(folder / "a.dcm"), f"{STUDY}.1.1".encode()
    file.write_bytes(file.read_bytes().replace(uid, uid[:-1] + b"7", 1))
    with pytest.raises(InputError, match="holds another object than its header says"):
        send(peer, Here(), [file])


@either
def test_a_file_that_is_no_dicom(folder: Path, peer: DimsePeer | WebPeer) -> None:
    (folder / "a.txt").write_text("no DICOM")
    with pytest.raises(InputError, match=r"a\.txt.*is not a DICOM file"):
        send(peer, Here(), [folder / "a.txt"])


@either
def test_a_file_that_is_not_there(folder: Path, peer: DimsePeer | WebPeer) -> None:
    with pytest.raises(InputError, match=r"gone\.dcm"):
        send(peer, Here(), [folder / "gone.dcm"])


@either
def test_an_unknown_encoding(folder: Path, peer: DimsePeer | WebPeer) -> None:
    with pytest.raises(InputError, match=r"has the TransferSyntaxUID 1\.2\.3\.4;"):
        send(peer, Here(), [encoded(folder / "a.dcm", "1.2.3.4", b"")])


@either
def test_a_file_that_inflates_without_end(
    folder: Path, peer: DimsePeer | WebPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seedbed.dicom.encoding.LARGEST_INFLATED", 1 << 20)
    deflating = zlib.compressobj(wbits=-zlib.MAX_WBITS)  # PS3.5, A.5: RFC 1951 without a frame
    bomb = deflating.compress(bytes(1 << 23)) + deflating.flush()
    with pytest.raises(InputError, match="holds more than 1 MiB"):
        send(peer, Here(), [encoded(folder / "a.dcm", DeflatedExplicitVRLittleEndian, bomb)])
