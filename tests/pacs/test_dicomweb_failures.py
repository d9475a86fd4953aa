"""What goes wrong between us and a DICOMweb archive, and how it is said."""

from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread
from tests.pacs.orthanc import Orthanc
from tests.pacs.study import Kept, identity, uid_of, write_ct

from seedbed.dicom.pacs import Here, WebPeer, echo, get, send
from seedbed.errors import InputError, PacsError

HERE = Here()
STUDY_UID = identity().study_uid


@pytest.fixture
def peer(empty: Orthanc) -> WebPeer:
    return WebPeer("archive", empty.web_url, timeout_s=10, retries=1)


def test_nobody_at_the_port(loopback: None) -> None:
    with pytest.raises(
        PacsError, match=r"no connection to 'archive' at http://127.0.0.1:9/dicom-web \(.*refused"
    ):
        echo(WebPeer("archive", "http://127.0.0.1:9/dicom-web", retries=0), HERE)


def test_no_dicomweb_at_the_address(orthanc: Orthanc) -> None:
    with pytest.raises(PacsError, match=r"HTTP 404 Not Found at http://127.0.0.1:8042/pacs/studies;"):
        echo(WebPeer("archive", f"{orthanc.url}/pacs"), HERE)


def test_a_study_that_is_not_there(peer: WebPeer) -> None:
    with pytest.raises(PacsError, match=r"has nothing of .*1\.2\.3"):
        get(peer, HERE, "1.2.3", keep=Kept())


def test_an_identifier_that_is_none(peer: WebPeer) -> None:
    with pytest.raises(InputError, match="digits and dots"):
        get(peer, HERE, "1.2/../3", keep=Kept())


def test_a_file_that_is_no_dicom_is_not_sent(peer: WebPeer, empty: Orthanc, tmp_path: Path) -> None:
    good = write_ct(tmp_path / "ct", slices=2)
    bad = tmp_path / "note.dcm"
    bad.write_text("no DICOM")
    with pytest.raises(InputError, match=r"note\.dcm"):
        send(peer, HERE, [*good, bad])
    assert empty.ask("instances") == []


def test_an_instance_that_the_archive_refuses_is_named(peer: WebPeer, tmp_path: Path) -> None:
    """Orthanc cannot file an instance without identifiers of patient, study and series."""
    good, bad = write_ct(tmp_path / "ct", slices=2)
    homeless = dcmread(bad)
    del homeless.StudyInstanceUID, homeless.SeriesInstanceUID
    homeless.save_as(bad)
    found = send(peer, HERE, [bad, good])
    assert found.stored == 1
    ((path, reason),) = found.failed
    assert path == bad
    assert "archive" in reason


def test_an_instance_that_the_archive_lost_is_named_and_the_others_come(
    peer: WebPeer, empty: Orthanc, tmp_path: Path
) -> None:
    slices = write_ct(tmp_path, slices=5)
    send(peer, HERE, slices)
    kept, lost = [], []

    def keep(file: bytes) -> None:
        kept.append(file)
        if not lost:
            gone = next(path for path in empty.stored_files() if path.read_bytes() in _others(slices, file))
            lost.append(gone.read_bytes())
            gone.unlink()

    found = get(peer, HERE, STUDY_UID, keep=keep)
    assert found.count == len(kept) == 4
    ((uid, reason),) = found.failed
    assert [uid] == [uid_of(path) for path in slices if path.read_bytes() in lost]
    assert "HTTP 500" in reason


def _others(slices: list[Path], file: bytes) -> list[bytes]:
    return [path.read_bytes() for path in slices if path.read_bytes() != file]


def test_an_instance_that_cannot_be_kept_is_named_and_the_others_come(peer: WebPeer, tmp_path: Path) -> None:
    slices = write_ct(tmp_path, slices=3)
    send(peer, HERE, slices)
    kept: list[bytes] = []

    def keep(file: bytes) -> None:
        if file == slices[1].read_bytes():
            raise OSError("the disk is full")
        kept.append(file)

    found = get(peer, HERE, STUDY_UID, keep=keep)
    assert found.failed == ((uid_of(slices[1]), "the disk is full"),)
    assert found.count == len(kept) == 2


def test_an_archive_that_falls_and_rises_again(peer: WebPeer, empty: Orthanc, tmp_path: Path) -> None:
    """The fetch that runs survives a short fall; one that ended is taken up without doubles."""
    slices = write_ct(tmp_path, slices=20)
    send(peer, HERE, slices)
    kept: list[bytes] = []

    def keep(file: bytes) -> None:
        kept.append(file)
        if len(kept) == 5:
            empty.kill()
            empty.start()
        if len(kept) == 10:
            empty.kill()

    with pytest.raises(PacsError, match="no connection"):
        get(replace(peer, retries=1), HERE, STUDY_UID, keep=keep)
    assert len(kept) == 10
    empty.start()
    already = {uid_of(path) for path in slices if path.read_bytes() in kept}
    found = get(peer, HERE, STUDY_UID, keep=kept.append, already=already)
    assert (found.count, found.already, found.failed) == (10, 10, ())
    assert sorted(kept) == sorted(path.read_bytes() for path in slices)
