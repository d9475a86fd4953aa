"""What the theatre needs of each needle: where it enters, where it points, how deep, and what lies on it.

Angles need neither gantry nor couch. Looked at along the patient's axes, a needle is pushed towards some
point of a clock in the axial plane (azimuth) and leans out of that plane (tilt):

- azimuth 0: towards the patient's left (+x); 90: towards the back (+y); 180: right; 270: front;
- tilt above 0: towards the head (+z); below 0: towards the feet.

The needle's direction is (cos tilt cos azimuth, cos tilt sin azimuth, sin tilt).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, NoPlanError
from seedbed.implant import Needle, SeedImplant
from seedbed.implant.seeds import Vector
from seedbed.planning.needle_warnings import TOUCHING_MM, NeedleWarning, needle_warnings

FloatArray = NDArray[np.float64]

SEED_LENGTH_MM = 4.5
"""The usual capsule; a model of another length is passed in."""
STEEP = 1 - 1e-12


@dataclass(frozen=True)
class LoadingPart:
    """One piece of what is loaded, and its length in mm."""

    kind: Literal["seed", "spacer"]
    length_mm: float


@dataclass(frozen=True)
class NeedleRow:
    """One needle as the theatre reads it. Seeds are listed from the tip outwards.

    Attributes
    ----------
    name : str
    entry_mm, tip_mm : (x, y, z)
        LPS. The z of the entry is DICOM's; a scanner may show another for the same plane.
    depth_mm : float
        From the entry to the tip, along the needle: from the skin where `skin_seen`.
    azimuth_deg : float
        Direction of push in the axial plane, 0 to 360: 0 towards the patient's left, 90 towards the back.
    tilt_deg : float
        Out of the axial plane, -90 to 90: above 0 towards the head.
    seeds : tuple of int
        Numbers of the seeds in the implant, from 1.
    strengths_u : tuple of float
        Air-kerma strength of each.
    seed_depths_mm : tuple of float
        From the entry to each seed's centre, along the needle.
    spacings_mm : tuple of float
        Between neighbouring centres, one fewer than seeds.
    loading : tuple of LoadingPart
        From the tip: spacers and seeds in their order.
    warnings : tuple of NeedleWarning
        What does not fit; empty where all does.
    """

    name: str
    entry_mm: Vector
    tip_mm: Vector
    depth_mm: float
    azimuth_deg: float
    tilt_deg: float
    seeds: tuple[int, ...]
    strengths_u: tuple[float, ...]
    seed_depths_mm: tuple[float, ...]
    spacings_mm: tuple[float, ...]
    loading: tuple[LoadingPart, ...]
    warnings: tuple[NeedleWarning, ...] = ()

    @property
    def entry_z_mm(self) -> float:
        """DICOM z of the plane in which the needle enters."""
        return self.entry_mm[2]

    @property
    def skin_seen(self) -> bool:
        """Whether the CT shows the skin at the entry, so that depths count from it."""
        return all(warning.kind != "unseen" for warning in self.warnings)

    @property
    def words(self) -> str:
        """Direction of push in words.

        Examples
        --------
        >>> needle = Needle("N1", (30, 0, 0), (-3, 0, 0))
        >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1), (needle,), np.array([0]))
        >>> needle_table(implant).rows[0].words
        "towards the patient's right"
        """
        return push_words(self.azimuth_deg, self.tilt_deg)

    @property
    def loading_text(self) -> str:
        """The loading in one line, from the tip: ``tip, 5.5, seed, 5.5, seed``; numbers are spacers in mm."""
        parts = ["seed" if part.kind == "seed" else f"{part.length_mm:.1f}" for part in self.loading]
        return ", ".join(["tip", *parts])


@dataclass(frozen=True)
class NeedleTable:
    """All needles of an implant, in its order, and the numbers (from 1) of seeds that lie on none."""

    rows: tuple[NeedleRow, ...]
    loose_seeds: tuple[int, ...]


def needle_table(
    implant: SeedImplant,
    *,
    seed_length_mm: float = SEED_LENGTH_MM,
    skin_unseen: Collection[str] = (),
) -> NeedleTable:
    """Say of each needle of an implant what the theatre needs.

    Parameters
    ----------
    implant : SeedImplant
        With needles.
    seed_length_mm : float
        Length of the capsule.
    skin_unseen : collection of str
        Needles whose entry is the edge of the image, not the skin: their rows say so.

    Raises
    ------
    NoPlanError
        An implant without needles.
    InputError
        A needle without length, or a capsule without.

    Examples
    --------
    >>> needle = Needle("N1", (50.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    >>> seeds = np.array([[2.25, 0.0, 0.0], [12.25, 0.0, 0.0]])
    >>> implant = SeedImplant("6711", seeds, None, np.full(2, 0.889), (needle,), np.array([0, 0]))
    >>> row = needle_table(implant).rows[0]
    >>> row.depth_mm, row.azimuth_deg, row.seed_depths_mm
    (50.0, 180.0, (47.75, 37.75))
    >>> row.loading_text
    'tip, seed, 5.5, seed'
    """
    if not implant.needles:
        raise NoPlanError(
            f"an implant of {implant.count} seeds without needles",
            "at least one needle",
            "plan needles first",
        )
    if not 0 < seed_length_mm < np.inf:
        raise InputError(f"a seed of {seed_length_mm} mm", "a positive length", "state the capsule's length")
    rows = [_row(implant, number, seed_length_mm) for number in range(len(implant.needles))]
    rows = [_unseen(row) if row.name in skin_unseen else row for row in rows]
    loose = tuple(int(seed) + 1 for seed in np.flatnonzero(implant.needle_index < 0))
    return NeedleTable(tuple(rows), loose)


def needle_angles(direction: FloatArray) -> tuple[float, float]:
    """Return azimuth (0 to 360) and tilt (-90 to 90) of a direction of push, degrees.

    Straight along the patient the azimuth has no meaning and is 0.

    Parameters
    ----------
    direction : ndarray, shape (3,)
        From entry to tip, LPS, of any length above 0.

    Examples
    --------
    >>> needle_angles(np.array([0.0, 2.0, 0.0]))
    (90.0, 0.0)
    """
    length = float(np.linalg.norm(direction))
    if not 0 < length < np.inf:
        raise InputError(
            f"a needle direction {np.asarray(direction).tolist()}",
            "three finite numbers, not all 0",
            "check the needle's entry and tip",
        )
    x, y, z = (float(value) for value in np.asarray(direction, dtype=float) / length)
    if abs(z) >= STEEP:
        return 0.0, float(np.copysign(90.0, z))
    azimuth = float(np.degrees(np.arctan2(y, x))) % 360.0
    return azimuth % 360.0, float(np.degrees(np.arctan2(z, np.hypot(x, y))))


def needle_direction(azimuth_deg: float, tilt_deg: float) -> FloatArray:
    """Return the unit vector of push, LPS, shape (3,), of azimuth and tilt: undoes `needle_angles`.

    Examples
    --------
    >>> needle_direction(90.0, 0.0).round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    azimuth, tilt = np.radians([azimuth_deg, tilt_deg])
    return np.array([np.cos(tilt) * np.cos(azimuth), np.cos(tilt) * np.sin(azimuth), np.sin(tilt)])


def push_words(azimuth_deg: float, tilt_deg: float) -> str:
    """Say a direction of push in words: to which sides, and how many degrees to head or feet.

    Sides that take less than a tenth of the push are not named.

    Examples
    --------
    >>> push_words(135.0, -10.0)
    "towards the patient's right and back, 10 degrees to the feet"
    >>> push_words(2.0, 0.2)
    "towards the patient's left"
    """
    azimuth = np.radians(azimuth_deg)
    shares = [
        (np.cos(azimuth), "left", "right"), (np.sin(azimuth), "back", "front"),
    ]  # fmt: skip
    sides = [plus if share > 0 else minus for share, plus, minus in shares if abs(share) >= 0.1]
    lean = f"{abs(tilt_deg):.0f} degrees to the {'head' if tilt_deg > 0 else 'feet'}"
    flat = f"towards the patient's {' and '.join(sides)}"
    return flat if abs(tilt_deg) < 0.5 else f"{flat}, {lean}"


def _row(implant: SeedImplant, number: int, seed_length_mm: float) -> NeedleRow:
    needle = implant.needles[number]
    name = needle.name or f"N{number + 1}"
    _check_length(needle, name)
    azimuth, tilt = needle_angles(needle.direction)
    seeds = np.flatnonzero(implant.needle_index == number)
    away = implant.positions_mm[seeds] - needle.entry_mm
    depths = away @ needle.direction
    off_line = np.linalg.norm(away - depths[:, None] * needle.direction, axis=1)
    order = np.argsort(-depths, kind="stable")
    seeds, depths, off_line = seeds[order], depths[order], off_line[order]
    loading = _loading(needle.length_mm, depths, seed_length_mm)
    return NeedleRow(
        name=name,
        entry_mm=needle.entry_mm,
        tip_mm=needle.tip_mm,
        depth_mm=needle.length_mm,
        azimuth_deg=azimuth,
        tilt_deg=tilt,
        seeds=tuple(int(seed) + 1 for seed in seeds),
        strengths_u=tuple(implant.strengths_u[seeds].tolist()),
        seed_depths_mm=tuple(depths.tolist()),
        spacings_mm=tuple((-np.diff(depths)).tolist()),
        loading=loading,
        warnings=needle_warnings(needle.length_mm, seeds + 1, depths, off_line, seed_length_mm),
    )


def _unseen(row: NeedleRow) -> NeedleRow:
    return replace(row, warnings=(NeedleWarning("unseen"), *row.warnings))


def _check_length(needle: Needle, name: str) -> None:
    ends = np.array([needle.entry_mm, needle.tip_mm], dtype=float)
    if not np.isfinite(ends).all() or not needle.length_mm > 0:
        raise InputError(
            f"needle '{name}' from {tuple(needle.entry_mm)} to {tuple(needle.tip_mm)}",
            "an entry and a tip apart from each other",
            "correct the needle",
        )


def _loading(depth_mm: float, depths: FloatArray, length_mm: float) -> tuple[LoadingPart, ...]:
    """From the tip: what fills the room before each seed, and the seed; no room is no spacer."""
    near = depth_mm
    parts: list[LoadingPart] = []
    for depth in depths:
        room = float(near - (depth + length_mm / 2))
        if room > TOUCHING_MM:
            parts.append(LoadingPart("spacer", room))
        parts.append(LoadingPart("seed", length_mm))
        near = depth - length_mm / 2
    return tuple(parts)
