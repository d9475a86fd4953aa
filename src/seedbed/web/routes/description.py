"""The API described: for programs as OpenAPI, for people as a page that asks no other server."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup, escape

from seedbed.web.visit import PREFIX, Admitted

router = APIRouter(tags=["description"])


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request) -> dict[str, Any]:
    """Describe the API by OpenAPI."""
    found: dict[str, Any] = request.app.openapi()
    return found


@router.get("/docs", include_in_schema=False, response_class=HTMLResponse)
def docs(visit: Admitted, request: Request) -> HTMLResponse:
    """List the routes with who may use them."""
    described = request.app.openapi()["paths"]
    rows = Markup("").join(
        Markup("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>").format(
            method,
            PREFIX + path,
            ", ".join(sorted(roles)),
            described.get(PREFIX + path, {}).get(method.lower(), {}).get("description", ""),
        )
        for (method, path), roles in visit.bench.access.roles.items()
    )
    title = escape("Seedbed: the API")
    return HTMLResponse(
        Markup(
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>{}</title><h1>{}</h1>"
            "<table><tr><th>Method</th><th>Path</th><th>Who</th><th>What</th></tr>{}</table></html>"
        ).format(title, title, rows)
    )
