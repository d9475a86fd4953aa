"""What the server loads when: lists that a browser shows first, then images and plans, then everything."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib import import_module
from types import ModuleType

from fastapi import FastAPI
from starlette.routing import compile_path
from starlette.types import Scope

from seedbed.web import routes
from seedbed.web.access import Line
from seedbed.web.app import create_app, lines_of
from seedbed.web.starting import Stage
from seedbed.web.visit import PREFIX, Bench

FIRST = ("session", "health", "patients", "case_list")
"""Routes of what a browser shows first: they read no images and draw nothing, and load nothing that does."""
IMAGES = ("cases", "surfaces", "plans", "plan_files")
"""Routes of what is opened next."""
HEAVY = (
    *("scipy.spatial", "numba", "pydicom.pixels", "scipy.optimize", "scipy.ndimage"),
    *("seedbed.geometry", "seedbed.imaging", "seedbed.dicom", "seedbed.planning"),
)
"""What these load for the most part, in small pieces."""
LATER = ("scipy.stats", "matplotlib.figure")
"""What is loaded where a test is calculated or a figure is drawn, half a second of the processor each."""


def hide_known_warnings() -> None:
    """Hide, for good, a warning that FastAPI hides while it reads a route.

    Two threads that do so at the same time undo it for each other; the route is right nevertheless.
    """
    warnings.filterwarnings("ignore", message=r"The '\w+' attribute with value .* was provided to the `Field")


def stages_of(bench: Bench) -> tuple[Stage, ...]:
    """Return the parts of the API that are there before all of it, each with those before it."""
    return tuple(_stage(bench, names) for names in (FIRST, FIRST + IMAGES))


def steps() -> tuple[Callable[[], object], ...]:
    """Return what is loaded after the first stage, step by step."""
    return tuple(partial(import_module, name) for name in HEAVY)


def load_later() -> None:
    """Load what somebody would wait for later."""
    for name in LATER:
        import_module(name)


def _stage(bench: Bench, names: Iterable[str]) -> Stage:
    modules: list[ModuleType] = []

    def made() -> FastAPI:
        modules.extend(import_module(f"{routes.__name__}.{name}") for name in names)
        return create_app(bench, tuple(modules), whole=False)

    def answers(scope: Scope) -> bool:
        own = {line for module in modules for line in lines_of(module.router)}
        meant = set(lines_meant(bench.access.roles, scope))
        return bool(meant) and meant <= own

    return Stage(made, answers)


def lines_meant(lines: Iterable[Line], scope: Scope) -> Iterator[Line]:
    """Give the lines that an address may mean, those of other parts too.

    Examples
    --------
    >>> lines = [("GET", "/patients/{patient}"), ("GET", "/patients/new"), ("PUT", "/patients/{patient}")]
    >>> [path for _, path in lines_meant(lines, {"method": "GET", "path": "/api/v1/patients/new"})]
    ['/patients/{patient}', '/patients/new']
    """
    for method, path in lines:
        if method == scope["method"] and compile_path(PREFIX + path)[0].match(scope["path"]):
            yield method, path
