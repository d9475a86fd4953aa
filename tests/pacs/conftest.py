import gc
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.pacs.certificates import make_authority, make_certificate
from tests.pacs.orthanc import HTTP_PORT, Orthanc, network_of_its_own, running
from tests.pacs.tls_front import tls_front

USER, PASSWORD = "planner", "SYNTHETIC-only"


@dataclass(frozen=True)
class Certificates:
    authority: Path
    unknown: Path
    server: tuple[Path, Path]
    client: tuple[Path, Path]
    stranger: tuple[Path, Path]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    authority = make_authority(folder)
    unknown = make_authority(folder / "unknown", "stranger")
    return Certificates(
        authority,
        unknown,
        make_certificate(folder, "server", authority=authority),
        make_certificate(folder, "client", authority=authority),
        make_certificate(folder / "unknown", "client", authority=unknown),
    )


@pytest.fixture
def swept() -> Iterator[None]:
    """Collect within this test the sockets that pynetdicom 3.0 leaves open when they could not connect."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def loopback() -> Iterator[None]:
    with network_of_its_own():
        yield


@pytest.fixture(scope="module")
def orthanc(loopback: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """An Orthanc that knows us by our AE title, without TLS or password."""
    with running(tmp_path_factory.mktemp("orthanc")) as server:
        yield server


@pytest.fixture
def empty(orthanc: Orthanc) -> Orthanc:
    """The Orthanc without any patient."""
    orthanc.empty()
    return orthanc


@pytest.fixture(scope="module")
def guarded(
    loopback: None, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Orthanc]:
    """An Orthanc that asks for TLS and for our certificate over DIMSE, and for a password on the web."""
    certificate, key = certificates.server
    with running(
        tmp_path_factory.mktemp("guarded"),
        DicomTlsEnabled=True,
        DicomTlsCertificate=str(certificate),
        DicomTlsPrivateKey=str(key),
        DicomTlsTrustedCertificates=str(certificates.authority),
        DicomTlsRemoteCertificateRequired=True,
        AuthenticationEnabled=True,
        RegisteredUsers={USER: PASSWORD},
    ) as server:
        yield server


@pytest.fixture(scope="module")
def front_port(guarded: Orthanc, certificates: Certificates) -> Iterator[int]:
    """The port of its DICOMweb behind TLS, for callers with a certificate of our authority."""
    with tls_front(HTTP_PORT, certificate=certificates.server, authority=certificates.authority) as port:
        yield port
