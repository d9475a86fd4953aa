"""`seedbed serve` as a user starts it: a real server on loopback, from its line to Ctrl-C."""

import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from tests.pacs.certificates import make_authority, make_certificate

from seedbed.journey.workbench.accounts import add
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace

PASSWORD = "seven green kettles"  # noqa: S105 - synthetic
LONGEST_S = 120


def started(*options: str | Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "seedbed", "serve", "--no-browser", *map(str, options)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


@contextmanager
def serving(*options: str | Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server that runs, and the line that it printed."""
    process = started(*options)
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        yield process, line
    finally:
        process.kill()
        process.communicate()


def refused(*options: str | Path) -> tuple[int, str]:
    process = started(*options)
    _, said = process.communicate(timeout=LONGEST_S)
    return process.returncode, said


def administered(folder: Path) -> Path:
    with open_workplace(WorkplaceAddress(folder)) as workplace:
        add(workplace, "anna", display_name="", roles=["administrator"], password=PASSWORD, by="test")
    return folder


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_one_user_from_the_line_to_ctrl_c(tmp_path: Path, stop: signal.Signals) -> None:
    with serving("--data", tmp_path / "w", "--port", "0") as (process, line):
        found = re.search(r"Seedbed is at (http://127\.0\.0\.1:\d+)(/\S+) \(single user", line)
        assert found
        with httpx2.Client(base_url=found[1], timeout=LONGEST_S) as client:
            assert client.get("/api/v1/accounts").status_code == 401
            assert client.get(found[2]).headers["Location"] == "/"
            assert client.get("/api/v1/session").json()["user"]["roles"][0] == "administrator"
            assert client.get("/").headers["Content-Security-Policy"].startswith("default-src 'none'")
        code, said = refused("--data", tmp_path / "w", "--port", "0")
        assert (code, "another server works in" in said) == (2, True)
        process.send_signal(stop)
        _, errors = process.communicate(timeout=LONGEST_S)
        assert (process.returncode, errors) == (0, "")


def test_a_department_by_tls_with_accounts(tmp_path: Path) -> None:
    authority = make_authority(tmp_path / "certificates")
    certificate, key = make_certificate(tmp_path / "certificates", "server", authority=authority)
    settings = tmp_path / "serve.toml"
    settings.write_text('[server]\nhost = "127.0.0.1"\nnames = ["localhost"]\n', encoding="utf-8")
    folder = administered(tmp_path / "w")
    tls = ("--tls-cert", certificate, "--tls-key", key)
    with serving("--data", folder, "--port", "0", "--settings", settings, *tls) as (_, line):
        found = re.search(r"Seedbed is at (https://localhost:\d+)/ ", line)
        assert found
        trusted = ssl.create_default_context(cafile=authority)
        with httpx2.Client(base_url=found[1], verify=trusted, timeout=LONGEST_S) as client:
            said = client.get("/api/v1/session").json()
            assert (said["local"], said["signed_in"]) == (False, False)
            signed = client.post(
                "/api/v1/session",
                json={"name": "anna", "password": PASSWORD},
                headers={"X-CSRF-Token": said["csrf"]},
            )
            assert "; Secure" in signed.headers["Set-Cookie"]
            assert client.get("/api/v1/accounts").json()["accounts"][0]["name"] == "anna"


def test_what_must_not_be_served_is_a_sentence(tmp_path: Path) -> None:
    code, said = refused("--data", tmp_path / "w", "--host", "0.0.0.0")  # noqa: S104
    assert (code, "without TLS" in said) == (2, True)
    code, said = refused(
        "--data", tmp_path / "w", "--port", "0", "--behind-proxy", "https://seedbed.hospital.local"
    )
    assert (code, "no account of an administrator" in said) == (2, True)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = refused("--data", tmp_path / "w", "--port", str(taken.getsockname()[1]))
    assert (code, "the port is in use" in said) == (2, True)
    assert "Traceback" not in said
