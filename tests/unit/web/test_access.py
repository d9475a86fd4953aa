"""Every route is used by its roles alone: each line of the table, with each role and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from tests.unit.web.benches import API, bench_at, browser, code_of, made, signed_in

from seedbed.errors import InputError
from seedbed.journey.workbench.accounts import ROLES
from seedbed.web.access import ANYONE, AccessTable, load_access, read_access
from seedbed.web.app import lines_of, route_modules
from seedbed.web.visit import Bench

LINES = sorted(load_access().roles.items())
NOBODY = "signed out"
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bench, FastAPI]]:
    with bench_at(tmp_path_factory.mktemp("access")) as bench:
        yield bench, made(bench)


@pytest.mark.parametrize("role", [*ROLES, NOBODY])
@pytest.mark.parametrize(("line", "roles"), LINES, ids=[" ".join(line) for line, _ in LINES])
def test_a_route_lets_in_whom_its_line_names(
    server: tuple[Bench, FastAPI], line: tuple[str, str], roles: frozenset[str], role: str
) -> None:
    bench, app = server
    client = browser(app) if role == NOBODY else signed_in(bench, app, role)
    if role == NOBODY:
        client.get(f"{API}/session")
    method, path = line
    response = client.request(method, API + re.sub(r"\{[^}]*\}", "none", path))
    assert response.status_code < 500
    if ANYONE in roles or role in roles:
        assert response.status_code not in (401, 403)
    elif role == NOBODY:
        assert (response.status_code, code_of(response)) == (401, "not_signed_in")
    else:
        assert (response.status_code, code_of(response)) == (403, "forbidden")


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    there = [line for module in route_modules() for line in lines_of(module.router)]
    assert sorted(there) == sorted(load_access().roles)
    assert len(there) == len({*there}) > 10


def test_a_route_without_a_line_is_refused_at_the_start() -> None:
    router = APIRouter()
    router.get("/new")(lambda: {})
    with pytest.raises(InputError, match="GET /new has no line"):
        AccessTable({}).check(lines_of(router))


def test_a_line_without_a_route_is_refused_at_the_start() -> None:
    with pytest.raises(InputError, match="names GET /health, which is no route"):
        AccessTable({("GET", "/health"): frozenset({ANYONE})}).check([])


@pytest.mark.parametrize(
    "line",
    ["GET,/x,surgeon", "GET,/x,", "get,/x,viewer", "GET,x,viewer", "GET,/x,anyone|viewer",
     "GET,/x,viewer\nGET,/x,viewer"],
)  # fmt: skip
def test_a_wrong_line_is_a_sentence(line: str) -> None:
    with pytest.raises(InputError, match=r"line \d of access.csv"):
        read_access(f"method,path,roles\n{line}\n")


def test_a_route_that_nobody_named_lets_nobody_in() -> None:
    assert load_access().allowed("GET", "/none") == frozenset()


def test_who_may_what_is_as_the_table_of_the_server_says() -> None:
    """A viewer only looks; doctor and physicist verify together; what is planned is the physicist's."""
    looking = {"planes", "oblique", "isosurface"}  # asked by POST, nothing is kept
    clinical = r"/(cases|plans|verifications|patients|imports|workbooks|demo)\b"
    changing = [
        (path, roles)
        for (method, path), roles in LINES
        if method != "GET" and re.match(clinical, path)
        and path.rsplit("/", 1)[-1] not in looking
    ]  # fmt: skip
    assert len(changing) > 20
    for path, roles in changing:
        planning = re.match(
            r"/(cases/\{case\}/plans$|plans/\{plan\}(/(edits|preview|optimise|take))?$|.*/top-up$)", path
        )
        assert roles == ({"physicist"} if planning else {"clinician", "physicist"}), path
    table = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (viewer|clinician|physicist) \| (.*) \|$", table, re.MULTILINE))
    for word in ("draw", "lay CTs on each other", "verify", "approve"):
        assert word in rows["clinician"]
        assert word not in rows["viewer"]
    assert "top-up" in rows["physicist"]


def test_researchers_see_no_identity() -> None:
    """What the contract gives them: themselves, jobs of their own, cohorts and the description."""
    own = re.compile(r"/(session|password|jobs|cohort|audit|oidc|health|openapi|docs|records/kinds|rules)")
    for (_method, path), roles in LINES:
        assert "researcher" not in roles or own.match(path), path
