"""Signing in at another system: there and back."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.signing_in import sign_in_known
from seedbed.web.oidc import Provider
from seedbed.web.visit import PREFIX, Admitted, give_cookie

router = APIRouter(tags=["session"])
BACK = f"{PREFIX}/oidc/callback"
BACK_HOME = (
    "<!doctype html><html lang='en'><meta charset='utf-8'><title>Seedbed</title>"
    "<meta http-equiv='refresh' content='0;url=/'><p><a href='/'>Signed in; go on.</a></p></html>"
)
"""A page of our own, since browsers send a strict cookie only where our own page leads."""


@router.get("/oidc/start", include_in_schema=False)
async def start(visit: Admitted, request: Request) -> Response:
    """Send the browser to the provider."""
    return await _provider(request).start(request, visit.bench.front.origin + BACK)


@router.get("/oidc/callback", include_in_schema=False)
async def callback(visit: Admitted, request: Request) -> HTMLResponse:
    """Sign in who comes back from the provider."""
    known = await _provider(request).finish(request)
    signed_in = await run_in_threadpool(sign_in_known, visit.workplace, known, origin=visit.origin)
    response = HTMLResponse(BACK_HOME)
    give_cookie(visit, response, signed_in.token)
    return response


def _provider(request: Request) -> Provider:
    found: Provider | None = request.app.state.oidc
    if found is None:
        raise NotFoundError(
            "no other system signs in here", "[oidc] in the settings", "sign in with name and password"
        )
    return found
