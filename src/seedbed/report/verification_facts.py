"""What a verification sheet is told: seeds, motion, contours, cold places, a top-up, a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal

from seedbed.errors import InputError

Place = tuple[float, float, float]
"""LPS, mm."""
Contours = Literal["rigid", "deformable", "drawn", "unchanged", "none"]
"""How the contours came to the CT: by a registration, drawn on it, taken as they were, or none."""
HOW: Final[tuple[Contours, ...]] = ("rigid", "deformable", "drawn", "unchanged", "none")


@dataclass(frozen=True)
class FoundSeeds:
    """Seeds on the CT after implantation.

    Attributes
    ----------
    implanted : int or None
        None where nobody stated it.
    found : int
    matched : int or None
        Found near a planned place; None without a plan, as the next ones.
    missing, extra : int or None
        Planned places without a seed, and seeds away from every planned place.
    mean_mm, most_mm : float or None
        Distance of matched seeds from their places; None where none is matched.
    doubtful, refused : int
        Of the seeds found, those that a person should look at; and metal that was taken for no seed.
    added, deleted, moved : int
        By hand.
    """

    implanted: int | None
    found: int
    matched: int | None = None
    missing: int | None = None
    extra: int | None = None
    mean_mm: float | None = None
    most_mm: float | None = None
    doubtful: int = 0
    refused: int = 0
    added: int = 0
    deleted: int = 0
    moved: int = 0

    @property
    def adds_up(self) -> bool:
        """Whether each seed implanted was found, near its own place where places were planned.

        Examples
        --------
        >>> FoundSeeds(19, 19, 19, 0, 0).adds_up, FoundSeeds(19, 18, 18, 1, 0).adds_up
        (True, False)
        >>> FoundSeeds(19, 19).adds_up, FoundSeeds(None, 19).adds_up
        (True, False)
        """
        return self.implanted == self.found and not self.missing and not self.extra

    @property
    def edited(self) -> bool:
        """Whether a person changed what was found."""
        return bool(self.added or self.deleted or self.moved)


@dataclass(frozen=True)
class MigratedSeed:
    """A seed far from the target; ``away_mm`` is its distance from the target's surface, None without one."""

    label: str
    position_mm: Place
    away_mm: float | None = None
    place: str = ""


@dataclass(frozen=True)
class WholeMoved:
    """How the implant moved as a whole.

    Attributes
    ----------
    shift_mm : (x, y, z)
        Of its middle, LPS, found less planned.
    turn_deg : float or None
        None where the seeds cannot tell.
    rest_mm : float or None
        Mean distance of the seeds from the plan that is left without it.
    sentence : str
        What follows from it, in English.
    """

    shift_mm: Place
    turn_deg: float | None = None
    rest_mm: float | None = None
    sentence: str = ""


@dataclass(frozen=True)
class NeedleMoved:
    """Displacement of the seeds of one needle.

    Attributes
    ----------
    needle : str
    seeds, found, missing : int
        Planned on it, matched, and not found.
    mean_mm, along_mm, across_mm : float or None
        Mean length of the displacement, mean part along the needle (+ towards its tip) and mean length
        across it; None where no seed was matched.
    tip_known : bool
        Whether the plan holds the tip; without it ``along_mm`` is a length without a sign.
    """

    needle: str
    seeds: int
    found: int
    missing: int
    mean_mm: float | None = None
    along_mm: float | None = None
    across_mm: float | None = None
    tip_known: bool = True


@dataclass(frozen=True)
class ContoursFrom:
    """How contours came to the CT after implantation.

    Attributes
    ----------
    how : {"rigid", "deformable", "drawn", "unchanged", "none"}
    grade : str
        Of the registration, in English.
    trusted : bool
        Whether the grade lets the contours be used.
    figures : sequence of (str, str)
        Figures of quality: what, in English, and its value with its unit.
    """

    how: Contours
    grade: str = ""
    trusted: bool = True
    figures: Sequence[tuple[str, str]] = ()

    def __post_init__(self) -> None:
        if self.how not in HOW:
            raise InputError(f"contours by '{self.how}'", ", ".join(HOW), "state how they came to the CT")


@dataclass(frozen=True)
class VolumeChange:
    """Volume of the target on two CTs, cc, the first positive."""

    before_cc: float
    after_cc: float

    def __post_init__(self) -> None:
        if not (isfinite(self.before_cc) and isfinite(self.after_cc) and self.before_cc > 0 <= self.after_cc):
            raise InputError(
                f"target volumes of {self.before_cc} and {self.after_cc} cc",
                "finite volumes",
                "check the contours",
            )

    @property
    def percent(self) -> float:
        """Change in percent of the first volume.

        Examples
        --------
        >>> VolumeChange(20.0, 23.0).percent
        15.0
        """
        return 100 * (self.after_cc - self.before_cc) / self.before_cc


@dataclass(frozen=True)
class ColdPlace:
    """A connected part of the target below a dose; mm in LPS.

    Attributes
    ----------
    volume_cc, least_gy : float
    coldest_mm : (x, y, z)
    z_mm : (low, high)
        Axial planes between which it lies.
    offset_mm : (x, y, z), optional
        Coldest point from the centre of the target.
    slices : (first, last), optional
        Numbers of the slices.
    """

    volume_cc: float
    least_gy: float
    coldest_mm: Place
    z_mm: tuple[float, float]
    offset_mm: Place | None = None
    slices: tuple[int, int] | None = None


@dataclass(frozen=True)
class TopUpNeedle:
    """One needle of a top-up: ``centres_mm`` are the seeds' places."""

    name: str
    entry_mm: Place
    tip_mm: Place
    centres_mm: Sequence[Place] = ()


@dataclass(frozen=True)
class TopUp:
    """Further seeds that were proposed, and what all seeds give with them.

    Attributes
    ----------
    seeds, needles : int
    d90_gy, v100_pct : float
    short_hash : str
        Of its plan; empty where there is no file.
    strength_u : float or None
        Of each seed.
    where : sequence of TopUpNeedle
    """

    seeds: int
    needles: int
    d90_gy: float
    v100_pct: float
    short_hash: str = ""
    strength_u: float | None = None
    where: Sequence[TopUpNeedle] = ()


@dataclass(frozen=True)
class SignedDecision:
    """What was decided, by whom, when, and the SHA-256 of the record that was signed."""

    decision: str
    by: str
    on: date
    record_sha256: str
    reason: str = ""
