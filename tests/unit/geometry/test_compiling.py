"""Compiled functions work where their code cannot be kept."""

import subprocess
import sys
from pathlib import Path

from seedbed.geometry.compiling import compiled

SCRIPT = """
import numba.core.caching as caching
caching.CacheImpl._locator_classes = []  # as on a read-only installation without a home
import numpy as np
from seedbed.dosimetry import load_source, total_dose
one = np.zeros((1, 3)), None, np.ones(1)
print(total_dose(load_source("6711"), *one, np.array([[10.0, 0.0, 0.0]]))[0])
"""


def test_without_a_place_for_the_cache_the_dose_is_the_same(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert abs(float(ran.stdout) - 19.84721 * 0.944) < 1e-3  # TG-43U1: phi_an(1 cm) = 0.944


def test_options_are_those_of_numba() -> None:
    @compiled(error_model="numpy")
    def half(x: float) -> float:
        return 1 / x

    assert half(0.0) == float("inf")
