"""Who is signed in: in by password or by this machine's address, out, and a new password."""

from datetime import date
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import StringConstraints

from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.signing_in import (
    SignedIn,
    begin,
    change_password,
    new_token,
    sign_in,
    sign_out,
)
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit, csrf_of, give_cookie

router = APIRouter(tags=["session"])
Password = Annotated[str, StringConstraints(max_length=1000)]


class Credentials(Asked):
    """What is typed to sign in."""

    name: Annotated[str, StringConstraints(max_length=200)]
    password: Password


class NewPassword(Asked):
    """The old password and the new one."""

    old: Password
    new: Password


@router.get("/session")
def session(visit: Admitted, response: Response) -> dict[str, Any]:
    """Say who is signed in, and give what changing calls must send."""
    token = visit.token
    if not token:
        token = new_token()
        give_cookie(visit, response, token)
    return _said(visit, token)


@router.post("/session")
def sign_in_by_password(visit: Admitted, asked: Credentials, response: Response) -> dict[str, Any]:
    """Sign in."""
    signed_in = sign_in(visit.workplace, asked.name, asked.password, origin=visit.origin)
    return _begun(visit, signed_in, response)


@router.delete("/session")
def sign_out_now(visit: Admitted, response: Response) -> dict[str, Any]:
    """Sign out."""
    if visit.someone is not None:
        sign_out(visit.workplace, visit.token, who=visit.someone.name, origin=visit.origin)
    token = new_token()
    give_cookie(visit, response, token)
    return _said(Visit(visit.bench, visit.origin, ""), token)


@router.get("/session/enter/{token}", include_in_schema=False)
def enter(visit: Admitted, token: str) -> Response:
    """Sign this machine's user in, once, where nobody has an account."""
    entrance = visit.bench.entrance
    if entrance is None:
        raise NotFoundError("people sign in by name here", "name and password", "open the first page")
    entrance.use(token)
    signed_in = begin(visit.workplace, entrance.name, "local", origin=visit.origin)
    response = Response(status_code=303, headers={"Location": "/"})
    give_cookie(visit, response, signed_in.token)
    return response


@router.post("/password")
def new_password(visit: Admitted, asked: NewPassword, response: Response) -> dict[str, Any]:
    """Change one's own password; all other sessions of the account end."""
    signed_in = change_password(visit.workplace, visit.person, asked.old, asked.new, origin=visit.origin)
    return _begun(visit, signed_in, response)


def _begun(visit: Visit, signed_in: SignedIn, response: Response) -> dict[str, Any]:
    if visit.someone is not None:
        sign_out(visit.workplace, visit.token, who=visit.someone.name, origin=visit.origin)
    give_cookie(visit, response, signed_in.token)
    return _said(Visit(visit.bench, visit.origin, signed_in.token), signed_in.token)


def _said(visit: Visit, token: str) -> dict[str, Any]:
    person = visit.someone
    user = person and {
        "name": person.name,
        "display_name": person.display_name,
        "roles": sorted(person.roles),
    }
    return {
        "signed_in": person is not None,
        "user": user,
        "csrf": csrf_of(token),
        "version": version("seedbed"),
        "local": visit.bench.local,
        "oidc": visit.bench.settings.oidc is not None,
        "today": date.today().isoformat(),
    }
