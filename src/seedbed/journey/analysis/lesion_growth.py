"""Local control of each lesion from its diameters, image by image, for many lesions at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.frame import BoolArray, FloatArray, IntArray
from seedbed.cohort.lesion_rules import LesionRules

ROUNDING_MM = 1e-9
"""Rounding errors of the arithmetic do not decide."""
SEEN = ("present", "unequivocal progression")


@dataclass(frozen=True, kw_only=True)
class Looks:
    """Images on which lesions were looked for.

    Attributes
    ----------
    lesions, days : ndarray of int, shape (images,)
        Row of the lesion, and ordinal of the day, in the order of time for each lesion.
    diameters_mm : ndarray of float, shape (images,)
        The one that counts; NaN where it was not measured.
    states : ndarray of str, shape (images,)
        As `seedbed.patient.records.Measurement` has them.
    """

    lesions: IntArray
    days: IntArray
    diameters_mm: FloatArray
    states: NDArray[np.str_]


@dataclass(frozen=True)
class LocalControl:
    """How long each lesion was under control.

    Attributes
    ----------
    days : ndarray of float, shape (lesions,)
        From the implant to growth, or to the last image on which it was measured; NaN where nothing tells.
    grown : ndarray of bool, shape (lesions,)
        Whether growth ended it.
    ends : ndarray of int, shape (lesions,)
        Place of the image that ended it; -1 where none did.
    """

    days: FloatArray
    grown: BoolArray
    ends: IntArray


def local_control(
    looks: Looks, implanted: IntArray, *, nodes: BoolArray, baseline: IntArray, rules: LesionRules
) -> LocalControl:
    """Find when each lesion has grown: rules LES-GROWTH and LES-BACK, time by LES-CONTROL.

    Parameters
    ----------
    looks : Looks
    implanted : ndarray of int, shape (lesions,)
        Ordinal of the first session of each.
    nodes : ndarray of bool, shape (lesions,)
        Which are lymph nodes.
    baseline : ndarray of int, shape (lesions,)
        Place of the image before the implant; -1 where there is none.
    rules : LesionRules

    Examples
    --------
    >>> from seedbed.cohort.lesion_rules import lesion_rules
    >>> looks = Looks(lesions=np.zeros(3, dtype=int), days=np.array([0, 180, 360]),
    ...               diameters_mm=np.array([30.0, 20.0, 25.0]), states=np.array(["", "", ""]))
    >>> found = local_control(looks, np.array([5]), nodes=np.array([False]), baseline=np.array([0]),
    ...                       rules=lesion_rules())
    >>> found.days.tolist(), found.grown.tolist()
    ([355.0], [True])
    """
    run = _Run(looks, len(implanted), nodes, rules)
    for at in _rounds(looks, baseline):
        run.look(at, looks.days[at] > implanted[looks.lesions[at]])
    days = np.full(len(implanted), np.nan)
    ended = run.ends >= 0
    days[ended] = looks.days[run.ends[ended]] - implanted[ended]
    return LocalControl(days, run.grown, run.ends)


def _rounds(looks: Looks, baseline: IntArray) -> list[IntArray]:
    """Return places of images: the first of every lesion from the one before the implant on, the second, ...

    Lesions without a diameter before the implant are left out.
    """
    own = baseline[looks.lesions]
    there = np.flatnonzero(own >= 0)
    there = there[~np.isnan(looks.diameters_mm[own[there]]) & (looks.days[there] >= looks.days[own[there]])]
    if not len(there):
        return []
    places = there[np.argsort(looks.lesions[there], kind="stable")]
    lesions = looks.lesions[places]
    turn = np.arange(len(places)) - np.searchsorted(lesions, lesions)
    order = np.argsort(turn, kind="stable")
    return np.split(places[order], np.flatnonzero(np.diff(turn[order])) + 1)


class _Run:
    """What is known of each lesion so far."""

    def __init__(self, looks: Looks, count: int, nodes: BoolArray, rules: LesionRules) -> None:
        self.looks, self.nodes, self.rule = looks, nodes, rules.growth
        self.smallest = np.full(count, np.inf)
        self.gone = np.zeros(count, dtype=np.bool_)
        self.grown = np.zeros(count, dtype=np.bool_)
        self.ends = np.full(count, -1, dtype=np.int64)

    def look(self, at: IntArray, after: BoolArray) -> None:
        """Take one image of some lesions; those after the implant are judged."""
        open_still = ~self.grown[self.looks.lesions[at]]
        at, after = at[open_still], after[open_still]
        lesion, size = self.looks.lesions[at], self.looks.diameters_mm[at]
        known = ~np.isnan(size)
        judged = after & np.isfinite(self.smallest[lesion])
        grew = judged & self._grew(lesion, size, self.looks.states[at])
        seen = judged & (known | np.isin(self.looks.states[at], SEEN))
        self.ends[lesion[seen]] = at[seen]
        self.grown[lesion[grew]] = True
        self.smallest[lesion[known]] = np.minimum(self.smallest[lesion[known]], size[known])
        self.gone[lesion[known]] = size[known] == 0

    def _grew(self, lesion: IntArray, size: FloatArray, states: NDArray[np.str_]) -> BoolArray:
        smallest, rule = self.smallest[lesion], self.rule
        limit = np.maximum(smallest * (1 + rule.increase_pct / 100), smallest + rule.absolute_increase_mm)
        larger = size >= limit - ROUNDING_MM
        back = self.gone[lesion] & ((size > 0) | (states == "present"))
        small_node = self.nodes[lesion] & ~(size >= rule.node_at_least_mm - ROUNDING_MM)
        found: BoolArray = (larger | back) & ~small_node | (states == "unequivocal progression")
        return found
