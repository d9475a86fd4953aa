"""The dose of an implant at fixed points, kept for each needle by itself: an edit costs one needle."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source, total_dose
from seedbed.dosimetry.displacement import moving_together
from seedbed.implant import SeedImplant
from seedbed.planning.seed_differences import placed

FloatArray = NDArray[np.float64]
KEPT_BYTES = 256_000_000
"""Doses of needles kept at most, beyond those of the plan as it is; local rule."""


class NeedleDoses:
    """Dose at points, the sum over the needles of an implant; seeds without a needle count each alone.

    It depends on the implant alone, not on what was asked before.

    Parameters
    ----------
    source : Source
    points_mm : ndarray, shape (points, 3)
    kept_bytes : int
        Room for needles that were asked for before.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> doses = NeedleDoses(load_source("6711"), np.array([[10.0, 0.0, 0.0], [20.0, 0.0, 0.0]]))
    >>> one = doses.dose(SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1)))
    >>> two = doses.dose(SeedImplant("6711", np.zeros((1, 3)), None, np.full(1, 2.0)))
    >>> (two / one).tolist()
    [2.0, 2.0]
    """

    def __init__(self, source: Source, points_mm: FloatArray, *, kept_bytes: int = KEPT_BYTES) -> None:
        self._source, self._points, self._kept_bytes = source, points_mm, kept_bytes
        self._kept: OrderedDict[bytes, FloatArray] = OrderedDict()

    def dose(self, implant: SeedImplant) -> FloatArray:
        """Dose of an implant at the points, Gy, shape (points,)."""
        whole = np.zeros(len(self._points))
        groups = moving_together(implant)
        for seeds in groups:
            whole += self._of_needle(implant.only(seeds.tolist()))
        most = max(len(groups), self._kept_bytes // max(whole.nbytes, 1))
        while len(self._kept) > most:
            self._kept.popitem(last=False)
        return whole

    def _of_needle(self, seeds: SeedImplant) -> FloatArray:
        """Dose of one needle, kept for strengths in parts of the highest: another for all costs nothing."""
        highest = float(seeds.strengths_u.max()) or 1.0
        parts = seeds.strengths_u / highest
        key = placed(seeds).tobytes() + parts.tobytes()
        if key not in self._kept:
            self._kept[key] = total_dose(self._source, seeds.positions_mm, seeds.axes, parts, self._points)
        self._kept.move_to_end(key)
        return highest * self._kept[key]
