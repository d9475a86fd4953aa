"""A request and who makes it: the one dependency that lets every route be used by its roles alone."""

import hmac
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from threading import Event
from typing import Annotated

from fastapi import Depends, Request, Response

from seedbed.journey.workbench.accounts import CLINICAL_ROLES
from seedbed.journey.workbench.jobs import Jobs
from seedbed.journey.workbench.refusals import ForbiddenError, NotSignedInError
from seedbed.journey.workbench.signing_in import Person, person_of
from seedbed.journey.workbench.workplace import Workplace
from seedbed.web.access import ANYONE, AccessTable
from seedbed.web.entering import Entrance
from seedbed.web.front import Front
from seedbed.web.guard import READING
from seedbed.web.settings import Settings

COOKIE, CSRF_HEADER = "seedbed_session", "X-CSRF-Token"
PREFIX = "/api/v1"
LONGEST_TOKEN = 128


@dataclass(frozen=True)
class Bench:
    """What the routes work with; one for the life of the server.

    Attributes
    ----------
    settings : Settings
    front : Front
    workplace : Workplace
    jobs : Jobs
    access : AccessTable
    entrance : Entrance or None
        How this machine's user comes in, where nobody has an account; else None.
    closing : Event
        Set when the server is about to end: long answers then end too.
    """

    settings: Settings
    front: Front
    workplace: Workplace
    jobs: Jobs
    access: AccessTable
    entrance: Entrance | None = None
    closing: Event = field(default_factory=Event)

    @property
    def local(self) -> bool:
        """Whether this is a single-user installation."""
        return self.entrance is not None


@dataclass(frozen=True)
class Visit:
    """One request.

    Attributes
    ----------
    bench : Bench
    origin : str
        Address that it comes from.
    token : str
        What the browser holds; empty where it holds nothing.
    """

    bench: Bench
    origin: str
    token: str

    @property
    def workplace(self) -> Workplace:
        """The open workplace: its folders, ``clinic`` (the register of patients), ``trail``."""
        return self.bench.workplace

    @property
    def jobs(self) -> Jobs:
        """Long work."""
        return self.bench.jobs

    @cached_property
    def someone(self) -> Person | None:
        """Who is signed in; None where nobody is."""
        return person_of(self.workplace, self.token, local=self.bench.local) if self.token else None

    @property
    def person(self) -> Person:
        """Who is signed in.

        Raises
        ------
        NotSignedInError
        """
        if self.someone is None:
            raise NotSignedInError("nobody is signed in", "somebody who is", "sign in")
        return self.someone

    @property
    def clinical(self) -> bool:
        """Whether the person may see who a patient is."""
        return bool(self.person.roles & CLINICAL_ROLES)

    def viewed(self, what: str, *, patient_id: str, detail: str = "") -> None:
        """Write into the trail that the person sees something of a patient; before it is answered."""
        self.workplace.trail.viewed(
            self.person.name, what, patient_id=patient_id, detail=detail, origin=self.origin
        )

    def note(self, what: str, *, patient_id: str = "", detail: str = "") -> None:
        """Write into the trail what the person has done; before it is answered."""
        self.workplace.trail.note(
            self.person.name, what, patient_id=patient_id, detail=detail, origin=self.origin
        )


def admit(request: Request) -> Visit:
    """Let a request in, if it is one's own page that asks and the person has a role of the route.

    Raises
    ------
    NotSignedInError, ForbiddenError
    """
    bench: Bench = request.app.state.bench
    path = request.scope["route"].path.removeprefix(PREFIX)
    allowed = bench.access.allowed(request.method, path)
    visit = Visit(bench, request.client.host if request.client else "", _token(request))
    if ANYONE not in allowed and not visit.person.roles & allowed:
        raise ForbiddenError(
            f"'{visit.person.name}' has no role that may do this",
            " or ".join(sorted(allowed)),
            "ask one of them",
        )
    if request.method not in READING:
        _check_csrf(visit, request.headers.get(CSRF_HEADER, ""))
    return visit


def csrf_of(token: str) -> str:
    """Return what pages must send along with the cookie, which other sites' pages cannot know."""
    return hmac.new(token.encode(), b"csrf", sha256).hexdigest()


def give_cookie(visit: Visit, response: Response, token: str) -> None:
    """Have the browser hold a token."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(visit.workplace.limits.longest_s),
        path="/",
        secure=visit.bench.front.secure,
        httponly=True,
        samesite="strict",
    )


def _token(request: Request) -> str:
    token = request.cookies.get(COOKIE, "")
    return token if len(token) <= LONGEST_TOKEN and token.isascii() else ""


def _check_csrf(visit: Visit, given: str) -> None:
    if not visit.token or not hmac.compare_digest(csrf_of(visit.token).encode(), given.encode()):
        raise ForbiddenError(
            f"the request has no valid {CSRF_HEADER}",
            "the 'csrf' that GET /api/v1/session gives, with its cookie",
            "load the page again",
        )


Admitted = Annotated[Visit, Depends(admit)]
"""The visit of a route: ``def route(visit: Admitted)``."""
