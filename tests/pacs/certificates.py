"""Certificates made for one test run by openssl: an authority, a server and a client."""

import shutil
import subprocess
from pathlib import Path

import pytest

DAYS = "2"


def _openssl(*arguments: str | Path) -> None:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("openssl is not installed")
    subprocess.run([program, *arguments], check=True, capture_output=True, timeout=60)


def make_authority(folder: Path, name: str = "authority") -> Path:
    """Make an authority; return its certificate."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = folder / f"{name}.pem"
    _openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", DAYS, "-subj", f"/CN=SYNTHETIC {name}",
        "-keyout", folder / f"{name}.key", "-out", certificate,
    )  # fmt: skip
    return certificate


def make_certificate(folder: Path, name: str, *, authority: Path) -> tuple[Path, Path]:
    """Make a certificate for 127.0.0.1 that the authority signs; return it and its key."""
    key, request, certificate, extra = (folder / f"{name}.{end}" for end in ("key", "csr", "pem", "ext"))
    extra.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    _openssl(
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request,
    )  # fmt: skip
    _openssl(
        "x509", "-req", "-days", DAYS, "-in", request, "-CA", authority,
        "-CAkey", authority.with_suffix(".key"), "-CAcreateserial", "-extfile", extra, "-out", certificate,
    )  # fmt: skip
    return certificate, key
