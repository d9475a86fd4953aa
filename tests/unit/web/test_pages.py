"""The built pages: each with its type, nothing outside them, and a sentence where they are missing."""

from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from seedbed.web.pages import page

FILES = {
    "index.html": b"<!doctype html>first",
    "favicon.svg": b"<svg/>",
    "assets/index-Ab12.js": b"1",
    "assets/index-Ab12.css": b"a{}",
    "assets/kernel.wasm": b"\0asm",
}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("synthetic")
    for name, content in FILES.items():
        file = tmp_path / "bundle" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return tmp_path / "bundle"


def asked(path: str, bundle: Path) -> Response:
    return page(Request({"type": "http", "path_params": {"path": path}, "headers": []}), bundle)


@pytest.mark.parametrize(
    ("path", "kind", "cached"),
    [
        ("", "text/html; charset=utf-8", "no-cache"),
        ("index.html", "text/html; charset=utf-8", "no-cache"),
        ("patients/SYNTHETIC-1", "text/html; charset=utf-8", "no-cache"),
        ("patients/S.01", "text/html; charset=utf-8", "no-cache"),
        ("patients/X/1.5", "text/html; charset=utf-8", "no-cache"),
        ("favicon.svg", "image/svg+xml", "no-cache"),
        ("assets/index-Ab12.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"),
        ("assets/index-Ab12.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"),
        ("assets/kernel.wasm", "application/wasm", "public, max-age=31536000, immutable"),
    ],
)
def test_each_page_has_its_type(bundle: Path, path: str, kind: str, cached: str) -> None:
    response = asked(path, bundle)
    assert response.status_code == 200
    assert (response.headers["Content-Type"], response.headers["Cache-Control"]) == (kind, cached)


@pytest.mark.parametrize(
    "path",
    ["assets/none.js", "none.png", "../secret.txt", "assets/../../secret.txt", "/etc/passwd.txt", "assets/",
     "a\0.txt", "..\\secret.txt", "x" * 5000 + ".js"],
)  # fmt: skip
def test_nothing_else_is_given(bundle: Path, path: str) -> None:
    response = asked(path, bundle)
    assert (response.status_code, b"synthetic" in response.body) == (404, False)


def test_pages_that_are_not_built_are_a_sentence(tmp_path: Path) -> None:
    response = asked("", tmp_path)
    assert response.status_code == 200
    assert b"npm run build" in response.body
