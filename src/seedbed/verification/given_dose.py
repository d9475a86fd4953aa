"""The dose that was given: seeds as a CT shows them, with orientation where it is sure; beside the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from seedbed.dosimetry import Dvh, Source, parse_metric
from seedbed.errors import DoseError, StructureError
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
SURE_DEG = 20.0
"""Largest SD of an axis with which the two-dimensional formula is used; local rule.

In spheres of 12 to 20 mm radius (seeds 9 mm apart, parallel or in any direction) axes with this SD led to a
mean error of the dose in the target of 2.4 to 4.5 %, the one-dimensional formula of 2.7 to 5.7 % (LS-1, the
most anisotropic model: 6.4 against 10 %). Both errors are equal at 22 to 41 degrees, by seed model."""
TARGET_METRICS = ("D90", "D100", "V100", "V150", "V200")
ORGAN_METRICS = ("D2cc", "Dmax")


def given_implant(
    source: Source,
    positions_mm: ArrayLike,
    axes: ArrayLike | None,
    axis_sd_deg: ArrayLike,
    strengths_u: ArrayLike,
    *,
    sure_deg: float = SURE_DEG,
) -> SeedImplant:
    """Make an implant of the seeds that were found; seeds whose orientation is not sure get none.

    Parameters
    ----------
    source : Source
        Model of all seeds.
    positions_mm : array_like, shape (n, 3)
        Centres, LPS mm.
    axes : array_like, shape (n, 3), or None
        Unit vectors; three zeros, or no numbers, for a seed of which none was found.
    axis_sd_deg : float or array_like, shape (n,)
        SD of each axis in each of two planes through it, degrees, 0 or more; infinite or no number where
        nobody knows.
    strengths_u : float or array_like, shape (n,)
        Air-kerma strength at the time of implantation, U.
    sure_deg : float
        Largest SD of an axis that is used, degrees.

    Returns
    -------
    SeedImplant
        Without needles.

    Raises
    ------
    DoseError
        Wrong shapes, positions or strengths without meaning, a negative SD, a sure axis that is no unit
        vector.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> up = np.tile([0.0, 0.0, 1.0], (2, 1))
    >>> given_implant(load_source("6711"), [[0, 0, 0], [9, 0, 0]], up, [3.0, 60.0], 0.7).axis_known
    array([ True, False])
    """
    positions = np.asarray(positions_mm, dtype=float).reshape(-1, 3)
    count = len(positions)
    spread = _for_each(axis_sd_deg, count, "SDs of axes")
    strengths = _for_each(strengths_u, count, "strengths")
    if (spread < 0).any() or not sure_deg >= 0:
        raise DoseError(
            f"an SD of {min(spread.min(initial=0.0), sure_deg):g} degrees", "0 or more", "correct it"
        )
    found = np.zeros((count, 3)) if axes is None else np.asarray(axes, dtype=float)
    if found.shape != (count, 3):
        raise DoseError(
            f"axes of shape {found.shape} for {count} seeds", f"({count}, 3)", "give one for each"
        )
    return SeedImplant(source.name, positions, np.where((spread <= sure_deg)[:, None], found, 0.0), strengths)


def _for_each(values: ArrayLike, count: int, what: str) -> FloatArray:
    given = np.asarray(values, dtype=float)
    if given.shape not in ((), (count,)):
        raise DoseError(
            f"{what} of shape {given.shape} for {count} seeds", "one for all, or one each", "check them"
        )
    return np.array(np.broadcast_to(given, (count,)))


@dataclass(frozen=True)
class ComparedMetric:
    """One metric of one structure as planned and as given.

    Attributes
    ----------
    structure, metric, unit : str
    planned : float or None
        None without a plan.
    given : float
    """

    structure: str
    metric: str
    unit: str
    planned: float | None
    given: float

    @property
    def difference(self) -> float | None:
        """Given minus planned, in ``unit``; None without a plan."""
        return None if self.planned is None else self.given - self.planned


def dose_comparison(
    planned: Sequence[Dvh], given: Sequence[Dvh], *, prescription_gy: float
) -> tuple[ComparedMetric, ...]:
    """Put the metrics of the plan beside those of the dose that was given.

    Parameters
    ----------
    planned : sequence of Dvh
        The target first, then organs; empty without a plan. It may hold other structures besides.
    given : sequence of Dvh
        The target first, then organs.
    prescription_gy : float
        Positive.

    Returns
    -------
    tuple of ComparedMetric
        Of the target its volume (cc), D90, D100, V100, V150 and V200; of each organ its volume, D2cc and
        Dmax. Structures are those of ``given``: targets are compared whatever their names, organs by name.

    Raises
    ------
    StructureError
        Nothing given, or two structures of one name.
    DoseError
        A prescription that is not positive.

    Examples
    --------
    >>> plan, post = (Dvh.of("GTV", np.array(dose), np.ones(2)) for dose in ([90.0, 150.0], [80.0, 140.0]))
    >>> rows = dose_comparison([plan], [post], prescription_gy=85.0)
    >>> [(row.metric, row.planned, row.given, row.unit) for row in rows][:4:3]
    [('volume', 2.0, 2.0, 'cc'), ('V100', 100.0, 50.0, '%')]
    """
    if not given or any(len({dvh.name for dvh in side}) < len(side) for side in (planned, given)):
        names = [dvh.name for dvh in given]
        raise StructureError(f"the structures {names}", "the target, and organs of other names", "rename one")
    before = {dvh.name: dvh for dvh in planned[1:]}
    rows = _compared(planned[0] if planned else None, given[0], TARGET_METRICS, prescription_gy)
    for organ in given[1:]:
        rows += _compared(before.get(organ.name), organ, ORGAN_METRICS, prescription_gy)
    return tuple(rows)


def _compared(
    planned: Dvh | None, given: Dvh, metrics: Sequence[str], prescription_gy: float
) -> list[ComparedMetric]:
    volume = ComparedMetric(given.name, "volume", "cc", planned.total_cc if planned else None, given.total_cc)
    asked = [parse_metric(text) for text in metrics]
    return [
        volume,
        *(
            ComparedMetric(
                given.name,
                metric.name,
                metric.unit,
                metric.of(planned, prescription_gy) if planned else None,
                metric.of(given, prescription_gy),
            )
            for metric in asked
        ),
    ]
