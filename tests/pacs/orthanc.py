"""A real Orthanc for tests, in a network of its own.

Orthanc 1.10.1 of Debian listens on every interface, whatever its settings say. It is started only in
a network namespace that holds nothing but the loopback interface: nobody outside can reach it.
"""

import ctypes
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path("/usr/sbin/Orthanc")
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of Linux."""
AE_TITLE, DICOM_PORT, HTTP_PORT, OUR_PORT = "ORTHANC", 4242, 8042, 11112
OUR_AE_TITLE = "SEEDBED"
PATIENCE_S = 20
BASIC: Mapping[str, Any] = {
    "Name": "SYNTHETIC",
    "Plugins": [str(PLUGIN)],
    "DicomAet": AE_TITLE,
    "DicomPort": DICOM_PORT,
    "DicomCheckCalledAet": True,
    "DicomModalities": {OUR_AE_TITLE: [OUR_AE_TITLE, "127.0.0.1", OUR_PORT]},
    "DicomAlwaysAllowStore": False,
    "DicomAlwaysAllowEcho": False,
    "DefaultEncoding": "Utf8",
    "HttpPort": HTTP_PORT,
    "AuthenticationEnabled": False,
    "OverwriteInstances": False,
    "StorageCompression": False,
    "MaximumStorageCacheSize": 0,
    "StableAge": 1,
}


@contextmanager
def network_of_its_own() -> Iterator[None]:
    """Take this thread, and what it starts, into a new network with loopback only; come back at the end."""
    libc = ctypes.CDLL(None, use_errno=True)
    outside = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(NEW_NETWORK) != 0:
            pytest.skip(f"no network namespace can be made here: {os.strerror(ctypes.get_errno())}")
        try:
            _ip("link", "set", "lo", "up")
            yield
        finally:
            assert libc.setns(outside, NEW_NETWORK) == 0, os.strerror(ctypes.get_errno())
    finally:
        os.close(outside)


def is_alone() -> bool:
    """Say whether this thread sees the loopback interface and no other."""
    return [each["ifname"] for each in json.loads(_ip("-json", "link"))] == ["lo"]


def _ip(*arguments: str) -> str:
    program = shutil.which("ip", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        pytest.skip("ip of iproute2 is not installed")
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    return done.stdout


@dataclass
class Orthanc:
    """One Orthanc with its folder; what it stored survives `kill` and `start`."""

    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{HTTP_PORT}"

    @property
    def web_url(self) -> str:
        return f"{self.url}/dicom-web"

    def start(self) -> None:
        for needed in (PROGRAM, PLUGIN):
            if not needed.exists():
                pytest.skip(f"{needed} is not installed")
        assert is_alone(), "Orthanc is started only in a network of its own"
        self.folder.mkdir(parents=True, exist_ok=True)
        places = {name: str(self.folder) for name in ("StorageDirectory", "IndexDirectory")}
        configuration = self.folder / "orthanc.json"
        configuration.write_text(json.dumps({**BASIC, **places, **self.settings}))
        with (self.folder / "log.txt").open("wb") as log:
            self.process = subprocess.Popen([PROGRAM, configuration], stdout=log, stderr=log)
        self._wait()

    def _wait(self) -> None:
        latest = time.monotonic() + PATIENCE_S
        while "Orthanc has started" not in self.log():
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < latest, self.log()
            time.sleep(0.02)

    def log(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")

    def kill(self) -> None:
        """End it as a power cut does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE_S)
            self.process = None

    def ask(self, path: str) -> Any:
        """Ask its own REST interface, without Seedbed."""
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=PATIENCE_S) as answer:  # noqa: S310
            return json.load(answer)

    def stored_files(self) -> list[Path]:
        """Return what it keeps, which are whole DICOM files among others."""
        return [path for path in self.folder.glob("??/??/*") if path.is_file()]

    def empty(self) -> None:
        """Delete every patient."""
        for patient in self.ask("patients"):
            request = urllib.request.Request(f"{self.url}/patients/{patient}", method="DELETE")  # noqa: S310
            urllib.request.urlopen(request, timeout=PATIENCE_S).close()  # noqa: S310


@contextmanager
def running(folder: Path, **settings: Any) -> Iterator[Orthanc]:
    server = Orthanc(folder, settings)
    try:
        server.start()
        yield server
    finally:
        server.kill()
