"""Associations that do not come about, or that are broken off: each is one sentence, in bounded time."""

import gc
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.pacs.certificates import make_authority, make_certificate
from tests.unit.dicom.pacs.archive import free_port

from seedbed.dicom.pacs import DimsePeer, Here, Tls, echo
from seedbed.dicom.pacs.association import _unreachable
from seedbed.dicom.pacs.tls import answering_context
from seedbed.dicom.pacs.trying import LostError, persist
from seedbed.errors import PacsError

leaves_sockets = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")


@contextmanager
def answering(act: Callable[[socket.socket], object]) -> Iterator[int]:
    """Listen, and do something to the one caller."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller, suppress(ConnectionResetError):  # who asks may break off first
                act(caller)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


def wait_for_end(caller: socket.socket) -> None:
    caller.settimeout(10)
    while caller.recv(4096):
        pass


def to(port: int, **changes: object) -> DimsePeer:
    return replace(DimsePeer("main", "PACS", "127.0.0.1", port, timeout_s=1, retries=0), **changes)  # type: ignore[arg-type]


def test_an_answer(peer: DimsePeer, here: Here) -> None:
    assert echo(peer, here) is None  # type: ignore[func-returns-value]


@leaves_sockets
@pytest.mark.usefixtures("swept")
def test_nobody_listens() -> None:
    port = free_port()
    with pytest.raises(LostError, match=rf"PACS at 127.0.0.1:{port}.*nobody listens there"):
        echo(to(port), Here())


def test_an_unknown_host() -> None:
    with pytest.raises(LostError, match="host name"):
        echo(to(104, host="no-such-host.invalid"), Here())


def test_a_system_that_says_nothing_is_left_in_time() -> None:
    start = time.monotonic()
    with answering(wait_for_end) as port, pytest.raises(LostError, match="fell silent for 1 s"):
        echo(to(port), Here())
    assert time.monotonic() - start < 5


def test_a_system_that_stops_within_a_message_is_left_in_time() -> None:
    def begin(caller: socket.socket) -> None:
        caller.sendall(b"\x02\x00\x00\x00\x01\x00\x00\x01")  # an answer of 256 bytes, of which two come
        wait_for_end(caller)

    start = time.monotonic()
    with answering(begin) as port, pytest.raises(LostError, match="fell silent for 1 s"):
        echo(to(port), Here())
    assert time.monotonic() - start < 5


def test_a_system_that_hangs_up() -> None:
    with (
        answering(lambda caller: caller.recv(4096)) as port,
        pytest.raises(LostError, match="closed the connection"),
    ):
        echo(to(port), Here())


def test_a_system_that_is_no_dicom_system() -> None:
    with (
        answering(lambda caller: caller.sendall(b"SSH-2.0-x\r\n")) as port,
        pytest.raises(PacsError, match="main"),
    ):
        echo(to(port), Here())


def test_titles_that_are_not_known(receiving: object) -> None:
    with receiving(lambda _: None, Here("US", allowed_callers=("CT",))) as (us, _):  # type: ignore[operator]
        with pytest.raises(PacsError, match=r"does not know our AE title.*knows us as 'STRANGER'"):
            echo(us, Here("STRANGER"))
        with pytest.raises(PacsError, match=r"does not know the AE title that we call it by.*named 'OTHER'"):
            echo(replace(us, ae_title="OTHER"), Here("CT"))


@leaves_sockets
@pytest.mark.usefixtures("swept")
def test_tls(receiving: object, tmp_path: Path) -> None:
    authority, stranger = make_authority(tmp_path), make_authority(tmp_path, "stranger")
    ours, theirs = (make_certificate(tmp_path, name, authority=authority) for name in ("ours", "theirs"))
    wrong = make_certificate(tmp_path, "wrong", authority=stranger)
    here = Here("US", tls=Tls(authority, *ours))
    with receiving(lambda _: None, here, silence_s=2) as (us, visits):  # type: ignore[operator]
        echo(replace(us, tls=Tls(authority, *theirs)), Here())
        with pytest.raises(PacsError, match=r"agree on no encryption.*certificate"):
            echo(replace(us, tls=Tls(stranger, *theirs)), Here())
        for tls in (Tls(authority, *wrong), Tls(authority)):
            with pytest.raises(PacsError, match="closed the connection instead of answering"):
                echo(replace(us, tls=tls), Here())
        with pytest.raises(PacsError, match="without TLS"):
            echo(us, Here())
    assert {visit.problem.partition(" (")[0] for visit in visits} == {"", "no encryption was agreed on"}


def test_a_look_at_why_there_was_no_connection_leaves_none_open(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    tls = Tls(authority, *make_certificate(tmp_path, "both", authority=authority))
    context = answering_context(tls)

    def greet(caller: socket.socket) -> None:
        with context.wrap_socket(caller, server_side=True) as encrypted:
            wait_for_end(encrypted)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with answering(greet) as port:
            refusal = _unreachable(to(port, tls=tls))
            gc.collect()
    assert "the first attempt to connect failed, a second did not" in str(refusal)


def test_tries_are_counted_anew_after_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seedbed.dicom.pacs.trying.FIRST_PAUSE_S", 0.0)
    outcomes = iter([1, 0, 1, 0, 0])
    done, tries = [0], [0]

    def act() -> None:
        tries[0] += 1
        done[0] += next(outcomes)
        raise LostError("it is gone", "an answer", "try again")

    with pytest.raises(LostError):
        persist(replace(to(104), retries=1), act, lambda: done[0])
    assert (tries[0], done[0]) == (5, 2)
