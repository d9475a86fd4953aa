"""FDG PET scans as they were measured: lesions, background, and how they were taken."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal

from seedbed.errors import InputError, one_of

Region = Literal["liver", "blood pool"]
HIGHEST: Final = 1e6


@dataclass(frozen=True, kw_only=True)
class PetLesion:
    """Uptake of one lesion in one scan; None is "not measured".

    Attributes
    ----------
    name : str
        The same in every scan.
    organ : str
        Where it lies; no more than two lesions of one organ are summed.
    sul_peak : float or None
        SULpeak: SUV by lean body mass, mean of the hottest sphere of 1 cm3 (PERCIST).
    suv_bsa_max : float or None
        Maximum SUV by body surface area (EORTC).
    tlg : float or None
        Total lesion glycolysis, SUL x cm3.
    extent_mm : float or None
        Longest dimension of the uptake.
    resolved : bool
        Whether the reader cannot tell the uptake from the tissue around it.
    new : bool
        Whether the reader calls it a new lesion, typical of cancer.

    Raises
    ------
    InputError
        A number that is negative, not finite or beyond all uptake.

    Examples
    --------
    >>> PetLesion(name="T1", sul_peak=6.4).resolved
    False
    """

    name: str
    organ: str = ""
    sul_peak: float | None = None
    suv_bsa_max: float | None = None
    tlg: float | None = None
    extent_mm: float | None = None
    resolved: bool = False
    new: bool = False

    def __post_init__(self) -> None:
        for name in ("sul_peak", "suv_bsa_max", "tlg", "extent_mm"):
            _check(f"'{name}' of lesion '{self.name}'", getattr(self, name))


@dataclass(frozen=True, kw_only=True)
class Background:
    """Uptake of normal tissue.

    Attributes
    ----------
    region : {"liver", "blood pool"}
        A sphere of 3 cm in the right lobe of the liver; where the liver is diseased, the blood pool in the
        descending aorta.
    sul_mean, sul_sd : float
        Mean and standard deviation of SUL in it.

    Raises
    ------
    InputError
        A mean that is zero, or a number that is negative or not finite.
    """

    region: Region
    sul_mean: float
    sul_sd: float

    def __post_init__(self) -> None:
        _check(f"mean SUL of the {self.region}", self.sul_mean)
        _check(f"SD of the SUL of the {self.region}", self.sul_sd)
        if self.sul_mean == 0 or self.region not in ("liver", "blood pool"):
            raise InputError(
                f"a background '{self.region}' of mean SUL {self.sul_mean:g}",
                "'liver' or 'blood pool' with a mean above 0",
                "measure it",
            )


@dataclass(frozen=True, kw_only=True)
class PetScan:
    """One scan.

    Attributes
    ----------
    on : date
        The day.
    lesions : tuple of PetLesion
        Each by its own name.
    background : Background or None
        PERCIST needs it.
    uptake_minutes, injected_mbq : float or None
        Time from injection to scan; activity.
    scanner : str
        Scanner, or model and site; empty where it is not stated.
    non_target_progression : bool
        Whether the reader sees unequivocal progression of lesions that are not targets.

    Raises
    ------
    InputError
        Two lesions of one name, or a time or activity that cannot be.
    """

    on: date
    lesions: tuple[PetLesion, ...]
    background: Background | None = None
    uptake_minutes: float | None = None
    injected_mbq: float | None = None
    scanner: str = ""
    non_target_progression: bool = False

    def __post_init__(self) -> None:
        _check("'uptake_minutes'", self.uptake_minutes)
        _check("'injected_mbq'", self.injected_mbq)
        names = [lesion.name for lesion in self.lesions]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InputError(
                f"two lesions '{twice}' in the scan of {self.on}", "one name for one lesion", "rename one"
            )

    def lesion(self, name: str) -> PetLesion | None:
        """Return the lesion of a name; None where the scan has none."""
        return next((lesion for lesion in self.lesions if lesion.name == name), None)

    @property
    def new_lesions(self) -> tuple[str, ...]:
        """Names of the lesions that are called new."""
        return tuple(lesion.name for lesion in self.lesions if lesion.new)


def _check(name: str, value: float | None) -> None:
    if value is not None and not (isfinite(value) and 0 <= value <= HIGHEST):
        raise InputError(f"{name} is {value}", "a finite number, zero or more", "correct the measurement")


def check_order(baseline: PetScan, later: PetScan) -> None:
    """Refuse two scans that are not in the order of time, or a baseline with new lesions or none.

    Raises
    ------
    InputError
        As said.
    """
    if later.on <= baseline.on:
        raise InputError(
            f"a scan of {later.on} after one of {baseline.on}", "a later day", "exchange the two scans"
        )
    if not baseline.lesions or baseline.new_lesions:
        raise InputError(
            f"a baseline of {baseline.on} with {'a new lesion' if baseline.lesions else 'no lesion'}",
            "lesions, none of them new",
            "list the lesions of the first scan",
        )


def check_lesion_names(baseline: PetScan, later: PetScan) -> None:
    """Refuse a lesion that is new to the list and not called new, or is called new and stands in it.

    Raises
    ------
    InputError
        As said.
    """
    known = [lesion.name for lesion in baseline.lesions]
    for lesion in later.lesions:
        if lesion.new is (lesion.name in known):
            came = f"lesion '{lesion.name}' of {later.on} is {'' if lesion.new else 'not '}called new"
            wanted = "a name that baseline does not have" if lesion.new else one_of(known, lesion.name)
            raise InputError(came, f"{wanted}, or another word", "correct the name, or whether it is new")
