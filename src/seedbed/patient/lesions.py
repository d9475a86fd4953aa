"""Lesions, what was measured of them, and the visits at which it was measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final

from seedbed.errors import InputError

LARGEST_DIAMETER_MM: Final = 500.0


@dataclass(frozen=True)
class Lesion:
    """One lesion that is followed.

    Attributes
    ----------
    name : str
        Short name, such as ``T1``; measurements refer to it.
    is_lymph_node : bool
        A lymph node counts by its short axis, any other lesion by its longest diameter.
    is_target : bool
        Whether it belongs to the sum of diameters.
    location : str
        Where it lies, in free words.

    Examples
    --------
    >>> Lesion("T1", is_lymph_node=True, location="neck, level IV left").is_target
    True
    """

    name: str
    is_lymph_node: bool = False
    is_target: bool = True
    location: str = ""


@dataclass(frozen=True, kw_only=True)
class LesionMeasurement:
    """Diameters of one lesion on one day, mm; None is "not measured", 0 is "gone".

    A lesion that is seen but too small to measure is written as 5 mm (RECIST 1.1, Eisenhauer et al.
    2009, doi 10.1016/j.ejca.2008.10.026, section 4.3.2).

    Attributes
    ----------
    lesion : str
        Name of the lesion.
    on : date
        Day of the image.
    longest_mm, short_axis_mm : float or None
        Longest diameter in the plane of measurement, and the axis across it.
    ap_mm, cc_mm, transverse_mm : float or None
        Largest anteroposterior, craniocaudal and transverse diameters, for the volume.

    Raises
    ------
    InputError
        A diameter that is no number from 0 to 500 mm, or a short axis above the longest diameter.

    Examples
    --------
    >>> LesionMeasurement(lesion="T1", on=date(2026, 1, 5), longest_mm=21.5).counted_mm(is_lymph_node=False)
    21.5
    """

    lesion: str
    on: date
    longest_mm: float | None = None
    short_axis_mm: float | None = None
    ap_mm: float | None = None
    cc_mm: float | None = None
    transverse_mm: float | None = None

    def __post_init__(self) -> None:
        for name in ("longest_mm", "short_axis_mm", "ap_mm", "cc_mm", "transverse_mm"):
            _check_diameter(f"'{name}' of lesion '{self.lesion}' on {self.on}", getattr(self, name))
        longest, short = self.longest_mm, self.short_axis_mm
        if longest is not None and short is not None and short > longest:
            raise InputError(
                f"lesion '{self.lesion}' on {self.on} has a short axis of {short} mm "
                f"and a longest diameter of {longest} mm",
                "a short axis that is not above the longest diameter",
                "correct the measurement; the two may be exchanged",
            )

    @property
    def three_diameters_mm(self) -> tuple[float, float, float] | None:
        """Anteroposterior, craniocaudal and transverse diameters; None when one was not measured."""
        if self.ap_mm is None or self.cc_mm is None or self.transverse_mm is None:
            return None
        return self.ap_mm, self.cc_mm, self.transverse_mm

    def counted_mm(self, *, is_lymph_node: bool) -> float | None:
        """Return the diameter that counts in the sum, mm; None when it was not measured.

        The short axis for a lymph node. For any other lesion the longest diameter; where only the three
        diameters of the volume were measured, the largest of them.
        """
        if is_lymph_node:
            return self.short_axis_mm
        three = self.three_diameters_mm
        return max(three) if self.longest_mm is None and three is not None else self.longest_mm


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What was measured at one visit.

    Attributes
    ----------
    on : date
        Day of the visit.
    measurements : tuple of LesionMeasurement
        At most one for each lesion.
    new_lesion : bool
        Whether a lesion is seen that was not there at the first visit.
    label : str
        Name of the visit, such as ``month 2``.

    Examples
    --------
    >>> Visit(on=date(2026, 1, 5), label="baseline").measurement("T1") is None
    True
    """

    on: date
    measurements: tuple[LesionMeasurement, ...] = ()
    new_lesion: bool = False
    label: str = ""

    def __post_init__(self) -> None:
        names = [each.lesion for each in self.measurements]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError(
                f"lesion '{twice[0]}' is measured {names.count(twice[0])} times at the visit of {self.on}",
                "one measurement of a lesion at a visit",
                "keep the one that counts",
            )

    def measurement(self, lesion: str) -> LesionMeasurement | None:
        """Return the measurement of one lesion; None when there is none."""
        return next((each for each in self.measurements if each.lesion == lesion), None)


def visits_from_measurements(
    measurements: Sequence[LesionMeasurement],
    *,
    new_lesion_dates: Sequence[date] = (),
    within_days: int = 0,
) -> tuple[Visit, ...]:
    """Gather single measurements into visits, in the order of time.

    Parameters
    ----------
    measurements : sequence of LesionMeasurement
        In any order.
    new_lesion_dates : sequence of date
        Days on which a new lesion was seen; a day without a measurement makes a visit of its own.
    within_days : int
        Days after the first image of a visit that still belong to it.

    Examples
    --------
    >>> rows = [LesionMeasurement(lesion=name, on=date(2026, 1, day), longest_mm=20.0)
    ...         for name, day in (("T1", 5), ("T2", 7))]
    >>> [len(visit.measurements) for visit in visits_from_measurements(rows, within_days=3)]
    [2]
    """
    days = sorted({each.on for each in measurements} | set(new_lesion_dates))
    first_days: list[date] = []
    for day in days:
        if not first_days or (day - first_days[-1]).days > within_days:
            first_days.append(day)

    def belongs(day: date, first: date) -> bool:
        return 0 <= (day - first).days <= within_days

    return tuple(
        Visit(
            on=first,
            measurements=tuple(each for each in measurements if belongs(each.on, first)),
            new_lesion=any(belongs(day, first) for day in new_lesion_dates),
        )
        for first in first_days
    )


def _check_diameter(what: str, value: float | None) -> None:
    if value is None:
        return
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not number or not 0 <= value <= LARGEST_DIAMETER_MM:
        raise InputError(
            f"{what} is {value}",
            f"a number from 0 to {LARGEST_DIAMETER_MM:g} mm",
            "correct it; leave it out where it was not measured",
        )
