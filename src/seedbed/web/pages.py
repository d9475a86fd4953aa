"""The built pages: each file as it is, and the first page for every address of the workbench."""

import mimetypes
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

BUNDLE = Path(__file__).with_name("bundle")
FIRST_PAGE = "index.html"
TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
"""Said here, since Windows takes types from its registry, where they may be wrong."""
FOR_EVER, ASK_EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
MISSING = (
    "<!doctype html><html lang='en'><meta charset='utf-8'><title>Seedbed</title>"
    "<p>The pages of the workbench are not built. In a checkout run 'npm ci' and 'npm run build' in "
    "the folder 'workbench'; an installed Seedbed has them.</p></html>"
)


def page(request: Request, bundle: Path = BUNDLE) -> Response:
    """Answer with a file of the bundle, or with the first page, which shows what the address names."""
    named = request.path_params.get("path", "")
    found = _file(bundle, named)
    if found is None and _names_a_file(named):
        return Response("There is no such file.", status_code=404, media_type="text/plain")
    shown = found or bundle / FIRST_PAGE
    if not shown.is_file():
        return HTMLResponse(MISSING, headers={"Cache-Control": ASK_EACH_TIME})
    hashed = found is not None and named.startswith("assets/")
    kind = TYPES.get(shown.suffix.lower()) or mimetypes.guess_type(shown.name)[0]
    cached = {"Cache-Control": FOR_EVER if hashed else ASK_EACH_TIME}
    return FileResponse(shown, media_type=kind or "application/octet-stream", headers=cached)


def _names_a_file(named: str) -> bool:
    """Whether an address is none of a page; below a page's own stand names, which may hold a full stop."""
    top, _, below = named.partition("/")
    return top == "assets" or "." in top or (not top and below != "")


def _file(bundle: Path, named: str) -> Path | None:
    """Return a file of the bundle; None for anything else, also outside it."""
    if not named or "\0" in named or "\\" in named:
        return None
    try:
        path = (bundle / named).resolve()
        return path if path.is_relative_to(bundle.resolve()) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None
