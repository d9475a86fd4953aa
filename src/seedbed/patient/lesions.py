"""Lesions, and what was measured or seen of them on one day."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal

from seedbed.errors import InputError

Role = Literal["target", "non-target", "new"]
LesionState = Literal[
    "measured", "too small", "absent", "present", "unequivocal progression", "equivocal", "not evaluable"
]
LARGEST_DIAMETER_MM: Final = 500.0
TOO_SMALL_MM: Final = 5.0
"""What a lesion that is seen but too small to measure counts (RECIST 1.1, section 4.3.2)."""


@dataclass(frozen=True)
class Lesion:
    """One lesion that is followed.

    Attributes
    ----------
    name : str
        Short name, such as ``T1``; measurements refer to it.
    is_lymph_node : bool
        A lymph node counts by its short axis, any other lesion by its longest diameter.
    role : {"target", "non-target", "new"}
        A target belongs to the sum of diameters; another lesion of baseline is followed by its state; a new
        one appeared later.
    location : str
        Where it lies, in free words.
    organ : str
        The organ, for the limit of targets in one organ; empty where it was not stated.
    method : str
        How it was imaged or measured at baseline, such as ``CT SCAN``; empty where it was not stated.
    slice_thickness_mm : float or None
        Of the baseline images; None where it was not stated.
    previously_irradiated : bool
        Whether it lies where radiation or another local treatment was given before.
    part_of : str
        The lesion of which it is a part since that lesion split.
    merged_from : tuple of str
        The lesions that grew together to it.

    Raises
    ------
    InputError
        A name that is empty, a slice thickness that is no positive number.

    Examples
    --------
    >>> Lesion("T1", is_lymph_node=True, location="neck, level IV left").is_target
    True
    """

    name: str
    is_lymph_node: bool = False
    role: Role = "target"
    location: str = ""
    organ: str = ""
    method: str = ""
    slice_thickness_mm: float | None = None
    previously_irradiated: bool = False
    part_of: str = ""
    merged_from: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise InputError("a lesion has no name", "a short name, such as T1", "give it one")
        thickness = self.slice_thickness_mm
        if thickness is not None and not (isfinite(thickness) and 0 < thickness <= LARGEST_DIAMETER_MM):
            raise InputError(
                f"the slice thickness of lesion '{self.name}' is {thickness} mm",
                "a number above 0",
                "correct it; leave it out where it is not known",
            )

    @property
    def is_target(self) -> bool:
        """Whether it belongs to the sum of diameters."""
        return self.role == "target"

    @property
    def is_whole(self) -> bool:
        """Whether it is a lesion as it was at first: no part of one that split, none that grew together."""
        return not self.part_of and not self.merged_from


@dataclass(frozen=True, kw_only=True)
class LesionMeasurement:
    """Diameters or state of one lesion on one day, mm; None is "not measured", 0 is "gone".

    A lesion that is seen but too small to measure counts 5 mm (RECIST 1.1, Eisenhauer et al. 2009, doi
    10.1016/j.ejca.2008.10.026, section 4.3.2): state "too small", or a diameter of 5 mm.

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
    state : str
        "measured" goes with diameters; "too small", "absent", "present" (not measured), "unequivocal
        progression" (of a lesion that is no target), "equivocal" (of a new lesion: perhaps none),
        "not evaluable". Without diameters and without a state: "not evaluable".
    merged_into : str
        The lesion with which it grew together and in whose diameter it is contained from now on.

    Raises
    ------
    InputError
        A diameter that is no number from 0 to 500 mm, a short axis above the longest diameter, a diameter
        above 0 beside the state "absent", or any beside "not evaluable".

    Examples
    --------
    >>> LesionMeasurement(lesion="T1", on=date(2026, 1, 5), longest_mm=21.5).counted_mm(is_lymph_node=False)
    21.5
    >>> LesionMeasurement(lesion="T1", on=date(2026, 1, 5), state="too small").counted_mm(is_lymph_node=True)
    5.0
    """

    lesion: str
    on: date
    longest_mm: float | None = None
    short_axis_mm: float | None = None
    ap_mm: float | None = None
    cc_mm: float | None = None
    transverse_mm: float | None = None
    state: LesionState | None = None
    merged_into: str = ""

    def __post_init__(self) -> None:
        given = self._given
        for value in given:
            if not (value.__class__ is float and 0 <= value <= LARGEST_DIAMETER_MM):
                self._check_diameters()
                break
        longest, short = self.longest_mm, self.short_axis_mm
        if longest is not None and short is not None and short > longest:
            raise InputError(
                f"lesion '{self.lesion}' on {self.on} has a short axis of {short} mm "
                f"and a longest diameter of {longest} mm",
                "a short axis that is not above the longest diameter",
                "correct the measurement; the two may be exchanged",
            )
        if self.state is None:
            object.__setattr__(self, "state", "measured" if given else "not evaluable")
        self._check_state(given)

    def _check_diameters(self) -> None:
        for name in ("longest_mm", "short_axis_mm", "ap_mm", "cc_mm", "transverse_mm"):
            value = getattr(self, name)
            if value is not None:
                _check_diameter(f"'{name}' of lesion '{self.lesion}' on {self.on}", value)

    def _check_state(self, given: tuple[float, ...]) -> None:
        state = self.state
        wrong = (
            (state == "measured" and not given)
            or (state == "absent" and any(given))
            or (state == "not evaluable" and bool(given))
        )
        if wrong:
            raise InputError(
                f"lesion '{self.lesion}' on {self.on} is '{state}' with the diameters {list(given)} mm",
                "diameters with 'measured', none above 0 with 'absent', none with 'not evaluable'",
                "correct the state or the diameters",
            )

    @property
    def _given(self) -> tuple[float, ...]:
        all_five = (self.longest_mm, self.short_axis_mm, self.ap_mm, self.cc_mm, self.transverse_mm)
        return tuple([each for each in all_five if each is not None])

    @property
    def three_diameters_mm(self) -> tuple[float, float, float] | None:
        """Anteroposterior, craniocaudal and transverse diameters; None when one was not measured.

        All 0 for a lesion that is gone: absent, or of longest diameter 0.
        """
        if self.state == "absent" or (self.longest_mm == 0 and not any(self._given)):
            return 0.0, 0.0, 0.0
        if self.ap_mm is None or self.cc_mm is None or self.transverse_mm is None:
            return None
        return self.ap_mm, self.cc_mm, self.transverse_mm

    def counted_mm(self, *, is_lymph_node: bool) -> float | None:
        """Return the diameter that counts in the sum, mm; None when it was not measured.

        The short axis for a lymph node. For any other lesion the longest diameter; where only the three
        diameters of the volume were measured, the largest of them. 0 for a lesion that is absent, or that is
        contained in another with which it grew together; 5 mm for one that is too small to measure.
        """
        measured = self.short_axis_mm if is_lymph_node else self.longest_mm
        if measured is None and not is_lymph_node:
            three = self.three_diameters_mm
            measured = None if three is None else max(three)
        if measured is not None:
            return measured
        if self.state == "absent" or self.merged_into or self.longest_mm == 0:
            return 0.0
        return TOO_SMALL_MM if self.state == "too small" else None


def _check_diameter(what: str, value: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not number or not 0 <= value <= LARGEST_DIAMETER_MM:
        raise InputError(
            f"{what} is {value}",
            f"a number from 0 to {LARGEST_DIAMETER_MM:g} mm",
            "correct it; leave it out where it was not measured",
        )
