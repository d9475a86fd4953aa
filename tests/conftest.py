import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seedbed.imaging import DigitalPatient, make_digital_patient
from seedbed.journey.demo import DemoRequest, run_demo

NO_SKIPS = os.environ.get("SEEDBED_NO_SKIPS") == "1"

if (root := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, root)  # processes that tests start find the tests' own modules there


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
