"""What a browser shows first loads nothing that reads images, draws figures or calculates tests."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.unit.web.benches import API, bench_at, browser, signed_in

from seedbed.web.stages import FIRST, IMAGES, stages_of
from seedbed.web.visit import Bench

LOADED = """
import sys
from importlib import import_module
for name in {names}:
    import_module(f"seedbed.web.routes.{{name}}")
print([name for name in {heavy} if name in sys.modules])
"""
IMAGES_NEED = ("pydicom", "numba", "scipy", "PIL", "requests")
FIGURES_NEED = ("matplotlib.axes", "fontTools", "scipy.stats")


@pytest.mark.parametrize(
    ("names", "heavy"), [(FIRST, IMAGES_NEED + FIGURES_NEED), (FIRST + IMAGES, FIGURES_NEED)]
)
def test_a_stage_loads_nothing_that_comes_later(names: tuple[str, ...], heavy: tuple[str, ...]) -> None:
    said = subprocess.run(
        [sys.executable, "-c", LOADED.format(names=names, heavy=heavy)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.strip() == "[]"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_at(tmp_path) as found:
        yield found


def test_the_first_stage_answers_its_own_addresses_alone(bench: Bench) -> None:
    first, _ = stages_of(bench)
    app = first.make()
    assert isinstance(app, FastAPI)
    assert signed_in(bench, app, "clinician").get(f"{API}/patients").status_code == 200
    assert signed_in(bench, app, "clinician").get(f"{API}/cases").json() == {"cases": []}
    assert browser(app).get(f"{API}/patients").status_code == 401

    def answered(method: str, path: str) -> bool:
        return first.answers({"type": "http", "method": method, "path": f"{API}{path}"})

    own = [("GET", "/patients"), ("GET", "/cases"), ("GET", "/session"), ("GET", "/session/enter/x")]
    others = [("GET", "/cases/x"), ("GET", "/patients/x/pairs"), ("POST", "/cases"), ("GET", "/nothing")]
    assert [answered(*each) for each in own] == [True] * len(own)
    assert [answered(*each) for each in others] == [False] * len(others)
