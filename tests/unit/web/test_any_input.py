"""Whatever is sent to any route that the description lists: never an error of ours (Schemathesis)."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from tests.unit.web.benches import API, ORIGIN, bench_at, made, signed_in

from seedbed.journey.workbench.accounts import ROLES
from seedbed.web.app import route_modules
from seedbed.web.visit import Bench

EXAMPLES = 5
ENDS_SESSIONS = ("/session", "/password")
BOUNDED = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[*HealthCheck],
)
OPERATIONS = sorted(
    (method, path)
    for module in route_modules()
    for route in module.router.routes
    if isinstance(route, APIRoute) and route.include_in_schema and not route.path.endswith("/events")
    for method, path in [(next(iter(route.methods)), route.path)]
)
Server = tuple[Bench, FastAPI, dict[str, Any]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with bench_at(tmp_path_factory.mktemp("any")) as bench:
        app = made(bench)
        yield bench, app, app.openapi()


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[" ".join(each) for each in OPERATIONS])
def test_no_input_is_an_error_of_ours(server: Server, method: str, path: str) -> None:
    bench, app, described = server
    of_path = {method.lower(): described["paths"][API + path][method.lower()]}
    one = {**described, "paths": {API + path: of_path}}
    operation = schemathesis.openapi.from_dict(one)[API + path][method]
    sent, client = 0, signed_in(bench, app, *ROLES)

    def send(case: schemathesis.Case) -> None:
        nonlocal sent, client
        asked = case.as_transport_kwargs(base_url=ORIGIN)
        if path in ENDS_SESSIONS:
            client = signed_in(bench, app, *ROLES)
        asked.pop("cookies")
        if not isinstance(asked.get("data"), dict | None):
            asked["content"] = asked.pop("data")
        response = client.request(**asked)
        assert response.status_code < 500, f"{asked}: {response.text}"
        sent += 1

    BOUNDED(given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))(send))()
    if operation.body or operation.query:
        BOUNDED(given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))(send))()
    assert sent > 0
