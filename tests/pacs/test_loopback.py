"""Orthanc is reachable inside its own network and nowhere else."""

import socket
import threading
from pathlib import Path

import pytest
from tests.pacs.orthanc import DICOM_PORT, HTTP_PORT, Orthanc, is_alone, network_of_its_own, running

PORTS = (DICOM_PORT, HTTP_PORT)


def answers(port: int) -> bool:
    with socket.socket() as outgoing:
        outgoing.settimeout(5)
        return outgoing.connect_ex(("127.0.0.1", port)) == 0


def test_a_thread_outside_cannot_reach_it(tmp_path: Path) -> None:
    running_inside = threading.Event()
    outside: list[bool] = []

    def look() -> None:
        assert running_inside.wait(60)
        outside.extend(answers(port) for port in PORTS)

    onlooker = threading.Thread(target=look)
    onlooker.start()
    try:
        with network_of_its_own(), running(tmp_path / "orthanc"):
            inside = [answers(port) for port in PORTS]
            running_inside.set()
            onlooker.join()
    finally:
        running_inside.set()
    assert inside == [True, True]
    assert outside == [False, False]


def test_the_way_back_out(orthanc: Orthanc) -> None:
    assert is_alone()
    with network_of_its_own():
        assert not any(answers(port) for port in PORTS)
    assert all(answers(port) for port in PORTS)


def test_it_refuses_to_start_among_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.pacs.orthanc.is_alone", lambda: False)
    with pytest.raises(AssertionError, match="network of its own"):
        Orthanc(tmp_path).start()


def test_it_says_who_it_is(orthanc: Orthanc) -> None:
    assert orthanc.ask("system")["DicomAet"] == "ORTHANC"
