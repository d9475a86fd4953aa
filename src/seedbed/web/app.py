"""The application: its routes found, compared with the table of access, and put behind the guard."""

import secrets
from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import Route

from seedbed.web import routes
from seedbed.web.access import Line
from seedbed.web.addresses import EncodedBelow
from seedbed.web.answers import JsonAnswer, add_handlers, refusal
from seedbed.web.guard import Guard
from seedbed.web.oidc import Provider
from seedbed.web.pages import page
from seedbed.web.visit import PREFIX, Bench, admit

OIDC_MINUTES = 10


def create_app(bench: Bench, modules: tuple[ModuleType, ...] | None = None, *, whole: bool = True) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    bench : Bench
    modules : tuple of module, optional
        With a ``router`` each; all of `seedbed.web.routes` without it. One that says ``UPLOADS = True`` takes
        bodies as large as an upload.
    whole : bool
        Whether every line of the table of access has its route there.

    Raises
    ------
    InputError
        A route without a line in the table of access, or a line without a route.
    """
    found = tuple(route_modules()) if modules is None else modules
    if whole:
        bench.access.check(line for module in found for line in lines_of(module.router))
    app = FastAPI(
        title="Seedbed",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        default_response_class=JsonAnswer,
    )
    app.state.bench = bench
    app.state.oidc = Provider(bench.settings.oidc) if bench.settings.oidc else None
    for module in found:
        uploads = getattr(module, "UPLOADS", False)
        limit = bench.settings.upload_bytes if uploads else bench.settings.body_bytes
        app.include_router(module.router, prefix=PREFIX, dependencies=[Depends(admit)], max_body_size=limit)
    app.router.routes.append(Route("/api/{path:path}", _no_route, methods=[*METHODS]))
    app.router.routes.append(Route("/{path:path}", page, methods=["GET"]))
    add_handlers(app)
    if bench.settings.oidc:
        _keep_oidc_state(app, secure=bench.front.secure)
    app.add_middleware(EncodedBelow, prefix=f"{PREFIX}/patients/")
    most = (bench.settings.upload_bytes, bench.settings.body_bytes)
    app.add_middleware(Guard, front=bench.front, most=most)
    return app


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def route_modules() -> Iterator[ModuleType]:
    """Find the modules of routes."""
    for each in sorted(iter_modules(routes.__path__), key=lambda each: each.name):
        module = import_module(f"{routes.__name__}.{each.name}")
        if isinstance(getattr(module, "router", None), APIRouter):
            yield module


def lines_of(router: APIRouter) -> Iterator[Line]:
    """Give method and path of each route."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                yield method, route.path


def _no_route(_request: object) -> JsonAnswer:
    return refusal("there is no such route", "one that /api/v1/docs lists", "correct it", code="not_found")


def _keep_oidc_state(app: FastAPI, *, secure: bool) -> None:
    """Let the browser keep the state of a sign-in elsewhere, signed, for the callback alone."""
    from starlette.middleware.sessions import SessionMiddleware

    app.add_middleware(
        SessionMiddleware,
        secret_key=secrets.token_hex(32),
        session_cookie="seedbed_oidc",
        path=f"{PREFIX}/oidc",
        max_age=OIDC_MINUTES * 60,
        same_site="lax",
        https_only=secure,
    )
