"""What the README promises about speed, measured in one run, with peak memory.

Run ``python benchmarks/promises.py``. Each line gives a time and, where there is a named alternative, the
ratio to it, measured beside it in the same process.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import stats
from timing import best_of

from seedbed.journey.reproduce import reproduce
from seedbed.statistics import fisher_exact, fisher_monte_carlo

DRAWS = 100_000
# Table 1 and Table 3 of Chen et al. 2025: the largest enumerations of the paper.
TABLES = {
    "metastasis (4 x 3)": [[4, 4, 2], [7, 6, 5], [0, 8, 2], [3, 7, 4]],
    "mutations (4 x 3)": [[6, 14, 3], [5, 7, 4], [2, 3, 4], [1, 1, 2]],
    "adverse events (4 x 3)": [[9, 13, 7], [2, 10, 5], [1, 2, 1], [2, 0, 0]],
}


def fisher() -> None:
    """Exact enumeration beside SciPy's Monte Carlo of the same table with its default 9999 resamples."""
    for name, table in TABLES.items():
        counts = np.array(table)
        own = best_of(lambda counts=counts: fisher_exact(counts))
        rng = np.random.default_rng(1)
        other = best_of(
            lambda counts=counts, rng=rng: stats.fisher_exact(counts, method=stats.MonteCarloMethod(rng=rng)),
            2,
        )
        print(
            f"exact Fisher, {name}: {own * 1e3:.2f} ms, {other / own:.0f} x faster than SciPy's Monte Carlo"
        )


def fisher_of_500() -> None:
    """A 3 x 4 table of 500, which exact enumeration refuses: the Monte Carlo with its interval."""
    counts = np.array([[50, 40, 45, 35], [30, 50, 40, 40], [45, 35, 50, 40]])
    own = best_of(lambda: fisher_monte_carlo(counts, seed=1, draws=DRAWS), 2)
    rng = np.random.default_rng(1)
    other = best_of(
        lambda: stats.fisher_exact(counts, method=stats.MonteCarloMethod(n_resamples=DRAWS, rng=rng)), 2
    )
    print(f"Fisher of 500 by Monte Carlo, {DRAWS} draws: {own:.2f} s, {own / other:.1f} of SciPy's time")


def reproduced() -> None:
    """All numbers of the paper that can be recomputed."""
    print(f"seedbed reproduce, without the start of the command: {best_of(reproduce, 2):.2f} s")


def imported() -> None:
    """Time of ``import seedbed`` beside an empty interpreter."""
    empty = best_of(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True))
    full = best_of(lambda: subprocess.run([sys.executable, "-c", "import seedbed"], check=True))
    print(
        f"import seedbed: {1e3 * (full - empty):.0f} ms more than an empty interpreter ({1e3 * empty:.0f} ms)"
    )


def demo() -> None:
    """Wall time and peak memory of the demonstration."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "seedbed",
            "demo",
            "--no-browser",
            "--out",
            str(Path(folder) / "out"),
        ]
        subprocess.run(command, check=True, capture_output=True)
        wall = time.perf_counter() - start
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"seedbed demo: {wall:.1f} s, peak memory {peak_mb:.0f} MB")


if __name__ == "__main__":
    fisher()
    fisher_of_500()
    reproduced()
    imported()
    demo()
