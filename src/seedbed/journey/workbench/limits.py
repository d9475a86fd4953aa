"""What a workplace bears: how long sessions last, how much runs at once."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of a workplace; all local rules that the settings change.

    Attributes
    ----------
    idle_s : float
        A session that is not used for so long has ended.
    longest_s : float
        So long after signing in it has ended in any case.
    jobs_at_once : int
        Jobs that run at the same time; others wait.
    jobs_waiting : int
        More are refused.
    same_view_s : float
        The same view of the same patient by the same person is one entry of the trail in so long.

    Examples
    --------
    >>> Limits().idle_s / 60
    30.0
    """

    idle_s: float = 1800.0
    longest_s: float = 43_200.0
    jobs_at_once: int = max(1, (os.cpu_count() or 1) // 2)
    jobs_waiting: int = 100
    same_view_s: float = 300.0
