import gc
import os
import signal
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import pytest

from seedbed.imaging import DigitalPatient, make_digital_patient
from seedbed.journey.demo import DemoRequest, run_demo

NO_SKIPS = os.environ.get("SEEDBED_NO_SKIPS") == "1"
LONGEST_FIRST = ("browser", "pacs", "reference", "journey", "mutants")
"""Folders of tests in the order of how long their files take; all others follow."""

# No law fails because the machine was busy: time is watched in benchmarks.
hypothesis.settings.register_profile(
    "searching", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("searching")
# For pytest --hypothesis-profile: the same examples each time, so that a change is judged by what it changes;
# and fewer of them, where several runs share a processor.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.register_profile("fewer", derandomize=True, max_examples=20)

# A shell starts what runs in its background deaf to Ctrl-C, and children inherit it: tests press it.
if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    and threading.current_thread() is threading.main_thread()
):
    signal.signal(signal.SIGINT, signal.default_int_handler)

if (root := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, root)  # processes that tests start find the tests' own modules there


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first: of several processes none then works long after the others."""
    places = {Path(__file__).parent / folder: place for place, folder in enumerate(LONGEST_FIRST)}

    def place(item: pytest.Item) -> int:
        return min((places[each] for each in item.path.parents if each in places), default=len(places))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, Any, Any]:
    """Set aside what stays to the end, modules and tests: no search for garbage goes through it again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where nothing may be missing, a skipped test is a failed test."""
    outcome: Any = yield
    report = outcome.get_result()
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and here nothing may be: {report.longrepr}"


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """The folder of reference data that is not part of this repository."""
    folder = os.environ.get("SEEDBED_REFERENCE_DATA")
    if not folder:
        pytest.skip("SEEDBED_REFERENCE_DATA does not name a folder of reference data")
    return Path(folder).resolve(strict=True)


@pytest.fixture(scope="session")
def digital_patient() -> DigitalPatient:
    return make_digital_patient(np.random.default_rng(1))


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The demonstration of the digital patient, run once: its folder and its summary."""
    out = tmp_path_factory.mktemp("demo") / "out"
    return out, run_demo(DemoRequest(out))
