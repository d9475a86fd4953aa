"""An archive behind TLS with certificates on both sides, over DIMSE and over DICOMweb with a password."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.pacs.conftest import PASSWORD, USER, Certificates
from tests.pacs.orthanc import AE_TITLE, DICOM_PORT, OUR_AE_TITLE, Orthanc
from tests.pacs.study import Kept, data_set, identity, write_study

from seedbed.dicom.pacs import DimsePeer, Here, Tls, WebPeer, echo, get, send
from seedbed.errors import InputError, PacsError

HERE = Here(OUR_AE_TITLE)
STUDY_UID = identity().study_uid


@pytest.fixture
def secured(front_port: int, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> WebPeer:
    monkeypatch.setenv("SEEDBED_TEST_PASSWORD", PASSWORD)
    tls = Tls(certificates.authority, *certificates.client)
    url = f"https://127.0.0.1:{front_port}/dicom-web"
    return WebPeer("archive", url, USER, "SEEDBED_TEST_PASSWORD", tls, timeout_s=10, retries=0)


def test_a_study_over_tls_with_a_password(secured: WebPeer, tmp_path: Path) -> None:
    study = write_study(tmp_path)
    assert send(secured, HERE, study).stored == len(study)
    kept = Kept()
    get(secured, HERE, STUDY_UID, keep=kept)
    assert sorted(kept.files) == sorted(path.read_bytes() for path in study)


def test_a_wrong_password(secured: WebPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEEDBED_TEST_PASSWORD", "wrong")
    with pytest.raises(PacsError, match=r"refuses user 'planner' at https.*\(HTTP 401\)") as caught:
        echo(secured, HERE)
    assert "wrong" not in str(caught.value)


def test_no_password(secured: WebPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEEDBED_TEST_PASSWORD")
    with pytest.raises(InputError, match="'SEEDBED_TEST_PASSWORD' is empty"):
        echo(secured, HERE)


def test_no_certificate_of_our_own(secured: WebPeer, certificates: Certificates) -> None:
    with pytest.raises(PacsError, match=r"no (secure )?connection to 'archive' at https"):
        echo(replace(secured, tls=Tls(certificates.authority)), HERE)


def test_a_certificate_of_a_stranger(secured: WebPeer, certificates: Certificates) -> None:
    with pytest.raises(PacsError, match=r"no (secure )?connection to 'archive' at https"):
        echo(replace(secured, tls=Tls(certificates.authority, *certificates.stranger)), HERE)


def test_an_archive_that_our_authority_does_not_know(secured: WebPeer, certificates: Certificates) -> None:
    with pytest.raises(PacsError, match=r"no secure connection .*certificate verify failed"):
        echo(replace(secured, tls=Tls(certificates.unknown, *certificates.client)), HERE)


@pytest.fixture
def tls_peer(guarded: Orthanc, certificates: Certificates) -> DimsePeer:
    tls = Tls(certificates.authority, *certificates.client)
    return DimsePeer("archive", AE_TITLE, "127.0.0.1", DICOM_PORT, tls, timeout_s=5, retries=0)


def test_a_study_over_dimse_with_tls(tls_peer: DimsePeer, tmp_path: Path) -> None:
    study = write_study(tmp_path, "two")
    assert send(tls_peer, HERE, study).stored == len(study)
    kept = Kept()
    get(tls_peer, HERE, identity("two").study_uid, keep=kept)
    assert sorted(map(data_set, kept.files)) == sorted(data_set(path.read_bytes()) for path in study)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("how", ["no tls", "no certificate", "stranger", "unknown authority"])
def test_dimse_without_the_right_certificates(
    tls_peer: DimsePeer, certificates: Certificates, how: str
) -> None:
    tls = {
        "no tls": None,
        "no certificate": Tls(certificates.authority),
        "stranger": Tls(certificates.authority, *certificates.stranger),
        "unknown authority": Tls(certificates.unknown, *certificates.client),
    }[how]
    with pytest.raises(PacsError, match="'archive'"):
        echo(replace(tls_peer, tls=tls), HERE)
