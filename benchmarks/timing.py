"""How long a call takes."""

import time
from collections.abc import Callable


def best_of(call: Callable[[], object], repeats: int = 5) -> float:
    """Shortest of several times, s."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)
